//! Other people's clients, over HTTP.

use std::process::Command;

use fusionauth_sandbox::seed::RICHARD_ID;
use serde_json::Value;

use crate::{
    official_clients::clients,
    support::{
        callers::Callers,
        sandbox::{API_KEY, Sandbox},
        server::Server,
    },
};

#[test]
fn the_official_sdk_lists_calls_and_cancels() {
    let sandbox = Sandbox::start(&["--hang", "/api/status"]);
    let callers = Callers::new();
    let server = callers.server(&[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY)], &[]);
    let key = callers.key("sdk", "*");
    let output =
        Command::new("node").args(["sdk.mjs", &server.url(), &key.text]).current_dir(clients()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["serverInfo"]["name"], "fusionauth-mcp");
    assert!(seen["toolCount"].as_u64().unwrap() >= 323, "{}", seen["toolCount"]);
    let text = seen["ok"]["text"].as_str().unwrap();
    assert!(text.starts_with("200 OK\n{\"user\":") && text.contains("richard@piedpiper.example"), "{text}");
    assert_eq!(seen["unknown"]["code"], -32602);
    assert_eq!(seen["missing"]["isError"], true);
    assert_eq!(seen["aborted"], true);
}

#[test]
fn the_official_inspector_lists_and_calls() {
    let sandbox = Sandbox::start(&[]);
    let server = Server::start(&[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY)], &["--no-auth"]);
    let user = format!("userId={RICHARD_ID}");
    for generation in ["legacy", "modern"] {
        for (arguments, expected) in [
            (&["--method", "tools/list"] as &[_], "\"retrieveUserWithId\""),
            (
                &["--method", "tools/call", "--tool-name", "retrieveUserWithId", "--tool-arg", &user],
                "richard@piedpiper.example",
            ),
        ] {
            let output = Command::new("node")
                .args(["node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js", "--cli"])
                .args([&server.url(), "--transport", "http", "--protocol-era", generation])
                .args(arguments)
                .current_dir(clients())
                .output()
                .unwrap();
            let (seen, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success() && seen.contains(expected), "{generation}: {said} {seen:.2000}");
        }
    }
}
