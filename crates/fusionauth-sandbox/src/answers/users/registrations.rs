//! The registrations of users for applications.

use serde_json::{Value, json};

use super::user;
use crate::{
    answers::{objects, reports},
    call::{Answer, Call},
    defaults,
    exchange::{Method, Response},
    object::{default, into_object, is_on, items, set, take_object, text, text_if_any},
    resources::USER,
};

/// Answers calls about registrations.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user/registration" | "user/registration/{userId}" => Some(register(call)),
        "user/registration/{userId}/{applicationId}" => Some(registration(call)),
        _ => None,
    }
}

/// What a PUT leaves as it is.
const KEPT: [&str; 5] = ["id", "insertInstant", "lastLoginInstant", "verified", "authenticationToken"];

/// Creates or changes a registration, and creates its user if the body has one.
fn register(call: &mut Call<'_>) -> Answer {
    let given = call.body_object("registration")?;
    let application_id = text(&given, "applicationId").to_owned();
    let application = call.visible("application", &application_id).map_err(|_| {
        Response::field("invalid", "registration.applicationId", format!("There is no application [{application_id}]."))
    })?;
    let user_id = call.path_value(0);
    let mut user = match call.state.get("user", &user_id).cloned() {
        Some(user) => user,
        None if call.method == Method::Post && call.body.contains_key("user") => {
            // One request creates both the user and the registration.
            if let Some(tenant_id) = text_if_any(&application, "tenantId") {
                call.tenant_id = Some(tenant_id.to_owned());
            }
            let id = Some(user_id).filter(|id| !id.is_empty());
            let created = objects::create(call, &USER, id)?.body.and_then(|body| body.get("user").cloned());
            created.map(into_object).unwrap_or_default()
        }
        None => return Err(Response::not_found()),
    };
    user.remove("memberships");
    // A universal application belongs to no tenant and is open to all.
    if text_if_any(&application, "tenantId").is_some_and(|own| own != text(&user, "tenantId")) {
        return Err(Response::field(
            "invalid",
            "registration.applicationId",
            "The application belongs to another tenant.",
        ));
    }
    let known_roles: Vec<_> = items(&application, "roles").iter().filter_map(|role| role.get("name")).collect();
    for role in items(&given, "roles") {
        if !known_roles.contains(&role) {
            return Err(Response::field(
                "invalid",
                "registration.roles",
                format!("The application has no role {role}."),
            ));
        }
    }
    let mut registrations = items(&user, "registrations").to_vec();
    let index = registrations.iter().position(|known| known.get("applicationId") == Some(&json!(application_id)));
    let is_new = index.is_none();
    let mut registration = match (call.method, index) {
        (Method::Post, Some(_)) => {
            return Err(Response::field("duplicate", "registration", "The user is registered for this application."));
        }
        (Method::Put | Method::Patch, None) => return Err(Response::not_found()),
        (Method::Patch, Some(index)) => {
            let mut whole = json!({ "registration": registrations.remove(index) });
            call.apply_patch(&mut whole)?;
            take_object(&mut whole, "registration")
        }
        (_, Some(index)) => {
            let known = registrations.remove(index);
            let mut registration = given;
            for key in KEPT {
                registration.insert(key.to_owned(), known.get(key).cloned().unwrap_or_default());
            }
            registration
        }
        (_, None) => given,
    };
    let (id, now) = (call.state.new_id(), call.state.now());
    default(&mut registration, "id", id);
    default(&mut registration, "insertInstant", now);
    let asks_to_verify = application.get("verifyRegistration") == Some(&json!(true));
    default(&mut registration, "verified", !asks_to_verify || call.body_flag("skipRegistrationVerification"));
    if is_on(&application, "authenticationTokenConfiguration") && call.body_flag("generateAuthenticationToken") {
        let token = call.state.new_code();
        default(&mut registration, "authenticationToken", token);
    }
    defaults::add("registration", &mut registration);
    set(&mut registration, "lastUpdateInstant", now);
    registrations.push(Value::Object(registration.clone()));
    if is_new {
        reports::register(call.state, Some(&application_id), now);
    }
    set(&mut user, "registrations", registrations);
    call.state.put("user", user.clone());
    Ok(Response::ok(json!({ "registration": registration, "user": user::shown(call, &user) })))
}

/// Retrieves or deletes a registration.
fn registration(call: &mut Call<'_>) -> Answer {
    let (user_id, application_id) = (call.path_value(0), call.path_value(1));
    let mut user = call.visible("user", &user_id)?;
    let Some(Value::Array(registrations)) = user.get_mut("registrations") else { return Err(Response::not_found()) };
    let is_wanted = |known: &Value| known.get("applicationId") == Some(&json!(application_id));
    let registration = registrations.iter().find(|known| is_wanted(known)).cloned().ok_or_else(Response::not_found)?;
    if call.method == Method::Delete {
        registrations.retain(|known| !is_wanted(known));
        call.state.put("user", user);
        return Ok(Response::empty(200));
    }
    Ok(Response::ok(json!({ "registration": registration })))
}
