//! A client's configuration, read as the client reads it, and the server that it names.

use serde_json::Value;

use super::client::{BINARY, Client};

/// A configuration file as a value: TOML, or JSON with comments and trailing commas.
pub fn parsed(client: &str, text: &str) -> Value {
    if client == "codex" {
        let document: toml_edit::DocumentMut = text.parse().unwrap_or_else(|error| panic!("{client}: {error}: {text}"));
        return value_of(document.as_item());
    }
    let options = jsonc_parser::ParseOptions::default();
    let root = jsonc_parser::cst::CstRootNode::parse(text.trim_start_matches('\u{feff}'), &options);
    let root = root.unwrap_or_else(|error| panic!("{client}: {error}: {text}"));
    json(&root.value().unwrap())
}

fn json(node: &jsonc_parser::cst::CstNode) -> Value {
    if let Some(object) = node.as_object() {
        let pairs = object.properties().into_iter();
        return pairs.map(|pair| (pair.decoded_name().unwrap(), json(&pair.value().unwrap()))).collect();
    }
    if let Some(array) = node.as_array() {
        return array.elements().iter().map(json).collect();
    }
    serde_json::from_str(&node.to_string()).unwrap()
}

fn value_of(item: &toml_edit::Item) -> Value {
    if let Some(table) = item.as_table_like() {
        return table.iter().map(|(key, item)| (key.to_owned(), value_of(item))).collect();
    }
    match item.as_value().unwrap() {
        toml_edit::Value::Array(array) => {
            array.iter().map(|value| value_of(&toml_edit::Item::Value(value.clone()))).collect()
        }
        toml_edit::Value::Boolean(value) => (*value.value()).into(),
        toml_edit::Value::Integer(value) => (*value.value()).into(),
        toml_edit::Value::String(value) => value.value().as_str().into(),
        other => panic!("{other}"),
    }
}

/// What a configuration starts: program, arguments, variables. npx stands for the binary under test.
pub fn launch(client: &str, text: &str, name: &str) -> (String, Vec<String>, Vec<(String, String)>) {
    let value = parsed(client, text);
    let servers =
        ["mcpServers", "servers", "context_servers", "mcp_servers", "mcp"].iter().find_map(|key| value.get(key));
    let servers = servers.unwrap_or_else(|| panic!("no servers in {text}"));
    let server = servers.get(name).or_else(|| servers.pointer(&format!("/servers/{name}")));
    let server = server.unwrap_or_else(|| panic!("no {name} in {text}"));
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let mut words = match &server["command"] {
        Value::String(command) => vec![command.clone()],
        list => texts(list),
    };
    words.extend(texts(&server["args"]));
    if words.starts_with(&["npx".to_owned(), "-y".to_owned(), "fusionauth-mcp".to_owned()]) {
        words.splice(..3, [BINARY.to_owned()]);
    }
    let environment = server.get("env").or(server.get("environment")).and_then(Value::as_object).unwrap();
    let environment = environment.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
    (words.remove(0), words, environment.collect())
}

/// The tools of the server that a configuration starts. A key that is asked for, or stands for one, becomes one.
pub fn started_tools(client: &str, text: &str, name: &str) -> Vec<String> {
    let (program, arguments, mut environment) = launch(client, text, name);
    assert_eq!(program, BINARY, "{text}");
    for (_, value) in environment.iter_mut().filter(|(name, _)| name == "API_KEY_APIKEYAUTH") {
        assert!(value == "your-api-key" || value.starts_with("${input:"), "{value}");
        "bf69486b-4733-4470-a592-f1bfce7af580".clone_into(value);
    }
    let environment: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut server = Client::start_with(&environment, &arguments);
    server.initialize("2025-11-25");
    let list = server.request("tools/list", serde_json::json!({}));
    let tools = list["result"]["tools"].as_array().unwrap().clone();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}
