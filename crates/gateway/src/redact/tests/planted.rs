//! A secret that is planted at random is never shown.

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

/// Names whose values are secret wherever they stand.
const NAMES: [&str; 12] = [
    "password",
    "clientSecret",
    "client_secret",
    "API-Key",
    "refreshToken",
    "access_token",
    "privateKey",
    "X-Auth-Token",
    "PASSWORD",
    "secret",
    "smtpPassword",
    "api_key",
];

/// A secret that looks like nothing else: a digit at least, and no character that ends a value in a form.
fn secret() -> impl Strategy<Value = String> {
    "[A-Za-z]{3,12}[0-9]{1,3}[A-Za-z0-9_.~!$*@/+-]{4,20}[A-Za-z0-9]"
}

/// A secret of any characters.
fn wild_secret() -> impl Strategy<Value = String> {
    ("[A-Za-z]{4}[0-9]{2}", "\\PC{0,12}", "[A-Za-z]{4}[0-9]{2}")
        .prop_map(|(start, middle, end)| format!("{start}{middle}{end}"))
}

/// JSON in which the leaf stands somewhere.
fn around(leaf: Value, wraps: &[(u8, String)]) -> Value {
    let mut value = leaf;
    for (kind, word) in wraps {
        value = match kind % 5 {
            0 => json!([1, value, word]),
            1 => json!({ "name": word, "other": value, "z": null }),
            2 => json!({ "data": { word.as_str(): value } }),
            3 => json!({ "parts": [{ "kind": "one", "extra": value }] }),
            // As a string that holds JSON.
            _ => json!({ "message": format!("{word}: {value} {word}") }),
        };
    }
    value
}

fn wraps() -> impl Strategy<Value = Vec<(u8, String)>> {
    prop::collection::vec((any::<u8>(), "[a-z ,.{}\"]{0,8}"), 0..6)
}

fn assert_hidden(secret: &str, source: &str, shown: &str) -> Result<(), TestCaseError> {
    prop_assert!(!shown.contains(secret), "{secret} of {source} in {shown}");
    let escaped = Value::from(secret).to_string();
    let escaped = escaped.trim_matches('"');
    prop_assert!(!shown.contains(escaped), "{secret} of {source} in {shown}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn by_name_in_json(secret in wild_secret(), name in 0..NAMES.len(), wraps in wraps()) {
        let source = around(json!({ NAMES[name]: secret, "b": 1 }), &wraps).to_string();
        let redactor = redactor(Options::default());
        let shown = redactor.redact_json(Some(&ROOT), NameRule::Always, &source).unwrap();
        prop_assert!(serde_json::from_str::<Value>(&shown).is_ok());
        assert_hidden(&secret, &source, &shown)?;
        assert_hidden(&secret, &source, &redactor.redact_text(&source))?;
        assert_hidden(&secret, &source, &redactor.redact_line(&source))?;
    }

    #[test]
    fn by_name_in_a_broken_body(secret in wild_secret(), name in 0..NAMES.len(), wraps in wraps(), cut in 0.0..1.0_f64, damage in 0..6_u8) {
        let source = around(json!({ NAMES[name]: secret, "b": "c" }), &wraps).to_string();
        let source = match damage {
            0 => source.chars().take((source.chars().count() as f64 * cut) as usize).collect(),
            1 => source.replace("}", ""),
            2 => source.replace("}", ",}"),
            3 => format!("before {source} {source} after"),
            4 => source.replace("\":", "\" :\n "),
            _ => source.replace(": null", ": NaN"),
        };
        let shown = redactor(Options::default()).redact_text(&source).into_owned();
        assert_hidden(&secret, &source, &shown)?;
    }

    #[test]
    fn in_forms_urls_and_headers(secret in secret(), name in 0..NAMES.len(), place in 0..14_u8, wraps in wraps()) {
        let name = NAMES[name];
        let percent = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
        let basic = STANDARD.encode(format!("user:{secret}"));
        let source = match place {
            0 => format!("a=b&{name}={secret}&c=d"),
            1 => format!("see https://host.example/x?{name}={percent} there"),
            2 => format!("https://host.example/x?next=https%3A%2F%2Fy%3F{name}%3D{percent}%26z"),
            3 => format!("to amqp://user:{secret}@host.example:5672/x now"),
            4 => format!("GET / HTTP/1.1\r\nAuthorization: Bearer {secret}\r\nAccept: */*"),
            5 => format!("Authorization: Basic {basic}"),
            6 => format!("Set-Cookie: sid={secret}; Path=/"),
            7 => format!("{{{name}={secret}, b=c}}"),
            8 => format!("'{name}': '{secret}'"),
            9 => format!("{name}: {secret}"),
            10 => format!("{name} = \"{secret}\""),
            11 => format!("<{name}>{secret}</{name}>"),
            12 => format!("-----BEGIN EC PRIVATE KEY-----\n{secret}\n-----END EC PRIVATE KEY-----"),
            _ => format!("curl -H \"{name}: {secret}\" -d '{{}}'"),
        };
        let shown = redactor(Options::default()).redact_text(&source).into_owned();
        for form in [&secret, &percent, &basic] {
            assert_hidden(form, &source, &shown)?;
        }
        let json = around(Value::from(source.clone()), &wraps).to_string();
        let shown = redactor(Options::default()).redact_json(Some(&ROOT), NameRule::Always, &json).unwrap();
        for form in [&secret, &percent, &basic] {
            assert_hidden(form, &json, &shown)?;
        }
    }

    #[test]
    fn our_own_anywhere(own_secret in "[A-Za-z0-9_-]{8,40}", reveal: bool, encoding in 0..4_u8, wraps in wraps(), before in "[ /=:\"]", after in "[ /=:&\"]") {
        let percent: String = own_secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let planted = match encoding {
            0 => own_secret.clone(),
            1 => percent.clone(),
            2 => own_secret.chars().map(|character| format!("\\u{:04x}", u32::from(character))).collect(),
            _ => STANDARD.encode(format!("{own_secret}:x")),
        };
        let redactor = redactor(Options { reveal, own: vec![own_secret.clone().into()], ..Options::default() });
        let source = around(Value::from(format!("x{before}{planted}{after}y")), &wraps).to_string();
        let shown = redactor.redact_json(None, NameRule::Always, &source).unwrap();
        for form in [&own_secret, &planted] {
            assert_hidden(form, &source, &shown)?;
            assert_hidden(form, &source, &redactor.redact_text(&source))?;
        }
    }

    #[test]
    fn anything_is_read(bytes in prop::collection::vec(any::<u8>(), 0..200), parts in prop::collection::vec(0..12_usize, 0..40)) {
        let words = ["\"", "\\", "password", ":", "=", "%3D", "{", "é", "://", "@", "Bearer ", "%"];
        let text: String = parts.iter().map(|part| words[*part]).collect();
        let redactor = own("own-credential-1234");
        let once = redactor.redact_text(&text).into_owned();
        let _ = redactor.redact_bytes(&bytes);
        let _ = redactor.redact_line(&once);
        let json = redactor.redact_json(Some(&ROOT), NameRule::Anywhere, &Value::from(text).to_string());
        prop_assert!(serde_json::from_str::<Value>(&json.unwrap()).is_ok());
    }
}
