//! The page for people.

use serde_json::{Value, json};

use crate::support::{
    callers::Callers,
    recorder::Recorder,
    server::{Response, Server},
};

fn page(server: &Server) -> Response {
    let page = server.send("GET", "/", &[], "");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    page
}

/// What is to be pasted, in the order of the page.
fn snippets(page: &Response) -> Vec<String> {
    let texts = page.body.split("<pre>").skip(1).map(|rest| rest.split_once("</pre>").unwrap().0);
    texts.map(|text| text.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")).collect()
}

/// The snippets that are JSON.
fn configurations(page: &Response) -> Vec<Value> {
    let texts = snippets(page).into_iter().filter(|text| text.starts_with('{'));
    texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

#[test]
fn the_page_has_what_each_client_needs() {
    let upstream = Recorder::agreeable();
    let server = Server::open(&upstream.url());
    let page = page(&server);
    let url = format!("{}/mcp", server.url().trim_end_matches("/mcp"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    for part in ["<script", "src=", "http-equiv", "YOUR_KEY", "Authorization"] {
        assert!(!page.body.contains(part), "{part}: {}", page.body);
    }
    let listed = server.legacy(&[], "tools/list", json!({})).json()["result"]["tools"].as_array().unwrap().len();
    assert!(page.body.contains(&format!("with {listed} tools.")), "{}", page.body);
    for client in ["Claude Code", "VS Code", "Cursor", "Codex", "Gemini CLI", "Inspector"] {
        assert!(page.body.contains(&format!("<h2>{client}</h2>")), "{client}");
    }
    let snippets = snippets(&page);
    assert_eq!(snippets.len(), 6);
    assert!(snippets.iter().all(|text| text.contains(&url)), "{snippets:?}");
    let [vscode, cursor, gemini] = configurations(&page).try_into().unwrap();
    assert_eq!(vscode, json!({ "servers": { "fusionauth": { "type": "http", "url": url } } }));
    assert_eq!(cursor, json!({ "mcpServers": { "fusionauth": { "url": url } } }));
    assert_eq!(gemini, json!({ "mcpServers": { "fusionauth": { "httpUrl": url } } }));
    assert_eq!(server.send("POST", "/", &[], "").status, 405);
    assert_eq!(server.send("GET", "/page", &[], "").status, 404);
    assert_eq!(upstream.count(), 0);
}

#[test]
fn the_page_needs_no_key_and_shows_none() {
    let callers = Callers::new();
    let key = callers.key("anna", "*");
    let server = callers.server(&[], &["--sandbox", "--public-url", "https://mcp.example.com/"]);
    let page = page(&server);
    assert!(!page.body.contains(&key.text) && !page.body.contains("anna") && !page.body.contains("127.0.0.1"));
    let url = "https://mcp.example.com/mcp";
    let [vscode, cursor, gemini] = configurations(&page).try_into().unwrap();
    assert_eq!(vscode["servers"]["fusionauth"]["headers"]["Authorization"], "Bearer ${input:key}");
    assert_eq!((&vscode["inputs"][0]["id"], &vscode["inputs"][0]["password"]), (&json!("key"), &json!(true)));
    for (server, address) in [(&cursor["mcpServers"], "url"), (&gemini["mcpServers"], "httpUrl")] {
        assert_eq!(server["fusionauth"][address], url);
        assert_eq!(server["fusionauth"]["headers"]["Authorization"], "Bearer YOUR_KEY");
    }
    assert!(snippets(&page).iter().any(|text| text.contains("bearer_token_env_var = \"FUSIONAUTH_MCP_KEY\"")));
    // The address is in the hands of whoever asks, so it is checked as everywhere.
    assert_eq!(server.send("GET", "/", &[("Host", "evil.example")], "").status, 403);
}
