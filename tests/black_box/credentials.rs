//! What a call is authorized with: the key, the token, whichever is there, or an argument.

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::Client,
    recorder::{Recorded, Recorder},
    sandbox::{API_KEY, Sandbox},
};

/// Operations that take a key or a token, and arguments for them.
fn either() -> [(&'static str, Value); 6] {
    [
        ("generateTwoFactorSecretUsingJWTWithId", json!({})),
        ("retrieveUser", json!({})),
        ("retrieveUserChangePassword", json!({ "loginId": "a" })),
        ("sendTwoFactorCodeForEnableDisableWithId", json!({ "requestBody": { "method": "email" } })),
        ("deleteJwtRefresh", json!({ "userId": USER_ID })),
        ("revokeRefreshTokenByIdWithId", json!({ "tokenId": USER_ID })),
    ]
}

/// Operations that are about a token, and arguments for them.
fn token_only() -> [(&'static str, Value); 5] {
    [
        ("validateJWTWithId", json!({})),
        ("retrieveUserInfoFromAccessTokenWithId", json!({})),
        ("issueJWTWithId", json!({ "applicationId": USER_ID })),
        ("enableTwoFactorUsingJWT", json!({ "requestBody": { "code": "123456" } })),
        ("deleteUserTwoFactorUsingJWT", json!({ "methodId": "a", "code": "123456" })),
    ]
}

fn sent(upstream: &Recorder, credentials: &[(&str, &str)], tool: &str, arguments: Value) -> Recorded {
    let url = upstream.url();
    let mut client = Client::connect(&[&[("API_BASE_URL", url.as_str()), ("CONFIRM", "off")], credentials].concat());
    let answer = client.call(tool, arguments);
    assert!(!answer.is_error, "{tool}: {}", answer.text);
    assert!(!answer.text.contains("argument.jwt"), "{tool}: {}", answer.text);
    upstream.take().remove(0)
}

#[test]
fn a_key_or_a_token_whichever_is_there() {
    let upstream = Recorder::agreeable();
    let (key, token) = (("API_KEY_APIKEYAUTH", "the-key"), ("BEARER_TOKEN_BEARERAUTH", "the.jwt"));
    for (tool, arguments) in either() {
        let authorization = |credentials: &[(&str, &str)]| {
            let request = sent(&upstream, credentials, tool, arguments.clone());
            request.header("authorization").map(str::to_owned)
        };
        assert_eq!(authorization(&[key]).as_deref(), Some("the-key"), "{tool}");
        assert_eq!(authorization(&[token]).as_deref(), Some("Bearer the.jwt"), "{tool}");
        assert_eq!(authorization(&[key, token]).as_deref(), Some("the-key"), "{tool}");
    }
}

#[test]
fn without_either_both_are_named() {
    let upstream = Recorder::agreeable();
    let mut client = Client::connect(&[("API_BASE_URL", &upstream.url()), ("CONFIRM", "off")]);
    for (tool, arguments) in either() {
        let answer = client.call(tool, arguments);
        let expected = "Not sent: this tool needs an API key or a bearer token (JWT). Set API_KEY_APIKEYAUTH or \
                        BEARER_TOKEN_BEARERAUTH where the server is started.";
        assert_eq!((&*answer.text, answer.is_error), (expected, true), "{tool}");
    }
    for (tool, arguments) in token_only() {
        let answer = client.call(tool, arguments);
        assert!(answer.is_error && answer.text.contains("Set BEARER_TOKEN_BEARERAUTH"), "{tool}: {}", answer.text);
        assert!(answer.text.ends_with(" Or give it as `token`."), "{tool}: {}", answer.text);
    }
    assert_eq!(upstream.take(), []);
}

#[test]
fn a_token_may_be_an_argument() {
    let upstream = Recorder::agreeable();
    for (tool, arguments) in token_only() {
        for credentials in [&[][..], &[("API_KEY_APIKEYAUTH", "the-key"), ("BEARER_TOKEN_BEARERAUTH", "the.jwt")]] {
            for (name, value) in [
                ("token", "argument.jwt"),
                ("token", "Bearer argument.jwt"),
                ("token", "bearer argument.jwt"),
                ("accessToken", "argument.jwt"),
            ] {
                let mut arguments = arguments.clone();
                arguments[name] = json!(value);
                let request = sent(&upstream, credentials, tool, arguments);
                let authorization = request.header("authorization").unwrap();
                assert_eq!(authorization.to_lowercase(), "bearer argument.jwt", "{tool}");
                assert!(!request.target.contains("argument.jwt"), "{tool}");
            }
        }
        let request = sent(&upstream, &[("BEARER_TOKEN_BEARERAUTH", "the.jwt")], tool, arguments);
        assert_eq!(request.header("authorization"), Some("Bearer the.jwt"), "{tool}");
    }
}

#[test]
fn a_token_that_is_an_argument_is_not_shown() {
    let upstream = Recorder::agreeable();
    let mut client = Client::connect(&[("API_BASE_URL", &upstream.url()), ("DRY_RUN", "true")]);
    for (tool, mut arguments) in token_only().into_iter().skip(2) {
        arguments["token"] = json!("argument.jwt");
        let answer = client.call(tool, arguments);
        assert!(answer.text.starts_with("Dry run") && !answer.text.contains("argument.jwt"), "{tool}: {}", answer.text);
    }
    let answer = client.call("validateJWTWithId", json!({ "token": "two\nlines" }));
    assert!(answer.is_error && answer.text.contains("- token: expected printable ASCII"), "{}", answer.text);
    assert_eq!(upstream.take(), []);
}

#[test]
fn the_sandbox_knows_the_tokens_that_it_issued() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("REVEAL_SECRETS", "true")]);
    let (login, password) = ("richard@piedpiper.example", fusionauth_sandbox::seed::RICHARD_PASSWORD);
    let answer = client.call("loginWithId", json!({ "requestBody": { "loginId": login, "password": password } }));
    let body: Value = serde_json::from_str(answer.text.split_once('\n').unwrap().1).unwrap();
    let token = &body["token"];
    let valid = client.call("validateJWTWithId", json!({ "token": token }));
    assert!(!valid.is_error && valid.text.contains(login), "{}", valid.text);
    let wrong = client.call("validateJWTWithId", json!({ "token": "made.up.token" }));
    assert!(wrong.is_error && wrong.text.starts_with("401: "), "{}", wrong.text);
}
