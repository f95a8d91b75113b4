//! `fusionauth-mcp stdio`, which is what a client starts

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    sync::Arc,
};

use super::{
    output::fail,
    start::{Start, block_on},
    summary::summary,
};
use crate::{
    logging::{never_wait, report},
    mcp::server::Server,
    serve::stdio,
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

/// Says on stderr what has started.
fn announce(start: &Start) {
    report(format_args!("{}\n", summary(start)));
    if io::stdin().is_terminal() {
        report(format_args!(
            "Waiting for an MCP client on stdin; `fusionauth-mcp --help` shows other commands. Ctrl-C stops it.\n"
        ));
    }
}
