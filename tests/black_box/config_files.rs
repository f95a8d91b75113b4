//! Configuration files: settings and sources in YAML.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    documents::{Variables, document, names, run, sent, text},
    recorder::Recorder,
};

/// A folder with these files and the documents of the tests.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["zoo.yaml", "shop.yaml"] {
        fs::copy(document(name), folder.path().join(name)).unwrap();
    }
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// The exit status and stderr of `config check` with this file.
fn checked(environment: Variables, content: &str) -> (Option<i32>, String, String) {
    let folder = folder(&[("c.yaml", content)]);
    let file = path(&folder, "c.yaml");
    let output = run(environment, &["config", "check", &file]);
    // Only where in the file is of interest.
    let stderr = text(&output.stderr).replace(&file, "c.yaml");
    (output.status.code(), text(&output.stdout), stderr)
}

const BOTH: &str = "\
confirm: off
max_tries: 1
use_tools: [create, search, retrieve]
x-note: { anything: at all }
sources:
  zoo:
    document: zoo.yaml
    base_url: ${ZOO_URL}/v7
    overlay: [o.yaml]
    credentials: { header: \"${ZOO_KEY}\" }
    use_tools: all
    read_only: true
  shop:
    document: ./shop.yaml
    base_url: ${SHOP_URL}
    credentials:
      Key: { file: key.txt }
      login: { username: u, password: { file: key.txt } }
";

#[test]
fn a_file_is_all_that_a_server_needs() {
    let folder = folder(&[
        ("c.yaml", BOTH),
        ("key.txt", "the-shop-key\n"),
        ("o.yaml", "paths: { /animals: { post: { x-read-only: true } } }"),
    ]);
    let (zoo, shop) = (Recorder::agreeable(), Recorder::agreeable());
    let (zoo_url, shop_url, config) = (zoo.url(), shop.url(), path(&folder, "c.yaml"));
    let environment =
        [("CONFIG", config.as_str()), ("ZOO_URL", &zoo_url), ("SHOP_URL", &shop_url), ("ZOO_KEY", "the-zoo-key")];
    let mut client = Client::connect(&environment);
    let listed = names(&mut client);
    let offered = |name: &str| listed.iter().any(|listed| listed == name);
    assert!(offered("zoo_post_animals") && !offered("zoo_photos_upload"), "{listed:?}");
    assert!(offered("shop_createArticle") && offered("shop_listArticles"), "{listed:?}");
    let request = sent(&mut client, &zoo, "zoo_get_animals", json!({}));
    assert_eq!((request.target.as_str(), request.header("x-zoo-key")), ("/v7/animals", Some("the-zoo-key")));
    let request = sent(&mut client, &shop, "shop_createArticle", json!({ "requestBody": { "name": "n" } }));
    assert_eq!(request.target, "/articles?key=the-shop-key");
    assert_eq!(request.header("authorization"), Some("Basic dTp0aGUtc2hvcC1rZXk="));
    // Flags and variables win.
    let mut client =
        Client::connect(&[&environment[..], &[("ZOO_API_KEY_HEADER", "another"), ("ZOO_READ_ONLY", "false")]].concat());
    assert!(names(&mut client).contains(&"zoo_photos_upload".to_owned()));
    assert_eq!(sent(&mut client, &zoo, "zoo_get_animals", json!({})).header("x-zoo-key"), Some("another"));
    // One of the sources by its name; alone, it has no name before its tools and variables.
    let mut client = Client::connect(&[&environment[..], &[("SOURCE", "zoo"), ("API_KEY_HEADER", "mine")]].concat());
    assert!(names(&mut client).contains(&"get_animals".to_owned()));
    let request = sent(&mut client, &zoo, "get_animals", json!({}));
    assert_eq!((request.target.as_str(), request.header("x-zoo-key")), ("/v7/animals", Some("mine")));
}

#[test]
fn fusionauth_is_a_source_like_others() {
    let content = "tool_mode: list\nsources:\n  fusionauth:\n    base_url: ${URL}\n    tenant_id: 7a1e1f0c-6c1c-4c53-8a54-8f4d2f1d3c55\n    \
                   credentials: { ApiKeyAuth: \"${KEY}\" }\n    use_tools: retrieveTenants\n  zoo: { document: zoo.yaml }\n";
    let instance = Recorder::agreeable();
    let url = instance.url();
    for content in [content.to_owned(), content.replace("  zoo: { document: zoo.yaml }\n", "")] {
        let folder = folder(&[("c.yaml", &content)]);
        let config = path(&folder, "c.yaml");
        let mut client = Client::connect(&[("CONFIG", &config), ("URL", &url), ("KEY", "the-instance-key")]);
        let names = names(&mut client);
        let own = names.iter().filter(|name| !name.starts_with("zoo_")).collect::<Vec<_>>();
        assert_eq!(own, ["describe_tool", "retrieveTenants"], "{content}");
        let request = sent(&mut client, &instance, "retrieveTenants", json!({}));
        assert_eq!(request.header("authorization"), Some("the-instance-key"));
    }
}

#[test]
fn a_later_file_wins() {
    let folder = folder(&[
        (
            "a.yaml",
            "read_only: true\nsources:\n  zoo: { document: zoo.yaml, tool_areas: photos, credentials: { header: a, bearer: b } }\n",
        ),
        (
            "b.yaml",
            "# more\nread_only: false\nsources:\n  zoo: { tool_areas: animals-more, credentials: { header: \"${LATER}\" } }\n",
        ),
        ("empty.yaml", "# nothing yet\n"),
    ]);
    let (a, b, empty) = (path(&folder, "a.yaml"), path(&folder, "b.yaml"), path(&folder, "empty.yaml"));
    let output = run(&[("LATER", "l")], &["--config", &a, "--config", &b, "--config", &empty, "sources", "--json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    let filters = shown[0]["filters"].as_array().unwrap();
    assert_eq!(filters.len(), 1, "{shown}");
    assert!(filters[0].as_str().unwrap().ends_with("b.yaml:4:22): animals-more"), "{shown}");
    let is_set = |setting: &str| {
        shown[0]["credentials"].as_array().unwrap().iter().any(|one| one["setting"] == setting && one["isSet"] == true)
    };
    assert!(is_set("API_KEY_HEADER") && is_set("BEARER_TOKEN_BEARER"), "{shown}");
}

#[test]
fn all_mistakes_are_told_with_line_and_column() {
    let content = "\
use_tool: retrieve
max_tries: 99
request_timeout: true
tool_areas: [photos, \"b,c\"]
sources:
  zoo:
    document: zoo.yaml
    base_url: \"${NOWHERE}\"
    credential: {}
    credentials:
      headr: hunter2
      basic: hunter2
      bearer: { username: hunter2 }
    read_only: maybe
  2nd: {}
  shop:
    use_tools: ${}
  fusionauth:
    document: x.yaml
    tenant: y
    credentials: { ApiKeyAuth: 12345 }
";
    let (status, _, stderr) = checked(&[], content);
    assert_eq!(status, Some(2), "{stderr}");
    let expected = [
        "c.yaml:1:1: `use_tool` is no key here; did you mean `use_tools`? (keys: sources, ",
        "max_tries (c.yaml:2:12): `99`: expected a number from 1 to 10",
        "c.yaml:3:18: expected a text; put it in quotes",
        "c.yaml:4:22: expected an item without a comma",
        "c.yaml:8:15: the variable `NOWHERE` is not set",
        "c.yaml:9:5: `credential` is no key here; did you mean `credentials`?",
        "c.yaml:11:7: `headr` is no security scheme of the document; did you mean `header`? (its schemes: basic, bearer, header)",
        "c.yaml:12:7: expected `username` and `password`",
        "c.yaml:13:7: expected a text or `file`",
        "read_only (c.yaml:14:16): `maybe`: expected true or false",
        "c.yaml:15:3: `2nd`: expected a name of letters, digits and `-`",
        "c.yaml:16:3: `shop` has no document",
        "c.yaml:17:16: expected ${NAME}",
        "c.yaml:19:5: `document` is no key here",
        "c.yaml:20:5: `tenant` is no key here; did you mean `tenant_id`?",
        "c.yaml:21:32: expected a text; put it in quotes",
    ];
    for line in expected {
        assert_eq!(stderr.matches(line).count(), 1, "{line}: {stderr}");
    }
    assert!(!stderr.contains("hunter2") && !stderr.contains("12345"), "{stderr}");
    assert_eq!(stderr.lines().filter(|line| line.starts_with("error: ")).count(), expected.len(), "{stderr}");
}

#[test]
fn what_is_no_configuration_is_told() {
    for (content, expected) in [
        ("a: [", "c.yaml:1:"),
        ("- a", "c.yaml:1:1: expected settings and `sources`"),
        ("sources: zoo.yaml", "c.yaml:1:10: expected sources by their names"),
        ("sources: { zoo: zoo.yaml }", "c.yaml:1:17: expected what is set of the source"),
        (
            "sources: { zoo: { document: zoo.yaml, credentials: { header: { fil: k } } } }",
            "`fil` is no key here; did you mean `file`?",
        ),
        ("sources: { zoo: { document: zoo.yaml, credentials: { header: { file: k } } } }", ": No such file"),
        (
            "sources: { zoo: { document: zoo.yaml, credentials: { header: {} } } }",
            "expected a text, `file`, `username` and `password`, or `client_id` and `client_secret`",
        ),
        (
            "sources: { zoo: { document: zoo.yaml, use_tools: nothing } }",
            "use_tools (c.yaml:1:50): unknown bucket, mark or tool `nothing`",
        ),
        ("read_only: true\nread_only: true", "c.yaml:2:"),
        ("sources: { zoo: { document: gone.yaml } }", "gone.yaml: "),
    ] {
        let (status, _, stderr) = checked(&[], content);
        assert_eq!(status, Some(if content.contains("gone") { 1 } else { 2 }), "{content}: {stderr}");
        assert!(stderr.contains(expected), "{content}: {stderr}");
    }
    let output = run(&[], &["config", "check", "/no/such/file.yaml"]);
    assert!(text(&output.stderr).contains("/no/such/file.yaml: "), "{}", text(&output.stderr));
    let output = run(&[], &["config", "check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no file to check"), "{}", text(&output.stderr));
}

#[test]
fn what_is_right_is_said() {
    let (status, stdout, stderr) = checked(
        &[("Z", "https://z.example")],
        "sources:\n  zoo: { document: zoo.yaml, base_url: \"${Z}\" }\n  shop: { document: shop.yaml }\n",
    );
    assert_eq!((status, stdout.as_str()), (Some(0), "right: 2 sources (zoo, shop), 11 tools\n"), "{stderr}");
    // A setting alone, for FusionAuth.
    let (status, stdout, _) = checked(&[], "use_tools: retrieveUser\n");
    assert_eq!((status, stdout.as_str()), (Some(0), "right: 1 source (fusionauth), 2 tools\n"));
}

/// The schema says the same as the program: of every key, and of what is no key.
#[test]
fn the_schema_agrees_with_the_program() {
    let output = run(&[], &["config", "schema"]);
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let read = |text: &str| {
        serde_saphyr::from_str_with_options::<Value>(text, serde_saphyr::options! { strict_booleans: true }).unwrap()
    };
    assert!(
        validator.is_valid(&read(BOTH)),
        "{:?}",
        validator.iter_errors(&read(BOTH)).map(|error| error.to_string()).collect::<Vec<_>>()
    );
    for wrong in [
        "use_tool: a",
        "max_tries: 0",
        "tool_mode: seach",
        "sources: { zoo: {} }",
        "sources: { zoo: { document: a, tenant_id: b } }",
        "sources: { fusionauth: { document: a } }",
        "sources: { 2nd: { document: a } }",
        "sources: { zoo: { document: a, credentials: { k: { fil: a } } } }",
    ] {
        assert!(!validator.is_valid(&read(wrong)), "{wrong}");
        assert_eq!(checked(&[], wrong).0, Some(2), "{wrong}");
    }
    let keys = |schema: &Value| -> Vec<String> { schema["properties"].as_object().unwrap().keys().cloned().collect() };
    let of_source = schema["properties"]["sources"]["patternProperties"].as_object().unwrap().values().next().unwrap();
    let general: BTreeMap<_, _> = keys(&schema).into_iter().map(|key| (key, Value::Null)).collect();
    let own: BTreeMap<_, _> = keys(of_source).into_iter().map(|key| (key, Value::Null)).collect();
    let fusionauth: BTreeMap<_, _> = keys(&schema["properties"]["sources"]["properties"]["fusionauth"])
        .into_iter()
        .map(|key| (key, Value::Null))
        .collect();
    let mut file = json!(general);
    file["sources"] = json!({ "zoo": own, "fusionauth": fusionauth });
    file["sources"]["zoo"]["document"] = json!("zoo.yaml");
    let (_, _, stderr) = checked(&[], &file.to_string());
    assert_eq!(stderr, "", "every key of the schema is one of the program");
    assert!(general.len() > 25 && own.len() == 9 && fusionauth.len() == 6, "{file}");
}

#[test]
fn a_client_gets_the_whole_path_and_no_value() {
    let folder =
        folder(&[("c.yaml", "sources: { zoo: { document: zoo.yaml, credentials: { header: \"${ZOO_KEY}\" } } }")]);
    let whole = folder.path().canonicalize().unwrap();
    let mut command = std::process::Command::new(crate::support::client::BINARY);
    let command = command.env_clear().env("ZOO_KEY", "the-zoo-key").current_dir(&whole);
    let output = command.args(["install", "cursor", "--print", "--config", "c.yaml"]).output().unwrap();
    let shown = text(&output.stdout);
    let printed: Value = serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    let expected = whole.join(Path::new("c.yaml")).display().to_string();
    assert_eq!(printed["mcpServers"]["fusionauth"]["env"]["CONFIG"], expected, "{printed}");
    assert!(!shown.contains("the-zoo-key"), "{shown}");
}

/// The example on the page is one that works, with the zoo as a document of somebody's.
#[test]
fn the_page_of_configuration_has_an_example_that_works() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).unwrap();
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let zoo = fs::read_to_string(document("zoo.yaml")).unwrap();
    let files = [
        ("c.yaml", example),
        ("github.yaml", &zoo),
        ("corrections.yaml", "info: { x-seen: true }"),
        ("github.token", "t.o.k"),
    ];
    let folder = folder(&files);
    let output = run(&[("FUSIONAUTH_API_KEY", "the-instance-key")], &["config", "check", &path(&folder, "c.yaml")]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    assert!(
        text(&output.stdout).starts_with("right: 2 sources (fusionauth, github), 3 tools\n"),
        "{}",
        text(&output.stdout)
    );
}
