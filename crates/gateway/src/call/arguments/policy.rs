//! What a source and a session decide about arguments.

use std::time::SystemTime;

use openapi_tools::model::operation::Operation;

use crate::dialect::Dialect;

/// What happens to properties of a body that the document does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownProperties {
    /// The call is refused: the API would ignore them.
    Refuse,
    /// They are sent, and the answer says so.
    Warn,
    /// They are sent.
    Pass,
}

/// How arguments are checked.
#[derive(Clone, Copy)]
pub struct Policy<'a> {
    /// What happens to unknown properties.
    pub unknown_properties: UnknownProperties,
    /// What the API means beyond its document.
    pub dialect: &'static Dialect,
    /// Whether a message may name that operation.
    pub is_offered: &'a dyn Fn(&Operation) -> bool,
    /// What relative times are relative to.
    pub now: SystemTime,
}
