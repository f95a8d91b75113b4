//! The guides as prompts and in discovery: those whose tools are offered, and no other.

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    recorder::Recorder,
    sandbox::{API_KEY, Sandbox},
};

const GUIDES: [&str; 23] = [
    "count-users",
    "debug-login",
    "default-tenant",
    "email-templates",
    "explore-instance",
    "export-kickstart",
    "export-terraform",
    "external-login",
    "find-user",
    "lock-users",
    "migrate-users",
    "new-application",
    "personal-data",
    "registration-form",
    "rotate-client-secret",
    "rotate-keys",
    "search-users",
    "security-review",
    "tenant-settings",
    "theme-login-page",
    "token-claims",
    "user-roles",
    "webhooks",
];

/// Those that take reading tools only.
const READING: [&str; 9] = [
    "count-users",
    "debug-login",
    "default-tenant",
    "explore-instance",
    "export-kickstart",
    "export-terraform",
    "find-user",
    "search-users",
    "security-review",
];

fn listed(client: &mut Client) -> Vec<Value> {
    client.request("prompts/list", json!({}))["result"]["prompts"].as_array().unwrap().clone()
}

fn names(prompts: &[Value]) -> Vec<&str> {
    prompts.iter().map(|prompt| prompt["name"].as_str().unwrap()).collect()
}

fn get(client: &mut Client, name: &str, arguments: Value) -> Value {
    client.request("prompts/get", json!({ "name": name, "arguments": arguments }))
}

fn complete(client: &mut Client, prompt: &str, argument: &str, typed: &str) -> Value {
    let reference = json!({ "type": "ref/prompt", "name": prompt });
    let argument = json!({ "name": argument, "value": typed });
    client.request("completion/complete", json!({ "ref": reference, "argument": argument }))
}

fn completed(client: &mut Client, prompt: &str, argument: &str, typed: &str) -> Value {
    complete(client, prompt, argument, typed)["result"]["completion"]["values"].clone()
}

#[test]
fn all_prompts_tell_of_their_arguments() {
    let mut client = Client::connect(&[]);
    let prompts = listed(&mut client);
    assert_eq!(names(&prompts), GUIDES);
    for prompt in &prompts {
        assert!(prompt["title"].is_string() && prompt["description"].is_string(), "{prompt}");
        for argument in prompt["arguments"].as_array().unwrap() {
            assert!(argument["description"].as_str().is_some_and(|text| !text.is_empty()), "{prompt}");
            assert!(argument["required"].is_boolean(), "{prompt}");
        }
    }
    let arguments = |name: &str| {
        let prompt = prompts.iter().find(|prompt| prompt["name"] == name).unwrap();
        let arguments = prompt["arguments"].as_array().unwrap();
        arguments.iter().map(|argument| json!([argument["name"], argument["required"]])).collect::<Vec<_>>()
    };
    assert_eq!(arguments("explore-instance"), [] as [Value; 0]);
    assert_eq!(arguments("find-user"), [json!(["user", true])]);
    let expected = [json!(["purpose", true]), json!(["application", false]), json!(["tenant", false])];
    assert_eq!(arguments("export-terraform"), expected);
    let second_page = client.request("prompts/list", json!({ "cursor": "x" }));
    assert_eq!(second_page["error"]["code"], -32602);
}

#[test]
fn with_a_tenant_chosen_no_call_names_one() {
    let mut client = Client::connect(&[("FUSIONAUTH_TENANT_ID", "00000001-5eed-4000-8000-000000000002")]);
    for name in ["count-users", "find-user", "migrate-users", "new-application"] {
        let arguments = json!({ "user": "a", "application": "b", "name": "c" });
        let known = get(&mut client, name, json!({}));
        let needed = known["error"]["message"].as_str().unwrap_or_default().split(':').next().unwrap_or_default();
        let arguments = if needed.is_empty() { json!({}) } else { json!({ needed: arguments[needed] }) };
        let prompt = get(&mut client, name, arguments)["result"].clone();
        let text = prompt["messages"][0]["content"]["text"].as_str().unwrap_or_else(|| panic!("{name}: {prompt}"));
        assert!(!text.contains("\"X_FusionAuth_TenantId\""), "{name}: {text}");
    }
}

#[test]
fn a_prompt_holds_its_arguments() {
    for (mode, call) in [("list", "```call retrieveUser\n"), ("search", "```call call_tool\n")] {
        let mut client = Client::connect(&[("TOOL_MODE", mode)]);
        let prompt = get(&mut client, "find-user", json!({ "user": "a \"b\"" }))["result"].clone();
        let [message] = prompt["messages"].as_array().unwrap().as_slice() else { panic!("{prompt}") };
        assert_eq!(message["role"], "user");
        let text = message["content"]["text"].as_str().unwrap();
        assert!(text.starts_with("Find a user.\n\n") && !text.contains("{{") && text.contains(call), "{text}");
        assert!(text.contains("Skip it if \"a \"b\"\" is a UUID."), "{text}");
        assert!(text.contains("\"queryString\":\"a \\\"b\\\"\""), "{text}");
    }
}

