//! From a shell: what is written makes the same instance again, where it is written, and what is refused.

use std::fs;

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    seed::{AVIATO_TENANT_ID, HOOLI_TENANT_ID, PIED_PIPER_APPLICATION_ID, READ_ONLY_API_KEY},
};
use serde_json::{Value, json};

use super::{EVERYTHING, access, assert_made_again, entries, exported, files, run, stderr};
use crate::support::{
    client::Client,
    recorder::{Recorder, Reply},
    sandbox::Sandbox,
};

#[test]
fn everything_is_made_again() {
    let sandbox = Sandbox::start(&[]);
    let [one, several] = assert_made_again(&sandbox, EVERYTHING);
    assert_eq!(one.len(), 1);
    for file in ["kickstart.json", "lambdas/take-names-from-hooli.js", "emails/verify-your-email/body.html"] {
        assert!(several.contains_key(file), "{file}: {:?}", several.keys());
    }
}

#[test]
fn each_tenant_is_made_again() {
    let sandbox = Sandbox::start(&[]);
    for (tenant_id, application) in
        [(DEFAULT_TENANT_ID, "PiperChat"), (HOOLI_TENANT_ID, "HooliXYZ"), (AVIATO_TENANT_ID, "Aviato")]
    {
        let [file, _] = assert_made_again(&sandbox, &["--tenant", tenant_id]);
        let names = names_of(&file[""], "application");
        assert!(names.iter().any(|name| name == application), "{names:?}");
        assert!(names.len() < 7, "{names:?}");
    }
}

#[test]
fn each_application_is_made_again() {
    let sandbox = Sandbox::start(&[]);
    let names = ["Pied Piper", "PiperChat", "Compression Console", "HooliXYZ", "Nucleus", "Aviato", "Not Hotdog"];
    for (number, name) in (1..).zip(names) {
        let application_id = format!("00000002-5eed-4000-8000-{number:012}");
        let [file, _] = assert_made_again(&sandbox, &["--application", &application_id]);
        assert_eq!(names_of(&file[""], "application"), [name]);
    }
}

/// The names of the objects of a kind that a Kickstart makes.
fn names_of(kickstart: &[u8], key: &str) -> Vec<String> {
    let file: Value = serde_json::from_slice(kickstart).unwrap();
    let requests = file["requests"].as_array().unwrap().iter().filter(|request| request["method"] == "POST");
    let names = requests.filter_map(|request| request["body"][key]["name"].as_str().map(str::to_owned));
    names.collect()
}

#[test]
fn a_name_does_as_well_as_an_id_and_one_file_may_go_to_stdout() {
    let sandbox = Sandbox::start(&[]);
    let by_name = run(&access(&sandbox), &["export", "kickstart", "--application", "pied piper"]);
    let by_id = run(&access(&sandbox), &["export", "kickstart", "--application", PIED_PIPER_APPLICATION_ID]);
    assert!(by_name.status.success() && by_name.stdout == by_id.stdout);
    assert_eq!(names_of(&by_name.stdout, "application"), ["Pied Piper"]);
    assert!(stderr(&by_name).contains("\nObjects: "), "{}", stderr(&by_name));
}

#[test]
fn a_file_that_is_there_is_overwritten_only_by_force() {
    let sandbox = Sandbox::start(&[]);
    let top = tempfile::tempdir().unwrap();
    let file = top.path().join("kickstart.json");
    let arguments = ["export", "kickstart", "--out", file.to_str().unwrap()];
    fs::write(&file, "mine").unwrap();
    let refused = run(&access(&sandbox), &arguments);
    assert_eq!(refused.status.code(), Some(1));
    let expected = format!("error: {} already exists; --force overwrites it\n", file.display());
    assert_eq!(stderr(&refused), expected);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    exported(&access(&sandbox), &[&arguments[..], &["--force"]].concat());
    assert!(fs::read_to_string(&file).unwrap().contains("\"requests\""));
    assert_eq!(entries(top.path()), ["kickstart.json"]);
}

#[test]
fn other_files_in_a_folder_stay_and_none_is_written_where_one_may_not_be() {
    let sandbox = Sandbox::start(&[]);
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("terraform");
    let arguments = ["export", "terraform", "--out", folder.to_str().unwrap()];
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("terraform.tfstate"), "state").unwrap();
    fs::write(folder.join("tenants.tf"), "mine").unwrap();
    let refused = run(&access(&sandbox), &arguments);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("tenants.tf already exists; --force overwrites it"), "{}", stderr(&refused));
    assert_eq!(entries(&folder), ["tenants.tf", "terraform.tfstate"]);

    exported(&access(&sandbox), &[&arguments[..], &["--force"]].concat());
    assert_eq!(fs::read_to_string(folder.join("terraform.tfstate")).unwrap(), "state");
    assert!(fs::read_to_string(folder.join("tenants.tf")).unwrap().contains("resource \"fusionauth_tenant\""));
    assert!(folder.join("providers.tf").is_file());
    assert_eq!(entries(top.path()), ["terraform"]);
}

