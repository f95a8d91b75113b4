//! The types that a document's operations lead to.

use std::collections::BTreeSet;

use openapi_tools::model::{
    document::Document,
    operation::Operation,
    schema::{Kind, Rest, Schema},
};

/// Adds the names of all types that `operation` takes or answers with, and of those that they refer to.
pub fn collect(document: &Document, operation: &Operation, names: &mut BTreeSet<&'static str>) {
    let parameters = operation.parameters.iter().map(|parameter| &parameter.schema);
    let schemas = parameters
        .chain(operation.body.as_ref().map(|body| &body.schema))
        .chain(&operation.answer)
        .chain(&operation.failure);
    for schema in schemas {
        collect_schema(document, schema, names);
    }
}

fn collect_schema(document: &Document, schema: &Schema, names: &mut BTreeSet<&'static str>) {
    match schema.kind {
        Kind::Reference(name) => collect_named(document, name, names),
        Kind::Array { items: inner, .. } | Kind::Map { values: inner } => collect_schema(document, inner, names),
        Kind::Object { properties } => {
            properties.iter().for_each(|property| collect_schema(document, &property.schema, names));
        }
        Kind::OneOf { variants, .. } => {
            variants.iter().for_each(|variant| collect_named(document, variant.reference, names));
        }
        Kind::Union { branches } => branches.iter().for_each(|branch| collect_schema(document, branch, names)),
        Kind::Any | Kind::Boolean | Kind::Enum { .. } | Kind::Integer { .. } | Kind::Number | Kind::String { .. } => {}
    }
    if let Rest::Of(rest) = schema.rest {
        collect_schema(document, rest, names);
    }
}

fn collect_named(document: &Document, name: &'static str, names: &mut BTreeSet<&'static str>) {
    if let Some(schema) = document.schema(name)
        && names.insert(name)
    {
        collect_schema(document, schema, names);
    }
}
