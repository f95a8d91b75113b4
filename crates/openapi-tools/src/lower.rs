//! From an [`OpenAPI`] value to a [`Document`]: one operation per method and path, references checked.
//!
//! A document lives as long as the process, so its parts are leaked: the lowered form is then the same for a document
//! that is emitted as Rust and for one that is read at run time.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
};

use openapiv3::{
    APIKeyLocation, AdditionalProperties, OpenAPI, ParameterSchemaOrContent, QueryStyle, ReferenceOr, SchemaKind,
    SecurityRequirement, SecurityScheme, StatusCode, Type, VariantOrUnknownOrEmpty,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    document::{Document, NamedSchema, SecretName},
    fault::Fault,
    operation::{Body, Credential, Effect, Location, Method, Operation, Parameter, Segment},
    schema::{Kind, Property, Schema, Variant},
};

/// FusionAuth merges an `application/json` PATCH in a way of its own, which appends to arrays. The standard merge
/// (RFC 7396) replaces them, so it is what a PATCH is sent as.
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Lowers the document.
///
/// # Errors
/// Everything in it that is not understood or points nowhere, each with its JSON path.
pub fn lower(openapi: &OpenAPI) -> Result<Document, Vec<Fault>> {
    let mut lowering = Lowering { openapi, faults: Vec::new(), reachable: BTreeSet::new(), pending: Vec::new() };
    let mut operations: BTreeMap<&'static str, &'static Operation> = BTreeMap::new();
    for (path, item) in &openapi.paths.paths {
        let ReferenceOr::Item(item) = item else {
            lowering.fault(format!("paths.{path}"), "a path by reference is not supported");
            continue;
        };
        for (method, source) in item.iter() {
            let place = format!("paths.{path}.{method}");
            let Some(operation) = lowering.operation(&place, path, method, &item.parameters, source) else { continue };
            if let Some(earlier) = operations.insert(operation.name, leak(operation)) {
                let other = format!("{} {}", earlier.method.as_str(), earlier.path_template());
                lowering.fault(
                    format!("{place}.operationId"),
                    format!("`{}` is the operationId of {other} too", earlier.name),
                );
            }
        }
    }
    let schemas = lowering.schemas();
    if !lowering.faults.is_empty() {
        return Err(lowering.faults);
    }
    let operations: Vec<_> = operations.into_values().collect();
    let secret_names = secret_names(&schemas);
    Ok(Document {
        version: text(&openapi.info.version),
        operations: operations.leak(),
        schemas: schemas.leak(),
        secret_names: secret_names.leak(),
    })
}

/// The names of properties that some schema marks secret, sorted.
fn secret_names(schemas: &[NamedSchema]) -> Vec<SecretName> {
    let mut uses: BTreeMap<&'static str, Vec<bool>> = BTreeMap::new();
    for entry in schemas {
        note_secrets(&entry.schema, &mut uses);
    }
    let marked = uses.into_iter().filter(|(_, marks)| marks.contains(&true));
    marked.map(|(name, marks)| SecretName { name, always: !marks.contains(&false) }).collect()
}

fn note_secrets(schema: &Schema, uses: &mut BTreeMap<&'static str, Vec<bool>>) {
    match schema.kind {
        Kind::Object { properties } => {
            for property in properties {
                uses.entry(property.name).or_default().push(property.schema.secret);
                note_secrets(&property.schema, uses);
            }
        }
        Kind::Array { items: inner, .. } | Kind::Map { values: inner } => note_secrets(inner, uses),
        _ => {}
    }
}

/// The statuses, other than a plain success, that the document gives a meaning.
fn statuses(responses: &openapiv3::Responses) -> Vec<(u16, &'static str)> {
    let described = responses.responses.iter().filter_map(|(status, response)| match (status, response) {
        (StatusCode::Code(code), ReferenceOr::Item(response)) if !response.description.is_empty() => {
            Some((*code, text(&response.description)))
        }
        _ => None,
    });
    described.collect()
}

struct Lowering<'a> {
    openapi: &'a OpenAPI,
    faults: Vec<Fault>,
    /// The schemas that a lowered operation leads to.
    reachable: BTreeSet<&'static str>,
    /// Those of them that are not lowered yet.
    pending: Vec<&'static str>,
}

