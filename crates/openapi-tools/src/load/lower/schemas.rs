//! Schemas: those inside of operations, and the named ones that they lead to.
//!
//! A schema of any version is flattened first (`flat`): references with something beside them and `allOf` become one
//! object of keywords. What is left is one of few forms.

mod constraints;
mod flat;
mod unions;

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value, json};

use self::flat::{Flat, flat};
use super::{
    context::Context,
    defaults, importance,
    leak::{leak, optional_text, text},
    marks::{WISHES, wishes},
    prose,
};
use crate::model::{
    document::NamedSchema,
    schema::{Kind, Property, Rest, Schema},
};

/// The longest description of a property in a foreign document, in characters.
const MAX_DESCRIPTION: usize = 300;

/// The named schemas that what has been lowered so far leads to, sorted by name.
pub(super) fn lower_reached(context: &mut Context<'_>) -> Vec<NamedSchema> {
    let mut schemas = BTreeMap::new();
    while let Some((name, reference)) = context.next_pending() {
        let Some(source) = context.target(&reference) else { continue };
        let place = reference.trim_start_matches("#/").replace('/', ".");
        let schema = lower(context, &place, source);
        schemas.insert(name, NamedSchema { name, schema });
    }
    schemas.into_values().collect()
}

/// The schema at `place`.
pub(super) fn lower(context: &mut Context<'_>, place: &str, source: &Value) -> Schema {
    match source {
        Value::Object(keywords) => match flat(context, place, keywords) {
            Flat::Reference { reference, keywords } => reference_to(context, place, &reference, &keywords),
            Flat::Keywords(Cow::Borrowed(keywords)) => of_keywords(context, place, keywords),
            Flat::Keywords(Cow::Owned(merged)) => put_together(context, place, keywords, &merged),
        },
        Value::Bool(true) => Schema::any(),
        Value::Bool(false) => Schema::any().constraints(r#"{"not":{}}"#),
        _ => {
            context.note(place, "expected a schema");
            Schema::any()
        }
    }
}

/// The schema of keywords that `source` was put together to. One that is put together within itself, or of which there are
/// too many, is the schema that it refers to first.
fn put_together(
    context: &mut Context<'_>,
    place: &str,
    source: &Map<String, Value>,
    merged: &Map<String, Value>,
) -> Schema {
    if context.begin_merged(source) {
        let schema = of_keywords(context, place, merged);
        context.end_merged();
        return schema;
    }
    context.note(place, "it contains itself, or too much is put together; taken as the schema that it refers to first");
    let branches = source.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let mut references = source.get("$ref").into_iter().chain(branches.filter_map(|branch| branch.get("$ref")));
    match references.find_map(Value::as_str) {
        Some(reference) => reference_to(context, place, reference, &Map::new()),
        None => Schema::any(),
    }
}

/// A reference, with what stands beside it.
fn reference_to(context: &mut Context<'_>, place: &str, reference: &str, beside: &Map<String, Value>) -> Schema {
    match context.reach(reference) {
        Some(name) => annotated(context, place, Schema::reference(name), beside),
        None => {
            context.note(place, format!("`{reference}` is no schema of this document"));
            annotated(context, place, Schema::any(), beside)
        }
    }
}

fn of_keywords(context: &mut Context<'_>, place: &str, keywords: &Map<String, Value>) -> Schema {
    if let Some(schema) = unions::union_of(context, place, keywords, lower) {
        return annotated(context, place, schema, keywords);
    }
    let types = Types::of(context, place, keywords);
    let mut schema = match types.names.as_slice() {
        [] => values(keywords).unwrap_or(Schema::any()),
        [only] => of_type(context, place, only, keywords),
        several => {
            let branches: Vec<_> = several.iter().map(|name| of_type(context, place, name, keywords)).collect();
            values(keywords).unwrap_or_else(|| Schema::union(branches.leak()))
        }
    };
    schema.nullable |= types.is_nullable;
    if context.is_foreign() || !keywords.contains_key("pattern") {
        schema.constraints = constraints::of(keywords);
    } else {
        // The patterns in FusionAuth's document are broken. A format says what they mean.
        context.fault(format!("{place}.pattern"), "patterns are not supported: expected a `format`, or none");
    }
    annotated(context, place, schema, keywords)
}

/// The same schema with what the keywords say beyond its type.
fn annotated(context: &mut Context<'_>, place: &str, mut schema: Schema, keywords: &Map<String, Value>) -> Schema {
    let description = keywords.get("description").and_then(Value::as_str);
    let description = if context.is_foreign() {
        let title = || keywords.get("title").and_then(Value::as_str);
        optional_text(description.or_else(title).map(|text| prose::shortened(text, MAX_DESCRIPTION)).as_deref())
    } else {
        defaults::described(description, keywords.get("default"))
    };
    schema.description = description.or(schema.description);
    schema.nullable |= is_nullable(keywords);
    let is_set = |keyword| keywords.get(keyword) == Some(&Value::Bool(true));
    schema.write_only |= is_set("writeOnly");
    if context.is_foreign() {
        schema.read_only |= is_set("readOnly");
        schema.secret |= is_set("writeOnly") && matches!(schema.kind, Kind::String { .. })
            || matches!(schema.kind, Kind::String { format: Some("password"), .. });
    }
    for (name, value) in keywords.iter().filter(|(name, _)| name.starts_with("x-")) {
        match (name.as_str(), value) {
            ("x-secret", Value::Bool(is_secret)) => schema.secret = *is_secret,
            ("x-never-generated", Value::String(advice)) => schema.never_generated = optional_text(Some(advice)),
            ("x-not-null", Value::Bool(not_null)) => {
                schema.not_null = *not_null;
                if *not_null {
                    schema.description = defaults::not_null(schema.description);
                }
            }
            ("x-wishes", _) => match wishes(value) {
                Some(wishes) => schema.wishes = wishes,
                None => context.note(format!("{place}.{name}"), format!("{value}: expected {WISHES}")),
            },
            ("x-nullable" | importance::FIRST | importance::RARE, _) => {}
            ("x-secret" | "x-not-null", _) => {
                context.note(format!("{place}.{name}"), format!("{value}: expected true or false"))
            }
            ("x-never-generated", _) => {
                context.note(format!("{place}.{name}"), format!("{value}: expected why, and what to do instead"));
            }
            // Everybody may have extensions of his own.
            _ if context.is_foreign() => {}
            _ => context.note(
                format!("{place}.{name}"),
                format!(
                    "{value}: expected `x-secret` or `x-not-null`, true or false, `x-never-generated`, `x-wishes`, `x-first` \
                     or `x-rare`"
                ),
            ),
        }
    }
    schema
}

fn is_nullable(keywords: &Map<String, Value>) -> bool {
    let is_true = |keyword| keywords.get(keyword) == Some(&Value::Bool(true));
    is_true("nullable") || is_true("x-nullable")
}

/// The types that a schema allows.
struct Types {
    names: Vec<&'static str>,
    is_nullable: bool,
}

/// The types of JSON Schema but null.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Keywords that tell a type where there is no `type`.
const TYPE_BY_KEYWORD: [(&str, &[&str]); 4] = [
    (
        "object",
        &["properties", "additionalProperties", "patternProperties", "required", "minProperties", "maxProperties"],
    ),
    ("array", &["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]),
    ("string", &["pattern", "minLength", "maxLength", "contentEncoding", "contentMediaType"]),
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
];

impl Types {
    fn of(context: &mut Context<'_>, place: &str, keywords: &Map<String, Value>) -> Self {
        let mut types = Self { names: Vec::new(), is_nullable: false };
        let given = match keywords.get("type") {
            Some(Value::Array(names)) => names.iter().collect(),
            Some(name) => vec![name],
            None => Vec::new(),
        };
        for name in &given {
            match name.as_str() {
                Some("null") => types.is_nullable = true,
                // Swagger 2.0, "Parameter Object" and "Response Object".
                Some("file") => types.names.push("string"),
                Some(name) => match TYPES.iter().find(|known| **known == name) {
                    Some(known) => types.names.push(known),
                    None => context.note(format!("{place}.type"), format!("`{name}` is no type")),
                },
                None => context.note(format!("{place}.type"), "expected a type"),
            }
        }
        if given.is_empty() && !keywords.contains_key("enum") && !keywords.contains_key("const") {
            let has_any = |known: &[&str]| known.iter().any(|keyword| keywords.contains_key(*keyword));
            types.names.extend(TYPE_BY_KEYWORD.iter().find(|(_, known)| has_any(known)).map(|(name, _)| *name));
            if keywords.contains_key("format") && types.names.is_empty() {
                types.names.push("string");
            }
        }
        types.is_nullable |=
            is_nullable(keywords) || given_values(keywords).is_some_and(|mut it| it.any(Value::is_null));
        types
    }
}

fn given_values(keywords: &Map<String, Value>) -> Option<impl Iterator<Item = &Value>> {
    let listed = keywords.get("enum").and_then(Value::as_array).map(|values| values.iter().collect::<Vec<_>>());
    let values = listed.or_else(|| keywords.get("const").map(|value| vec![value]))?;
    Some(values.into_iter())
}

/// The schema of an `enum` or a `const` with values other than null. An empty one says nothing.
fn values(keywords: &Map<String, Value>) -> Option<Schema> {
    let values: Vec<_> = given_values(keywords)?.filter(|value| !value.is_null()).collect();
    if values.is_empty() {
        return None;
    }
    let strings: Option<Vec<_>> = values.iter().map(|value| value.as_str().map(text)).collect();
    Some(match strings {
        Some(strings) => Schema::one_string_of(strings.leak()),
        None => {
            let values: Vec<_> = values.iter().map(|value| text(&value.to_string())).collect();
            Schema::one_value_of(values.leak())
        }
    })
}

fn of_type(context: &mut Context<'_>, place: &str, name: &str, keywords: &Map<String, Value>) -> Schema {
    let format = keywords.get("format").and_then(Value::as_str).map(str::to_ascii_lowercase);
    match name {
        "boolean" => values(keywords).unwrap_or(Schema::boolean()),
        "integer" => values(keywords).unwrap_or_else(|| with_format(Schema::integer(), format.as_deref())),
        "number" => values(keywords).unwrap_or(Schema::number()),
        "string" => {
            let schema = values(keywords).unwrap_or(Schema::string());
            let max_length =
                keywords.get("maxLength").and_then(Value::as_u64).and_then(|max| usize::try_from(max).ok());
            let is_file = keywords.get("type").and_then(Value::as_str) == Some("file");
            let encoded = keywords.get("contentEncoding").and_then(Value::as_str).map(|_| "byte");
            let media_type = keywords.get("contentMediaType").and_then(Value::as_str);
            let binary = (is_file || media_type == Some("application/octet-stream")).then_some("binary");
            Schema { max_length, ..with_format(schema, format.as_deref().or(encoded).or(binary)) }
        }
        "array" => {
            let items = match keywords.get("items") {
                Some(items) if !items.is_array() => lower(context, &format!("{place}.items"), items),
                _ => Schema::any(),
            };
            let is_set = keywords.get("uniqueItems") == Some(&json!(true));
            if is_set { Schema::set(leak(items)) } else { Schema::array(leak(items)) }
        }
        _ => object(context, place, keywords),
    }
}

fn object(context: &mut Context<'_>, place: &str, keywords: &Map<String, Value>) -> Schema {
    let properties = match keywords.get("properties") {
        Some(Value::Object(properties)) => Some(properties).filter(|properties| !properties.is_empty()),
        None => None,
        Some(_) => {
            context.note(format!("{place}.properties"), "expected schemas by name");
            None
        }
    };
    let rest = rest(context, place, keywords);
    let required = keywords.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let Some(properties) = properties else {
        return match rest {
            // How a generator writes Java's `Map<String, Object>`, whose values are any JSON.
            Rest::Of(Schema { kind: Kind::Object { properties: [] }, .. }) if !context.is_foreign() => {
                Schema::map(leak(Schema::any()))
            }
            Rest::Of(values) => Schema::map(values),
            Rest::Nothing if context.is_foreign() => Schema::object(&[]).closed(),
            Rest::Nothing | Rest::Unstated => Schema::object(&[]),
        };
    };
    for name in required.iter().filter_map(Value::as_str).filter(|name| !properties.contains_key(*name)) {
        context.note(format!("{place}.required"), format!("`{name}` is none of the properties"));
    }
    let mut properties: Vec<_> = properties
        .iter()
        .map(|(name, source)| {
            let schema = lower(context, &format!("{place}.properties.{name}"), source);
            let is_required = required.iter().any(|required| required.as_str() == Some(name));
            let property = Property::new(text(name), schema);
            if is_required { property.required() } else { property }
        })
        .collect();
    importance::rank(context, place, keywords, &mut properties);
    let schema = Schema::object(properties.leak());
    if context.is_foreign() {
        return Schema { rest, ..schema };
    }
    if matches!(rest, Rest::Of(_)) {
        context.fault(place, "`properties` beside `additionalProperties` is not supported");
    }
    schema
}

fn rest(context: &mut Context<'_>, place: &str, keywords: &Map<String, Value>) -> Rest {
    let by_pattern = || keywords.get("patternProperties")?.as_object()?.values().next();
    match keywords.get("additionalProperties").or_else(|| keywords.get("unevaluatedProperties")) {
        Some(Value::Bool(true)) => Rest::Of(leak(Schema::any())),
        Some(Value::Bool(false)) if by_pattern().is_none() => Rest::Nothing,
        Some(values @ Value::Object(_)) => {
            Rest::Of(leak(lower(context, &format!("{place}.additionalProperties"), values)))
        }
        _ => match by_pattern() {
            Some(values) => Rest::Of(leak(lower(context, &format!("{place}.patternProperties"), values))),
            None => Rest::Unstated,
        },
    }
}

/// The schema with the format as the document writes it.
fn with_format(schema: Schema, format: Option<&str>) -> Schema {
    match optional_text(format) {
        Some(format) => schema.format(format),
        None => schema,
    }
}
