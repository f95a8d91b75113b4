//! Other APIs as sources of tools, each from its document.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{
    client::{BINARY, Client},
    documents::{Variables, document, names, run, sent, text, written},
    recorder::{Recorder, Reply},
};

#[test]
fn a_document_alone_is_a_server() {
    let upstream = Recorder::agreeable();
    let zoo = document("zoo.yaml");
    let base = format!("{}/v7/", upstream.url());
    let environment =
        [("SOURCE", zoo.as_str()), ("API_BASE_URL", &base), ("API_KEY_HEADER", "the-zoo-key"), ("CONFIRM", "off")];
    let mut client = Client::connect(&environment);
    let expected = [
        "animals_change",
        "animals_get-one",
        "animals_search",
        "describe_tool",
        "get_animals",
        "photos_is-there",
        "photos_upload",
        "post_animals",
    ];
    assert_eq!(names(&mut client), expected);
    let arguments = json!({ "kinds": ["big cats", "a,b"], "filter_name_": "Leo & co", "limit": 500 });
    let request = sent(&mut client, &upstream, "get_animals", arguments);
    let target = "/v7/animals?limit=500&kinds=big%20cats,a%2Cb&filter%5Bname%5D=Leo%20%26%20co";
    let pairs = |target: &str| {
        let mut pairs: Vec<_> = target.split(['?', '&']).map(str::to_owned).collect();
        pairs.sort();
        pairs
    };
    assert_eq!((request.method.as_str(), pairs(&request.target)), ("GET", pairs(target)));
    assert_eq!((request.header("x-zoo-key"), request.header("authorization")), (Some("the-zoo-key"), None));
    let arguments = json!({ "id": "a/b", "format": "json", "requestBody": { "name": "Leo", "id": "7" } });
    let request = sent(&mut client, &upstream, "animals_change", arguments);
    assert_eq!((request.method.as_str(), request.target.as_str()), ("PATCH", "/v7/animals/a%2Fb.json"));
    // Not FusionAuth's way of changing objects, which is the merge of RFC 7396.
    assert_eq!(request.header("content-type"), Some("application/json"));
    let request = sent(
        &mut client,
        &upstream,
        "animals_search",
        json!({ "requestBody": { "q": "a b", "where": { "legs": "4" } } }),
    );
    assert_eq!(request.target, "/v7/search?beta=true");
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(text(&request.body), "q=a+b&where%5Blegs%5D=4");
    let request = sent(
        &mut client,
        &upstream,
        "photos_upload",
        json!({ "animal": "leo", "tags": ["a", "b"], "requestBody": { "photo": "x" } }),
    );
    assert_eq!(request.target, "/v7/photos/leo?tags=a%7Cb");
    assert!(request.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    assert_eq!(request.header("x-zoo-key"), None, "this operation needs none");
}

#[test]
fn each_scheme_has_a_setting() {
    let upstream = Recorder::agreeable();
    let (zoo, url) = (document("zoo.yaml"), upstream.url());
    let cases: [(Variables, &str, &str); 5] = [
        (&[("API_KEY_HEADER", "k")], "x-zoo-key", "k"),
        (&[("BEARER_TOKEN_BEARER", "t.o.k")], "authorization", "Bearer t.o.k"),
        (
            &[("BASIC_USERNAME_BASIC", "Aladdin"), ("BASIC_PASSWORD_BASIC", "open sesame")],
            "authorization",
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        ),
        (&[("BASIC_USERNAME_BASIC", "Aladdin")], "authorization", "Basic QWxhZGRpbjo="),
        // The first alternative whose credentials are all there.
        (&[("BASIC_USERNAME_BASIC", "a"), ("BEARER_TOKEN_BEARER", "t.o.k")], "authorization", "Bearer t.o.k"),
    ];
    for (credentials, header, value) in cases {
        let mut client = Client::connect(&[&[("SOURCE", zoo.as_str()), ("API_BASE_URL", &url)], credentials].concat());
        let request = sent(&mut client, &upstream, "get_animals", json!({}));
        assert_eq!(request.header(header), Some(value));
        let names = ["x-zoo-key", "authorization"];
        assert_eq!(names.iter().filter(|name| request.header(name).is_some()).count(), 1, "{credentials:?}");
    }
    let mut client = Client::connect(&[("SOURCE", &zoo), ("API_BASE_URL", &url)]);
    let answer = client.call("get_animals", json!({}));
    let expected = "Not sent: this tool needs an API key or a bearer token or a user name and password. Set API_KEY_HEADER or \
                    BEARER_TOKEN_BEARER or BASIC_USERNAME_BASIC and BASIC_PASSWORD_BASIC where the server is started.";
    assert_eq!((&*answer.text, answer.is_error), (expected, true));
    assert_eq!(upstream.take(), []);
}

#[test]
fn credentials_are_kept_out_of_answers() {
    let upstream = Recorder::start(|request| {
        let seen = request.header("authorization").unwrap_or_default().to_owned();
        Reply::json(200, &json!([{ "name": seen, "id": "open sesame, said Aladdin" }]).to_string())
    });
    let zoo = document("zoo.yaml");
    let mut client = Client::connect(&[
        ("SOURCE", &zoo),
        ("API_BASE_URL", &upstream.url()),
        ("BASIC_USERNAME_BASIC", "Aladdin"),
        ("BASIC_PASSWORD_BASIC", "open sesame"),
        ("REVEAL_SECRETS", "true"),
    ]);
    let answer = client.call("get_animals", json!({}));
    assert!(!answer.is_error, "{}", answer.text);
    for secret in ["QWxhZGRpbjpvcGVuIHNlc2FtZQ", "open sesame"] {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
}

#[test]
fn several_sources_keep_to_themselves() {
    let (zoo, shop, instance) = (Recorder::agreeable(), Recorder::agreeable(), Recorder::agreeable());
    let sources = format!("{},gone.yaml,{},fusionauth", document("zoo.yaml"), document("shop.yaml"));
    let (zoo_url, shop_url, instance_url) = (zoo.url(), shop.url(), instance.url());
    let environment = [
        ("SOURCE", sources.as_str()),
        ("ZOO_API_BASE_URL", &zoo_url),
        ("ZOO_API_KEY_HEADER", "the-zoo-key"),
        ("SHOP_API_BASE_URL", &shop_url),
        ("SHOP_API_KEY_KEY", "the shop&key"),
        ("SHOP_BASIC_USERNAME_LOGIN", "u"),
        ("SHOP_BASIC_PASSWORD_LOGIN", "p"),
        ("API_BASE_URL", &instance_url),
        ("API_KEY_APIKEYAUTH", "the-instance-key"),
        ("CONFIRM", "off"),
    ];
    let mut client = Client::connect(&environment);
    let names = names(&mut client);
    let of = |prefix: &str| names.iter().filter(|name| name.starts_with(prefix)).count();
    assert_eq!((of("zoo_"), of("shop_")), (7, 3), "{names:?}");
    assert!(names.contains(&"createUser".to_owned()) && names.contains(&"shop_describe_tool".to_owned()));
    let distinct: std::collections::BTreeSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(distinct.len(), names.len());
    let request = sent(&mut client, &zoo, "zoo_get_animals", json!({}));
    assert_eq!((request.header("x-zoo-key"), request.header("authorization")), (Some("the-zoo-key"), None));
    let request = sent(&mut client, &shop, "shop_listArticles", json!({ "ids": [1, 2], "tags": ["a", "b"] }));
    assert_eq!(request.target, "/articles?ids=1,2&tags=a&tags=b&key=the+shop%26key");
    assert_eq!(request.header("authorization"), None);
    let request = sent(&mut client, &shop, "shop_createArticle", json!({ "requestBody": { "name": "n" } }));
    assert_eq!(
        (request.target.as_str(), request.header("authorization")),
        ("/articles?key=the+shop%26key", Some("Basic dTpw"))
    );
    let request = sent(&mut client, &instance, "retrieveTenants", json!({}));
    assert_eq!((request.target.as_str(), request.header("authorization")), ("/api/tenant", Some("the-instance-key")));
    assert_eq!((zoo.count(), shop.count(), instance.count()), (0, 0, 0));
    client.close_stdin();
    let (_, _, stderr) = client.ended();
    assert!(stderr.contains("note: left out: gone: gone.yaml: "), "{stderr}");
    let places = format!("zoo at {zoo_url}, shop at {shop_url}, fusionauth at {instance_url}\n");
    assert!(stderr.contains(&places), "{stderr}");
}

#[test]
fn resources_are_of_their_source() {
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let mut client = Client::connect(&[("SOURCE", &sources)]);
    let listed = client.request("resources/list", json!({}))["result"]["resources"].clone();
    let uris: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["openapi://zoo/areas", "openapi://shop/areas"]);
    let mut read =
        |uri: &str| client.request("resources/read", json!({ "uri": uri }))["result"]["contents"][0]["text"].clone();
    let areas = read("openapi://shop/areas");
    assert!(
        areas.as_str().unwrap().contains("shop_listArticles") && !areas.as_str().unwrap().contains("zoo_"),
        "{areas}"
    );
    assert!(read("openapi://shop/schemas/Article").as_str().unwrap().contains("price"));
    assert_eq!(read("openapi://zoo/schemas/Article"), Value::Null);
}

#[test]
fn tools_of_this_server_keep_their_names() {
    let shop = document("shop.yaml");
    let mut client = Client::connect(&[("SOURCE", &shop), ("TOOL_MODE", "search")]);
    let answer = client.call("find_tools", json!({ "query": "picture of an article" }));
    let name = answer.text.split(['(', '\n', ' ']).find(|word| word.starts_with("describe_tool_")).unwrap().to_owned();
    let described = client.call("describe_tool", json!({ "names": [name] }));
    assert!(described.text.contains("/articles/{id}/picture"), "{}", described.text);
}

#[test]
fn unknown_properties_follow_the_document() {
    let upstream = Recorder::agreeable();
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let url = upstream.url();
    let environment = [
        ("SOURCE", sources.as_str()),
        ("ZOO_API_BASE_URL", &url),
        ("ZOO_API_KEY_HEADER", "k"),
        ("SHOP_API_BASE_URL", &url),
        ("SHOP_API_KEY_KEY", "k"),
        ("SHOP_BASIC_USERNAME_LOGIN", "u"),
    ];
    let mut client = Client::connect(&environment);
    let answer = client.call("shop_createArticle", json!({ "requestBody": { "name": "n", "colour": "red" } }));
    assert!(answer.is_error && answer.text.contains("requestBody.colour: unknown property"), "{}", answer.text);
    assert_eq!(upstream.count(), 0);
    let answer = client.call("zoo_post_animals", json!({ "requestBody": { "name": "n", "colour": "red" } }));
    assert!(!answer.is_error && answer.text.contains("requestBody.colour"), "{}", answer.text);
    let body: Value = serde_json::from_slice(&upstream.take()[0].body).unwrap();
    assert_eq!(body, json!({ "name": "n", "colour": "red" }));
    let mut strict = Client::connect(&[&environment[..], &[("UNKNOWN_PROPERTIES", "refuse")]].concat());
    let answer = strict.call("zoo_post_animals", json!({ "requestBody": { "name": "n", "colour": "red" } }));
    assert!(answer.is_error, "{}", answer.text);
}

/// A document with an operation that is served elsewhere.
fn with_other_server(main: &str, other: &str, security: &Value) -> Value {
    json!({
        "openapi": "3.1.0", "info": { "title": "Files", "version": "1" }, "servers": [{ "url": format!("{main}/v1") }],
        "components": { "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
        "security": security,
        "paths": {
            "/list": { "get": { "operationId": "list" } },
            "/upload": { "servers": [{ "url": format!("{other}/up") }], "get": { "operationId": "upload" } },
        },
    })
}

#[test]
fn an_operation_may_be_served_elsewhere_and_gets_credentials_where_that_is_allowed() {
    let (main, other) = (Recorder::agreeable(), Recorder::agreeable());
    let document = with_other_server(&main.url(), &other.url(), &json!([{ "token": [] }]));
    let (_folder, path) = written("files.json", &document);
    let token = ("BEARER_TOKEN_TOKEN", "t.o.k");
    let mut client = Client::connect(&[("SOURCE", &path), token]);
    let request = sent(&mut client, &main, "list", json!({}));
    assert_eq!((request.target.as_str(), request.header("authorization")), ("/v1/list", Some("Bearer t.o.k")));
    let answer = client.call("upload", json!({}));
    assert!(answer.is_error && answer.text.contains("CREDENTIAL_HOSTS=127.0.0.1"), "{}", answer.text);
    assert_eq!(other.count(), 0);
    let mut client = Client::connect(&[("SOURCE", &path), token, ("CREDENTIAL_HOSTS", "a.example,127.0.0.1")]);
    let request = sent(&mut client, &other, "upload", json!({}));
    assert_eq!((request.target.as_str(), request.header("authorization")), ("/up/upload", Some("Bearer t.o.k")));
    // The operator's own address is that of all operations.
    let mut client = Client::connect(&[("SOURCE", &path), token, ("API_BASE_URL", &main.url())]);
    let request = sent(&mut client, &main, "upload", json!({}));
    assert_eq!((request.target.as_str(), request.header("authorization")), ("/upload", Some("Bearer t.o.k")));
    // Where a credential may be left out, it is.
    let document = with_other_server(&main.url(), &other.url(), &json!([{ "token": [] }, {}]));
    let (_folder, path) = written("files.json", &document);
    let mut client = Client::connect(&[("SOURCE", &path), token]);
    assert_eq!(sent(&mut client, &other, "upload", json!({})).header("authorization"), None);
}

#[test]
fn many_tools_are_searched_unless_somebody_chose() {
    let of = |count: usize| {
        let paths: serde_json::Map<String, Value> = (0..count)
            .map(|number| {
                (format!("/things/{number}"), json!({ "get": { "operationId": format!("getThing{number}") } }))
            })
            .collect();
        json!({ "openapi": "3.0.3", "info": { "title": "T", "version": "1" }, "servers": [{ "url": "http://localhost" }],
            "paths": paths })
    };
    for (count, environment, expected) in [
        (100, &[][..], 101),
        (101, &[], 3),
        (101, &[("TOOL_MODE", "list")], 102),
        (101, &[("USE_TOOLS", "getThing1,getThing2")], 3),
        (2, &[("TOOL_MODE", "search")], 3),
    ] {
        let (_folder, path) = written("things.json", &of(count));
        let mut client = Client::connect(&[&[("SOURCE", path.as_str())], environment].concat());
        assert_eq!(names(&mut client).len(), expected, "{count} {environment:?}");
    }
    let mut client = Client::connect(&[("SOURCE", "fusionauth")]);
    assert!(names(&mut client).len() > 100);
}

#[test]
fn a_document_is_tried_without_an_account() {
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let arguments = ["--sandbox", "--source", &sources].map(str::to_owned);
    let mut client = Client::start_with(&[], &arguments);
    client.initialize("2025-11-25");
    let answer = client.call("zoo_get_animals", json!({}));
    assert!(!answer.is_error && answer.text.contains("\"legs\""), "{}", answer.text);
    let answer = client.call("shop_createArticle", json!({ "requestBody": { "price": 1 } }));
    assert!(answer.is_error && answer.text.contains("requestBody.name: missing"), "{}", answer.text);
    let zoo = document("zoo.yaml");
    let output = run(&[], &["--source", &zoo, "--sandbox=empty", "tools"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--sandbox: `empty`: expected no value"), "{}", text(&output.stderr));
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let zoo = document("zoo.yaml");
    let (_folder, nowhere) = written("nowhere.json", &json!({ "openapi": "3.0.3", "paths": { "/a": { "get": {} } } }));
    let (_folder, relative) = written(
        "relative.json",
        &json!({ "openapi": "3.0.3", "servers": [{ "url": "/v1" }], "paths": { "/a": { "get": {} } } }),
    );
    let cases: [(Variables, &[&str], i32, &str); 8] = [
        (&[], &["--source", "gone.yaml", "tools"], 1, "error: gone: gone.yaml: "),
        (
            &[],
            &["--source", &nowhere, "tools"],
            1,
            "the document does not contain the address of the API (it names no server); set API_BASE_URL",
        ),
        (&[], &["--source", &relative, "tools"], 1, "(its servers: /v1); set API_BASE_URL"),
        (
            &[("API_BASE_URL", "ftp://a")],
            &["--source", &nowhere, "tools"],
            2,
            "API_BASE_URL: `ftp://a`: expected a URL",
        ),
        (
            &[("API_KEY_HEADER", "${KEY}")],
            &["--source", &zoo, "tools"],
            2,
            "API_KEY_HEADER: the value is the name of a variable",
        ),
        (&[], &["--source", &zoo, "--source", &zoo, "tools"], 2, "expected a name that no other source has"),
        (&[], &["--source", &zoo, "key", "plan"], 2, "key works only with FusionAuth"),
        (&[], &["--source", &zoo, "export", "kickstart"], 2, "export works only with FusionAuth"),
    ];
    for (environment, arguments, status, expected) in cases {
        let output = run(environment, arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[test]
fn settings_that_nothing_reads_are_named() {
    let zoo = document("zoo.yaml");
    let environment = [
        ("API_KEY_APIKEYAUTH", "the-instance-key"),
        ("FUSIONAUTH_TENANT_ID", "7a1e1f0c-6c1c-4c53-8a54-8f4d2f1d3c55"),
        ("API_KEY_HEADER", "k"),
    ];
    let output = run(&environment, &["--source", &zoo, "tools"]);
    let message = text(&output.stderr);
    for expected in [
        "note: API_KEY_APIKEYAUTH is a setting for FusionAuth, which SOURCE leaves out",
        "note: FUSIONAUTH_TENANT_ID is ",
    ] {
        assert!(message.contains(expected), "{message}");
    }
    assert!(!message.contains("the-instance-key") && !message.contains("refused until"), "{message}");
    let output =
        run(&[("API_BASE_URL", "http://localhost")], &["--source", &zoo, "--source", &document("shop.yaml"), "tools"]);
    let message = text(&output.stderr);
    assert!(
        message.contains(
            "note: API_BASE_URL is not used with several sources; each has its own, such as ZOO_API_BASE_URL"
        ),
        "{message}"
    );
    // A variable of a source is no slip, however near it is to another one.
    let scheme = json!({ "openapi": "3.0.3", "servers": [{ "url": "http://localhost" }], "paths": { "/a": { "get": {} } },
        "security": [{ "bearer_auth": [] }], "components": { "securitySchemes": { "bearer_auth": { "type": "http", "scheme": "bearer" } } } });
    let (_folder, path) = written("a.json", &scheme);
    let output = run(&[("BEARER_TOKEN_BEARER_AUTH", "t.o.k")], &["--source", &path, "tools"]);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_client_gets_whole_paths() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut command = std::process::Command::new(BINARY);
    let arguments = ["install", "cursor", "--print", "--source", "zoo.yaml", "--source", "Mall=shop.yaml"];
    let output = command.env_clear().current_dir(&folder).args(arguments).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let environment = &printed["mcpServers"]["fusionauth"]["env"];
    let expected = format!("zoo={},mall={}", folder.join("zoo.yaml").display(), folder.join("shop.yaml").display());
    assert_eq!(environment["SOURCE"], expected, "{printed}");
    assert_eq!((&environment["API_BASE_URL"], &environment["API_KEY_APIKEYAUTH"]), (&Value::Null, &Value::Null));
}
