//! What people call an object.

/// The properties that name an object for people; the first that is there counts.
pub const NAMES: [&str; 11] =
    ["name", "email", "username", "displayName", "fullName", "loginId", "phoneNumber", "title", "key", "type", "url"];
