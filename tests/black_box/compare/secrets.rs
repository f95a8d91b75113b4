//! Secrets: they are compared where there is a key for their digests, and never shown.

use std::fs;

use serde_json::json;

use super::{DIGEST_KEY, access, compared, not_comparable, run, snapshot, stderr, stdout, text};
use crate::support::sandbox::Sandbox;

const PIED_PIPER: &str = "00000002-5eed-4000-8000-000000000001";
const OLD: &str = "an-old-secret-that-nobody-may-see-1234567890";
const NEW: &str = "a-new-secret-that-nobody-may-see-0987654321";

/// Gives a secret to an application and to a header of a webhook.
fn set(sandbox: &Sandbox, secret: &str) {
    let mut client = sandbox.client();
    let application = json!({ "application": { "oauthConfiguration": { "clientSecret": secret } } });
    let webhook = json!({ "webhook": { "headers": { "Authorization": format!("Bearer {secret}") } } });
    for (tool, arguments) in [
        ("patchApplicationWithId", json!({ "applicationId": PIED_PIPER, "requestBody": application })),
        ("patchWebhookWithId", json!({ "webhookId": "00000010-5eed-4000-8000-000000000002", "requestBody": webhook })),
    ] {
        let answer = client.call(tool, arguments);
        assert!(!answer.is_error, "{tool}: {}", answer.text);
    }
}

#[test]
fn a_changed_secret_is_found_by_its_digest_and_is_nowhere_shown() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let [plain, digests, key, kickstart] =
        ["plain.json", "digests.json", "key", "kickstart.json"].map(|name| folder.path().join(name));
    fs::write(&key, format!("{DIGEST_KEY}\n")).unwrap();
    let with_key = ["--digest-key-file", text(&key)];
    set(&sandbox, OLD);
    snapshot(&environment, &plain, &[]);
    snapshot(&environment, &digests, &with_key);
    let output = run(&environment, &["export", "kickstart", "--out", text(&kickstart)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let written = fs::read_to_string(&plain).unwrap();
    assert!(written.contains("\"clientSecret\": \"(secret: set)\""), "only that it is set");
    let same = compared(&environment, &[&[text(&digests), "current"], &with_key[..]].concat());
    assert_eq!(same["same"], true, "{same:#}");
    assert!(!not_comparable(&same).concat().contains("a secret that is set"), "{same:#}");

    set(&sandbox, NEW);
    let changed = compared(&environment, &[&[text(&digests), "current"], &with_key[..]].concat());
    let secret = |name: &str, path: &str| {
        let objects = changed["different"].as_array().unwrap().iter();
        let object = objects.clone().find(|object| object["name"] == name).unwrap_or_else(|| panic!("{changed:#}"));
        assert_eq!(object["properties"], json!([{ "path": path, "secretDiffers": true }]));
    };
    secret("Pied Piper", "oauthConfiguration.clientSecret");
    secret("https://events.piedpiper.example/fusionauth", "headers.Authorization");
    assert_eq!(changed["different"].as_array().unwrap().len(), 2, "{changed:#}");

    // Without digests on both sides nothing can be said.
    for sides in [[text(&plain), "current"], [text(&digests), "current"]] {
        assert_eq!(compared(&environment, &sides)["same"], true);
    }
    assert_eq!(compared(&environment, &[&[text(&plain), "current"], &with_key[..]].concat())["same"], true);
    // A variable that is not set has no secret to compare.
    let made = compared(&environment, &[&[text(&kickstart), "current"], &with_key[..]].concat());
    assert_eq!(made["same"], true, "{made:#}");
    let remarks = not_comparable(&made).concat();
    assert!(remarks.contains("APPLICATION_PIED_PIPER_OAUTH_CONFIGURATION_CLIENT_SECRET is not set"), "{remarks}");

    let mut shown = vec![written, fs::read_to_string(&digests).unwrap()];
    for sides in
        [["current", text(&digests)], [text(&plain), "current"], [text(&kickstart), "current"], ["sandbox", "current"]]
    {
        for more in [&[][..], &["--json"], &with_key] {
            for verbose in [&[][..], &["-vv"]] {
                let environment = [&environment[..], &[("REVEAL_SECRETS", "true")]].concat();
                let output = run(&environment, &[verbose, &["diff"], &sides, more].concat());
                assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
                assert!(
                    !stdout(&output).contains("hmac") && !stdout(&output).contains(DIGEST_KEY),
                    "{}",
                    stdout(&output)
                );
                shown.extend([stdout(&output).to_owned(), stderr(&output).to_owned()]);
            }
        }
    }
    for text in shown {
        let secret = [OLD, NEW, DIGEST_KEY].into_iter().find(|secret| text.contains(*secret));
        assert_eq!(secret, None, "{text}");
    }
}

#[test]
fn whether_a_secret_is_set_is_told_without_a_key() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.json");
    snapshot(&environment, &before, &[]);
    let tenant = json!({ "tenant": { "captchaConfiguration": { "secretKey": OLD } } });
    let arguments = json!({ "tenantId": "00000001-5eed-4000-8000-000000000002", "requestBody": tenant });
    let answer = sandbox.client().call("patchTenantWithId", arguments);
    assert!(!answer.is_error, "{}", answer.text);
    let output = run(&environment, &["diff", text(&before), "current"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "captchaConfiguration.secretKey: only in current: \"(secret)\"";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
}

#[test]
fn a_key_that_leads_to_one_instance_and_stands_in_the_other_is_not_shown() {
    let key = "the-key-of-the-other-instance-0123456789";
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let [kickstart, other] = ["kickstart.json", "other.env"].map(|name| folder.path().join(name));
    fs::write(&kickstart, json!({ "apiKeys": [{ "key": key }], "requests": [] }).to_string()).unwrap();
    let other_sandbox = Sandbox::start(&["--load", text(&kickstart)]);
    fs::write(&other, format!("API_BASE_URL={}\nAPI_KEY_APIKEYAUTH={key}\n", other_sandbox.url())).unwrap();
    let tenant = json!({ "tenant": { "data": { "note": key } } });
    let arguments = json!({ "tenantId": "00000001-5eed-4000-8000-000000000002", "requestBody": tenant });
    assert!(!sandbox.client().call("patchTenantWithId", arguments).is_error);
    for sides in [["current", text(&other)], [text(&other), "current"]] {
        let output = run(&access(&sandbox), &[&["diff"], &sides[..]].concat());
        assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
        let expected = "data.note of tenant 00000001-5eed-4000-8000-000000000002 contains a credential";
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(!stderr(&output).contains(key) && stdout(&output).is_empty());
    }
}
