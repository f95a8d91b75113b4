pub mod client;
pub mod document;
pub mod recorder;
pub mod sandbox;

use std::time::Duration;

/// A user id that any operation takes.
pub const USER_ID: &str = "00000000-0000-0000-0000-000000000001";

/// Ends a test that would wait forever. What is waited for takes milliseconds, on a busy machine seconds; no test
/// passes or fails by how long it took.
pub const HANG_GUARD: Duration = Duration::from_secs(120);
