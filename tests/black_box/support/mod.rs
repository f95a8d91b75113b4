pub mod client;
pub mod document;
pub mod recorder;
pub mod sandbox;

/// A user id that any operation takes.
pub const USER_ID: &str = "00000000-0000-0000-0000-000000000001";
