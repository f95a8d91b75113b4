//! Finding, describing and calling tools by three tools, under the same rules as direct calls.

use std::collections::BTreeSet;

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use serde_json::{Value, json};

use fusionauth_sandbox::seed::{PIED_PIPER_APPLICATION_ID, RICHARD_ID};

use crate::support::{
    client::Client,
    recorder::Recorder,
    sandbox::{API_KEY, Sandbox},
};

fn searching(sandbox: &Sandbox, more: &[(&str, &str)]) -> Client {
    sandbox.client_with(&[&[("API_KEY_APIKEYAUTH", API_KEY), ("TOOL_MODE", "search")], more].concat())
}

fn listed(client: &mut Client) -> Vec<String> {
    let list = client.request("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

/// The names found, best first. A tool that does nearly the same stands on the same line.
fn found(client: &mut Client, arguments: Value) -> Vec<String> {
    let answer = client.call("find_tools", arguments);
    assert!(!answer.is_error, "{}", answer.text);
    let tools = answer.text.lines().filter(|line| !line.starts_with("guide "));
    let names = tools.flat_map(|line| {
        let also = line.split_once("; also ").map_or("", |(_, others)| others.split(':').next().unwrap());
        std::iter::once(line.split('(').next().unwrap()).chain(also.split(", ").filter(|name| !name.is_empty()))
    });
    names.map(str::to_owned).collect()
}

#[test]
fn three_tools_lead_to_all_others() {
    let sandbox = Sandbox::start(&[]);
    let mut client = searching(&sandbox, &[]);
    assert_eq!(listed(&mut client), ["call_tool", "describe_tool", "find_tools"]);
    assert!(found(&mut client, json!({ "query": "find a user by email" })).contains(&"retrieveUser".to_owned()));
    let description = client.call("describe_tool", json!({ "names": ["retrieveUser"] }));
    assert!(description.text.contains("  email?: string  // Finds the user by email"), "{}", description.text);
    let call = json!({ "name": "retrieveUser", "arguments": { "email": "richard@piedpiper.example" } });
    let user = client.call("call_tool", call);
    assert!(!user.is_error && user.text.contains(RICHARD_ID), "{}", user.text);
    let as_text = json!({ "name": "retrieveUserWithId", "arguments": json!({ "userId": RICHARD_ID }).to_string() });
    assert!(client.call("call_tool", as_text).text.starts_with("200 OK"));
    assert_eq!(listed(&mut client), ["call_tool", "describe_tool", "find_tools"], "the list never changes");
    // A client that knows a tool by name may call it as well.
    assert!(client.call("retrieveUserWithId", json!({ "userId": RICHARD_ID })).text.starts_with("200 OK"));
}

#[test]
fn words_of_the_field_find_fusionauths() {
    let sandbox = Sandbox::start(&[]);
    let mut client = searching(&sandbox, &[]);
    for (query, tool) in [
        ("list passkeys of a user", "retrieveWebAuthnCredentialsForUserWithId"),
        ("turn off mfa for a user", "deleteUserTwoFactorWithId"),
        ("list all apps", "retrieveApplication"),
        ("add an SSO provider", "createIdentityProvider"),
        ("delete a webhook", "deleteWebhookWithId"),
    ] {
        let names = found(&mut client, json!({ "query": query }));
        assert!(names.iter().any(|name| name == tool), "{query}: {names:?}");
    }
    let narrowed =
        found(&mut client, json!({ "query": "application", "bucket": "delete", "area": "application", "limit": 3 }));
    assert!(narrowed.len() <= 3 && narrowed.iter().all(|name| name.starts_with("delete")), "{narrowed:?}");
}

#[test]
fn what_is_not_offered_cannot_be_reached() {
    let upstream = Recorder::agreeable();
    for more in [("READ_ONLY", "true"), ("USE_TOOLS", "retrieve,search")] {
        let environment =
            [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "key"), ("TOOL_MODE", "search"), more];
        let mut client = Client::connect(&environment);
        let setting = format!("{}={}", more.0, more.1);
        for (query, tool) in [
            ("delete a user", "deleteUserWithId"),
            ("create an application", "createApplication"),
            ("import users in bulk", "importUsers"),
        ] {
            let answer = client.call("find_tools", json!({ "query": query, "limit": 50 })).text;
            let (first, rest) = answer.split_once('\n').unwrap();
            assert!(
                first.starts_with(&format!("Switched off by {setting}: ")) && first.contains(tool),
                "{query}: {first}"
            );
            assert!(!rest.contains("delete") && !rest.contains("changes"), "{query}: {rest}");
        }
        let wanted = client.call("find_tools", json!({ "query": "find a user by email" })).text;
        assert!(!wanted.contains("Switched off"), "{wanted}");
        let user = json!({ "userId": RICHARD_ID });
        let called = client.call("call_tool", json!({ "name": "deleteUserWithId", "arguments": user }));
        assert!(called.is_error && called.text.starts_with("`deleteUserWithId` is switched off"), "{}", called.text);
        let described = client.call("describe_tool", json!({ "names": ["deleteUserWithId"] }));
        assert!(
            described.is_error && described.text.starts_with("`deleteUserWithId` is switched off"),
            "{}",
            described.text
        );
        let direct = client.request("tools/call", json!({ "name": "deleteUserWithId", "arguments": user }));
        assert_eq!(direct["error"]["code"], -32602);
    }
    assert_eq!(upstream.take(), [], "no request was sent");
}

/// A tool that is named exactly is what is wanted, whatever ranks before it.
#[test]
fn a_tool_that_is_named_is_said_to_be_switched_off() {
    for (setting, query, tool) in [
        (("USE_TOOLS", "-deletes"), "deleteUserWithId", "deleteUserWithId"),
        (("USE_TOOLS", "-deletes"), "how do I call deleteUserWithId?", "deleteUserWithId"),
        (("TOOL_AREAS", "user"), "retrieveTenantWithId", "retrieveTenantWithId"),
        (("TOOL_AREAS", "user"), "createTheme", "createTheme"),
        (("READ_ONLY", "true"), "patchTenantWithId", "patchTenantWithId"),
        (("READ_ONLY", "true"), " register ", "register"),
        (("USE_TOOLS", "-exportKickstart"), "exportKickstart", "exportKickstart"),
    ] {
        let mut client = Client::connect(&[("TOOL_MODE", "search"), setting]);
        let answer = client.call("find_tools", json!({ "query": query })).text;
        let expected = format!("Switched off by {}={}: {tool}", setting.0, setting.1);
        assert_eq!(answer.lines().next(), Some(expected.as_str()), "{query}: {answer}");
    }
}

/// Words that are all in the name of a tool that is switched off, and in none of one that is there, are about it.
#[test]
fn a_tool_that_is_said_in_other_words_is_said_to_be_switched_off() {
    for (setting, query, tool) in [
        ("READ_ONLY=true", "verify email", Some("verifyEmailWithId")),
        ("READ_ONLY=true", "verify a user's email", Some("createUserVerifyEmail")),
        ("READ_ONLY=true", "reindex", Some("reindexWithId")),
        ("READ_ONLY=true", "user email", None),
        ("READ_ONLY=true", "find a user by email", None),
        ("READ_ONLY=true", "search users", None),
        ("READ_ONLY=true", "validate a token", None),
        ("TOOL_AREAS=user", "search applications", Some("searchApplicationsWithId")),
        ("TOOL_AREAS=user", "list users", None),
        ("USE_TOOLS=-deletes", "change a role", None),
    ] {
        let (name, value) = setting.split_once('=').unwrap();
        let mut client = Client::connect(&[("TOOL_MODE", "search"), (name, value)]);
        let answer = client.call("find_tools", json!({ "query": query })).text;
        let first = answer.lines().next().unwrap();
        assert_eq!(first.starts_with(&format!("Switched off by {setting}: ")), tool.is_some(), "{query}: {first}");
        assert!(tool.is_none_or(|tool| first.contains(tool)), "{query}: {first}");
    }
}

/// Guides say of a tool that is switched off that it is, and of none that is there.
#[test]
fn guides_say_which_of_their_tools_are_switched_off() {
    for (setting, guide, arguments, off, on) in [
        (
            ("READ_ONLY", "true"),
            "find-user",
            json!({ "user": "a" }),
            "then `patchUserWithId` (switched off).",
            "`retrieveUserActioning`.",
        ),
        (
            ("USE_TOOLS", "-deletes"),
            "new-application",
            json!({ "name": "a" }),
            "Undo, after a yes: `deleteApplicationWithId` (switched off)",
            "```call",
        ),
        (
            ("USE_TOOLS", "-deletes"),
            "registration-form",
            json!({ "application": "a" }),
            "then `deleteFormWithId` (switched off), then `deleteFormFieldWithId` (switched off)",
            "```call",
        ),
    ] {
        for mode in ["list", "search"] {
            let mut client = Client::connect(&[("TOOL_MODE", mode), setting]);
            let prompt = client.request("prompts/get", json!({ "name": guide, "arguments": arguments }));
            let prompt = prompt["result"]["messages"][0]["content"]["text"].as_str().unwrap().to_owned();
            let described = client.call("describe_tool", json!({ "names": [guide] })).text;
            for text in [prompt, described] {
                assert!(text.contains(off) && text.contains(on), "{guide}: {text}");
            }
        }
        let mut client = Client::connect(&[]);
        let described = client.call("describe_tool", json!({ "names": [guide] })).text;
        assert!(!described.contains("switched off"), "{guide}: {described}");
    }
    // The call itself goes.
    let mut client = Client::connect(&[("READ_ONLY", "true"), ("TOOL_MODE", "search")]);
    let part = client.call("describe_tool", json!({ "names": ["debug-login-remedies.md"] })).text;
    assert!(!part.contains("```call"), "{part}");
    assert!(part.contains("Not here: `cancelActionWithId` is switched off by READ_ONLY=true."), "{part}");
}

#[test]
fn each_tool_is_said_to_be_switched_off_by_its_own_settings() {
    let mut client =
        Client::connect(&[("TOOL_MODE", "search"), ("USE_TOOLS", "-deleteUserWithId"), ("TOOL_AREAS", "user,group")]);
    let mut first_line = |query: &str| {
        let answer = client.call("find_tools", json!({ "query": query })).text;
        answer.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first_line("delete a user"), "Switched off by USE_TOOLS=-deleteUserWithId: deleteUserWithId");
    let by_area = first_line("delete an application");
    assert!(by_area.starts_with("Switched off by TOOL_AREAS=user,group: deleteApplicationWithId"), "{by_area}");
    assert!(!by_area.contains("deleteUserWithId"), "{by_area}");
}

#[test]
fn nothing_speaks_of_tools_that_are_switched_off() {
    for mode in ["list", "search"] {
        let mut client = Client::connect(&[("USE_TOOLS", "read-only,-retrieveUser"), ("TOOL_MODE", mode)]);
        let offered: Vec<_> = DOCUMENT.operations.iter().filter(|operation| operation.effect.read_only).collect();
        let missing: BTreeSet<_> = DOCUMENT
            .operations
            .iter()
            .filter(|operation| !operation.effect.read_only || operation.name == "retrieveUser")
            .map(|operation| operation.name)
            .collect();
        let assert_none_in = |text: &str, place: &str| {
            let mut words = text.split(|character: char| !character.is_ascii_alphanumeric());
            let word = words.find(|word| missing.contains(word));
            // An export is a tool of its own, and `login`, `register` and the like are words too.
            let word = word.filter(|word| word.chars().any(|character| character.is_ascii_uppercase()));
            assert_eq!(word, None, "{place}: {text}");
        };
        for names in offered.chunks(10) {
            let names: Vec<_> =
                names.iter().map(|operation| operation.name).filter(|name| *name != "retrieveUser").collect();
            let answer = client.call("describe_tool", json!({ "names": names }));
            assert!(!answer.is_error, "{}", answer.text);
            assert_none_in(&answer.text, "describe_tool");
        }
        assert_none_in(&client.request("tools/list", json!({}))["result"].to_string(), "the list");
    }
}

#[test]
fn instructions_say_what_is_switched_off() {
    let instructions = |environment: &[(&str, &str)]| {
        let result = Client::start(environment).initialize("2025-11-25");
        result["instructions"].as_str().unwrap().to_owned()
    };
    let reading = instructions(&[("USE_TOOLS", "retrieve,search")]);
    assert!(
        reading.contains("This server only reads; everything else is switched off by USE_TOOLS=retrieve,search."),
        "{reading}"
    );
    for word in ["delete", "create", "patch", "update"] {
        assert!(!reading.to_lowercase().contains(word), "{word}: {reading}");
    }
    let both = instructions(&[("READ_ONLY", "true"), ("TOOL_AREAS", "user")]);
    assert!(both.contains("switched off by TOOL_AREAS=user and READ_ONLY=true."), "{both}");
    let some = instructions(&[("USE_TOOLS", "-deletes")]);
    assert!(
        some.contains("Other tools are switched off by USE_TOOLS=-deletes.") && some.contains("`patch…`"),
        "{some}"
    );
    // No convention is about what is not there.
    assert!(some.contains("Patch, and leave secrets out.") && !some.contains("deleting"), "{some}");
    let creating = instructions(&[("USE_TOOLS", "retrieve,create")]);
    assert!(creating.contains("Read an object before") && !creating.to_lowercase().contains("patch"), "{creating}");
    let deleting = instructions(&[("USE_TOOLS", "retrieve,delete")]);
    assert!(deleting.contains("Ask the person before deleting.") && !deleting.contains("Patch"), "{deleting}");
    let all = instructions(&[]);
    assert!(
        !all.contains("switched off") && all.contains("`delete…`") && all.contains("X_FusionAuth_TenantId"),
        "{all}"
    );
    let bound = instructions(&[("FUSIONAUTH_TENANT_ID", RICHARD_ID)]);
    assert!(!bound.contains("X_FusionAuth_TenantId"), "{bound}");
}

#[test]
fn wrong_use_is_told() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    for (tool, arguments, expected) in [
        ("find_tools", json!({}), "query: missing"),
        ("find_tools", json!({ "words": "a" }), "words: unknown argument"),
        ("find_tools", json!({ "query": "a", "bucket": "remove" }), "bucket: no offered tool is in `remove`"),
        ("find_tools", json!({ "query": "a", "area": "usr" }), "did you mean `user`? (areas: "),
        ("find_tools", json!({ "query": "a ".repeat(501) }), "at most 1000 bytes"),
        (
            "describe_tool",
            json!({ "names": (0..21).map(|n| n.to_string()).collect::<Vec<_>>() }),
            "at most 20 at a time, got 21",
        ),
        ("describe_tool", json!({ "types": ["Tennant"] }), "there is no type `Tennant`; did you mean `Tenant`?"),
        ("describe_tool", json!({ "names": ["x".repeat(1_000_000)] }), "xxx…xxx"),
        ("describe_tool", json!({}), "names: missing"),
        ("describe_tool", json!({ "names": ["retreiveUser"] }), "did you mean `retrieveUser`?"),
        ("call_tool", json!({}), "name: missing"),
        ("call_tool", json!({ "name": "retrieveUser", "arguments": [1] }), "arguments: expected an object"),
        ("call_tool", json!({ "name": "retrieveUserWithId" }), "userId: missing"),
    ] {
        let answer = client.call(tool, arguments);
        assert!(answer.is_error && answer.text.contains(expected), "{tool}: {}", answer.text);
    }
}

