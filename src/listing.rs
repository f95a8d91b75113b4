//! A tool as MCP clients see it.

use openapi_tools::{document::Document, input_schema::input_schema, operation::Operation};
use rmcp::model::{Tool, ToolAnnotations};

/// The entry of `tools/list`.
pub fn tool(document: &Document, operation: &Operation) -> Tool {
    let endpoint = || format!("{} {}", operation.method.as_str(), operation.path_template());
    let description = if operation.description.is_empty() { endpoint() } else { operation.description.to_owned() };
    let effect = operation.effect;
    let annotations = ToolAnnotations::new()
        .read_only(effect.read_only)
        .destructive(effect.destructive)
        .idempotent(effect.idempotent)
        .open_world(false);
    let tool = Tool::new(operation.name, description, input_schema(document, operation)).with_annotations(annotations);
    if operation.title.is_empty() { tool } else { tool.with_title(operation.title) }
}
