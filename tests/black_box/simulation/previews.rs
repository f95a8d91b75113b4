//! Previews render their templates, and what cannot be carried out is refused when it is saved.

use fusionauth_sandbox::seed::{PIED_PIPER_THEME_ID, POPULATE_LAMBDA_ID};
use serde_json::{Value, json};

use super::calls::{refused, succeed};
use crate::support::sandbox::Sandbox;

#[test]
fn a_preview_renders_every_text_of_a_mail() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let mut preview = |template: Value, locale: &str| {
        let body = json!({ "emailTemplate": template, "locale": locale });
        succeed(&mut client, "retrieveEmailTemplatePreviewWithId", json!({ "requestBody": body }))
    };
    let template = json!({
        "fromEmail": "no-reply@piedpiper.example", "defaultFromName": "${tenant.name}",
        "defaultSubject": "Hello ${user.firstName}", "localizedSubjects": { "de": "Hallo ${user.firstName}" },
        "defaultHtmlTemplate": "[#if user.verified]<p>${(user.nickname)!\"friend\"}</p>[/#if]",
        "defaultTextTemplate": "[#list ['a', 'b'] as item]${item} [/#list]${verificationOneTimeCode}",
    });
    let answer = preview(template.clone(), "de_CH");
    let expected = json!({
        "from": { "address": "no-reply@piedpiper.example", "display": "Sample tenant" }, "subject": "Hallo Erika",
        "html": "<p>friend</p>", "text": "a b 123456",
    });
    assert_eq!(answer, json!({ "email": expected }));
    assert_eq!(preview(template, "fr")["email"]["subject"], "Hello Erika");
    // Only what is given is answered.
    assert_eq!(preview(json!({ "defaultSubject": "Hi" }), ""), json!({ "email": { "subject": "Hi" } }));
    let wrong =
        json!({ "defaultSubject": "Hi", "defaultHtmlTemplate": "a\n${nobody}", "defaultTextTemplate": "[#if x]" });
    let answer = preview(wrong, "");
    assert_eq!(answer["email"], json!({ "subject": "Hi" }));
    let errors = &answer["errors"]["fieldErrors"];
    let message = |field: &str| errors[field][0]["message"].as_str().unwrap().to_owned();
    assert!(message("emailTemplate.defaultHtmlTemplate").contains("line 2: [nobody] is missing"), "{answer}");
    assert!(message("emailTemplate.defaultTextTemplate").contains("[#if] is never closed"), "{answer}");
}

#[test]
fn the_templates_of_the_seed_can_be_previewed() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (list, many, one, preview) in [
        ("retrieveEmailTemplate", "emailTemplates", "emailTemplate", "retrieveEmailTemplatePreviewWithId"),
        ("retrieveMessageTemplate", "messageTemplates", "messageTemplate", "retrieveMessageTemplatePreviewWithId"),
    ] {
        let templates = succeed(&mut client, list, json!({}));
        for template in templates[many].as_array().unwrap() {
            let answer = succeed(&mut client, preview, json!({ "requestBody": { one: template } }));
            assert_eq!(answer.get("errors"), None, "{answer}");
            assert!(!answer.to_string().contains("${"), "{answer}");
        }
    }
}

#[test]
fn broken_templates_and_lambdas_are_not_saved() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let lambda = |body: &str| json!({ "lambdaId": POPULATE_LAMBDA_ID, "requestBody": { "lambda": { "body": body } } });
    let broken = "function populate(jwt, user, registration) {\n  jwt.a = 'b;\n}";
    assert_eq!(refused(&mut client, "patchLambdaWithId", lambda(broken)), "[invalid]lambda.body");
    let answer = client.call("patchLambdaWithId", lambda(broken)).text;
    assert!(answer.contains("line 2: a string has no end"), "{answer}");
    succeed(
        &mut client,
        "patchLambdaWithId",
        lambda("function populate(jwt, user, registration) {\n  jwt.a = 'b';\n}"),
    );
    let theme = |template: &str| json!({ "themeId": PIED_PIPER_THEME_ID, "requestBody": { "theme": { "templates": { "oauth2Authorize": template } } } });
    let code = refused(&mut client, "patchThemeWithId", theme("[@helpers.html]\n[#if client_id??]a[/@helpers.html]"));
    assert_eq!(code, "[invalid]theme.templates.oauth2Authorize");
    succeed(&mut client, "patchThemeWithId", theme("[@helpers.html]\n[#if client_id??]a[/#if][/@helpers.html]"));
    let mail = json!({ "emailTemplate": {
        "name": "Broken", "defaultSubject": "a", "defaultHtmlTemplate": "${user.firstName", "defaultTextTemplate": "b",
    } });
    let code = refused(&mut client, "createEmailTemplate", json!({ "requestBody": mail }));
    assert_eq!(code, "[invalid]emailTemplate.defaultHtmlTemplate");
}
