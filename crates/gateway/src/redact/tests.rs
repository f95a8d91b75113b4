//! The redactor as a whole, on a document of its own.

mod growth;
mod planted;

use openapi_tools::model::{
    document::{NamedSchema, SecretName},
    schema::{Property, Variant},
};
use serde_json::{Value, json};

use super::*;

const SETTINGS: Schema = Schema::object(&[
    Property::new("name", Schema::string()),
    Property::new("clientSecret", Schema::string().secret()),
    Property::new("headers", Schema::map(&Schema::string()).secret()),
    Property::new("codes", Schema::array(&Schema::string()).secret()),
    Property::new("forgotToken", Schema::string()),
    Property::new("token", Schema::integer()),
    Property::new("messages", Schema::string()),
    Property::new("localizedMessages", Schema::map(&Schema::string())),
    Property::new("attributes", Schema::map(&Schema::string())),
    Property::new("data", Schema::map(&Schema::any())),
    Property::new("parts", Schema::array(&Schema::reference("Part"))),
    Property::new("errors", Schema::map(&Schema::array(&Schema::any()))),
]);

static DOCUMENT: Document = Document {
    title: "",
    servers: &[],
    version: "1",
    operations: &[],
    security_schemes: &[],
    schemas: &[
        NamedSchema {
            name: "One",
            schema: Schema::object(&[Property::new("kind", Schema::string()), Property::new("key", Schema::string())]),
        },
        NamedSchema {
            name: "Part",
            schema: Schema::one_of("kind", &[Variant::new("one", "One"), Variant::new("two", "Two")]),
        },
        NamedSchema { name: "Settings", schema: SETTINGS },
        NamedSchema { name: "Two", schema: Schema::object(&[Property::new("key", Schema::string().secret())]) },
    ],
    secret_names: &[
        SecretName { name: "clientSecret", always: true },
        SecretName { name: "codes", always: true },
        SecretName { name: "headers", always: true },
        SecretName { name: "key", always: false },
        SecretName { name: "license", always: true },
        SecretName { name: "salt", always: true },
    ],
};

static ROOT: Schema = Schema::reference("Settings");

fn redactor(options: Options) -> Redactor {
    Redactor::new(&DOCUMENT, Options { content: &["messages", "localizedMessages", "templates"], ..options })
}

fn own(credential: &str) -> Redactor {
    redactor(Options { own: vec![credential.to_owned().into()], ..Options::default() })
}

fn json(text: &str) -> String {
    let out = redactor(Options::default()).redact_json(Some(&ROOT), NameRule::Always, text).unwrap();
    assert!(serde_json::from_str::<Value>(&out).is_ok() || out.starts_with("[["), "{out}");
    out.replace(REDACTED, "***")
}

fn text(text: &str) -> String {
    redactor(Options::default()).redact_text(text).replace(REDACTED, "***")
}

/// How a string of an answer is shown.
fn inner(text: &str) -> String {
    let json = json(&json!({ "name": text }).to_string());
    serde_json::from_str::<Value>(&json).unwrap()["name"].as_str().unwrap().to_owned()
}

#[test]
fn json_without_secrets_stays_but_for_white_space() {
    let source = "{ \"a b\" : [ 1 , 2.50, 12345678901234567890, -1e400 ],\n\t\"c\": \"d \\\" e \\\\\" , \"c\": null, \"\\u00e9\": \"\\/\" }";
    let expected =
        "{\"a b\":[1,2.50,12345678901234567890,-1e400],\"c\":\"d \\\" e \\\\\",\"c\":null,\"\\u00e9\":\"\\/\"}";
    let redactor = redactor(Options::default());
    assert_eq!(redactor.redact_json(None, NameRule::Always, source).unwrap(), expected);
    assert_eq!(json(" 7 "), "7");
}

#[test]
fn what_is_not_one_json_value_is_none() {
    let redactor = redactor(Options::default());
    for text in ["", "{", "{}{}", "1 2", "[1,]", "NaN", "{'a':1}", "\"a\nb\"", "x{}", "{\"a\":1", "[01]"] {
        assert_eq!(redactor.redact_json(None, NameRule::Always, text), None, "{text}");
    }
}

