//! Mismatches between a guide's head and its main text.

use std::collections::BTreeSet;

use fusionauth_mcp::fusionauth::{compare, export::format::Format, tools::DOCUMENT};
use gateway::guide::Guide;

use crate::text::{Block, placeholders, words};

fn writes(tool: &str) -> bool {
    DOCUMENT.operation(tool).is_some_and(|operation| !operation.effect.read_only)
}

/// Where the head and the main text do not fit.
pub fn head_faults(text: &str, guide: &Guide, blocks: &[Block]) -> Vec<String> {
    let mut faults = Vec::new();
    for tool in guide.tools {
        if DOCUMENT.operations.iter().all(|operation| operation.name != *tool)
            && Format::ALL.iter().all(|format| format.tool() != *tool)
            && *tool != compare::tool::NAME
        {
            faults.push(format!("head: {tool}: there is no such tool"));
        }
        if words(text).all(|word| word != *tool) {
            faults.push(format!("head: {tool}: the text does not name it"));
        }
    }
    for tool in blocks.iter().filter_map(Block::tool).filter(|tool| writes(tool) && !guide.tools.contains(tool)) {
        faults.push(format!("head: {tool}: the text calls it, and it writes; `tools` does not have it"));
    }
    if guide.writes != guide.tools.iter().any(|tool| writes(tool)) {
        faults.push(format!("head: `writes` is {}, and the tools say otherwise", guide.writes));
    }
    let used: BTreeSet<_> = placeholders(text, "{{", "}}").collect();
    let asked: BTreeSet<_> = guide.arguments.iter().map(|argument| argument.name).collect();
    for name in used.symmetric_difference(&asked) {
        faults.push(format!("head: {name}: an argument that is not used, or not asked for"));
    }
    for part in guide.parts.iter().filter(|part| !text.contains(part.name)) {
        faults.push(format!("head: {}: the text does not name it", part.name));
    }
    faults
}
