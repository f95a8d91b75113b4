//! Faults of a call in a guide: its tool, arguments, properties, values and filter.

use std::{collections::BTreeSet, path::PathBuf, time::SystemTime};

use fusionauth_mcp::fusionauth::{
    compare::tool::ComparisonTool,
    dialect::DIALECT,
    export::{format::Format, tool::ExportTool},
    tools::DOCUMENT,
};
use gateway::{
    call::arguments::{
        JsonObject, check,
        policy::{Policy, UnknownProperties},
    },
    composite::Composite,
    filter::evaluate::evaluate,
    guide::Guide,
};
use openapi_tools::{
    describe::{
        input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
        view::View,
    },
    model::operation::Operation,
};
use serde_json::Value;

use crate::{
    names::NAMES,
    samples::{UNKNOWN_SAMPLE, filled},
    sandbox::answered,
    text::{is_in_name, is_name, placeholders},
};

pub fn call_faults(tool: &str, line: &str, guide: &Guide) -> Vec<String> {
    let line = filled(line, guide);
    let unfilled = placeholders(&line, "{{", "}}").chain(placeholders(&line, "<", ">"));
    let mut faults: Vec<_> = unfilled.map(|name| format!("nothing is known to stand for `{name}`")).collect();
    let arguments: JsonObject = match serde_json::from_str(&line) {
        Ok(arguments) => arguments,
        Err(error) => return vec![format!("no JSON object: {error}")],
    };
    if let Some(schema) = composite_schema(tool) {
        return composite_faults(&schema, &arguments);
    }
    let Some(operation) = DOCUMENT.operation(tool).filter(|operation| operation.name == tool) else {
        return vec!["there is no such tool".to_owned()];
    };
    let policy = Policy {
        unknown_properties: UnknownProperties::Refuse,
        dialect: &DIALECT,
        is_offered: &|_| true,
        now: SystemTime::now(),
    };
    match check(View::new(&DOCUMENT, operation), &policy, arguments.clone()) {
        Ok(checked) if checked.body.as_ref() != arguments.get(BODY_ARGUMENT) => {
            faults.push(format!("{BODY_ARGUMENT}: passes only because it is repaired"));
        }
        Ok(_) => {}
        Err(found) => faults.extend(found.iter().map(ToString::to_string)),
    }
    let mut unfiltered = arguments;
    if let Some(Value::String(filter)) = unfiltered.remove(FILTER_ARGUMENT)
        && faults.is_empty()
    {
        faults.extend(filter_faults(operation, unfiltered, &filter));
    }
    faults
}

/// Bodies in prose that the tool named before them does not take: `createIt` with `{…}`.
pub fn body_faults(prose: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for line in prose.lines() {
        let spans: Vec<_> = line.split('`').skip(1).step_by(2).collect();
        for pair in spans.windows(2) {
            let (Some(operation), Ok(body)) = (DOCUMENT.operation(pair[0]), serde_json::from_str(pair[1])) else {
                continue;
            };
            let arguments = JsonObject::from_iter([(BODY_ARGUMENT.to_owned(), Value::Object(body))]);
            let policy = Policy {
                unknown_properties: UnknownProperties::Refuse,
                dialect: &DIALECT,
                is_offered: &|_| true,
                now: SystemTime::now(),
            };
            let found = check(View::new(&DOCUMENT, operation), &policy, arguments).err().unwrap_or_default();
            let unknown = found.iter().map(ToString::to_string).filter(|fault| fault.contains("unknown property"));
            faults.extend(unknown.map(|fault| format!("{}: {fault}", pair[0])));
        }
    }
    faults
}

/// Keys of the JSON that the document does not have.
pub fn key_faults(value: &Value) -> Vec<String> {
    let inner: Vec<&Value> = match value {
        Value::Object(entries) => entries.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    let own = value.as_object().into_iter().flatten().map(|(key, _)| key).filter(|key| !NAMES.contains(key.as_str()));
    let own = own.map(|key| format!("`{key}`: the document has no such name"));
    own.chain(inner.into_iter().flat_map(key_faults)).collect()
}

/// The input schema of a tool that makes several calls.
fn composite_schema(tool: &str) -> Option<JsonObject> {
    if let Some(format) = Format::ALL.into_iter().find(|format| format.tool() == tool) {
        return Some(ExportTool::new(format).input_schema());
    }
    let named = [(UNKNOWN_SAMPLE.to_owned(), PathBuf::new())];
    ComparisonTool::new(named.into()).filter(|own| own.name() == tool).map(|own| own.input_schema())
}

fn composite_faults(schema: &JsonObject, arguments: &JsonObject) -> Vec<String> {
    let known = schema["properties"].as_object().unwrap();
    let fault = |(name, value): (&String, &Value)| match known.get(name) {
        None => Some(format!("{name}: unknown argument")),
        Some(schema) => {
            let values = schema.get("enum").and_then(Value::as_array)?;
            (!values.contains(value)).then(|| format!("{name}: {value} is none of its values"))
        }
    };
    arguments.iter().filter_map(fault).collect()
}

fn filter_faults(operation: &Operation, arguments: JsonObject, filter: &str) -> Vec<String> {
    let (read, made) = filter_names(filter);
    let unknown = read.iter().filter(|name| !NAMES.contains(name.as_str()) && !made.contains(*name));
    // To jq a property that is not there is null, and no fault.
    let mut faults: Vec<_> = unknown.map(|name| format!("jq: the document has no `{name}`")).collect();
    let answer = answered(operation, arguments);
    if answer.is_error {
        faults.push(format!("the sandbox refuses it: {}", answer.headline));
    } else if let Err(fault) = evaluate(filter, answer.json().unwrap()) {
        faults.push(format!("jq: {fault}"));
    }
    faults
}

/// The names that a filter reads, `.name` and `{name}`, and those that it makes, `name:`.
pub fn filter_names(filter: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    // Between quotes are strings; those of the guides have no quotes in them.
    let code = filter.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    // `to_entries` makes these.
    let (mut read, mut made) = (BTreeSet::new(), BTreeSet::from(["key", "value"].map(str::to_owned)));
    let mut position = 0;
    while let Some(start) = code[position..].find(is_in_name).map(|offset| position + offset) {
        let end =
            code[start..].find(|character: char| !is_in_name(character)).map_or(code.len(), |offset| start + offset);
        let (before, word, after) = (code[..start].trim_end(), &code[start..end], code[end..].trim_start());
        position = end;
        if !is_name(word) {
            continue;
        }
        if after.starts_with(':') {
            made.insert(word.to_owned());
        } else if before.ends_with('.') || (before.ends_with(['{', ',']) && after.starts_with(['}', ','])) {
            read.insert(word.to_owned());
        }
    }
    (read, made)
}
