//! What an answer is: filtered where the model asks for less, cut where it is too long, structured where that is wanted.

use std::sync::{Arc, Mutex};

use fusionauth_sandbox::seed::PIED_PIPER_APPLICATION_ID;
use serde_json::{Value, json};

use crate::{
    every_operation,
    support::{
        USER_ID,
        client::Client,
        document::{Document, Size},
        recorder::{Recorder, Reply},
        sandbox::{API_KEY, Sandbox},
    },
};

fn connected(upstream: &Recorder, more: &[(&str, &str)]) -> Client {
    Client::connect(&[&[("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "key")], more].concat())
}

#[test]
fn a_filter_makes_the_answer() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let filter = |filter: &str| json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "jq": filter });
    let answer = client.call("retrieveApplicationWithId", filter(".application | {name}, (.roles | length)"));
    assert_eq!(answer.text, "200 OK\n{\"name\":\"Pied Piper\"}\n3");
    let nothing = client.call("retrieveApplicationWithId", filter("empty"));
    let expected = "200 OK; the jq filter has no results (the answer itself has 1 object: `application`)";
    assert_eq!((&*nothing.text, nothing.is_error), (expected, false));
}

#[test]
fn a_filter_sees_no_secret_and_no_environment() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("FILTER_SEES", "canary")]);
    let all = client.call("retrieveApplication", json!({ "jq": "[.. | strings] | join(\" \")" }));
    assert!(!all.is_error && !all.text.contains("canary"), "{}", all.text);
    for secret in fusionauth_sandbox::seed::SECRETS {
        assert!(!all.text.contains(secret));
    }
}

#[test]
fn a_wrong_filter_says_where() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (filter, expected) in [
        (".applications[", "expected a term at character 15, the end"),
        (".applications | lenght", "did you mean `length`? (at character 17: `lenght`)"),
        (".applications.name", "`.applications.name`: Cannot index array with string \"name\""),
        (".applications | map(.name | tonumber)", "`tonumber`: Invalid numeric literal"),
        ("error(\"no\")", "`error(\"no\")`: no"),
        ("import \"x\" as x; .", "there are no modules"),
        ("include \"x\"; .", "there are no modules"),
        ("[., input]", "the answer is the only input"),
        ("inputs", "the answer is the only input"),
        ("env.FILTER_SEES", "a filter sees no environment"),
        ("$ENV | keys", "a filter sees no environment"),
        ("halt_error(1)", "`error(message)` fails with a message"),
    ] {
        let answer = client.call("retrieveApplication", json!({ "jq": filter }));
        let start = "200 OK, but the jq filter failed: ";
        assert!(answer.is_error && answer.text.starts_with(start), "{filter}: {}", answer.text);
        assert!(answer.text.contains(expected), "{filter}: {}", answer.text);
    }
    let long = client.call("retrieveApplication", json!({ "jq": ".applications.name" }));
    assert!(
        long.text.len() < 600 && long.text.ends_with("with string \"name\"."),
        "the value is not repeated: {}",
        long.text
    );
    let answer = client.call("retrieveApplication", json!({ "jq": "x".repeat(10_001) }));
    assert!(answer.is_error && answer.text.contains("at most 10000 are allowed"), "{}", answer.text);
    let answer = client.call("retrieveApplication", json!({ "jq": 7 }));
    assert!(answer.text.contains("jq: expected a jq filter as a string"), "{}", answer.text);
}

#[test]
fn a_filter_that_does_not_end_is_ended() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (filter, expected) in [
        ("def f: f; f", "took longer than 500 ms"),
        ("[repeat(1)]", "took"),
        ("[limit(1e12; repeat(\"x\"))] | length", "took"),
        ("\"x\" * 10000000000000", "Repeat string result too long"),
        ("[limit(1e12; repeat(\"x\" * 60000000 | . + \"y\"))] | length", "took"),
        ("def f: 1 + f; f", "its recursion was too deep"),
        ("reduce range(1e9) as $i (null; [.])", "took"),
        ("repeat(\"x\" * 100000)", "larger than 8 MiB"),
    ] {
        let answer = client.call("retrieveApplication", json!({ "jq": filter }));
        assert!(answer.is_error && answer.text.contains(expected), "{filter}: {}", answer.text);
    }
    assert!(!client.call("retrieveApplication", json!({})).is_error, "the server goes on");
}

