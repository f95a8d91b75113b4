//! The binary, spoken to as its users do: over stdio, from a shell, with the official clients; a real HTTP server on
//! loopback stands in for FusionAuth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod answers;
mod command_line;
mod corrections;
mod costs;
mod discovery;
mod doctor;
mod every_operation;
mod export;
mod filters;
mod guides;
mod inspector_prompts;
mod npm;
mod official_clients;
mod prompts;
mod protocol;
mod questions;
mod resources;
mod secrets;
mod shutdown;
mod simulation;
mod skills;
mod support;
mod upstream_faults;
