//! The webhooks.

use serde_json::json;

use super::{
    request::{KEY, WEBHOOK, create, id},
    secrets::{WEBHOOK_PASSWORD, WEBHOOK_TOKEN, WEBHOOK_USERNAME},
};
use crate::{installation::DEFAULT_TENANT_ID, step::Step};

/// The webhooks.
pub fn webhooks() -> Vec<Step> {
    vec![
        create(
            "webhook",
            WEBHOOK,
            1,
            json!({ "webhook": {
                "url": "http://hooks.piedpiper.example/fusionauth",
                "description": "The old receiver in the garage",
                "global": true,
                "connectTimeout": 1000,
                "readTimeout": 2000,
                "eventsEnabled": { "user.create": true, "user.delete": true }
            } }),
        ),
        create(
            "webhook",
            WEBHOOK,
            2,
            json!({ "webhook": {
                "url": "https://events.piedpiper.example/fusionauth",
                "description": "The event bus",
                "global": false,
                "tenantIds": [DEFAULT_TENANT_ID],
                "connectTimeout": 1000,
                "readTimeout": 5000,
                "headers": { "X-Pied-Piper-Token": WEBHOOK_TOKEN },
                "httpAuthenticationUsername": WEBHOOK_USERNAME,
                "httpAuthenticationPassword": WEBHOOK_PASSWORD,
                "signatureConfiguration": { "enabled": true, "signingKeyId": id(KEY, 3) },
                "eventsEnabled": {
                    "user.create": true,
                    "user.login.success": true,
                    "user.login.failed": true,
                    "user.registration.create": false
                }
            } }),
        ),
    ]
}