#[test]
fn wrong_arguments_are_told() {
    let mut client = Client::connect(&[]);
    for (name, arguments, told) in [
        ("find-users", json!({}), "unknown prompt `find-users`; did you mean `find-user`?"),
        ("find-user", json!({ "usr": "a" }), "usr: unknown argument; did you mean `user`? (find-user takes: user)"),
        ("find-user", json!({}), "user: missing; Email, username"),
        ("find-user", json!({ "user": " " }), "user: missing"),
        ("find-user", json!({ "user": 1 }), "user: expected a text"),
    ] {
        let error = get(&mut client, name, arguments)["error"].clone();
        assert_eq!(error["code"], -32602, "{error}");
        assert!(error["message"].as_str().unwrap().contains(told), "{error}");
    }
    let without_any = client.request("prompts/get", json!({ "name": "find-user" }));
    assert_eq!(without_any["error"]["code"], -32602, "{without_any}");
}

#[test]
fn arguments_are_completed_from_the_instance() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (prompt, argument, typed, expected) in [
        ("count-users", "application", "pi", json!(["Pied Piper", "PiperChat"])),
        ("registration-form", "application", "hot", json!(["Not Hotdog"])),
        ("count-users", "tenant", "", json!(["Aviato", "Hooli", "Pied Piper"])),
        ("find-user", "user", "jian", json!(["jian@piedpiper.example"])),
        ("export-terraform", "purpose", "", json!(["adopt", "clone"])),
        ("new-application", "kind", "m", json!(["mobile", "machine"])),
        ("new-application", "name", "m", json!([])),
        ("find-user", "user", "nobody-of-that-name", json!([])),
    ] {
        assert_eq!(completed(&mut client, prompt, argument, typed), expected, "{prompt} {argument} {typed}");
    }
    for (prompt, argument, told) in
        [("find-user", "usr", "did you mean `user`?"), ("find-users", "user", "did you mean `find-user`?")]
    {
        let error = complete(&mut client, prompt, argument, "")["error"].clone();
        assert_eq!(error["code"], -32602, "{error}");
        assert!(error["message"].as_str().unwrap().contains(told), "{error}");
    }
}

#[test]
fn a_completion_asks_nothing_by_a_tool_that_is_not_offered() {
    let upstream = Recorder::agreeable();
    let connected = |use_tools: &str| {
        Client::connect(&[
            ("API_BASE_URL", &upstream.url()),
            ("API_KEY_APIKEYAUTH", "test-key"),
            ("USE_TOOLS", use_tools),
        ])
    };
    // The guide is offered, and what would complete its arguments is not.
    let mut client = connected("retrieve,exportKickstart");
    for (prompt, argument) in
        [("count-users", "application"), ("count-users", "tenant"), ("export-kickstart", "tenant")]
    {
        assert_eq!(completed(&mut client, prompt, argument, "p"), json!([]), "{prompt} {argument}");
    }
    let mut client = connected("create");
    assert_eq!(names(&listed(&mut client)), [] as [&str; 0]);
    assert_eq!(complete(&mut client, "count-users", "application", "p")["error"]["code"], -32602);
    assert_eq!(upstream.take(), [], "no request was sent");
}

#[test]
fn a_guide_whose_tools_are_not_offered_does_not_exist() {
    for mode in ["list", "search"] {
        for environment in [("USE_TOOLS", "retrieve,search"), ("READ_ONLY", "true")] {
            let mut client = Client::connect(&[("TOOL_MODE", mode), environment]);
            assert_eq!(names(&listed(&mut client)), READING);
            assert_eq!(get(&mut client, "rotate-keys", json!({ "tenant": "a" }))["error"]["code"], -32602);
            for name in ["rotate-keys", "migrate-users-hashes.md", "new-application-machine.md"] {
                let shown = client.call("describe_tool", json!({ "names": [name] }));
                assert!(shown.is_error && shown.text.starts_with("unknown tool"), "{name}: {}", shown.text);
            }
            for name in ["find-user", "debug-login-remedies.md"] {
                let shown = client.call("describe_tool", json!({ "names": [name] }));
                assert!(!shown.is_error, "{name}: {}", shown.text);
            }
        }
    }
    let mut client = Client::connect(&[("TOOL_MODE", "search"), ("USE_TOOLS", "retrieve,search")]);
    let answer = client.call("find_tools", json!({ "query": "set up a custom registration form" }));
    assert!(!answer.is_error && !answer.text.contains("guide registration-form"), "{}", answer.text);
    // The one tool of a guide is enough.
    let mut client = Client::connect(&[("USE_TOOLS", "exportKickstart")]);
    assert_eq!(names(&listed(&mut client)), ["export-kickstart"]);
}

