//! A snapshot as a file: JSON, the same bytes for the same configuration, and no secret.

use std::collections::BTreeMap;

use gateway::redact::{DigestKey, REDACTED};
use serde_json::{Map, Value, json};

use super::{
    families::LISTINGS,
    object::{Family, Object, Scope, Snapshot},
};
use crate::fusionauth::export::report::Remark;

/// What every file says that it is.
pub const FORMAT: &str = "fusionauth-mcp snapshot";

/// The version of the form that is written. Older ones are read, newer ones are not.
const VERSION: u64 = 1;

/// What stands for a secret without a digest.
const SET: &str = "(secret: set)";

/// The text whose digest tells one digest key from another.
const KEY_MARK: &str = "fusionauth-mcp digest key";

/// What other objects keep of one that is outside of the snapshot: enough to find it in another instance.
const FOREIGN_PROPERTIES: [&str; 5] = ["id", "key", "name", "tenantId", "type"];

/// A snapshot that was read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSnapshot {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// The mark of the key of its digests, where it has digests.
    pub key_mark: Option<String>,
}

/// Why a file is no snapshot that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// It comes from a newer program.
    #[error("a snapshot of version {0}; this program reads version {VERSION}: use a newer fusionauth-mcp")]
    Newer(u64),
    /// A part of it is missing, or not of the form that it has to be.
    #[error("no complete snapshot: {0} is missing or of another form than `export snapshot` writes")]
    Part(&'static str),
    /// A kind of object that is not known.
    #[error("no complete snapshot: `{0}` is no kind of object")]
    Kind(String),
}

/// What tells a digest key from another, and tells nothing of it.
pub fn key_mark(key: &DigestKey) -> String {
    key.digest(KEY_MARK)
}

/// The text of the file.
pub fn text(snapshot: &Snapshot, digest_key: Option<&DigestKey>) -> String {
    let mut objects: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for object in &snapshot.objects {
        objects.entry(object.family.plural()).or_default().push(Value::Object(written_object(&object.value)));
    }
    let foreign = snapshot.foreign.iter().map(|object| {
        let kept = FOREIGN_PROPERTIES.iter().filter_map(|name| Some(((*name).to_owned(), object.value.get(*name)?)));
        let kept: Map<String, Value> = kept.map(|(name, value)| (name, written(value))).collect();
        json!({ "kind": object.family.plural(), "object": kept })
    });
    let left_out = snapshot.left_out.iter().map(|Remark { what, why }| json!({ "what": what, "why": why }));
    let scope = match &snapshot.scope {
        Scope::Everything => json!({ "kind": "everything" }),
        Scope::Tenant(id) => json!({ "kind": "tenant", "id": id }),
        Scope::Application(id) => json!({ "kind": "application", "id": id }),
    };
    let whole = json!({
        "format": FORMAT,
        "version": VERSION,
        "digestKey": digest_key.map(key_mark),
        "scope": scope,
        "defaultTenantId": snapshot.default_tenant_id,
        "objects": objects,
        "foreign": foreign.collect::<Value>(),
        "leftOut": left_out.collect::<Value>(),
    });
    format!("{whole:#}\n")
}

