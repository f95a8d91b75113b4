//! Schemas: those inside of operations, and the named ones that they lead to.

use std::{borrow::Borrow, collections::BTreeMap};

use openapiv3::{
    AdditionalProperties, AnySchema, Discriminator, ObjectType, ReferenceOr, SchemaKind, Type, VariantOrUnknownOrEmpty,
};
use serde::Serialize;
use serde_json::Value;

use super::{
    context::Context,
    defaults,
    leak::{leak, optional_text, text},
};
use crate::model::{
    document::NamedSchema,
    schema::{Kind, Property, Schema, Variant},
};

/// The named schemas that what has been lowered so far leads to, sorted by name.
pub(super) fn lower_reached(context: &mut Context<'_>) -> Vec<NamedSchema> {
    let mut schemas = BTreeMap::new();
    while let Some(name) = context.next_pending() {
        let Some(source) = context.components().and_then(|components| components.schemas.get(name)) else { continue };
        let schema = lower(context, &format!("components.schemas.{name}"), source);
        schemas.insert(name, NamedSchema { name, schema });
    }
    schemas.into_values().collect()
}

/// The schema at `place`.
pub(super) fn lower<T: Borrow<openapiv3::Schema>>(
    context: &mut Context<'_>,
    place: &str,
    source: &ReferenceOr<T>,
) -> Schema {
    let source = match source {
        ReferenceOr::Reference { reference } => return lower_reference(context, place, reference),
        ReferenceOr::Item(source) => source.borrow(),
    };
    let mut schema = match &source.schema_kind {
        SchemaKind::Type(Type::Boolean(_)) => Schema::boolean(),
        SchemaKind::Type(Type::Integer(integer)) => with_format(Schema::integer(), &integer.format),
        SchemaKind::Type(Type::Number(_)) => Schema::number(),
        SchemaKind::Type(Type::String(string)) => {
            // The patterns in FusionAuth's document are broken. A format says what they mean.
            if string.pattern.is_some() {
                context.fault(format!("{place}.pattern"), "patterns are not supported: expected a `format`, or none");
            }
            let values: Vec<_> = string.enumeration.iter().flatten().map(|value| text(value)).collect();
            let schema = if values.is_empty() { Schema::string() } else { Schema::one_string_of(values.leak()) };
            Schema { max_length: string.max_length, ..with_format(schema, &string.format) }
        }
        SchemaKind::Type(Type::Array(array)) => {
            let items = match &array.items {
                Some(items) => lower(context, &format!("{place}.items"), items),
                None => Schema::any(),
            };
            if array.unique_items { Schema::set(leak(items)) } else { Schema::array(leak(items)) }
        }
        SchemaKind::Type(Type::Object(object)) => lower_object(context, place, object),
        SchemaKind::OneOf { one_of } => lower_one_of(context, place, one_of, source.schema_data.discriminator.as_ref()),
        SchemaKind::Any(any) if *any == AnySchema::default() => Schema::any(),
        SchemaKind::Any(_) => {
            context.fault(place, "expected `type`, or keywords of one type only");
            Schema::any()
        }
        SchemaKind::AllOf { all_of } => match all_of.as_slice() {
            [one] => lower(context, &format!("{place}.allOf[0]"), one),
            _ => unsupported(context, place, "`allOf` of several"),
        },
        SchemaKind::AnyOf { .. } | SchemaKind::Not { .. } => unsupported(context, place, "`anyOf` and `not`"),
    };
    let data = &source.schema_data;
    schema.description = defaults::described(data.description.as_deref(), data.default.as_ref());
    for (name, value) in &source.schema_data.extensions {
        match (name.as_str(), value) {
            ("x-secret", Value::Bool(is_secret)) => schema.secret = *is_secret,
            ("x-never-generated", Value::String(advice)) => schema.never_generated = optional_text(Some(advice)),
            ("x-not-null", Value::Bool(not_null)) => {
                schema.not_null = *not_null;
                if *not_null {
                    schema.description = defaults::not_null(schema.description);
                }
            }
            ("x-not-null", _) => context.fault(format!("{place}.{name}"), format!("{value}: expected true or false")),
            ("x-secret", _) => context.fault(format!("{place}.{name}"), format!("{value}: expected true or false")),
            ("x-never-generated", _) => {
                context.fault(format!("{place}.{name}"), format!("{value}: expected why, and what to do instead"));
            }
            _ => context.fault(
                format!("{place}.{name}"),
                format!("{value}: expected `x-secret` or `x-not-null`, true or false, or `x-never-generated`"),
            ),
        }
    }
    schema
}

