//! Overlays of the OpenAPI Overlay Specification, 1.0 and 1.1: a list of actions, each on what a JSONPath finds.

use serde_json::{Map, Value};
use serde_json_path::{JsonPath, PathElement};

use super::fault::Fault;

/// The key that tells an overlay of the standard from a partial document.
const VERSION: &str = "overlay";

/// The keys of an action.
const KEYS: [&str; 5] = ["target", "description", "update", "copy", "remove"];

/// Whether the value is an overlay of the standard, or wants to be one.
pub fn is_overlay(value: &Value) -> bool {
    value.get(VERSION).is_some()
}

/// Applies the actions of `overlay`, which was read from `file`, one after the other. Answers with those that find nothing.
///
/// # Errors
/// The first action that is none or does not fit what it finds.
pub fn apply(document: &mut Value, overlay: &Value, file: &str) -> Result<Vec<Fault>, Fault> {
    let fault = |place: &str, message: String| Fault::new(format!("{file}: {place}"), message);
    let version = match overlay.get(VERSION) {
        Some(Value::String(version)) => version.clone(),
        // A number in YAML: `overlay: 1.0`.
        Some(Value::Number(version)) => version.to_string(),
        _ => String::new(),
    };
    let has_copy = is_version(&version, "1.1");
    if !has_copy && !is_version(&version, "1.0") {
        return Err(fault(
            VERSION,
            format!("`{version}`: expected a version of the Overlay Specification: 1.0.0 or 1.1.0"),
        ));
    }
    let actions = overlay.get("actions").and_then(Value::as_array).filter(|actions| !actions.is_empty());
    let actions = actions.ok_or_else(|| fault("actions", "expected a list of actions".to_owned()))?;
    let mut unmatched = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let place = |key: &str| format!("actions[{index}]{key}");
        let read = Action::read(action).map_err(|(key, message)| fault(&place(&key), message))?;
        if matches!(read.change, Change::Copy(_)) && !has_copy {
            return Err(fault(&place(".copy"), "came with 1.1 of the specification; say `overlay: 1.1.0`".to_owned()));
        }
        match read.apply(document) {
            Ok(0) => unmatched.push(fault(&place(""), format!("`{}` finds nothing", read.target.typed))),
            Ok(_) => {}
            Err(message) => return Err(fault(&place(""), format!("`{}`: {message}", read.target.typed))),
        }
    }
    Ok(unmatched)
}

fn is_version(version: &str, expected: &str) -> bool {
    version.strip_prefix(expected).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// One action.
struct Action<'a> {
    target: Path<'a>,
    change: Change<'a>,
}

/// What is done with everything that the target finds.
enum Change<'a> {
    Remove,
    Update(&'a Value),
    Copy(Path<'a>),
}

/// A JSONPath. It is shown as it was typed.
struct Path<'a> {
    typed: &'a str,
    path: JsonPath,
}

impl<'a> Action<'a> {
    /// What is wrong is told with the key where it stands.
    fn read(action: &'a Value) -> Result<Self, (String, String)> {
        let wrong = |key: &str, message: &str| (format!(".{key}"), message.to_owned());
        let action =
            action.as_object().ok_or_else(|| (String::new(), "expected an action with `target`".to_owned()))?;
        let is_known = |key: &str| KEYS.contains(&key) || key.starts_with("x-");
        if let Some(key) = action.keys().find(|key| !is_known(key)) {
            return Err(wrong(key, &format!("not a key of an action; expected {}", KEYS.join(", "))));
        }
        let path = |key: &str| match action.get(key) {
            None => Ok(None),
            Some(Value::String(typed)) => match JsonPath::parse(typed) {
                Ok(path) => Ok(Some(Path { typed, path })),
                Err(error) => Err(wrong(key, &format!("`{typed}`: not a JSONPath (RFC 9535): {error}"))),
            },
            Some(_) => Err(wrong(key, "expected a JSONPath as text")),
        };
        let target = path("target")?.ok_or_else(|| wrong("target", "missing; expected a JSONPath"))?;
        let is_removing = match action.get("remove") {
            None => false,
            Some(Value::Bool(remove)) => *remove,
            Some(_) => return Err(wrong("remove", "expected true or false")),
        };
        let change = match (is_removing, action.get("update"), path("copy")?) {
            (true, _, _) => Change::Remove,
            (false, Some(update), None) => Change::Update(update),
            (false, None, Some(copy)) => Change::Copy(copy),
            (false, None, None) => return Err((String::new(), "expected update, copy or remove: true".to_owned())),
            (false, Some(_), Some(_)) => return Err((String::new(), "expected either update or copy".to_owned())),
        };
        Ok(Self { target, change })
    }

