//! Who may use what: callers, their keys, scopes, and the store of these.
//!
//! It knows neither MCP nor any API: a scope is matched with the names of sources, areas, buckets and tools.

pub mod authenticator;
pub mod key;
pub mod limits;
pub mod scope;
pub mod sealing;
pub mod store {
    //! Where callers and keys are kept.

    pub mod records;
    mod schema;
    pub mod sqlite;
}
pub mod vault;
