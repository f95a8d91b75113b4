//! Rules that hold for any input: what is checked, what leaves the process, and where it goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, UNIX_EPOCH},
};

use fusionauth_mcp::fusionauth::{dialect::DIALECT, tools::DOCUMENT};
use gateway::{
    call::{
        arguments::{
            Arguments, JsonObject,
            policy::{Policy, UnknownProperties},
            report::ArgumentFault,
            values::Values,
        },
        request::build,
    },
    redact::{NameRule, Options, Redactor},
};
use openapi_tools::{
    describe::{
        input_schema::{Detail, input_schema},
        view::View,
    },
    model::{
        operation::{Location, Method, Operation, Parameter, Segment},
        schema::{Kind, Property, Schema},
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};
use url::Url;

/// The check with what most tests have in common.
fn check(view: View<'_>, arguments: JsonObject) -> Result<Arguments, Vec<ArgumentFault>> {
    check_with(UnknownProperties::Pass, view, arguments)
}

fn check_with(
    unknown_properties: UnknownProperties,
    view: View<'_>,
    arguments: JsonObject,
) -> Result<Arguments, Vec<ArgumentFault>> {
    let now = UNIX_EPOCH + Duration::from_millis(1_764_028_800_000);
    let policy = Policy { unknown_properties, dialect: &DIALECT, is_offered: &|_| true, now };
    gateway::call::arguments::check(view, &policy, arguments)
}

fn any_operation() -> impl Strategy<Value = &'static Operation> {
    select(DOCUMENT.operations)
}

const HOSTILE: [&str; 18] = [
    "",
    ".",
    "..",
    "../..",
    "%2e%2e",
    "%2E%2e/",
    "a/b",
    "a\\b",
    "a?b=c",
    "a#b",
    "a b",
    "a\r\nHost: evil",
    "\u{0}",
    "//evil.com",
    ";",
    "@",
    "é",
    "%",
];

/// Strings that try to leave their place, and any others.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![select(&HOSTILE[..]).prop_map(str::to_owned), any::<String>(), "[a-zA-Z0-9./%_-]{0,12}"]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any_text(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Mostly what the schema asks for, now and then in a form to repair, now and then anything.
fn like(schema: &Schema, depth: usize) -> BoxedStrategy<Value> {
    let right: BoxedStrategy<Value> = match schema.kind {
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Integer { .. } => any::<i32>().prop_map(Value::from).boxed(),
        Kind::Number => any::<f64>().prop_map(Value::from).boxed(),
        Kind::String { format: Some("uuid"), .. } => Just(json!("3c219e58-ed0e-4b18-ad48-f4f92793ae32")).boxed(),
        Kind::String { format: Some("date"), .. } => Just(json!("1976-05-30")).boxed(),
        Kind::String { values: Some(values), .. } => select(values).prop_map(Value::from).boxed(),
        Kind::String { .. } => any_text().prop_map(Value::from).boxed(),
        Kind::Reference(name) => return like(DOCUMENT.schema(name).unwrap(), depth),
        Kind::Array { items, .. } if depth > 0 => vec(like(items, depth - 1), 0..3).prop_map(Value::from).boxed(),
        Kind::Map { values } if depth > 0 => vec((any_text(), like(values, depth - 1)), 0..3)
            .prop_map(|entries| Value::Object(entries.into_iter().collect()))
            .boxed(),
        Kind::Object { properties } if depth > 0 && !properties.is_empty() => {
            let property = select(properties).prop_flat_map(move |property| {
                like(&property.schema, depth - 1).prop_map(move |value| (property.name.to_owned(), value))
            });
            vec(property, 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())).boxed()
        }
        Kind::OneOf { discriminator, variants } if depth > 0 => select(variants)
            .prop_flat_map(move |variant| {
                like(DOCUMENT.schema(variant.reference).unwrap(), depth).prop_map(move |mut value| {
                    if let Value::Object(object) = &mut value {
                        object.insert(discriminator.to_owned(), Value::from(variant.value));
                    }
                    value
                })
            })
            .boxed(),
        // FusionAuth has neither unions nor values of several types.
        Kind::Any | Kind::Enum { .. } | Kind::Union { .. } => any_json().boxed(),
        Kind::Array { .. } => Just(json!([])).boxed(),
        Kind::Map { .. } | Kind::Object { .. } | Kind::OneOf { .. } => Just(json!({})).boxed(),
    };
    let to_repair = right.clone().prop_map(|value| match value {
        Value::String(text) => Value::String(text),
        value => Value::String(value.to_string()),
    });
    prop_oneof![60 => right, 3 => to_repair, 1 => any_json()].boxed()
}

