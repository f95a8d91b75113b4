//! Exports: what a shell gets, what an MCP client gets, and what Terraform's own parser makes of it.

mod command;
mod confined;
mod hostile;
mod provider_docs;
mod secrets;
mod simulated_provider;
mod terraform;
mod tool;
mod transcript;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Output, Stdio},
};

use serde_json::Value;

use crate::support::{
    client::command as binary,
    sandbox::{API_KEY, Sandbox},
};

/// Contents by path, with `/` between folders; a single file has an empty path.
type Files = BTreeMap<String, Vec<u8>>;

/// Everything of an instance.
const EVERYTHING: &[&str] = &[];

fn run(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    binary(environment).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What leads to a sandbox.
fn access(sandbox: &Sandbox) -> [(&str, &str); 2] {
    [("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY)]
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

/// Runs an export that succeeds: the report.
fn exported(environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = run(environment, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stderr(&output).to_owned()
}

/// The files under a path.
fn files(path: &Path) -> Files {
    fn collect(path: &Path, name: &str, files: &mut Files) {
        if path.is_file() {
            files.insert(name.to_owned(), fs::read(path).unwrap());
            return;
        }
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let inner = entry.file_name().into_string().unwrap();
            let inner = if name.is_empty() { inner } else { format!("{name}/{inner}") };
            collect(&entry.path(), &inner, files);
        }
    }
    let mut files = Files::new();
    collect(path, "", &mut files);
    files
}

/// What is in a folder, sorted.
fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut entries: Vec<_> = entries.collect();
    entries.sort();
    entries
}

/// A value for each environment variable that a Kickstart file names.
fn secrets_of(kickstart: &str) -> Vec<(String, String)> {
    let file: Value = serde_json::from_str(kickstart).unwrap();
    let values = file["variables"].as_object().unwrap().values().filter_map(Value::as_str);
    let names = values.filter_map(|value| value.strip_prefix("#{ENV.")?.strip_suffix('}'));
    names.map(|name| (name.to_owned(), format!("the-value-of-{name}-which-is-long"))).collect()
}

fn borrowed(environment: &[(String, String)]) -> Vec<(&str, &str)> {
    environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Asserts that an instance's Kickstart makes, of an empty instance, one whose Kickstart is the same byte for byte, in
/// one file and in several: the files, last those of `--split`.
fn assert_made_again(sandbox: &Sandbox, what: &[&str]) -> [Files; 2] {
    [&[] as &[&str], &["--split"]].map(|layout| {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
        let arguments = |out: &Path| {
            let arguments = [&["export", "kickstart"], what, layout, &["--out", out.to_str().unwrap()]].concat();
            arguments.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let of_instance = arguments(&first);
        let report = exported(&access(sandbox), &of_instance.iter().map(String::as_str).collect::<Vec<_>>());

        let file = if first.is_dir() { first.join("kickstart.json") } else { first.clone() };
        let secrets = secrets_of(&fs::read_to_string(&file).unwrap());
        let of_file = [vec![format!("--sandbox={}", file.display())], arguments(&second)].concat();
        let again = exported(&borrowed(&secrets), &of_file.iter().map(String::as_str).collect::<Vec<_>>());

        // The first is a part of an instance, the second a whole one.
        let is_of_both = |line: &&str| !line.contains("outside of the exported part");
        let written = |report: &str, out: &Path| {
            let report = report.replace(&format!("Written: {}", out.display()), "Written");
            let report: Vec<_> = report.lines().filter(is_of_both).map(str::to_owned).collect();
            report.join("\n").replace("Will differ from the instance:\nSecrets", "Secrets")
        };
        assert_eq!(written(&report, &first), written(&again, &second), "{what:?} {layout:?}");
        for (name, _) in &secrets {
            assert!(report.contains(&format!("- {name}: ")), "{what:?} {layout:?}: {name} is not told");
        }
        let (first, second) = (files(&first), files(&second));
        assert!(first.keys().eq(second.keys()), "{what:?} {layout:?}: {:?} {:?}", first.keys(), second.keys());
        for (name, content) in &first {
            assert!(content == &second[name], "{what:?} {layout:?}: {name} is another");
        }
        assert_eq!(entries(folder.path()), ["first", "second"], "nothing is written elsewhere");
        first
    })
}
