//! Models believe the guides: each tool, argument, property, value and name in them is held against the document, and
//! each filter is run on what the sandbox answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod calls;
mod head;
mod names;
mod prose;
mod samples;
mod sandbox;
mod text;
mod texts;

use fusionauth_mcp::fusionauth::guides::GUIDES;
use gateway::guide::Guide;
use serde_json::Value;

use crate::{
    calls::{body_faults, call_faults, key_faults},
    head::head_faults,
    prose::{own_words, pointer_faults, prose_faults},
    text::parted,
};

/// The most that a text may cost its reader.
const MAX_TOKENS: usize = 900;

/// What a text of a guide is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Main,
    Part,
}

/// What is wrong with a text of a guide.
fn faults(text: &str, guide: &Guide, place: Place) -> Vec<String> {
    let mut faults = Vec::new();
    let tokens = o200k::count(text);
    if tokens > MAX_TOKENS {
        faults.push(format!("{tokens} tokens, more than {MAX_TOKENS}"));
    }
    if place == Place::Part && text.contains("{{") {
        faults.push("{{: a part takes no arguments".to_owned());
    }
    let (prose, blocks) = parted(text);
    for block in &blocks {
        match (block.tool(), block.lines.as_slice()) {
            (Some(tool), [line]) => {
                faults.extend(call_faults(tool, line, guide).into_iter().map(|fault| format!("{tool}: {fault}")));
            }
            (Some(tool), _) => faults.push(format!("{tool}: a call is one line of JSON")),
            (None, lines) if block.info == "json" => match serde_json::from_str::<Value>(&lines.join("\n")) {
                Ok(value) => faults.extend(key_faults(&value)),
                Err(error) => faults.push(format!("a block of JSON: {error}")),
            },
            (None, _) => {}
        }
    }
    faults.extend(prose_faults(&prose, &own_words(guide, &blocks)));
    faults.extend(body_faults(&prose));
    faults.extend(pointer_faults(&prose, guide));
    if place == Place::Main {
        faults.extend(head_faults(text, guide, &blocks));
    }
    faults
}

#[test]
fn every_guide_is_right() {
    let mut wrong = Vec::new();
    for guide in GUIDES {
        let parts = guide.parts.iter().map(|part| (part.name, part.text, Place::Part));
        for (name, text, place) in [(guide.name, guide.text(), Place::Main)].into_iter().chain(parts) {
            // The documents tell what each costs.
            eprintln!("{name} {} tokens", o200k::count(text));
            wrong.extend(faults(text, guide, place).into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn guide(name: &str) -> &'static Guide {
    GUIDES.iter().find(|guide| guide.name == name).unwrap()
}

#[test]
fn a_wrong_guide_is_seen() {
    for (name, right, wrong, told) in [
        ("registration-form", "```call createForm\n", "```call createForms\n", "createForms: there is no such tool"),
        ("registration-form", "\"steps\":[", "\"pages\":[", "requestBody.form.pages: unknown property"),
        ("registration-form", "\"type\":\"collectData\"", "\"kind\":\"collectData\"", "kind: unknown property"),
        ("new-application", "\"ExactMatch\",\"proof", "\"Exact\",\"proof", "URLValidationPolicy: expected one"),
        ("new-application", "\"generateRefreshTokens\":true", "\"generateRefreshTokens\":\"true\"", "it is repaired"),
        ("find-user", "\"limit\":5,", "\"most\":5,", "most: unknown argument"),
        ("find-user", "{\"userId\":\"<userId>\",", "{", "userId: missing"),
        ("find-user", "\"<userId>\"", "\"<personId>\"", "nothing is known to stand for `personId`"),
        ("find-user", "\"limit\":5,", "\"limit\":5,,", "no JSON object"),
        ("export-terraform", "\"cursor\":", "\"next\":", "next: unknown argument"),
        ("export-terraform", "\"{{purpose}}\"}", "\"copy\"}", "purpose: \"copy\" is none of its values"),
        ("compare-environments", "\"a\":\"current\"", "\"a\":\"staging\"", "a: \"staging\" is none of its values"),
        ("explore-instance", "\".status.licensed\"", "\".status.licensed |\"", "expected a term"),
        ("explore-instance", "\".status.licensed\"", "\".status.licensed.id\"", "Cannot index"),
        ("explore-instance", "\".status.licensed\"", "\".status.lisenced\"", "the document has no `lisenced`"),
        ("explore-instance", "{id,name,issuer,", "{id,name,isuer,", "the document has no `isuer`"),
        ("registration-form", "`patchFormFieldWithId`", "`patchFieldWithId`", "`patchFieldWithId`: the document"),
        ("registration-form", "`user.phoneNumber`", "`user.phone_number`", "`phone_number`: the document has no"),
        ("registration-form", "\"type\":\"basic\"", "\"variety\":\"basic\"", "`variety`: the document has no"),
        ("theme-login-page", "`defaultMessages` must", "defaultTexts must", "`defaultTexts`: the document has no"),
        (
            "new-application",
            "\"refreshTokenUsagePolicy\"",
            "\"refreshTokenPolicy\"",
            "`refreshTokenPolicy`: the document",
        ),
        ("lock-users", "{\"userAction\":{\"name\"", "{\"userAction\":{\"title\"", "userAction.title: unknown property"),
        ("migrate-users", "{\"index\":", "{\"indexName\":", "indexName: unknown property"),
        ("find-user", "guide debug-login", "guide debug-logins", "debug-logins: there is no such guide"),
        ("debug-login", "debug-login-remedies.md", "remedies.md", "remedies.md: the guide has no such part"),
        ("debug-login", "debug-login-remedies.md", "the remedies", "remedies.md: the text does not name it"),
        ("find-user", "loginId\":\"{{user}}\"", "loginId\":\"{{email}}\"", "email: an argument that is not used"),
        ("find-user", "```call retrieveUser\n", "```call deleteUserWithId\n", "deleteUserWithId: the text calls it"),
        ("rotate-keys", "```call generateKey\n", "```call generateKeyWithId\n", "generateKey: the text does not"),
    ] {
        let guide = guide(name);
        assert!(guide.text().contains(right), "{name}: no {right}");
        let found = faults(&guide.text().replace(right, wrong), guide, Place::Main);
        assert!(found.iter().any(|fault| fault.contains(told)), "{name}, {wrong}: {found:#?}");
    }
}

#[test]
fn a_wrong_head_a_long_text_and_a_part_with_arguments_are_seen() {
    let found = faults(guide("registration-form").text(), guide("find-user"), Place::Main).join("\n");
    for told in [
        "head: retrieveUserWithId: the text does not name it",
        "head: createForm: the text calls it",
        "head: application: an argument that is not used",
        "head: user: an argument that is not used",
    ] {
        assert!(found.contains(told), "{told}: {found}");
    }
    let long = faults(&guide("find-user").text().repeat(2), guide("find-user"), Place::Main);
    assert!(long.iter().any(|fault| fault.contains("tokens, more than 900")), "{long:?}");
    let part = faults(guide("find-user").text(), guide("find-user"), Place::Part);
    assert!(part.iter().any(|fault| fault.contains("a part takes no arguments")), "{part:?}");
}
