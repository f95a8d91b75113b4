//! The guides that change settings: what they set, and that they set nothing else.

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    seed::{
        CONSOLE_APPLICATION_ID, HOOLI_SSO_ID, LOCK_ACTION_ID, PIED_PIPER_APPLICATION_ID, PIPERCHAT_APPLICATION_ID,
        POPULATE_LAMBDA_ID,
    },
};
use serde_json::{Value, json};

use super::walk::{
    Step::{LeaveOut, Make},
    Walk, in_both_modes, read,
};
use crate::support::{
    client::Client,
    sandbox::{API_KEY, Sandbox},
};

fn application(client: &mut Client, id: &str) -> Value {
    read(client, "retrieveApplicationWithId", json!({ "applicationId": id }), "application")
}

fn tenant(client: &mut Client) -> Value {
    read(client, "retrieveTenantWithId", json!({ "tenantId": DEFAULT_TENANT_ID }), "tenant")
}

/// The paths of what differs, lists as a whole.
fn changed(before: &Value, after: &Value) -> Vec<String> {
    fn walk(path: &str, before: &Value, after: &Value, paths: &mut Vec<String>) {
        match (before, after) {
            (Value::Object(left), Value::Object(right)) => {
                let names: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
                for name in names.into_iter().filter(|name| *name != "lastUpdateInstant") {
                    let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    walk(&inner, &left.get(name).cloned().unwrap_or_default(), &right[name.as_str()], paths);
                }
            }
            _ if before == after => {}
            (Value::Null, Value::Object(_)) => walk(path, &json!({}), after, paths),
            _ => paths.push(path.to_owned()),
        }
    }
    let mut paths = Vec::new();
    walk("", before, after, &mut paths);
    paths
}

#[test]
fn rotate_client_secret() {
    for mode in ["list", "search"] {
        let sandbox = Sandbox::start(&[]);
        let mut reader = sandbox.client_with(&[
            ("API_KEY_APIKEYAUTH", API_KEY),
            ("REVEAL_SECRETS", "true"),
            ("MAX_ANSWER_TOKENS", "10000000"),
        ]);
        let before = application(&mut reader, PIED_PIPER_APPLICATION_ID);
        Walk::on(&sandbox, mode, &[]).guide(
            "rotate-client-secret",
            &json!({ "application": "Pied Piper" }),
            &[Make("searchApplicationsWithId", &[("applicationId", "/0/id")]), Make("patchApplicationWithId", &[])],
        );
        let after = application(&mut reader, PIED_PIPER_APPLICATION_ID);
        assert_eq!(changed(&before, &after), ["oauthConfiguration.clientSecret"]);
        assert_eq!(after["oauthConfiguration"]["clientSecret"].as_str().unwrap().len(), 43);
    }
}

#[test]
fn tenant_settings() {
    in_both_modes(&[], |walk, reader| {
        walk.know("userActionId", LOCK_ACTION_ID);
        let before = tenant(reader);
        let patch = || Make("patchTenantWithId", &[]);
        let answers = walk.guide(
            "tenant-settings",
            &json!({ "tenant": "Pied Piper" }),
            &[
                Make("searchTenantsWithId", &[("tenantId", "/0/id")]),
                patch(),
                patch(),
                patch(),
                patch(),
                patch(),
                patch(),
            ],
        );
        assert_eq!(answers[0][0]["mail"]["host"], before["emailConfiguration"]["host"]);
        let after = tenant(reader);
        for (pointer, expected) in [
            ("/emailConfiguration/host", json!("smtp.example.com")),
            ("/emailConfiguration/security", json!("TLS")),
            ("/passwordValidationRules/minLength", json!(12)),
            ("/failedAuthenticationConfiguration/userActionId", json!(LOCK_ACTION_ID)),
            ("/failedAuthenticationConfiguration/actionDuration", json!(10)),
            ("/multiFactorConfiguration/loginPolicy", json!("Required")),
            ("/multiFactorConfiguration/authenticator/enabled", json!(true)),
            ("/jwtConfiguration/timeToLiveInSeconds", json!(600)),
            ("/eventConfiguration/events/user.email.update/enabled", json!(true)),
        ] {
            assert_eq!(after.pointer(pointer), Some(&expected), "{pointer}: {after}");
        }
        let asked = [
            "emailConfiguration.host",
            "emailConfiguration.port",
            "emailConfiguration.security",
            "eventConfiguration.events.user.email.update.",
            "failedAuthenticationConfiguration.",
            "jwtConfiguration.timeToLiveInSeconds",
            "multiFactorConfiguration.authenticator.enabled",
            "multiFactorConfiguration.loginPolicy",
            "passwordValidationRules.minLength",
        ];
        for path in changed(&before, &after) {
            assert!(asked.iter().any(|asked| path.starts_with(asked)), "nobody asked for {path}");
        }
    });
}

