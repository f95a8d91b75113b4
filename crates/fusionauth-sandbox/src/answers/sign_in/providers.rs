//! Logins by other identity providers. Nothing is asked of them.

use serde_json::{Value, json};

use super::codes::{self, Purpose};
use crate::{
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, items, text},
};

/// Answers calls about logins by other identity providers.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match (call.api_path()?, call.method) {
        ("identity-provider/login" | "jwt/reconcile", _) => Some(login(call)),
        ("identity-provider/start", _) => Some(start(call)),
        ("identity-provider/lookup", _) => Some(lookup(call)),
        ("identity-provider/test", Method::Get) => Some(test_results(call)),
        ("identity-provider/test", _) => Some(start_test(call)),
        // A login that waits for a link would have begun on a page, which there is not.
        ("identity-provider/link/pending/{pendingLinkId}", _) => Some(Err(Response::not_found())),
        _ => None,
    }
}

/// The identity provider and the application that the body names.
fn provider(call: &Call<'_>) -> Result<Object, Refusal> {
    let id = call.body_text("identityProviderId");
    if id.is_empty() {
        return Err(Response::blank("identityProviderId"));
    }
    let invalid = || Response::field("invalid", "identityProviderId", format!("There is no identity provider [{id}]."));
    call.visible("identity-provider", &id).map_err(|_| invalid())
}

fn check_application(call: &Call<'_>) -> Result<(), Refusal> {
    let id = call.body_text("applicationId");
    if id.is_empty() {
        return Err(Response::blank("applicationId"));
    }
    let invalid = || Response::field("invalid", "applicationId", format!("There is no application [{id}]."));
    call.visible("application", &id).map(|_| ()).map_err(|_| invalid())
}

fn login(call: &mut Call<'_>) -> Answer {
    check_application(call)?;
    let provider = provider(call)?;
    let message = format!("The sandbox cannot ask [{}] who the user is.", text(&provider, "name"));
    Err(Response::general("IdentityProviderNotReachable", message))
}

fn start(call: &mut Call<'_>) -> Answer {
    check_application(call)?;
    provider(call)?;
    Ok(Response::ok(json!({ "code": call.state.new_code() })))
}

/// The provider that manages the domain of an e-mail address.
fn lookup(call: &mut Call<'_>) -> Answer {
    let domain = call.query_value("domain").ok_or_else(|| Response::blank("domain"))?;
    let domain = domain.rsplit('@').next().unwrap_or_default();
    let manages = |provider: &&Object| {
        let mut domains = items(provider, "domains").iter().filter_map(Value::as_str);
        domains.any(|known| known.eq_ignore_ascii_case(domain)) && provider.get("enabled") != Some(&json!(false))
    };
    let provider = call.state.all("identity-provider").iter().find(manages).ok_or_else(Response::not_found)?;
    let applications = provider.get("applicationConfiguration").and_then(Value::as_object);
    let applications: Vec<_> = applications.into_iter().flatten().map(|(id, _)| id).collect();
    let [id, name, kind] = ["id", "name", "type"].map(|property| provider.get(property));
    let details = json!({ "id": id, "name": name, "type": kind, "applicationIds": applications });
    Ok(Response::ok(json!({ "identityProvider": details })))
}

fn start_test(call: &mut Call<'_>) -> Answer {
    let provider = provider(call)?;
    let id = codes::issue(call, Purpose::ConnectionTest, None, json!({ "identityProviderId": text(&provider, "id") }));
    Ok(Response::ok(json!({ "connectionTestId": id })))
}

/// Nobody logs in during a test, so it has no steps.
fn test_results(call: &mut Call<'_>) -> Answer {
    let id = call.query_value("connectionTestId").ok_or_else(|| Response::blank("connectionTestId"))?;
    let test = codes::find(call, Purpose::ConnectionTest, &id)?;
    let result = json!({ "identityProviderId": test.get("identityProviderId"), "steps": [], "success": false });
    Ok(Response::ok(json!({ "connectionTestId": id, "result": result })))
}
