//! Calls the sandbox through MCP and checks the status of the answer.

use serde_json::Value;

use crate::support::client::{Client, ToolAnswer};

/// The status and the JSON of an answer.
pub fn read(answer: &ToolAnswer) -> (u16, Value) {
    let (headline, body) = answer.text.split_once('\n').unwrap_or((&answer.text, ""));
    let status = headline.get(..3).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status: {}", answer.text));
    (status, serde_json::from_str(body).unwrap_or_default())
}

pub fn call(client: &mut Client, tool: &str, arguments: Value) -> (u16, Value) {
    read(&client.call(tool, arguments))
}

/// The body of a success.
pub fn succeed(client: &mut Client, tool: &str, arguments: Value) -> Value {
    let (status, body) = call(client, tool, arguments.clone());
    assert!((200..300).contains(&status), "{tool} {arguments}: {status} {body}");
    body
}

/// The code of the first error of a refusal.
pub fn refused(client: &mut Client, tool: &str, arguments: Value) -> String {
    let answer = client.call(tool, arguments.clone());
    assert!(answer.text.starts_with("400: "), "{tool} {arguments}: {}", answer.text);
    // Messages have ids and names in brackets, and stand before their code.
    let is_code = |word: &&str| {
        let name = word.strip_prefix('[').and_then(|word| word.split_once(']')).map(|(name, _)| name);
        name.is_some_and(|name| name.chars().all(char::is_alphabetic))
    };
    let first = answer.text.split(';').next().unwrap_or_default();
    let code = first.split(' ').rfind(is_code);
    code.unwrap_or_else(|| panic!("no code: {}", answer.text)).to_owned()
}
