//! People whose accounts are in states that questions are asked about.

use serde_json::{Value, json};

use super::{
    clock::{self, incident},
    ids::{
        CONSOLE_APPLICATION_ID, DEACTIVATED_USER_ID, EXPIRED_USER_ID, NO_EMAIL_USER_ID, NO_ROLES_USER_ID,
        PIED_PIPER_APPLICATION_ID, PIPERCHAT_APPLICATION_ID, TWO_FACTOR_USER_ID, TWO_TENANTS_USER_ID,
        UNVERIFIED_USER_ID,
    },
    secrets::ROBOT_PASSWORD,
};
use crate::{exchange::Method, installation::DEFAULT_TENANT_ID, step::Step};

/// The people, and what makes their accounts unusual.
pub fn people() -> Vec<(u64, Step)> {
    let unverified = registered(
        UNVERIFIED_USER_ID,
        json!({ "email": "aly@piedpiper.example", "firstName": "Aly", "lastName": "Dutta" }),
        json!({ "applicationId": PIPERCHAT_APPLICATION_ID, "roles": ["member"] }),
        false,
    );
    // The same address as a user of Aviato has.
    let two_tenants = registered(
        TWO_TENANTS_USER_ID,
        json!({ "email": "russ@aviato.example", "firstName": "Russ", "lastName": "Hanneman" }),
        json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "roles": ["customer"] }),
        true,
    );
    let no_roles = registered(
        NO_ROLES_USER_ID,
        json!({ "email": "keenan@piedpiper.example", "firstName": "Keenan", "lastName": "Feldspar" }),
        json!({ "applicationId": CONSOLE_APPLICATION_ID, "roles": ["viewer"] }),
        true,
    );
    let roles_taken = Step {
        method: Method::Put,
        ..Step::post(
            format!("/api/user/registration/{NO_ROLES_USER_ID}"),
            json!({ "registration": { "applicationId": CONSOLE_APPLICATION_ID, "roles": [] } }),
        )
    };
    let no_email = registered(
        NO_EMAIL_USER_ID,
        json!({ "username": "build-robot", "firstName": "Build", "lastName": "Robot", "password": ROBOT_PASSWORD }),
        json!({ "applicationId": CONSOLE_APPLICATION_ID, "roles": ["operator"] }),
        true,
    );
    let deactivated = registered(
        DEACTIVATED_USER_ID,
        json!({ "email": "gabe@piedpiper.example", "firstName": "Gabe", "lastName": "Moreno" }),
        json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "roles": ["customer"] }),
        true,
    );
    let deactivation =
        Step { method: Method::Delete, ..Step::post(format!("/api/user/{DEACTIVATED_USER_ID}"), Value::Null) };
    let expired = registered(
        EXPIRED_USER_ID,
        json!({
            "email": "ron@piedpiper.example", "firstName": "Ron", "lastName": "LaFlamme", "expiry": clock::day(150),
        }),
        json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "roles": ["customer"] }),
        true,
    );
    let two_factor = registered(
        TWO_FACTOR_USER_ID,
        json!({
            "email": "tracy@piedpiper.example", "firstName": "Tracy", "lastName": "Robertson",
            "mobilePhone": "+16505551128",
            "twoFactor": { "methods": [{ "id": "T7SM", "method": "sms", "mobilePhone": "+16505551128" }] },
        }),
        json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "roles": ["engineer", "customer"] }),
        true,
    );
    [
        // Just before the mail to them failed.
        (incident(9, 14), unverified),
        (clock::day(126), two_tenants),
        (clock::day(127), no_roles),
        (clock::day(128), roles_taken),
        (clock::day(129), no_email),
        (incident(10, 30), deactivated),
        (clock::day(160), deactivation),
        (clock::day(133), expired),
        (clock::day(134), two_factor),
    ]
    .map(|(instant, step)| (instant, step.in_tenant(DEFAULT_TENANT_ID)))
    .into()
}

fn registered(id: &str, user: Value, registration: Value, is_verified: bool) -> Step {
    let asks_for_password = user.get("password").is_none();
    Step::post(
        format!("/api/user/registration/{id}"),
        json!({
            "user": user, "registration": registration, "skipVerification": is_verified,
            "skipRegistrationVerification": is_verified, "sendSetPasswordEmail": asks_for_password,
        }),
    )
}
