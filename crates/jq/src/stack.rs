//! How much of the stack is left. Filters recurse, and a recursion too deep is a fault of the filter and no crash.

use std::{cell::Cell, io, thread};

/// The stack of an evaluation, in bytes.
const SIZE: usize = 256 << 20;

/// What must be left, in bytes: the most that is used between two looks.
const RESERVE: usize = 2 << 20;

thread_local! {
    /// The address down to which the stack may be used; 0 where this thread was not started here.
    static LIMIT: Cell<usize> = const { Cell::new(0) };
}

/// About where the stack is now.
fn address() -> usize {
    let local = 0_u8;
    std::ptr::from_ref(&local).addr()
}

/// Whether so little is left that a recursion must end.
pub fn is_low() -> bool {
    address() < LIMIT.get()
}

/// Does something on a thread with a large stack, and waits for it.
///
/// # Errors
/// Where there is no memory for the stack, or a panic.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(SIZE).spawn_scoped(scope, || {
            LIMIT.set(address().saturating_sub(SIZE - RESERVE));
            work()
        })?;
        thread.join().map_err(|_| io::Error::other("the evaluation panicked"))
    })
}
