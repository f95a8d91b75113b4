//! Signals that ask the process to end.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask the process to end: SIGTERM, and Ctrl-C. From when it is made, none is missed.
pub struct EndSignals {
    #[cfg(unix)]
    terminate: Option<Signal>,
    #[cfg(unix)]
    interrupt: Option<Signal>,
}

impl EndSignals {
    /// Begins to listen. Where the system has no handler for a signal, it ends the process by itself.
    #[cfg(unix)]
    pub fn listen() -> Self {
        Self { terminate: signal(SignalKind::terminate()).ok(), interrupt: signal(SignalKind::interrupt()).ok() }
    }

    /// Begins to listen.
    #[cfg(not(unix))]
    pub fn listen() -> Self {
        Self {}
    }

    /// Returns when the process is asked to end, for the first time or once more.
    #[cfg(unix)]
    pub async fn asked(&mut self) {
        async fn next(signal: &mut Option<Signal>) {
            match signal {
                Some(signal) => {
                    signal.recv().await;
                }
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = next(&mut self.terminate) => {}
            () = next(&mut self.interrupt) => {}
        }
    }

    /// Returns when the process is asked to end, for the first time or once more.
    #[cfg(not(unix))]
    pub async fn asked(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Returns when the process is asked to end.
pub async fn asked_to_end() {
    EndSignals::listen().asked().await;
}
