//! Whether a request may do what it asks for.

use openapi_tools::model::{
    document::Document,
    operation::Operation,
    security::{Requirement, SchemeKind},
};
use serde_json::Value;

use crate::{
    exchange::{Refusal, Request, Response},
    object::{Object, text, text_if_any},
    state::State,
};

/// What the credentials of a request say about it.
#[derive(Default)]
pub struct Identity {
    /// The tenant that the API key is limited to.
    pub key_tenant_id: Option<String>,
    /// The user that the bearer token was issued to.
    pub bearer_user_id: Option<String>,
}

/// Checks the credentials that an operation needs: one of its alternatives has to be satisfied.
///
/// # Errors
/// 401 without a valid token, or without an API key that permits the operation.
pub fn authorize(
    document: &Document,
    state: &State,
    operation: &Operation,
    request: &Request,
) -> Result<Identity, Refusal> {
    let given = request.authorization.as_deref().filter(|given| !given.is_empty());
    let may_be_anonymous = operation.security.is_empty() || operation.security.iter().any(Requirement::is_empty);
    let Some(given) = given else {
        return if may_be_anonymous { Ok(Identity::default()) } else { Err(Response::empty(401)) };
    };
    if operation.security.is_empty() {
        return Ok(Identity::default());
    }
    let schemes = operation.security.iter().flat_map(|requirement| requirement.0);
    let mut kinds = schemes.filter_map(|used| document.security_schemes.get(used.scheme)).map(|scheme| scheme.kind);
    kinds.find_map(|kind| identity(kind, given, state, operation)).ok_or_else(|| Response::empty(401))
}

/// Whose credential it is, where it is valid for that scheme.
fn identity(kind: SchemeKind, given: &str, state: &State, operation: &Operation) -> Option<Identity> {
    if let SchemeKind::ApiKey { .. } = kind {
        let key = state.all("api-key").iter().find(|key| text(key, "key") == given);
        let key = key.filter(|key| permits(key, operation))?;
        Some(Identity { key_tenant_id: text_if_any(key, "tenantId").map(str::to_owned), ..Identity::default() })
    } else {
        let known = state.get("access-token", given.strip_prefix("Bearer ").unwrap_or_default())?;
        Some(Identity { bearer_user_id: Some(text(known, "userId").to_owned()), ..Identity::default() })
    }
}

/// Whether an API key permits an operation. A key without endpoints permits everything except managing API keys.
fn permits(key: &Object, operation: &Operation) -> bool {
    if operation.area == "api-key" && key.get("keyManager") != Some(&Value::Bool(true)) {
        return false;
    }
    let endpoints =
        key.get("permissions").and_then(|permissions| permissions.get("endpoints")).and_then(Value::as_object);
    let Some(endpoints) = endpoints.filter(|endpoints| !endpoints.is_empty()) else { return true };
    let methods = endpoints.get(&operation.endpoint()).and_then(Value::as_array);
    methods.is_some_and(|methods| methods.iter().any(|method| method == operation.method.as_str()))
}
