//! Who the client of an OAuth request is: an application or an entity, by HTTP Basic authentication or by the body.
//!
//! Source: <https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/endpoints#client-secret>

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{
    call::Call,
    exchange::{Refusal, Response},
    object::{Object, text, text_if_any},
};

/// An error as OAuth has it (RFC 6749, section 5.2), with FusionAuth's reason.
pub fn refused(status: u16, error: &str, reason: &str, description: impl Into<String>) -> Refusal {
    let body = json!({ "error": error, "error_reason": reason, "error_description": description.into() });
    Response { body: Some(body), ..Response::empty(status) }
}

/// The application or entity that is the client, once its secret is checked.
///
/// # Errors
/// 400 without a client, 401 where it cannot be verified.
pub fn client(call: &Call<'_>) -> Result<Object, Refusal> {
    let named = call.body_text("client_id");
    let (id, secret) = match basic(call)? {
        Some((id, _)) if !named.is_empty() && named != id => {
            let description = "The client_id differs from the one in the Authorization header.";
            return Err(refused(400, "invalid_request", "client_id_mismatch", description));
        }
        Some(credentials) => credentials,
        None => (named, call.body_text("client_secret")),
    };
    if id.is_empty() {
        return Err(refused(400, "invalid_request", "missing_client_id", "The request has no client_id."));
    }
    let unknown = || refused(401, "invalid_client", "invalid_client_id", format!("There is no client [{id}]."));
    let mut entities = call.state.all("entity").iter();
    let entity = entities.find(|entity| text(entity, "clientId") == id);
    let client = call.state.get("application", &id).or(entity).cloned().ok_or_else(unknown)?;
    let configuration = client.get("oauthConfiguration").and_then(Value::as_object);
    let known = text_if_any(configuration.unwrap_or(&client), "clientSecret").unwrap_or_default();
    if known.is_empty() || secret == known {
        return Ok(client);
    }
    if !secret.is_empty() {
        return Err(refused(401, "invalid_client", "invalid_client_authentication", "The client secret is wrong."));
    }
    if configuration.is_some_and(|configuration| !needs_secret(call, configuration)) {
        return Ok(client);
    }
    Err(refused(401, "invalid_client", "missing_client_secret", "This client needs its client secret."))
}

/// Whether an application's client has to show its secret. Where PKCE counts, it counts for authorization codes.
fn needs_secret(call: &Call<'_>, configuration: &Object) -> bool {
    match text(configuration, "clientAuthenticationPolicy") {
        "NotRequired" => false,
        "NotRequiredWhenUsingPKCE" => {
            call.body_text("grant_type") == "authorization_code" && call.body_text("code_verifier").is_empty()
        }
        _ => true,
    }
}

/// Client id and secret of the `Authorization` header (RFC 7617); `None` without one.
fn basic(call: &Call<'_>) -> Result<Option<(String, String)>, Refusal> {
    let Some(header) = call.authorization.as_deref().filter(|header| !header.is_empty()) else { return Ok(None) };
    let (scheme, encoded) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        let description = "The Authorization header of a client has the scheme Basic.";
        return Err(refused(401, "invalid_client", "invalid_client_authentication_scheme", description));
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let credentials = decoded.as_deref().and_then(|decoded| decoded.split_once(':'));
    let (id, secret) = credentials.ok_or_else(|| {
        let description = "The Authorization header is not the Base64 of clientId:clientSecret.";
        refused(401, "invalid_client", "invalid_client_authentication", description)
    })?;
    Ok(Some((id.to_owned(), secret.to_owned())))
}
