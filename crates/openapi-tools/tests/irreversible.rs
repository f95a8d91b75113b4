//! What a call destroys for good: how the mark is read, and that each operation of FusionAuth is decided.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use common::{faults, fusionauth, lowered};
use openapi_tools::model::{
    document::Document,
    operation::{Condition, Irreversible, Method, Operation},
    schema::{Kind, Schema},
};
use serde_json::{Value, json};

fn document(method: &str, marks: Value) -> Value {
    let mut operation = json!({ "operationId": "act", "responses": {} });
    operation.as_object_mut().unwrap().extend(marks.as_object().unwrap().clone());
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Sample", "version": "1" },
        "paths": { "/api/pet": { method: operation } },
        "components": { "schemas": {} },
    })
}

fn lowered_mark(method: &str, marks: Value) -> Option<Irreversible> {
    lowered(&document(method, marks)).operation("act").unwrap().irreversible
}

#[test]
fn a_delete_destroys_unless_a_mark_says_otherwise() {
    let always = Irreversible { lost: None, when: &[], unless: &[] };
    assert_eq!(lowered_mark("delete", json!({})), Some(always));
    assert_eq!(lowered_mark("delete", json!({ "x-irreversible": false })), None);
    assert_eq!(lowered_mark("delete", json!({ "x-destructive": false })), None);
    assert_eq!(lowered_mark("delete", json!({ "x-read-only": true })), None);
    for method in ["get", "patch", "post", "put"] {
        assert_eq!(lowered_mark(method, json!({})), None, "{method}");
    }
}

#[test]
fn a_mark_says_what_is_lost_and_when() {
    let marked = |mark: Value| lowered_mark("post", json!({ "x-irreversible": mark }));
    assert_eq!(marked(json!(true)), Some(Irreversible { lost: None, when: &[], unless: &[] }));
    let lost = Some("the pet");
    assert_eq!(marked(json!("the pet")), Some(Irreversible { lost, when: &[], unless: &[] }));
    assert_eq!(
        marked(json!({ "lost": "the pet", "when": { "hard": true, "mode": "purge" }, "unless": { "dry": true } })),
        Some(Irreversible {
            lost,
            when: &[Condition { argument: "hard", value: "true" }, Condition { argument: "mode", value: "purge" }],
            unless: &[Condition { argument: "dry", value: "true" }],
        })
    );
}

#[test]
fn what_is_no_mark_is_refused() {
    for wrong in [
        json!(7),
        json!(""),
        json!(null),
        json!([]),
        json!({}),
        json!({ "lost": "" }),
        json!({ "when": { "hard": true } }),
        json!({ "lost": "a", "when": {} }),
        json!({ "lost": "a", "when": { "hard": 7 } }),
        json!({ "lost": "a", "wen": { "hard": true } }),
    ] {
        let fault = faults(&document("delete", json!({ "x-irreversible": wrong })));
        assert!(fault.starts_with("paths./api/pet.delete.x-irreversible: "), "{wrong}: {fault}");
    }
}

/// The properties at the top of the body.
fn body_properties(document: &Document, operation: &Operation) -> Vec<&'static str> {
    let mut schema: Option<Schema> = operation.body.map(|body| body.schema);
    while let Some(Schema { kind: Kind::Reference(name), .. }) = schema {
        schema = document.schema(name).copied();
    }
    match schema.map(|schema| schema.kind) {
        Some(Kind::Object { properties }) => properties.iter().map(|property| property.name).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn each_operation_of_fusionauth_is_decided() {
    let document = fusionauth();
    let mut count = 0;
    for operation in document.operations {
        let Some(Irreversible { lost, when, unless }) = operation.irreversible else {
            assert!(operation.effect.destructive || operation.method != Method::Delete, "{}", operation.name);
            continue;
        };
        count += 1;
        assert!(lost.is_some(), "{}: the overlay does not say what is lost", operation.name);
        assert!(operation.effect.destructive, "{}", operation.name);
        let body = body_properties(&document, operation);
        for Condition { argument, .. } in when.iter().chain(unless) {
            let is_parameter = operation.parameters.iter().any(|parameter| parameter.wire_name == *argument);
            assert!(is_parameter || body.contains(argument), "{}: no argument {argument}", operation.name);
        }
    }
    let destructive = document.operations.iter().filter(|operation| operation.effect.destructive).count();
    assert_eq!((count, destructive), (37, 115));
}

/// What a description says cannot be undone is what a person is asked about, and the other way round.
#[test]
fn what_cannot_be_undone_is_marked() {
    for operation in fusionauth().operations {
        let text = operation.description.unwrap_or_default().to_lowercase();
        let says_so = ["cannot be undone", "irreversibl", "for good"].iter().any(|words| text.contains(words));
        assert!(operation.irreversible.is_some() || !says_so, "{}: {text}", operation.name);
    }
}

#[test]
fn what_nobody_can_read_is_not_overwritten_without_a_question() {
    let document = fusionauth();
    for (name, is_irreversible) in [
        ("regenerateReactorKeys", true),
        ("generateTwoFactorRecoveryCodesWithId", true),
        ("createUserChangePassword", true),
        ("changePasswordWithId", true),
        ("deleteJwtRefresh", false),
        ("revokeRefreshTokenByIdWithId", false),
        ("updateApplicationWithId", false),
        ("patchUserWithId", false),
    ] {
        let operation = document.operation(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(operation.irreversible.is_some(), is_irreversible, "{name}");
        assert!(operation.effect.destructive, "{name}");
    }
}

#[test]
fn who_is_only_deactivated_comes_back() {
    let document = fusionauth();
    for (name, is_decided_by) in [
        ("deleteUserWithId", Some("hardDelete")),
        ("deleteUserBulk", Some("hardDelete")),
        ("deleteApplicationWithId", Some("hardDelete")),
        ("deleteUserActionWithId", Some("hardDelete")),
        ("deleteTenantWithId", None),
        ("deleteKeyWithId", None),
        ("deleteUserRegistrationWithId", None),
    ] {
        let irreversible = document.operation(name).unwrap().irreversible.unwrap();
        assert_eq!(irreversible.when.first().map(|condition| condition.argument), is_decided_by, "{name}");
    }
    for name in ["cancelActionWithId", "revokeUserConsentWithId", "deleteGroupMembersWithId", "deactivateReactor"] {
        assert_eq!(document.operation(name).unwrap().irreversible, None, "{name}");
    }
}
