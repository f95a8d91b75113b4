//! What is said on stderr. stdout belongs to MCP.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{error::ConfigError, given::Settings, settings::LOG};

/// The parts of this program whose own messages are logged.
const OWN_TARGETS: [&str; 2] = [env!("CARGO_CRATE_NAME"), "gateway"];

/// Starts logging to stderr at the level that the settings or the count of `-v` name. A setting that names no level is a
/// mistake, noted in `settings`.
///
/// Only this program's own messages go below warnings: libraries log the messages that pass, and those hold secrets.
pub fn start(settings: &mut Settings, verbosity: u8) {
    let asked = settings.get(&LOG).map(|given| (level(&given.value), given));
    let asked = match asked {
        None => LevelFilter::WARN,
        Some((Some(level), _)) => level,
        Some((None, given)) => {
            let expected = "off, error, warn, info, debug or trace".to_owned();
            settings.mistake(ConfigError::Value { source_name: given.source, value: given.value, expected });
            LevelFilter::WARN
        }
    };
    let own = match verbosity {
        0 => asked,
        1 => asked.max(LevelFilter::INFO),
        2 => asked.max(LevelFilter::DEBUG),
        _ => LevelFilter::TRACE,
    };
    let filter = OWN_TARGETS.iter().fold(Targets::new().with_default(own.min(LevelFilter::WARN)), |filter, target| {
        filter.with_target(*target, own)
    });
    let layer =
        fmt::layer().with_writer(io::stderr).with_ansi(io::IsTerminal::is_terminal(&io::stderr())).with_target(false);
    // Fails where a subscriber is set already, which is one of ours from the same process.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
}

/// A bare level, or the level that directives (`RUST_LOG`) name for this program.
fn level(value: &str) -> Option<LevelFilter> {
    let targets: Targets = value.parse().ok()?;
    let own = targets.iter().find(|(target, _)| *target == env!("CARGO_CRATE_NAME")).map(|(_, level)| level);
    Some(own.or_else(|| targets.default_level()).unwrap_or(LevelFilter::WARN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_directives() {
        assert_eq!(level("debug"), Some(LevelFilter::DEBUG));
        assert_eq!(level("info,hyper=trace,fusionauth_mcp=error"), Some(LevelFilter::ERROR));
        assert_eq!(level("hyper=trace"), Some(LevelFilter::WARN));
        assert_eq!(level("fusionauth_mcp=loud"), None);
    }
}
