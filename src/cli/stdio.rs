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
    config::Config,
    logging::{never_wait, report},
    mcp::server::Server,
    serve::stdio,
};

/// Serves MCP on stdin and stdout until stdin ends or a signal comes.
pub fn run(start: Start) -> ExitCode {
    // A client may leave stderr unread, which must not keep it waiting for answers.
    let _flush = never_wait();
    announce(count(&start.toolset), &start.config);
    let server = Server::new(Arc::new(start.session()));
    block_on(async {
        match stdio::serve(server).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
    })
}

/// The one line on stderr that says what has started.
fn announce(tools: usize, config: &Config) {
    let upstream = &config.upstream;
    let key = if upstream.api_key.is_some() { "" } else { "; no API key, so calls that need one are refused" };
    report(format_args!(
        "fusionauth-mcp {}: {tools} tools for {}{key}\n",
        env!("CARGO_PKG_VERSION"),
        upstream.base_url
    ));
    if io::stdin().is_terminal() {
        report(format_args!(
            "An MCP client is expected on stdin; `fusionauth-mcp --help` says what else there is. Ctrl-C ends.\n"
        ));
    }
}
