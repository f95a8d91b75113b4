//! Sizes that would take hours if the work were not linear: a quadratic search takes half a minute for each of these
//! texts, optimised.

use super::*;

const BYTES: usize = 512 << 10;

/// Texts that repeat what begins a secret and never ends one, and the like.
const HOSTILE: [&str; 40] = [
    "://a:b@ ",
    "://a:b",
    "://",
    "://a:b@",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----END ",
    "Bearer ",
    "bearer+",
    "Basic ",
    "basic+a",
    "basic+",
    "eyJ",
    "eyJ.",
    "eyJhbGciOiJub25lIn0.",
    "a.eyJ",
    "password",
    "password:",
    "password=",
    "password: ",
    "password='",
    "password=\"a",
    "\"password\":",
    "\"password\":\"",
    "\"password\":\"a\"a",
    "\"headers\":{",
    "\"headers\":[\\",
    "\\",
    "\\\"password\\\":\\\"",
    "Cookie:",
    "Authorization: ",
    "%25",
    "%3D",
    "&password%3D%25",
    "password=%22",
    "?code=0",
    "<password>",
    ":token>",
    "\u{200d}",
    "(secret: shown ",
];

#[test]
fn work_is_linear_in_text() {
    let redactor =
        redactor(Options { own: vec!["-----BEGIN".to_owned().into(), "1111".to_owned().into()], ..Options::default() });
    for pattern in HOSTILE {
        let text = pattern.repeat(BYTES / pattern.len());
        let shown = redactor.redact_text(&text);
        assert!(!shown.is_empty(), "{pattern}");
        assert!(!contains_placeholder(&format!("{text}.")) && safe_cut(&text, BYTES / 2) > BYTES / 2 - 4, "{pattern}");
    }
}

#[test]
fn work_is_linear_in_json() {
    let redactor = own("own-credential-1234");
    for pattern in HOSTILE {
        let text = Value::from(pattern.repeat(BYTES / pattern.len())).to_string();
        assert!(redactor.redact_json(None, NameRule::Always, &text).is_some(), "{pattern}");
    }
    for (open, close) in [("[", "]"), ("{\"password\":", "}"), ("[{\"headers\":", "}]"), ("{\"clientSecret\":[", "]}")]
    {
        let depth = BYTES / open.len() / 2;
        let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(redactor.redact_json(Some(&ROOT), NameRule::Always, &text).is_some(), "{open}");
    }
}

#[test]
fn quotes_of_every_level_are_read_once() {
    let mut text = String::new();
    for slashes in 0..1_000 {
        text.push_str(" password=");
        text.push_str(&"\\".repeat(slashes));
        text.push('"');
    }
    assert!(text.len() > 500_000 && !redactor(Options::default()).redact_text(&text).is_empty());
}
