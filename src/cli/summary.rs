//! The line on stderr that says what has started.

use gateway::listing::count;

use super::start::Start;
use crate::{config::sources::FUSIONAUTH, sources::open::OpenSource};

/// The version, the number of tools, and where they lead to.
pub fn summary(start: &Start) -> String {
    let (tools, config) = (count(&start.toolset), &start.config);
    let has_key = config.upstream.api_key.is_some() || !config.has_fusionauth();
    let key = if has_key { "" } else { "; no API key, so calls that need one are refused" };
    let place = |open: &OpenSource| match open.name.as_str() {
        FUSIONAUTH if start.sources.len() == 1 => open.address.clone(),
        name => format!("{name} at {}", open.address),
    };
    let places: Vec<_> = start.sources.iter().map(place).collect();
    let places = places.join(", ");
    format!("fusionauth-mcp {}: {tools} tools for {places}{key}", env!("CARGO_PKG_VERSION"))
}
