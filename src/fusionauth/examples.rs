//! An example of each tool, which runs on the simulated instance.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value};

/// The arguments by tool. Written and checked by `tests/black_box/examples.rs`.
static EXAMPLES: LazyLock<BTreeMap<String, Map<String, Value>>> =
    // A test reads every example, so the text is valid.
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// The command line that calls a tool with its example; `None` where it has none.
pub fn command(tool: &str) -> Option<String> {
    let arguments = EXAMPLES.get(tool)?;
    let plain: Option<Vec<_>> = arguments.iter().map(|(name, value)| plain(name, value)).collect();
    let words = match plain {
        Some(words) => words.join(" "),
        None => quoted(&Value::Object(arguments.clone()).to_string()),
    };
    Some(format!("{} --sandbox call {tool} {words}", env!("CARGO_PKG_NAME")).trim_end().to_owned())
}

/// `name=value`, where a shell and the command take it as it is.
fn plain(name: &str, value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => return None,
    };
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.@:/,+".contains(sign);
    let is_word = !text.is_empty() && text.chars().all(is_plain) && !name.contains('.');
    is_word.then(|| format!("{name}={text}"))
}

/// One word for a shell (POSIX, "Single-Quotes").
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
