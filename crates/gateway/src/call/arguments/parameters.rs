//! Arguments that travel outside of the body.

use openapi_tools::model::operation::{Location, Parameter};
use serde_json::{Map, Value};

use super::{
    absent::{is_absent, is_empty, may_select, missing, selects_nothing},
    checker::Checker,
    values::Values,
};

/// Takes the arguments of the visible parameters out of `arguments`: their values, in the document's order.
pub fn take(checker: &mut Checker<'_>, arguments: &mut Map<String, Value>) -> Vec<(&'static Parameter, Values)> {
    let mut taken = Vec::new();
    for parameter in checker.view.parameters() {
        let earlier = checker.report.faults.len();
        let value = value(checker, parameter, arguments);
        let values = value.map(|value| values(checker, parameter, value)).unwrap_or_default();
        if !values.is_empty() {
            taken.push((parameter, values));
        } else if parameter.required && checker.report.faults.len() == earlier {
            checker.report.fault(&parameter.name, "missing; this argument is required");
        }
    }
    taken
}

/// The value of a parameter under one of its names. What is taken as not given is noted, and refused where a call that
/// destroys something would destroy more without it.
fn value(
    checker: &mut Checker<'_>,
    parameter: &'static Parameter,
    arguments: &mut Map<String, Value>,
) -> Option<Value> {
    let document = checker.view.document;
    let is_given = |value: &Value| {
        // An empty text or list says nothing outside of a body, free or not.
        let is_nothing = is_empty(value) || value.as_str().is_some_and(|text| text.trim().is_empty());
        !(is_nothing && !parameter.required || is_absent(document, parameter.name, &parameter.schema, value))
    };
    let mut take = |name: &str| {
        let value = arguments.remove(name).filter(|value| !value.is_null())?;
        if is_given(&value) {
            return Some(value);
        }
        if parameter.required {
            checker.report.fault(&parameter.name, missing("argument", &value));
            return None;
        }
        let selects = parameter.location != Location::Header && may_select(document, &parameter.schema);
        if checker.is_destroying && selects {
            checker.report.fault(&parameter.name, selects_nothing(&value));
        } else {
            checker.report.absent(&parameter.name);
        }
        None
    };
    let value = take(parameter.name);
    let former = parameter.former_name.and_then(|name| Some((name, take(name)?)));
    match (value, former) {
        (Some(value), Some((name, _))) => {
            checker.report.fault(&parameter.name, format!("given twice: `{name}` is the same argument"));
            Some(value)
        }
        (value, former) => value.or(former.map(|(_, value)| value)),
    }
}

fn values(checker: &mut Checker<'_>, parameter: &Parameter, value: Value) -> Values {
    let value = checker.parameter(parameter, value);
    let values = Values::of(parameter, value);
    // A slash that stays as it is begins another segment.
    let is_resolved_away = |text: &str| {
        let mut segments = text.split(|character| character == '/' && parameter.style.allows_reserved);
        segments.any(|segment| matches!(segment, "" | "." | ".."))
    };
    for text in values.iter() {
        match parameter.location {
            // Such a segment would be resolved away, and the request would go to another path.
            Location::Path if is_resolved_away(text) => {
                let message = format!("{text:?} cannot be used in a path; expected the value itself");
                checker.report.fault(&parameter.name, message);
            }
            Location::Header if text.bytes().any(|byte| byte != b'\t' && !(b' '..=b'~').contains(&byte)) => {
                let message = "expected printable ASCII characters, because it is sent in a header";
                checker.report.fault(&parameter.name, message);
            }
            _ => {}
        }
    }
    values
}
