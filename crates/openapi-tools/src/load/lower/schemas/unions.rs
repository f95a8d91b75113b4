//! `oneOf` and `anyOf`.

use serde_json::{Map, Value, json};

use crate::{
    load::lower::{context::Context, leak::text},
    model::schema::{Kind, Rest, Schema, Variant},
};

/// Keywords that a branch gets from the schema around it.
const SHARED: [&str; 5] = ["type", "properties", "required", "additionalProperties", "items"];

/// How a schema within is lowered.
type Lower = fn(&mut Context<'_>, &str, &Value) -> Schema;

/// The schema of keywords with `oneOf` or `anyOf`. `None` where there is neither.
pub(super) fn union_of(
    context: &mut Context<'_>,
    place: &str,
    keywords: &Map<String, Value>,
    lower: Lower,
) -> Option<Schema> {
    let (keyword, branches) = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|keyword| Some((keyword, keywords.get(keyword)?.as_array().filter(|list| !list.is_empty())?)))?;
    let (nulls, others): (Vec<_>, Vec<_>) = branches.iter().partition(|branch| is_null(branch));
    let outer = place;
    let place = format!("{outer}.{keyword}");
    let shared: Map<_, _> = keywords
        .iter()
        .filter(|(name, _)| SHARED.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    // Branches that only say which of the properties around them are needed.
    let is_condition = |branch: &&Value| {
        branch.as_object().is_some_and(|branch| {
            branch.keys().all(|name| matches!(name.as_str(), "required" | "not" | "title" | "description"))
        })
    };
    if shared.contains_key("properties") && others.iter().all(is_condition) {
        let mut schema = lower(context, &place, &Value::Object(shared));
        let condition = json!({ keyword: others });
        schema.constraints = schema.constraints.or_else(|| Some(text(&condition.to_string())));
        return Some(schema);
    }
    let has_shared = shared.keys().any(|name| name != "type");
    let mut lowered = Vec::new();
    for (index, branch) in others.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let branch = if has_shared { json!({ "allOf": [shared, branch] }) } else { (*branch).clone() };
        let schema = lower(context, &place, &branch);
        if !lowered.contains(&schema) {
            lowered.push(schema);
        }
    }
    let discriminator = keywords.get("discriminator").filter(|_| !has_shared);
    let is_nullable = !nulls.is_empty() || lowered.iter().any(|schema| schema.nullable);
    let schema = discriminator.and_then(|discriminator| variants(context, discriminator, &others, &lowered));
    if schema.is_none() && !context.is_foreign() {
        context.fault(format!("{outer}.discriminator"), "expected one with a mapping for each branch of `oneOf`");
    }
    let schema = schema.unwrap_or_else(|| union(lowered));
    Some(Schema { nullable: schema.nullable || is_nullable, ..schema })
}

/// What one of the schemas allows, in the simplest form.
fn union(branches: Vec<Schema>) -> Schema {
    let strings: Option<Vec<_>> = branches.iter().map(string_values).collect();
    if let Some(strings) = strings.filter(|_| branches.len() > 1) {
        // An open list of known values is a string.
        let Some(values) = strings.into_iter().collect::<Option<Vec<_>>>() else {
            let open = branches.iter().find(|branch| string_values(branch) == Some(None));
            return open.map_or(Schema::string(), |open| Schema { description: None, ..*open });
        };
        return Schema::one_string_of(values.concat().leak());
    }
    match branches.as_slice() {
        [] => Schema::any(),
        [only] => *only,
        several if several.iter().any(|branch| branch.kind == Kind::Any && branch.constraints.is_none()) => {
            Schema::any()
        }
        _ => Schema::union(branches.leak()),
    }
}

/// The values of a string; `Some(None)` for a string of any value.
fn string_values(schema: &Schema) -> Option<Option<&'static [&'static str]>> {
    match schema.kind {
        Kind::String { values, format: None }
            if schema.constraints.is_none() && matches!(schema.rest, Rest::Unstated) =>
        {
            Some(values)
        }
        _ => None,
    }
}

fn is_null(branch: &Value) -> bool {
    let is_only_null = |value: &Value| {
        value.is_null()
            || value.as_array().is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
    };
    branch.get("type").is_some_and(|name| name == "null" || *name == json!(["null"]))
        || branch.get("enum").is_some_and(is_only_null)
        || branch.as_object().is_some_and(|branch| branch.get("const").is_some_and(Value::is_null))
}

/// The kinds that a discriminator tells apart, where each branch is a schema of the document with named properties and has
/// a value.
fn variants(
    context: &mut Context<'_>,
    discriminator: &Value,
    branches: &[&Value],
    lowered: &[Schema],
) -> Option<Schema> {
    // Swagger 2.0 and some documents of 3.0 name the property alone.
    let property = discriminator.get("propertyName").or(Some(discriminator))?.as_str()?;
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    if lowered.len() != branches.len() {
        return None;
    }
    let mut variants = Vec::new();
    for (branch, schema) in branches.iter().zip(lowered) {
        let Kind::Reference(name) = schema.kind else { return None };
        let reference = branch.get("$ref").and_then(Value::as_str)?;
        let mapped: Vec<_> = mapping
            .into_iter()
            .flatten()
            .filter(|(_, target)| target.as_str().is_some_and(|target| target == reference || target == name))
            .map(|(value, _)| value.clone())
            .collect();
        let values = if mapped.is_empty() { vec![own_value(context, reference, property)?] } else { mapped };
        variants.extend(values.iter().map(|value| Variant::new(text(value), name)));
    }
    variants.sort_unstable_by_key(|variant| variant.value);
    let is_told_apart = variants.is_sorted_by(|one, next| one.value < next.value);
    is_told_apart.then(|| Schema::one_of(text(property), variants.leak()))
}

/// The only value that the property may have in that schema.
fn own_value(context: &Context<'_>, reference: &str, property: &str) -> Option<String> {
    let property = context.target(reference)?.get("properties")?.get(property)?;
    let values = property.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    match (property.get("const"), values) {
        (Some(value), _) => value.as_str().map(str::to_owned),
        (None, Some([only])) => only.as_str().map(str::to_owned),
        _ => None,
    }
}