#[test]
fn webhooks() {
    in_both_modes(&[], |walk, reader| {
        let before = tenant(reader);
        let answers = walk.guide(
            "webhooks",
            &json!({ "tenant": "Pied Piper" }),
            &[
                Make("searchTenantsWithId", &[("tenantId", "/0/id")]),
                Make("searchWebhooksWithId", &[]),
                Make("createWebhook", &[]),
                Make("patchTenantWithId", &[]),
                Make("searchWebhookEventLogsWithId", &[]),
            ],
        );
        let urls: Vec<_> = answers[1].iter().map(|webhook| &webhook["url"]).collect();
        assert_eq!(urls.len(), 2, "one for all tenants, one for this: {urls:?}");
        assert!(answers[1].iter().all(|webhook| webhook["takes"].as_array().unwrap().contains(&json!("user.create"))));
        let id = &answers[2][0]["webhook"]["id"];
        let webhook = read(reader, "retrieveWebhookWithId", json!({ "webhookId": id }), "webhook");
        assert_eq!(webhook["tenantIds"], json!([DEFAULT_TENANT_ID]));
        assert_ne!(webhook["global"], true);
        assert_eq!(webhook["eventsEnabled"]["user.email.update"], true);
        let after = tenant(reader);
        let event = &after["eventConfiguration"]["events"]["user.email.update"];
        assert_eq!((&event["enabled"], &event["transactionType"]), (&json!(true), &json!("None")));
        let is_of_event = |path: &String| path.starts_with("eventConfiguration.events.user.email.update");
        assert!(changed(&before, &after).iter().all(is_of_event));
    });
}

#[test]
fn external_login() {
    in_both_modes(&[], |walk, reader| {
        let provider = |reader: &mut Client, id: &Value| {
            read(reader, "retrieveIdentityProviderWithId", json!({ "identityProviderId": id }), "identityProvider")
        };
        let before = provider(reader, &json!(HOOLI_SSO_ID));
        let answers = walk.guide(
            "external-login",
            &json!({ "application": "PiperChat" }),
            &[
                Make("searchApplicationsWithId", &[("applicationId", "/0/id")]),
                Make("searchIdentityProvidersWithId", &[("identityProviderId", "/1/id")]),
                Make("patchIdentityProviderWithId", &[]),
                Make("createIdentityProvider", &[]),
            ],
        );
        assert_eq!(answers[1][1]["applications"], json!([PIED_PIPER_APPLICATION_ID]));
        let after = provider(reader, &json!(HOOLI_SSO_ID));
        let of_application = format!("applicationConfiguration.{PIPERCHAT_APPLICATION_ID}");
        assert!(changed(&before, &after).iter().all(|path| path.starts_with(&of_application)), "{after}");
        let configuration = &after["applicationConfiguration"];
        assert_eq!(configuration[PIPERCHAT_APPLICATION_ID]["enabled"], true);
        assert_eq!(configuration[PIED_PIPER_APPLICATION_ID]["enabled"], true);
        let created = provider(reader, &answers[3][0]["identityProvider"]["id"]);
        assert_eq!((&created["type"], &created["enabled"]), (&json!("OpenIDConnect"), &json!(false)));
        assert_eq!(created["applicationConfiguration"][PIPERCHAT_APPLICATION_ID]["enabled"], true);
    });
}

