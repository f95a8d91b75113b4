//! What tells which object an object is. Whatever else is left out of a shortened object, that stays.

use serde_json::value::RawValue;

use crate::{
    parts::{Key, Parts, object, string},
    text::names::{NAMES, is_id, is_instant, is_name},
};

/// The longest value that tells which object it is, in bytes.
const MAX_VALUE: usize = 200;

/// The places of the entries that tell which object it is: its id and name. Without an id, those of others and when it was;
/// without a name, what names it in part, too.
pub fn of(entries: &[(Key<'_>, &RawValue)]) -> Vec<usize> {
    let known = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let places = entries.iter().enumerate().filter(|(_, (key, value))| is_it(&key.name) && is_telling(value));
        places.map(|(place, _)| place).collect()
    };
    let mut kept = known(&|key| key == "id");
    if kept.is_empty() {
        kept = known(&|key| is_id(key) || is_instant(key));
    }
    let name = NAMES.iter().find_map(|name| known(&|key| key == *name).first().copied());
    match name {
        Some(name) => kept.push(name),
        None => kept.extend(known(&|key| is_name(key) || is_id(key) || is_instant(key))),
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// Whether one of the entries that tell which object it is is a name.
pub fn has_name(entries: &[(Key<'_>, &RawValue)], identity: &[usize]) -> bool {
    identity.iter().filter_map(|place| entries.get(*place)).any(|(key, _)| NAMES.contains(&key.name.as_str()))
}

/// An object that another one is named by, such as the entity of a grant, by its own id and name.
pub fn named(json: &str) -> Option<String> {
    let Parts::Object(entries) = Parts::of(json) else { return None };
    let kept = of(&entries);
    let kept = kept.iter().filter_map(|place| entries.get(*place)).filter(|(key, _)| !is_instant(&key.name));
    let kept: Vec<_> = kept.map(|(key, value)| (key, value.get().to_owned())).collect();
    (!kept.is_empty()).then(|| object(kept))
}

/// Whether a value is short, and says something.
pub fn is_short(value: &RawValue) -> bool {
    value.get().len() <= MAX_VALUE && !value.get().starts_with(['{', '['])
}

fn is_telling(value: &RawValue) -> bool {
    let is_number = value.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
    is_short(value) && (is_number || string(value).is_some_and(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(json: &str) -> String {
        let Parts::Object(entries) = Parts::of(json) else { panic!("{json}") };
        of(&entries).into_iter().map(|place| entries[place].0.name.clone()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_tells_objects_apart_is_kept() {
        for (json, expected) in [
            (r#"{"active":true,"email":"a","id":"1","tenantId":"t","username":"b"}"#, "email id"),
            (
                r#"{"applicationId":"a","instant":1,"loginIdentifier":"x","loginIdentifierType":"email","userId":"u"}"#,
                "applicationId instant loginIdentifier loginIdentifierType userId",
            ),
            (r#"{"id":7,"insertInstant":1,"message":"m"}"#, "id insertInstant"),
            (r#"{"id":"g","permissions":["p"],"userId":"u"}"#, "id userId"),
            (r#"{"alg":"RS256","kid":"k","n":"…"}"#, "kid"),
            (r#"{"id":"","name":null,"a":1}"#, ""),
        ] {
            assert_eq!(kept(json), expected, "{json}");
        }
    }
}
