//! Long work in a thread of its own, so that other calls and pings are not kept waiting.

use std::{num::NonZero, panic::resume_unwind, sync::LazyLock, thread};

use tokio::{sync::Semaphore, task::spawn_blocking};

/// Work on more than this, in bytes, takes milliseconds.
const MAX_INLINE_BYTES: usize = 64 << 10;

/// Long works at a time. More than there are processors would only hold more memory at a time.
static PROCESSORS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(thread::available_parallelism().map_or(1, NonZero::get)));

/// Does work that takes time in proportion to `bytes`: here where that is short, else in another thread.
pub async fn run<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes <= MAX_INLINE_BYTES {
        return work();
    }
    // Never closed, so there is room sooner or later. The work keeps it, also where nobody waits for it any more.
    let room = PROCESSORS.acquire().await.ok();
    let done = spawn_blocking(move || {
        let done = work();
        drop(room);
        done
    });
    match done.await {
        Ok(done) => done,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        // The runtime has ended, and nobody waits.
        Err(_) => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn short_work_stays_and_long_work_goes() {
        let here = thread::current().id();
        assert_eq!(run(MAX_INLINE_BYTES, || thread::current().id()).await, here);
        assert_ne!(run(MAX_INLINE_BYTES + 1, || thread::current().id()).await, here);
    }

    /// The work waits for what comes after it on this thread: it would never end if it were done here.
    #[tokio::test]
    async fn others_go_on_while_long_work_is_done() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let work = run(usize::MAX, move || receiver.recv().unwrap_or_default());
        let (done, _) = futures_util::future::join(work, async { sender.send("done") }).await;
        assert_eq!(done, "done");
    }
}