#[test]
fn compact_schemas_name_and_full_ones_tell() {
    let schema = |environment: &[(&str, &str)]| {
        let list = Client::connect(environment).request("tools/list", json!({}));
        let tools = list["result"]["tools"].as_array().unwrap().clone();
        let tool = tools.into_iter().find(|tool| tool["name"] == "createGroup").unwrap();
        tool["inputSchema"]["properties"]["requestBody"].clone()
    };
    let compact = schema(&[]);
    let open = json!({ "properties": {} });
    let group = json!({ "type": "object", "description": "name roles", "additionalProperties": open });
    assert_eq!(compact["properties"]["group"], group, "{compact}");
    assert_eq!(compact["required"], json!(["group"]));
    let full = schema(&[("TOOL_SCHEMAS", "full")]);
    assert_eq!(full["properties"]["group"]["properties"]["name"]["type"], "string", "{full}");
}

#[test]
fn a_question_is_answered_in_search_mode() {
    let sandbox = Sandbox::start(&[]);
    let mut client = searching(&sandbox, &[("READ_ONLY", "true")]);
    assert!(
        found(&mut client, json!({ "query": "PKCE of an application" }))
            .contains(&"retrieveApplicationWithId".to_owned())
    );
    let call =
        json!({ "name": "retrieveApplicationWithId", "arguments": { "applicationId": PIED_PIPER_APPLICATION_ID } });
    let answer = client.call("call_tool", call);
    assert!(answer.text.contains("\"proofKeyForCodeExchangePolicy\":\"Required\""), "{}", answer.text);
}

#[test]
fn what_holds_without_a_property_is_described() {
    let mut client = Client::connect(&[]);
    let text = |client: &mut Client, types: &str| client.call("describe_tool", json!({ "types": [types] })).text;
    for (schema, expected) in [
        ("JWTConfiguration", "Default 3600, one hour, in a tenant; null in an application: the tenant's."),
        ("User", "Locks by user actions (retrieveUserActioning) and expiry do not show here."),
        ("OAuth2Configuration", "Default NotRequired."),
        ("WebhookSignatureConfiguration", "default false"),
    ] {
        let described = text(&mut client, schema);
        assert!(described.contains(expected), "{schema}: {described}");
    }
}