impl Lowering<'_> {
    fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault::new(path, message));
    }

    fn operation(
        &mut self,
        place: &str,
        path: &str,
        method: &str,
        shared: &[ReferenceOr<openapiv3::Parameter>],
        source: &openapiv3::Operation,
    ) -> Option<Operation> {
        let Some(method) = method_of(method) else {
            self.fault(place, format!("the method `{method}` is not supported"));
            return None;
        };
        let Some(name) = source.operation_id.as_deref().filter(|name| is_tool_name(name)) else {
            self.fault(
                format!("{place}.operationId"),
                format!(
                    "{:?}: expected 1 to 64 letters, digits, `_` or `-`, the first a letter: it becomes a tool's name",
                    source.operation_id.as_deref().unwrap_or_default()
                ),
            );
            return None;
        };
        let mut parameters = Vec::new();
        for (index, parameter) in source.parameters.iter().chain(shared).enumerate() {
            let place = format!("{place}.parameters[{index}]");
            parameters.extend(self.parameter(&place, parameter));
        }
        let segments = self.segments(place, path, &parameters);
        let body =
            source.request_body.as_ref().and_then(|body| self.body(&format!("{place}.requestBody"), method, body));
        let credential = self.credential(place, source.security.as_deref());
        let responses = &source.responses;
        let success = responses.responses.get(&StatusCode::Code(200));
        let answer = self.content(&format!("{place}.responses.200"), success);
        let failure = self.content(&format!("{place}.responses.default"), responses.default.as_ref());
        let statuses = statuses(&source.responses);
        let marks = self.marks(place, source);
        let read_only = marks.read_only.unwrap_or(method == Method::Get);
        let tool_name = marks.tool_name.unwrap_or(name);
        Some(Operation {
            name: text(tool_name),
            former_name: if tool_name == name { "" } else { text(name) },
            title: text(source.summary.as_deref().unwrap_or_default()),
            description: text(source.description.as_deref().unwrap_or_default()),
            area: text(area_of(path)),
            method,
            path: segments.leak(),
            parameters: parameters.leak(),
            body,
            answer,
            failure,
            statuses: statuses.leak(),
            credential,
            tenant_scoped: marks.tenant_scoped.unwrap_or(true),
            effect: Effect {
                read_only,
                destructive: marks
                    .destructive
                    .unwrap_or(!read_only && matches!(method, Method::Delete | Method::Patch | Method::Put)),
                idempotent: marks.idempotent.unwrap_or(read_only || method != Method::Post),
            },
            deprecated: source.deprecated,
            licensed: marks.licensed.unwrap_or(false),
            asynchronous: marks.asynchronous.unwrap_or(false),
        })
    }

    fn parameter(&mut self, place: &str, source: &ReferenceOr<openapiv3::Parameter>) -> Option<Parameter> {
        let ReferenceOr::Item(source) = source else {
            self.fault(place, "a parameter by reference is not supported");
            return None;
        };
        let data = source.parameter_data_ref();
        let location = match source {
            openapiv3::Parameter::Path { .. } => Location::Path,
            openapiv3::Parameter::Query { style: QueryStyle::Form, .. } if data.explode != Some(false) => {
                Location::Query
            }
            openapiv3::Parameter::Query { .. } => {
                self.fault(
                    place,
                    "expected `style: form` and `explode: true`, the only way in which FusionAuth reads a query",
                );
                return None;
            }
            openapiv3::Parameter::Header { .. } => Location::Header,
            openapiv3::Parameter::Cookie { .. } => {
                self.fault(place, "a parameter in a cookie is not supported");
                return None;
            }
        };
        let ParameterSchemaOrContent::Schema(schema) = &data.format else {
            self.fault(place, "a parameter with `content` is not supported: expected `schema`");
            return None;
        };
        let renamed = |mark: &str| data.extensions.get(mark).and_then(Value::as_str);
        let name = renamed("x-argument-name").unwrap_or(&data.name);
        Some(Parameter {
            name: text(name),
            former_name: if name == data.name { "" } else { text(&data.name) },
            wire_name: text(renamed("x-wire-name").unwrap_or(&data.name)),
            location,
            required: data.required || location == Location::Path,
            description: text(data.description.as_deref().unwrap_or_default()),
            schema: self.schema(&format!("{place}.schema"), schema),
        })
    }

    fn segments(&mut self, place: &str, path: &str, parameters: &[Parameter]) -> Vec<Segment> {
        let mut segments = Vec::new();
        for part in path.trim_start_matches('/').split('/') {
            let inner = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            match inner {
                Some(name) => segments.push(Segment::Parameter(text(name))),
                None if part.contains(['{', '}']) => {
                    self.fault(
                        place,
                        format!("the path segment `{part}` mixes text and a parameter: expected one of them"),
                    );
                }
                None => segments.push(Segment::Literal(text(part))),
            }
        }
        let in_path = |name: &'static str| segments.contains(&Segment::Parameter(name));
        let declared: Vec<_> = parameters.iter().filter(|parameter| parameter.location == Location::Path).collect();
        let strays: Vec<_> = declared
            .iter()
            .filter(|parameter| !in_path(parameter.wire_name))
            .map(|parameter| parameter.wire_name)
            .collect();
        let missing: Vec<_> = segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Parameter(name) if !declared.iter().any(|parameter| parameter.wire_name == *name) => {
                    Some(*name)
                }
                _ => None,
            })
            .collect();
        for name in strays {
            self.fault(
                format!("{place}.parameters"),
                format!("the path parameter `{name}` does not stand in the path"),
            );
        }
        for name in missing {
            self.fault(
                format!("{place}.parameters"),
                format!("the path names `{{{name}}}`, which is no path parameter"),
            );
        }
        segments
    }

    fn body(&mut self, place: &str, method: Method, source: &ReferenceOr<openapiv3::RequestBody>) -> Option<Body> {
        let ReferenceOr::Item(source) = source else {
            self.fault(place, "a request body by reference is not supported");
            return None;
        };
        let mut contents = source.content.iter();
        let (Some((media_type, content)), None) = (contents.next(), contents.next()) else {
            self.fault(format!("{place}.content"), format!("{} media types: expected one", source.content.len()));
            return None;
        };
        let place = format!("{place}.content.{media_type}.schema");
        let Some(schema) = &content.schema else {
            self.fault(place, "missing");
            return None;
        };
        let media_type = match (method, media_type.as_str()) {
            (Method::Patch, "application/json") => MERGE_PATCH,
            (_, media_type) => text(media_type),
        };
        Some(Body { media_type, required: source.required, schema: self.schema(&place, schema) })
    }

    fn credential(&mut self, place: &str, own: Option<&[SecurityRequirement]>) -> Credential {
        let place = if own.is_some() { format!("{place}.security") } else { "security".to_owned() };
        let requirements = own.or(self.openapi.security.as_deref()).unwrap_or_default();
        let is_optional = requirements.iter().any(SecurityRequirement::is_empty);
        let mut names = requirements.iter().flat_map(|requirement| requirement.keys());
        let (Some(name), None) = (names.next(), names.next()) else {
            if requirements.len() > 1 {
                self.fault(place, "several security schemes: expected one at the most");
            }
            return Credential::None;
        };
        let schemes = self.openapi.components.as_ref().map(|components| &components.security_schemes);
        match schemes.and_then(|schemes| schemes.get(name)) {
            Some(ReferenceOr::Item(SecurityScheme::APIKey { location: APIKeyLocation::Header, name, .. }))
                if name == "Authorization" =>
            {
                if is_optional {
                    Credential::ApiKeyIfAny
                } else {
                    Credential::ApiKey
                }
            }
            Some(ReferenceOr::Item(SecurityScheme::HTTP { scheme, .. })) if scheme == "bearer" => Credential::Bearer,
            _ => {
                self.fault(
                    place,
                    format!(
                        "`{name}` is not a security scheme that puts an API key or a bearer token in `Authorization`"
                    ),
                );
                Credential::None
            }
        }
    }

    /// The schema of the JSON that a response brings.
    fn content(&mut self, place: &str, response: Option<&ReferenceOr<openapiv3::Response>>) -> Option<Schema> {
        let content = response?.as_item()?.content.get("application/json")?;
        Some(self.schema(&format!("{place}.content.application/json.schema"), content.schema.as_ref()?))
    }

    fn marks<'s>(&mut self, place: &str, source: &'s openapiv3::Operation) -> Marks<'s> {
        let mut marks = Marks::default();
        for (name, value) in &source.extensions {
            if name == "x-tool-name" {
                marks.tool_name = value.as_str().filter(|name| is_tool_name(name));
                if marks.tool_name.is_none() {
                    self.faults.push(Fault::new(format!("{place}.{name}"), format!("{value}: expected a tool's name")));
                }
                continue;
            }
            let mark = match name.as_str() {
                "x-read-only" => &mut marks.read_only,
                "x-destructive" => &mut marks.destructive,
                "x-idempotent" => &mut marks.idempotent,
                "x-tenant-scoped" => &mut marks.tenant_scoped,
                "x-licensed" => &mut marks.licensed,
                "x-asynchronous" => &mut marks.asynchronous,
                _ => {
                    self.faults.push(Fault::new(format!("{place}.{name}"), "not a mark that is known"));
                    continue;
                }
            };
            *mark = value.as_bool();
            if mark.is_none() {
                self.faults.push(Fault::new(format!("{place}.{name}"), format!("{value}: expected true or false")));
            }
        }
        marks
    }

    /// The schemas in reach of what has been lowered so far, sorted by name.
    fn schemas(&mut self) -> Vec<NamedSchema> {
        let mut schemas = BTreeMap::new();
        while let Some(name) = self.pending.pop() {
            let source = self.openapi.components.as_ref().and_then(|components| components.schemas.get(name));
            if let Some(source) = source {
                schemas.insert(
                    name,
                    NamedSchema { name, schema: self.schema(&format!("components.schemas.{name}"), source) },
                );
            }
        }
        schemas.into_values().collect()
    }

    fn schema<T: Borrow<openapiv3::Schema>>(&mut self, place: &str, source: &ReferenceOr<T>) -> Schema {
        let source = match source {
            ReferenceOr::Reference { reference } => return self.reference(place, reference),
            ReferenceOr::Item(source) => source.borrow(),
        };
        let schema = match &source.schema_kind {
            SchemaKind::Type(Type::Boolean(_)) => Schema::boolean(),
            SchemaKind::Type(Type::Integer(integer)) => Schema::integer().format(format_of(&integer.format)),
            SchemaKind::Type(Type::Number(_)) => Schema::number(),
            SchemaKind::Type(Type::String(string)) => {
                // What is published of them is broken; what is meant is a format.
                if string.pattern.is_some() {
                    self.fault(format!("{place}.pattern"), "patterns are not supported: expected a `format`, or none");
                }
                let values: Vec<_> = string.enumeration.iter().flatten().map(|value| text(value)).collect();
                Schema::one_string_of(values.leak()).format(format_of(&string.format))
            }
            SchemaKind::Type(Type::Array(array)) => {
                let items = match &array.items {
                    Some(items) => self.schema(&format!("{place}.items"), items),
                    None => Schema::any(),
                };
                if array.unique_items { Schema::set(leak(items)) } else { Schema::array(leak(items)) }
            }
            SchemaKind::Type(Type::Object(object)) => self.object(place, object),
            SchemaKind::OneOf { one_of } => self.one_of(place, one_of, source.schema_data.discriminator.as_ref()),
            SchemaKind::Any(any) if *any == openapiv3::AnySchema::default() => Schema::any(),
            SchemaKind::Any(_) => {
                self.fault(place, "expected `type`, or keywords of one type only");
                Schema::any()
            }
            SchemaKind::AllOf { all_of } => match all_of.as_slice() {
                [one] => self.schema(&format!("{place}.allOf[0]"), one),
                _ => self.unsupported(place, "`allOf` of several"),
            },
            SchemaKind::AnyOf { .. } | SchemaKind::Not { .. } => self.unsupported(place, "`anyOf` and `not`"),
        };
        let mut schema = schema.describe(text(source.schema_data.description.as_deref().unwrap_or_default()));
        for (name, value) in &source.schema_data.extensions {
            match (name.as_str(), value.as_bool()) {
                ("x-secret", Some(is_secret)) => schema.secret = is_secret,
                _ => self.fault(format!("{place}.{name}"), format!("{value}: expected `x-secret`, true or false")),
            }
        }
        schema
    }

    fn unsupported(&mut self, place: &str, what: &str) -> Schema {
        self.fault(place, format!("not supported: {what}"));
        Schema::any()
    }

    fn object(&mut self, place: &str, object: &openapiv3::ObjectType) -> Schema {
        let values = match &object.additional_properties {
            Some(AdditionalProperties::Schema(values)) => {
                Some(self.schema(&format!("{place}.additionalProperties"), values.as_ref()))
            }
            Some(AdditionalProperties::Any(true)) => Some(Schema::any()),
            Some(AdditionalProperties::Any(false)) | None => None,
        };
        match values {
            Some(_) if !object.properties.is_empty() => {
                self.fault(place, "`properties` beside `additionalProperties` is not supported");
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
                        let schema = self.schema(&format!("{place}.properties.{name}"), schema);
                        Property { name: text(name), required: object.required.contains(name), schema }
                    })
                    .collect();
                for name in object.required.iter().filter(|name| !object.properties.contains_key(*name)) {
                    self.fault(format!("{place}.required"), format!("`{name}` is none of the properties"));
                }
                Schema::object(properties.leak())
            }
        }
    }

    fn one_of(
        &mut self,
        place: &str,
        branches: &[ReferenceOr<openapiv3::Schema>],
        discriminator: Option<&openapiv3::Discriminator>,
    ) -> Schema {
        let Some(discriminator) = discriminator.filter(|discriminator| discriminator.mapping.len() == branches.len())
        else {
            self.fault(format!("{place}.discriminator"), "expected one with a mapping for each branch of `oneOf`");
            return Schema::any();
        };
        let mut variants = Vec::new();
        for (value, reference) in &discriminator.mapping {
            let place = format!("{place}.discriminator.mapping.{value}");
            if let Kind::Reference(reference) = self.reference(&place, reference).kind {
                variants.push(Variant::new(text(value), reference));
            }
        }
        Schema::one_of(text(&discriminator.property_name), variants.leak())
    }

    fn reference(&mut self, place: &str, reference: &str) -> Schema {
        let schemas = self.openapi.components.as_ref().map(|components| &components.schemas);
        let name = reference.strip_prefix("#/components/schemas/");
        let Some((name, _)) = name.zip(schemas).and_then(|(name, schemas)| schemas.get_key_value(name)) else {
            self.fault(place, format!("`{reference}` is no schema of this document"));
            return Schema::any();
        };
        let name = match self.reachable.get(name.as_str()) {
            Some(known) => known,
            None => {
                let name = text(name);
                self.reachable.insert(name);
                self.pending.push(name);
                name
            }
        };
        Schema::reference(name)
    }
}

