//! What an instance has one of: integrations, system configuration, tenant manager, licence, version and status.

use serde_json::{Value, json};

use super::checks;
use crate::{
    call::{Answer, Call},
    defaults,
    exchange::{Method, Response},
    object::{Object, set, take_object},
    state::State,
};

/// Answers calls about a singleton.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    Some(match call.api_path()? {
        "integration" => setting(call, "integrations"),
        "system-configuration" => setting(call, "systemConfiguration"),
        "tenant-manager" => tenant_manager(call),
        "tenant-manager/identity-provider/{type}" => provider_type(call),
        "reactor" => reactor(call),
        "system/version" => Ok(Response::ok(json!({ "version": call.document.version }))),
        // As documented, nobody is told more without an API key.
        "status" if call.is_anonymous() => Ok(Response::ok(json!({ "status": "Ok" }))),
        "status" => Ok(Response::ok(json!({ "version": call.document.version, "status": "Ok" }))),
        "health" => Ok(Response::empty(200)),
        "system/reindex" if call.method == Method::Get => Err(Response::not_found()),
        "system/reindex" => Ok(Response::empty(202)),
        "tenant/password-validation-rules" | "tenant/password-validation-rules/{tenantId}" => password_rules(call),
        _ => return None,
    })
}

fn setting(call: &mut Call<'_>, key: &str) -> Answer {
    let known = call.state.singletons.get(key).cloned().unwrap_or_else(|| Value::Object(defaults::of(key)));
    let inserted = known.get("insertInstant").cloned();
    let mut whole = json!({ key: known });
    match call.method {
        // A PUT replaces: what it leaves out gets its default.
        Method::Put => whole = json!({ key: call.body_object(key)? }),
        Method::Patch => call.apply_patch(&mut whole)?,
        _ => return Ok(Response::ok(whole)),
    }
    let mut object = take_object(&mut whole, key);
    defaults::add(key, &mut object);
    // Only what has instants from the start has them.
    if let Some(inserted) = inserted {
        let now = call.state.now();
        set(&mut object, "insertInstant", inserted);
        set(&mut object, "lastUpdateInstant", now);
    }
    whole = json!({ key: object });
    checks::check_references(call, &whole, key)?;
    if let Some(value) = whole.get(key) {
        call.state.singletons.insert(key.to_owned(), value.clone());
    }
    Ok(Response::ok(whole))
}

/// The configuration, with what is configured for types of identity providers.
fn tenant_manager(call: &mut Call<'_>) -> Answer {
    let key = "tenantManagerConfiguration";
    let mut response = setting(call, key)?;
    let types = call.state.singletons.iter();
    let types: Object = types
        .filter_map(|(key, value)| Some((key.strip_prefix("tenant-manager/")?.to_owned(), value.clone())))
        .collect();
    let configuration = response.body.as_mut().and_then(|body| body.get_mut(key)?.as_object_mut());
    if let (false, Some(configuration)) = (types.is_empty(), configuration) {
        set(configuration, "identityProviderTypeConfigurations", types);
    }
    Ok(response)
}

fn provider_type(call: &mut Call<'_>) -> Answer {
    let key = format!("tenant-manager/{}", call.path_value(0));
    let known = call.state.singletons.get(&key).cloned();
    match (call.method, known) {
        (Method::Delete, Some(_)) => {
            call.state.singletons.remove(&key);
            Ok(Response::empty(200))
        }
        (Method::Post, Some(_)) => {
            Err(Response::field("duplicate", "typeConfiguration.type", "This type is configured."))
        }
        (Method::Post, None) | (Method::Put, Some(_)) => {
            let mut configuration = call.body_object("typeConfiguration")?;
            set(&mut configuration, "type", call.path_value(0));
            call.state.singletons.insert(key, json!(configuration));
            Ok(Response::ok(json!({ "typeConfiguration": configuration })))
        }
        (_, Some(known)) => {
            let mut whole = json!({ "typeConfiguration": known });
            call.apply_patch(&mut whole)?;
            call.state.singletons.insert(key, whole.get("typeConfiguration").cloned().unwrap_or_default());
            Ok(Response::ok(whole))
        }
        (_, None) => Err(Response::not_found()),
    }
}

/// The name under which a licence is kept.
const LICENSE: &str = "reactor";

/// Whether a licence is active.
pub fn is_licensed(state: &State) -> bool {
    state.singletons.contains_key(LICENSE)
}

/// Activates a licence.
pub fn license(state: &mut State, id: &str) {
    state.singletons.insert(LICENSE.to_owned(), json!(id));
}

fn reactor(call: &mut Call<'_>) -> Answer {
    match call.method {
        Method::Get => Ok(Response::ok(json!({ "status": { "licensed": is_licensed(call.state) } }))),
        Method::Post => {
            let license_id = call.body_text("licenseId");
            if license_id.is_empty() {
                return Err(Response::blank("licenseId"));
            }
            license(call.state, &license_id);
            Ok(Response::empty(200))
        }
        Method::Delete => {
            call.state.singletons.remove(LICENSE);
            Ok(Response::empty(200))
        }
        _ => Ok(Response::empty(200)),
    }
}

fn password_rules(call: &Call<'_>) -> Answer {
    let asked = Some(call.path_value(0)).filter(|id| !id.is_empty());
    let id = match asked.or_else(|| call.tenant_id.clone()) {
        Some(id) => id,
        None => call.owning_tenant()?,
    };
    let tenant = call.state.get("tenant", &id).ok_or_else(Response::not_found)?;
    let rules =
        tenant.get("passwordValidationRules").cloned().unwrap_or_else(|| json!({ "minLength": 8, "maxLength": 256 }));
    Ok(Response::ok(json!({ "passwordValidationRules": rules })))
}
