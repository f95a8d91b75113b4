//! On a server for one tenant, an export has nothing of the others.

use std::fs;

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    seed::{
        AVIATO_APPLICATION_ID, AVIATO_TENANT_ID, HOOLI_SSO_ID, HOOLI_TENANT_ID, HOOLI_XYZ_APPLICATION_ID,
        PIED_PIPER_APPLICATION_ID,
    },
};
use serde_json::{Value, json};

use super::{access, run};
use crate::support::sandbox::Sandbox;

/// What the tenant Hooli must not get to know: ids and names of what other tenants have, and of their roles.
const OF_OTHERS: &[&str] = &[
    DEFAULT_TENANT_ID,
    AVIATO_TENANT_ID,
    PIED_PIPER_APPLICATION_ID,
    AVIATO_APPLICATION_ID,
    "00000003-5eed-4000-8000-000000000011",
    "PiperChat",
    "Engineering",
    "Aviato",
];

/// The seed, with an identity provider and a webhook that are for two tenants.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let mut make = |tool: &str, arguments: Value| {
        let answer = client.call(tool, arguments).text;
        assert!(answer.starts_with("200 OK"), "{tool}: {answer}");
    };
    let limit = json!({ "limitUserLinkCount": { "enabled": true, "maximumLinks": 7 } });
    let provider = json!({
        "applicationConfiguration": { HOOLI_XYZ_APPLICATION_ID: { "enabled": true } },
        "tenantConfiguration": { HOOLI_TENANT_ID: limit, DEFAULT_TENANT_ID: limit },
    });
    let arguments = json!({ "identityProviderId": HOOLI_SSO_ID, "requestBody": { "identityProvider": provider } });
    make("patchIdentityProviderWithId", arguments);
    let webhook = json!({ "url": "https://both.example", "tenantIds": [DEFAULT_TENANT_ID, HOOLI_TENANT_ID],
        "connectTimeout": 1000, "readTimeout": 1000 });
    make("createWebhook", json!({ "requestBody": { "webhook": webhook } }));
    sandbox
}

#[test]
fn nothing_of_other_tenants_is_exported() {
    let sandbox = sandbox();
    let [url, key] = access(&sandbox);
    let confined = [url, key, ("FUSIONAUTH_TENANT_ID", HOOLI_TENANT_ID)];
    for (format, is_whole) in [
        (&["kickstart", "--split"] as &[&str], false),
        (&["terraform", "--adopt"], false),
        (&["terraform", "--clone"], false),
        // Nothing is hidden from a server for all tenants, so that the rest of this test can fail.
        (&["terraform", "--adopt"], true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let environment = if is_whole { &confined[..2] } else { &confined };
        let arguments = [&["export"], format, &["--tenant", "Hooli", "--out", out.to_str().unwrap()]].concat();
        let output = run(environment, &arguments);
        let report = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{format:?}: {report}");
        let all: String = super::files(&out)
            .into_iter()
            .map(|(path, content)| format!("{path}\n{}\n", String::from_utf8(content).unwrap()))
            .chain([report.clone()])
            .collect();
        let found: Vec<_> = OF_OTHERS.iter().filter(|text| all.contains(**text)).collect();
        let start = format!("Only the tenant {HOOLI_TENANT_ID} (FUSIONAUTH_TENANT_ID): ");
        assert_eq!(report.starts_with(&start), !is_whole, "{format:?}: {report}");
        assert_eq!(found.is_empty(), !is_whole, "{format:?}: {found:?}");
        assert!(all.contains("HooliXYZ") && all.contains("https://both.example"), "{format:?}: {report}");
        // Its applications were read, and FusionAuth's own is not among them: it is not the default tenant.
        assert!(!report.contains("which tenant is the default one"), "{format:?}: {report}");
        let is_adopted = format.contains(&"--adopt") && !is_whole;
        let left_out = format!("\n- identity provider Hooli SSO ({HOOLI_SSO_ID}): it is for other tenants too, and");
        assert_eq!(report.contains(&left_out), is_adopted, "{format:?}: {report}");
        let trimmed = "1 application that could not be read";
        assert_eq!(report.contains(trimmed), !is_adopted && !is_whole, "{format:?}: {report}");
    }
}

/// The tenant that the server is for is asked for by itself, by its name, and by one of its applications.
#[test]
fn a_server_for_one_tenant_says_so_first_for_a_machine_too() {
    let sandbox = sandbox();
    let [url, key] = access(&sandbox);
    let confined = [url, key, ("FUSIONAUTH_TENANT_ID", HOOLI_TENANT_ID)];
    for (what, environment) in [
        (&[] as &[&str], &confined[..]),
        (&["--tenant", "hooli"], &confined),
        (&["--application", "Nucleus"], &confined),
        (&[], &confined[..2]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.json");
        let arguments = [&["export", "kickstart", "--json"], what, &["--out", out.to_str().unwrap()]].concat();
        let output = run(environment, &arguments);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let expected = if environment.len() == 3 { json!(HOOLI_TENANT_ID) } else { Value::Null };
        assert_eq!(report["confinedTo"], expected, "{what:?}: {report:#}");
        let written = fs::read_to_string(&out).unwrap();
        assert_eq!(written.contains(DEFAULT_TENANT_ID), environment.len() == 2, "{what:?}");
    }
    for what in [["--tenant", "Aviato"], ["--application", "Pied Piper"], ["--application", AVIATO_APPLICATION_ID]] {
        let output = run(&confined, &[&["export", "kickstart"], what.as_slice()].concat());
        assert!(!output.status.success() && output.stdout.is_empty(), "{what:?}");
    }
}
