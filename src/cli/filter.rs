//! The hidden command that evaluates a jq filter in a process of its own.

use std::process::ExitCode;

/// Reads a filter and JSON from stdin, writes the results to stdout, and ends the process.
pub fn run() -> ExitCode {
    gateway::filter::evaluate::run()
}
