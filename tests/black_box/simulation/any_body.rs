//! Whatever JSON is sent, the sandbox never fails, and what it answers fits the document, now and afterwards.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use fusionauth_sandbox::{
    exchange::{Request, Response},
    instance::Instance,
    seed::{AVIATO_TENANT_ID, RICHARD_ID, RICHARD_PASSWORD},
};
use jsonschema::Validator;
use openapi_tools::model::{
    operation::{Method, Operation, Segment},
    schema::{Kind, Schema},
};
use proptest::{
    collection::vec,
    prelude::{ProptestConfig, any},
    proptest,
    sample::select,
};
use serde_json::{Map, Value, json};

use crate::support::{document::Document, sandbox::API_KEY};

/// How deep made-up values are nested.
const MAX_DEPTH: usize = 6;

/// Choices, read from bytes: shorter and smaller ones make simpler values. Past its end it reads zeros.
struct Tape<'t> {
    bytes: std::slice::Iter<'t, u8>,
}

impl Tape<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.bytes.next().copied().unwrap_or_default()) % bound.max(1)
    }

    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// What the values refer to: an instance with the seed data, and the ids in it.
struct World {
    instance: Instance,
    token: String,
    /// The ids of the objects under a path such as `/api/group`.
    ids: BTreeMap<String, Vec<String>>,
}

impl World {
    fn new() -> Self {
        let instance = Instance::seeded(&DOCUMENT).unwrap();
        let mut world = Self { instance, token: String::new(), ids: BTreeMap::new() };
        let login = json!({ "loginId": "richard@piedpiper.example", "password": RICHARD_PASSWORD });
        let answer = world.send(Method::Post, "/api/login", false, "application/json", &login);
        world.token = format!("Bearer {}", answer.body.unwrap()["token"].as_str().unwrap());
        for operation in DOCUMENT.operations {
            let path = operation.path_template();
            if operation.method != Method::Get || path.contains('{') {
                continue;
            }
            let answer = world.send(Method::Get, &path, false, "application/json", &Value::Null);
            let lists = answer.body.as_ref().and_then(Value::as_object).into_iter().flatten();
            let lists = lists.filter_map(|(_, list)| list.as_array()).flatten();
            let ids: Vec<_> = lists.filter_map(|object| object["id"].as_str().map(str::to_owned)).collect();
            if !ids.is_empty() {
                world.ids.entry(path.trim_end_matches("/search").to_owned()).or_default().extend(ids);
            }
        }
        world.ids.insert("/api/user/registration".to_owned(), vec![RICHARD_ID.to_owned()]);
        world
    }

    fn send(&self, method: Method, target: &str, as_user: bool, content_type: &str, body: &Value) -> Response {
        self.instance.handle(&Request {
            method,
            target: target.to_owned(),
            authorization: Some(if as_user { self.token.clone() } else { API_KEY.to_owned() }),
            tenant_id: None,
            content_type: Some(content_type.to_owned()),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        })
    }

    /// An id that leads somewhere, or another one.
    fn id(&self, tape: &mut Tape<'_>) -> String {
        let known: Vec<_> = self.ids.values().flatten().cloned().collect();
        match tape.below(8) {
            0 => RICHARD_ID.to_owned(),
            1 => AVIATO_TENANT_ID.to_owned(),
            2 => format!("99999999-0000-4000-8000-0000000000{:02x}", tape.below(256)),
            _ => known[(tape.below(256) * 256 + tape.below(256)) % known.len()].clone(),
        }
    }

    fn target(&self, operation: &Operation, tape: &mut Tape<'_>) -> String {
        let mut path = String::new();
        for segment in operation.path {
            match segment {
                Segment::Literal(text) => path.push_str(&format!("/{text}")),
                _ => {
                    let id = match self.ids.get(&path) {
                        Some(ids) if tape.below(8) < 6 => tape.pick(ids),
                        _ => self.id(tape),
                    };
                    path.push_str(&format!("/{id}"));
                }
            }
        }
        let tenant = ["", "?tenantId=", "?applicationId=", "?userId="][tape.below(4)];
        if tenant.is_empty() { path } else { format!("{path}{tenant}{}", self.id(tape)) }
    }

