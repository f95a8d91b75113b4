//! Tests of reading whole files.

use std::{fmt, path::PathBuf};

use serde_json::json;

use super::{
    error::MAX_INCLUDES,
    uuid::{is_uuid, new_uuid},
    *,
};
use crate::exchange::Method;

mod variables;

const ID: &str = "30663132-6464-6665-3032-326466613934";

/// A folder of its own, removed at the end.
struct TestFolder(PathBuf);

impl TestFolder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("kickstart-{}-{}", std::process::id(), new_uuid()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.0.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn read(&self, file: &Value) -> Result<Kickstart, KickstartError> {
        self.write("kickstart.json", &file.to_string());
        read(&self.0.join("kickstart.json"), &given(), built_in())
    }

    /// What the body of the only request becomes.
    fn body(&self, body: Value) -> Result<Value, KickstartError> {
        self.read(&with_body(body)).map(|kickstart| kickstart.steps[0].body.clone())
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn environment(name: &str) -> Option<String> {
    match name {
        "EDITOR" => Some("vi #{adminEmail}".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

fn given() -> Given<'static> {
    Given { environment: &environment, variables: BTreeMap::new() }
}

fn built_in() -> BTreeMap<String, String> {
    [(TENANT_VARIABLE, "tenant"), ("FUSIONAUTH_LAMBDA[OpenIDReconcile]_ID", "lambda")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn with_requests(requests: Value) -> Value {
    json!({
        "variables": {"adminEmail": "admin@example.com", "user.name": "Erlich", "editor": "#{ENV.EDITOR}"},
        "apiKeys": [{"key": "secret"}],
        "requests": requests
    })
}

fn with_body(body: Value) -> Value {
    with_requests(json!([{"method": "POST", "url": "/api/user", "body": body}]))
}

fn error(result: Result<impl fmt::Debug, KickstartError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_byte_order_mark_before_a_text_is_dropped() {
    let folder = TestFolder::new();
    folder.write("text.txt", "\u{feff}hello");
    folder.write("object.json", "\u{feff}{\"b\":1}");
    let file = with_body(json!({ "text": "@{text.txt}", "object": "&{object.json}" }));
    folder.write("kickstart.json", &format!("\u{feff}{file}"));
    let kickstart = read(&folder.0.join("kickstart.json"), &given(), built_in()).unwrap();
    assert_eq!(kickstart.steps[0].body, json!({ "text": "hello", "object": { "b": 1 } }));
}

#[test]
fn a_file_with_a_key_alone_is_enough() {
    let kickstart = TestFolder::new().read(&json!({"apiKeys": [{"key": "secret"}]})).unwrap();
    let expected = Kickstart {
        api_keys: vec![json!({"key": "secret"})],
        default_tenant_id: None,
        tenant_manager_id: None,
        steps: Vec::new(),
    };
    assert_eq!(kickstart, expected);
}

#[test]
fn a_request_becomes_a_step() {
    let steps = TestFolder::new()
        .read(&with_requests(json!([
            {"method": "POST", "url": "/api/group?x=https://a.example", "body": {"group": {}}, "tenantId": ID},
            {"method": "PATCH", "url": "api/user", "body": [], "contentType": "application/json-patch+json"},
            {"method": "PUT", "url": "/api/user/#{user.name}", "tenantId": null}
        ])))
        .unwrap()
        .steps;
    let expected = [
        Step::post("/api/group?x=https://a.example", json!({"group": {}})).in_tenant(ID),
        Step {
            method: Method::Patch,
            target: "/api/user".to_owned(),
            tenant_id: None,
            content_type: Some("application/json-patch+json".to_owned()),
            body: json!([]),
        },
        Step { method: Method::Put, ..Step::post("/api/user/Erlich", Value::Null) },
    ];
    assert_eq!(steps, expected);
}

#[test]
fn a_wrong_request_is_reported() {
    let folder = TestFolder::new();
    for (request, expected) in [
        (json!({"method": "GET", "url": "/a"}), "requests[0].method: expected POST, PUT or PATCH, got `GET`"),
        (json!({"method": "post", "url": "/a"}), "requests[0].method: expected POST, PUT or PATCH, got `post`"),
        (json!({"url": "/a"}), "requests[0].method: a request needs a `method`: expected a string"),
        (json!({"method": "POST"}), "requests[0].url: a request needs a `url`: expected a string"),
        (json!({"method": "POST", "url": 1}), "requests[0].url: expected a string, got a number"),
        (json!({"method": "POST", "url": ""}), "requests[0].url: expected a relative URL such as"),
        (json!({"method": "POST", "url": "https://a.example/b"}), "requests[0].url: expected a relative URL such as"),
        (json!({"method": "POST", "url": "//a.example/b"}), "requests[0].url: expected a relative URL such as"),
        (json!({"method": "POST", "url": "/a", "tenantId": "x"}), "requests[0].tenantId: expected a UUID, got `x`"),
        (json!({"method": "POST", "url": "/a", "body": "x"}), "requests[0].body: expected an object or the string"),
        (
            json!({"method": "POST", "url": "/a", "tenantID": ID}),
            "requests[0].tenantID: unknown key `tenantID`; did you mean `tenantId`?; expected one of body, ",
        ),
        (json!("x"), "requests[0]: expected a request, an object or the string \"&{file}\", got a string"),
        (json!([]), "requests[0]: expected a request, an object or the string \"&{file}\", got an array"),
    ] {
        let message = error(folder.read(&with_requests(json!([request]))));
        assert!(message.starts_with(expected), "{message}");
    }
    assert_eq!(error(folder.read(&with_requests(json!({})))), "requests: expected an array, got an object");
}

#[test]
fn a_file_needs_its_keys_right() {
    let folder = TestFolder::new();
    for (file, expected) in [
        (json!([]), "is not a Kickstart file: expected an object, got an array"),
        (json!({}), "apiKeys: a Kickstart file needs at least one API key"),
        (json!({"apiKeys": []}), "apiKeys: a Kickstart file needs at least one API key"),
        (json!({"apiKeys": {}}), "apiKeys: expected an array of objects, got an object"),
        (json!({"apiKeys": ["x"]}), "apiKeys[0]: expected an object with a `key`, got a string"),
        (json!({"apiKeys": [{}]}), "apiKeys[0].key: an API key needs a `key`"),
        (json!({"apiKeys": [{"key": ""}]}), "apiKeys[0].key: an API key needs a `key`"),
        (json!({"apiKeys": [{"key": "a", "tenantId": ID}]}), "apiKeys[0].tenantId: the first API key"),
        (json!({"apiKeys": [{"key": "a"}, {"key": "b", "tenantId": "x"}]}), "apiKeys[1].tenantId: expected a UUID"),
        (json!({"apiKeys": [{"key": "a", "permission": {}}]}), "apiKeys[0].permission: unknown key `permission`"),
        (
            json!({"apiKeys": [{"key": "a", "permissions": {"endpoints": {"/api/user": ["GET"]}}}]}),
            "apiKeys[0].permissions.endpoints: the first API key",
        ),
        (
            json!({"apiKeys": [{"key": "a"}], "request": []}),
            "request: unknown key `request`; did you mean `requests`?; expected one of apiKeys, license, licenseId",
        ),
        (json!({"apiKeys": [{"key": "a"}], "variables": []}), "variables: expected an object, got an array"),
        (json!({"apiKeys": [{"key": "a"}], "variables": {"a": 1}}), "variables.a: expected a string, got a number"),
    ] {
        let message = error(folder.read(&file));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn api_keys_are_kept_with_their_variables_replaced() {
    let keys = json!([
        {"key": "#{adminEmail}", "description": "First", "keyManager": true, "permissions": {"endpoints": {}}},
        {"key": "b", "tenantId": ID, "permissions": {"endpoints": {"/api/#{user.name}": ["GET"]}}}
    ]);
    let mut file = with_requests(json!([]));
    file["apiKeys"] = keys;
    let expected = vec![
        json!({
            "key": "admin@example.com",
            "description": "First",
            "keyManager": true,
            "permissions": {"endpoints": {}}
        }),
        json!({"key": "b", "tenantId": ID, "permissions": {"endpoints": {"/api/Erlich": ["GET"]}}}),
    ];
    assert_eq!(TestFolder::new().read(&file).unwrap().api_keys, expected);
}

#[test]
fn licence_and_settings_are_ignored() {
    let mut file = with_requests(json!([]));
    file["license"] = json!("#{ENV.MISSING}");
    file["licenseId"] = json!("@{missing.txt}");
    file["settings"] = json!({"connectTimeout": 7000});
    assert!(TestFolder::new().read(&file).is_ok());
}

#[test]
fn a_backslash_makes_an_opener_plain_text() {
    let folder = TestFolder::new();
    folder.write("a.txt", "text");
    for (text, expected) in [
        ("\\#{adminEmail}", "#{adminEmail}"),
        ("\\#{UUID()}", "#{UUID()}"),
        ("\\@{a.txt}", "@{a.txt}"),
        ("\\&{a.json}", "&{a.json}"),
        ("\\#{ \\@{ \\&{", "#{ @{ &{"),
        ("\\\\#{user.name}", "\\#{user.name}"),
        ("\\\\@{a.txt}", "\\@{a.txt}"),
        ("\\\\&{a.json}", "\\&{a.json}"),
        ("\\\\\\#{user.name}", "\\\\#{user.name}"),
        ("\\ #{user.name}\\", "\\ Erlich\\"),
        ("#{user.name}\\#{user.name}#{user.name}", "Erlich#{user.name}Erlich"),
        ("é\\#{é} \\\\ \\n", "é#{é} \\\\ \\n"),
    ] {
        assert_eq!(folder.body(json!({"a": text})).unwrap(), json!({"a": expected}), "{text}");
    }
    assert_eq!(folder.body(json!({"\\#{a}": 1})).unwrap(), json!({"#{a}": 1}));
    let mut file = with_body(json!({"a": "#{escaped}"}));
    file["variables"]["escaped"] = json!("\\#{user.name}");
    assert_eq!(folder.read(&file).unwrap().steps[0].body, json!({"a": "#{user.name}"}));
}

#[test]
fn a_text_file_is_taken_as_it_is() {
    let folder = TestFolder::new();
    folder.write("emails/a.html", "<p>\r\n\"#{adminEmail}\" @{b} \\#{c}\n");
    let expected = "<p>\r\n\"#{adminEmail}\" @{b} \\#{c}\n";
    assert_eq!(folder.body(json!({"a": "@{emails/a.html}"})).unwrap(), json!({"a": expected}));
    let around = format!("a{expected}b");
    assert_eq!(folder.body(json!({"a": "a@{./emails/../emails/a.html}b"})).unwrap(), json!({"a": around}));
    let message = error(folder.body(json!({"@{emails/a.html}": 1})));
    assert!(message.contains("is a file, which a property's name cannot hold"), "{message}");
}

#[test]
fn a_json_file_is_a_body_a_value_or_a_request() {
    let folder = TestFolder::new();
    folder.write("a.txt", "text");
    folder.write("json/user.json", &json!({"email": "#{adminEmail}", "data": "&{json/data.json}"}).to_string());
    // Paths count from the Kickstart file's folder, not from that of the file which includes.
    folder.write("json/data.json", &json!(["@{a.txt}", 1]).to_string());
    folder.write(
        "request.json",
        &json!({"method": "PUT", "url": "/#{user.name}", "body": "&{json/user.json}"}).to_string(),
    );
    let user = json!({"email": "admin@example.com", "data": ["text", 1]});
    assert_eq!(folder.body(json!("&{json/user.json}")).unwrap(), user);
    assert_eq!(folder.body(json!({"user": "&{json/user.json}"})).unwrap(), json!({"user": user}));
    let steps = folder.read(&with_requests(json!(["&{request.json}"]))).unwrap().steps;
    assert_eq!(steps, [Step { method: Method::Put, ..Step::post("/Erlich", user) }]);

    for text in ["x &{json/user.json}", "&{json/user.json}&{json/user.json}"] {
        let message = error(folder.body(json!({"a": text})));
        assert!(message.contains("expected it alone in its string"), "{message}");
    }
}

#[test]
fn an_error_in_an_included_file_names_the_file() {
    let folder = TestFolder::new();
    folder.write("body.json", &json!({"a": "#{xyzzy}"}).to_string());
    folder.write("request.json", &json!({"method": "GET", "url": "/a"}).to_string());
    folder.write("broken.json", "{");
    let message = error(folder.body(json!("&{body.json}")));
    assert!(message.contains("requests[0].body.a: unknown variable `xyzzy` (in `body.json`)"), "{message}");
    assert_eq!(
        error(folder.read(&with_requests(json!(["&{request.json}"])))),
        "requests[0].method: expected POST, PUT or PATCH, got `GET` (in `request.json`)"
    );
    let message = error(folder.body(json!("&{broken.json}")));
    assert!(message.starts_with("requests[0].body: `broken.json` is not JSON: "), "{message}");
}

#[test]
fn only_files_below_the_folder_are_included() {
    let folder = TestFolder::new();
    folder.write("a.txt", "text");
    fs::write(folder.0.join("latin1.txt"), b"\xe9").unwrap();
    fs::create_dir(folder.0.join("empty")).unwrap();
    let absolute = folder.0.join("a.txt").display().to_string();
    for (name, expected) in [
        ("../a.txt", "which leaves the folder"),
        ("empty/../../a.txt", "which leaves the folder"),
        (absolute.as_str(), "which is absolute"),
        ("https://a.example/a.txt", "which is a URL"),
        ("empty", "which is not a file"),
        ("", "which is not a file"),
        ("missing.txt", "cannot include `missing.txt`: "),
        ("latin1.txt", "cannot include `latin1.txt`: "),
    ] {
        for sign in ['@', '&'] {
            let message = error(folder.body(json!({"a": format!("{sign}{{{name}}}")})));
            assert!(message.starts_with("requests[0].body.a: cannot include `"), "{message}");
            assert!(message.contains(expected), "{message}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_stays_below_the_folder() {
    let (outside, folder) = (TestFolder::new(), TestFolder::new());
    outside.write("a.txt", "outside");
    folder.write("a.txt", "inside");
    std::os::unix::fs::symlink(outside.0.join("a.txt"), folder.0.join("out.txt")).unwrap();
    std::os::unix::fs::symlink("a.txt", folder.0.join("in.txt")).unwrap();
    assert_eq!(folder.body(json!({"a": "@{in.txt}"})).unwrap(), json!({"a": "inside"}));
    let message = error(folder.body(json!({"a": "@{out.txt}"})));
    assert!(message.contains("which leaves the folder"), "{message}");
}

#[test]
fn a_file_does_not_include_itself() {
    let folder = TestFolder::new();
    folder.write("a.json", &json!({"b": "&{b.json}"}).to_string());
    folder.write("b.json", &json!({"a": "&{./a.json}"}).to_string());
    let message = error(folder.body(json!("&{a.json}")));
    assert!(message.starts_with("requests[0].body.b.a: `./a.json` includes itself: "), "{message}");
    assert!(message.contains("kickstart.json -> a.json -> b.json -> ./a.json"), "{message}");
    let message = error(folder.body(json!("&{kickstart.json}")));
    assert!(message.contains("`kickstart.json` includes itself"), "{message}");
    // Twice side by side is no cycle.
    folder.write("c.json", "1");
    assert_eq!(folder.body(json!(["&{c.json}", "&{c.json}"])).unwrap(), json!([1, 1]));
}

#[test]
fn nesting_has_a_limit() {
    let folder = TestFolder::new();
    for index in 0..MAX_INCLUDES {
        folder.write(&format!("{index}.json"), &format!("\"&{{{}.json}}\"", index + 1));
    }
    folder.write(&format!("{MAX_INCLUDES}.json"), "{}");
    assert_eq!(folder.body(json!("&{1.json}")).unwrap(), json!({}));
    let message = error(folder.body(json!("&{0.json}")));
    assert!(message.contains("expected at most 16 nested files"), "{message}");

    let nested = |depth: usize, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
    folder.write("inner.json", &nested(100, "1"));
    folder.write("outer.json", &nested(100, "\"&{inner.json}\""));
    folder.write("bottomless.json", &nested(100_000, ""));
    assert!(folder.body(json!("&{inner.json}")).is_ok());
    let message = error(folder.body(json!("&{outer.json}")));
    assert!(message.contains("nested too deep: expected at most 128 levels"), "{message}");
    let message = error(folder.body(json!("&{bottomless.json}")));
    assert!(message.contains("`bottomless.json` is not JSON: recursion limit exceeded"), "{message}");
}

#[test]
fn two_names_do_not_become_one() {
    let message = error(TestFolder::new().body(json!({"Erlich": 1, "#{user.name}": 2})));
    assert!(message.contains("the object has another property named `Erlich`"), "{message}");
}

#[test]
fn a_missing_or_broken_file_is_named() {
    let folder = TestFolder::new();
    let file = folder.0.join("kickstart.json");
    let message = error(read(&file, &given(), built_in()));
    assert!(message.starts_with("cannot read `") && message.contains("kickstart.json`: "), "{message}");
    folder.write("kickstart.json", "{ // no comments\n}");
    let message = error(read(&file, &given(), built_in()));
    assert!(message.contains("kickstart.json` is not JSON: "), "{message}");
}

#[test]
fn the_sample_is_read() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kickstart/kickstart.json");
    let environment = |name: &str| match name {
        "KICKSTART_API_KEY" => Some("an-api-key".to_owned()),
        "KICKSTART_USER_PASSWORD" => Some("a-password".to_owned()),
        _ => None,
    };
    let given = Given { environment: &environment, variables: BTreeMap::new() };
    let kickstart = read(&sample, &given, built_in()).unwrap();
    let tenant = "5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a01";
    assert_eq!(kickstart.default_tenant_id.as_deref(), Some(tenant));
    assert_eq!(kickstart.api_keys.len(), 2);
    assert_eq!(kickstart.api_keys[0]["key"], "an-api-key");
    assert_eq!(kickstart.api_keys[1]["permissions"], json!({"endpoints": {"/api/user": ["GET"]}}));
    assert_eq!(kickstart.steps.len(), 10);

    // Of the two requests for the lambda the last decides.
    let step = |target: &str| kickstart.steps.iter().rfind(|step| step.target == target).unwrap();
    let default = step(&format!("/api/tenant/{tenant}"));
    assert_eq!(default.method, Method::Patch);
    assert_eq!(default.content_type.as_deref(), Some("application/merge-patch+json"));
    let application = step("/api/application/5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a03");
    assert_eq!(application.tenant_id.as_deref(), Some("5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a02"));
    assert_eq!(
        application.body["application"]["data"]["escapes"],
        json!({
            "file": "@{a.txt}",
            "json": "&{a.json}",
            "separator": "\\#{user.email}",
            "variable": "#{user.email}"
        })
    );
    let user = step("/api/user/registration/5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a09");
    assert_eq!(user.body["user"]["password"], "a-password");
    let lambda = step("/api/lambda/5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a06");
    assert!(lambda.body["lambda"]["body"].as_str().unwrap().contains("#{notAVariable}"));
}