#[test]
fn a_whole_job_is_answered_with_its_guide_first() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("TOOL_MODE", "search")]);
    let answer = client.call("find_tools", json!({ "query": "set up a custom registration form" }));
    let first = answer.text.lines().next().unwrap();
    assert_eq!(first, "guide registration-form: Set up a custom registration form [describe_tool shows it]");
    assert!(answer.text.lines().any(|line| line.starts_with("createForm(")), "{}", answer.text);
    let narrowed = json!({ "query": "set up a custom registration form", "bucket": "create" });
    assert!(!client.call("find_tools", narrowed).text.contains("guide "), "a bucket holds tools");
    let guide = client.call("describe_tool", json!({ "names": ["registration-form"] }));
    assert!(!guide.is_error && guide.text.starts_with("Ask first: which fields"), "{}", guide.text);
    let call = "```call call_tool\n{\"name\":\"createForm\",\"arguments\":{";
    assert!(
        guide.text.contains(call) && guide.text.contains("<application>") && !guide.text.contains("{{"),
        "{}",
        guide.text
    );
    let review = client.call("describe_tool", json!({ "names": ["security-review"] }));
    assert!(review.text.contains("\"security-review-remedies.md\""), "it tells of its parts: {}", review.text);
    let part = client.call("describe_tool", json!({ "names": ["security-review-remedies.md"] }));
    assert!(!part.is_error && part.text.starts_with("# Findings and remedies"), "{}", part.text);
}

#[test]
fn a_prompt_without_an_optional_argument_has_no_hole() {
    let mut client = Client::connect(&[]);
    for name in GUIDES {
        let required: serde_json::Map<_, _> = listed(&mut client)
            .iter()
            .find(|prompt| prompt["name"] == name)
            .and_then(|prompt| prompt["arguments"].as_array())
            .into_iter()
            .flatten()
            .filter(|argument| argument["required"] == true)
            .map(|argument| (argument["name"].as_str().unwrap().to_owned(), json!("adopt")))
            .collect();
        let prompt = get(&mut client, name, Value::Object(required));
        let text = prompt["result"]["messages"][0]["content"]["text"].as_str().unwrap_or_else(|| panic!("{prompt}"));
        for hole in ["{{", "(\"\")", "name \"\"", ":\"\"", "(\"<"] {
            assert!(!text.contains(hole), "{name}: {hole}: {text}");
        }
    }
    let text = |client: &mut Client, arguments| get(client, "export-kickstart", arguments)["result"].to_string();
    assert!(text(&mut client, json!({})).contains("```call exportKickstart\\n{}\\n"));
    let tenant = text(&mut client, json!({ "tenant": "Hooli" }));
    assert!(tenant.contains("`tenant` (\\\"Hooli\\\")") && tenant.contains("Give `application`, or"), "{tenant}");
}

/// The same values, whichever way the guide is asked for.
#[test]
fn a_guide_is_filled_in_all_three_ways() {
    let mut client = Client::connect(&[]);
    let prompt = get(&mut client, "find-user", json!({ "user": "a&b+c@example.com" }))["result"].clone();
    let prompt = prompt["messages"][0]["content"]["text"].as_str().unwrap().to_owned();
    let described = client.call("describe_tool", json!({ "names": ["find-user?user=a%26b+c@example.com"] }));
    assert!(!described.is_error && prompt.ends_with(&format!("\n\n{}\n", described.text)), "{}", described.text);
    let uri = "fusionauth://skills/find-user/SKILL.md?user=a%26b+c@example.com";
    let read = client.request("resources/read", json!({ "uri": uri }));
    let skill = read["result"]["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("{read}"));
    assert!(skill.starts_with("---\nname: find-user\n") && skill.trim_end().ends_with(&described.text), "{skill}");

    let plain = client.call("describe_tool", json!({ "names": ["find-user"] })).text;
    assert!(plain.contains("{\"names\":[\"find-user?user=VALUE\"]}") && plain.contains("`<user>`: Email"), "{plain}");
    for (names, told) in [
        ("find-user?usr=a", "usr: unknown argument; did you mean `user`? (find-user takes: user)"),
        ("find-user?", "user: missing; Email"),
        ("find-users?user=a", "unknown tool `find-users"),
    ] {
        let answer = client.call("describe_tool", json!({ "names": [names] }));
        assert!(answer.is_error && answer.text.contains(told), "{names}: {}", answer.text);
        let uri = format!("fusionauth://skills/{}", names.replace('?', "/SKILL.md?"));
        assert!(client.request("resources/read", json!({ "uri": uri }))["error"].is_object(), "{uri}");
    }
}