    /// How many places were changed.
    fn apply(&self, document: &mut Value) -> Result<usize, String> {
        let mut places = self.places(document);
        let value = match &self.change {
            Change::Remove => {
                // What is inside of others comes first, and of a list the last.
                places.sort();
                for place in places.iter().rev() {
                    remove(document, place)?;
                }
                return Ok(places.len());
            }
            Change::Update(update) => (*update).clone(),
            Change::Copy(from) => match from.path.query(document).all()[..] {
                [one] => one.clone(),
                [] if places.is_empty() => return Ok(0),
                ref found => {
                    let count = found.len();
                    return Err(format!("`{}`: expected a path to one value, which finds {count}", from.typed));
                }
            },
        };
        let kinds: Vec<_> = places.iter().filter_map(|place| Some(kind(find(document, place)?))).collect();
        if let (Some(first), Some(other)) = (kinds.first(), kinds.iter().find(|kind| Some(*kind) != kinds.first())) {
            return Err(format!("finds {first} and {other}; expected values of one kind"));
        }
        for place in &places {
            if let Some(target) = find(document, place) {
                put(target, &value).map_err(|(at, message)| format!("{}{at}: {message}", shown(place)))?;
            }
        }
        Ok(places.len())
    }

    fn places(&self, document: &Value) -> Vec<Vec<Step>> {
        let found = self.target.path.query_located(document).dedup();
        let step = |element: &PathElement<'_>| match element {
            PathElement::Name(name) => Step::Name((*name).to_owned()),
            PathElement::Index(index) => Step::Index(*index),
        };
        found.locations().map(|location| location.iter().map(step).collect()).collect()
    }
}

/// A step on the way to a value.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Name(String),
    Index(usize),
}

fn find<'v>(value: &'v mut Value, place: &[Step]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.get_mut(name),
        Step::Index(index) => value.get_mut(index),
    })
}

fn shown(place: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Name(name) => format!("['{name}']"),
        Step::Index(index) => format!("[{index}]"),
    };
    format!("${}", place.iter().map(step).collect::<String>())
}

fn remove(document: &mut Value, place: &[Step]) -> Result<(), String> {
    let Some((last, parents)) = place.split_last() else {
        return Err("the whole document cannot be removed".to_owned());
    };
    match (last, find(document, parents)) {
        (Step::Name(name), Some(Value::Object(entries))) => {
            entries.remove(name);
        }
        (Step::Index(index), Some(Value::Array(items))) if *index < items.len() => {
            items.remove(*index);
        }
        _ => {}
    }
    Ok(())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "objects",
        Value::Array(_) => "lists",
        _ => "single values",
    }
}

/// Updates what was found: an object is merged, a list gets more items, a single value is replaced.
fn put(target: &mut Value, update: &Value) -> Result<(), (String, String)> {
    match (target, update) {
        (Value::Array(items), update) if !update.is_array() => items.push(update.clone()),
        (target, update) => merge(target, update)?,
    }
    Ok(())
}

