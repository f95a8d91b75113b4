//! From a [`Document`] to Rust: a module of `static` operations per bucket, a module of schemas, and `DOCUMENT`.

use std::collections::BTreeMap;

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::{
    bucket::{DEFAULT_PREFIXES, bucket_of},
    document::Document,
    fault::Fault,
    operation::{Body, Operation, Parameter, Segment},
    schema::{Kind, Property, Schema},
};

/// The document as formatted Rust. The same document gives the same bytes.
///
/// # Errors
/// Where the tokens are no Rust file, which a document cannot bring about.
pub fn emit(document: &Document) -> Result<String, Fault> {
    let tokens = file(document);
    let file = syn::parse2(tokens).map_err(|error| Fault::new("(generated)", error.to_string()))?;
    Ok(prettyplease::unparse(&file))
}

/// One operation as formatted Rust, as it stands in its module.
///
/// # Errors
/// As [`emit`].
pub fn emit_operation(operation: &Operation) -> Result<String, Fault> {
    let file = syn::parse2(operation_item(operation)).map_err(|error| Fault::new("(generated)", error.to_string()))?;
    Ok(prettyplease::unparse(&file))
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
                use openapi_tools::{operation::*, schema::*};
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
    let version = document.version;
    let secret_names = document.secret_names.iter().map(|secret| {
        let (name, always) = (secret.name, secret.always);
        quote! { SecretName { name: #name, always: #always } }
    });
    quote! {
        #(#modules)*
        /// The schemas that the operations refer to.
        pub mod schemas {
            use openapi_tools::{document::NamedSchema, schema::*};
            /// Sorted by name.
            pub static SCHEMAS: &[NamedSchema] = &[#(#schemas),*];
        }
        use openapi_tools::document::{Document, SecretName};
        /// The whole document.
        pub static DOCUMENT: Document = Document {
            version: #version,
            operations: &[#(#references),*],
            schemas: schemas::SCHEMAS,
            secret_names: &[#(#secret_names),*],
        };
    }
}

fn operation_item(operation: &Operation) -> TokenStream {
    let doc = format!(" `{} {}`", operation.method.as_str(), operation.path_template());
    let constant = static_name(operation);
    let Operation { name, former_name, title, description, area, tenant_scoped, effect, .. } = operation;
    let Operation { deprecated, licensed, asynchronous, .. } = operation;
    let (read_only, destructive, idempotent) = (effect.read_only, effect.destructive, effect.idempotent);
    let method = variant(&operation.method);
    let credential = variant(&operation.credential);
    let path = operation.path.iter().map(|segment| match segment {
        Segment::Literal(text) => quote! { Segment::Literal(#text) },
        Segment::Parameter(name) => quote! { Segment::Parameter(#name) },
    });
    let parameters = operation.parameters.iter().map(parameter_expression);
    let body = match &operation.body {
        Some(Body { media_type, required, schema }) => {
            let schema = schema_expression(schema);
            quote! { Some(Body { media_type: #media_type, required: #required, schema: #schema }) }
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
            parameters: &[#(#parameters),*],
            body: #body,
            answer: #answer,
            failure: #failure,
            statuses: &[#(#statuses),*],
            credential: Credential::#credential,
            tenant_scoped: #tenant_scoped,
            effect: Effect { read_only: #read_only, destructive: #destructive, idempotent: #idempotent },
            deprecated: #deprecated,
            licensed: #licensed,
            asynchronous: #asynchronous,
        };
    }
}

fn parameter_expression(parameter: &Parameter) -> TokenStream {
    let Parameter { name, former_name, wire_name, required, description, .. } = parameter;
    let location = variant(&parameter.location);
    let schema = schema_expression(&parameter.schema);
    quote! {
        Parameter {
            name: #name,
            former_name: #former_name,
            wire_name: #wire_name,
            location: Location::#location,
            required: #required,
            description: #description,
            schema: #schema,
        }
    }
}

fn optional_schema(schema: Option<&Schema>) -> TokenStream {
    match schema.map(schema_expression) {
        Some(schema) => quote! { Some(#schema) },
        None => quote! { None },
    }
}

fn schema_expression(schema: &Schema) -> TokenStream {
    let mut format = "";
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
            if values.is_empty() {
                quote! { string() }
            } else {
                quote! { one_string_of(&[#(#values),*]) }
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
        Kind::Reference(name) => quote! { reference(#name) },
    };
    let format = (!format.is_empty()).then(|| quote! { .format(#format) });
    let description = schema.description;
    let description = (!description.is_empty()).then(|| quote! { .describe(#description) });
    let secret = schema.secret.then(|| quote! { .secret() });
    quote! { Schema::#kind #format #secret #description }
}

fn property_expression(property: &Property) -> TokenStream {
    let (name, schema) = (property.name, schema_expression(&property.schema));
    let required = property.required.then(|| quote! { .required() });
    quote! { Property::new(#name, #schema) #required }
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
