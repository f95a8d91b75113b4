//! All names in the document.

use std::{collections::BTreeSet, sync::LazyLock};

use fusionauth_mcp::{
    config::comparisons::{CURRENT, SANDBOX},
    fusionauth::{compare, export::format::Format, tools::DOCUMENT},
};
use openapi_tools::{
    describe::input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
    model::schema::{Kind, Schema},
};

/// Every name that the document has: of tools, arguments and properties, and the values that are one of a few.
pub static NAMES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let mut names = BTreeSet::from([BODY_ARGUMENT, FILTER_ARGUMENT]);
    names.extend(Format::ALL.map(Format::tool));
    // What a comparison takes.
    names.extend([compare::tool::NAME, "a", "b", CURRENT, SANDBOX]);
    for operation in DOCUMENT.operations {
        names.insert(operation.name);
        for parameter in operation.parameters {
            names.insert(parameter.name);
            collect(&parameter.schema, &mut names);
        }
        for schema in operation.body.iter().map(|body| &body.schema).chain(&operation.answer) {
            collect(schema, &mut names);
        }
    }
    for named in DOCUMENT.schemas {
        collect(&named.schema, &mut names);
    }
    names
});

fn collect(schema: &Schema, names: &mut BTreeSet<&'static str>) {
    match schema.kind {
        Kind::Object { properties } => {
            for property in properties {
                names.insert(property.name);
                collect(&property.schema, names);
            }
        }
        Kind::Array { items: inner, .. } | Kind::Map { values: inner } => collect(inner, names),
        Kind::String { values, .. } => names.extend(values.unwrap_or_default()),
        Kind::OneOf { discriminator, variants } => {
            names.insert(discriminator);
            names.extend(variants.iter().map(|variant| variant.value));
        }
        Kind::Any
        | Kind::Boolean
        | Kind::Enum { .. }
        | Kind::Integer { .. }
        | Kind::Number
        | Kind::Reference(_)
        | Kind::Union { .. } => {}
    }
}
