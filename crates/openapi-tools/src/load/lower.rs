//! From an [`OpenAPI`] value to a [`Document`]: one operation per method and path, references checked.
//!
//! A document lives as long as the process, so its parts are leaked: the lowered form is then the same for a document
//! that is emitted as Rust and for one that is read at run time.

mod content;
mod context;
mod defaults;
mod leak;
mod marks;
mod operation;
mod parameters;
mod schemas;
mod secrets;
mod security;

use std::collections::BTreeMap;

use openapiv3::{OpenAPI, ReferenceOr};

use self::{
    context::Context,
    leak::{leak, text},
    security::Security,
};
use super::{fault::Fault, rules::Rules};
use crate::model::{document::Document, operation::Operation};

/// Lowers the document by the rules of its API.
///
/// # Errors
/// Everything in it that is not understood or points nowhere, each with its JSON path.
pub fn lower(openapi: &OpenAPI, rules: &Rules<'_>) -> Result<Document, Vec<Fault>> {
    let mut context = Context::new(openapi, rules);
    let security = Security::new(&mut context);
    let mut operations: BTreeMap<&'static str, &'static Operation> = BTreeMap::new();
    for (path, item) in &openapi.paths.paths {
        let ReferenceOr::Item(item) = item else {
            context.fault(format!("paths.{path}"), "a path by reference is not supported");
            continue;
        };
        for (method, source) in item.iter() {
            let place = format!("paths.{path}.{method}");
            let shared = &item.parameters;
            let Some(operation) = operation::lower(&mut context, &security, &place, path, method, shared, source)
            else {
                continue;
            };
            if let Some(earlier) = operations.insert(operation.name, leak(operation)) {
                let other = format!("{} {}", earlier.method.as_str(), earlier.path_template());
                context.fault(
                    format!("{place}.operationId"),
                    format!("`{}` is the operationId of {other} too", earlier.name),
                );
            }
        }
    }
    let schemas = schemas::lower_reached(&mut context);
    let faults = context.into_faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    let operations: Vec<_> = operations.into_values().collect();
    let secret_names = secrets::names(&schemas);
    Ok(Document {
        version: text(&openapi.info.version),
        operations: operations.leak(),
        schemas: schemas.leak(),
        security_schemes: security.into_schemes(),
        secret_names: secret_names.leak(),
    })
}