/// Arguments under the names that the operation knows, and now and then another.
fn any_arguments(operation: &'static Operation) -> impl Strategy<Value = JsonObject> {
    let parameters = operation.parameters.iter().map(|parameter| (parameter.name, &parameter.schema));
    let body = operation.body.as_ref().map(|body| ("requestBody", &body.schema));
    let values: Vec<_> = parameters
        .chain(body)
        .map(|(name, schema)| like(schema, 6).prop_map(move |value| (name.to_owned(), value)))
        .collect();
    let other = proptest::option::weighted(0.05, (any_text(), any_json()));
    (values, other).prop_map(|(values, other)| values.into_iter().chain(other).collect())
}

fn text_arguments(operation: &'static Operation) -> impl Strategy<Value = JsonObject> {
    vec(any_text(), operation.parameters.len()).prop_map(move |texts| {
        let names = operation.parameters.iter().map(|parameter| parameter.name.to_owned());
        names.zip(texts.into_iter().map(Value::from)).collect()
    })
}

/// The segments and query pairs that a server reads from a target.
fn read(target: &str) -> (Vec<String>, Vec<(String, String)>) {
    let url = Url::parse(&format!("http://localhost:9011{target}")).unwrap();
    assert_eq!(url.host_str(), Some("localhost"));
    assert_eq!(url.fragment(), None);
    let segments = url
        .path_segments()
        .unwrap()
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned());
    (segments.collect(), url.query_pairs().into_owned().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn checking_never_panics((operation, arguments) in any_operation().prop_flat_map(|operation| (Just(operation), any_arguments(operation)))) {
        if let Ok(arguments) = check(View::new(&DOCUMENT, operation), arguments) {
            build(&DOCUMENT, operation, &arguments, None);
        }
    }

    #[test]
    fn a_value_never_leaves_its_place((operation, arguments) in any_operation().prop_flat_map(|operation| (Just(operation), text_arguments(operation)))) {
        let Ok(checked) = check(View::new(&DOCUMENT, operation), arguments.clone()) else { return Ok(()) };
        let (segments, query) = read(&build(&DOCUMENT, operation, &checked, None).target);
        let expected: Vec<String> = operation.path.iter().map(|segment| match segment {
            Segment::Literal(text) => (*text).to_owned(),
            Segment::Parameter(name) => checked_text(&checked.parameters, name),
            // FusionAuth has none.
            Segment::Mixed(_) => String::new(),
        }).collect();
        prop_assert_eq!(segments, expected);
        let expected: Vec<(String, String)> = checked.parameters.iter()
            .filter(|(parameter, _)| parameter.location == Location::Query)
            .flat_map(|(parameter, values)| values.iter().map(|value| (parameter.wire_name.to_owned(), value.clone())))
            .collect();
        prop_assert_eq!(query, expected);
    }

    /// Redaction keeps JSON valid, and keeps all of it where there is no secret; numbers and keys as they were written.
    #[test]
    fn redaction_changes_nothing_but_secrets((operation, value) in (any_operation(), any_json())) {
        let revealing = Redactor::new(&DOCUMENT, Options { reveal: true, raw_text: true, ..Options::default() });
        let hiding = Redactor::new(&DOCUMENT, Options { raw_text: true, ..Options::default() });
        let redact = |redactor: &Redactor, json: &str| {
            redactor.redact_json(operation.answer.as_ref(), NameRule::Always, json).unwrap()
        };
        for json in [value.to_string(), format!("{value:#}")] {
            prop_assert_eq!(redact(&revealing, &json), value.to_string());
            let hidden: Value = serde_json::from_str(&redact(&hiding, &json)).unwrap();
            // A name that is known for secrets does not come up by chance.
            prop_assert_eq!(&hidden, &value);
        }
    }

    /// What the checker lets through fits the schema that the client was shown, `null` and unknown names aside.
    #[test]
    fn what_passes_the_check_fits_the_listed_schema((operation, arguments) in any_operation().prop_flat_map(|operation| (Just(operation), any_arguments(operation)))) {
        let Ok(checked) = check(View::new(&DOCUMENT, operation), arguments) else { return Ok(()) };
        let Some(body) = checked.body else { return Ok(()) };
        let schema = Value::Object(input_schema(View::new(&DOCUMENT, operation), Detail::Full));
        let schema = schema["properties"]["requestBody"].clone();
        let body = without_nulls(body);
        prop_assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&body) || has_duplicates(&body), "{} {}", operation.name, body);
    }
}

