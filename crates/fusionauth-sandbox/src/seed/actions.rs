//! User actions, their reason, and the one that is taken.

use serde_json::json;

use super::{
    ids::{LOCK_ACTION_ID, LOCKED_USER_ID, RICHARD_ID},
    request::{EMAIL_TEMPLATE, USER_ACTION, USER_ACTION_REASON, create, id},
};
use crate::{installation::DEFAULT_TENANT_ID, step::Step};

/// 2100-01-01, in ms since 1970.
const FAR_FUTURE: u64 = 4_102_444_800_000;

/// The user actions that exist, and a reason for them.
pub fn kinds() -> Vec<Step> {
    vec![
        create(
            "user-action",
            USER_ACTION,
            1,
            json!({ "userAction": {
                "name": "Lock account",
                "temporal": true,
                "preventLogin": true,
                "sendEndEvent": true,
                "userEmailingEnabled": true,
                "startEmailTemplateId": id(EMAIL_TEMPLATE, 3),
                "localizedNames": { "de": "Konto sperren" },
                "transactionType": "None"
            } }),
        ),
        create(
            "user-action",
            USER_ACTION,
            2,
            json!({ "userAction": {
                "name": "Award a hoodie",
                "temporal": false,
                "preventLogin": false,
                "options": [{ "name": "Black" }, { "name": "Green", "localizedNames": { "de": "Grün" } }],
                "transactionType": "None"
            } }),
        ),
        create(
            "user-action-reason",
            USER_ACTION_REASON,
            1,
            json!({ "userActionReason": {
                "code": "TOS",
                "text": "Broke the terms of service",
                "localizedTexts": { "de": "Verstoss gegen die AGB" }
            } }),
        ),
    ]
}

/// The action that keeps a user from logging in.
pub fn actions() -> Vec<Step> {
    vec![
        Step::post(
            "/api/user/action",
            json!({
                "broadcast": false,
                "action": {
                    "actioneeUserId": LOCKED_USER_ID,
                    "actionerUserId": RICHARD_ID,
                    "userActionId": LOCK_ACTION_ID,
                    "reasonId": id(USER_ACTION_REASON, 1),
                    "comment": "Until the smart fridges are back",
                    "expiry": FAR_FUTURE,
                    "emailUser": false,
                    "notifyUser": false
                }
            }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
    ]
}
