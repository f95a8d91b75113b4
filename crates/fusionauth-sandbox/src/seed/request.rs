//! How the seed makes an object: one POST with an id of the seed's own.

use serde_json::Value;

use crate::step::Step;

// The kinds of object, for `id`. Tenants have kind 1, but the ids of all three are constants.
pub const APPLICATION: u16 = 2;
pub const ROLE: u16 = 3;
pub const SCOPE: u16 = 4;
pub const USER: u16 = 5;
pub const GROUP: u16 = 6;
pub const THEME: u16 = 7;
pub const FORM_FIELD: u16 = 8;
pub const FORM: u16 = 9;
pub const EMAIL_TEMPLATE: u16 = 10;
pub const MESSAGE_TEMPLATE: u16 = 11;
pub const MESSENGER: u16 = 12;
pub const CONNECTOR: u16 = 13;
pub const LAMBDA: u16 = 14;
pub const IDENTITY_PROVIDER: u16 = 15;
pub const WEBHOOK: u16 = 16;
pub const KEY: u16 = 17;
pub const API_KEY: u16 = 18;
pub const CONSENT: u16 = 19;
pub const ENTITY_TYPE: u16 = 20;
pub const PERMISSION: u16 = 21;
pub const ENTITY: u16 = 22;
pub const USER_ACTION: u16 = 23;
pub const USER_ACTION_REASON: u16 = 24;
pub const IP_ACL: u16 = 25;
pub const WEBHOOK_EVENT: u16 = 27;
pub const WEBHOOK_ATTEMPT: u16 = 28;

/// The id of an object of the seed: a UUID that shows the kind (in hexadecimal) and the number (in decimal).
pub fn id(kind: u16, number: u32) -> String {
    format!("{kind:08x}-5eed-4000-8000-{number:012}")
}

/// The request that creates an object of the seed.
pub fn create(path: &str, kind: u16, number: u32, body: Value) -> Step {
    Step::post(format!("/api/{path}/{}", id(kind, number)), body)
}
