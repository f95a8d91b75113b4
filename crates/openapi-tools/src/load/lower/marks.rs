//! The `x-` extensions of an operation, and what may be a tool's name.

use openapiv3::Operation;

use super::context::Context;

/// What an operation is marked with. `None` where the mark is missing.
#[derive(Default)]
pub(super) struct Marks<'a> {
    pub(super) tool_name: Option<&'a str>,
    pub(super) licensed: Option<bool>,
    pub(super) asynchronous: Option<bool>,
    pub(super) read_only: Option<bool>,
    pub(super) destructive: Option<bool>,
    pub(super) idempotent: Option<bool>,
    pub(super) tenant_scoped: Option<bool>,
}

impl<'a> Marks<'a> {
    /// The marks of the operation at `place`.
    pub(super) fn read(context: &mut Context<'_>, place: &str, source: &'a Operation) -> Self {
        let mut marks = Self::default();
        for (name, value) in &source.extensions {
            if name == "x-tool-name" {
                marks.tool_name = value.as_str().filter(|name| is_tool_name(name));
                if marks.tool_name.is_none() {
                    context.fault(format!("{place}.{name}"), format!("{value}: expected a tool's name"));
                }
                continue;
            }
            let mark = match name.as_str() {
                "x-read-only" => &mut marks.read_only,
                "x-destructive" => &mut marks.destructive,
                "x-idempotent" => &mut marks.idempotent,
                "x-tenant-scoped" => &mut marks.tenant_scoped,
                "x-licensed" => &mut marks.licensed,
                "x-asynchronous" => &mut marks.asynchronous,
                _ => {
                    context.fault(format!("{place}.{name}"), "not a mark that is known");
                    continue;
                }
            };
            *mark = value.as_bool();
            if mark.is_none() {
                context.fault(format!("{place}.{name}"), format!("{value}: expected true or false"));
            }
        }
        marks
    }
}

/// Whether every MCP client takes it as a tool's name.
pub(super) fn is_tool_name(name: &str) -> bool {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    name.len() <= 64 && name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(is_allowed)
}