fn checked_text(parameters: &[(&'static Parameter, Values)], name: &str) -> String {
    parameters.iter().find(|(parameter, _)| parameter.name == name).unwrap().1.iter().next().unwrap().clone()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => entries
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().filter(|item| !item.is_null()).map(without_nulls).collect(),
        value => value,
    }
}

/// `uniqueItems` is for the API to judge: the same value twice harms nothing.
fn has_duplicates(value: &Value) -> bool {
    match value {
        Value::Object(entries) => entries.values().any(has_duplicates),
        Value::Array(items) => {
            let distinct: BTreeSet<_> = items.iter().map(Value::to_string).collect();
            distinct.len() < items.len() || items.iter().any(has_duplicates)
        }
        _ => false,
    }
}

#[test]
fn every_input_schema_is_a_json_schema() {
    let both = DOCUMENT
        .operations
        .iter()
        .flat_map(|operation| [Detail::Compact, Detail::Full].map(|detail| (operation, detail)));
    for (operation, detail) in both {
        let schema = Value::Object(input_schema(View::new(&DOCUMENT, operation), detail));
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{}", operation.name);
        assert_eq!(schema["type"], "object");
        let keys: Vec<_> = schema.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(keys.iter().all(|key| ["type", "properties", "required"].contains(key)), "{keys:?}");
    }
}

#[test]
fn nesting_beyond_reason_is_checked_without_harm() {
    let operation = DOCUMENT.operation("createUser").unwrap();
    let mut data = json!(1);
    for _ in 0..100 {
        data = Value::Object(Map::from_iter([("a".to_owned(), Value::String(data.to_string()))]));
        if data.to_string().len() > 1 << 20 {
            break;
        }
    }
    let body = json!({ "requestBody": { "user": { "data": data } } });
    assert!(check(View::new(&DOCUMENT, operation), body.as_object().unwrap().clone()).is_ok());
}

/// An object somewhere in a body.
struct Level {
    properties: &'static [Property],
    steps: Vec<Step>,
}

#[derive(Clone, Copy)]
enum Step {
    Property(&'static str),
    Item,
    Key,
    Kind(&'static str, &'static str),
}

impl Level {
    /// The objects of a body. A schema that has a name is looked at where it comes up first.
    fn of(schema: &Schema) -> Vec<Self> {
        let mut levels = Vec::new();
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([(*schema, Vec::new())]);
        while let Some((schema, steps)) = queue.pop_front() {
            let after = |step: Step| [&steps[..], &[step]].concat();
            match schema.kind {
                Kind::Reference(name) if seen.insert(name) => queue.push_back((*DOCUMENT.schema(name).unwrap(), steps)),
                Kind::Array { items, .. } => queue.push_back((*items, after(Step::Item))),
                Kind::Map { values } => queue.push_back((*values, after(Step::Key))),
                Kind::OneOf { discriminator, variants } => queue.extend(variants.iter().map(|variant| {
                    (Schema::reference(variant.reference), after(Step::Kind(discriminator, variant.value)))
                })),
                Kind::Object { properties } if !properties.is_empty() => {
                    for property in properties {
                        queue.push_back((property.schema, after(Step::Property(property.name))));
                    }
                    levels.push(Self { properties, steps });
                }
                _ => {}
            }
        }
        levels
    }

    fn body(&self, object: Value) -> Value {
        self.steps.iter().rev().fold(object, |mut value, step| match *step {
            Step::Property(name) => json!({ name: value }),
            Step::Item => json!([value]),
            Step::Key => json!({ "a key": value }),
            Step::Kind(discriminator, kind) => {
                value[discriminator] = json!(kind);
                value
            }
        })
    }

    fn place(&self, item: &str, key: &str) -> String {
        let mut place = "requestBody".to_owned();
        for step in &self.steps {
            match step {
                Step::Property(name) => place.extend([".", name]),
                Step::Item => place.push_str(item),
                Step::Key => place.extend([".", key]),
                Step::Kind(..) => {}
            }
        }
        place
    }

    /// Whether the API ignores what leads here.
    fn is_ignored(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Property("registrations" | "memberships")))
    }

    fn has(&self, name: &str) -> bool {
        self.properties.iter().any(|property| property.name.eq_ignore_ascii_case(name))
    }
}

