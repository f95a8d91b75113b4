//! The logins, and the passkeys for others.

use serde_json::json;

use super::{
    clock,
    ids::{
        CONSOLE_APPLICATION_ID, DINESH_ID, GAVIN_ID, GILFOYLE_ID, HOOLI_XYZ_APPLICATION_ID, JARED_ID, PASSKEY_ID,
        PIED_PIPER_APPLICATION_ID, PIPERCHAT_APPLICATION_ID, RICHARD_ID,
    },
};
use crate::{exchange::Method, step::Step};

/// Richard's passkey.
pub fn passkeys() -> Vec<Step> {
    let passkey = json!({
        "id": PASSKEY_ID, "userId": RICHARD_ID, "algorithm": "ES256", "credentialId": "cmljaGFyZHMtbGFwdG9w",
        "displayName": "Richard's laptop", "name": "Laptop", "relyingPartyId": "piedpiper.example",
        "publicKey": "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----", "transports": ["internal"],
    });
    vec![Step::post("/api/webauthn/import", json!({ "credentials": [passkey] }))]
}

/// Who logged in where, the latest login last.
pub fn logins() -> Vec<(u64, Step)> {
    let logins = [
        (RICHARD_ID, PIED_PIPER_APPLICATION_ID),
        (GAVIN_ID, HOOLI_XYZ_APPLICATION_ID),
        (JARED_ID, PIED_PIPER_APPLICATION_ID),
        (GILFOYLE_ID, CONSOLE_APPLICATION_ID),
        (RICHARD_ID, CONSOLE_APPLICATION_ID),
        (DINESH_ID, PIPERCHAT_APPLICATION_ID),
    ];
    let ping = |(user, application): (&str, &str)| Step {
        method: Method::Put,
        ..Step::post(format!("/api/login/{user}/{application}"), json!({}))
    };
    let hour = |hour: u64| clock::day(clock::LAST_DAY) + hour * clock::HOUR;
    (8..).map(hour).zip(logins.map(ping)).collect()
}