/// The snapshot in the JSON of a file.
///
/// # Errors
/// It is of a newer version, or not complete.
pub fn read(mut file: Value) -> Result<SavedSnapshot, SnapshotError> {
    let version = file.get("version").and_then(Value::as_u64).ok_or(SnapshotError::Part("version"))?;
    if version > VERSION {
        return Err(SnapshotError::Newer(version));
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let scope = file.get("scope").and_then(|scope| {
        let id = text(scope.get("id"));
        match scope.get("kind")?.as_str()? {
            "everything" => Some(Scope::Everything),
            "tenant" => id.map(Scope::Tenant),
            "application" => id.map(Scope::Application),
            _ => None,
        }
    });
    let scope = scope.ok_or(SnapshotError::Part("scope"))?;
    let Some(Value::Object(lists)) = file.get_mut("objects").map(Value::take) else {
        return Err(SnapshotError::Part("objects"));
    };
    let mut objects = Vec::new();
    for (kind, list) in lists {
        let family = family(&kind)?;
        let Value::Array(list) = list else { return Err(SnapshotError::Part("objects")) };
        for value in list {
            objects.push(object(family, &value).ok_or(SnapshotError::Part("objects"))?);
        }
    }
    objects.sort_by(|one: &Object, other| (one.family, &one.id).cmp(&(other.family, &other.id)));
    let Some(Value::Array(list)) = file.get_mut("foreign").map(Value::take) else {
        return Err(SnapshotError::Part("foreign"));
    };
    let mut foreign = Vec::new();
    for mut entry in list {
        let family = family(entry.get("kind").and_then(Value::as_str).ok_or(SnapshotError::Part("foreign"))?)?;
        let value = entry.get_mut("object").map(Value::take).unwrap_or_default();
        foreign.push(object(family, &value).ok_or(SnapshotError::Part("foreign"))?);
    }
    let left_out = file.get("leftOut").and_then(Value::as_array).ok_or(SnapshotError::Part("leftOut"))?;
    let left_out = left_out.iter().map(|remark| {
        let (what, why) = (text(remark.get("what")), text(remark.get("why")));
        what.zip(why).map(|(what, why)| Remark { what, why }).ok_or(SnapshotError::Part("leftOut"))
    });
    let left_out = left_out.collect::<Result<_, _>>()?;
    let snapshot = Snapshot { scope, objects, foreign, default_tenant_id: text(file.get("defaultTenantId")), left_out };
    Ok(SavedSnapshot { snapshot, key_mark: text(file.get("digestKey")) })
}

fn family(plural: &str) -> Result<Family, SnapshotError> {
    let mut families = LISTINGS.iter().map(|listing| listing.family);
    families.find(|family| family.plural() == plural).ok_or_else(|| SnapshotError::Kind(plural.to_owned()))
}

fn object(family: Family, value: &Value) -> Option<Object> {
    let value = in_memory(value.as_object()?);
    let id = value.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    Some(Object { family, id, value })
}

/// The value with what stands for a secret in a file.
fn written(value: &Value) -> Value {
    with_texts(value, &|text| text.replace(REDACTED, SET))
}

fn written_object(object: &Map<String, Value>) -> Map<String, Value> {
    with_texts_in(object, &|text| text.replace(REDACTED, SET))
}

/// The object with what stands for a secret in this process.
fn in_memory(object: &Map<String, Value>) -> Map<String, Value> {
    with_texts_in(object, &|text| text.replace(SET, REDACTED))
}

/// The value with what `change` makes of every text.
fn with_texts(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| with_texts(item, change)).collect(),
        Value::Object(object) => Value::Object(with_texts_in(object, change)),
        other => other.clone(),
    }
}

/// The same for an object, whose names are texts, too.
fn with_texts_in(object: &Map<String, Value>, change: &dyn Fn(&str) -> String) -> Map<String, Value> {
    object.iter().map(|(name, value)| (change(name), with_texts(value, change))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Snapshot {
        let object = |family: Family, value: Value| {
            let Value::Object(value) = value else { panic!("{value}") };
            let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
            Object { family, id, value }
        };
        Snapshot {
            scope: Scope::Application("b".to_owned()),
            objects: vec![
                object(Family::Tenant, json!({ "id": "a", "name": "Default", "data": { REDACTED: [1, null] } })),
                object(Family::Application, json!({ "id": "b", "secret": format!("x{REDACTED}") })),
                object(Family::SystemConfiguration, json!({ "reportTimezone": "UTC" })),
            ],
            foreign: vec![object(Family::Application, json!({ "id": "c", "name": "Other" }))],
            default_tenant_id: Some("a".to_owned()),
            left_out: vec![Remark { what: "keys".to_owned(), why: "401".to_owned() }],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let file: Value = serde_json::from_str(&text(&snapshot(), None)).unwrap();
        assert!(!file.to_string().contains(REDACTED));
        assert_eq!(read(file), Ok(SavedSnapshot { snapshot: snapshot(), key_mark: None }));
        let key = DigestKey::new(b"a key of some length");
        let file = serde_json::from_str(&text(&snapshot(), Some(&key))).unwrap();
        assert_eq!(read(file).unwrap().key_mark, Some(key_mark(&key)));
    }

    #[test]
    fn other_files_are_refused_by_what_is_wrong_with_them() {
        let whole: Value = serde_json::from_str(&text(&snapshot(), None)).unwrap();
        let error = |pointer: &str, value: Value| {
            let mut file = whole.clone();
            *file.pointer_mut(pointer).unwrap() = value;
            read(file).unwrap_err()
        };
        assert_eq!(error("/version", json!(2)), SnapshotError::Newer(2));
        assert_eq!(error("/version", json!("1")), SnapshotError::Part("version"));
        assert_eq!(error("/scope/kind", json!("world")), SnapshotError::Part("scope"));
        assert_eq!(error("/scope/id", json!(null)), SnapshotError::Part("scope"));
        assert_eq!(error("/objects", json!([])), SnapshotError::Part("objects"));
        assert_eq!(error("/objects/tenants/0", json!(7)), SnapshotError::Part("objects"));
        assert_eq!(error("/objects", json!({ "hats": [] })), SnapshotError::Kind("hats".to_owned()));
        assert_eq!(error("/foreign/0", json!({})), SnapshotError::Part("foreign"));
        assert_eq!(error("/leftOut/0", json!({ "what": "a" })), SnapshotError::Part("leftOut"));
    }
}
