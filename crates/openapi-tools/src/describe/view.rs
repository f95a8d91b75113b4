//! An operation as one session sees it.

use crate::model::{
    document::Document,
    operation::{Operation, Parameter},
    schema::{Kind, Schema},
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

    /// Whether a caller can have the answer filtered: there is no use in it where a change answers with nothing.
    pub const fn takes_filter(&self) -> bool {
        self.operation.effect.read_only || self.operation.answer.is_some()
    }

    /// Whether a list names the filter. Changes that do not answer with an object that was sent take one too, but their
    /// answers are short or wanted whole, and a list is paid for with every request.
    pub fn lists_filter(&self) -> bool {
        let Operation { effect, body, answer, .. } = self.operation;
        let comes_back = |body: &Schema, answer: &Schema| {
            let answered = self.compound_properties(answer);
            body.kind == answer.kind || self.compound_properties(body).iter().any(|name| answered.contains(name))
        };
        effect.read_only || body.zip(*answer).is_some_and(|(body, answer)| comes_back(&body.schema, &answer))
    }

    /// The properties whose values have parts of their own.
    fn compound_properties(&self, schema: &Schema) -> Vec<&'static str> {
        let Kind::Object { properties } = self.resolved(schema).kind else { return Vec::new() };
        let compound = properties.iter().filter(|property| {
            matches!(
                self.resolved(&property.schema).kind,
                Kind::Object { .. } | Kind::Map { .. } | Kind::OneOf { .. } | Kind::Array { .. } | Kind::Union { .. }
            )
        });
        compound.map(|property| property.name).collect()
    }

    fn resolved(&self, schema: &Schema) -> Schema {
        match schema.kind {
            Kind::Reference(name) => self.document.schema(name).copied().unwrap_or(*schema),
            _ => *schema,
        }
    }
}
