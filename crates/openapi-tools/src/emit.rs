//! From a [`Document`] to Rust: a module of `static` operations per bucket, a module of schemas, and `DOCUMENT`.

use std::collections::BTreeMap;

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::model::{
    bucket::{DEFAULT_PREFIXES, bucket_of},
    document::Document,
    operation::{Body, Condition, FieldEncoding, Irreversible, Operation, Parameter, Segment, Style},
    schema::{Importance, Kind, Property, Rest, Schema},
    security::{Grant, OAuth2Flow, Requirement, SchemeKind, SecurityScheme},
};

/// The emitted tokens are not a Rust file, which is a mistake of this module.
#[derive(Debug, thiserror::Error)]
#[error("the generated code is not valid Rust: {0}")]
pub struct InvalidRust(#[from] syn::Error);

/// The document as formatted Rust. The same document gives the same bytes.
///
/// # Errors
/// Where the tokens are no Rust file, which a document cannot bring about.
pub fn emit(document: &Document) -> Result<String, InvalidRust> {
    Ok(prettyplease::unparse(&syn::parse2(file(document))?))
}

/// One operation as formatted Rust, as it stands in its module.
///
/// # Errors
/// As [`emit`].
pub fn emit_operation(operation: &Operation) -> Result<String, InvalidRust> {
    Ok(prettyplease::unparse(&syn::parse2(operation_item(operation))?))
}

fn file(document: &Document) -> TokenStream {
    let mut buckets: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in document.operations {
        buckets.entry(bucket_of(operation.name, &DEFAULT_PREFIXES)).or_default().push(operation);
    }
    let modules = buckets.iter().map(|(bucket, operations)| {
        let module = identifier(bucket);
        let items = operations.iter().map(|operation| operation_item(operation));
        let doc = format!(" The operations of the bucket `{bucket}`.");
        quote! {
            #[doc = #doc]
            pub mod #module {
                #[allow(unused_imports)]
                use openapi_tools::model::{operation::*, schema::*, security::*};
                #(#items)*
            }
        }
    });
    let references = document.operations.iter().map(|operation| {
        let module = identifier(bucket_of(operation.name, &DEFAULT_PREFIXES));
        let name = static_name(operation);
        quote! { &#module::#name }
    });
    let schemas = document.schemas.iter().map(|entry| {
        let (name, schema) = (entry.name, schema_expression(&entry.schema));
        quote! { NamedSchema { name: #name, schema: #schema } }
    });
    let (title, version, servers) = (document.title, document.version, document.servers);
    let security_schemes = document.security_schemes.iter().map(scheme_expression);
    let secret_names = document.secret_names.iter().map(|secret| {
        let (name, always) = (secret.name, secret.always);
        quote! { SecretName { name: #name, always: #always } }
    });
    quote! {
        #(#modules)*
        /// The schemas that the operations refer to.
        pub mod schemas {
            #[allow(unused_imports)]
            use openapi_tools::model::{document::NamedSchema, schema::*};
            /// Sorted by name.
            pub static SCHEMAS: &[NamedSchema] = &[#(#schemas),*];
        }
        #[allow(unused_imports)]
        use openapi_tools::model::{document::{Document, SecretName}, security::*};
        /// The whole document.
        pub static DOCUMENT: Document = Document {
            title: #title,
            version: #version,
            servers: &[#(#servers),*],
            operations: &[#(#references),*],
            schemas: schemas::SCHEMAS,
            security_schemes: &[#(#security_schemes),*],
            secret_names: &[#(#secret_names),*],
        };
    }
}

fn operation_item(operation: &Operation) -> TokenStream {
    let doc = format!(" `{} {}`", operation.method.as_str(), operation.path_template());
    let constant = static_name(operation);
    let Operation { name, area, tenant_scoped, effect, .. } = operation;
    let (former_name, title) = (optional(operation.former_name), optional(operation.title));
    let description = optional(operation.description);
    let Operation { deprecated, licensed, asynchronous, wishes, .. } = operation;
    let (read_only, destructive, idempotent) = (effect.read_only, effect.destructive, effect.idempotent);
    let irreversible = irreversible_expression(operation.irreversible.as_ref());
    let download = match operation.download {
        Some(download) => {
            let download = variant(&download);
            quote! { Some(Download::#download) }
        }
        None => quote! { None },
    };
    let method = variant(&operation.method);
    let security = operation.security.iter().map(requirement_expression);
    let path = operation.path.iter().map(segment_expression);
    let (fixed_query, server, bucket) =
        (optional(operation.fixed_query), optional(operation.server), optional(operation.bucket));
    let parameters = operation.parameters.iter().map(parameter_expression);
    let body = match &operation.body {
        Some(Body { media_type, required, schema, fields }) => {
            let (schema, fields) = (schema_expression(schema), fields.iter().map(field_expression));
            quote! {
                Some(Body { media_type: #media_type, required: #required, schema: #schema, fields: &[#(#fields),*] })
            }
        }
        None => quote! { None },
    };
    let answer = optional_schema(operation.answer.as_ref());
    let failure = optional_schema(operation.failure.as_ref());
    let statuses = operation.statuses.iter().map(|(status, meaning)| quote! { (#status, #meaning) });
    quote! {
        #[doc = #doc]
        pub static #constant: Operation = Operation {
            name: #name,
            former_name: #former_name,
            title: #title,
            description: #description,
            area: #area,
            method: Method::#method,
            path: &[#(#path),*],
            fixed_query: #fixed_query,
            parameters: &[#(#parameters),*],
            body: #body,
            server: #server,
            bucket: #bucket,
            answer: #answer,
            failure: #failure,
            statuses: &[#(#statuses),*],
            security: &[#(#security),*],
            tenant_scoped: #tenant_scoped,
            effect: Effect { read_only: #read_only, destructive: #destructive, idempotent: #idempotent },
            irreversible: #irreversible,
            deprecated: #deprecated,
            licensed: #licensed,
            asynchronous: #asynchronous,
            download: #download,
            wishes: &[#(#wishes),*],
        };
    }
}

fn irreversible_expression(irreversible: Option<&Irreversible>) -> TokenStream {
    let Some(Irreversible { lost, when, unless }) = irreversible else { return quote! { None } };
    let conditions = |conditions: &[Condition]| {
        let conditions = conditions
            .iter()
            .map(|Condition { argument, value }| quote! { Condition { argument: #argument, value: #value } });
        quote! { &[#(#conditions),*] }
    };
    let (lost, when, unless) = (optional(*lost), conditions(when), conditions(unless));
    quote! { Some(Irreversible { lost: #lost, when: #when, unless: #unless }) }
}

fn parameter_expression(parameter: &Parameter) -> TokenStream {
    let Parameter { name, wire_name, required, is_common, .. } = parameter;
    let (former_name, description) = (optional(parameter.former_name), optional(parameter.description));
    let prefix = optional(parameter.prefix);
    let location = variant(&parameter.location);
    let style = if parameter.style == Style::of(parameter.location) {
        quote! { Style::of(Location::#location) }
    } else {
        style_expression(&parameter.style)
    };
    let schema = schema_expression(&parameter.schema);
    quote! {
        Parameter {
            name: #name,
            former_name: #former_name,
            wire_name: #wire_name,
            location: Location::#location,
            prefix: #prefix,
            required: #required,
            description: #description,
            is_common: #is_common,
            style: #style,
            schema: #schema,
        }
    }
}

fn segment_expression(segment: &Segment) -> TokenStream {
    match segment {
        Segment::Literal(text) => quote! { Segment::Literal(#text) },
        Segment::Parameter(name) => quote! { Segment::Parameter(#name) },
        Segment::Mixed(pieces) => {
            let pieces = pieces.iter().map(segment_expression);
            quote! { Segment::Mixed(&[#(#pieces),*]) }
        }
    }
}

fn style_expression(style: &Style) -> TokenStream {
    let (form, Style { explode, allows_reserved, .. }) = (variant(&style.form), style);
    quote! { Style { form: Form::#form, explode: #explode, allows_reserved: #allows_reserved } }
}

fn field_expression(field: &FieldEncoding) -> TokenStream {
    let (name, media_type) = (field.name, optional(field.media_type));
    let style = match &field.style {
        Some(style) => {
            let style = style_expression(style);
            quote! { Some(#style) }
        }
        None => quote! { None },
    };
    quote! { FieldEncoding { name: #name, style: #style, media_type: #media_type } }
}

fn scheme_expression(scheme: &SecurityScheme) -> TokenStream {
    let kind = match scheme.kind {
        SchemeKind::ApiKey { location, name } => {
            let location = variant(&location);
            quote! { ApiKey { location: KeyLocation::#location, name: #name } }
        }
        SchemeKind::Http { scheme } => quote! { Http { scheme: #scheme } },
        SchemeKind::OAuth2 { flows } => {
            let flows = flows.iter().map(flow_expression);
            quote! { OAuth2 { flows: &[#(#flows),*] } }
        }
        SchemeKind::OpenIdConnect { url } => quote! { OpenIdConnect { url: #url } },
    };
    let name = scheme.name;
    quote! { SecurityScheme { name: #name, kind: SchemeKind::#kind } }
}

fn flow_expression(flow: &OAuth2Flow) -> TokenStream {
    let grant = match flow.grant {
        Grant::Implicit { authorization_url } => quote! { Implicit { authorization_url: #authorization_url } },
        Grant::Password { token_url } => quote! { Password { token_url: #token_url } },
        Grant::ClientCredentials { token_url } => quote! { ClientCredentials { token_url: #token_url } },
        Grant::AuthorizationCode { authorization_url, token_url } => {
            quote! { AuthorizationCode { authorization_url: #authorization_url, token_url: #token_url } }
        }
    };
    let refresh_url = optional(flow.refresh_url);
    let scopes = flow.scopes.iter().map(|scope| {
        let (name, description) = (scope.name, optional(scope.description));
        quote! { Scope { name: #name, description: #description } }
    });
    quote! { OAuth2Flow { grant: Grant::#grant, refresh_url: #refresh_url, scopes: &[#(#scopes),*] } }
}

fn requirement_expression(requirement: &Requirement) -> TokenStream {
    let uses = requirement.0.iter().map(|wanted| {
        let (scheme, scopes) = (Literal::usize_unsuffixed(wanted.scheme), wanted.scopes);
        let scopes = (!scopes.is_empty()).then(|| quote! { .scopes(&[#(#scopes),*]) });
        quote! { SchemeUse::new(#scheme) #scopes }
    });
    quote! { Requirement(&[#(#uses),*]) }
}

fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote! { Some(#text) },
        None => quote! { None },
    }
}

fn optional_schema(schema: Option<&Schema>) -> TokenStream {
    match schema.map(schema_expression) {
        Some(schema) => quote! { Some(#schema) },
        None => quote! { None },
    }
}

fn schema_expression(schema: &Schema) -> TokenStream {
    let mut format = None;
    let kind = match schema.kind {
        Kind::Any => quote! { any() },
        Kind::Boolean => quote! { boolean() },
        Kind::Integer { format: own } => {
            format = own;
            quote! { integer() }
        }
        Kind::Number => quote! { number() },
        Kind::String { format: own, values } => {
            format = own;
            match values {
                Some(values) => quote! { one_string_of(&[#(#values),*]) },
                None => quote! { string() },
            }
        }
        Kind::Array { items, unique } => {
            let items = schema_expression(items);
            if unique {
                quote! { set(&#items) }
            } else {
                quote! { array(&#items) }
            }
        }
        Kind::Object { properties } => {
            let properties = properties.iter().map(property_expression);
            quote! { object(&[#(#properties),*]) }
        }
        Kind::Map { values } => {
            let values = schema_expression(values);
            quote! { map(&#values) }
        }
        Kind::OneOf { discriminator, variants } => {
            let variants = variants.iter().map(|variant| {
                let (value, reference) = (variant.value, variant.reference);
                quote! { Variant::new(#value, #reference) }
            });
            quote! { one_of(#discriminator, &[#(#variants),*]) }
        }
        Kind::Enum { values } => quote! { one_value_of(&[#(#values),*]) },
        Kind::Union { branches } => {
            let branches = branches.iter().map(schema_expression);
            quote! { union(&[#(#branches),*]) }
        }
        Kind::Reference(name) => quote! { reference(#name) },
    };
    let format = format.map(|format| quote! { .format(#format) });
    let description = schema.description.map(|description| quote! { .describe(#description) });
    let secret = schema.secret.then(|| quote! { .secret() });
    let never_generated = schema.never_generated.map(|advice| quote! { .never_generated(#advice) });
    let max_length = schema.max_length.map(|length| {
        let length = Literal::usize_unsuffixed(length);
        quote! { .max_length(#length) }
    });
    let nullable = schema.nullable.then(|| quote! { .nullable() });
    let read_only = schema.read_only.then(|| quote! { .read_only() });
    let write_only = schema.write_only.then(|| quote! { .write_only() });
    let rest = match schema.rest {
        Rest::Unstated => None,
        Rest::Nothing => Some(quote! { .closed() }),
        Rest::Of(rest) => {
            let rest = schema_expression(rest);
            Some(quote! { .rest(&#rest) })
        }
    };
    let not_null = schema.not_null.then(|| quote! { .not_null() });
    let constraints = schema.constraints.map(|keywords| quote! { .constraints(#keywords) });
    let wishes = schema.wishes;
    let wishes = (!wishes.is_empty()).then(|| quote! { .wishes(&[#(#wishes),*]) });
    quote! {
        Schema::#kind #format #max_length #nullable #read_only #write_only #rest #constraints #secret
            #never_generated #not_null #wishes #description
    }
}

fn property_expression(property: &Property) -> TokenStream {
    let (name, schema) = (property.name, schema_expression(&property.schema));
    let required = property.required.then(|| quote! { .required() });
    let importance = match property.importance {
        Importance::First => Some(quote! { .first() }),
        Importance::Ordinary => None,
        Importance::Rare => Some(quote! { .rare() }),
    };
    quote! { Property::new(#name, #schema) #required #importance }
}

fn static_name(operation: &Operation) -> Ident {
    identifier(&operation.name.to_shouty_snake_case())
}

fn identifier(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The name of a field-less variant, which is what `Debug` prints.
fn variant(value: &impl std::fmt::Debug) -> Ident {
    identifier(&format!("{value:?}"))
}
