//! A tool: an operation of a source, as one session offers it.

use std::sync::Arc;

use openapi_tools::{
    describe::view::View,
    model::operation::{Effect, Location, Operation},
};

use crate::source::Source;

/// A handle to an operation of a source.
#[derive(Clone)]
pub struct Tool {
    /// The source.
    pub source: Arc<Source>,
    /// The operation.
    pub operation: &'static Operation,
}

impl Tool {
    /// The tool's name.
    pub fn name(&self) -> &'static str {
        self.operation.name
    }

    /// The operation with the parameters that a caller may give. A bound tenant is none of them.
    pub fn view(&self) -> View<'static> {
        let source = &self.source;
        let bound = source.dialect.tenant_header.filter(|_| source.tenant_id.is_some());
        let hidden = bound.and_then(|header| self.operation.header(header)).map(|parameter| parameter.name);
        View { document: source.document, operation: self.operation, hidden_parameter: hidden }
    }

    /// What the tool does, and what its marks add to that.
    pub fn description(&self) -> String {
        description(self.operation)
    }

    /// One line: name, arguments, title, effect. What most tools take, the filter of an answer and headers that are not
    /// required, is left to its description.
    pub fn entry(&self) -> String {
        let operation = self.operation;
        let optional = |name: &str, is_required: bool| format!("{name}{}", if is_required { "" } else { "?" });
        let view = self.view();
        let parameters = view.parameters().filter(|one| one.required || one.location != Location::Header);
        let parameters = parameters.map(|parameter| optional(parameter.name, parameter.required));
        let body = operation.body.as_ref().map(|body| optional("requestBody", body.required));
        let arguments: Vec<_> = parameters.chain(body).collect();
        entry_line(operation.name, &arguments, operation.title.unwrap_or_default(), effect_words(operation))
    }
}

/// What an operation does, and what its marks add to that.
pub fn description(operation: &Operation) -> String {
    let says_licence = operation.description.is_some_and(|text| text.contains("licence"));
    let marks = [
        (operation.deprecated, "Deprecated."),
        (operation.licensed && !says_licence, "Needs a licence."),
        (operation.asynchronous, "The work may go on after the answer."),
    ];
    let notes = marks.iter().filter(|(holds, _)| *holds).map(|(_, note)| *note);
    operation.description.into_iter().chain(notes).collect::<Vec<_>>().join(" ")
}

/// A tool in one line.
pub fn entry_line(name: &str, arguments: &[String], title: &str, effect: &str) -> String {
    format!("{name}({}): {title} [{effect}]", arguments.join(", "))
}

/// What a call does to what is there. What it overwrites can be read before and written back; what it destroys for good is
/// in no other call.
fn effect_words(operation: &Operation) -> &'static str {
    match operation {
        Operation { effect: Effect { read_only: true, .. }, .. } => "reads",
        Operation { irreversible: Some(_), .. } => "changes, may destroy for good",
        Operation { effect: Effect { destructive: true, .. }, .. } => "changes, may overwrite or remove",
        _ => "changes",
    }
}
