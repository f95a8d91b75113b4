//! Signing keys and API keys, and the access list of the office.

use serde_json::{Map, json};

use super::{
    request::{API_KEY, IP_ACL, KEY, create},
    secrets::{READ_ONLY_API_KEY, UNRESTRICTED_API_KEY},
};
use crate::step::Step;

/// The IP access control list and the signing keys.
pub fn signing_keys() -> Vec<Step> {
    vec![
        create(
            "ip-acl",
            IP_ACL,
            1,
            json!({ "ipAccessControlList": {
                "name": "Office",
                "entries": [
                    { "action": "Allow", "startIPAddress": "10.0.0.0", "endIPAddress": "10.255.255.255" },
                    { "action": "Block", "startIPAddress": "*" }
                ]
            } }),
        ),
        create(
            "key/generate",
            KEY,
            1,
            json!({ "key": {
                "algorithm": "RS256", "name": "Pied Piper tokens", "length": 2048, "issuer": "piedpiper.example"
            } }),
        ),
        create("key/generate", KEY, 2, json!({ "key": { "algorithm": "ES256", "name": "Devices", "length": 256 } })),
        create("key/generate", KEY, 3, json!({ "key": { "algorithm": "HS256", "name": "Webhook signatures" } })),
    ]
}

/// What the read-only API key permits to GET: paths after `/api/`.
const READABLE: &str = "\
    application connector consent email/template entity entity/grant entity/type form form/field group \
    identity-provider integration ip-acl key lambda message/template messenger system-configuration tenant theme user \
    user-action user-action-reason user/action user/registration webhook";
/// What the read-only API key permits to search: paths after `/api/`, without `/search`.
const SEARCHABLE: &str = "\
    application consent email/template entity entity/grant entity/type group group/member identity-provider ip-acl \
    key lambda tenant theme user webhook";

/// The API keys.
pub fn api_keys() -> Vec<Step> {
    let mut endpoints = Map::new();
    for path in READABLE.split(' ') {
        endpoints.insert(format!("/api/{path}"), json!(["GET"]));
    }
    for path in SEARCHABLE.split(' ') {
        endpoints.insert(format!("/api/{path}/search"), json!(["GET", "POST"]));
    }
    vec![
        create(
            "api-key",
            API_KEY,
            1,
            json!({ "apiKey": {
                "name": "Read only",
                "key": READ_ONLY_API_KEY,
                "retrievable": true,
                "permissions": { "endpoints": endpoints },
                "metaData": { "attributes": { "description": "Reads and searches, changes nothing" } }
            } }),
        ),
        create(
            "api-key",
            API_KEY,
            2,
            json!({ "apiKey": {
                "name": "Unrestricted",
                "key": UNRESTRICTED_API_KEY,
                "retrievable": false,
                "metaData": { "attributes": { "description": "May do everything" } }
            } }),
        ),
    ]
}
