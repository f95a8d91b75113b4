//! A simulated instance is exported, made again from the export, and exported again.

use std::fs;

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    instance::Instance,
    kickstart::Given,
    seed::{self, HOOLI_TENANT_ID},
    step::Step as Call,
};
use openapi_tools::model::operation::Method;

use super::*;
use crate::fusionauth::export::snapshot::{object::Scope, read::Reader};
use crate::fusionauth::tools::DOCUMENT;

async fn exported(instance: Instance, scope: Scope, layout: Layout) -> Export {
    let session = crate::fusionauth::simulation::session(instance);
    let upstream = session.upstream_of("exportKickstart").unwrap();
    let snapshot = Snapshot::read(&Reader::new(&upstream), scope, &|_| {}).await.unwrap();
    export(&snapshot, layout)
}

/// The instance that an export makes of a new one.
fn loaded(export: &Export) -> Instance {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in &export.files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let environment = |name: &str| Some(format!("the-value-of-{name}-which-is-long"));
    let given = Given { environment: &environment, variables: BTreeMap::new() };
    Instance::from_kickstart(&DOCUMENT, &folder.path().join(FILE), &given).unwrap()
}

fn seeded(more: &[Call]) -> Instance {
    let instance = Instance::seeded(&DOCUMENT).unwrap();
    instance.carry_out(more).unwrap();
    instance
}

/// The export, after it was loaded and made again with the same result.
async fn made_again(more: &[Call], scope: Scope, layout: Layout) -> Export {
    let first = exported(seeded(more), scope.clone(), layout).await;
    let second = exported(loaded(&first), scope.clone(), layout).await;
    for (name, content) in &first.files {
        assert_eq!(Some(content), second.files.get(name), "{scope:?} {name}");
    }
    assert_eq!(first.files.len(), second.files.len());
    assert_eq!(first.report.secrets, second.report.secrets);
    first
}

fn patch(target: &str, body: Value) -> Call {
    Call {
        method: Method::Patch,
        target: target.to_owned(),
        tenant_id: None,
        content_type: Some(MERGE_PATCH.to_owned()),
        body,
    }
}

fn id(number: u32) -> String {
    format!("11111111-1111-4111-8111-{number:012}")
}

/// The requests of a file, in order.
fn requests_of(export: &Export) -> Vec<Value> {
    let mut file: Value = serde_json::from_str(export.files.get(FILE).unwrap()).unwrap();
    file["requests"].as_array_mut().map(std::mem::take).unwrap()
}

/// The requests of a file with that URL, in order.
fn requests_to(export: &Export, url: &str) -> Vec<Value> {
    requests_of(export).into_iter().filter(|request| request["url"] == url).collect()
}

/// Asserts that webhooks are made after everything else.
fn assert_webhooks_are_last(export: &Export) {
    let requests = requests_of(export);
    let is_webhook = |request: &Value| request["url"].as_str().unwrap().starts_with("/api/webhook/");
    let first = requests.iter().position(is_webhook).unwrap();
    assert!(requests[first..].iter().all(is_webhook));
}

#[tokio::test]
async fn the_seed_is_made_again_from_one_file_and_from_several() {
    for layout in [Layout::OneFile, Layout::Split] {
        let export = made_again(&[], Scope::Everything, layout).await;
        for secret in seed::SECRETS {
            assert!(export.files.values().all(|content| !content.contains(secret)), "{secret}");
        }
        assert_eq!(export.files.len() > 1, layout == Layout::Split);
        assert_webhooks_are_last(&export);
    }
}

#[tokio::test]
async fn every_tenant_and_every_application_is_made_again() {
    for tenant_id in [DEFAULT_TENANT_ID, HOOLI_TENANT_ID, seed::AVIATO_TENANT_ID] {
        made_again(&[], Scope::Tenant(tenant_id.to_owned()), Layout::OneFile).await;
    }
    for number in 1..=7 {
        let application_id = format!("00000002-5eed-4000-8000-{number:012}");
        let export = made_again(&[], Scope::Application(application_id.clone()), Layout::OneFile).await;
        assert!(export.files.values().any(|content| content.contains(&format!("/api/application/{application_id}\""))));
    }
}

