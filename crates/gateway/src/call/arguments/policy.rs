//! What a source and a session decide about arguments.

use std::time::SystemTime;

use openapi_tools::{
    describe::view::View,
    model::{operation::Operation, schema::Rest},
};

use crate::dialect::{Dialect, IgnoredProperty};

/// What happens to properties of a body that the document does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownProperties {
    /// The call is refused: the API would ignore them.
    Refuse,
    /// They are sent, and the answer says so.
    Warn,
    /// They are sent.
    Pass,
    /// The call is refused where the document says that there are no others (`additionalProperties: false`). Where it is
    /// silent, they are sent, and the answer says so.
    AsDocumented,
}

impl UnknownProperties {
    /// What happens to the unknown properties of an object, of which the document says `rest`.
    pub fn beside(self, rest: Rest) -> Self {
        match (self, rest) {
            (Self::AsDocumented, Rest::Nothing) => Self::Refuse,
            (Self::AsDocumented, Rest::Unstated) => Self::Warn,
            (Self::AsDocumented, Rest::Of(_)) => Self::Pass,
            (chosen, _) => chosen,
        }
    }
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

impl Policy<'_> {
    /// What the dialect knows of this property of that schema, where the operation ignores it.
    pub fn ignored(&self, view: View<'_>, schema: Option<&str>, property: &str) -> Option<&'static IgnoredProperty> {
        let operation = view.operation.name;
        let mut known = self.dialect.ignored_properties.iter();
        known.find(|it| Some(it.schema) == schema && it.property == property && !it.taken_by.contains(&operation))
    }
}

impl IgnoredProperty {
    /// The tools that take the property and may be named.
    pub(super) fn tools(&self, view: View<'_>, policy: &Policy<'_>) -> Vec<&'static str> {
        let is_offered = |tool: &str| view.document.operation(tool).is_some_and(|it| (policy.is_offered)(it));
        self.instead.iter().copied().filter(|tool| is_offered(tool)).collect()
    }

    /// Where something belongs that is a part of the property.
    pub(super) fn belongs(&self, view: View<'_>, policy: &Policy<'_>) -> Option<String> {
        let tools = self.tools(view, policy);
        (!tools.is_empty()).then(|| {
            format!("; {} ignores `{}` here; use {}", policy.dialect.api_name, self.property, tools.join(", "))
        })
    }
}
