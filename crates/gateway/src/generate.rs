//! Secrets that this process makes up, so that no model does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openapi_tools::model::{document::Document, operation::Operation, schema::Kind};
use serde_json::Value;

use crate::{
    call::arguments::{Arguments, report::ArgumentFault},
    secret_places::{Places, Text},
};

/// What stands for a secret that is to be made up.
pub const GENERATE: &str = "$generate";

/// Random bytes of a secret.
pub const BYTES: usize = 32;

/// The fewest characters that a shorter secret may have: 128 bits.
const MIN_LENGTH: usize = 22;

/// A secret that is to be made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where it stands in the body, for people: `application.oauthConfiguration.clientSecret`.
    pub path: String,
    /// Where it stands in the body, as a JSON Pointer (RFC 6901).
    pub pointer: String,
    /// Whether the object that it is in says that the API never shows it again.
    pub is_shown_once: bool,
    max_length: usize,
}

/// The system gives no random bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes: {0}")]
pub struct NoRandomness(String);

/// The places of [`GENERATE`] in checked arguments.
///
/// # Errors
/// It stands where no secret does, or where a random value cannot be right.
pub fn wanted(
    document: &'static Document,
    operation: &Operation,
    arguments: &Arguments,
) -> Result<Vec<Wanted>, Vec<ArgumentFault>> {
    let mut faults = Vec::new();
    for (parameter, values) in &arguments.parameters {
        if values.iter().any(|value| value == GENERATE) {
            faults.push(fault(parameter.name.to_owned(), "stands for a secret in a body only. Give the value"));
        }
    }
    let mut wanted = Vec::new();
    if let Some(body) = &arguments.body {
        let schema = operation.body.map(|body| body.schema);
        let texts = Places::new(document, true).strings(schema, body);
        for text in texts.into_iter().filter(|text| text.text == GENERATE) {
            match checked(&text) {
                Ok(one) => wanted.push(one),
                Err(reason) => faults.push(fault(format!("requestBody.{}", text.path), &reason)),
            }
        }
    }
    if faults.is_empty() { Ok(wanted) } else { Err(faults) }
}

fn fault(path: String, reason: &str) -> ArgumentFault {
    ArgumentFault { path, message: format!("`{GENERATE}` {reason}") }
}

fn checked(text: &Text<'_>) -> Result<Wanted, String> {
    let schema = text.place.schema.filter(|schema| schema.secret);
    let Some(schema) = schema else {
        return Err("stands for a secret only where the property itself is one. Give the value".to_owned());
    };
    if let Some(advice) = schema.never_generated {
        return Err(format!("makes no value here: {advice}"));
    }
    match schema.kind {
        Kind::String { format: None | Some("password"), values: None } => {}
        _ => return Err("makes plain strings only, and this has a form of its own. Give the value".to_owned()),
    }
    let max_length = schema.max_length.unwrap_or(usize::MAX);
    if max_length < MIN_LENGTH {
        return Err(format!("makes no secret of at most {max_length} characters: anybody could guess it"));
    }
    // How an object says that its secret is shown at its creation only.
    let is_shown_once = text.owner.get("retrievable") == Some(&Value::Bool(false));
    Ok(Wanted { path: text.path.clone(), pointer: text.pointer.clone(), is_shown_once, max_length })
}

/// A value for each place: a [`secret`], shorter where the property is.
///
/// # Errors
/// The system gives no random bytes.
pub fn values(wanted: &[Wanted]) -> Result<Vec<String>, NoRandomness> {
    let value = |wanted: &Wanted| Ok(secret()?.chars().take(wanted.max_length).collect());
    wanted.iter().map(value).collect()
}

/// A new secret: 32 random bytes in base64url (RFC 4648, section 5).
///
/// # Errors
/// The system gives no random bytes.
pub fn secret() -> Result<String, NoRandomness> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| NoRandomness(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The arguments with the values in their places.
pub fn filled(arguments: &Arguments, wanted: &[Wanted], values: &[String]) -> Arguments {
    let mut filled = arguments.clone();
    for (wanted, value) in wanted.iter().zip(values) {
        if let Some(place) = filled.body.as_mut().and_then(|body| body.pointer_mut(&wanted.pointer)) {
            *place = Value::from(value.as_str());
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use openapi_tools::model::{
        operation::{Body, Effect, Method},
        schema::{Property, Schema},
    };
    use serde_json::json;

    use super::*;

    static DOCUMENT: Document = Document {
        title: "",
        version: "1",
        servers: &[],
        operations: &[],
        schemas: &[],
        security_schemes: &[],
        secret_names: &[],
    };

    static OPERATION: Operation = Operation {
        name: "createPet",
        former_name: None,
        title: None,
        description: None,
        area: "pet",
        method: Method::Post,
        path: &[],
        fixed_query: None,
        parameters: &[],
        server: None,
        bucket: None,
        body: Some(Body {
            media_type: "application/json",
            required: false,
            schema: Schema::object(&[
                Property::new("short", Schema::string().max_length(21).secret()),
                Property::new("middle", Schema::string().max_length(30).secret()),
                Property::new("long", Schema::string().max_length(200).secret()),
                Property::new("uuid", Schema::string().format("uuid").secret()),
                Property::new("kind", Schema::one_string_of(&["a", "b"]).secret()),
                Property::new("a/b~c", Schema::string().secret()),
            ]),
            fields: &[],
        }),
        answer: None,
        failure: None,
        statuses: &[],
        security: &[],
        tenant_scoped: false,
        effect: Effect { read_only: false, destructive: false, idempotent: false },
        irreversible: None,
        deprecated: false,
        licensed: false,
        asynchronous: false,
        download: None,
        wishes: &[],
    };

    fn of_body(body: Value) -> (Arguments, Result<Vec<Wanted>, Vec<ArgumentFault>>) {
        let arguments = Arguments { parameters: Vec::new(), body: Some(body), filter: None, notes: Vec::new() };
        let wanted = wanted(&DOCUMENT, &OPERATION, &arguments);
        (arguments, wanted)
    }

    #[test]
    fn values_keep_to_the_length_of_the_property() {
        let (arguments, wanted) = of_body(json!({ "middle": "$generate", "long": "$generate", "a/b~c": "$generate" }));
        let wanted = wanted.unwrap_or_default();
        let filled = filled(&arguments, &wanted, &values(&wanted).unwrap_or_default()).body.unwrap_or_default();
        for (name, length) in [("middle", 30), ("long", 43), ("a/b~c", 43)] {
            assert_eq!(filled.get(name).and_then(Value::as_str).map(str::len), Some(length), "{name}");
        }
    }

    #[test]
    fn what_has_a_form_of_its_own_is_refused() {
        for name in ["short", "uuid", "kind"] {
            assert_eq!(of_body(json!({ name: "$generate" })).1.map_err(|faults| faults.len()), Err(1), "{name}");
        }
    }
}
