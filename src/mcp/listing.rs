//! Tools as MCP lists them.

use std::sync::Arc;

use gateway::listing::{Listed, ListedEffect};
use rmcp::model::{Tool, ToolAnnotations};

/// An entry of `tools/list` (MCP 2026-07-28, "Tool").
pub fn tool(listed: Listed) -> Tool {
    let Listed { name, title, description, input_schema, output_schema, effect } = listed;
    let ListedEffect { read_only, destructive, idempotent } = effect;
    let mut annotations = ToolAnnotations::new().read_only(read_only).destructive(destructive).open_world(false);
    annotations.idempotent_hint = idempotent;
    let mut tool = Tool::new(name, description, input_schema).with_annotations(annotations);
    tool.title = title;
    match output_schema {
        Some(schema) => tool.with_raw_output_schema(Arc::new(schema)),
        None => tool,
    }
}
