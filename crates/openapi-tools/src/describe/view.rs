//! An operation as one session sees it.

use crate::model::{
    document::Document,
    operation::{Operation, Parameter},
};

/// An operation of a document, perhaps without one of its parameters.
///
/// A parameter is hidden when its value is fixed for the whole session, such as a bound tenant: the caller neither gives
/// it nor reads about it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The document, which has the schemas that the operation refers to.
    pub document: &'a Document,
    /// The operation.
    pub operation: &'a Operation,
    /// The name of the hidden parameter. Nothing is hidden if the operation has no such parameter.
    pub hidden_parameter: Option<&'a str>,
}

impl<'a> View<'a> {
    /// The operation with all of its parameters.
    pub const fn new(document: &'a Document, operation: &'a Operation) -> Self {
        Self { document, operation, hidden_parameter: None }
    }

    /// The same view without the parameter of that name, or with all parameters for `None`.
    pub const fn hiding(self, parameter: Option<&'a str>) -> Self {
        Self { hidden_parameter: parameter, ..self }
    }

    /// The visible parameters, in the document's order.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Parameter> + use<'a> {
        let hidden = self.hidden_parameter;
        self.operation.parameters.iter().filter(move |parameter| Some(parameter.name) != hidden)
    }

    /// The visible parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters().find(|parameter| parameter.name == name)
    }
}
