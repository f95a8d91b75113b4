//! The guides as MCP prompts, and what their arguments may be.

use std::collections::BTreeMap;

use rmcp::model::{CompletionInfo, JsonObject, Prompt, PromptArgument};
use serde_json::{Value, json};

use crate::{
    call::Caller,
    guides::{self, Argument, Completes, Guide},
    nearest::did_you_mean,
    shorten::shortened,
    toolset::Toolset,
};

/// Values asked of the instance for a completion: one more than are told, so that it is seen that there are more.
const MOST_VALUES: usize = CompletionInfo::MAX_VALUES + 1;

/// What `prompts/list` answers, sorted by name.
pub fn list(toolset: &Toolset) -> Vec<Prompt> {
    guides::offered(toolset).map(prompt).collect()
}

fn prompt(guide: &Guide) -> Prompt {
    let arguments = guide.arguments.iter().map(|argument| {
        PromptArgument::new(argument.name).with_description(argument.description).with_required(argument.required)
    });
    Prompt::new(guide.name, Some(guide.description), Some(arguments.collect())).with_title(guide.title)
}

/// The guide of that name.
///
/// # Errors
/// There is none.
pub fn get(toolset: &Toolset, name: &str) -> Result<&'static Guide, String> {
    guides::offered_guide(toolset, name).ok_or_else(|| {
        let hint = did_you_mean(name, guides::offered(toolset).map(|guide| guide.name));
        format!("unknown prompt `{}`{hint}", shortened(name))
    })
}

/// The text of a guide for a model, with the arguments in it.
///
/// # Errors
/// An unknown argument, a required one that is missing, one that is no text.
pub fn text(toolset: &Toolset, guide: &Guide, arguments: &JsonObject) -> Result<String, String> {
    let names = guide.arguments.iter().map(|argument| argument.name);
    if let Some(name) = arguments.keys().find(|name| guide.arguments.iter().all(|argument| argument.name != **name)) {
        let hint = did_you_mean(name, names.clone());
        let known: Vec<_> = names.collect();
        return Err(format!("{name}: unknown argument{hint} (this prompt takes: {})", known.join(", ")));
    }
    let mut values = BTreeMap::new();
    for Argument { name, description, required, .. } in guide.arguments {
        match arguments.get(*name) {
            Some(Value::String(value)) if !value.trim().is_empty() || !required => {
                values.insert((*name).to_owned(), value.trim().to_owned());
            }
            None | Some(Value::Null | Value::String(_)) if *required => {
                return Err(format!("{name}: missing; {description}"));
            }
            None | Some(Value::Null) => {}
            Some(_) => return Err(format!("{name}: expected a text")),
        }
    }
    Ok(format!("{}.\n\n{}", guide.title, guide.rendered(toolset, Some(&values))))
}

/// Values for an argument of a guide, as far as the offered tools may tell them.
///
/// # Errors
/// There is no such argument.
pub async fn values(
    toolset: &Toolset,
    caller: &Caller,
    guide: &Guide,
    argument: &str,
    typed: &str,
) -> Result<Vec<String>, String> {
    let found = guide.arguments.iter().find(|known| known.name == argument);
    let found = found.ok_or_else(|| {
        let names = guide.arguments.iter().map(|argument| argument.name);
        format!("unknown argument `{argument}`{}", did_you_mean(argument, names))
    })?;
    let search = json!({ "name": format!("*{typed}*"), "numberOfResults": MOST_VALUES, "orderBy": "name ASC" });
    let (tool, arguments, list, keys) = match found.completes {
        Completes::Application => {
            ("searchApplicationsWithId", json!({ "requestBody": { "search": search } }), "applications", &["name"][..])
        }
        Completes::Tenant => {
            ("searchTenantsWithId", json!({ "requestBody": { "search": search } }), "tenants", &["name"][..])
        }
        Completes::User => {
            let search = json!({ "queryString": format!("*{}*", escaped(typed)), "numberOfResults": MOST_VALUES });
            (
                "searchUsersByQueryWithId",
                json!({ "requestBody": { "search": search } }),
                "users",
                &["email", "username"][..],
            )
        }
        Completes::None => return Ok(found.values.iter().map(|value| (*value).to_owned()).collect()),
    };
    let (Some(operation), Value::Object(arguments)) = (toolset.get(tool), arguments) else { return Ok(Vec::new()) };
    let answer = caller.call(operation, arguments).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let objects = body.get(list).and_then(Value::as_array).into_iter().flatten();
    let names = objects.filter_map(|object| keys.iter().find_map(|key| object.get(*key)?.as_str()).map(str::to_owned));
    let mut names: Vec<_> = names.collect();
    names.dedup();
    Ok(names)
}

/// The text in a query string of Lucene's, which has signs of its own; a space would begin another word.
fn escaped(typed: &str) -> String {
    let mut text = String::new();
    for character in typed.chars() {
        match character {
            ' ' => text.push('?'),
            character if character.is_alphanumeric() || "@._".contains(character) => text.push(character),
            character => text.extend(['\\', character]),
        }
    }
    text
}
