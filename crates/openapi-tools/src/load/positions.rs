//! What a value means by where it stands in a document.

/// Keys whose values are somebody's data.
pub const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// Keywords whose values are objects with names for keys.
pub const NAMING: [&str; 15] = [
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "headers",
    "links",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "webhooks",
];
