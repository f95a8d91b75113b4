//! Which tools of a source are offered: what was chosen for all sources, or for this one.

use gateway::toolset::selection::{Selection, Words};

use super::variables::Variables;
use crate::config::settings::{self, ValueKind};

/// The selection of a source whose tools' names begin with `prefix`. Of several sources, each has settings of its own: its
/// lists take the place of those for all sources, and it may be read-only by itself.
pub fn read(variables: &mut Variables<'_>, all: &Selection, prefix: &str, is_tool: impl Fn(&str) -> bool) -> Selection {
    if variables.is_lone() {
        return all.clone();
    }
    let tools = variables.setting(settings::USE_TOOLS.label(), ValueKind::List);
    let areas = variables.setting(settings::TOOL_AREAS.label(), ValueKind::List);
    let read_only = variables.setting(settings::READ_ONLY.label(), ValueKind::Bool);
    let own_tools = variables.settings.words(&tools).map(|words| with_prefix(words, prefix, is_tool));
    let own_areas = variables.settings.words(&areas);
    let own_read_only = variables.settings.switch(&read_only);
    if let (Some(all), Some(own), None) = (&all.read_only, variables.settings.get(&read_only), &own_read_only) {
        variables.settings.note(format!("{}={} does not lift {}", own.source, own.value, all.assignment()));
    }
    Selection {
        tools: own_tools.or_else(|| all.tools.clone()),
        buckets: all.buckets.clone(),
        areas: own_areas.or_else(|| all.areas.clone()),
        read_only: all.read_only.clone().or(own_read_only),
    }
}

/// The words, names of tools as clients see them. In a list of one source they may be typed as its document has them.
fn with_prefix(mut words: Words, prefix: &str, is_tool: impl Fn(&str) -> bool) -> Words {
    for word in &mut words.words {
        let (sign, name) = word.strip_prefix('-').map_or(("", word.as_str()), |name| ("-", name.trim()));
        let whole = format!("{prefix}{name}");
        if !is_tool(name) && is_tool(&whole) {
            *word = format!("{sign}{whole}");
        }
    }
    words
}