    /// A value of a schema, with others in it that are not.
    fn value(&self, schema: &Schema, depth: usize, tape: &mut Tape<'_>) -> Value {
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        if tape.below(24) == 23 {
            return any_json(depth, tape);
        }
        match schema.kind {
            Kind::Boolean => tape.pick(&[json!(true), json!(false), json!("true"), json!(0)]),
            Kind::Integer { .. } | Kind::Number => tape.pick(&NUMBERS.map(|text| serde_json::from_str(text).unwrap())),
            Kind::String { format: Some("uuid"), .. } => json!(self.id(tape)),
            Kind::String { format: Some("date"), .. } => json!("1976-05-30"),
            Kind::String { values: Some(values), .. } => json!(tape.pick(values)),
            Kind::String { .. } => json!(tape.pick(&TEXTS)),
            Kind::Array { items, .. } => (0..tape.below(3)).map(|_| self.value(items, depth + 1, tape)).collect(),
            Kind::Map { values } => {
                let entries = (0..tape.below(3)).map(|_| {
                    let key = if tape.below(2) == 0 { self.id(tape) } else { tape.pick(&TEXTS).to_owned() };
                    (key, self.value(values, depth + 1, tape))
                });
                Value::Object(entries.collect())
            }
            Kind::Object { properties } => {
                let mut object = Map::new();
                for property in properties {
                    // Of the wrapping object everything, of what is in it some.
                    if depth < 2 && tape.below(3) < 2 || tape.below(4) == 3 {
                        object.insert(property.name.to_owned(), self.value(&property.schema, depth + 1, tape));
                    }
                }
                Value::Object(object)
            }
            Kind::OneOf { discriminator, variants } => {
                let variant = tape.pick(variants);
                let mut value = self.value(&Schema::reference(variant.reference), depth, tape);
                if let (Some(object), true) = (value.as_object_mut(), tape.below(8) < 7) {
                    object.insert(discriminator.to_owned(), json!(variant.value));
                }
                value
            }
            Kind::Reference(name) => {
                DOCUMENT.schema(name).map_or(Value::Null, |schema| self.value(schema, depth, tape))
            }
            Kind::Any | Kind::Enum { .. } | Kind::Union { .. } => any_json(depth, tape),
        }
    }

    /// A JSON Patch of the body's properties.
    fn patch_operations(&self, schema: &Schema, tape: &mut Tape<'_>) -> Value {
        let mut operations = Vec::new();
        let value = self.value(schema, 0, tape);
        for (one, object) in value.as_object().into_iter().flatten() {
            for (property, value) in object.as_object().into_iter().flatten() {
                let operation = ["add", "replace", "remove", "test", "move"][tape.below(5)];
                operations.push(json!({ "op": operation, "path": format!("/{one}/{property}"), "value": value }));
            }
        }
        Value::Array(operations)
    }
}

const NUMBERS: [&str; 9] = ["1", "0", "-1", "30", "2147483648", "9223372036854775807", "1.5", "1e300", "\"7\""];

const TEXTS: [&str; 20] = [
    "a",
    "",
    " ",
    "new name",
    "*",
    "(",
    "richard@piedpiper.example",
    "new@example.com",
    "Google",
    "RS256",
    "https://example.com/a",
    "#{x}",
    "\u{0}",
    "é\u{1f600}",
    "-----BEGIN PUBLIC KEY-----",
    "NOT active:true OR [1 TO",
    "{\"match\":{\"email\":\"a\"}}",
    "row-18446744073709551615",
    "password",
    "correct horse battery",
];

