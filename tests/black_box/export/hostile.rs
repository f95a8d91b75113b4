//! Names and texts that other formats take for their own, and worse: what comes out is what was in the instance.

use std::{fs, path::Path};

use fusionauth_sandbox::{installation::DEFAULT_TENANT_ID, seed::HOOLI_TENANT_ID};
use serde_json::{Value, json};

use super::{EVERYTHING, access, assert_made_again, borrowed, entries, exported, run, secrets_of, stderr};
use crate::support::{client::Client, sandbox::Sandbox};

/// Openers of Kickstart, of Terraform and of FreeMarker, quotes, backslashes, ends of lines, letters of four bytes, one
/// that turns the line around, and a way out of the folder.
pub const HOSTILE: &str = "#{ENV.X} \\#{y} \\\\@{a} &{b} ${x} $${y} %{if} $%{ \"quoted\" 'single' \\ back\\\\slash\n\r\t{{ }} \
                           😀 é \u{202e}../../x <%= %> `$(x)`";

/// Two applications of one name, in two tenants.
pub const TWIN_NAME: &str = "Twin";

/// A lambda is refused where it is no JavaScript.
pub fn lambda_body() -> String {
    format!("/* {HOSTILE} */")
}

/// The id of a hostile object.
pub fn id(number: u32) -> String {
    format!("11111111-1111-4111-8111-{number:012}")
}

/// A name that is hostile.
pub fn name(name: &str) -> String {
    format!("{name} {HOSTILE}")
}

/// A text of 200 kB that is a file of its own in a split Kickstart.
pub fn long_text() -> String {
    "/* ${user.name} %{ \\ */\n".repeat(9_000)
}

/// The seed's instance with hostile objects: a tenant (1), lambdas (2, 3), a theme (4), an email template (5), the
/// applications of one name (6, 7), a group (8) and a key (9).
pub fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let tenant = json!({ "name": name("Tenant"), "data": { HOSTILE: [HOSTILE, { "${k}": "%{v}" }], "for": 1.5 } });
    make(&mut client, "createTenantWithId", json!({ "tenantId": id(1), "requestBody": { "tenant": tenant } }));
    for (number, name, body) in
        [(2, name("Lambda"), lambda_body()), (3, "../../x".to_owned(), "// ${x} %{ if }\n".to_owned())]
    {
        let lambda = json!({ "name": name, "type": "JWTPopulate", "body": body });
        make(&mut client, "createLambdaWithId", json!({ "lambdaId": id(number), "requestBody": { "lambda": lambda } }));
    }
    let theme = json!({
        "name": name("Theme"), "stylesheet": long_text(), "defaultMessages": HOSTILE,
        "localizedMessages": { "de": HOSTILE, "../../x": HOSTILE }, "templates": { "index": HOSTILE },
    });
    make(&mut client, "createThemeWithId", json!({ "themeId": id(4), "requestBody": { "theme": theme } }));
    let template = json!({
        "name": name("Mail"), "defaultSubject": HOSTILE, "defaultHtmlTemplate": HOSTILE, "defaultTextTemplate": "${x}\n",
        "localizedHtmlTemplates": { "../../x": HOSTILE }, "localizedSubjects": { "${k}": HOSTILE },
    });
    let template = json!({ "emailTemplateId": id(5), "requestBody": { "emailTemplate": template } });
    make(&mut client, "createEmailTemplateWithId", template);
    for (number, tenant_id) in [(6, DEFAULT_TENANT_ID), (7, HOOLI_TENANT_ID)] {
        let application = json!({
            "name": TWIN_NAME, "data": { HOSTILE: HOSTILE }, "themeId": id(4),
            "lambdaConfiguration": { "accessTokenPopulateId": id(2) },
            "roles": [{ "id": id(number * 100), "name": name("Role"), "description": HOSTILE }],
            "oauthConfiguration": { "authorizedRedirectURLs": [format!("https://x.example/{HOSTILE}")] },
        });
        let application = json!({
            "applicationId": id(number), "X-FusionAuth-TenantId": tenant_id,
            "requestBody": { "application": application },
        });
        make(&mut client, "createApplicationWithId", application);
    }
    let group = json!({ "group": { "name": name("Group"), "data": { "x": HOSTILE } }, "roleIds": [id(600)] });
    let group = json!({ "groupId": id(8), "X-FusionAuth-TenantId": DEFAULT_TENANT_ID, "requestBody": group });
    make(&mut client, "createGroupWithId", group);
    let key = json!({ "key": { "name": name("Key"), "algorithm": "RS256", "length": 2048 } });
    make(&mut client, "generateKeyWithId", json!({ "keyId": id(9), "requestBody": key }));
    sandbox
}