/// A slip of the pen: two letters that have changed places.
fn misspelt(name: &str) -> Option<String> {
    let mut letters: Vec<char> = name.chars().collect();
    let index = (2..letters.len().saturating_sub(1)).find(|index| letters[*index] != letters[index + 1])?;
    letters.swap(index, index + 1);
    Some(letters.into_iter().collect())
}

fn object_properties(schema: &Schema) -> &'static [Property] {
    match schema.kind {
        Kind::Reference(name) => object_properties(DOCUMENT.schema(name).unwrap()),
        Kind::Object { properties } => properties,
        _ => &[],
    }
}

#[test]
fn at_every_level_of_every_body_slips_are_refused_with_the_right_place() {
    let (mut bodies, mut levels) = (0, 0);
    let (mut extra, mut misspellings, mut wrappers) = (0, 0, 0);
    let fault = |operation: &'static Operation, body: Value, place: &str| -> String {
        let arguments = Map::from_iter([("requestBody".to_owned(), body.clone())]);
        let faults = check_with(UnknownProperties::Refuse, View::new(&DOCUMENT, operation), arguments).unwrap_err();
        let fault = faults.iter().find(|fault| fault.path == place);
        fault.unwrap_or_else(|| panic!("{} {body}: {place} is not in {faults:#?}", operation.name)).message.clone()
    };
    for operation in DOCUMENT.operations {
        let Some(body) = &operation.body else { continue };
        bodies += 1;
        for level in Level::of(&body.schema).into_iter().filter(|level| !level.is_ignored()) {
            levels += 1;
            let name = operation.name;
            let place = level.place("[0]", "a key");
            let message = fault(operation, level.body(json!({ "qqqqq": 1 })), &format!("{place}.qqqqq"));
            assert!(message.starts_with("unknown property"), "{name} {place}: {message}");
            extra += 1;
            let slip = level.properties.iter().find_map(|property| {
                let slip = misspelt(property.name).filter(|slip| property.name.len() >= 6 && !level.has(slip))?;
                Some((property.name, slip))
            });
            if let Some((right, slip)) = slip {
                let message = fault(operation, level.body(json!({ slip.as_str(): 1 })), &format!("{place}.{slip}"));
                let expected = format!("unknown property; did you mean `{right}`");
                assert!(message.starts_with(&expected), "{name} {place}.{slip}: {message}");
                misspellings += 1;
            }
            let inner: Vec<_> = level.properties.iter().map(|it| (it.name, object_properties(&it.schema))).collect();
            for (wrapper, properties) in &inner {
                let is_only_here = |property: &&Property| {
                    let with_it = inner.iter().filter(|(_, others)| others.iter().any(|it| it.name == property.name));
                    // A name that is an argument, too, is taken for that.
                    let is_argument = operation.parameters.iter().any(|parameter| parameter.name == property.name);
                    !level.has(property.name) && with_it.count() == 1 && !is_argument
                };
                let Some(property) = properties.iter().find(is_only_here) else { continue };
                let body = level.body(json!({ property.name: 1 }));
                let message = fault(operation, body, &format!("{place}.{}", property.name));
                let right = format!("{}.{wrapper}.{}", level.place("[]", "*"), property.name);
                let expected = format!("unknown property; did you mean `{right}`");
                assert!(message.starts_with(&expected), "{name} {place}: {message}");
                wrappers += 1;
            }
        }
    }
    eprintln!("{bodies} bodies, {levels} objects: {extra} extra, {misspellings} misspelt, {wrappers} without wrapper");
    assert!(bodies > 150 && levels > 1_000 && misspellings > 900 && wrappers > 500);
}

