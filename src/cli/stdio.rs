//! `fusionauth-mcp stdio`, which is what a client starts

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    sync::Arc,
};

use gateway::listing::count;

use super::{
    output::fail,
    start::{Start, block_on},
};
use crate::{
    config::sources::FUSIONAUTH,
    logging::{never_wait, report},
    mcp::server::Server,
    serve::stdio,
    sources::open::OpenSource,
};

/// Serves MCP on stdin and stdout until stdin ends or a signal comes.
pub fn run(start: Start) -> ExitCode {
    // A client may leave stderr unread, which must not keep it waiting for answers.
    let _flush = never_wait();
    announce(&start);
    let server = Server::new(Arc::new(start.session()));
    block_on(async {
        match stdio::serve(server).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
    })
}

/// The one line on stderr that says what has started.
fn announce(start: &Start) {
    let (tools, config) = (count(&start.toolset), &start.config);
    let has_key = config.upstream.api_key.is_some() || !config.has_fusionauth();
    let key = if has_key { "" } else { "; no API key, so calls that need one are refused" };
    let place = |open: &OpenSource| match open.name.as_str() {
        FUSIONAUTH if start.sources.len() == 1 => open.address.clone(),
        name => format!("{name} at {}", open.address),
    };
    let places: Vec<_> = start.sources.iter().map(place).collect();
    let places = places.join(", ");
    report(format_args!("fusionauth-mcp {}: {tools} tools for {places}{key}\n", env!("CARGO_PKG_VERSION")));
    if io::stdin().is_terminal() {
        report(format_args!(
            "Waiting for an MCP client on stdin; `fusionauth-mcp --help` shows other commands. Ctrl-C stops it.\n"
        ));
    }
}
