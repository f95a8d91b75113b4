//! MCP resources: what the tools of this run are, for clients that read before they call.
//!
//! What is not offered has no resource either: the toolset decides here as it does for the list.

use std::{collections::BTreeMap, sync::Arc};

use gateway::{
    describe::{composite_description, tool_description},
    guide::arguments::ArgumentError,
    source::Source,
    text::{nearest::did_you_mean, shorten::shortened},
    tool::Tool,
    toolset::{Callable, Toolset, Unknown},
};
use openapi_tools::describe::input_schema::named_schema;
use rmcp::model::{Resource, ResourceContents, ResourceTemplate};
use serde_json::Value;

use super::skills;

const MARKDOWN: &str = "text/markdown";
const JSON_SCHEMA: &str = "application/schema+json";

/// The URIs of the resources of a source.
struct Uris {
    areas: String,
    tools: String,
    schemas: String,
}

impl Uris {
    fn of(source: &Source) -> Self {
        let base = source.dialect.uri_base;
        Self { areas: format!("{base}areas"), tools: format!("{base}tools/"), schemas: format!("{base}schemas/") }
    }
}

/// A resource that is not there.
#[derive(Debug, thiserror::Error)]
pub enum ResourceError {
    /// No such tool.
    #[error(transparent)]
    Tool(#[from] Unknown),
    /// No such type.
    #[error("unknown schema `{name}`{hint}")]
    Schema {
        /// The name.
        name: String,
        /// The nearest right name.
        hint: String,
    },
    /// Arguments that a guide does not take.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// No such resource.
    #[error("unknown resource `{uri}`; there are {known}")]
    Resource {
        /// The URI.
        uri: String,
        /// The resources that there are.
        known: String,
    },
    /// No such template.
    #[error("unknown template `{uri}`; there are {known}")]
    Template {
        /// The URI of the template.
        uri: String,
        /// The templates that there are.
        known: String,
    },
}

/// What `resources/list` answers.
pub fn list(toolset: &Toolset) -> Vec<Resource> {
    let areas = |source: &Source| {
        let api = source.dialect.api_name;
        Resource::new(Uris::of(source).areas, "areas")
            .with_title("Areas")
            .with_description(format!("The areas of the {api} API that this server offers, and the tools of each."))
            .with_mime_type(MARKDOWN)
    };
    toolset.sources().iter().map(|source| areas(source)).collect()
}

/// What `resources/templates/list` answers.
pub fn templates(toolset: &Toolset) -> Vec<ResourceTemplate> {
    toolset.sources().iter().flat_map(|source| templates_of(&Uris::of(source))).collect()
}

fn templates_of(uris: &Uris) -> [ResourceTemplate; 2] {
    let tool = ResourceTemplate::new(template(&uris.tools), "tool")
        .with_title("Tool")
        .with_description("All arguments of one tool and its answer, with every type explained.")
        .with_mime_type(MARKDOWN);
    let schema = ResourceTemplate::new(template(&uris.schemas), "schema")
        .with_title("Schema")
        .with_description("The JSON Schema of one type that tools take or answer with.")
        .with_mime_type(JSON_SCHEMA);
    [tool, schema]
}

fn template(base: &str) -> String {
    format!("{base}{{name}}")
}

/// The resource of that URI.
///
/// # Errors
/// There is none: what there is instead.
pub fn read(toolset: &Toolset, uri: &str) -> Result<ResourceContents, ResourceError> {
    for source in toolset.sources() {
        let uris = Uris::of(source);
        if uri == uris.areas {
            return Ok(ResourceContents::text(areas(toolset, source), uri).with_mime_type(MARKDOWN));
        }
        if let Some(name) = uri.strip_prefix(&uris.tools) {
            let text = match toolset.callable(name).ok_or_else(|| toolset.unknown(name))? {
                Callable::Tool(tool) => tool_description(toolset, &tool, usize::MAX),
                Callable::Composite(offered) => composite_description(&offered),
            };
            return Ok(ResourceContents::text(text, uri).with_mime_type(MARKDOWN));
        }
        if let Some(name) = uri.strip_prefix(&uris.schemas) {
            return schema(toolset, source, name, &uris)
                .map(|text| ResourceContents::text(text, uri).with_mime_type(JSON_SCHEMA));
        }
    }
    if let Some(file) = skills::read(toolset, uri)? {
        return Ok(file);
    }
    let known = toolset.sources().iter().map(|source| {
        let Uris { areas, tools, schemas } = Uris::of(source);
        format!("{areas}, {} and {}", template(&tools), template(&schemas))
    });
    Err(ResourceError::Resource { uri: shortened(uri).into_owned(), known: known.collect::<Vec<_>>().join("; ") })
}

/// The JSON Schema of a type, as text.
fn schema(toolset: &Toolset, source: &Source, name: &str, uris: &Uris) -> Result<String, ResourceError> {
    let types = toolset.type_names_of(source);
    let schema = types.contains(name).then(|| named_schema(source.document, name, &uris.schemas)).flatten();
    let schema = schema
        .ok_or_else(|| ResourceError::Schema { name: shortened(name).into_owned(), hint: did_you_mean(name, types) })?;
    Ok(format!("{:#}", Value::Object(schema)))
}

/// Names that the argument of a template may have.
///
/// # Errors
/// There is no such template.
pub fn names(toolset: &Toolset, uri_template: &str) -> Result<Vec<String>, ResourceError> {
    for source in toolset.sources() {
        let uris = Uris::of(source);
        if uri_template == template(&uris.tools) {
            let tools = toolset.tools().iter().filter(|tool| Arc::ptr_eq(&tool.source, source)).map(Tool::name);
            let composites = toolset.composites().iter().filter(|offered| Arc::ptr_eq(&offered.source, source));
            return Ok(tools.chain(composites.map(|one| one.composite.name())).map(str::to_owned).collect());
        }
        if uri_template == template(&uris.schemas) {
            return Ok(toolset.type_names_of(source).into_iter().map(str::to_owned).collect());
        }
    }
    let all: Vec<Uris> = toolset.sources().iter().map(|source| Uris::of(source)).collect();
    let known = all.iter().map(|uris| format!("{} and {}", template(&uris.tools), template(&uris.schemas)));
    let known = known.collect::<Vec<_>>().join("; ");
    Err(ResourceError::Template { uri: shortened(uri_template).into_owned(), known })
}

fn areas(toolset: &Toolset, source: &Arc<Source>) -> String {
    let mut areas: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for tool in toolset.tools().iter().filter(|tool| Arc::ptr_eq(&tool.source, source)) {
        areas.entry(tool.operation.area).or_default().push(tool.name());
    }
    areas.iter().map(|(area, tools)| format!("- **{area}** ({}): {}\n", tools.len(), tools.join(", "))).collect()
}
