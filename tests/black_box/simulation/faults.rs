//! Faults that the sandbox injects on demand.

use fusionauth_sandbox::seed::RICHARD_ID;
use serde_json::json;

use super::calls::call;
use crate::support::sandbox::{API_KEY, Sandbox};

#[test]
fn faults_come_on_demand() {
    let failing = Sandbox::start(&["--errors", "100"]);
    assert_eq!(call(&mut failing.client(), "retrieveStatus", json!({})).0, 500);
    let limited = Sandbox::start(&["--rate-limit", "1"]);
    let mut client = limited.client();
    assert_eq!(call(&mut client, "retrieveStatus", json!({})).0, 200);
    // How many calls fit into a second depends on the machine, so call until one is refused.
    assert!((0..1_000).any(|_| call(&mut client, "retrieveStatus", json!({})).0 == 429));
    let hanging = Sandbox::start(&["--hang", "/api/user"]);
    assert_eq!(call(&mut hanging.client(), "retrieveStatus", json!({})).0, 200);
    let mut client = hanging.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("REQUEST_TIMEOUT", "200ms")]);
    let answer = client.call("retrieveUserWithId", json!({ "userId": RICHARD_ID }));
    assert!(answer.text.starts_with("No answer within 200ms"), "{}", answer.text);
}
