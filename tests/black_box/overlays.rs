//! Corrections of a document: overlays of the OpenAPI Overlay Specification, and partial documents.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    client::{BINARY, Client},
    documents::{document, names, run, sent, text},
    recorder::Recorder,
};

/// A folder with a file in it, and the file's path.
fn file(name: &str, content: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path.display().to_string())
}

/// What `inspect --json` tells of the zoo with this overlay.
fn inspected(content: &str) -> Value {
    let (_folder, path) = file("o.yaml", content);
    let output = run(&[], &["inspect", &document("zoo.yaml"), "--overlay", &path, "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tools(shown: &Value) -> Vec<&str> {
    shown["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

const ACTIONS: &str = "
overlay: 1.1.0
info: { title: Corrections, version: 1.0.0 }
actions:
  - target: $.paths.*[?@.operationId == 'photos.upload']
    update: { description: Keeps a picture. }
  - target: $.paths['/animals'].get.parameters[?@.name == 'filter[name]']
    remove: true
  - target: $.paths['/broken']
    remove: true
  - target: $.paths
    update: { /beasts: {} }
  - target: $.paths['/beasts']
    copy: $.paths['/animals']
  - target: $.paths['/cages'].get
    update: { summary: None }
";

#[test]
fn actions_change_what_is_sent_and_what_is_offered() {
    let (_folder, overlay) = file("o.yaml", ACTIONS);
    let upstream = Recorder::agreeable();
    let (zoo, url) = (document("zoo.yaml"), upstream.url());
    let environment =
        [("SOURCE", zoo.as_str()), ("OVERLAY", &overlay), ("API_BASE_URL", &url), ("API_KEY_HEADER", "k")];
    let mut client = Client::connect(&environment);
    let names = names(&mut client);
    assert!(names.contains(&"get_beasts".to_owned()) && names.contains(&"post_beasts".to_owned()), "{names:?}");
    assert_eq!(sent(&mut client, &upstream, "get_beasts", json!({ "limit": 1 })).target, "/beasts?limit=1");
    let answer = client.call("get_animals", json!({ "filter_name_": "Leo" }));
    assert!(answer.is_error && answer.text.contains("filter_name_"), "{}", answer.text);
    let described = client.call("describe_tool", json!({ "names": ["photos_upload"] }));
    assert!(described.text.contains("Keeps a picture."), "{}", described.text);
    client.close_stdin();
    let (_, _, stderr) = client.ended();
    assert!(
        stderr.contains(&format!("note: zoo: {overlay}: actions[5]: `$.paths['/cages'].get` finds nothing\n")),
        "{stderr}"
    );
    // Only the operation of a method that nobody supports is left out.
    assert!(stderr.contains("note: zoo: 2 of 11 operations are left out"), "{stderr}");
}

#[test]
fn inspect_tells_what_finds_nothing() {
    let shown = inspected(ACTIONS);
    let unmatched = shown["unmatched"].as_array().unwrap();
    assert_eq!(unmatched.len(), 1, "{shown}");
    assert!(unmatched[0]["path"].as_str().unwrap().ends_with("o.yaml: actions[5]"), "{shown}");
    let (_folder, path) = file("o.yaml", ACTIONS);
    let output = run(&[("OVERLAY", &path)], &["inspect", &document("zoo.yaml")]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("\nwithout effect in overlays:\n  ") && shown.contains("`$.paths['/cages'].get` finds nothing"),
        "{shown}"
    );
}

#[test]
fn a_partial_document_is_merged() {
    let shown = inspected(
        "paths:\n  /animals/{id}.{format}: { get: null, put: null }\n  /animals: { post: { x-tool-name: addAnimal, x-destructive: true } }\n\
         x-gone: null\n",
    );
    assert!(tools(&shown).contains(&"addAnimal") && !tools(&shown).contains(&"animals_get-one"), "{shown}");
    let unmatched: Vec<_> =
        shown["unmatched"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(unmatched.len(), 2, "{shown}");
    assert!(
        unmatched[0].ends_with("paths./animals/{id}.{format}.put") && unmatched[1].ends_with("o.yaml: x-gone"),
        "{shown}"
    );
    let shown = inspected("paths: { /animals: { get: { x-parameters: { limit: { required: true } } } } }\n");
    assert_eq!(tools(&shown).len(), 7);
}

/// Marks decide what is read-only and what a person is asked, so a document has none of its own; an overlay may.
#[test]
fn marks_count_in_overlays_alone() {
    let marked = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "servers": [{ "url": "http://localhost" }],
        "paths": { "/things/{id}": { "delete": { "operationId": "deleteThing", "x-read-only": true, "x-irreversible": false, "x-tool-name": "find_tools",
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }] },
            "get": { "operationId": "getThing", "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }] } } },
        "components": { "x-parameters": ["theirs"] } });
    let (_folder, path) = file("marked.json", &marked.to_string());
    let mut client = Client::connect(&[("SOURCE", &path), ("READ_ONLY", "true")]);
    assert_eq!(names(&mut client), ["describe_tool", "getThing"]);
    let patch = "paths: { '/things/{id}': { delete: { x-read-only: true, x-tool-name: dropThing } } }";
    let (_overlay_folder, overlay) = file("o.yaml", patch);
    let mut client = Client::connect(&[("SOURCE", &path), ("READ_ONLY", "true"), ("OVERLAY", &overlay)]);
    assert_eq!(names(&mut client), ["describe_tool", "dropThing", "getThing"]);
    // No name leaves its source, and none is one of this server's tools.
    let sources = format!("{path},{}", document("shop.yaml"));
    let (_overlay_folder, overlay) =
        file("o.yaml", "paths: { '/things/{id}': { delete: { x-tool-name: shop_listArticles } } }");
    let mut client = Client::connect(&[("SOURCE", &sources), ("MARKED_OVERLAY", &overlay)]);
    let names = names(&mut client);
    assert!(
        names.contains(&"marked_shop_listArticles".to_owned()) && names.contains(&"shop_listArticles".to_owned()),
        "{names:?}"
    );
}

#[test]
fn each_source_has_overlays_of_its_own() {
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let (_folder, first) = file("first.yaml", "paths: { /articles: { get: null } }");
    let (_other, second) =
        file("second.yaml", "overlay: 1.0.0\nactions: [{ target: \"$.paths['/articles'].post\", remove: true }]");
    let both = format!("{first}, {second}");
    let mut client = Client::connect(&[("SOURCE", &sources), ("SHOP_OVERLAY", &both)]);
    let names = names(&mut client);
    assert_eq!(names.iter().filter(|name| name.starts_with("shop_")).collect::<Vec<_>>(), ["shop_describe_tool"]);
    assert_eq!(names.iter().filter(|name| name.starts_with("zoo_")).count(), 7);
}

#[test]
fn an_overlay_that_is_broken_costs_its_source_and_says_where() {
    let zoo = document("zoo.yaml");
    for (content, expected) in [
        ("actions: [", "o.yaml: not YAML: "),
        ("- a", "o.yaml: expected an overlay (`overlay: 1.1.0`) or a partial OpenAPI document"),
        ("overlay: 3.0.0\nactions: []", "o.yaml: overlay: `3.0.0`: expected a version of the Overlay Specification"),
        (
            "overlay: 1.0.0\nactions: [{ target: '$.paths[', remove: true }]",
            "o.yaml: actions[0].target: `$.paths[`: not a JSONPath (RFC 9535): at position",
        ),
        (
            "overlay: 1.0.0\nactions: [{ target: $.info, update: { title: { a: 1 } } }]",
            "o.yaml: actions[0]: `$.info`: $['info']['title']: single values there cannot take objects",
        ),
        (
            "components: { x-parameters: { none: {} } }",
            "o.yaml: components.x-parameters.none: no parameter has this name",
        ),
    ] {
        let (_folder, path) = file("o.yaml", content);
        let output = run(&[], &["--source", &zoo, "--overlay", &path, "tools"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{content}: {message}");
        assert!(message.contains(expected) && message.lines().count() == 1, "{content}: {message}");
        let sources = format!("{zoo},{}", document("shop.yaml"));
        let output = run(&[("ZOO_OVERLAY", &path)], &["--source", &sources, "tools"]);
        assert!(output.status.success() && text(&output.stderr).contains("note: left out: zoo: "), "{content}");
    }
    let output = run(&[], &["inspect", &zoo, "--overlay", "gone.yaml"]);
    assert!(!output.status.success() && text(&output.stderr).contains("gone.yaml: "), "{}", text(&output.stderr));
}

#[test]
fn an_overlay_that_is_nobodys_is_a_mistake() {
    let (_folder, path) = file("o.yaml", "paths: {}");
    let sources = format!("fusionauth,{}", document("zoo.yaml"));
    for (arguments, expected) in [
        (&["--overlay", path.as_str(), "tools"][..], "expected it together with another document than FusionAuth's"),
        (
            &["--source", &sources, "--overlay", &path, "tools"],
            "expected each source to have its own, such as ZOO_OVERLAY",
        ),
    ] {
        let output = run(&[], arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains("--overlay: ") && message.contains(expected), "{message}");
    }
}

#[test]
fn a_client_gets_whole_paths_of_overlays() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    fs::copy(document("zoo.yaml"), folder.join("zoo.yaml")).unwrap();
    for name in ["a.yaml", "b.yaml"] {
        fs::write(folder.join(name), "info: { x-seen: true }").unwrap();
    }
    let arguments =
        ["install", "cursor", "--print", "--source", "zoo.yaml", "--overlay", "a.yaml", "--overlay", "b.yaml"];
    let output = std::process::Command::new(BINARY).env_clear().current_dir(&folder).args(arguments).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = format!("{},{}", folder.join("a.yaml").display(), folder.join("b.yaml").display());
    assert_eq!(printed["mcpServers"]["fusionauth"]["env"]["OVERLAY"], expected, "{printed}");
}
