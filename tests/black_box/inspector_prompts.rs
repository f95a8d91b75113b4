//! The official inspector gets every prompt, and finds every skill as it ought to be, in both eras of the protocol.

use serde_json::Value;

use super::official_clients::inspect;
use crate::support::sandbox::Sandbox;

fn inspected(sandbox: &Sandbox, era: &str, arguments: &[&str]) -> Vec<u8> {
    let output = inspect(sandbox, &[&["--protocol-era", era], arguments].concat());
    assert!(
        output.status.success(),
        "{era} {arguments:?}: {} {}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn sample(argument: &str) -> &'static str {
    match argument {
        "application" | "tenant" => "Pied Piper",
        "kind" => "web",
        "name" => "Bachmanity",
        "purpose" => "clone",
        "user" => "richard@piedpiper.example",
        other => panic!("{other}"),
    }
}

#[test]
fn the_official_inspector_gets_every_prompt() {
    let sandbox = Sandbox::start(&[]);
    for era in ["legacy", "modern"] {
        let list: Value = serde_json::from_slice(&inspected(&sandbox, era, &["--method", "prompts/list"])).unwrap();
        let prompts = list["prompts"].as_array().unwrap();
        assert_eq!(prompts.len(), 23);
        for prompt in prompts {
            let name = prompt["name"].as_str().unwrap();
            let arguments = prompt["arguments"].as_array().unwrap();
            let pairs: Vec<_> = arguments
                .iter()
                .map(|argument| argument["name"].as_str().unwrap())
                .map(|argument| format!("{argument}={}", sample(argument)))
                .collect();
            let mut call = vec!["--method", "prompts/get", "--prompt-name", name];
            if !pairs.is_empty() {
                call.push("--prompt-args");
                call.extend(pairs.iter().map(String::as_str));
            }
            let got: Value = serde_json::from_slice(&inspected(&sandbox, era, &call)).unwrap();
            assert_eq!(got["description"], prompt["description"]);
            let text = got["messages"][0]["content"]["text"].as_str().unwrap();
            let title = prompt["title"].as_str().unwrap();
            assert!(text.starts_with(&format!("{title}.\n\n")) && !text.contains("{{"), "{text}");
        }
    }
}

#[test]
fn the_official_inspector_verifies_every_skill() {
    let sandbox = Sandbox::start(&[]);
    for era in ["legacy", "modern"] {
        let reports = inspected(&sandbox, era, &["--method", "skills/list", "--verify"]);
        let reports: Vec<Value> =
            serde_json::Deserializer::from_slice(&reports).into_iter::<Value>().map(Result::unwrap).collect();
        assert_eq!(reports.len(), 23);
        for report in reports {
            assert_eq!(report["ok"], true, "{report}");
            assert!(report["files"].as_array().unwrap().iter().all(|file| file["status"] == "verified"), "{report}");
        }
    }
}
