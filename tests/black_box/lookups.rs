//! Filters that find nothing, or fail: what is said of them names the piece that is wrong, and never one that is right.

use serde_json::json;

use crate::support::{
    client::Client,
    recorder::{Recorder, Reply},
    sandbox::Sandbox,
};

const ABSENT: &str = "always null, since the document has no such property there: ";

/// The first line of an answer.
fn headline(client: &mut Client, tool: &str, filter: &str) -> String {
    let answer = client.call(tool, json!({ "jq": filter }));
    answer.text.lines().next().unwrap_or_default().to_owned()
}

fn connected(body: &'static str) -> (Recorder, Client) {
    let upstream = Recorder::start(move |_| Reply::json(200, body));
    let url = upstream.url();
    let client = Client::connect(&[("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "key")]);
    (upstream, client)
}

#[test]
fn a_failure_names_the_piece_that_fails() {
    let (_upstream, mut client) =
        connected(r#"{"applications":[{"name":"a","roles":[{"name":"r"}]},{"name":"b","roles":[]}],"total":2}"#);
    for (filter, piece) in [
        (".applications[].name.x", ".applications[].name.x"),
        (".applications[].roles[].name[]", ".applications[].roles[].name[]"),
        (".applications[].name[1:].x", ".applications[].name[1:].x"),
        (".applications[].name + 1", ".applications[].name + 1"),
        (".applications[] | .roles[].name | .x.y", ".x"),
        ("[.applications[] | .name | tonumber]", "tonumber"),
    ] {
        let line = headline(&mut client, "retrieveApplication", filter);
        assert!(line.starts_with(&format!("200 OK, but the jq filter failed: `{piece}`: ")), "{filter}: {line}");
        assert!(!line.contains(ABSENT), "{filter}: {line}");
    }
}

/// What fails may do so since something before it is not there: then that is named, too.
#[test]
fn a_failure_names_what_is_absent() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (tool, arguments, filter, absent) in [
        ("searchTenantsWithId", json!({}), ".tenant[].name.x", "`tenant` (did you mean `tenants`?)"),
        (
            "retrieveUser",
            json!({ "loginId": "richard@piedpiper.example" }),
            ".users[].registrations[].roles",
            "`users` (did you mean `user`?)",
        ),
        ("retrieveApplication", json!({}), ".applications[].rolles[].name", "`rolles` (did you mean `roles`?)"),
        ("retrieveApplication", json!({}), ".applications[] | .nmae | ascii_downcase", "`nmae` (did you mean `name`?)"),
    ] {
        let mut arguments = arguments;
        arguments["jq"] = json!(filter);
        let answer = client.call(tool, arguments);
        let line = answer.text.lines().next().unwrap();
        assert!(answer.is_error && line.contains("but the jq filter failed: "), "{filter}: {line}");
        assert!(line.ends_with(&format!("; {ABSENT}{absent}.")), "{filter}: {line}");
    }
}

/// The document has both in one type of answers.
#[test]
fn a_failure_at_what_an_answer_does_not_have_says_what_it_has() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let tenant = json!({ "tenantId": fusionauth_sandbox::seed::HOOLI_TENANT_ID, "jq": ".tenants[].name.x" });
    let answer = client.call("retrieveTenantWithId", tenant);
    let expected = "200 OK, but the jq filter failed: `.tenants[]`: Cannot iterate over null; the answer itself has 1 object: \
                    `tenant`.";
    assert_eq!((answer.text.as_str(), answer.is_error), (expected, true));
}

/// However a property is looked up.
#[test]
fn a_slip_is_named_in_any_kind_of_lookup() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for filter in [
        "getpath([\"applications\", 0, \"nmae\"])",
        "[.applications[] | select(has(\"nmae\"))] | length",
        ".applications[] | .[\"nmae\"]",
        ".applications | map(pick(.nmae))",
        ".applications[] | with_entries(select(.key == \"nmae\"))",
        ".applications[] | to_entries[] | select(\"nmae\" == .key) | .value",
        ".applications[] | keys[] | select(. == \"nmae\")",
        ".applications | map(.nmae)",
        ".applications | group_by(.nmae) | length",
        ".applications | sort_by(.nmae) | length",
        ".applications[0] as $x | $x.nmae",
        ".applications[] | . as {nmae: $n} | $n",
        ".applications[] as {$nmae} | $nmae",
        ".applications[] | .nmae // \"none\"",
        "def title: .nmae; .applications[] | title",
        ".applications[] | {nmae}",
        "del(.applications[].roles) | .applications[].nmae",
    ] {
        let line = headline(&mut client, "retrieveApplication", filter);
        assert!(line.contains(&format!("{ABSENT}`nmae` (did you mean `name`?)")), "{filter}: {line}");
    }
    // Anywhere below there is free-form data, too: only that nothing has such a name is sure.
    for filter in
        ["[.. | .nmae?]", "..|objects|select(.nmae == \"x\")", "recurse | .nmae?", "paths | select(.[-1] == \"nmae\")"]
    {
        let line = headline(&mut client, "retrieveApplication", filter);
        assert!(line.contains("found nowhere in the answer: `nmae` (did you mean `name`?)"), "{filter}: {line}");
    }
}

#[test]
fn what_is_right_is_not_named() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for filter in [
        "getpath([\"applications\", 0, \"data\", \"nmae\"])",
        ".applications[] | select(has(\"loginConfiguration\")) | .name",
        ".applications[] | to_entries[] | select(.key == \"verificationEmailTemplateId\" or .value == \"nmae\")",
        ".applications[].data | keys[] | select(. == \"nmae\")",
        "[.. | .favouriteColour?]",
        ".applications[] | recurse(.roles[]?) | .isDefault?",
        "def f: .isDefault?; .applications[] | f, (.roles[] | f)",
        "reduce .applications[] as $a ({}; .[$a.id] = $a.name) | .nmae",
        ".applications[0] | {n: .name} | .nmae",
        "del(.applications[].nmae) | .applications | length",
        ".applications[] as {nmae: $x} ?// {name: $x} | $x",
    ] {
        let line = headline(&mut client, "retrieveApplication", filter);
        assert!(!line.contains("no such property") && !line.contains("nowhere"), "{filter}: {line}");
    }
}

