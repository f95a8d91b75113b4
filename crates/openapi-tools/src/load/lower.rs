//! From an OpenAPI document of the one form that [`normalise`](super::normalise) makes to a [`Document`]: one operation per
//! method and path, references checked.
//!
//! A document lives as long as the process, so its parts are leaked: the lowered form is then the same for a document
//! that is emitted as Rust and for one that is read at run time.

mod common;
mod content;
mod context;
mod defaults;
mod importance;
mod leak;
mod marks;
mod names;
mod operation;
mod parameters;
mod prose;
mod schemas;
mod secrets;
mod security;
mod servers;
mod verbs;

use std::collections::BTreeMap;

use serde_json::Value;

use self::{
    context::Context,
    leak::{leak, text},
    operation::Site,
    security::Security,
};
use super::{
    fault::Fault,
    rules::{Authorship, Rules},
};
use crate::model::{
    document::Document,
    operation::{Method, Operation},
};

/// The longest title of an API, in characters.
const MAX_TITLE: usize = 80;

/// A lowered document, and what is wrong with its source.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// The operations that are right.
    pub document: Document,
    /// What keeps other operations from being offered.
    pub faults: Vec<Fault>,
    /// What is wrong and was mended.
    pub notes: Vec<Fault>,
    /// How many operations were left out.
    pub left_out: usize,
    /// What overlays say of things that are not there.
    pub unmatched: Vec<Fault>,
}

impl Lowered {
    /// The document, if nothing is wrong with it.
    ///
    /// # Errors
    /// Everything in it that is not understood or points nowhere, each with its JSON path.
    pub fn into_document(self) -> Result<Document, Vec<Fault>> {
        if self.faults.is_empty() { Ok(self.document) } else { Err(self.faults) }
    }
}

/// Lowers the document by the rules of its API. A fault costs one operation.
pub fn lower(document: &Value, rules: &Rules<'_>) -> Lowered {
    let mut context = Context::new(document, rules);
    let security = Security::new(&mut context);
    let mut operations: BTreeMap<String, Operation> = BTreeMap::new();
    let mut left_out = 0;
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
        let Some(item) = context.resolved(&format!("paths.{path}"), item) else { continue };
        let more = item.get("additionalOperations").and_then(Value::as_object).into_iter().flatten();
        for (key, source) in item.iter().chain(more) {
            let place = format!("paths.{path}.{key}");
            let Some(method) = method_of(key) else {
                if source.get("responses").is_some() {
                    context.fault(place, format!("the method `{key}` is not supported"));
                    left_out += 1;
                }
                continue;
            };
            let site = Site { place: &place, path, method, item };
            let lowered = match source.as_object() {
                Some(source) => operation::lower(&mut context, &security, &site, source),
                None => {
                    context.fault(&place, "expected an object");
                    None
                }
            };
            let Some(mut operation) = lowered else {
                left_out += 1;
                continue;
            };
            let is_taken = |taken: &&str| context.is_foreign() && key_of(taken) == key_of(operation.name);
            if rules.taken_names.iter().any(is_taken) {
                operation.name = text(&names::distinct(operation.name, method, path));
            } else if let Some(earlier) = operations.get(&key_of(operation.name)) {
                if !context.is_foreign() {
                    let other = format!("{} {}", earlier.method.as_str(), earlier.path_template());
                    context.fault(
                        format!("{place}.operationId"),
                        format!("`{}` is the operationId of {other} too", earlier.name),
                    );
                    continue;
                }
                operation.name = text(&names::distinct(operation.name, method, path));
            }
            operations.insert(key_of(operation.name), operation);
        }
    }
    let schemas = schemas::lower_reached(&mut context);
    let servers: Vec<_> = servers::urls(document.get("servers")).iter().map(|url| text(url)).collect();
    let info = |key: &str| document.get("info").and_then(|info| info.get(key)).and_then(Value::as_str);
    let title = prose::shortened(info("title").unwrap_or_default(), MAX_TITLE);
    let (faults, notes) = context.into_faults_and_notes();
    let mut operations: Vec<_> = operations.into_values().collect();
    if rules.authorship == Authorship::Foreign {
        common::mark(&mut operations);
    }
    let mut operations: Vec<&'static Operation> = operations.into_iter().map(|operation| leak(operation)).collect();
    operations.sort_unstable_by_key(|operation| operation.name);
    let secret_names = secrets::names(&schemas);
    let document = Document {
        title: text(&title),
        version: text(info("version").unwrap_or_default()),
        servers: servers.leak(),
        operations: operations.leak(),
        schemas: schemas.leak(),
        security_schemes: security.into_schemes(),
        secret_names: secret_names.leak(),
    };
    Lowered { document, faults, notes, left_out, unmatched: Vec::new() }
}

/// Names that differ in case alone are one name to some clients.
fn key_of(name: &str) -> String {
    name.to_ascii_lowercase()
}

fn method_of(name: &str) -> Option<Method> {
    Method::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
}
