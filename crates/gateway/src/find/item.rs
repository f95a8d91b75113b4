//! What a search can find.

use super::settings::Places;
use crate::{dialect::Absent, guide::Guide, tool::Tool, toolset::OfferedComposite};

/// What the name of a tool that takes an id ends with, where another does the same without.
pub const WITH_ID: &str = "WithId";

/// Something that a search can find.
pub enum Item {
    Tool(Tool, Places),
    Composite(OfferedComposite),
    Guide(&'static Guide),
    /// A tool that the operator has switched off. A search that it fits best says so.
    LeftOut(Tool),
    Absent(&'static Absent),
}
