//! What a client sees of each tool in a list.

use openapi_tools::{
    describe::{
        input_schema::{Detail, anything, input_schema},
        output_schema::output_schema,
    },
    model::operation::Effect,
};
use serde_json::{Map, Value, json};

use crate::{
    text::pointers::without_pointers,
    toolset::{CALL, DESCRIBE, FIND, Mode, OfferedComposite, Toolset},
};

/// An entry of the list of tools (MCP 2026-07-28, "Tool").
#[derive(Debug, Clone)]
pub struct Listed {
    /// The name.
    pub name: &'static str,
    /// A few words for people.
    pub title: Option<String>,
    /// What it does, for a model that chooses among tools.
    pub description: String,
    /// The JSON Schema (2020-12) of the arguments.
    pub input_schema: Map<String, Value>,
    /// The JSON Schema (2020-12) of the structured content, where answers have some.
    pub output_schema: Option<Map<String, Value>>,
    /// What a call does; `None` for `idempotent` where it depends on the tool that is called.
    pub effect: ListedEffect,
}

/// What a call does to the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedEffect {
    /// Nothing is changed.
    pub read_only: bool,
    /// Something may be gone or overwritten.
    pub destructive: bool,
    /// A second call with the same arguments changes nothing more; `None` where that depends on the arguments.
    pub idempotent: Option<bool>,
}

impl From<Effect> for ListedEffect {
    fn from(effect: Effect) -> Self {
        let Effect { read_only, destructive, idempotent } = effect;
        Self { read_only, destructive, idempotent: Some(idempotent) }
    }
}

impl Listed {
    /// What a list costs a model for this entry, in tokens (o200k): its name, description and input schema.
    pub fn tokens(&self) -> usize {
        let schema = Value::Object(self.input_schema.clone());
        o200k::count(&format!("{}\n{}\n{schema}", self.name, self.description))
    }
}

/// How many tools [`list`] lists.
pub fn count(toolset: &Toolset) -> usize {
    match toolset.presentation().mode {
        Mode::Search => SEARCH_TOOLS,
        Mode::List => toolset.tools().len() + toolset.composites().len() + 1,
    }
}

/// How many tools search mode lists.
pub const SEARCH_TOOLS: usize = 3;

/// The list of tools, sorted by name.
pub fn list(toolset: &Toolset) -> Vec<Listed> {
    if toolset.presentation().mode == Mode::Search {
        return vec![call_tool(toolset), describe_tool(), find_tools(toolset)];
    }
    let mut list = callables(toolset);
    list.push(describe_tool());
    list.sort_by_key(|listed| listed.name);
    list
}

/// The operations and composites that are offered, as a list of all of them has them.
pub fn callables(toolset: &Toolset) -> Vec<Listed> {
    tools(toolset).chain(toolset.composites().iter().map(composite)).collect()
}

/// The tools that are operations.
fn tools(toolset: &Toolset) -> impl Iterator<Item = Listed> {
    let presentation = toolset.presentation();
    toolset.tools().iter().map(move |tool| {
        let output_schema = || output_schema(tool.view(), presentation.detail);
        let mut input_schema = input_schema(tool.view(), presentation.detail);
        keep_to_offered(&mut input_schema, toolset);
        let mut description = toolset.about_offered(&tool.description());
        if presentation.detail == Detail::Compact {
            let is_tool = |word: &str| tool.source.document.operation(word).is_some();
            each_description(&mut input_schema, &|text| without_pointers(text, is_tool));
            description = without_pointers(&description, is_tool);
        }
        Listed {
            name: tool.name(),
            title: tool.operation.title.map(str::to_owned),
            description,
            input_schema,
            output_schema: presentation.is_structured.then(output_schema).flatten(),
            effect: tool.operation.effect.into(),
        }
    })
}

/// Takes what the descriptions of a schema say about tools that are switched off out of them.
fn keep_to_offered(schema: &mut Map<String, Value>, toolset: &Toolset) {
    each_description(schema, &|text| toolset.about_offered(text));
}

/// Rewrites the descriptions of a schema. An empty one goes. A schema is as deep as the document makes it.
fn each_description(schema: &mut Map<String, Value>, rewrite: &dyn Fn(&str) -> String) {
    schema.retain(|key, value| match value {
        Value::String(text) if key == "description" => {
            *text = rewrite(text);
            !text.is_empty()
        }
        _ => true,
    });
    for value in schema.values_mut() {
        match value {
            Value::Object(inner) => each_description(inner, rewrite),
            Value::Array(items) => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|inner| each_description(inner, rewrite));
            }
            _ => {}
        }
    }
}

fn composite(offered: &OfferedComposite) -> Listed {
    let composite = &offered.composite;
    Listed {
        name: composite.name(),
        title: Some(composite.title().to_owned()),
        description: composite.description().to_owned(),
        input_schema: composite.input_schema(),
        output_schema: None,
        effect: ListedEffect { read_only: true, destructive: false, idempotent: Some(true) },
    }
}

fn find_tools(toolset: &Toolset) -> Listed {
    own(
        FIND,
        format!(
            "Finds tools of the {} API, and guides for complete tasks, by what they do. Returns names, titles, effects \
             and arguments. Then use describe_tool (it shows guides too) and call_tool.",
            api_names(toolset)
        ),
        json!({
            "query": { "type": "string", "description": "What you want to do, in a few words." },
            "bucket": { "type": "string", "description": "Only this bucket, such as create or retrieve." },
            "area": { "type": "string", "description": "Only this area, such as user or application." },
            "limit": { "type": "integer", "description": "Maximum number, default 10." },
        }),
        &["query"],
        true,
    )
}

fn call_tool(toolset: &Toolset) -> Listed {
    own(
        CALL,
        "Calls a tool that find_tools found, with the arguments that describe_tool shows.".to_owned(),
        json!({
            "name": { "type": "string", "description": "The tool's name." },
            "arguments": { "type": "object", "additionalProperties": anything() },
        }),
        &["name"],
        toolset.tools().iter().all(|tool| tool.operation.effect.read_only),
    )
}

fn describe_tool() -> Listed {
    own(
        DESCRIBE,
        "Shows the arguments of tools, large ones in outline; about shows parts in full. Use it before a call whose body \
         is unclear. Also shows guides for complete tasks; the name guides lists them."
            .to_owned(),
        json!({
            "names": { "type": "array", "items": { "type": "string" }, "description": "Names of tools or guides." },
            "about": {
                "type": "array", "items": { "type": "string" },
                "description": "Paths of properties, kinds or words, such as tenant.emailConfiguration.",
            },
            "answers": { "type": "boolean", "description": "Also the types of answers." },
            "types": { "type": "array", "items": { "type": "string" }, "description": "Names of types to show instead." },
        }),
        &[],
        true,
    )
}

/// What people call the APIs that the tools come from.
pub fn api_names(toolset: &Toolset) -> String {
    toolset.sources().iter().map(|source| source.dialect.api_name).collect::<Vec<_>>().join(", ")
}

/// A tool of this process, which is no operation of an API.
fn own(name: &'static str, description: String, properties: Value, required: &[&str], read_only: bool) -> Listed {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), properties);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    Listed {
        name,
        title: None,
        description,
        input_schema: schema,
        output_schema: None,
        effect: ListedEffect { read_only, destructive: !read_only, idempotent: None },
    }
}
