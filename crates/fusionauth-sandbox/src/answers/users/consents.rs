//! The consents that users gave.

use serde_json::json;

use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{default, set, take_object, text},
};

/// Answers calls about the consents of users.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user/consent" if call.method == Method::Get => Some(list(call)),
        "user/consent" | "user/consent/{userConsentId}" => Some(consent(call)),
        _ => None,
    }
}

fn list(call: &Call<'_>) -> Answer {
    let id = call.query_value("userId").unwrap_or_default();
    let consents: Vec<_> =
        call.state.all("user-consent").iter().filter(|consent| text(consent, "userId") == id).collect();
    Ok(Response::ok(json!({ "userConsents": consents })))
}

fn consent(call: &mut Call<'_>) -> Answer {
    let id = call.path_value(0);
    let known = call.state.get("user-consent", &id).cloned();
    let mut consent = match (call.method, known) {
        (Method::Post, Some(_)) => return Err(Response::field("duplicate", "userConsentId", "The id is taken.")),
        (Method::Post, None) => {
            let mut consent = call.body_object("userConsent")?;
            let consent_id = text(&consent, "consentId").to_owned();
            let kind = call.state.get("consent", &consent_id).cloned().ok_or_else(|| {
                Response::field("invalid", "userConsent.consentId", format!("There is no consent [{consent_id}]."))
            })?;
            if call.state.get("user", text(&consent, "userId")).is_none() {
                return Err(Response::field("invalid", "userConsent.userId", "There is no such user."));
            }
            let new_id = if id.is_empty() { call.state.new_id() } else { id };
            set(&mut consent, "id", new_id);
            set(&mut consent, "consent", kind);
            default(&mut consent, "status", "Active");
            consent
        }
        (_, None) => return Err(Response::not_found()),
        (Method::Get, Some(known)) => return Ok(Response::ok(json!({ "userConsent": known }))),
        (Method::Delete, Some(mut known)) => {
            set(&mut known, "status", "Revoked");
            call.state.put("user-consent", known);
            return Ok(Response::empty(200));
        }
        (method, Some(mut known)) => {
            if method == Method::Put {
                known.extend(call.body_object("userConsent")?.into_iter().filter(|(key, _)| key != "id"));
                known
            } else {
                let mut whole = json!({ "userConsent": known });
                call.apply_patch(&mut whole)?;
                take_object(&mut whole, "userConsent")
            }
        }
    };
    let now = call.state.now();
    default(&mut consent, "insertInstant", now);
    set(&mut consent, "lastUpdateInstant", now);
    call.state.put("user-consent", consent.clone());
    Ok(Response::ok(json!({ "userConsent": consent })))
}
