//! What `sources` and `doctor` tell of the sources.

use serde_json::{Value, json};

use crate::support::{
    documents::{Variables, document, run, text, written},
    recorder::{Recorder, Reply},
};

fn listed(environment: Variables, status: i32) -> Value {
    let output = run(environment, &["sources", "--json"]);
    assert_eq!(output.status.code(), Some(status), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn each_source_is_told_with_what_it_has() {
    let sources = format!("{},gone.yaml,{},fusionauth", document("zoo.yaml"), document("shop.yaml"));
    let (folder, overlay) = written("o.json", &json!({ "info": { "x-seen": true } }));
    let environment = [
        ("SOURCE", sources.as_str()),
        ("ZOO_API_KEY_HEADER", "the-zoo-key"),
        ("ZOO_READ_ONLY", "true"),
        ("ZOO_OVERLAY", &overlay),
        ("SHOP_BASIC_USERNAME_LOGIN", "somebody"),
        ("SHOP_USE_TOOLS", "listArticles"),
        ("API_KEY_APIKEYAUTH", "the-instance-key"),
    ];
    let shown = listed(&environment, 1);
    assert!(!shown.to_string().contains("the-") && !shown.to_string().contains("somebody"), "{shown}");
    let zoo = json!({
        "name": "zoo", "document": document("zoo.yaml"), "overlays": [overlay], "address": "https://eu.zoo.example/v1",
        "operations": 7, "leftOut": 2, "tools": 4, "refusedTools": 0, "filters": ["ZOO_READ_ONLY=true"],
        "credentials": [
            { "setting": "ZOO_BASIC_USERNAME_BASIC and ZOO_BASIC_PASSWORD_BASIC", "isSet": false },
            { "setting": "ZOO_BEARER_TOKEN_BEARER", "isSet": false },
            { "setting": "ZOO_API_KEY_HEADER", "isSet": true },
        ],
    });
    for (key, value) in zoo.as_object().unwrap() {
        assert_eq!(&shown[0][key], value, "{key}: {shown}");
    }
    assert!(shown[0]["tokens"].as_u64().unwrap() > 100, "{shown}");
    assert_eq!(shown[0]["faults"][1]["path"], "paths./broken.get.parameters[0]");
    assert_eq!(
        (&shown[1]["name"], &shown[1]["tools"], &shown[1]["refusedTools"]),
        (&json!("shop"), &json!(1), &json!(3))
    );
    assert_eq!((&shown[2]["name"], &shown[2]["document"]), (&json!("fusionauth"), &json!("a part of this program")));
    assert!(shown[2]["tools"].as_u64().unwrap() > 300 && shown[2]["credentials"][0]["isSet"] == json!(true), "{shown}");
    assert_eq!((&shown[3]["name"], &shown[3]["document"]), (&json!("gone"), &json!("gone.yaml")));
    assert!(shown[3]["error"].as_str().unwrap().starts_with("gone: gone.yaml: "), "{shown}");
    drop(folder);
}

#[test]
fn a_person_reads_the_sources_in_lines() {
    let zoo = document("zoo.yaml");
    let output = run(&[("SOURCE", &zoo)], &["sources"]);
    assert!(output.status.success());
    let shown = text(&output.stdout);
    for line in [
        "zoo\n  document     ",
        "\n  address      https://eu.zoo.example/v1\n  operations   7 loaded, 2 left out\n",
        "paths./animals.trace: ",
        "\n  tools        7 offered, ",
        "API_KEY_HEADER not set; 6 tools are refused without more of them\n",
        "\n  filters      none\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    // All are broken, and are told all the same.
    let output = run(&[], &["--source", "gone.yaml", "sources"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
    assert!(
        text(&output.stdout).starts_with("gone\n  document     gone.yaml\n  broken       gone: gone.yaml: "),
        "{}",
        text(&output.stdout)
    );
    let output = run(&[("USE_TOOLS", "nothing")], &["--source", &zoo, "sources"]);
    assert_eq!(output.status.code(), Some(2));
}

/// The names, outcomes and details of what the doctor found.
fn findings(environment: Variables, status: i32) -> Vec<(String, String, String)> {
    let output = run(environment, &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(status), "{}{}", text(&output.stdout), text(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let field = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let one = |one: &Value| {
        (field(one, "name"), field(one, "outcome"), format!("{} {}", field(one, "detail"), field(one, "remedy")))
    };
    found.as_array().unwrap().iter().map(one).collect()
}

fn of<'f>(findings: &'f [(String, String, String)], name: &str) -> (&'f str, &'f str) {
    let found = findings.iter().find(|(found, _, _)| found == name);
    found
        .map(|(_, outcome, detail)| (outcome.as_str(), detail.as_str()))
        .unwrap_or_else(|| panic!("{name}: {findings:?}"))
}

#[test]
fn the_doctor_checks_every_source() {
    let upstream = Recorder::agreeable();
    let (shop, url) = (document("shop.yaml"), upstream.url());
    let environment =
        [("SOURCE", shop.as_str()), ("API_BASE_URL", &url), ("API_KEY_KEY", "k"), ("BASIC_USERNAME_LOGIN", "u")];
    let found = findings(&environment, 0);
    assert_eq!(of(&found, "shop: document").0, "good");
    assert_eq!(of(&found, "shop: credentials").0, "good");
    let (outcome, detail) = of(&found, "shop: address");
    assert!(outcome == "good" && detail.contains("GET /articles: 200"), "{detail}");
    assert_eq!(upstream.take().iter().map(|request| request.method.clone()).collect::<Vec<_>>(), ["GET"]);
    assert!(!found.iter().any(|(name, _, _)| name == "API key" || name == "a question through MCP"), "{found:?}");
    assert!(of(&found, "MCP 2025-11-25").1.contains("handshake"));
    // Nothing is sent without credentials.
    let found = findings(&[("SOURCE", &shop), ("API_BASE_URL", &url)], 1);
    assert_eq!(of(&found, "shop: credentials").0, "attention");
    assert_eq!((of(&found, "shop: address").0, upstream.count()), ("skipped", 0));
}

#[test]
fn the_doctor_says_what_a_source_lacks() {
    let refusing = Recorder::start(|_| Reply::json(401, "{}"));
    let missing = Recorder::start(|_| Reply::json(404, "{}"));
    let (zoo, shop) = (document("zoo.yaml"), document("shop.yaml"));
    let sources = format!("{zoo},{shop},gone.yaml");
    let (refusing_url, missing_url) = (refusing.url(), missing.url());
    let environment = [
        ("SOURCE", sources.as_str()),
        ("ZOO_API_BASE_URL", &refusing_url),
        ("ZOO_API_KEY_HEADER", "wrong"),
        ("SHOP_API_BASE_URL", &missing_url),
        ("SHOP_API_KEY_KEY", "k"),
        ("SHOP_BASIC_USERNAME_LOGIN", "u"),
    ];
    let found = findings(&environment, 1);
    let (outcome, detail) = of(&found, "zoo: address");
    assert!(outcome == "attention" && detail.contains("Compare the credentials"), "{detail}");
    let (outcome, detail) = of(&found, "shop: address");
    assert!(outcome == "attention" && detail.contains("SHOP_API_BASE_URL takes another address"), "{detail}");
    assert_eq!(of(&found, "zoo: document").0, "note");
    let (outcome, detail) = of(&found, "gone: document");
    assert!(outcome == "attention" && detail.contains("gone.yaml: "), "{detail}");
}

#[test]
fn the_doctor_checks_fusionauth_beside_others() {
    let shop = document("shop.yaml");
    let sources = format!("fusionauth,{shop}");
    let output = run(&[("SOURCE", &sources)], &["--sandbox", "doctor", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<_> = found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    for name in
        ["FusionAuth", "permissions", "shop: document", "shop: address", "number of tools", "a question through MCP"]
    {
        assert_eq!(names.iter().filter(|found| **found == name).count(), 1, "{name}: {names:?}");
    }
}
