//! Documents of all versions in one form, which lowering reads: that of OpenAPI 3.1. What 3.0 writes in another way
//! (`nullable`, a flag for an exclusive limit) lowering reads as well, and 3.2 only adds to it.

mod v2;

use serde_json::Value;

use super::fault::Fault;

/// The document in that form.
///
/// # Errors
/// It is no OpenAPI document, or one of a version that nobody has written yet.
pub fn normalise(document: Value) -> Result<Value, Fault> {
    if !document.is_object() {
        return Err(Fault::new("(document)", "expected an object with `openapi` or `swagger`"));
    }
    // A version may be a number in YAML: `swagger: 2.0`.
    let version = |key: &str| match document.get(key)? {
        Value::String(version) => Some(version.trim().to_owned()),
        Value::Number(version) => Some(version.to_string()),
        _ => None,
    };
    match (version("openapi"), version("swagger")) {
        (Some(version), _) if version == "3" || version.starts_with("3.") => Ok(document),
        (None, Some(version)) if version == "2" || version.starts_with("2.") => Ok(v2::convert(document)),
        (Some(version), _) => Err(Fault::new("openapi", format!("{version}: expected a version from 3.0 to 3.2"))),
        (None, Some(version)) => Err(Fault::new("swagger", format!("{version}: expected 2.0"))),
        (None, None) => Err(Fault::new("(document)", "no OpenAPI document: neither `openapi` nor `swagger` is there")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_are_told_apart() {
        for (document, expected) in [
            (json!({ "openapi": "3.1.0" }), None),
            (json!({ "openapi": 3.0 }), None),
            (json!({ "swagger": 2.0 }), None),
            (json!({ "openapi": "4.0" }), Some("openapi: 4.0: expected a version from 3.0 to 3.2")),
            (json!({ "swagger": "1.2" }), Some("swagger: 1.2: expected 2.0")),
            (json!({ "info": {} }), Some("(document): no OpenAPI document: neither `openapi` nor `swagger` is there")),
            (json!([]), Some("(document): expected an object with `openapi` or `swagger`")),
        ] {
            let fault = normalise(document.clone()).err().map(|fault| fault.to_string());
            assert_eq!(fault.as_deref(), expected, "{document}");
        }
    }
}
