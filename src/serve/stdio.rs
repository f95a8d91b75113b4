//! Serving one client on standard input and output.

use std::time::Duration;

use rmcp::{service::serve_directly, transport::stdio_pipes};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    connection::{Connection, Undone},
    signals::asked_to_end,
    transport::{self, Opened},
};
use crate::mcp::server::Server;

/// After the end of stdin, how long the next answer may take.
const LAST_ANSWERS: Duration = Duration::from_millis(700);

/// The server broke.
#[derive(Debug, thiserror::Error)]
#[error("the server broke: {0}")]
pub struct ServeError(#[from] tokio::task::JoinError);

/// Serves on stdin and stdout until stdin ends, the client reads no more, or a signal comes.
///
/// # Errors
/// The server broke.
pub async fn serve(server: Server) -> Result<(), ServeError> {
    let (input, output) = stdio_pipes();
    tokio::select! {
        result = serve_streams(server, input, output) => result,
        () = asked_to_end() => Ok(()),
    }
}

/// Serves on any two streams until the input ends or the client reads no more.
///
/// # Errors
/// The server broke.
pub async fn serve_streams(
    server: Server,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> Result<(), ServeError> {
    let Opened { transport, connection, output_closed } = transport::open(input, output);
    // Without a handshake of rmcp's: a request of MCP 2026-07-28 needs none, and `initialize` is a request like others,
    // so that both generations are served in any order.
    let service = serve_directly(server, transport, None);
    tokio::select! {
        ended = service.waiting() => ended.map(drop).map_err(ServeError::from),
        () = output_closed.cancelled() => Ok(()),
        () = last_answers(&connection) => Ok(()),
    }
}

/// Returns when all is answered that was asked before stdin ended, or when no more answers come.
async fn last_answers(connection: &Connection) {
    let mut changes = connection.changes();
    while !connection.has_ended() && changes.changed().await.is_ok() {}
    let all_answered = async { while !connection.is_done() && changes.changed().await.is_ok() {} };
    tokio::select! {
        () = all_answered => {}
        () = no_more_answers(connection) => give_up(connection.undone()),
    }
}

async fn no_more_answers(connection: &Connection) {
    loop {
        let written = connection.written();
        tokio::time::sleep(LAST_ANSWERS).await;
        if connection.written() == written {
            return;
        }
    }
}

fn give_up(undone: Undone) {
    let Undone { requests, unwritten } = undone;
    if !requests.is_empty() {
        tracing::warn!("stdin has ended; cancelled without an answer: {}", requests.join(", "));
    }
    if unwritten > 0 {
        tracing::warn!("stdin has ended; answers that nobody read: {unwritten}");
    }
}