#[test]
fn any_nesting_is_walked() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"data\":", "}]")] {
        let text = format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
        let redactor = redactor(Options::default());
        assert_eq!(redactor.redact_json(Some(&ROOT), NameRule::Always, &text).as_ref(), Some(&text));
    }
}

#[test]
fn what_the_document_marks_is_replaced() {
    let cases = [
        (r#"{"name":"n","clientSecret":"s"}"#, r#"{"name":"n","clientSecret":"***"}"#),
        (r#"{"clientSecret":""}"#, r#"{"clientSecret":""}"#),
        (r#"{"clientSecret":null}"#, r#"{"clientSecret":null}"#),
        (r#"{"clientSecret":[1,"s",true]}"#, r#"{"clientSecret":["***","***",true]}"#),
        (r#"{"headers":{"X-Any":"s","b":{"c":"s"}}}"#, r#"{"headers":{"X-Any":"***","b":{"c":"***"}}}"#),
        (r#"{"codes":["a","b"]}"#, r#"{"codes":["***","***"]}"#),
        (r#"{"parts":[{"key":"s","kind":"two"}]}"#, r#"{"parts":[{"key":"***","kind":"two"}]}"#),
        (r#"{"client\u0053ecret":"s"}"#, r#"{"client\u0053ecret":"***"}"#),
        (r#"[{"clientSecret":"s"}]"#, r#"[{"clientSecret":"***"}]"#),
    ];
    for (source, expected) in cases {
        assert_eq!(json(source), expected);
    }
}

#[test]
fn names_decide_where_the_document_does_not_type() {
    let cases = [
        // Typed and not marked: no secret.
        (r#"{"forgotToken":"t","token":5}"#, r#"{"forgotToken":"t","token":5}"#),
        (
            r#"{"other":{"clientSecret":"s","clientSecretHint":"h"}}"#,
            r#"{"other":{"clientSecret":"***","clientSecretHint":"h"}}"#,
        ),
        (
            r#"{"data":{"apiKey":"s","API_KEY":7,"api-key":["s"]}}"#,
            r#"{"data":{"apiKey":"***","API_KEY":"***","api-key":["***"]}}"#,
        ),
        (r#"{"data":{"password":{"min":8,"salt":"s"}}}"#, r#"{"data":{"password":{"min":8,"salt":"***"}}}"#),
        (r#"{"data":{"license":{"min":8}}}"#, r#"{"data":{"license":{"min":"***"}}}"#),
        (
            r#"{"attributes":{"Authorization":"a b","x-api-key":"s","Cookie":"c","locale":"de"}}"#,
            r#"{"attributes":{"Authorization":"***","x-api-key":"***","Cookie":"***","locale":"de"}}"#,
        ),
        (
            r#"{"data":{"key":"k","tokenType":"JWT","keyId":"1","passwordValidationRules":"r"}}"#,
            r#"{"data":{"key":"k","tokenType":"JWT","keyId":"1","passwordValidationRules":"r"}}"#,
        ),
        (
            r#"{"errors":{"password":[{"message":"Too short"}]}}"#,
            r#"{"errors":{"password":[{"message":"Too short"}]}}"#,
        ),
        (
            r#"{"messages":"password=Password\ntoken=abc123","localizedMessages":{"de":"password=Geheim1"}}"#,
            r#"{"messages":"password=Password\ntoken=abc123","localizedMessages":{"de":"password=Geheim1"}}"#,
        ),
        (
            r#"{"data":{"templates":{"password":"x","deep":[{"token":"a=${b}"}]}}}"#,
            r#"{"data":{"templates":{"password":"x","deep":[{"token":"a=${b}"}]}}}"#,
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(json(source), expected);
    }
    let failed = redactor(Options::default()).redact_json(None, NameRule::Anywhere, r#"{"key":"s","name":"n"}"#);
    assert_eq!(failed.unwrap(), format!(r#"{{"key":"{REDACTED}","name":"n"}}"#));
}

#[test]
fn broken_bodies_are_searched_by_name() {
    let cases = [
        (r#"{"name":"n","clientSecret":"s3cr3t""#, r#"{"name":"n","clientSecret":"***""#),
        (r#"{"clientSecret":"s3cr3t",}"#, r#"{"clientSecret":"***",}"#),
        (r#"{"clientSecret":"s3cr"#, r#"{"clientSecret":"***"#),
        (r#"{"a":NaN,"clientSecret" : "s"}"#, r#"{"a":NaN,"clientSecret" : "***"}"#),
        ("{\"a\":1}{\"clientSecret\":\n\"s\"}", "{\"a\":1}{\"clientSecret\":\n\"***\"}"),
        ("{\"clientSecret\":\"a\nb\"}", "{\"clientSecret\":\"***\"}"),
        (r#"HTTP body: {"key":"s"} end"#, r#"HTTP body: {"key":"***"} end"#),
        (r#"{'clientSecret':'it\'s'}"#, r#"{'clientSecret':'***'}"#),
        (r#"{clientSecret:"s"}"#, r#"{clientSecret:"***"}"#),
        (r#"{clientSecret:s3cr3t}"#, r#"{clientSecret:***"#),
        (r#"{"clientSecret":s3cr3t words,"b":1}"#, r#"{"clientSecret":***,"b":1}"#),
        (r#"{"clientSecret":12345,"b":1"#, r#"{"clientSecret":***,"b":1"#),
        (r#"{"clientSecret":true,"license":null"#, r#"{"clientSecret":true,"license":null"#),
        (r#"{"headers":{"X-Any":"}s\"","b":"#, r#"{"headers":***"#),
        (r#"{"headers":{"X-Any":"}s\""},"b":[1"#, r#"{"headers":***,"b":[1"#),
        (r#"{"codes":["a","b"],"#, r#"{"codes":***,"#),
        (r#"{"client\u0053ecret":"s","#, r#"{"client\u0053ecret":"***","#),
        (r#"{"password":"hun"ter2","a":"b"#, r#"{"password":"***","a":"b"#),
        ("password=hunter2&user=x", "password=***&user=x"),
        ("client_secret=a%20b", "client_secret=***"),
        ("password: hunter2", "password: ***"),
        ("db.password = hunter2", "db.password = ***"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: ***"),
        ("authorization: 4dc1f1\r\nAccept: x", "authorization: ***\r\nAccept: x"),
        ("Cookie: a=b; c=d\nX: y", "Cookie: ***\nX: y"),
        (r"X: y\nCookie: a=b\r\nY: z", r"X: y\nCookie: ***\r\nY: z"),
        ("a%26pwd%3Dhunter2", "a%26pwd%3D***"),
        ("curl -H 'X-Api-Key: abc123' x", "curl -H 'X-Api-Key: ***' x"),
        ("<password>hunter2</password>", "<password>***</password>"),
        ("&quot;password&quot;:&quot;hunter2&quot;,", "&quot;password&quot;:&quot;***&quot;,"),
        ("user[password]=hunter2", "user[password]=***"),
        ("'password' => 'hunter2'", "'password' => '***'"),
    ];
    for (source, expected) in cases {
        assert_eq!(text(source), expected);
        assert_eq!(text(&text(source).replace("***", REDACTED)), expected, "a second time");
    }
    assert_eq!(
        redactor(Options::default()).redact_bytes(b"{\"clientSecret\":\"s\xff\xfe\""),
        format!("{{\"clientSecret\":\"{REDACTED}\"")
    );
}

#[test]
fn strings_that_hold_json_or_forms_are_searched() {
    let mut nested = json!({ "user": "bob", "password": "hun\"t\\er2", "note": "x" }).to_string();
    for _ in 0..6 {
        let shown = inner(&nested);
        assert!(!shown.contains("er2") && shown.contains("bob") && shown.contains("note"), "{shown}");
        nested = json!({ "message": format!("got {nested} twice") }).to_string();
    }
    let cases = [
        ("grant_type=password&password=hunter&scope=a", "grant_type=password&password=***&scope=a"),
        ("GET /x?access_token=abc&b=c", "GET /x?access_token=***&b=c"),
        ("https://a.b/cb#refresh_token=abc", "https://a.b/cb#refresh_token=***"),
        ("https://a.b/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=1", "https://a.b/cb?code=***&state=1"),
        ("next=https%3A%2F%2Fa%3Fapi_key%3Dabc%26b%3Dc", "next=https%3A%2F%2Fa%3Fapi_key%3D***%26b%3Dc"),
        ("a%253Fclient_secret%253Dabc%2526b", "a%253Fclient_secret%253D***%2526b"),
        ("q=%7B%22password%22%3A%22hunter2%22%7D", "q=%7B%22password%22%3A%22***%22%7D"),
        ("token=abc.def;path=/", "token=***"),
        ("{password=hunter2, user=x}", "{password=*** user=x}"),
        (r#"{"headers": {"a": "b"}, "c": 1}"#, r#"{"headers": ***, "c": 1}"#),
    ];
    for (source, expected) in cases {
        assert_eq!(inner(source), expected);
    }
}

#[test]
fn ordinary_content_stays() {
    let texts = [
        "Your password must have at least 8 characters. Password: between 8 and 64 characters, no spaces.",
        "user.password: You must specify the password. [blank]user.password; token: Required",
        "[blank]user.password=Required\n[tooShort]user.password=Too short",
        "password=Password\nnew-password=New password\nforgot-password=Forgot your password?",
        "<input type=\"password\" name=\"password\" placeholder=\"Password\" autocomplete=\"current-password\"/>",
        "<label for=\"password\">Password:</label> <a href=\"https://a.b/x?tenantId=${tenant.id}&token=${token}\">",
        "[#assign token=user.token /] ${user.password!''} [@helpers.input type=\"password\" name=\"password\"/]",
        "input[type=password]:focus, .password:hover { color: red } .token::before { content: ':' } a:hover{b:c}",
        "const token = jwt.access_token; if (token == null) { user.password = null; } let f = token => token.id;",
        "function populate(jwt, user) { jwt.token = user.data.token; var secret = readSecret(user); }",
        "interface User { password: string; token?: string; secret: boolean }",
        "grant_type=password&response_type=code&scope=openid",
        "https://example.com:8443/oauth2/authorize?client_id=3c219e58-ed0e-4b18-ad48-f4f92793ae32&code=404&key=title",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "io.fusionauth.api.domain.UserMapper 10:20:30.123 [main] INFO: started",
        "The token type is Bearer; the bearer of this letter, Basic authentication.",
        "refreshTokenTimeToLiveInMinutes: 43200, tokenType: JWT, keyId: 5b6c, passwordValidationRules: strict",
        "Unexpected token: ; secret: (see below). Cookie: we use them. Authorization: ask your admin",
        "{\"password\": \"#{user.password}\", \"apiKey\": \"${API_KEY}\"}",
        "{ \"enabledGrants\": [\"authorization_code\", \"refresh_token\", \"password\"] }",
        "The second has no password: `importUsers` sends one. The caller posts to `/oauth2/token`: `grant_type=x1`.",
        "POST /oauth2/token: sent in 25ms; noPassword:($g|any(.==\"implicit\")|not)",
        "Loading… 50% done: 3 = three",
    ];
    for source in texts {
        assert_eq!(text(source), source);
        assert_eq!(inner(source), source);
    }
}

#[test]
fn our_own_credentials_are_never_shown() {
    let credential = "own-Key_9Zq8vN4xx7";
    for reveal in [false, true] {
        let redactor = redactor(Options {
            reveal,
            own: vec![credential.to_owned().into(), "4711".to_owned().into()],
            ..Options::default()
        });
        let source =
            r#"{"name":"a own-Key\u005f9Zq8vN4xx7","token":4711,"data":[47110,"4711",{"own-Key_9Zq8vN4xx7":"b"}]}"#;
        let shown = redactor.redact_json(Some(&ROOT), NameRule::Always, source).unwrap().replace(REDACTED, "***");
        assert_eq!(shown, r#"{"name":"a ***","token":"***","data":[47110,"***",{"***":"b"}]}"#);
        let shown = redactor.redact_text("{\"a\":\"own\\u002dKey_9Zq8vN4xx7\", 4711").replace(REDACTED, "***");
        assert_eq!(shown, "{\"a\":\"***\", ***");
        let basic = "Basic YTo0NzEx";
        assert_eq!(redactor.redact_line(basic).replace(REDACTED, "***"), "Basic ***");
    }
    let redactor = redactor(Options { reveal: true, own: vec![credential.to_owned().into()], ..Options::default() });
    let secrets = "{\"clientSecret\":\"s\",\"name\":\"Bearer 0123456789abcdefghij\"}";
    assert_eq!(redactor.redact_json(Some(&ROOT), NameRule::Always, secrets).as_deref(), Some(secrets));
    assert!(
        redactor.for_files().redact_json(Some(&ROOT), NameRule::Always, secrets).unwrap().matches(REDACTED).count()
            == 2
    );
    assert!(!redactor.strict().redact_text(credential).contains(credential));
    // A file is refused rather than changed.
    assert!(redactor.for_files().redact_text(credential).contains(credential));
    assert!(redactor.holds_own(credential) && !redactor.holds_own("nothing of ours"));
}

#[test]
fn lines_have_no_breaks_and_no_secrets() {
    let line = redactor(Options::default()).redact_line(" https://u:p@h/x?token=abc\r\n\u{202e}Set-Cookie: a=b\nc ");
    assert_eq!(line.replace(REDACTED, "***"), "https://u:***@h/x?token=*** \\u202eSet-Cookie: *** c");
}

#[test]
fn what_is_not_seen_is_escaped() {
    let source = "{\"name\":\"a\u{202e}b\u{200d} \\u202e 👩‍💻 می‌خواهم\",\"n\u{200b}\":\"\u{7f}\u{e0041}\"}";
    let expected = r#"{"name":"a\u202eb\u200d \u202e 👩‍💻 می‌خواهم","n\u200b":"\u007f\udb40\udc41"}"#;
    let shown = json(source);
    assert_eq!(shown, expected);
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), serde_json::from_str::<Value>(source).unwrap());
    let raw = redactor(Options { raw_text: true, ..Options::default() });
    assert_eq!(raw.redact_json(None, NameRule::Always, source).as_deref(), Some(source));
    assert_eq!(raw.redact_text("a\u{202e}b"), "a\u{202e}b");
    // Also where a string is written anew.
    let shown = json("{\"name\":\"\u{202e}token=abc123 \u{2028}\"}");
    assert_eq!(shown, r#"{"name":"\u202etoken=***"}"#.replace("***\"", "*** \\u2028\""));
}

#[test]
fn lone_surrogates_become_replacement_characters() {
    let source = r#"{"name":"a\ud83d b\udE00","\ud800":"\ud83d\ude00 \ud83d\u0041","clientSecret":"\ud83d"}"#;
    let shown = json(source);
    assert_eq!(shown, "{\"name\":\"a\u{fffd} b\u{fffd}\",\"\u{fffd}\":\"😀 \u{fffd}A\",\"clientSecret\":\"***\"}");
}

#[test]
fn redacting_twice_changes_nothing() {
    let redactor = own("a-credential-of-ours");
    let sources = [
        "password=x1 token: y2 Authorization: Basic dXNlcjpwYXNz",
        "https://u:p@h Bearer 0123456789abcdefghij a-credential-of-ours",
        "{\"headers\":{\"a\":1},\"clientSecret\":\"x\",\"name\":\"<token>x</token>\"",
    ];
    for source in sources {
        let once = redactor.redact_text(source).into_owned();
        assert_eq!(redactor.redact_text(&once), once);
    }
}
