pub mod callers;
pub mod client;
pub mod document;
pub mod documents;
pub mod install;
pub mod recorder;
pub mod sandbox;
pub mod server;

use std::time::Duration;

/// A user id that any operation takes.
pub const USER_ID: &str = "00000000-0000-0000-0000-000000000001";

/// A number as the program and its pages write it.
pub fn thousands(number: usize) -> String {
    match number / 1000 {
        0 => number.to_string(),
        whole => format!("{},{:03}", thousands(whole), number % 1000),
    }
}

/// Fails a test that would otherwise wait forever. Much longer than anything takes, even on a busy machine: no test
/// passes or fails by how long something took.
pub const HANG_GUARD: Duration = Duration::from_secs(120);
