//! What people say finds the tool, the property to set, and the news that there is no such thing.

use serde_json::json;

use crate::support::client::Client;

fn answer(client: &mut Client, query: &str) -> String {
    let answer = client.call("find_tools", json!({ "query": query }));
    assert!(!answer.is_error, "{query}: {}", answer.text);
    answer.text
}

#[test]
fn a_setting_is_answered_with_its_property() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    for (query, tool, property) in [
        ("which mail host is used to send", "patchTenantWithId", "tenant.emailConfiguration.host"),
        ("make passwords longer", "patchTenantWithId", "tenant.passwordValidationRules.minLength"),
        (
            "allowed redirect urls of an app",
            "patchApplicationWithId",
            "application.oauthConfiguration.authorizedRedirectURLs",
        ),
    ] {
        let text = answer(&mut client, query);
        let line = text.lines().find(|line| line.starts_with(&format!("{tool}(")));
        assert!(line.is_some_and(|line| line.contains(property)), "{query}: {text}");
    }
}

#[test]
fn what_is_not_there_is_said_with_what_there_is_instead() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    for (query, says, instead) in [
        ("list every api key", "There is no list or search of API keys", "retrieveAPIKeyWithId("),
        ("which accounts are locked", "There is no search for locked users", "retrieveUserActioning("),
        ("combine duplicate accounts", "No tool merges users", "createUserLinkWithId("),
    ] {
        let text = answer(&mut client, query);
        assert!(text.contains(says) && text.lines().any(|line| line.starts_with(instead)), "{query}: {text}");
    }
    let text = answer(&mut client, "create an application");
    assert!(!text.contains("There is no") && !text.contains("No tool"), "{text}");
}

#[test]
fn slips_forms_and_capitals_are_understood() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    for (query, tool) in [
        ("crete a webhok", "createWebhook("),
        ("DELETING GROUPS", "deleteGroupWithId("),
        ("MAU", "retrieveMonthlyActiveReportWithId("),
        ("applicatoin roles add", "createApplicationRole("),
    ] {
        let text = answer(&mut client, query);
        assert!(text.lines().take(3).any(|line| line.starts_with(tool)), "{query}: {text}");
    }
}

#[test]
fn a_tool_and_its_twin_take_one_line() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    let text = answer(&mut client, "create a group");
    assert!(
        text.starts_with("createGroup(") && text.lines().next().unwrap().contains("; also createGroupWithId"),
        "{text}"
    );
    assert!(!text.lines().any(|line| line.starts_with("createGroupWithId(")), "{text}");
    let with_id = answer(&mut client, "create a group with the id 5f0d7a3e-93a1-4d1c-8a6e-0d3c0a8a4f11");
    assert!(with_id.starts_with("createGroupWithId("), "{with_id}");
}

#[test]
fn phrases_are_never_shown() {
    let mut client = Client::connect(&[]);
    let list = client.request("tools/list", json!({}))["result"].to_string();
    let described = client.call("describe_tool", json!({ "names": ["createUser"] })).text;
    for text in [list, described] {
        assert!(!text.contains("sign somebody up") && !text.contains("wishes"), "{text}");
    }
}

#[test]
fn a_question_is_never_answered_with_nothing() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    for query in ["?", "xyzzy", "how do I", "的", "a b c"] {
        let text = answer(&mut client, query);
        assert!(!text.is_empty(), "{query}");
    }
}

#[test]
fn no_tool_is_named_beside_itself() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    for query in ["password rules by tenant", "password rules", "create a user", "replace an application"] {
        for line in answer(&mut client, query).lines() {
            let name = line.split('(').next().unwrap();
            let beside = line.split("; also ").nth(1).unwrap_or_default().split(':').next().unwrap();
            assert!(beside.split(", ").all(|other| other != name), "{query}: {line}");
        }
    }
}

/// A word such as "when" asks at the start only, and a part of a phrase means nothing by itself.
#[test]
fn words_mean_what_they_mean_where_they_stand() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    for (query, tool) in [
        ("webhook when a user email address is changed, for one tenant", "patchWebhookWithId("),
        ("search users by last name", "searchUsersByQueryWithId("),
    ] {
        let text = answer(&mut client, query);
        assert!(text.lines().take(3).any(|line| line.starts_with(tool)), "{query}: {text}");
    }
}
