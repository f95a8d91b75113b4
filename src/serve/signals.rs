//! Signals that ask the process to end.

/// Returns when the process is asked to end: by SIGTERM, or by Ctrl-C.
#[cfg(unix)]
pub async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            () = interrupted() => {}
        },
        Err(_) => interrupted().await,
    }
}

/// Returns when the process is asked to end: by Ctrl-C.
#[cfg(not(unix))]
pub async fn asked_to_end() {
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // No handler: the system ends the process by itself.
        std::future::pending::<()>().await;
    }
}