/// Where what is wrong is, below what was found.
fn merge(target: &mut Value, update: &Value) -> Result<(), (String, String)> {
    match (target, update) {
        (Value::Object(entries), Value::Object(update)) => merge_entries(entries, update)?,
        (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
        (target, update) if kind(target) == "single values" && kind(update) == "single values" => {
            *target = update.clone()
        }
        (target, update) => {
            return Err((String::new(), format!("{} there cannot take {}", kind(target), kind(update))));
        }
    }
    Ok(())
}

fn merge_entries(entries: &mut Map<String, Value>, update: &Map<String, Value>) -> Result<(), (String, String)> {
    for (key, value) in update {
        match entries.get_mut(key) {
            Some(known) => merge(known, value).map_err(|(at, message)| (format!("['{key}']{at}"), message))?,
            None => {
                entries.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "openapi": "3.1.0", "info": { "title": "T" }, "servers": [{ "url": "https://a.example" }],
            "paths": {
                "/a": { "get": { "tags": ["x", "dummy"], "parameters": [{ "name": "dummy" }, { "name": "q" }, { "name": "dummy" }] } },
                "/b": { "get": { "tags": ["y"], "parameters": [] }, "post": { "description": "P" } },
            },
        })
    }

    /// What becomes of the document by these actions, and what finds nothing.
    fn applied(version: &str, actions: Value) -> Result<(Value, Vec<String>), String> {
        let mut document = document();
        let overlay = json!({ "overlay": version, "info": { "title": "O", "version": "1" }, "actions": actions });
        let unmatched = apply(&mut document, &overlay, "o.yaml").map_err(|fault| fault.to_string())?;
        Ok((document, unmatched.iter().map(ToString::to_string).collect()))
    }

    /// The document after the actions, at a pointer.
    fn after(actions: Value, pointer: &str) -> Value {
        let (document, unmatched) = applied("1.1.0", actions).unwrap();
        assert_eq!(unmatched, Vec::<String>::new());
        document.pointer(pointer).cloned().unwrap_or_default()
    }

    #[test]
    fn objects_are_merged_lists_grow_and_single_values_are_replaced() {
        let update = |target: &str, update: Value| json!([{ "target": target, "update": update }]);
        let merged = json!({ "title": "T", "x-by": { "a": [1] } });
        assert_eq!(after(update("$", json!({ "info": { "x-by": { "a": [1] } } })), "/info"), merged);
        assert_eq!(after(update("$.paths.*.get", json!({ "tags": ["z"] })), "/paths/~1b/get/tags"), json!(["y", "z"]));
        let one = json!([{ "name": "new" }]);
        assert_eq!(
            after(update("$.paths['/b'].get.parameters", json!({ "name": "new" })), "/paths/~1b/get/parameters"),
            one
        );
        assert_eq!(after(update("$.paths['/b'].get.parameters", one.clone()), "/paths/~1b/get/parameters"), one);
        assert_eq!(
            after(update("$.paths['/b'].post.description", json!("Q")), "/paths/~1b/post/description"),
            json!("Q")
        );
        let by_name = update("$.paths.*.*.parameters[?@.name == 'q']", json!({ "in": "query" }));
        assert_eq!(after(by_name, "/paths/~1a/get/parameters/1"), json!({ "name": "q", "in": "query" }));
        let by_pattern = update("$.paths[?search(@.get.tags[0], '^x$')].get", json!({ "summary": "S" }));
        assert_eq!(after(by_pattern, "/paths/~1a/get/summary"), json!("S"));
    }

    #[test]
    fn what_is_removed_is_gone_wherever_it_stood() {
        let remove = |target: &str| json!([{ "target": target, "remove": true, "update": { "has": "no impact" } }]);
        assert_eq!(
            after(remove("$.paths.*.get.parameters[?@.name == 'dummy']"), "/paths/~1a/get/parameters"),
            json!([{ "name": "q" }])
        );
        assert_eq!(after(remove("$.paths.*.get.tags[?@ == 'dummy']"), "/paths/~1a/get/tags"), json!(["x"]));
        assert_eq!(after(remove("$..tags"), "/paths/~1b/get"), json!({ "parameters": [] }));
        // What is inside of what is removed, too, and what is found twice.
        assert_eq!(after(remove("$.paths..*"), "/paths"), json!({}));
        assert_eq!(after(remove("$.paths['/a','/a']"), "/paths/~1a"), Value::Null);
    }

    #[test]
    fn what_is_copied_comes_from_the_document_as_it_is_by_then() {
        let moved = json!([
            { "target": "$.paths", "update": { "/c": {} } },
            { "target": "$.paths['/c']", "copy": "$.paths['/b']" },
            { "target": "$.paths['/b']", "remove": true },
        ]);
        assert_eq!(after(moved.clone(), "/paths/~1c/post/description"), json!("P"));
        assert_eq!(after(moved, "/paths/~1b"), Value::Null);
        let fault = applied("1.0.0", json!([{ "target": "$.info", "copy": "$.servers[0]" }])).unwrap_err();
        assert_eq!(fault, "o.yaml: actions[0].copy: came with 1.1 of the specification; say `overlay: 1.1.0`");
        let fault = applied("1.1.0", json!([{ "target": "$.info", "copy": "$.paths.*" }])).unwrap_err();
        assert_eq!(fault, "o.yaml: actions[0]: `$.info`: `$.paths.*`: expected a path to one value, which finds 2");
    }

    #[test]
    fn what_finds_nothing_is_told() {
        let actions = json!([{ "target": "$.paths['/z']", "update": {} }, { "target": "$..nothing", "remove": true }]);
        let (document, unmatched) = applied("1.0.0", actions).unwrap();
        assert_eq!(document, self::document());
        assert_eq!(
            unmatched,
            ["o.yaml: actions[0]: `$.paths['/z']` finds nothing", "o.yaml: actions[1]: `$..nothing` finds nothing"]
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (version, actions, expected) in [
            ("2.0.0", json!([]), "o.yaml: overlay: `2.0.0`: expected a version of the Overlay Specification"),
            ("1.10.0", json!([]), "o.yaml: overlay: `1.10.0`: expected a version"),
            ("1.0.0", json!([]), "o.yaml: actions: expected a list of actions"),
            ("1.0.0", json!({}), "o.yaml: actions: expected a list of actions"),
            ("1.0.0", json!(["$"]), "o.yaml: actions[0]: expected an action with `target`"),
            ("1.0.0", json!([{ "update": {} }]), "o.yaml: actions[0].target: missing"),
            (
                "1.0.0",
                json!([{ "target": "$", "update": {} }, { "target": "$.paths[", "remove": true }]),
                "o.yaml: actions[1].target: `$.paths[`: not a JSONPath (RFC 9535): at position ",
            ),
            (
                "1.0.0",
                json!([{ "target": ["$"], "remove": true }]),
                "o.yaml: actions[0].target: expected a JSONPath as text",
            ),
            ("1.0.0", json!([{ "target": "$", "remove": "yes" }]), "o.yaml: actions[0].remove: expected true or false"),
            ("1.0.0", json!([{ "target": "$", "updates": {} }]), "o.yaml: actions[0].updates: not a key of an action"),
            ("1.0.0", json!([{ "target": "$" }]), "o.yaml: actions[0]: expected update, copy or remove: true"),
            (
                "1.1.0",
                json!([{ "target": "$", "update": {}, "copy": "$" }]),
                "o.yaml: actions[0]: expected either update or copy",
            ),
            (
                "1.0.0",
                json!([{ "target": "$", "remove": true }]),
                "o.yaml: actions[0]: `$`: the whole document cannot be removed",
            ),
            (
                "1.0.0",
                json!([{ "target": "$", "update": { "info": "T" } }]),
                "o.yaml: actions[0]: `$`: $['info']: objects there cannot take single values",
            ),
            (
                "1.0.0",
                json!([{ "target": "$.info", "update": [1] }]),
                "`$.info`: $['info']: objects there cannot take lists",
            ),
            (
                "1.0.0",
                json!([{ "target": "$..['tags', 'description']", "update": 1 }]),
                "finds lists and single values; expected values of one kind",
            ),
        ] {
            let fault = applied(version, actions.clone()).unwrap_err();
            assert!(fault.contains(expected), "{actions}: {fault}");
        }
    }
}
