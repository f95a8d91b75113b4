//! What a model reads of every tool before it calls it, in one snapshot for each bucket.
//!
//! A tool's entry has its name, title and effect, its request, its description and its arguments. Of the types that
//! the arguments lead to, the nearest one is shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use std::collections::BTreeMap;

use common::fusionauth;
use openapi_tools::{
    describe::{signature::signature, view::View},
    model::{
        bucket::{DEFAULT_PREFIXES, bucket_of},
        document::Document,
        operation::{Condition, Operation},
    },
};

/// The marks that are set, and who may call.
fn marks(document: &Document, operation: &Operation) -> String {
    let effect = operation.effect;
    let marks = [
        (effect.read_only, "read-only"),
        (effect.destructive, "destructive"),
        (effect.idempotent, "idempotent"),
        (operation.tenant_scoped, "tenant-scoped"),
        (operation.deprecated, "deprecated"),
        (operation.licensed, "licensed"),
        (operation.asynchronous, "asynchronous"),
    ];
    let mut words: Vec<_> = marks.into_iter().filter(|(is_set, _)| *is_set).map(|(_, word)| word).collect();
    let irreversible = operation.irreversible.map(|it| match (it.when, it.unless) {
        ([], []) => "irreversible".to_owned(),
        (when, []) => format!("irreversible when {}", values(when)),
        (when, unless) => format!("irreversible when {} unless {}", values(when), values(unless)),
    });
    words.extend(irreversible.as_deref());
    for requirement in operation.security {
        words.extend(requirement.0.iter().map(|wanted| document.security_scheme(wanted).unwrap().name));
    }
    if operation.allows_anonymous() {
        words.push("anonymous");
    }
    words.join(", ")
}

fn values(conditions: &[Condition]) -> String {
    conditions.iter().map(|Condition { argument, value }| format!("{argument}={value}")).collect::<Vec<_>>().join(",")
}

fn entry(document: &Document, operation: &Operation) -> String {
    let text = signature(View::new(document, operation), 0);
    let arguments = text.split("\nanswer: ").next().unwrap().trim_end();
    format!(
        "{}: {} ({})\n{} {}\n{}\n{arguments}\n",
        operation.name,
        operation.title.unwrap_or("?"),
        marks(document, operation),
        operation.method.as_str(),
        operation.path_template(),
        operation.description.unwrap_or("?"),
    )
}

#[test]
fn every_tool_reads_as_it_was_reviewed() {
    let document = fusionauth();
    let mut buckets: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in document.operations {
        let bucket = bucket_of(operation.name, &DEFAULT_PREFIXES);
        buckets.entry(bucket).or_default().push(entry(&document, operation));
    }
    assert_eq!(buckets.len(), DEFAULT_PREFIXES.len() + 1);
    for (bucket, entries) in buckets {
        insta::assert_snapshot!(bucket, entries.join("\n"), "");
    }
}