#[tokio::test]
async fn hostile_content_is_made_again() {
    const HOSTILE: &str = "\\#{ENV.X} #{ENV.X} \\\\@{x} &{x} ${x} \"'\\\n\r\t😀 {{ %{ if } ../..";
    let name = |name: &str| format!("{name} {HOSTILE}");
    let big = format!("{} #{{x}}", "/* big */".repeat(25_000));
    let application = |number: u32, tenant_id: &str| {
        Call::post(
            format!("/api/application/{}", id(number)),
            json!({ "application": {
                "name": name("same"),
                "data": { HOSTILE: { "#{key}": [HOSTILE, 1.5, null, true] }, "formId": id(99) },
                "roles": [{ "name": name("b") }, { "name": name("a") }]
            } }),
        )
        .in_tenant(tenant_id)
    };
    let steps = [
        application(1, DEFAULT_TENANT_ID),
        application(2, HOOLI_TENANT_ID),
        Call::post(
            format!("/api/lambda/{}", id(3)),
            json!({ "lambda": { "name": name("l"), "type": "JWTPopulate", "body": format!("/* {HOSTILE} */") } }),
        ),
        Call::post(
            format!("/api/lambda/{}", id(4)),
            json!({ "lambda": { "name": name("l"), "type": "JWTPopulate", "body": "plain\n" } }),
        ),
        Call::post(
            format!("/api/theme/{}", id(5)),
            json!({ "theme": { "name": name("t"), "stylesheet": big, "templates": { "index": HOSTILE, "a/b": "x" } } }),
        ),
        Call::post(
            format!("/api/email/template/{}", id(6)),
            json!({ "emailTemplate": {
                "name": name("e"), "defaultSubject": "S", "defaultHtmlTemplate": "<p>${user.email}</p>\n", "defaultTextTemplate": HOSTILE,
                "localizedHtmlTemplates": { "de": "<b>\n", "../x": "x" }
            } }),
        ),
        patch(
            "/api/lambda/0e7a1c52-1b0c-4c3a-9b0a-000000000004",
            json!({ "lambda": { "body": format!("/* {HOSTILE} */") } }),
        ),
        patch(
            &format!("/api/application/{FUSIONAUTH_APPLICATION_ID}"),
            json!({ "application": { "data": { "x": HOSTILE } } }),
        ),
        patch(
            "/api/integration",
            json!({ "integrations": { "kafka": { "enabled": true, "producer": { "x.y": "z" } } } }),
        ),
        Call::post(
            "/api/tenant-manager/identity-provider/OpenIDConnect",
            json!({ "typeConfiguration": { "enabled": true } }),
        ),
        Call::post(
            format!("/api/key/import/{}", id(7)),
            json!({ "key": { "name": name("k"), "algorithm": "RS256", "kid": "public", "publicKey": "-----BEGIN PUBLIC KEY-----" } }),
        ),
    ];
    for layout in [Layout::OneFile, Layout::Split] {
        made_again(&steps, Scope::Everything, layout).await;
    }
    for number in [1, 2] {
        made_again(&steps, Scope::Application(id(number)), Layout::Split).await;
    }
}

