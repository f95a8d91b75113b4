//! A sandbox loads a Kickstart file, or refuses it and names the request that is wrong.

use serde_json::{Value, json};

use super::calls::{call, succeed};
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

/// FusionAuth takes UUIDs in either case, and has them in lower case, wherever they stand.
#[test]
fn ids_in_upper_case_are_those_in_lower_case() {
    let [tenant, application, user, provider] =
        [1, 2, 3, 4].map(|number| format!("ABCDEF00-0000-4000-8000-{number:012}"));
    let requests = json!([
        { "method": "POST", "url": format!("/api/application/{application}"), "tenantId": tenant,
          "body": { "application": { "name": "A", "roles": [{ "name": "reader" }] } } },
        { "method": "POST", "url": format!("/api/user/registration/{user}"), "tenantId": tenant.to_lowercase(),
          "body": { "user": { "email": "a@example.com", "password": "a-long-password" },
                    "registration": { "applicationId": application, "roles": ["reader"] } } },
        { "method": "POST", "url": format!("/api/identity-provider/{provider}"), "body": { "identityProvider": {
            "type": "Google", "buttonText": "Google", "client_id": "a", "client_secret": "b", "applicationConfiguration": { &application: { "enabled": true } } } } },
    ]);
    let kickstart =
        json!({ "apiKeys": [{ "key": "k" }], "variables": { "defaultTenantId": tenant }, "requests": requests });
    let file = format!("{}/upper-case.json", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, kickstart.to_string()).unwrap();
    let sandbox = Sandbox::start(&["--load", &file]);
    let mut client = sandbox.client();
    for id in [&application, &application.to_lowercase()] {
        let found = succeed(&mut client, "retrieveApplicationWithId", json!({ "applicationId": id }));
        assert_eq!(found["application"]["id"], application.to_lowercase());
        assert_eq!(found["application"]["tenantId"], tenant.to_lowercase());
    }
    let found =
        succeed(&mut client, "retrieveUser", json!({ "email": "a@example.com", "X-FusionAuth-TenantId": tenant }));
    assert_eq!(found["user"]["id"], user.to_lowercase());
    assert_eq!(found["user"]["registrations"][0]["applicationId"], application.to_lowercase());
    let found = succeed(&mut client, "retrieveIdentityProviderWithId", json!({ "identityProviderId": provider }));
    assert_eq!(found["identityProvider"]["applicationConfiguration"][application.to_lowercase()]["enabled"], true);
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

/// A file of one kind: its folder, and what a retrieval then answers under a pointer.
const KINDS: [(&str, &str, &str, &str, &str); 15] = [
    ("administrator", "retrieveUserWithId", "01", "/user/registrations/0/roles", r#"["admin"]"#),
    ("defaults", "retrieveIdentityProviderWithId", "01", "/identityProvider/name", r#""Endframe""#),
    ("defaults", "retrieveTenantWithId", "02", "/tenant/name", r#""Sliceline""#),
    (
        "escapes",
        "retrieveGroupWithId",
        "01",
        "/group/data",
        r##"{"Jin Yang": "Jin Yang", "backslashJson": "\\&{missing.json}", "backslashText": "\\@{missing.txt}",
            "backslashVariable": "\\#{name}", "environment": "#{ENV.HOME} #{UUID()}", "json": "&{missing.json}",
            "of the variables": "#{name}", "plain": "C:\\new # { $1 ${user.name}", "text": "@{missing.txt}",
            "variable": "#{name}"}"##,
    ),
    (
        "json-files",
        "retrieveGroupWithId",
        "01",
        "/group/data",
        r#"{"motto": "Making the world a better place", "year": 2014}"#,
    ),
    ("json-files", "retrieveUserWithId", "02", "/user/email", r#""gavin@hooli.example""#),
    ("known-ids", "retrieveTenantWithId", "01", "/tenant/data/manager", r#""5f0c1d52-0000-4f9b-8a51-000000000002""#),
    ("known-ids", "retrieveApplicationWithId", "02", "/application/name", r#""Tenant Manager""#),
    ("licence", "retrieveWebhookWithId", "01", "/webhook/eventsEnabled/kickstart.success", "true"),
    ("machines", "retrieveEntityGrantWithId", "03", "/grants/0/permissions", r#"["read"]"#),
    ("patches", "retrieveApplicationWithId", "01", "/application/data/urls", r#"["c", "d"]"#),
    (
        "patches",
        "retrieveApplicationWithId",
        "01",
        "/application/oauthConfiguration/authorizedRedirectURLs",
        r#"["https://a.example", "https://b.example"]"#,
    ),
    (
        "text-files",
        "retrieveEmailTemplateWithId",
        "01",
        "/emailTemplate/defaultTextTemplate",
        r#""Hello. Bring\n\\your own laptop.\n""#,
    ),
    ("theme", "retrieveThemeWithId", "01", "/theme/stylesheet", r#""body {\n  background: #000;\n}\n""#),
    (
        "two-tenants",
        "retrieveApplicationWithId",
        "02",
        "/application/tenantId",
        r#""5f0c1d52-0000-4f9b-8a51-000000000001""#,
    ),
];

fn file_of(kind: &str) -> String {
    format!("{}/tests/black_box/simulation/kickstarts/{kind}/kickstart.json", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn files_of_every_kind_are_carried_out() {
    for (kind, tool, id, pointer, expected) in KINDS {
        let arguments = json!({ path_parameter(tool): format!("5f0c1d52-0000-4f9b-8a51-0000000000{id}") });
        let output = command(&[("ADMIN_PASSWORD", "correct-horse-battery"), ("MAX_ANSWER_TOKENS", "100000")])
            .args(["call", &format!("--sandbox={}", file_of(kind)), tool, &arguments.to_string()])
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{kind} {tool}: {errors}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(answer.pointer(pointer), Some(&expected), "{kind} {tool}: {answer}");
    }
}

/// The path parameter of a retrieval: `userId` of `retrieveUserWithId`.
fn path_parameter(tool: &str) -> String {
    let name = tool.trim_start_matches("retrieve").trim_end_matches("WithId").trim_end_matches("Grant");
    let (first, rest) = name.split_at(1);
    format!("{}{rest}Id", first.to_lowercase())
}

#[test]
fn the_keys_of_a_file_may_do_what_it_says() {
    let sandbox = Sandbox::start(&["--load", &file_of("keys")]);
    let id = "5f0c1d52-0000-4f9b-8a51-000000000001";
    let mut first = sandbox.client_with(&[("API_KEY_APIKEYAUTH", "first-key")]);
    succeed(&mut first, "retrieveAPIKeyWithId", json!({ "keyId": id }));
    let mut reader = sandbox.client_with(&[("API_KEY_APIKEYAUTH", "reader-key")]);
    assert_eq!(call(&mut reader, "retrieveUserWithId", json!({ "userId": id })).0, 404);
    assert_eq!(call(&mut reader, "deleteUserWithId", json!({ "userId": id })).0, 401);
    // The first key of another file is no key manager, so its requests cannot make keys.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kickstart.json");
    let requests = json!([{ "method": "POST", "url": "/api/api-key", "body": { "apiKey": {} } }]);
    std::fs::write(&file, json!({ "apiKeys": [{ "key": "k" }], "requests": requests }).to_string()).unwrap();
    let output = command(&[]).args(["sandbox", "--port", "0", "--load"]).arg(&file).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("request 0, POST /api/api-key: answered 401"), "{message}");

    let sandbox = Sandbox::start(&["--load", &file_of("two-tenants")]);
    let mut second = sandbox.client_with(&[("API_KEY_APIKEYAUTH", "second-key")]);
    let applications = succeed(&mut second, "retrieveApplication", json!({}));
    let names: Vec<_> = applications["applications"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert!(names.contains(&&json!("Bighead")) && !names.contains(&&json!("FusionAuth")), "{names:?}");

    let sandbox = Sandbox::start(&["--load", &file_of("generated")]);
    let groups = succeed(&mut sandbox.client(), "retrieveGroups", json!({}));
    let (group, data) = (&groups["groups"][0], &groups["groups"][0]["data"]);
    assert_eq!(group["id"], data["own"]);
    assert_ne!(data["own"], data["other"]);
}

#[test]
fn variables_come_from_files_of_values_and_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let group = json!({ "group": { "name": "#{name}", "data": { "a": "#{ENV.FROM_FILE}", "b": "#{ENV.FROM_BOTH}" } } });
    let url = "/api/group/5f0c1d52-0000-4f9b-8a51-000000000001";
    let requests = json!([{ "method": "POST", "url": url, "body": group }]);
    std::fs::write(path("k.json"), json!({ "apiKeys": [{ "key": "k" }], "requests": requests }).to_string()).unwrap();
    std::fs::write(path("env"), "FROM_FILE='in the file'\nFROM_BOTH=file\n").unwrap();
    let run = |environment: &[(&str, &str)], more: &[&str]| {
        let sandbox = format!("--sandbox={}", path("k.json"));
        let arguments = ["call", &sandbox, "retrieveGroupWithId", "groupId=5f0c1d52-0000-4f9b-8a51-000000000001"];
        let output = command(environment).args([&arguments, more].concat()).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (_, errors) = run(&[("FROM_BOTH", "environment")], &[]);
    let skeleton =
        "A file of values for them:\n{\n  \"ENV.FROM_FILE\": \"\",\n  \"name\": \"\"\n}\n--variables FILE reads it.";
    assert!(errors.contains("k.json: 2 variables have no value:\n") && errors.contains(skeleton), "{errors}");
    assert!(errors.contains("\n  requests[0].body.group.name: unknown variable `name`\n"), "{errors}");

    std::fs::write(path("values.json"), r#"{"name": "Given"}"#).unwrap();
    let flags = ["--env-file", &path("env"), "--variables", &path("values.json")];
    let (answer, errors) = run(&[("FROM_BOTH", "environment")], &flags);
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{errors}"));
    assert_eq!(answer["group"]["name"], "Given");
    assert_eq!(answer["group"]["data"], json!({ "a": "in the file", "b": "environment" }));
    // The same on a port.
    let sandbox = Sandbox::start(&[&["--load", &path("k.json")], &flags[..]].concat());
    let groups = succeed(&mut sandbox.client(), "retrieveGroups", json!({}));
    assert_eq!(groups["groups"][0]["data"], json!({ "a": "in the file", "b": "file" }));

    let output = command(&[]).args(["call", "--sandbox", "retrieveGroups", flags[2], flags[3]]).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("--variables is for a Kickstart file, and there is none here"), "{errors}");

    for (text, expected) in [
        (r#"{"name": 5, "secret": "hunter2"}"#, "line 1: it has something else"),
        (r#"["hunter2"]"#, "line 1: it has something else"),
        ("{\n hunter2", "line 2: it is not JSON"),
    ] {
        std::fs::write(path("values.json"), text).unwrap();
        let (_, errors) = run(&[], &flags);
        assert!(errors.contains(expected) && errors.contains("expected a JSON object of names and texts"), "{errors}");
        assert!(!errors.contains("hunter2"), "{errors}");
    }
}
