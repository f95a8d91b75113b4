//! What never reaches the model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use gateway::redact::{REDACTED, Redactor};

fn redactor(is_revealing: bool) -> Redactor {
    Redactor::new(&DOCUMENT, is_revealing, vec!["our-own-api-key".to_owned().into()])
}

fn redact(tool: &str, json: &str) -> String {
    redactor(false).redact_json(DOCUMENT.operation(tool).unwrap(), true, json).replace(REDACTED, "***")
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
    assert_eq!(text("Authorization: Bearer 0123456789abcdefghij."), "Authorization: Bearer ***");
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