#[test]
fn email_templates() {
    in_both_modes(&[], |walk, reader| {
        let before = tenant(reader);
        let old = &before["emailConfiguration"]["forgotPasswordEmailTemplateId"];
        walk.know("tenantId", DEFAULT_TENANT_ID);
        walk.know("emailTemplateId", old.as_str().unwrap());
        let answers = walk.guide(
            "email-templates",
            &json!({ "tenant": "Pied Piper" }),
            &[
                Make("searchTenantsWithId", &[]),
                Make("retrieveEmailTemplateWithId", &[]),
                Make("retrieveEmailTemplatePreviewWithId", &[]),
                LeaveOut("patchEmailTemplateWithId", "the tenant gets one of its own"),
                Make("createEmailTemplate", &[("newEmailTemplateId", "/0/emailTemplate/id")]),
                Make("patchTenantWithId", &[]),
            ],
        );
        let of_tenant = answers[0].iter().find(|tenant| tenant["id"] == DEFAULT_TENANT_ID).unwrap();
        assert_eq!(of_tenant["templates"]["forgotPasswordEmailTemplateId"], *old);
        assert!(of_tenant["templates"].get("host").is_none(), "{of_tenant}");
        let after = tenant(reader);
        assert_eq!(changed(&before, &after), ["emailConfiguration.forgotPasswordEmailTemplateId"]);
        assert_eq!(after["emailConfiguration"]["forgotPasswordEmailTemplateId"], walk.known["newEmailTemplateId"]);
        let template = |reader: &mut Client, id: &Value| {
            read(reader, "retrieveEmailTemplateWithId", json!({ "emailTemplateId": id }), "emailTemplate")
        };
        assert_ne!(template(reader, old)["defaultSubject"], "Choose a new password", "the shared one stays");

        let blocks = walk.prompted("email-templates", &json!({ "tenant": "Pied Piper" }));
        let shared = template(reader, old);
        walk.make(&blocks[3]);
        assert_eq!(changed(&shared, &template(reader, old)), ["defaultSubject"]);
    });
}

#[test]
fn token_claims() {
    in_both_modes(&[], |walk, reader| {
        let without = application(reader, PIPERCHAT_APPLICATION_ID);
        walk.know("lambdaId", POPULATE_LAMBDA_ID);
        let answers = walk.guide(
            "token-claims",
            &json!({ "application": "PiperChat" }),
            &[
                Make("searchApplicationsWithId", &[("applicationId", "/0/id")]),
                Make("createLambda", &[("newLambdaId", "/0/lambda/id")]),
                Make("patchApplicationWithId", &[]),
                Make("retrieveLambdaWithId", &[]),
                Make("patchLambdaWithId", &[]),
            ],
        );
        let with = application(reader, PIPERCHAT_APPLICATION_ID);
        assert_eq!(changed(&without, &with), ["lambdaConfiguration.accessTokenPopulateId"]);
        assert_eq!(with["lambdaConfiguration"]["accessTokenPopulateId"], walk.known["newLambdaId"]);
        let lambda =
            |reader: &mut Client, id: &str| read(reader, "retrieveLambdaWithId", json!({ "lambdaId": id }), "lambda");
        let created = lambda(reader, &walk.known["newLambdaId"]);
        assert_eq!(created["type"], "JWTPopulate");
        assert!(created["body"].as_str().unwrap().contains("jwt.department"), "{created}");
        assert_eq!(answers[3][0]["type"], "JWTPopulate");
        let changed = lambda(reader, POPULATE_LAMBDA_ID);
        assert_eq!(changed["name"], answers[3][0]["name"]);
        assert!(changed["body"].as_str().unwrap().contains("/* old lines */"), "{changed}");
        let other = application(reader, CONSOLE_APPLICATION_ID);
        assert_ne!(other["lambdaConfiguration"]["accessTokenPopulateId"], walk.known["newLambdaId"]);
    });
}
