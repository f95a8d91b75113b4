//! The seed data, and calls of it.

use std::sync::LazyLock;

use fusionauth_mcp::fusionauth::{simulation, tools::DOCUMENT};
use fusionauth_sandbox::{installation::DEFAULT_TENANT_ID, instance::Instance, seed::ANTON_ID, step::Step};
use gateway::{
    answer::Answer, call::arguments::JsonObject, composite::no_progress, confirmation::NobodyToAsk, session::Session,
};
use openapi_tools::model::operation::Operation;
use serde_json::json;

use crate::samples::SON_OF_ANTON_ID;

/// The seed, and a grant between two entities.
static SANDBOX: LazyLock<Session> = LazyLock::new(|| {
    let instance = Instance::seeded(&DOCUMENT).unwrap();
    let grant = json!({ "grant": { "recipientEntityId": SON_OF_ANTON_ID, "permissions": ["read"] } });
    let grant = Step::post(format!("/api/entity/{ANTON_ID}/grant"), grant).in_tenant(DEFAULT_TENANT_ID);
    instance.carry_out(&[grant]).unwrap();
    simulation::session(instance)
});

pub fn answered(operation: &Operation, arguments: JsonObject) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(SANDBOX.call(operation.name, arguments, &no_progress, &NobodyToAsk)).unwrap()
}
