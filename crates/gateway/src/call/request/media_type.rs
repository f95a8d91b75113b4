//! What media types a body may have.

/// The media type of a form (HTML, "URL-encoded form data").
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The type and subtype of a media type, in lower case.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a body of that type and subtype is JSON (RFC 6839, section 3.1).
pub fn is_json(essence: &str) -> bool {
    matches!(essence, "application/json" | "text/json") || essence.ends_with("+json")
}