#[tokio::test]
async fn objects_that_refer_to_each_other_are_made_in_two_steps() {
    let entity = |number: u32| {
        let body = json!({ "entity": { "name": "n", "type": { "id": "00000014-5eed-4000-8000-000000000001" } } });
        Call::post(format!("/api/entity/{}", id(number)), body).in_tenant(DEFAULT_TENANT_ID)
    };
    let adopt = |number: u32, parent: u32| {
        patch(&format!("/api/entity/{}", id(number)), json!({ "entity": { "parentId": id(parent) } }))
    };
    let steps = [entity(1), entity(2), adopt(1, 2), adopt(2, 1)];
    let export = made_again(&steps, Scope::Everything, Layout::OneFile).await;
    let requests = requests_to(&export, &format!("/api/entity/{}", id(1)));
    let methods: Vec<&Value> = requests.iter().map(|request| &request["method"]).collect();
    assert_eq!(methods, ["POST", "PATCH"]);
    assert_webhooks_are_last(&export);
}

#[tokio::test]
async fn an_application_of_all_tenants_is_made_again_in_none() {
    let application = json!({ "application": {
        "name": "Everywhere", "universalConfiguration": { "universal": true },
        "roles": [{ "name": "user" }], "scopes": [{ "name": "read" }]
    } });
    let steps = [Call::post(format!("/api/application/{}", id(1)), application)];
    for scope in [Scope::Everything, Scope::Application(id(1))] {
        let export = made_again(&steps, scope, Layout::OneFile).await;
        let requests = requests_to(&export, &format!("/api/application/{}", id(1)));
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].get("tenantId"), None);
        assert_eq!(requests[0]["body"]["application"]["name"], "Everywhere");
    }
}

#[tokio::test]
async fn applications_of_cleanspeak_are_none_of_ours() {
    let configuration = json!({
        "enabled": true, "applicationIds": [id(7), seed::NUCLEUS_APPLICATION_ID],
        "usernameModeration": { "enabled": true, "applicationId": id(7) }
    });
    let application = json!({ "application": { "name": "Moderated", "cleanSpeakConfiguration": configuration } });
    let steps = [
        Call::post(format!("/api/application/{}", id(1)), application).in_tenant(DEFAULT_TENANT_ID),
        patch(
            "/api/integration",
            json!({ "integrations": { "cleanspeak": { "usernameModeration": { "applicationId": id(7) } } } }),
        ),
    ];
    for scope in [Scope::Everything, Scope::Application(id(1))] {
        let export = made_again(&steps, scope.clone(), Layout::OneFile).await;
        let requests = requests_to(&export, &format!("/api/application/{}", id(1)));
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0]["body"]["application"]["cleanSpeakConfiguration"], configuration);
        let other = requests_to(&export, &format!("/api/application/{}", seed::NUCLEUS_APPLICATION_ID));
        assert_eq!(other.is_empty(), scope != Scope::Everything);
        assert!(export.report.left_out.iter().all(|left_out| !left_out.why.contains(&id(7))));
    }
}

