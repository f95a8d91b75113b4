//! The page for a person who opens the server's address in a browser.

use axum::{
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// Nothing is loaded, run or embedded; the page has its own style and no script.
const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
                     pre{background:#f3f3f3;padding:.8rem;overflow:auto}h2{font-size:1.1rem;margin-top:2rem}\
                     @media(prefers-color-scheme:dark){body{background:#111;color:#ddd}pre{background:#222}a{color:#8bf}}";

/// What the page says of the server.
#[derive(Debug, Clone)]
pub struct About {
    /// The base URL that clients use, without a slash at its end, where the operator named it.
    pub public_url: Option<String>,
    /// Whether the server itself ends TLS.
    pub has_tls: bool,
    /// Whether callers need keys.
    pub has_auth: bool,
    /// The name that clients get for it.
    pub name: String,
    /// How many tools there are for who may use all.
    pub tools: usize,
}

/// What is to be pasted into a client.
struct Snippet {
    client: &'static str,
    /// Where it goes.
    place: &'static str,
    text: String,
}

impl About {
    /// The page, for a request with these headers.
    pub fn page(&self, headers: &HeaderMap) -> Response {
        let mut response = (StatusCode::OK, self.html(&self.url(headers))).into_response();
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }

    /// The URL of MCP: below the one that the operator named, or else as the request names this server.
    fn url(&self, headers: &HeaderMap) -> String {
        let scheme = if self.has_tls { "https" } else { "http" };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let base = self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{host}"));
        format!("{base}/mcp")
    }

    fn html(&self, url: &str) -> String {
        let key = if self.has_auth {
            "<p>You need a key. The operator makes one with <code>fusionauth-mcp keys create</code>. Put it in the place of \
             <code>YOUR_KEY</code>.</p>"
        } else {
            "<p>No key is needed here: whoever reaches this address can use every tool.</p>"
        };
        let snippets: String = self
            .snippets(url)
            .iter()
            .map(|Snippet { client, place, text }| {
                format!("<h2>{client}</h2>\n<p>{place}</p>\n<pre>{}</pre>\n", escaped(text))
            })
            .collect();
        let tools = if self.tools == 1 { "1 tool".to_owned() } else { format!("{} tools", self.tools) };
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width\">\n<title>fusionauth-mcp</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <h1>fusionauth-mcp</h1>\n<p>This is a server for the Model Context Protocol, version {version}, with {tools}. It \
             lets AI assistants use an API. This page is for people; clients connect to <code>{url}</code>.</p>\n{key}\n\
             {snippets}<h2>Health</h2>\n<p><a href=\"mcp/health\">mcp/health</a> says whether the server answers.</p>\n</body>\n\
             </html>\n",
            version = env!("CARGO_PKG_VERSION"),
            url = escaped(url),
        )
    }

    fn snippets(&self, url: &str) -> Vec<Snippet> {
        let Self { name, has_auth, .. } = self;
        let authorization = |key: &str| json!({ "Authorization": format!("Bearer {key}") });
        // What a client has for a server, and its headers where keys are needed.
        let server = |mut server: Value, key: &str| {
            if let Some(entries) = server.as_object_mut().filter(|_| *has_auth) {
                entries.insert("headers".to_owned(), authorization(key));
            }
            server
        };
        let servers = |section: &str, server: Value| format!("{:#}", json!({ section: { name: server } }));
        let header = |flag: &str| {
            if *has_auth { format!(" {flag} \"Authorization: Bearer YOUR_KEY\"") } else { String::new() }
        };
        let mut vscode = json!({ "servers": { name: server(json!({ "type": "http", "url": url }), "${input:key}") } });
        if let Some(entries) = vscode.as_object_mut().filter(|_| *has_auth) {
            let input = json!({ "type": "promptString", "id": "key", "description": "Key of fusionauth-mcp", "password": true });
            entries.insert("inputs".to_owned(), json!([input]));
        }
        let token = if *has_auth { "\nbearer_token_env_var = \"FUSIONAUTH_MCP_KEY\"" } else { "" };
        vec![
            Snippet {
                client: "Claude Code",
                place: "Run this in a terminal:",
                text: format!("claude mcp add --transport http {name} {url}{}", header("--header")),
            },
            Snippet {
                client: "VS Code",
                place: "In <code>.vscode/mcp.json</code>. VS Code asks for the key:",
                text: format!("{vscode:#}"),
            },
            Snippet {
                client: "Cursor",
                place: "In <code>~/.cursor/mcp.json</code>:",
                text: servers("mcpServers", server(json!({ "url": url }), "YOUR_KEY")),
            },
            Snippet {
                client: "Codex",
                place: "In <code>~/.codex/config.toml</code>. The key is in the environment variable:",
                text: format!("[mcp_servers.{name}]\nurl = \"{url}\"{token}"),
            },
            Snippet {
                client: "Gemini CLI",
                place: "In <code>~/.gemini/settings.json</code>:",
                text: servers("mcpServers", server(json!({ "httpUrl": url }), "YOUR_KEY")),
            },
            Snippet {
                client: "Inspector",
                place: "To try it out without a client:",
                text: format!(
                    "npx @modelcontextprotocol/inspector --cli {url} --transport http --method tools/list{}",
                    header("--header")
                ),
            },
        ]
    }
}

/// A text as HTML.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            letter => html.push(letter),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_request_becomes_markup() {
        let about = About { public_url: None, has_tls: false, has_auth: true, name: "a".to_owned(), tools: 1 };
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("x\"><script>'&"));
        let html = about.html(&about.url(&headers));
        assert!(!html.contains("<script") && html.contains("x&quot;&gt;&lt;script&gt;&#39;&amp;"), "{html}");
        assert!(html.contains("with 1 tool."), "{html}");
    }
}
