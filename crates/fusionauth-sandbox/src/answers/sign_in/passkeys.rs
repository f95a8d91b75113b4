//! Passkeys (WebAuthn). What an authenticator signs is not verified.

use serde_json::{Value, json};

use super::{
    codes::{self, Purpose},
    logins,
};
use crate::{
    answers::users::user,
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, default, into_object, items, set, text},
};

const COLLECTION: &str = "passkey";

/// How long a browser may take, in ms.
const TIMEOUT: u64 = 180_000;

/// Answers calls about passkeys.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match (call.api_path()?, call.method) {
        ("webauthn", Method::Get) => Some(list(call)),
        ("webauthn", Method::Delete) => Some(delete_all(call)),
        ("webauthn/{id}", _) => Some(one(call)),
        ("webauthn/import", _) => Some(import(call)),
        ("webauthn/register/start", _) => Some(start_registration(call)),
        ("webauthn/register/complete", _) => Some(complete_registration(call)),
        ("webauthn/start", _) => Some(start_login(call)),
        ("webauthn/assert", _) => Some(assert(call)),
        ("webauthn/login", _) => Some(login(call)),
        _ => None,
    }
}

/// The user that a query or body has to name.
fn owner(call: &Call<'_>) -> Result<Object, Refusal> {
    let id = call.query_value("userId").unwrap_or_else(|| call.body_text("userId"));
    let login_id = call.body_text("loginId");
    match (id.is_empty(), login_id.is_empty()) {
        (false, _) => call.visible("user", &id),
        (true, false) => user::by_login(call, &login_id).ok_or_else(Response::not_found),
        (true, true) => Err(Response::blank("userId")),
    }
}

fn of_user(call: &Call<'_>, user: &Object) -> Vec<Object> {
    let known = call.state.all(COLLECTION).iter();
    known.filter(|passkey| text(passkey, "userId") == text(user, "id")).cloned().collect()
}

fn list(call: &Call<'_>) -> Answer {
    let user = owner(call)?;
    Ok(Response::ok(json!({ "credentials": of_user(call, &user) })))
}

fn delete_all(call: &mut Call<'_>) -> Answer {
    let user = owner(call)?;
    call.state.remove(COLLECTION, |passkey| text(passkey, "userId") == text(&user, "id"));
    Ok(Response::empty(200))
}

fn one(call: &mut Call<'_>) -> Answer {
    let id = call.path_value(0);
    let passkey = call.visible(COLLECTION, &id)?;
    if call.method == Method::Delete {
        call.state.remove(COLLECTION, |known| text(known, "id") == id);
        return Ok(Response::empty(200));
    }
    Ok(Response::ok(json!({ "credential": passkey })))
}

/// What every imported passkey has.
const REQUIRED: [&str; 6] = ["algorithm", "credentialId", "displayName", "name", "publicKey", "userId"];

fn import(call: &mut Call<'_>) -> Answer {
    let passkeys: Vec<_> = items(&call.body, "credentials").iter().cloned().map(into_object).collect();
    if passkeys.is_empty() {
        return Err(Response::blank("credentials"));
    }
    let mut owners = Vec::new();
    for (index, passkey) in passkeys.iter().enumerate() {
        for name in REQUIRED {
            if text(passkey, name).is_empty() {
                return Err(Response::blank(&format!("credentials[{index}].{name}")));
            }
        }
        let id = text(passkey, "userId");
        let refusal =
            || Response::field("invalid", &format!("credentials[{index}].userId"), format!("There is no user [{id}]."));
        owners.push(call.visible("user", id).map_err(|_| refusal())?);
    }
    for (passkey, owner) in passkeys.into_iter().zip(owners) {
        keep(call, passkey, &owner);
    }
    Ok(Response::empty(200))
}

/// Keeps a passkey of a user.
fn keep(call: &mut Call<'_>, mut passkey: Object, owner: &Object) -> Object {
    let (id, now) = (call.state.new_id(), call.state.now());
    default(&mut passkey, "id", id);
    default(&mut passkey, "insertInstant", now);
    default(&mut passkey, "lastUseInstant", now);
    default(&mut passkey, "attestationType", "none");
    default(&mut passkey, "authenticatorSupportsUserVerification", false);
    default(&mut passkey, "discoverable", false);
    default(&mut passkey, "signCount", 0);
    default(&mut passkey, "transports", json!([]));
    set(&mut passkey, "userId", text(owner, "id"));
    set(&mut passkey, "tenantId", text(owner, "tenantId"));
    call.state.put(COLLECTION, passkey.clone());
    passkey
}

