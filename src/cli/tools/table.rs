//! The table of tools.

use std::fmt::Write;

use gateway::{listing::Listed, toolset::Toolset};

use crate::{
    config::settings::TOOL_MODE,
    fusionauth::permissions::{Permission, Verdict},
};

/// A row of the table.
pub struct Row {
    name: &'static str,
    method: &'static str,
    place: String,
}

impl Row {
    /// The row for an entry of a list.
    pub fn new(toolset: &Toolset, listed: &Listed) -> Self {
        let (method, place) = match (toolset.tool(listed.name), toolset.composite(listed.name)) {
            (Some(tool), _) => (tool.operation.method.as_str(), tool.operation.path_template()),
            (None, Some(_)) => ("-", "makes several calls".to_owned()),
            (None, None) => ("-", "is answered by this server".to_owned()),
        };
        Self { name: listed.name, method, place }
    }
}

/// The rows, with marks where it is known what the API key may call, and their count.
pub fn table(toolset: &Toolset, rows: &[Row], verdicts: &[Verdict], is_searching: bool) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Row { name, method, place } in rows {
        let mark = match verdicts.iter().find(|verdict| verdict.tool == *name).map(|verdict| verdict.permission) {
            _ if verdicts.is_empty() => "",
            Some(Permission::Refused) => "x ",
            Some(Permission::Unknown) => "? ",
            Some(Permission::Allowed) | None => "  ",
        };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{mark}{name:width$}  {method:6}  {place}");
    }
    let plural = if rows.len() == 1 { "" } else { "s" };
    let _ = writeln!(text, "{} tool{plural}", rows.len());
    if is_searching {
        let others = toolset.tools().len() + toolset.composites().len();
        let _ = writeln!(text, "They find, describe and call {others} others; {}=list lists those.", TOOL_MODE.label());
    }
    if !verdicts.is_empty() {
        let shown = |permission| {
            let is_shown = |verdict: &&Verdict| rows.iter().any(|row| row.name == verdict.tool);
            verdicts.iter().filter(is_shown).filter(|verdict| verdict.permission == permission).count()
        };
        let (refused, unknown) = (shown(Permission::Refused), shown(Permission::Unknown));
        let _ = writeln!(
            text,
            "x: the API key may not call it ({refused}); ?: not tried, because it changes something or needs values that are \
             not known ({unknown}). `{} key plan` prints the permissions that are needed.",
            env!("CARGO_PKG_NAME")
        );
    }
    text
}
