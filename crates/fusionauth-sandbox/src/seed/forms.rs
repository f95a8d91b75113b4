//! The registration form, its fields and the consent that it asks for.

use serde_json::{Value, json};

use super::request::{CONSENT, FORM, FORM_FIELD, create, id};
use crate::step::Step;

/// The consent, the fields and the form.
pub fn forms() -> Vec<Step> {
    let field = |number: u32, field: Value| create("form/field", FORM_FIELD, number, json!({ "field": field }));
    vec![
        create(
            "consent",
            CONSENT,
            1,
            json!({ "consent": {
                "name": "Newsletter",
                "defaultMinimumAgeForSelfConsent": 13,
                "countryMinimumAgeForSelfConsent": { "de": 16 },
                "multipleValuesAllowed": true,
                "values": ["Compression news", "Hiring"],
                "emailPlus": { "enabled": false }
            } }),
        ),
        field(
            1,
            json!({ "name": "Work email", "key": "user.email", "type": "email", "control": "text", "required": true }),
        ),
        field(
            2,
            json!({
                "name": "New password",
                "key": "user.password",
                "type": "string",
                "control": "password",
                "confirm": true,
                "required": true
            }),
        ),
        field(
            3,
            json!({
                "name": "Team",
                "key": "registration.data.team",
                "type": "string",
                "control": "select",
                "options": ["engineering", "operations", "sales"],
                "required": false,
                "description": "Where the new hire works"
            }),
        ),
        field(
            4,
            json!({
                "name": "Newsletter consent",
                "key": format!("consents['{}']", id(CONSENT, 1)),
                "type": "consent",
                "control": "checkbox",
                "consentId": id(CONSENT, 1),
                "required": false
            }),
        ),
        create(
            "form",
            FORM,
            1,
            json!({ "form": {
                "name": "Join Pied Piper",
                "type": "registration",
                "steps": [
                    { "type": "collectData", "fields": [id(FORM_FIELD, 1), id(FORM_FIELD, 2)] },
                    { "type": "collectData", "fields": [id(FORM_FIELD, 3), id(FORM_FIELD, 4)] }
                ]
            } }),
        ),
    ]
}