#[test]
fn a_failure_half_way_leaves_nothing() {
    let lame = Recorder::start(|request| match request.target.split('?').next().unwrap() {
        "/api/tenant" => Reply::json(200, r#"{"tenants":[{"id":"00000001-5eed-4000-8000-000000000009","name":"a"}]}"#),
        "/api/lambda" => Reply::json(500, r#"{"generalErrors":[{"code":"[broken]","message":"Broken."}]}"#),
        _ => Reply::json(200, "{}"),
    });
    // Of the two dozen requests of an export, some are among the ten in a hundred that fail.
    let faulty = Sandbox::start(&["--errors", "10"]);
    let lame_url = lame.url();
    let environments = [
        ([("API_BASE_URL", lame_url.as_str()), ("API_KEY_APIKEYAUTH", "key")], "GET /api/lambda: 500: Broken."),
        (access(&faulty), "500"),
    ];
    for (environment, expected) in environments {
        for format in [&["kickstart"][..], &["kickstart", "--split"], &["terraform"], &["terraform", "--clone"]] {
            let top = tempfile::tempdir().unwrap();
            let out = top.path().join("out");
            let output = run(&environment, &[&["export"], format, &["--out", out.to_str().unwrap()]].concat());
            assert_eq!(output.status.code(), Some(1), "{format:?}");
            let error = stderr(&output);
            assert!(error.starts_with("error: ") && error.contains(" /api/") && error.contains(expected), "{error}");
            assert!(
                output.stdout.is_empty() && entries(top.path()).is_empty(),
                "{format:?}: {:?}",
                entries(top.path())
            );
        }
    }
}

#[test]
fn a_kind_that_may_not_be_read_is_left_out_and_told() {
    let sandbox = Sandbox::start(&[]);
    let environment = [("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", READ_ONLY_API_KEY)];
    let top = tempfile::tempdir().unwrap();
    let out = top.path().join("kickstart.json");
    let report = exported(&environment, &["export", "kickstart", "--out", out.to_str().unwrap()]);
    assert!(report.contains("\n- tenant manager configuration: 401: the API key (API_KEY_APIKEYAUTH)"), "{report}");
    let file = files(&out).remove("").unwrap();
    assert!(!String::from_utf8(file).unwrap().contains("/api/tenant-manager"));

    let unlicensed = Recorder::start(|request| match request.target.split('?').next().unwrap() {
        "/api/tenant" => Reply::json(200, r#"{"tenants":[{"id":"00000001-5eed-4000-8000-000000000009","name":"a"}]}"#),
        "/api/form" => Reply::json(400, r#"{"generalErrors":[{"code":"[notLicensed]","message":"Buy it."}]}"#),
        "/api/theme" => Reply::empty(404),
        _ => Reply::json(200, "{}"),
    });
    let url = unlicensed.url();
    let environment = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "key")];
    for format in ["kickstart", "terraform"] {
        let out = top.path().join(format);
        let report = exported(&environment, &["export", format, "--out", out.to_str().unwrap()]);
        assert!(report.contains("\n- forms: 400: Buy it. [notLicensed]\n"), "{report}");
        assert!(report.contains("\n- themes: 404: "), "{report}");
    }
}

#[test]
fn an_instance_that_answers_nothing_is_no_empty_export() {
    let upstream = Recorder::start(|_| Reply::empty(401));
    let url = upstream.url();
    let output = run(&[("API_BASE_URL", &url), ("API_KEY_APIKEYAUTH", "key")], &["export", "kickstart"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(stderr(&output).contains("nothing could be read; ") && stderr(&output).contains(": 401: "));
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let twin_ids = ["11111111-1111-4111-8111-000000000001", "11111111-1111-4111-8111-000000000002"];
    for (id, tenant_id) in twin_ids.into_iter().zip([DEFAULT_TENANT_ID, HOOLI_TENANT_ID]) {
        make_application(&mut client, id, tenant_id, "Twin");
    }
    let refused = |arguments: &[&str]| {
        let output = run(&access(&sandbox), &[&["export", "kickstart"], arguments].concat());
        assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]), "{arguments:?}");
        stderr(&output).to_owned()
    };
    let unknown = refused(&["--application", "Pied Pipe"]);
    assert_eq!(unknown, "error: there is no application `Pied Pipe`; did you mean `Pied Piper`?\n");
    assert_eq!(refused(&["--tenant", "Holi"]), "error: there is no tenant `Holi`; did you mean `Hooli`?\n");
    let twins = refused(&["--application", "twin"]);
    assert!(twins.starts_with("error: there are several applications named `twin`; use an id: "), "{twins}");
    for id in [twin_ids[0], twin_ids[1], DEFAULT_TENANT_ID, HOOLI_TENANT_ID] {
        assert!(twins.contains(id), "{twins}");
    }
    let by_id = run(&access(&sandbox), &["export", "kickstart", "--application", twin_ids[1]]);
    assert_eq!(names_of(&by_id.stdout, "application"), ["Twin"]);
}

fn make_application(client: &mut Client, id: &str, tenant_id: &str, name: &str) {
    let body = json!({ "application": { "name": name } });
    let arguments = json!({ "applicationId": id, "X-FusionAuth-TenantId": tenant_id, "requestBody": body });
    let answer = client.call("createApplicationWithId", arguments);
    assert!(!answer.is_error, "{}", answer.text);
}

/// The files are written in every case; the status says whether somebody has to look at them.
#[test]
fn a_strict_export_fails_where_something_will_be_otherwise() {
    let sandbox = Sandbox::start(&[]);
    let top = tempfile::tempdir().unwrap();
    for (arguments, status) in [
        (&["kickstart", "--application", "Pied Piper"][..], 3),
        (&["kickstart", "--application", "Nucleus"], 0),
        (&["terraform", "--application", "Pied Piper"], 0),
        (&["terraform", "--clone", "--application", "Nucleus"], 3),
    ] {
        let out = top.path().join(arguments.join(""));
        let arguments = [&["export"], arguments, &["--out", out.to_str().unwrap()]].concat();
        let report = exported(&access(&sandbox), &arguments);
        assert_eq!(report.starts_with("Will differ from the instance:\n"), status == 3, "{arguments:?}: {report}");
        let strict = run(&access(&sandbox), &[&arguments[..], &["--force", "--strict", "--json"]].concat());
        assert_eq!(strict.status.code(), Some(status), "{arguments:?}: {}", stderr(&strict));
        assert_eq!(stderr(&strict), "", "{arguments:?}");
        let json: Value = serde_json::from_slice(&strict.stdout).unwrap();
        let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["changes", "confinedTo", "decisions", "leftOut", "objects", "secrets"]);
        assert_eq!(json["changes"] == json!([]), status == 0, "{arguments:?}: {json}");
        let is_told = |text: &Value| report.contains(text.as_str().unwrap());
        for remark in json["changes"].as_array().unwrap().iter().chain(json["leftOut"].as_array().unwrap()) {
            assert!(is_told(&remark["what"]) && is_told(&remark["why"]), "{remark}: {report}");
        }
        assert!(!files(&out).is_empty());
    }
}

