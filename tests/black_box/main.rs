//! The binary, spoken to as its users do: over stdio, from a shell, with the official clients; a real HTTP server on
//! loopback stands in for FusionAuth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod answers;
mod audit;
mod busy;
mod changes;
#[cfg(not(windows))]
mod client_docs;
mod client_tokens;
mod command_line;
mod compare;
mod completions;
mod config_files;
mod confirmation;
mod corrections;
mod costs;
mod credentials;
mod describing;
mod discovery;
mod doctor;
mod document_urls;
mod documented;
mod downloads;
mod dry_run;
mod echoes;
mod effects;
mod encodings;
mod endurance;
mod every_operation;
#[cfg(unix)]
mod examples;
mod export;
mod figures;
mod filters;
mod finding;
mod headlines;
mod inspect;
mod inspector_prompts;
mod install;
mod keys;
mod lists;
mod long_urls;
mod lookups;
mod message_faults;
mod npm;
mod official_clients;
mod overlays;
mod prompts;
mod protocol;
mod proxies;
mod questions;
mod reliability;
mod resources;
mod revisions;
mod secret_roads;
mod secrets;
mod secrets_file;
mod serving;
mod shutdown;
mod skills;
mod source_filters;
mod source_list;
mod sources;
mod start;
mod support;
mod tenancy;
mod tls;
mod upstream_faults;
mod wishes;

/// The sandbox behaves as FusionAuth is documented, seen through MCP.
/// How arguments are checked and repaired.
mod arguments {
    mod absent;
    mod calling;
    mod instants;
    mod removal;
    mod shapes;
    mod unions;
    mod unknown;
}

/// The sandbox behaves as FusionAuth is documented to, as seen through MCP.
mod simulation {
    mod anonymous;
    mod any_body;
    mod calls;
    mod control;
    mod documents;
    pub mod every_operation;
    mod families;
    mod faults;
    mod kickstart;
    mod life_cycles;
    mod login_rules;
    mod logins;
    mod logs;
    mod oauth;
    mod previews;
    mod required;
    mod rules;
    mod searches;
    pub mod sign_in;
    mod webhooks;
}

/// What arrives is what the document says, checked by code that shares nothing with the program's.
mod requests {
    mod check;
    mod document;
    mod expected;
    mod sample;
}

/// Every guide works on the sandbox when a client follows it.
mod guides {
    mod changing;
    mod comparison;
    mod costs;
    mod exports;
    mod people;
    mod reading;
    mod security_review;
    mod settings;
    mod walk;
}