#[tokio::test]
async fn keys_that_others_issued_or_share_are_imported_from_variables() {
    let key = |number: u32, key: Value| Call::post(format!("/api/key/import/{}", id(number)), json!({ "key": key }));
    let of_apple = |kid: &str, name: &str| {
        let half = "the private half";
        json!({ "algorithm": "ES256", "kid": kid, "name": name, "privateKey": half, "type": "EC" })
    };
    let nucleus = seed::NUCLEUS_APPLICATION_ID;
    let apple = json!({ "identityProvider": {
        "type": "Apple", "name": "Apple", "buttonText": "Sign in", "enabled": true, "bundleId": "b", "servicesId": "s", "teamId": "t",
        "keyId": id(1),
        "applicationConfiguration": { nucleus: { "enabled": true, "keyId": id(2) } }
    } });
    let steps = [
        key(1, of_apple("one", "Apple")),
        key(2, of_apple("two", "Apple too")),
        key(3, json!({ "kid": "three", "name": "Stored", "secret": "s", "type": "Secret" })),
        key(4, json!({ "algorithm": "HS256", "kid": "four", "name": "Shared", "secret": "s", "type": "HMAC" })),
        Call::post(format!("/api/identity-provider/{}", id(5)), apple),
    ];
    let export = made_again(&steps, Scope::Everything, Layout::OneFile).await;
    let variable = |name: &str| format!("#{{{name}}}");
    let expected = [
        json!({
            "algorithm": "ES256", "kid": "one", "name": "Apple", "privateKey": variable("KEY_APPLE_PRIVATE_KEY"),
            "type": "EC"
        }),
        json!({
            "algorithm": "ES256", "kid": "two", "name": "Apple too",
            "privateKey": variable("KEY_APPLE_TOO_PRIVATE_KEY"), "type": "EC"
        }),
        json!({ "kid": "three", "name": "Stored", "secret": variable("KEY_STORED_SECRET"), "type": "Secret" }),
        json!({
            "algorithm": "HS256", "kid": "four", "name": "Shared", "secret": variable("KEY_SHARED_SECRET"),
            "type": "HMAC"
        }),
    ];
    for (number, expected) in (1..).zip(expected) {
        let requests = requests_to(&export, &format!("/api/key/import/{}", id(number)));
        assert_eq!(requests.len(), 1, "{number}");
        assert_eq!(requests[0]["body"], json!({ "key": expected }));
    }
    let is_reported = |name: &str| {
        let what = format!("the private half of key `{name}`");
        export.report.left_out.iter().any(|left_out| left_out.what.starts_with(&what) && left_out.why.contains("Apple"))
    };
    assert!(is_reported("Apple") && is_reported("Apple too"));
    // The key of an application comes with it.
    made_again(&steps, Scope::Application(nucleus.to_owned()), Layout::OneFile).await;
}

#[test]
fn an_advanced_theme_is_sent_no_variables() {
    let theme = |id: String, value: Value| {
        let value = value.as_object().cloned().unwrap();
        Object { family: Family::Theme, id: Some(id), value }
    };
    let default = json!({ "name": "FusionAuth", "type": "advanced", "stylesheet": "a", "variables": { "x": "y" } });
    let snapshot = Snapshot {
        scope: Scope::Everything,
        objects: vec![
            theme(id(1), json!({ "name": "Ours", "type": "advanced", "stylesheet": "b" })),
            theme(DEFAULT_THEME_ID.to_owned(), default),
        ],
        foreign: Vec::new(),
        default_tenant_id: None,
        left_out: Vec::new(),
    };
    let requests = requests_of(&export(&snapshot, Layout::OneFile));
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1]["method"], "PATCH");
    assert_eq!(requests[1]["body"], json!({ "theme": { "stylesheet": "b" } }));
}

#[tokio::test]
async fn a_new_tenant_may_have_the_name_that_the_default_one_gave_away() {
    let steps =
        [Call::post("/api/tenant/00000000-0000-4000-8000-000000000001", json!({ "tenant": { "name": "Default" } }))];
    made_again(&steps, Scope::Everything, Layout::OneFile).await;
}

#[tokio::test]
async fn an_application_that_is_not_active_stays_so_and_is_named() {
    let steps = [Call {
        method: Method::Delete,
        ..Call::post(format!("/api/application/{}", seed::NUCLEUS_APPLICATION_ID), Value::Null)
    }];
    let export = made_again(&steps, Scope::Everything, Layout::OneFile).await;
    assert!(export.report.changes.iter().any(|change| change.what.starts_with("that application `Nucleus`")));
}

#[test]
fn a_backslash_before_a_secret_has_a_variable_where_there_is_one() {
    let variables = |body: &str| {
        let written = text::with_variables(body, ["SECRET"]);
        let whole: Value = serde_json::from_str(&file(&[], None, vec![json!({ "body": written })])).unwrap();
        whole["variables"].clone()
    };
    let secret = gateway::redact::REDACTED;
    assert_eq!(variables(&format!("C:\\{secret}")), json!({ "BACKSLASH": "\\" }));
    assert_eq!(variables(&format!("\\ {secret} \\#{{x}}")), json!({}));
}