#[test]
fn what_a_part_takes_from_a_group_is_told_first() {
    let sandbox = Sandbox::start(&[]);
    let output = run(&access(&sandbox), &["export", "kickstart", "--application", "Pied Piper"]);
    let report = stderr(&output);
    let (changes, _) = report.split_once("Secrets to set").unwrap();
    let group =
        changes.lines().find(|line| line.starts_with("- group `Engineering`")).unwrap_or_else(|| panic!("{report}"));
    assert!(group.contains(": roles: not written, because they are outside of the exported part: "), "{group}");
    assert!(group.contains(" of application Compression Console ("), "{group}");
}

/// An instance with two webhooks at these URLs, and a tenant whose id has `0001` in it.
fn with_webhooks(urls: &[&str]) -> Recorder {
    let webhooks: Vec<_> = (1..).zip(urls).map(|(number, url)| {
        json!({ "id": format!("00000010-0001-4000-8000-{number:012}"), "url": url, "global": true })
    }).collect();
    let webhooks = json!({ "webhooks": webhooks }).to_string();
    Recorder::start(move |request| match request.target.split('?').next().unwrap() {
        "/api/tenant" => Reply::json(200, r#"{"tenants":[{"id":"00000001-0001-4000-8000-000000000001","name":"a"}]}"#),
        "/api/webhook" => Reply::json(200, &webhooks),
        _ => Reply::json(200, "{}"),
    })
}

#[test]
fn the_own_key_changes_no_export_and_is_in_none() {
    let key = "0001";
    let top = tempfile::tempdir().unwrap();
    let harmless = with_webhooks(&["https://x.example/a0001b", "https://0001x.example/"]);
    let url = harmless.url();
    for (number, format) in [&["kickstart"][..], &["terraform"], &["terraform", "--clone"]].into_iter().enumerate() {
        let written = [key, "another-key"].map(|key| {
            let out = top.path().join(format!("{number}-{key}"));
            let arguments = [&["export"], format, &["--out", out.to_str().unwrap()]].concat();
            exported(&[("API_BASE_URL", &url), ("API_KEY_APIKEYAUTH", key)], &arguments);
            files(&out)
        });
        assert_eq!(written[0], written[1], "{format:?}");
        let text: String = written[0].values().map(|file| String::from_utf8_lossy(file)).collect();
        assert!(
            text.contains("https://x.example/a0001b") && text.contains("00000010-0001-4000-8000-000000000001"),
            "{text}"
        );
    }

    let holding = with_webhooks(&["https://x.example/a", "https://x.example/hook?of=0001"]);
    let url = holding.url();
    for format in ["kickstart", "terraform"] {
        let out = top.path().join(format);
        let environment = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", key)];
        let output = run(&environment, &["export", format, "--out", out.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let error = stderr(&output);
        let expected =
            "error: nothing is written: url of webhook 00000010-0001-4000-8000-000000000002 contains a credential";
        assert!(error.starts_with(expected) && !error.contains("hook?of"), "{error}");
        assert!(!out.exists());
    }
}

/// An instance may not list the keys that every installation has.
#[test]
fn references_to_the_keys_that_every_installation_has_are_kept() {
    let hidden = "092dbedc-30af-4149-9c61-b578f2c72f59";
    let instance = Recorder::start(move |request| match request.target.split('?').next().unwrap() {
        "/api/tenant" => Reply::json(
            200,
            r#"{"tenants":[{"id":"00000001-5eed-4000-8000-000000000009","name":"a",
            "jwtConfiguration":{"accessTokenKeyId":"092dbedc-30af-4149-9c61-b578f2c72f59",
            "idTokenKeyId":"00000011-5eed-4000-8000-000000000009"}}]}"#,
        ),
        _ => Reply::json(200, "{}"),
    });
    let url = instance.url();
    let top = tempfile::tempdir().unwrap();
    for (number, format) in [&["kickstart"][..], &["terraform"], &["terraform", "--clone"]].into_iter().enumerate() {
        let out = top.path().join(number.to_string());
        let arguments = [&["export"], format, &["--out", out.to_str().unwrap()]].concat();
        let report = exported(&[("API_BASE_URL", &url), ("API_KEY_APIKEYAUTH", "key")], &arguments);
        let text: String = files(&out).values().map(|file| String::from_utf8_lossy(file)).collect();
        assert!(text.contains(hidden), "{format:?}: {text}");
        assert!(!report.contains(hidden) && !report.contains("_KEY_SECRET"), "{format:?}: {report}");
        // Another key that is not there is none that every installation has.
        assert_eq!(report.contains("00000011-5eed-4000-8000-000000000009"), number == 0, "{format:?}: {report}");
    }
}

