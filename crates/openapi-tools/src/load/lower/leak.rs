//! The one place where parts of a document are made to live as long as the process.

/// The value for the rest of the process's life.
pub(super) fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// The text for the rest of the process's life.
pub(super) fn text(value: &str) -> &'static str {
    if value.is_empty() { "" } else { value.to_owned().leak() }
}

/// The text, where there is one. An empty one says nothing.
pub(super) fn optional_text(value: Option<&str>) -> Option<&'static str> {
    value.filter(|value| !value.is_empty()).map(text)
}
