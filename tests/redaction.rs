//! What never reaches the model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use fusionauth_mcp::fusionauth::{dialect::DIALECT, tools::DOCUMENT};
use fusionauth_sandbox::{
    exchange::{Method, Request},
    installation::API_KEY,
    instance::Instance,
    seed::SECRETS,
};
use gateway::redact::{NameRule, Options, REDACTED, Redactor};

fn redactor(is_revealing: bool) -> Redactor {
    let own = vec!["our-own-api-key".to_owned().into()];
    Redactor::new(&DOCUMENT, Options { reveal: is_revealing, own, ..Options::default() })
}

fn redact(tool: &str, json: &str) -> String {
    let schema = DOCUMENT.operation(tool).unwrap().answer.as_ref();
    redactor(false).redact_json(schema, NameRule::Always, json).unwrap().replace(REDACTED, "***")
}

#[test]
fn json_without_secrets_stays_but_for_white_space() {
    let json = "{ \"a b\" : [ 1 , 2.50, 12345678901234567890, -1e400 ],\n\t\"c\": \"d \\\" e \\\\\" , \"c\": null, \"\\u00e9\": \"\\/\" }";
    let expected =
        "{\"a b\":[1,2.50,12345678901234567890,-1e400],\"c\":\"d \\\" e \\\\\",\"c\":null,\"\\u00e9\":\"\\/\"}";
    assert_eq!(redact("retrieveUserWithId", json), expected);
    assert_eq!(redact("retrieveUserWithId", " 7 "), "7");
}

#[test]
fn any_nesting_is_walked() {
    let json = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(redact("retrieveUserWithId", &json), json);
}

#[test]
fn marked_properties_are_replaced_where_they_stand_and_by_name() {
    let application = r#"{"application":{"name":"a","oauthConfiguration":{"clientId":"b","clientSecret":"s"}}}"#;
    let expected = r#"{"application":{"name":"a","oauthConfiguration":{"clientId":"b","clientSecret":"***"}}}"#;
    assert_eq!(redact("retrieveApplicationWithId", application), expected);
    let elsewhere = r#"{"unknown":{"clientSecret":"s","clientSecretHint":"h"}}"#;
    assert_eq!(redact("retrieveUserWithId", elsewhere), r#"{"unknown":{"clientSecret":"***","clientSecretHint":"h"}}"#);
}

#[test]
fn what_has_the_shape_of_a_secret_is_replaced_in_free_text() {
    let text = |text: &str| redactor(false).redact_text(text).replace(REDACTED, "***");
    assert_eq!(text("a our-own-api-key b our-own-api-key"), "a *** b ***");
    let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
    assert_eq!(text(&format!("x {key} y {key}")), "x *** y ***");
    assert_eq!(text("-----BEGIN PRIVATE KEY-----\ncut short"), "***");
    assert_eq!(
        text("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"),
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"
    );
    assert_eq!(text("sent with Bearer 0123456789abcdefghij."), "sent with Bearer ***");
    assert_eq!(text("Authorization: Bearer 0123456789abcdefghij."), "Authorization: ***");
    assert_eq!(text("Bearer of good news"), "Bearer of good news");
    assert_eq!(text("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!"), "***!");
    assert_eq!(text("eyJ and eyJust words"), "eyJ and eyJust words");
    assert_eq!(text("to https://bob:p@ss:w@hook.example/x?y@z and"), "to https://bob:***@hook.example/x?y@z and");
    for harmless in ["https://example.com:8080/a:b@c", "https://bob@example.com", "mailto:a@b.c", "a://", "x://:@y"] {
        assert_eq!(text(harmless), harmless);
    }
    assert_eq!(redactor(true).redact_text(&format!("{key} our-own-api-key")), format!("{key} {REDACTED}"));
}

#[test]
fn escapes_hide_nothing() {
    let json = "{\"client\\u0053ecret\":\"s\",\"data\":\"our-own-api\\u002dkey\"}";
    assert_eq!(redact("retrieveUserWithId", json), "{\"client\\u0053ecret\":\"***\",\"data\":\"***\"}");
}

/// What the seeded instance answers to every list and search, with its status.
fn seeded_answers() -> Vec<(&'static str, u16, String)> {
    let instance = Instance::seeded(&DOCUMENT).unwrap();
    let plain = DOCUMENT
        .operations
        .iter()
        .filter(|operation| operation.effect.read_only && !operation.path_template().contains('{'));
    let ask = |operation: &&&'static openapi_tools::model::operation::Operation| {
        let body = br#"{"search":{"queryString":"*","numberOfResults":500}}"#.to_vec();
        let response = instance.handle(&Request {
            method: operation.method,
            target: operation.path_template(),
            authorization: Some(API_KEY.to_owned()),
            tenant_id: None,
            content_type: Some("application/json".to_owned()),
            body: if operation.method == Method::Post { body } else { Vec::new() },
        });
        response.body.map(|body| (operation.name, response.status, body.to_string()))
    };
    plain.filter_map(|operation| ask(&operation)).collect()
}

#[test]
fn no_secret_of_the_seed_is_shown_also_where_a_body_is_broken() {
    let own = Options { content: DIALECT.content_properties, ..Options::default() };
    let redactor = Redactor::new(&DOCUMENT, own);
    let answers = seeded_answers();
    assert!(answers.len() > 60, "{}", answers.len());
    for (name, status, json) in answers {
        let operation = DOCUMENT.operation(name).unwrap();
        let (schema, rule) = match status {
            200 => (operation.answer.as_ref(), NameRule::Always),
            _ => (operation.failure.as_ref(), NameRule::Anywhere),
        };
        let half = (0..=json.len() / 2).rev().find(|end| json.is_char_boundary(*end)).unwrap();
        let shown = [
            redactor.redact_json(schema, rule, &json).unwrap(),
            redactor.redact_text(&json[..json.len() - 1]).into_owned(),
            redactor.redact_text(&json[..half]).into_owned(),
            redactor.redact_text(&format!("{json} {json}")).into_owned(),
        ];
        for text in shown {
            let found: Vec<_> = SECRETS.iter().filter(|secret| text.contains(**secret)).collect();
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }
}

/// Ordinary content of the seed stays: only what the document marks is replaced.
#[test]
fn nothing_of_the_seed_is_replaced_that_is_not_marked() {
    let redactor = Redactor::new(&DOCUMENT, Options { content: DIALECT.content_properties, ..Options::default() });
    for (name, status, json) in seeded_answers().into_iter().filter(|(_, status, _)| *status == 200) {
        let operation = DOCUMENT.operation(name).unwrap();
        let shown = redactor.redact_json(operation.answer.as_ref(), NameRule::Always, &json).unwrap();
        let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let mut places = Vec::new();
        redacted_places(&value, "", &mut places);
        let is_marked = |place: &String| place.split('.').any(|key| DOCUMENT.secret_name(key).is_some());
        let others: Vec<_> = places.iter().filter(|place| !is_marked(place)).collect();
        assert!(others.is_empty(), "{name} ({status}): {others:?}");
    }
}

fn redacted_places(value: &serde_json::Value, place: &str, places: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.contains(REDACTED) => places.push(place.to_owned()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| redacted_places(item, place, places)),
        serde_json::Value::Object(entries) => {
            entries.iter().for_each(|(key, inner)| redacted_places(inner, &format!("{place}.{key}"), places));
        }
        _ => {}
    }
}
