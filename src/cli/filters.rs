//! The hidden command that evaluates jq filters for a server.

use std::process::ExitCode;

/// Evaluates filters from stdin until there is no more, and ends the process.
pub fn run() -> ExitCode {
    gateway::filter::worker::run()
}