/// An empty list of an empty answer is told from one that a filter made of a full one.
#[test]
fn empty_results_are_told_apart() {
    let none = r#"{"applications":[]}"#;
    let two = r#"{"applications":[{"name":"a","roles":[]},{"name":"b","roles":[]}]}"#;
    let cases: [(&str, &str, &str); 4] = [
        ("[.. | select(type == \"object\" and .name? == \"c\")]", "made an empty list", "[]"),
        (".applications | map(select(.name == \"c\"))", "made an empty list", "[]"),
        (".applications | map(select(.name == \"c\")) | INDEX(.name)", "made an empty object", "{}"),
        (".applications[] | select(.name == \"c\")", "has no results", ""),
    ];
    for (body, objects) in [(none, "0 objects"), (two, "2 objects")] {
        let (_upstream, mut client) = connected(body);
        for (filter, made, rest) in &cases {
            let answer = client.call("retrieveApplication", json!({ "jq": filter }));
            let expected =
                format!("200 OK; the jq filter {made} (the answer itself has {objects} in `applications`)\n{rest}");
            assert_eq!(answer.text, expected.trim_end(), "{filter}");
        }
    }
    // An empty list that stands so in the answer is what was asked for.
    let (_upstream, mut client) = connected(two);
    for filter in [".applications[0].roles", ".applications[0] | .roles?"] {
        assert_eq!(client.call("retrieveApplication", json!({ "jq": filter })).text, "200 OK\n[]");
    }
}

/// As jq 1.7 has it.
#[test]
fn the_end_of_a_filter_and_texts_that_are_repeated() {
    let (_upstream, mut client) = connected("{}");
    for (filter, expected) in [("1, halt", "1"), ("1, (2 | halt), 3", "1"), ("\"x\" * 0, \"x\" * -1", "\"\"\nnull")] {
        let answer = client.call("retrieveApplication", json!({ "jq": filter }));
        assert_eq!(answer.text, format!("200 OK\n{expected}"), "{filter}");
    }
}