fn any_json(depth: usize, tape: &mut Tape<'_>) -> Value {
    match tape.below(if depth > MAX_DEPTH { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(true),
        2 => serde_json::from_str(tape.pick(&NUMBERS)).unwrap(),
        3 => json!(tape.pick(&TEXTS)),
        4 => json!(RICHARD_ID),
        5 => (0..tape.below(3)).map(|_| any_json(depth + 1, tape)).collect(),
        _ => (0..tape.below(3)).map(|_| (tape.pick(&TEXTS).to_owned(), any_json(depth + 1, tape))).collect(),
    }
}

/// What checks the answers of one operation.
struct Checks {
    answer: Option<Validator>,
    failure: Option<Validator>,
}

thread_local! {
    static PUBLISHED: Document = Document::load();
    /// By the operation's name, made when it is first needed.
    static CHECKS: RefCell<BTreeMap<&'static str, Rc<Checks>>> = const { RefCell::new(BTreeMap::new()) };
}

fn checks(operation: &'static Operation) -> Rc<Checks> {
    if let Some(known) = CHECKS.with_borrow(|checks| checks.get(operation.name).cloned()) {
        return known;
    }
    let checks = PUBLISHED.with(|document| {
        let operations = document.operations();
        let published = operations.iter().find(|published| published.name == operation.name).unwrap();
        Rc::new(Checks {
            answer: published.answer.as_ref().map(|schema| document.validator(schema)),
            failure: published.failure.as_ref().map(|schema| document.validator(schema)),
        })
    });
    CHECKS.with_borrow_mut(|known| known.insert(operation.name, Rc::clone(&checks)));
    checks
}

/// An answer that no operation may give.
fn fault(operation: &'static Operation, response: &Response) -> Option<String> {
    if response.status >= 500 {
        return Some(format!("answered {}", response.status));
    }
    let body = response.body.as_ref()?;
    let checks = checks(operation);
    let validator = if response.status < 300 { checks.answer.as_ref()? } else { checks.failure.as_ref()? };
    let faults: Vec<_> =
        validator.iter_errors(body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    (!faults.is_empty()).then(|| format!("answered {} {body}: {faults:#?}", response.status))
}

fn asks_for_a_token(operation: &Operation) -> bool {
    let mut schemes = operation.security.iter().flat_map(|requirement| requirement.0);
    let first = schemes.next().and_then(|used| DOCUMENT.security_schemes.get(used.scheme));
    first.is_some_and(|scheme| scheme.name == "BearerAuth")
}

/// Sends one made-up request.
fn attempt(world: &World, operation: &'static Operation, bytes: &[u8]) -> Result<(), String> {
    let mut tape = Tape { bytes: bytes.iter() };
    let target = world.target(operation, &mut tape);
    let content_type = match operation.method {
        Method::Patch => {
            tape.pick(&["application/json", "application/merge-patch+json", "application/json-patch+json"])
        }
        _ => "application/json",
    };
    let body = match &operation.body {
        Some(body) if content_type.contains("json-patch") => world.patch_operations(&body.schema, &mut tape),
        Some(body) => world.value(&body.schema, 0, &mut tape),
        None => Value::Null,
    };
    let response = world.send(operation.method, &target, asks_for_a_token(operation), content_type, &body);
    match fault(operation, &response) {
        None => Ok(()),
        Some(fault) => Err(format!("{} {target} {content_type} {body} {fault}", operation.name)),
    }
}

/// Reads everything that can be read.
fn read_all(world: &World) -> Result<(), String> {
    for operation in DOCUMENT.operations.iter().filter(|operation| operation.method == Method::Get) {
        let path = operation.path_template();
        let (folder, _) = path.split_once("/{").unwrap_or((&path, ""));
        let is_of_one = operation.path.iter().flat_map(Segment::parameters).count() == 1 && path.ends_with('}');
        let targets = match world.ids.get(folder) {
            Some(ids) if is_of_one => ids.iter().map(|id| format!("{folder}/{id}")).collect(),
            _ if path.contains('{') => continue,
            _ => vec![path],
        };
        for target in targets {
            let answer =
                world.send(Method::Get, &target, asks_for_a_token(operation), "application/json", &Value::Null);
            if let Some(fault) = fault(operation, &answer) {
                return Err(format!("afterwards, {} {target} {fault}", operation.name));
            }
        }
    }
    Ok(())
}

/// What takes away the right to do more, or takes all away.
const LAST_WORDS: [&str; 3] = ["deleteTenantWithId", "deleteAPIKeyWithId", "updateAPIKeyWithId"];

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 8, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_body_makes_the_sandbox_fail_or_answer_what_the_document_does_not_say(
        requests in vec((select(DOCUMENT.operations), vec(any::<u8>(), 0..160)), 1..48)
    ) {
        let world = World::new();
        for (operation, bytes) in &requests {
            if LAST_WORDS.contains(&operation.name) {
                continue;
            }
            if let Err(fault) = attempt(&world, operation, bytes) {
                panic!("{fault}");
            }
        }
        if let Err(fault) = read_all(&world) {
            panic!("{fault}");
        }
    }
}