/// What a null in a patch does to a secret is said where the secret is described.
#[test]
fn every_secret_of_a_patch_says_what_null_does() {
    let mut silent = BTreeSet::new();
    let mut secrets = 0;
    for operation in DOCUMENT.operations.iter().filter(|operation| operation.method == Method::Patch) {
        for level in Level::of(&operation.body.as_ref().unwrap().schema) {
            for property in level.properties.iter().filter(|property| property.schema.secret) {
                secrets += 1;
                let description = property.schema.description.unwrap_or_default();
                if !description.contains("Null removes it.") && !description.contains("Null is refused.") {
                    silent.insert(format!("{} {}", level.place("[]", "*"), property.name));
                }
            }
        }
    }
    assert!(secrets > 40, "{secrets}");
    assert_eq!(silent, BTreeSet::new());
}

/// An object of a listed schema that needs its discriminator says so, as the check does.
#[test]
fn kinds_require_their_discriminator_where_the_check_does() {
    for (name, wrapper, is_required) in [
        ("createConnector", "connector", true),
        ("createIdentityProvider", "identityProvider", true),
        ("updateMessengerWithId", "messenger", true),
        ("patchConnectorWithId", "connector", false),
    ] {
        let operation = DOCUMENT.operation(name).unwrap();
        let schema = Value::Object(input_schema(View::new(&DOCUMENT, operation), Detail::Full));
        let kinds = schema["properties"]["requestBody"]["properties"][wrapper]["anyOf"].as_array().unwrap().clone();
        assert!(kinds.len() > 2);
        for kind in kinds {
            let required = kind["required"].as_array().is_some_and(|names| names.contains(&json!("type")));
            assert_eq!(required, is_required, "{name}: {kind}");
        }
    }
}

/// Nothing that a call brings can exhaust the stack or take more than linear work.
#[test]
fn wide_and_deep_arguments_are_checked_without_harm() {
    let operation = DOCUMENT.operation("importUsersWithId").unwrap();
    let users: Vec<Value> = (0..20_000).map(|index| json!({ "firstName": index, "active": "true" })).collect();
    let arguments = json!({ "requestBody": { "users": users } });
    let checked =
        check_with(UnknownProperties::Refuse, View::new(&DOCUMENT, operation), arguments.as_object().unwrap().clone());
    assert_eq!(checked.unwrap().body.unwrap()["users"][19_999], json!({ "firstName": "19999", "active": true }));
    let mut deep = json!(1);
    for _ in 0..1_000 {
        deep = json!([deep]);
    }
    let arguments = json!({ "requestBody": { "users": [{ "data": { "a": deep } }] } });
    let faults = check(View::new(&DOCUMENT, operation), arguments.as_object().unwrap().clone()).unwrap_err();
    assert!(faults[0].message.contains("nested deeper than 200 levels"), "{faults:?}");
}

#[test]
fn relative_times_are_read_by_the_clock_of_the_policy() {
    let operation = DOCUMENT.operation("retrieveReportLogin").unwrap();
    let arguments = json!({ "start": "-1d", "end": "now" });
    let checked = check(View::new(&DOCUMENT, operation), arguments.as_object().unwrap().clone()).unwrap();
    let values: Vec<_> =
        checked.parameters.iter().map(|(it, values)| (it.name, values.iter().next().unwrap().as_str())).collect();
    assert_eq!(BTreeMap::from_iter(values), BTreeMap::from([("end", "1764028800000"), ("start", "1763942400000")]));
    let note = "start sent as 1763942400000 (2025-11-24T00:00:00Z), end sent as 1764028800000 (2025-11-25T00:00:00Z)";
    assert_eq!(checked.notes, [note]);
}
