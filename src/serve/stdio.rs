//! Serving one client on standard input and output.

use std::time::Duration;

use rmcp::ServiceExt;

use super::{signals::asked_to_end, transport};
use crate::mcp::server::Server;

/// The time that answers may still take after stdin has ended.
const LAST_ANSWERS: Duration = Duration::from_millis(700);

/// The connection broke.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ServeError(String);

/// Serves until stdin ends or a signal comes.
///
/// # Errors
/// The connection broke.
pub async fn serve(server: Server) -> Result<(), ServeError> {
    let (transport, stdin_ended) = transport::open();
    let service = async {
        match server.serve(transport).await {
            Ok(running) => running.waiting().await.map(|_| ()).map_err(|error| ServeError(error.to_string())),
            // The client left before it began.
            Err(_) if stdin_ended.is_cancelled() => Ok(()),
            Err(error) => Err(ServeError(error.to_string())),
        }
    };
    let too_late = async {
        stdin_ended.cancelled().await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        result = service => result,
        () = too_late => Ok(()),
        () = asked_to_end() => Ok(()),
    }
}