fn start_registration(call: &mut Call<'_>) -> Answer {
    let user = owner(call)?;
    let display_name = call.body_text("displayName");
    if display_name.is_empty() {
        return Err(Response::blank("displayName"));
    }
    let name = Some(call.body_text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| display_name.clone());
    let properties = json!({
        "userId": text(&user, "id"), "displayName": display_name, "name": name, "userAgent": call.body.get("userAgent"),
    });
    let challenge = codes::issue(call, Purpose::Passkey, None, properties);
    let excluded: Vec<_> = of_user(call, &user).iter().map(descriptor).collect();
    let options = json!({
        "challenge": challenge, "timeout": TIMEOUT, "attestation": "none",
        "authenticatorSelection": { "requireResidentKey": false, "residentKey": "preferred", "userVerification": "preferred" },
        "excludeCredentials": excluded, "extensions": { "credProps": true },
        "pubKeyCredParams": [{ "alg": "ES256", "type": "public-key" }, { "alg": "RS256", "type": "public-key" }],
        "rp": { "id": "localhost", "name": "localhost" },
        "user": { "id": text(&user, "id"), "name": name, "displayName": display_name },
    });
    Ok(Response::ok(json!({ "options": options })))
}

fn descriptor(passkey: &Object) -> Value {
    json!({ "id": text(passkey, "credentialId"), "type": "public-key", "transports": passkey.get("transports") })
}

/// Keeps the passkey that a browser made, for the registration that was last started for the user.
fn complete_registration(call: &mut Call<'_>) -> Answer {
    let user = owner(call)?;
    let credential = call.body_object("credential")?;
    if text(&credential, "id").is_empty() {
        return Err(Response::blank("credential.id"));
    }
    let started = codes::take_last(call, Purpose::Passkey, text(&user, "id")).ok_or_else(Response::not_found)?;
    let passkey = json!({
        "algorithm": "ES256", "credentialId": text(&credential, "id"), "displayName": text(&started, "displayName"),
        "name": text(&started, "name"), "userAgent": started.get("userAgent"), "relyingPartyId": text(&call.body, "rpId"),
        "publicKey": format!("sandbox.{}", call.state.new_code()), "transports": credential.get("transports"),
    });
    let passkey = keep(call, into_object(passkey), &user);
    Ok(Response::ok(json!({ "credential": passkey })))
}

fn start_login(call: &mut Call<'_>) -> Answer {
    let user = owner(call)?;
    let only = call.body_text("credentialId");
    let mut passkeys = of_user(call, &user);
    passkeys.retain(|passkey| only.is_empty() || text(passkey, "id") == only);
    if passkeys.is_empty() {
        return Err(Response::not_found());
    }
    let properties = json!({ "userId": text(&user, "id"), "state": call.body.get("state") });
    let challenge = codes::issue(call, Purpose::Passkey, None, properties);
    let allowed: Vec<_> = passkeys.iter().map(descriptor).collect();
    let options = json!({
        "challenge": challenge, "timeout": TIMEOUT, "rpId": "localhost", "userVerification": "preferred",
        "allowCredentials": allowed,
    });
    Ok(Response::ok(json!({ "options": options })))
}

/// The passkey that a browser used, and what was started for its owner.
fn used(call: &mut Call<'_>) -> Result<(Object, Object), Refusal> {
    let credential = call.body_object("credential")?;
    let known =
        call.state.all(COLLECTION).iter().find(|passkey| text(passkey, "credentialId") == text(&credential, "id"));
    let mut passkey = known.cloned().ok_or_else(Response::not_found)?;
    let started = codes::take_last(call, Purpose::Passkey, text(&passkey, "userId")).ok_or_else(Response::not_found)?;
    let now = call.state.now();
    set(&mut passkey, "lastUseInstant", now);
    call.state.put(COLLECTION, passkey.clone());
    Ok((passkey, started))
}

fn assert(call: &mut Call<'_>) -> Answer {
    let (passkey, _) = used(call)?;
    Ok(Response::ok(json!({ "credential": passkey })))
}

fn login(call: &mut Call<'_>) -> Answer {
    let (passkey, started) = used(call)?;
    let user = call.visible("user", text(&passkey, "userId"))?;
    logins::complete(call, &user, started.get("state"))
}
