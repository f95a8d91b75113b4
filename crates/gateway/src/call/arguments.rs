//! Arguments, checked against the tool's schema and repaired where only the form is wrong.
//!
//! All arguments that cannot be right are refused at once: a call does what it says, or is refused with what mends it.

mod absent;
mod alternatives;
mod checker;
mod constraints;
mod instants;
pub(crate) mod lookup;
mod outline;
mod parameters;
mod place;
pub mod policy;
mod removal;
mod repairs;
pub mod report;
mod texts;
mod unions;
mod unknown;
pub mod values;
mod words;

use openapi_tools::{
    describe::{
        input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
        view::View,
    },
    model::operation::{Method, Parameter},
};
use serde_json::{Map, Value};

use crate::filter::evaluate;

use self::{absent::is_absent, checker::Checker, policy::Policy, report::ArgumentFault, values::Values};

/// What a tool was called with.
pub type JsonObject = Map<String, Value>;

/// Arguments that fit the tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    /// Parameters with their values, in the document's order.
    pub parameters: Vec<(&'static Parameter, Values)>,
    /// The request body.
    pub body: Option<Value>,
    /// The jq filter for the answer.
    pub filter: Option<String>,
    /// What the caller has to know of how the arguments were taken, each a part of one line.
    pub notes: Vec<String>,
}

/// Checks and repairs.
///
/// # Errors
/// Every argument that cannot be right, up to [`report::MAX_FAULTS`].
pub fn check(view: View<'_>, policy: &Policy<'_>, mut arguments: JsonObject) -> Result<Arguments, Vec<ArgumentFault>> {
    let operation = view.operation;
    let mut checker = Checker::new(view, policy);
    let parameters = parameters::take(&mut checker, &mut arguments);
    let body = match (&operation.body, arguments.remove(BODY_ARGUMENT)) {
        (Some(body), Some(value))
            if !(is_absent(view.document, BODY_ARGUMENT, &body.schema, &value)
                || !body.required && is_nothing(&value)) =>
        {
            Some(checker.body(BODY_ARGUMENT, &body.schema, value))
        }
        (Some(body), _) => {
            if body.required {
                checker.report.fault(&BODY_ARGUMENT, "missing; this argument is required");
            }
            None
        }
        (None, Some(value)) => {
            if !is_nothing(&value) {
                arguments.insert(BODY_ARGUMENT.to_owned(), value);
            }
            None
        }
        (None, None) => None,
    };
    let merges = operation.method == Method::Patch && policy.dialect.patches_merge;
    if merges && body.as_ref().is_none_or(changes_nothing) && checker.report.faults.is_empty() {
        let message = "nothing to change: give at least one property of the object, with its new value (an empty object \
                       changes nothing, null removes a property)";
        checker.report.fault(&BODY_ARGUMENT, message);
    }
    let filter = if view.takes_filter() { arguments.remove(FILTER_ARGUMENT) } else { None };
    let filter = match filter {
        Some(Value::String(filter)) if !filter.trim().is_empty() => {
            // What is changed stays changed, so a filter that is none is refused before.
            if !operation.effect.read_only
                && let Err(error) = evaluate::check(&filter)
            {
                checker.report.fault(&FILTER_ARGUMENT, error.to_string());
            }
            Some(filter)
        }
        None | Some(Value::Null | Value::String(_)) => None,
        Some(_) => {
            checker.report.fault(&FILTER_ARGUMENT, "expected a jq filter as a string");
            None
        }
    };
    for (name, value) in &arguments {
        if !checker.report.is_full() {
            checker.report.fault(name, unknown::argument(view, policy, name, value));
        }
    }
    let report = checker.report;
    if report.faults.is_empty() {
        Ok(Arguments { parameters, body, filter, notes: report.notes() })
    } else {
        Err(report.faults)
    }
}

/// The arguments of a call as clients send them: an object, perhaps encoded as a JSON string, or an empty list.
///
/// # Errors
/// What was expected and what was given.
pub fn object(value: Value) -> Result<JsonObject, String> {
    match value {
        Value::Null => Ok(JsonObject::new()),
        Value::Array(list) if list.is_empty() => Ok(JsonObject::new()),
        Value::String(text) if matches!(text.trim(), "" | "[]" | "null" | "undefined") => Ok(JsonObject::new()),
        value => repairs::object(value),
    }
}

/// Whether the body of a PATCH changes nothing: it is empty, or its objects are.
fn changes_nothing(body: &Value) -> bool {
    body.as_object().is_some_and(|entries| entries.values().all(|value| value.as_object().is_some_and(Map::is_empty)))
}

/// Whether an argument stands for none.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(text.trim(), "" | "null" | "undefined"),
        _ => false,
    }
}