#[test]
fn a_wrong_command_line_is_a_usage_error_and_asks_nothing() {
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let cases: [(&[&str], &str); 6] = [
        (&["kickstart", "--json"], "--out"),
        (&["kickstart", "--application", "a", "--tenant", "b"], "cannot be used with"),
        (&["kickstart", "--split"], "name a folder for them with --out"),
        (&["terraform"], "name a folder for them with --out"),
        (&["terraform", "--adopt", "--clone", "--out", "x"], "cannot be used with"),
        (&["pulumi"], "unrecognized subcommand"),
    ];
    for (arguments, expected) in cases {
        let environment = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "key")];
        let output = run(&environment, &[&["export"], arguments].concat());
        assert_eq!((output.status.code(), &*output.stdout), (Some(2), &b""[..]), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(upstream.take(), []);
}

/// The commands do what a client may do, and no more.
#[test]
fn an_export_that_is_not_offered_is_refused() {
    for (format, tool) in [("kickstart", "exportKickstart"), ("terraform", "exportTerraform")] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let export = ["export", format, "--out", out.to_str().unwrap()];
        let without = format!("-{tool}");
        let refused: [&[&str]; 4] = [
            &["--use-tools", "create"],
            &["--use-tools", &without],
            &["--use-tools", "retrieve,search,-retrieveTenants"],
            &["--tool-areas", "user"],
        ];
        for flags in refused {
            let output = run(&[], &[&["--sandbox"], flags, &export].concat());
            assert_eq!(output.status.code(), Some(2), "{flags:?}");
            assert!(output.stdout.is_empty() && !out.exists(), "{flags:?}");
            assert!(stderr(&output).contains(&format!("{tool} is not offered")), "{flags:?}: {}", stderr(&output));
        }
        let offered: [&[&str]; 3] = [&["--use-tools", "retrieve,search"], &["--read-only"], &["--use-tools", tool]];
        for flags in offered {
            let output = run(&[], &[&["--sandbox"], flags, &[&export[..], &["--force"]].concat()].concat());
            assert!(output.status.success(), "{flags:?}: {}", stderr(&output));
        }
    }
}