#[derive(Default)]
struct Marks<'a> {
    tool_name: Option<&'a str>,
    licensed: Option<bool>,
    asynchronous: Option<bool>,
    read_only: Option<bool>,
    destructive: Option<bool>,
    idempotent: Option<bool>,
    tenant_scoped: Option<bool>,
}

fn method_of(name: &str) -> Option<Method> {
    [Method::Delete, Method::Get, Method::Patch, Method::Post, Method::Put]
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(name))
}

/// What every MCP client takes as a tool's name.
fn is_tool_name(name: &str) -> bool {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    name.len() <= 64 && name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(allowed)
}

fn area_of(path: &str) -> &str {
    let path = path.strip_prefix("/api/").unwrap_or(path);
    path.split('/').find(|segment| !segment.is_empty()).unwrap_or(path).trim_start_matches('.')
}

/// The format as the document writes it, known to `openapiv3` or not; empty where there is none.
fn format_of<T: Serialize>(format: &VariantOrUnknownOrEmpty<T>) -> &'static str {
    match format {
        VariantOrUnknownOrEmpty::Item(known) => {
            serde_json::to_value(known).ok().as_ref().and_then(Value::as_str).map(text).unwrap_or_default()
        }
        VariantOrUnknownOrEmpty::Unknown(format) => text(&format.to_ascii_lowercase()),
        VariantOrUnknownOrEmpty::Empty => "",
    }
}

fn text(value: &str) -> &'static str {
    if value.is_empty() { "" } else { value.to_owned().leak() }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