fn unsupported(context: &mut Context<'_>, place: &str, what: &str) -> Schema {
    context.fault(place, format!("not supported: {what}"));
    Schema::any()
}

fn lower_object(context: &mut Context<'_>, place: &str, object: &ObjectType) -> Schema {
    let values = match &object.additional_properties {
        Some(AdditionalProperties::Schema(values)) => {
            Some(lower(context, &format!("{place}.additionalProperties"), values.as_ref()))
        }
        Some(AdditionalProperties::Any(true)) => Some(Schema::any()),
        Some(AdditionalProperties::Any(false)) | None => None,
    };
    match values {
        Some(_) if !object.properties.is_empty() => {
            context.fault(place, "`properties` beside `additionalProperties` is not supported");
            Schema::any()
        }
        // How a generator writes Java's `Map<String, Object>`, whose values are any JSON.
        Some(Schema { kind: Kind::Object { properties: [] }, .. }) => Schema::map(leak(Schema::any())),
        Some(values) => Schema::map(leak(values)),
        None => {
            let properties: Vec<_> = object
                .properties
                .iter()
                .map(|(name, schema)| {
                    let schema = lower(context, &format!("{place}.properties.{name}"), schema);
                    Property { name: text(name), required: object.required.contains(name), schema }
                })
                .collect();
            for name in object.required.iter().filter(|name| !object.properties.contains_key(*name)) {
                context.fault(format!("{place}.required"), format!("`{name}` is none of the properties"));
            }
            Schema::object(properties.leak())
        }
    }
}

fn lower_one_of(
    context: &mut Context<'_>,
    place: &str,
    branches: &[ReferenceOr<openapiv3::Schema>],
    discriminator: Option<&Discriminator>,
) -> Schema {
    let Some(discriminator) = discriminator.filter(|discriminator| discriminator.mapping.len() == branches.len())
    else {
        context.fault(format!("{place}.discriminator"), "expected one with a mapping for each branch of `oneOf`");
        return Schema::any();
    };
    let mut variants = Vec::new();
    for (value, reference) in &discriminator.mapping {
        let place = format!("{place}.discriminator.mapping.{value}");
        if let Kind::Reference(reference) = lower_reference(context, &place, reference).kind {
            variants.push(Variant::new(text(value), reference));
        }
    }
    Schema::one_of(text(&discriminator.property_name), variants.leak())
}

fn lower_reference(context: &mut Context<'_>, place: &str, reference: &str) -> Schema {
    let name = reference.strip_prefix("#/components/schemas/");
    let known = name.filter(|name| context.components().is_some_and(|parts| parts.schemas.contains_key(*name)));
    match known {
        Some(name) => Schema::reference(context.reach(name)),
        None => {
            context.fault(place, format!("`{reference}` is no schema of this document"));
            Schema::any()
        }
    }
}

/// With the format as the document writes it, known to `openapiv3` or not.
fn with_format<T: Serialize>(schema: Schema, format: &VariantOrUnknownOrEmpty<T>) -> Schema {
    let format = match format {
        VariantOrUnknownOrEmpty::Item(known) => {
            let known = serde_json::to_value(known).ok();
            optional_text(known.as_ref().and_then(Value::as_str))
        }
        VariantOrUnknownOrEmpty::Unknown(format) => optional_text(Some(&format.to_ascii_lowercase())),
        VariantOrUnknownOrEmpty::Empty => None,
    };
    match format {
        Some(format) => schema.format(format),
        None => schema,
    }
}
