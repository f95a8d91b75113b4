//! From a tool's name and arguments to an answer for a model, for any API that has an OpenAPI document.
//!
//! ```text
//! session -> call: arguments -> request -> transport (credentials) -> upstream
//!         <- answer: read, redact, filter, cut <-
//! ```
//!
//! A [`session::Session`] is one caller with the tools that it may use. Everything that reaches an upstream goes through
//! it. The crate knows no MCP, no command line and no particular API: what an API means by a status or an error is in
//! its [`dialect::Dialect`].

pub mod answer;
pub mod audit;
pub mod authorization;
pub mod brief;
pub mod call {
    //! One call: arguments, request, response.

    pub mod arguments;
    pub mod errors;
    pub mod explain;
    pub mod request;
    pub mod response;
    pub mod targets;
}
pub mod changes;
pub mod client_tokens;
pub mod composite;
pub mod confirmation;
pub mod credentials;
pub mod cut;
pub mod describe;
pub mod dialect;
pub mod downloads;
pub mod dry_run;
pub mod filter;
pub mod filtering;
pub mod find;
pub mod generate;
pub mod guide;
pub mod listing;
pub mod off_thread;
pub mod parts;
pub mod principal;
pub mod ranking;
pub mod redact;
pub mod safety;
pub mod secret_places;
pub mod secrets_file;
pub mod session;
pub mod source;
pub mod tenancy;
pub mod text {
    //! Small helpers for texts.

    pub mod format;
    pub mod mentions;
    pub mod names;
    pub mod nearest;
    pub mod numerals;
    pub mod pointers;
    pub mod shorten;
}
pub mod tool;
pub mod toolset;
pub mod trace;
pub mod transport;
