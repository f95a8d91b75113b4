//! The example of each tool runs as it is printed, and docs/tools has it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::{Value, json};

use crate::{
    simulation::every_operation::{NOTHING_THERE, arguments, seeded_ids},
    support::{
        client::{BINARY, command},
        document::{AWKWARD, Document},
        sandbox::Sandbox,
    },
};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/fusionauth/examples.json");
const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tools");

/// Examples that an instance with nothing but the seed data answers with an error, and how that begins: what they name has
/// to be made or given out first.
const REFUSED: [(&str, &str); 38] = [
    ("changePasswordWithId", "404"),
    ("completeVerifyIdentityWithId", "404"),
    ("completeWebAuthnAssertionWithId", "404"),
    ("completeWebAuthnLoginWithId", "404"),
    ("completeWebAuthnRegistrationWithId", "404"),
    ("createDeviceApprove", "401"),
    ("createDeviceUserCode", "404"),
    ("createToken", "400"),
    ("deleteTenantManagerIdentityProviderType", "404"),
    ("deleteUserTwoFactorUsingJWT", NEEDS_TOKEN),
    ("enableTwoFactorUsingJWT", NEEDS_TOKEN),
    ("exchangeRefreshTokenForJWTWithId", "400"),
    ("identityProviderLoginWithId", "400"),
    ("issueJWTWithId", NEEDS_TOKEN),
    ("passwordlessLoginWithId", "404"),
    ("patchTenantManagerIdentityProviderType", "404"),
    ("patchUserConsentWithId", "404"),
    ("reconcileJWTWithId", "400"),
    ("removeUserFromFamilyWithId", "404"),
    ("retrieveAuditLogWithId", "404"),
    ("retrieveDeviceValidate", "404"),
    ("retrieveFamilyMembersByFamilyIdWithId", "404"),
    ("retrieveIdentityProviderConnectionTestResults", "404"),
    ("retrieveUserChangePasswordWithId", "404"),
    ("retrieveUserConsentWithId", "404"),
    ("retrieveUserInfoFromAccessTokenWithId", NEEDS_TOKEN),
    ("revokeUserConsentWithId", "404"),
    ("sendPasswordlessCodeWithId", "404"),
    ("sendTwoFactorCodeForLoginUsingMethodWithId", "404"),
    ("sendVerifyIdentityWithId", "404"),
    ("twoFactorLoginWithId", "404"),
    ("updateTenantManagerIdentityProviderType", "404"),
    ("updateUserConsentWithId", "404"),
    ("updateUserFamilyWithId", "404"),
    ("validateJWTWithId", NEEDS_TOKEN),
    ("verifyEmailWithId", "404"),
    ("verifyRegistrationWithId", "404"),
    ("verifyUserRegistrationWithId", "404"),
];

const NEEDS_TOKEN: &str = "Not sent: this tool needs a bearer token (JWT).";

fn printed(arguments: &[&str]) -> String {
    let output = command(&[]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn readable(value: &mut Value) {
    match value {
        Value::String(text) if text == AWKWARD => "example".clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(readable),
        Value::Object(entries) => entries.values_mut().for_each(readable),
        _ => {}
    }
}

/// `UPDATE_DOCS=1` writes the arguments of operations that have no example.
#[test]
fn every_operation_has_an_example() {
    let mut examples: BTreeMap<String, Value> = serde_json::from_str(&fs::read_to_string(EXAMPLES).unwrap()).unwrap();
    let document = Document::load();
    let operations = document.operations();
    let names: BTreeSet<_> = operations.iter().map(|operation| operation.name.clone()).collect();
    if env::var_os("UPDATE_DOCS").is_some() {
        let sandbox = Sandbox::start(&[]);
        let ids = seeded_ids(&mut sandbox.client());
        for operation in &operations {
            examples.entry(operation.name.clone()).or_insert_with(|| {
                let mut example = arguments(&document, operation, &ids, 1);
                readable(&mut example);
                example
            });
        }
        examples.retain(|name, _| names.contains(name));
        fs::write(EXAMPLES, format!("{:#}\n", json!(examples))).unwrap();
    }
    let known: BTreeSet<_> = examples.into_keys().collect();
    assert_eq!(known, names, "UPDATE_DOCS=1 cargo test --test black_box examples:: writes what is missing");
}

/// As a person does who copies it.
#[test]
fn every_example_runs_as_it_is_printed() {
    let names = printed(&["tools", "--format", "names"]);
    let names: Vec<_> = names.lines().collect();
    let text = printed(&[&["tools", "show"], &names[..]].concat());
    let commands: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("  fusionauth-mcp ")).collect();
    assert!(commands.len() + 3 >= names.len(), "{} examples of {} tools", commands.len(), names.len());
    let next = AtomicUsize::new(0);
    let run = || {
        let mut failed = Vec::new();
        while let Some(command) = commands.get(next.fetch_add(1, Ordering::Relaxed)) {
            let tool = command.split(' ').nth(2).unwrap();
            let downloads = tempfile::tempdir().unwrap();
            let output = Command::new("sh")
                .args(["-c", &format!("'{BINARY}' {command}")])
                .env_clear()
                .env("DOWNLOAD_DIR", downloads.path())
                .env("CONFIRM", "off")
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let status = said.get(..3).and_then(|status| status.parse::<u16>().ok());
            let is_known = NOTHING_THERE.contains(&tool) && status == Some(404)
                || REFUSED.iter().any(|(known, start)| *known == tool && said.starts_with(start));
            if !output.status.success() && !is_known {
                failed.push(format!("{tool}: {}", said.lines().next().unwrap_or_default()));
            }
        }
        failed
    };
    let failed: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "{} failed: {failed:#?}", failed.len());
}

/// `UPDATE_DOCS=1` writes them.
#[test]
fn the_pages_of_areas_are_fresh() {
    let list: Value = serde_json::from_str(&printed(&["tools", "--format", "json"])).unwrap();
    assert!(list.as_array().unwrap().len() > 300);
    let index = printed(&["tools", "--format", "markdown"]);
    let areas: BTreeSet<_> =
        index.lines().filter_map(|line| line.strip_prefix("[All arguments](tools/")?.strip_suffix(".md)")).collect();
    assert!(areas.len() > 30, "{areas:?}");
    let update = env::var_os("UPDATE_DOCS").is_some();
    if update {
        let _ = fs::remove_dir_all(PAGES);
        fs::create_dir_all(PAGES).unwrap();
    }
    for area in &areas {
        let page = Path::new(PAGES).join(format!("{area}.md"));
        let fresh = printed(&["tools", "show", "--area", area, "--format", "markdown"]);
        if update {
            fs::write(page, fresh).unwrap();
        } else {
            let is_fresh = fs::read_to_string(&page).is_ok_and(|text| text == fresh);
            assert!(is_fresh, "{page:?} is stale: UPDATE_DOCS=1 cargo test --test black_box examples:: writes it");
        }
    }
    let pages = fs::read_dir(PAGES).unwrap().count();
    assert_eq!(pages, areas.len(), "a page of no area");
}
