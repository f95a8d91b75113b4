//! The guides as Agent Skills (MCP Skills extension): the very files, with their digests, to clients of both
//! generations.

use std::{fs, path::Path};

use rmcp::model::sha256_digest;
use serde_json::{Value, json};

use super::protocol::stateless;
use crate::support::client::Client;

const BASE: &str = "fusionauth://skills/";

fn listed(client: &mut Client) -> Vec<Value> {
    let response = client.request("skills/list", stateless(json!({})));
    response["result"]["skills"].as_array().unwrap_or_else(|| panic!("{response}")).clone()
}

fn names(skills: &[Value]) -> Vec<&str> {
    skills.iter().map(|skill| skill["frontmatter"]["name"].as_str().unwrap()).collect()
}

/// The file of the repository that a file of a skill is, without the phrases that the guide is found by.
fn source(skill: &str, file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("guides");
    let path = if file == "SKILL.md" { folder.join(format!("{skill}.md")) } else { folder.join("parts").join(file) };
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut parts = text.splitn(2, "wishes: [");
    let before = parts.next().unwrap().to_owned();
    let text = parts.next().map_or(before.clone(), |rest| before + rest.split_once("]\n").unwrap().1);
    // Arguments stand in it as ids do.
    let mut pieces = text.split("{{");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |text, piece| {
        let (name, rest) = piece.split_once("}}").unwrap();
        format!("{text}<{name}>{rest}")
    })
}

#[test]
fn every_file_of_every_skill_is_served_as_its_digest_says() {
    let mut client = Client::start(&[]);
    let discovered = client.request("server/discover", stateless(json!({})))["result"].clone();
    let extensions = &discovered["capabilities"]["extensions"];
    assert!(extensions["io.modelcontextprotocol/skills"].is_object(), "{discovered}");
    let skills = listed(&mut client);
    assert_eq!(skills.len(), 23);
    let mut parts = 0;
    for skill in &skills {
        let name = skill["frontmatter"]["name"].as_str().unwrap();
        let folder = format!("{BASE}{name}/");
        assert_eq!(skill["uri"], format!("{folder}SKILL.md"));
        let got = client.request("skills/get", stateless(json!({ "uri": skill["uri"] })));
        assert_eq!(got["result"]["skill"], *skill);
        assert_eq!(skill["resources"][0]["uri"], skill["uri"]);
        for resource in skill["resources"].as_array().unwrap() {
            let uri = resource["uri"].as_str().unwrap();
            let read = client.request("resources/read", stateless(json!({ "uri": uri })));
            let content = &read["result"]["contents"][0];
            assert_eq!((&content["uri"], &content["mimeType"]), (&json!(uri), &json!("text/markdown")), "{read}");
            let text = content["text"].as_str().unwrap();
            assert_eq!(resource["size"], text.len());
            assert_eq!(resource["digest"], sha256_digest(text.as_bytes()));
            assert_eq!(text, source(name, uri.strip_prefix(&folder).unwrap()));
            parts += usize::from(!uri.ends_with("/SKILL.md"));
        }
    }
    assert_eq!(parts, 6);
}

#[test]
fn a_skill_whose_tools_are_not_offered_does_not_exist() {
    for environment in [("USE_TOOLS", "retrieve,search"), ("READ_ONLY", "true")] {
        let mut client = Client::start(&[environment]);
        let skills = listed(&mut client);
        assert_eq!(skills.len(), 9, "{:?}", names(&skills));
        assert!(skills.iter().all(|skill| skill["frontmatter"]["writes"] == false));
        for file in ["SKILL.md", "migrate-users-hashes.md"] {
            let uri = json!({ "uri": format!("{BASE}migrate-users/{file}") });
            assert_eq!(client.request("skills/get", stateless(uri.clone()))["error"]["code"], -32602);
            assert!(client.request("resources/read", stateless(uri))["error"].is_object());
        }
    }
}

/// What is switched off is said to be so in a skill's files too, and their digests are of what is served.
#[test]
fn a_skill_says_which_of_its_tools_are_switched_off() {
    let mut client = Client::start(&[("READ_ONLY", "true")]);
    let mut said = 0;
    for skill in listed(&mut client) {
        for resource in skill["resources"].as_array().unwrap() {
            let read = client.request("resources/read", stateless(json!({ "uri": resource["uri"] })));
            let text = read["result"]["contents"][0]["text"].as_str().unwrap();
            assert_eq!(resource["digest"], sha256_digest(text.as_bytes()));
            assert!(!text.contains("then `patchUserWithId`."), "{text}");
            said += text.matches("switched off").count();
        }
    }
    assert!(said > 5, "{said}");
}

#[test]
fn only_the_files_of_a_skill_are_read() {
    let mut client = Client::start(&[]);
    for path in
        ["find-user", "find-user/", "find-user/debug-login-remedies.md", "find-user/../debug-login/SKILL.md", ""]
    {
        let read = client.request("resources/read", stateless(json!({ "uri": format!("{BASE}{path}") })));
        assert!(read["error"].is_object(), "{path}: {read}");
    }
}

#[test]
fn older_clients_get_them_too() {
    let mut client = Client::connect(&[]);
    let skills = client.request("skills/list", json!({}))["result"]["skills"].as_array().unwrap().clone();
    assert_eq!(names(&skills), names(&listed(&mut Client::start(&[]))));
}
