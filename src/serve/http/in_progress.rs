//! The requests that are being answered: the end waits for them, and for nothing else.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::sync::watch;

use super::holding::holding;

/// Counts requests up to the last byte of their answers.
#[derive(Clone, Default)]
pub struct InProgress(watch::Sender<usize>);

impl InProgress {
    /// Returns when there is none.
    pub async fn none(&self) {
        // The sender is here, so the channel is open.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }

    fn begin(&self) -> InProgressGuard {
        self.0.send_modify(|count| *count += 1);
        InProgressGuard(self.clone())
    }
}

/// One request.
struct InProgressGuard(InProgress);

impl Drop for InProgressGuard {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Counts a request.
pub async fn counted(State(all): State<InProgress>, request: Request, next: Next) -> Response {
    let one = all.begin();
    holding(next.run(request).await, one)
}
