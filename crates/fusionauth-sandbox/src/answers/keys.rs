//! Signing keys, which are generated or imported.

use serde_json::json;

use crate::{
    call::{Answer, Call},
    exchange::{Refusal, Response},
    object::{Object, default, drop_blank, set, text},
};

/// The longest secret that can be imported, in characters.
const MAX_SECRET: usize = 256;

/// Answers the generation and the import of keys.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "key/generate" | "key/generate/{keyId}" | "key/import" | "key/import/{keyId}" => Some(new_key(call)),
        _ => None,
    }
}

/// What an algorithm needs. Lengths are in bits.
///
/// # Errors
/// 400 that names what is missing or does not fit.
fn check_material(key: &Object, is_generated: bool) -> Result<(), Refusal> {
    let algorithm = text(key, "algorithm");
    let lengths: &[u64] = match algorithm {
        "RS256" | "RS384" | "RS512" => &[2048, 3072, 4096],
        "ES256" => &[256],
        "ES384" => &[384],
        "ES512" => &[521],
        "None" if is_generated => {
            return Err(Response::field("invalid", "key.algorithm", "A secret can be imported, not generated."));
        }
        _ => &[],
    };
    if is_generated {
        return match key.get("length").filter(|length| !length.is_null()) {
            None if algorithm.starts_with("RS") => Err(Response::missing("key.length")),
            Some(length) if !lengths.is_empty() && !length.as_u64().is_some_and(|length| lengths.contains(&length)) => {
                let message = format!("The length [{length}] does not fit [{algorithm}], which takes {lengths:?}.");
                Err(Response::field("invalid", "key.length", message))
            }
            _ => Ok(()),
        };
    }
    let has_secret = !text(key, "secret").is_empty();
    let needs_secret =
        algorithm.starts_with("HS") || algorithm == "None" || matches!(text(key, "type"), "HMAC" | "Secret");
    let has_key = ["publicKey", "privateKey", "certificate"].iter().any(|name| !text(key, name).is_empty());
    if needs_secret && !has_secret {
        return Err(Response::blank("key.secret"));
    }
    if algorithm == "None" && text(key, "secret").chars().count() > MAX_SECRET {
        let message = format!("A secret can have at most {MAX_SECRET} characters.");
        return Err(Response::field("tooLong", "key.secret", message));
    }
    if !needs_secret && !has_key && !has_secret {
        return Err(Response::blank("key.publicKey"));
    }
    Ok(())
}

fn new_key(call: &mut Call<'_>) -> Answer {
    let mut key = call.body_object("key")?;
    let is_generated = call.path_template.contains("/generate");
    for property in ["algorithm", "kid", "type"] {
        drop_blank(&mut key, property);
    }
    let id = Some(call.path_value(0)).filter(|id| !id.is_empty()).unwrap_or_else(|| call.state.new_id());
    if call.state.get("key", &id).is_some() {
        return Err(Response::field("duplicate", "keyId", format!("The id [{id}] is taken.")));
    }
    for property in ["name", "algorithm"] {
        let is_needed = property == "name" || is_generated;
        if is_needed && text(&key, property).is_empty() {
            return Err(Response::blank(&format!("key.{property}")));
        }
    }
    check_material(&key, is_generated)?;
    let name = text(&key, "name").to_owned();
    if call.state.all("key").iter().any(|other| text(other, "name") == name) {
        return Err(Response::field("duplicate", "key.name", format!("There is a key named [{name}].")));
    }
    let kind = match text(&key, "algorithm").get(..2) {
        Some("HS") => "HMAC",
        Some("ES") => "EC",
        Some("Ed") => "OKP",
        Some("No") => "Secret",
        _ => "RSA",
    };
    let (code, now) = (call.state.new_code(), call.state.now());
    default(&mut key, "type", kind);
    // FusionAuth reads it from the material. The first of the type stands for that here.
    let first = match text(&key, "type") {
        "EC" => Some("ES256"),
        "HMAC" => Some("HS256"),
        "OKP" => Some("Ed25519"),
        "RSA" => Some("RS256"),
        _ => None,
    };
    if let Some(first) = first {
        default(&mut key, "algorithm", first);
    }
    default(&mut key, "kid", code.get(..10).unwrap_or_default());
    if is_generated && kind == "HMAC" {
        default(&mut key, "secret", code);
    } else if is_generated {
        default(
            &mut key,
            "publicKey",
            format!("-----BEGIN PUBLIC KEY-----\nsimulated {code}\n-----END PUBLIC KEY-----"),
        );
    }
    let has_private_key = (is_generated && kind != "HMAC") || key.contains_key("privateKey");
    set(&mut key, "id", id);
    set(&mut key, "hasPrivateKey", has_private_key);
    set(&mut key, "insertInstant", now);
    set(&mut key, "lastUpdateInstant", now);
    call.state.put("key", key.clone());
    // As documented, it is never part of a response.
    key.remove("privateKey");
    Ok(Response::ok(json!({ "key": key })))
}