fn make(client: &mut Client, tool: &str, arguments: Value) {
    let answer = client.call(tool, arguments);
    assert!(!answer.is_error, "{tool}: {}", answer.text);
}

#[test]
fn a_hostile_instance_is_made_again() {
    let sandbox = sandbox();
    let [_, several] = assert_made_again(&sandbox, EVERYTHING);
    assert!(several.values().any(|content| *content == long_text().into_bytes()), "the stylesheet is a file");
    for id in [id(6), id(7)] {
        assert_made_again(&sandbox, &["--application", &id]);
    }
    assert_made_again(&sandbox, &["--tenant", &id(1)]);
}

/// What `call` prints of a reading tool in the instance that a Kickstart file makes.
fn asked(file: &Path, secrets: &[(String, String)], tool: &str, argument: &str) -> Value {
    let sandbox = format!("--sandbox={}", file.display());
    // Long texts are not to be cut.
    let output = run(&borrowed(secrets), &[&sandbox, "--max-answer-tokens", "10000000", "call", tool, argument]);
    assert!(output.status.success(), "{tool}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_text_is_in_the_new_instance_as_it_was() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    for layout in [&[] as &[&str], &["--split"]] {
        let out = folder.path().join(format!("out{}", layout.len()));
        let arguments = [&["export", "kickstart"], layout, &["--out", out.to_str().unwrap()]].concat();
        exported(&access(&sandbox), &arguments);
        let file = if out.is_dir() { out.join("kickstart.json") } else { out };
        let secrets = secrets_of(&fs::read_to_string(&file).unwrap());
        let asked = |tool: &str, argument: &str, id: String| asked(&file, &secrets, tool, &format!("{argument}={id}"));

        let tenant = asked("retrieveTenantWithId", "tenantId", id(1))["tenant"].clone();
        assert_eq!(tenant["name"], name("Tenant"));
        assert_eq!(tenant["data"], json!({ HOSTILE: [HOSTILE, { "${k}": "%{v}" }], "for": 1.5 }));
        let lambda = asked("retrieveLambdaWithId", "lambdaId", id(2))["lambda"].clone();
        assert_eq!((&lambda["name"], &lambda["body"]), (&json!(name("Lambda")), &json!(lambda_body())));
        let theme = asked("retrieveThemeWithId", "themeId", id(4))["theme"].clone();
        assert_eq!(theme["stylesheet"], long_text());
        assert_eq!(theme["localizedMessages"], json!({ "de": HOSTILE, "../../x": HOSTILE }));
        let template = asked("retrieveEmailTemplateWithId", "emailTemplateId", id(5))["emailTemplate"].clone();
        assert_eq!(template["localizedSubjects"], json!({ "${k}": HOSTILE }));
        for number in [6, 7] {
            let application = asked("retrieveApplicationWithId", "applicationId", id(number))["application"].clone();
            assert_eq!(application["name"], TWIN_NAME);
            let role = &application["roles"][0];
            assert_eq!((&role["name"], &role["description"]), (&json!(name("Role")), &json!(HOSTILE)));
            let urls = &application["oauthConfiguration"]["authorizedRedirectURLs"];
            assert_eq!(*urls, json!([format!("https://x.example/{HOSTILE}")]));
        }
    }
    assert_eq!(entries(folder.path()), ["out0", "out1"], "nothing is written elsewhere");
}

#[test]
fn a_name_stays_in_its_line_of_the_report() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    // What both tell of the key is that it will be another.
    for format in [&["kickstart"] as &[&str], &["terraform", "--clone"]] {
        let out = folder.path().join(format[0]);
        let report = exported(&access(&sandbox), &[&["export"], format, &["--out", out.to_str().unwrap()]].concat());
        assert!(report.contains("Key #{ENV.X}"), "{report}");
        let is_whole = |line: &str| {
            let headings = [
                "Will differ from the instance:",
                "Decisions to make",
                "Objects: ",
                "Secrets to set",
                "Left out:",
                "Written: ",
                "- ",
            ];
            headings.iter().any(|heading| line.starts_with(heading))
        };
        assert!(report.lines().all(is_whole) && !report.contains('\u{202e}'), "{report}");
    }
}
