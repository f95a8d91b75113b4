//! A sandbox loads a Kickstart file, or refuses it and names the request that is wrong.

use serde_json::{Value, json};

use super::calls::succeed;
use crate::support::{client::command, sandbox::Sandbox};

#[test]
fn a_kickstart_file_makes_an_instance() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/fusionauth-sandbox/tests/kickstart/kickstart.json");
    let environment = [("KICKSTART_API_KEY", "from-the-environment"), ("KICKSTART_USER_PASSWORD", "hunter2hunter2")];
    let sandbox = Sandbox::with_environment(&["--load", file], &environment);
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", "from-the-environment")]);
    let id = |last: &str| format!("5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a{last}");
    let tenant = succeed(&mut client, "retrieveTenantWithId", json!({ "tenantId": id("01") }));
    assert_eq!(tenant["tenant"]["name"], "Pied Piper");
    assert_eq!(tenant["tenant"]["themeId"], id("07"));
    let application = succeed(&mut client, "retrieveApplicationWithId", json!({ "applicationId": id("03") }));
    assert_eq!(application["application"]["tenantId"], id("02"));
    assert_eq!(application["application"]["roles"].as_array().unwrap().len(), 2);
    let lambda = succeed(&mut client, "retrieveLambdaWithId", json!({ "lambdaId": id("06") }));
    let script = include_str!("../../../crates/fusionauth-sandbox/tests/kickstart/lambdas/populate-tokens.js");
    assert_eq!(lambda["lambda"]["body"], script, "the side file, byte for byte");
    let user = succeed(&mut client, "retrieveUserWithId", json!({ "userId": id("09") }));
    assert_eq!(user["user"]["registrations"][0]["applicationId"], id("03"));
    let group = succeed(&mut client, "retrieveGroupWithId", json!({ "groupId": id("0a") }));
    assert_eq!(group["group"]["roles"][id("03")].as_array().unwrap().len(), 2);
    let webhook = succeed(&mut client, "retrieveWebhookWithId", json!({ "webhookId": id("0b") }));
    assert_eq!(webhook["webhook"]["eventsEnabled"]["kickstart.success"], true);
}

#[test]
fn a_kickstart_file_finds_what_a_new_instance_has_and_a_wrong_one_is_refused() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let write = |name: &str, requests: Value| {
        let file = format!("{folder}/{name}.json");
        let kickstart = json!({ "apiKeys": [{ "key": "k" }], "requests": requests });
        std::fs::write(&file, kickstart.to_string()).unwrap();
        file
    };
    let renamed = json!({ "lambda": { "name": "Renamed" } });
    let file = write(
        "built-in",
        json!([
            { "method": "PATCH", "url": "/api/lambda/#{FUSIONAUTH_LAMBDA[OpenIDReconcile]_ID}", "body": renamed },
            { "method": "PUT", "url": "/api/application/#{FUSIONAUTH_APPLICATION_ID}?reactivate=true" },
            { "method": "PATCH", "url": "/api/form/#{FUSIONAUTH_FORM[adminUser]_ID}", "body": { "form": { "data": { "a": 1 } } } },
        ]),
    );
    let sandbox = Sandbox::start(&["--load", &file]);
    let mut client = sandbox.client();
    let lambdas =
        succeed(&mut client, "searchLambdasWithId", json!({ "requestBody": { "search": { "name": "Renamed" } } }));
    assert_eq!(lambdas["total"], 1);
    let wrong = write("wrong", json!([{ "method": "POST", "url": "/api/group", "body": { "group": {} } }]));
    let output = command(&[]).args(["sandbox", "--port", "0", "--load", &wrong]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        message.contains("request 0, POST /api/group: answered 400") && message.contains("[blank]group.name"),
        "{message}"
    );
}
