//! Which tools of several sources are offered: each source has filters of its own.

use serde_json::json;

use crate::support::{
    client::Client,
    documents::{Variables, document, names, run, text},
};

/// The names of the tools with the zoo and the shop as sources, without what describes them.
fn offered(filters: Variables) -> Vec<String> {
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let mut client = Client::connect(&[&[("SOURCE", sources.as_str())], filters].concat());
    names(&mut client).into_iter().filter(|name| name != "describe_tool").collect()
}

const ZOO: [&str; 7] = [
    "zoo_animals_change",
    "zoo_animals_get-one",
    "zoo_animals_search",
    "zoo_get_animals",
    "zoo_photos_is-there",
    "zoo_photos_upload",
    "zoo_post_animals",
];

const SHOP: [&str; 3] = ["shop_createArticle", "shop_describe_tool", "shop_listArticles"];

#[test]
fn each_source_has_filters_of_its_own() {
    let cases: [(Variables, &[&str], &[&str]); 10] = [
        (&[], &ZOO, &SHOP),
        // Names as clients see them, or as the document has them.
        (&[("ZOO_USE_TOOLS", "zoo_get_animals")], &["zoo_get_animals"], &SHOP),
        (&[("ZOO_USE_TOOLS", "get_animals,-animals_search")], &["zoo_get_animals"], &SHOP),
        (
            &[("ZOO_READ_ONLY", "true")],
            &["zoo_animals_get-one", "zoo_animals_search", "zoo_get_animals", "zoo_photos_is-there"],
            &SHOP,
        ),
        (&[("SHOP_READ_ONLY", "true")], &ZOO, &["shop_describe_tool", "shop_listArticles"]),
        (&[("ZOO_TOOL_AREAS", "photos")], &["zoo_photos_is-there", "zoo_photos_upload"], &SHOP),
        // What is chosen for all holds for those without a choice of their own.
        (&[("USE_TOOLS", "create"), ("ZOO_USE_TOOLS", "get_animals")], &["zoo_get_animals"], &["shop_createArticle"]),
        (&[("USE_TOOLS", "create"), ("ZOO_USE_TOOLS", "all")], &ZOO, &["shop_createArticle"]),
        (
            &[("TOOL_AREAS", "articles"), ("ZOO_TOOL_AREAS", "photos")],
            &["zoo_photos_is-there", "zoo_photos_upload"],
            &SHOP,
        ),
        // A word that one of the sources knows is right.
        (&[("USE_TOOLS", "shop_listArticles,zoo_get_animals")], &["zoo_get_animals"], &["shop_listArticles"]),
    ];
    for (filters, zoo, shop) in cases {
        let names = offered(filters);
        assert_eq!(names, [shop, zoo].concat(), "{filters:?}");
    }
}

#[test]
fn read_only_for_all_is_lifted_by_no_source() {
    let filters = [("READ_ONLY", "true"), ("ZOO_READ_ONLY", "false")];
    assert!(!offered(&filters).iter().any(|name| name == "zoo_post_animals"));
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let output = run(&[&[("SOURCE", sources.as_str())], &filters[..]].concat(), &["tools"]);
    assert!(text(&output.stderr).contains("note: ZOO_READ_ONLY=false does not lift READ_ONLY=true\n"));
}

#[test]
fn what_is_left_out_names_the_setting_of_its_source() {
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let filters = [("SOURCE", sources.as_str()), ("ZOO_READ_ONLY", "true"), ("SHOP_USE_TOOLS", "listArticles")];
    let mut client = Client::connect(&filters);
    let mut refusal =
        |tool: &str| client.request("tools/call", json!({ "name": tool, "arguments": {} }))["error"]["message"].clone();
    for (tool, setting) in
        [("zoo_post_animals", "ZOO_READ_ONLY=true"), ("shop_createArticle", "SHOP_USE_TOOLS=listArticles")]
    {
        let expected = format!("`{tool}` is switched off by {setting}");
        assert!(refusal(tool).as_str().is_some_and(|message| message.contains(&expected)), "{}", refusal(tool));
    }
    let mut client = Client::start(&filters);
    let instructions = client.initialize("2025-11-25")["instructions"].clone();
    let expected = "switched off by ZOO_READ_ONLY=true and SHOP_USE_TOOLS=listArticles";
    assert!(instructions.as_str().is_some_and(|text| text.contains(expected)), "{instructions}");
}

#[test]
fn fusionauth_among_others_has_its_own_too() {
    let sources = format!("{},fusionauth", document("zoo.yaml"));
    let names = |filters: Variables| -> Vec<String> {
        let mut client = Client::connect(&[&[("SOURCE", sources.as_str()), ("TOOL_MODE", "list")], filters].concat());
        names(&mut client)
    };
    let both = names(&[("FUSIONAUTH_USE_TOOLS", "retrieveUser"), ("ZOO_USE_TOOLS", "get_animals")]);
    assert_eq!(both, ["describe_tool", "retrieveUser", "zoo_get_animals"]);
    let only_there = names(&[("FUSIONAUTH_READ_ONLY", "true")]);
    assert!(only_there.contains(&"zoo_post_animals".to_owned()) && !only_there.contains(&"createUser".to_owned()));
}

#[test]
fn filters_that_cannot_be_meant_are_mistakes() {
    let sources = format!("{},{}", document("zoo.yaml"), document("shop.yaml"));
    let cases: [(Variables, &str); 7] = [
        (&[("ZOO_USE_TOOLS", "listArticles")], "ZOO_USE_TOOLS: unknown bucket, mark or tool `listArticles`"),
        (&[("SHOP_TOOL_AREAS", "photos")], "SHOP_TOOL_AREAS: unknown area `photos`"),
        (
            &[("USE_TOOLS", "zoo_get_animal")],
            "USE_TOOLS: unknown bucket, mark or tool `zoo_get_animal`; did you mean `zoo_get_animals`?",
        ),
        (&[("ZOO_READ_ONLY", "maybe")], "ZOO_READ_ONLY: `maybe`: expected true or false"),
        (&[("ZOO_USE_TOOLS", "-all")], "no tool is left by ZOO_USE_TOOLS `-all`"),
        (&[("USE_TOOLS", "deletes"), ("ZOO_READ_ONLY", "true")], "no tool is left by"),
        (
            &[("ZOO_USE_TOOL", "get_animals"), ("ZOO_READ_ONLY", "maybe")],
            "ZOO_USE_TOOL is set, but no setting has that name; did you mean ZOO_USE_TOOLS?",
        ),
    ];
    for (filters, expected) in cases {
        let output = run(&[&[("SOURCE", sources.as_str())], filters].concat(), &["tools"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{filters:?}: {message}");
        assert!(message.contains(expected), "{filters:?}: {message}");
        assert_eq!(
            message.matches("unknown bucket").count(),
            usize::from(expected.contains("unknown bucket")),
            "{message}"
        );
    }
}

/// A lone source has the plain variables.
#[test]
fn a_lone_source_has_no_name_before_its_filters() {
    let zoo = document("zoo.yaml");
    let mut client =
        Client::connect(&[("SOURCE", &zoo), ("USE_TOOLS", "get_animals"), ("ZOO_USE_TOOLS", "post_animals")]);
    assert_eq!(names(&mut client), ["describe_tool", "get_animals"]);
    let listed = client.request("tools/list", json!({}));
    assert_eq!(listed["result"]["tools"].as_array().map(Vec::len), Some(2));
}