#[test]
fn what_a_filter_made_before_it_failed_is_kept() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (filter, results) in [
        ("(.applications | length > 1), .applications.name", "true"),
        ("1, 2, (.applications | . + \"x\")", "1\n2"),
        ("range(3), (def f: 1 + f; f)", "0\n1\n2"),
    ] {
        let answer = client.call("retrieveApplication", json!({ "jq": filter }));
        let (headline, body) = answer.text.split_once('\n').unwrap_or_else(|| panic!("{filter}: {}", answer.text));
        assert!(answer.is_error && headline.ends_with("What it made before:"), "{filter}: {headline}");
        assert_eq!(body, results, "{filter}");
    }
}

/// One worker evaluates them all: nothing of one is seen by the next, also after one that failed or was ended.
#[test]
fn filters_follow_each_other_in_one_process() {
    let upstream = Recorder::start(|_| Reply::json(200, r#"{"applications":[{"name":"a"},{"name":"b"}]}"#));
    let mut client = connected(&upstream, &[]);
    for _ in 0..3 {
        for (filter, expected) in [
            ("def f: 7; .applications[0].name as $x | f", "200 OK\n7"),
            ("[f?]", "unknown function `f`"),
            ("$x", "unknown variable `$x`"),
            (".applications[].name", "200 OK\n\"a\"\n\"b\""),
            (".applications | error", "the jq filter failed"),
            ("[range(300000)] | length", "200 OK\n300000"),
            ("def f: f; f", "took longer than"),
            (".applications | length", "200 OK\n2"),
        ] {
            let answer = client.call("retrieveApplication", json!({ "jq": filter }));
            assert!(answer.text.contains(expected), "{filter}: {}", answer.text);
        }
    }
}

#[test]
fn a_long_answer_is_filtered() {
    let words = "word ".repeat(200);
    let users: Vec<_> = (0..15_500).map(|index| json!({ "id": index, "data": { "about": words } })).collect();
    let body = json!({ "total": 15_500, "users": users }).to_string();
    assert!(body.len() > 15 << 20, "{}", body.len());
    let upstream = Recorder::start(move |_| Reply::json(200, &body));
    let mut client = connected(&upstream, &[]);
    for (filter, expected) in [(".total", "15500"), (".users | length", "15500"), ("[.users[].id] | add", "120117250")]
    {
        let answer = client.call("retrieveUser", json!({ "jq": filter }));
        assert_eq!(answer.text, format!("200 OK\n{expected}"), "{filter}");
    }
}

#[test]
fn a_property_that_the_document_does_not_have_is_named() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (filter, name, nearest) in [
        (
            ".applications[] | {name, pkce: .oauthConfiguration.pkcePolicy}",
            "pkcePolicy",
            "proofKeyForCodeExchangePolicy",
        ),
        (".applications | map(select(.nmae == \"x\")) | length", "nmae", "name"),
        ("[.applications[] | .clientId]", "clientId", ".oauthConfiguration.clientId"),
        // Below what the answer does not have this time.
        (".application.nmae", "nmae", "name"),
        (".applicationss[0]?.name", "applicationss", "applications"),
        (".applications[] | pick(.id, .tenant)", "tenant", "tenantId"),
    ] {
        let answer = client.call("retrieveApplication", json!({ "jq": filter }));
        let headline = answer.text.lines().next().unwrap();
        let note = "200 OK; always null, since the document has no such property there: ";
        assert!(!answer.is_error && headline.starts_with(note), "{filter}: {headline}");
        assert!(headline.ends_with(&format!("`{name}` (did you mean `{nearest}`?)")), "{filter}: {headline}");
    }
    // What the document has, what is free-form, what the filter made, and what was found after all.
    for filter in [
        ".applications[] | {name, url: .oauthConfiguration.logoutURL}",
        ".applications[].data.anything",
        ".applications | map({n: .name}) | .[0].m",
        "del(.nothing) | .applications | length",
    ] {
        let answer = client.call("retrieveApplication", json!({ "jq": filter }));
        assert!(answer.text.starts_with("200 OK\n"), "{filter}: {}", answer.text);
    }
}

/// For every tool that reads, every property of its answer and of the objects in it, and a slip in each.
#[test]
fn every_property_of_every_answer_is_known_and_no_slip_is() {
    let document = Document::load();
    let reply = Arc::new(Mutex::new(String::new()));
    let next = Arc::clone(&reply);
    let upstream = Recorder::start(move |_| Reply::json(200, &next.lock().unwrap()));
    let mut client = connected(&upstream, &[("BEARER_TOKEN_BEARERAUTH", "the.jwt")]);
    let note = "always null, since the document has no such property there: ";
    let (mut tools, mut properties) = (0, 0);
    for operation in document.operations().iter().filter(|operation| operation.is_read_only) {
        let Some(answer) = &operation.answer else { continue };
        let arguments = every_operation::arguments(&document, operation, Size::Small);
        *reply.lock().unwrap() = document.sample(answer, Size::Full).to_string();
        let mut paths = Vec::new();
        for (name, schema) in document.properties(answer) {
            let item = schema.get("items");
            let step = if item.is_some() { format!(".{name}[]?.") } else { format!(".{name}.") };
            let inner = document.properties(item.unwrap_or(&schema));
            paths.extend(inner.into_iter().map(|(inner, _)| (step.clone(), inner)));
            paths.push((".".to_owned(), name));
        }
        if paths.is_empty() {
            continue;
        }
        tools += 1;
        properties += paths.len();
        let filter = |(step, name): &(String, String), slip: &str| format!("({step}\"{name}{slip}\")?");
        let all: Vec<_> = paths.iter().map(|path| filter(path, "")).collect();
        for (filters, is_slip) in
            [(vec![all.join(",")], false), (paths.iter().map(|path| filter(path, "Qq")).collect(), true)]
        {
            for filter in filters {
                let mut arguments = arguments.clone();
                arguments.insert("jq".to_owned(), json!(filter));
                let answer = client.call(&operation.name, Value::Object(arguments));
                let headline = answer.text.lines().next().unwrap_or_default();
                assert!(
                    !answer.is_error && headline.contains(note) == is_slip,
                    "{} {filter}: {headline}",
                    operation.name
                );
            }
        }
    }
    assert!(tools > 90 && properties > 1_000, "{tools} tools, {properties} properties");
}

#[test]
fn a_filter_that_matches_nothing_and_an_empty_list_are_told_apart() {
    let upstream = Recorder::start(|request| {
        Reply::json(
            200,
            if request.target.starts_with("/api/group") {
                r#"{"groups":[]}"#
            } else {
                r#"{"applications":[{"name":"a"},{"name":"b"}]}"#
            },
        )
    });
    let mut client = connected(&upstream, &[]);
    for (tool, filter, expected) in [
        ("retrieveApplication", ".applications[] | select(.name == \"c\")", "2 objects in `applications`"),
        ("retrieveGroups", ".groups[] | select(.name == \"c\")", "0 objects in `groups`"),
        ("retrieveApplication", "empty", "2 objects in `applications`"),
    ] {
        let answer = client.call(tool, json!({ "jq": filter }));
        assert_eq!(
            answer.text,
            format!("200 OK; the jq filter has no results (the answer itself has {expected})"),
            "{tool} {filter}"
        );
    }
}

#[test]
fn half_of_a_surrogate_pair_becomes_a_replacement_character() {
    let body = r#"{"applications":[{"name":"a\ud83d"},{"name":"\ude00b"},{"name":"\ud83d\ud83d\ude00","\ud800":1}]}"#;
    let upstream = Recorder::start(move |_| Reply::json(200, body));
    let mut client = connected(&upstream, &[]);
    let whole = client.call("retrieveApplication", json!({}));
    assert!(!whole.is_error && whole.text.matches('\u{fffd}').count() == 4, "{}", whole.text);
    let filtered = client.call("retrieveApplication", json!({ "jq": ".applications[].name" }));
    assert_eq!(filtered.text, "200 OK\n\"a\u{fffd}\"\n\"\u{fffd}b\"\n\"\u{fffd}\u{1f600}\"");
    let keys = client.call("retrieveApplication", json!({ "jq": "[.applications[2] | keys[] | length]" }));
    assert_eq!(keys.text, "200 OK\n[4,1]");
}

#[test]
fn a_change_that_answers_nothing_takes_no_filter() {
    let upstream = Recorder::agreeable();
    let mut client = connected(&upstream, &[]);
    let user = json!({ "userId": PIED_PIPER_APPLICATION_ID, "jq": "." });
    let answer = client.call("deleteUserWithId", user.clone());
    assert!(answer.is_error && answer.text.contains("jq: unknown argument"), "{}", answer.text);
    assert_eq!(upstream.take(), [], "no request was sent");
    assert!(!client.call("retrieveUserWithId", user).is_error);
}

#[test]
fn a_failure_and_what_is_not_json_stay_as_they_are() {
    let upstream = Recorder::start(|request| {
        if request.target.starts_with("/api/status") {
            Reply::Response { status: 200, headers: Vec::new(), body: b"fine".to_vec() }
        } else {
            Reply::json(400, r#"{"generalErrors":[{"code":"[bad]","message":"Bad."}]}"#)
        }
    });
    let mut client = connected(&upstream, &[]);
    let failed = client.call("retrieveApplication", json!({ "jq": ".applications[]" }));
    assert_eq!((&*failed.text, failed.is_error), ("400: Bad. [bad]", true));
    let text = client.call("retrieveStatus", json!({ "jq": "." }));
    assert_eq!(text.text, "200 OK; jq was not applied, since the body is not JSON\nfine");
}

/// Five megabytes of users.
fn many_users() -> String {
    let user = |index: usize| {
        json!({
            "id": format!("00000000-0000-4000-8000-{index:012}"), "email": format!("user-{index}@example.com"),
            "data": { "about": "words and more words ".repeat(50) }, "memberships": [{ "groupId": index }],
        })
    };
    json!({ "total": 5_000, "users": (0..5_000).map(user).collect::<Vec<_>>() }).to_string()
}

#[test]
fn a_long_answer_is_cut_and_says_so() {
    let body = many_users();
    assert!(body.len() > 5_000_000);
    let upstream = Recorder::start(move |_| Reply::json(200, &body));
    for (limit, most) in [("", 20_000), ("3000", 3_000)] {
        let mut client = connected(&upstream, &[("MAX_ANSWER_TOKENS", limit), ("MAX_WHOLE_OBJECTS", "5000")]);
        let answer = client.call("retrieveUser", json!({}));
        let tokens = o200k::count(&answer.text);
        assert!(!answer.is_error && tokens <= most && tokens > most / 2, "{tokens} of {most}");
        let (headline, body) = answer.text.split_once('\n').unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        let shown = body["users"].as_array().unwrap();
        assert_eq!(shown[1]["email"], "user-1@example.com");
        assert!(headline.starts_with("200 OK; cut to "), "{headline}");
        assert!(headline.contains(&format!("users: {} of 5,000 shown", shown.len())), "{headline}");
        assert!(headline.contains("Ask for less: a jq filter"), "{headline}");
        let asked = client.call("retrieveUser", json!({ "jq": ".users[4999].email" }));
        assert_eq!(asked.text, "200 OK\n\"user-4999@example.com\"");
    }
}

#[test]
fn long_text_and_long_errors_are_cut_too() {
    let upstream = Recorder::start(|request| {
        let page = "<html>words and words</html> ".repeat(50_000).into_bytes();
        let message = "much is wrong ".repeat(50_000);
        if request.target.starts_with("/api/user") {
            Reply::Response { status: 502, headers: vec![("Content-Type", "text/html".to_owned())], body: page }
        } else {
            Reply::json(400, &json!({ "generalErrors": [{ "message": message }] }).to_string())
        }
    });
    let mut client = connected(&upstream, &[("MAX_ANSWER_TOKENS", "2000")]);
    for tool in ["retrieveUser", "retrieveApplication"] {
        let answer = client.call(tool, json!({}));
        assert!(answer.is_error && o200k::count(&answer.text) <= 2_000, "{tool}: {}", answer.text.len());
        assert!(answer.text.contains("characters shown"), "{tool}: {}", &answer.text[..300]);
    }
}

#[test]
fn one_long_run_of_characters_is_cut_too() {
    for run in ["a", "=", " ", "acegikm"] {
        let body = json!({ "users": [], "text": run.repeat(3_000_000 / run.len()) }).to_string();
        let upstream = Recorder::start(move |_| Reply::json(200, &body));
        let answer = connected(&upstream, &[]).call("retrieveUser", json!({}));
        let (headline, body) = answer.text.split_once('\n').unwrap();
        assert!(headline.contains("1 long text cut short"), "{run:?}: {headline}");
        assert!(serde_json::from_str::<Value>(body).unwrap()["text"].as_str().unwrap().starts_with(run));
    }
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let upstream = Recorder::start(|_| Reply::json(200, "\u{feff}{\"users\":[]}"));
    assert_eq!(connected(&upstream, &[]).call("retrieveUser", json!({})).text, "200 OK\n{\"users\":[]}");
}

#[test]
fn filters_wait_for_their_turn() {
    let body = many_users();
    let upstream = Recorder::start(move |_| Reply::json(200, &body));
    let mut client = connected(&upstream, &[]);
    let calls: Vec<_> =
        (0..12).map(|_| client.begin_call("retrieveUser", json!({ "jq": ".users | length" }))).collect();
    for call in calls {
        assert_eq!(client.finish(call)["result"]["content"][0]["text"], "200 OK\n5000");
    }
}

#[test]
fn structured_answers_fit_their_schema() {
    let sandbox = Sandbox::start(&[]);
    let mut plain = sandbox.client();
    let list = plain.request("tools/list", json!({}));
    assert!(list["result"]["tools"].as_array().unwrap().iter().all(|tool| tool.get("outputSchema").is_none()));
    let mut failed = 0;
    for detail in ["compact", "full"] {
        let environment = [("API_KEY_APIKEYAUTH", API_KEY), ("STRUCTURED_OUTPUT", "true"), ("TOOL_SCHEMAS", detail)];
        let mut client = sandbox.client_with(&environment);
        let list = client.request("tools/list", json!({}));
        let tools = list["result"]["tools"].as_array().unwrap();
        assert!(tools.iter().filter(|tool| tool.get("outputSchema").is_some()).count() > 200);
        for (tool, arguments) in [
            ("retrieveApplication", json!({})),
            ("retrieveTenants", json!({})),
            ("retrieveKeysWithId", json!({})),
            ("searchIdentityProvidersWithId", json!({})),
            ("retrieveApplication", json!({ "jq": ".applications[].name" })),
            ("retrieveReindexStatus", json!({ "jq": "." })),
            // A schema says what a success is. MCP asks for structured content of successes only, so an error has none.
            ("retrieveUserWithId", json!({ "userId": USER_ID })),
            ("retrieveUserWithId", json!({ "userId": "me" })),
            ("retrieveApplication", json!({ "jq": ".applications[" })),
            ("createGroup", json!({ "requestBody": { "group": { "name": "G" } }, "X_FusionAuth_TenantId": USER_ID })),
        ] {
            let result =
                client.request("tools/call", json!({ "name": tool, "arguments": arguments }))["result"].clone();
            let structured = &result["structuredContent"];
            if result["isError"] == true {
                failed += 1;
                assert!(structured.is_null() && result.get("structuredContent").is_none(), "{tool}: {result}");
                assert!(!result["content"][0]["text"].as_str().unwrap().is_empty(), "{tool}: {result}");
                continue;
            }
            assert!(structured.is_object(), "{tool}: {result}");
            let schema = &tools.iter().find(|listed| listed["name"] == tool).unwrap()["outputSchema"];
            if !schema.is_null() {
                assert_eq!(schema["type"], "object");
                assert!(jsonschema::is_valid(schema, structured), "{tool}: {structured}");
            }
            if arguments["jq"] == ".applications[].name" {
                assert_eq!(structured["results"].as_array().unwrap().len(), 9);
            }
        }
    }
    assert!(failed >= 8, "{failed} of the answers were errors");
}
