//! MCP resources: what the tools of this run are, for clients that read before they call.
//!
//! What is not offered has no resource either: the toolset decides here as it does for the list.

use std::collections::{BTreeMap, BTreeSet};

use openapi_tools::{
    document::Document,
    input_schema::named_schema,
    operation::Operation,
    schema::{Kind, Schema},
};
use rmcp::model::{Resource, ResourceContents, ResourceTemplate};
use serde_json::Value;

use crate::{
    discovery,
    nearest::did_you_mean,
    shorten::shortened,
    skills,
    toolset::{Callable, Toolset},
};

/// The areas and their tools.
pub const AREAS: &str = "fusionauth://areas";
const TOOLS: &str = "fusionauth://tools/";
const SCHEMAS: &str = "fusionauth://schemas/";

const MARKDOWN: &str = "text/markdown";
const JSON_SCHEMA: &str = "application/schema+json";

/// What `resources/list` answers.
pub fn list() -> Vec<Resource> {
    let areas = Resource::new(AREAS, "areas")
        .with_title("Areas")
        .with_description("The areas of the FusionAuth API that this server offers, and the tools of each.")
        .with_mime_type(MARKDOWN);
    vec![areas]
}

/// What `resources/templates/list` answers.
pub fn templates() -> Vec<ResourceTemplate> {
    let tool = ResourceTemplate::new(template(TOOLS), "tool")
        .with_title("Tool")
        .with_description("All arguments of one tool and its answer, with every type explained.")
        .with_mime_type(MARKDOWN);
    let schema = ResourceTemplate::new(template(SCHEMAS), "schema")
        .with_title("Schema")
        .with_description("The JSON Schema of one type that tools take or answer with.")
        .with_mime_type(JSON_SCHEMA);
    vec![tool, schema]
}

fn template(base: &str) -> String {
    format!("{base}{{name}}")
}

/// The resource of that URI.
///
/// # Errors
/// There is none: what there is instead.
pub fn read(toolset: &Toolset, uri: &str) -> Result<ResourceContents, String> {
    if uri == AREAS {
        return Ok(ResourceContents::text(areas(toolset), uri).with_mime_type(MARKDOWN));
    }
    if let Some(name) = uri.strip_prefix(TOOLS) {
        let text = match toolset.callable(name).ok_or_else(|| toolset.unknown(name))? {
            Callable::Operation(operation) => discovery::description(toolset, operation, usize::MAX),
            Callable::Export(format) => discovery::export_description(format),
        };
        return Ok(ResourceContents::text(text, uri).with_mime_type(MARKDOWN));
    }
    if let Some(name) = uri.strip_prefix(SCHEMAS) {
        let names = schemas(toolset);
        let schema = names.get(name).and_then(|name| named_schema(toolset.document(), name, SCHEMAS));
        let schema = schema
            .ok_or_else(|| format!("unknown schema `{}`{}", shortened(name), did_you_mean(name, names.into_iter())))?;
        let text = format!("{:#}", Value::Object(schema));
        return Ok(ResourceContents::text(text, uri).with_mime_type(JSON_SCHEMA));
    }
    if let Some(file) = skills::read(toolset, uri) {
        return Ok(file);
    }
    Err(format!(
        "unknown resource `{}`; there are {AREAS}, {} and {}",
        shortened(uri),
        template(TOOLS),
        template(SCHEMAS)
    ))
}

/// Names that the argument of a template may have.
///
/// # Errors
/// There is no such template.
pub fn names(toolset: &Toolset, uri_template: &str) -> Result<Vec<String>, String> {
    match uri_template {
        uri if uri == template(TOOLS) => {
            let operations = toolset.operations().iter().map(|operation| operation.name);
            let exports = toolset.exports().iter().map(|format| format.tool());
            Ok(operations.chain(exports).map(str::to_owned).collect())
        }
        uri if uri == template(SCHEMAS) => Ok(schemas(toolset).into_iter().map(str::to_owned).collect()),
        uri => Err(format!("unknown template `{uri}`; there are {} and {}", template(TOOLS), template(SCHEMAS))),
    }
}

fn areas(toolset: &Toolset) -> String {
    let mut areas: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in toolset.operations() {
        areas.entry(operation.area).or_default().push(operation.name);
    }
    areas.iter().map(|(area, tools)| format!("- **{area}** ({}): {}\n", tools.len(), tools.join(", "))).collect()
}

/// The types that the offered tools take or answer with, and all that these refer to.
pub fn schemas(toolset: &Toolset) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    for operation in toolset.operations() {
        for schema in roots(operation) {
            collect(toolset.document(), schema, &mut names);
        }
    }
    names
}

fn roots(operation: &Operation) -> impl Iterator<Item = &Schema> {
    let parameters = operation.parameters.iter().map(|parameter| &parameter.schema);
    parameters
        .chain(operation.body.as_ref().map(|body| &body.schema))
        .chain(&operation.answer)
        .chain(&operation.failure)
}

fn collect(document: &Document, schema: &Schema, names: &mut BTreeSet<&'static str>) {
    match schema.kind {
        Kind::Reference(name) => reference(document, name, names),
        Kind::Array { items: inner, .. } | Kind::Map { values: inner } => collect(document, inner, names),
        Kind::Object { properties } => {
            properties.iter().for_each(|property| collect(document, &property.schema, names));
        }
        Kind::OneOf { variants, .. } => {
            variants.iter().for_each(|variant| reference(document, variant.reference, names));
        }
        Kind::Any | Kind::Boolean | Kind::Integer { .. } | Kind::Number | Kind::String { .. } => {}
    }
}

fn reference(document: &Document, name: &'static str, names: &mut BTreeSet<&'static str>) {
    if let Some(schema) = document.schema(name)
        && names.insert(name)
    {
        collect(document, schema, names);
    }
}
