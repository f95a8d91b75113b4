//! An MCP server for the FusionAuth API: every operation a typed tool.
//!
//! A call walks one line, left to right, and its answer comes back the same way:
//! configuration, toolset, call (arguments, request), upstream, answer.

pub mod call;
pub mod cli;
pub mod config;
mod costs;
pub mod discovery;
pub mod doctor;
pub mod export;
pub mod filter;
mod format;
pub mod guides;
mod listing;
mod logging;
mod nearest;
mod numerals;
mod prompts;
mod ranking;
mod resources;
pub mod secrets;
pub mod server;
mod shorten;
mod skills;
mod stdio;
pub mod tools;
pub mod toolset;
pub mod upstream;
