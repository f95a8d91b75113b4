//! What is answered with a success has happened: it can be read back, or the answer's first line names what has not.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    simulation::{every_operation, sign_in},
    support::{
        client::{Client, ToolAnswer},
        document::{Document, Operation, Size},
        sandbox::{API_KEY, Sandbox},
    },
};

fn headline(answer: &ToolAnswer) -> &str {
    answer.text.lines().next().unwrap_or_default()
}

fn body(answer: &ToolAnswer) -> Value {
    answer.text.split_once('\n').and_then(|(_, body)| serde_json::from_str(body).ok()).unwrap_or_default()
}

/// A client that is shown everything.
fn client(sandbox: &Sandbox) -> Client {
    sandbox.client_with(&[
        ("API_KEY_APIKEYAUTH", API_KEY),
        ("CHANGE_ANSWERS", "full"),
        ("MAX_ANSWER_TOKENS", "10000000"),
        ("MAX_WHOLE_OBJECTS", "10000000"),
        ("REVEAL_SECRETS", "true"),
    ])
}

/// A way to write a property of an object, and how many such writes there are at least.
const WRITES: [(&str, usize); 3] = [("PATCH", 150), ("PUT", 150), ("POST", 100)];

/// Every property of every kind of object that can be read, in a create, an update and a patch.
#[test]
fn every_property_that_was_sent_is_there_or_named() {
    let document = Document::load();
    let operations = document.operations();
    for (method, least) in WRITES {
        let sandbox = Sandbox::start(&[]);
        let mut client = client(&sandbox);
        let mut tried = 0;
        for write in operations.iter().filter(|operation| operation.method == method) {
            let Some(object) = Existing::of(&operations, write, &mut client) else { continue };
            let wrappers = document.properties(&write.body.as_ref().unwrap().1);
            let wrappers = wrappers.iter().filter(|(name, _)| object.whole[name.as_str()].is_object());
            for (wrapper, schema) in wrappers {
                for (property, schema) in document.properties(schema) {
                    tried += usize::from(is_there_or_named(
                        &document,
                        write,
                        &object,
                        wrapper,
                        (&property, &schema),
                        &mut client,
                    ));
                }
            }
        }
        assert!(tried >= least, "{method}: {tried} properties");
    }
}

/// Writes one property, and checks what came of it; `false` where the write is refused.
fn is_there_or_named(
    document: &Document,
    write: &Operation,
    object: &Existing,
    wrapper: &str,
    (property, schema): (&str, &Value),
    client: &mut Client,
) -> bool {
    let value = document.sample(schema, Size::Small);
    let mut sent = match write.method.as_str() {
        "PATCH" => Map::new(),
        "PUT" => object.whole[wrapper].as_object().unwrap().clone(),
        _ => another(object.whole[wrapper].as_object().unwrap(), &format!("{property} {}", client.process_id())),
    };
    sent.insert(property.to_owned(), value.clone());
    let mut arguments = json!({ "requestBody": { wrapper: sent } });
    if write.method != "POST" {
        arguments[&object.argument] = json!(object.id);
    }
    if let Some(tenant) = object.whole[wrapper].get("tenantId").filter(|_| write.takes("X-FusionAuth-TenantId")) {
        arguments["X-FusionAuth-TenantId"] = tenant.clone();
    }
    let answer = client.call(&write.name, arguments);
    if answer.is_error {
        return false;
    }
    let id = match write.method.as_str() {
        "POST" => body(&answer)[wrapper]["id"].clone(),
        _ => json!(object.id),
    };
    let read = client.call(&object.get, json!({ &object.argument: id }));
    let now = &body(&read)[wrapper][property];
    let is_named = headline(&answer).contains(&format!("`{wrapper}.{property}"));
    let is_written_only = schema["writeOnly"] == true || schema["x-secret"] == true && now.is_null();
    assert!(
        is_named || is_written_only || holds(now, &value),
        "{}: {wrapper}.{property}: {value}: {now}: {}",
        write.name,
        headline(&answer)
    );
    true
}

/// An object of the seed, and how it is read.
struct Existing {
    get: String,
    argument: String,
    id: String,
    /// With its wrapper.
    whole: Value,
}

impl Existing {
    /// One that an operation could write: the path of the operation, or a path below it, reads it.
    fn of(operations: &[Operation], write: &Operation, client: &mut Client) -> Option<Self> {
        let is_object = |operation: &&Operation| {
            let is_below = operation.path.strip_prefix(&write.path).is_some_and(|rest| rest.starts_with("/{"));
            operation.method == "GET" && (operation.path == write.path || write.method == "POST" && is_below)
        };
        write.body.as_ref()?;
        let get = operations
            .iter()
            .filter(is_object)
            .find(|get| get.path.ends_with('}') && get.path.matches('{').count() == 1)?;
        if write.method == "POST" && write.path == get.path {
            // The same as the create without an id.
            return None;
        }
        let (list, argument) = get.path.rsplit_once('/')?;
        let argument = argument.trim_matches(['{', '}']).to_owned();
        let list = operations.iter().find(|operation| operation.method == "GET" && operation.path == list)?;
        // What the instance itself needs comes first, and much of it cannot be changed.
        let found = client.call(&list.name, json!({ "jq": "[.[] | arrays | .[].id? | strings] | last" }));
        let id = body(&found).as_str()?.to_owned();
        let whole = body(&client.call(&get.name, json!({ &argument: id })));
        Some(Self { get: get.name.clone(), argument, id, whole })
    }
}

/// A new object like one that is there: without what the API sets, and with a name of its own.
fn another(known: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let mut object = known.clone();
    object.retain(|key, value| {
        key != "id"
            && !key.ends_with("Instant")
            && !matches!(value, Value::Array(items) if items.iter().any(|item| item.get("id").is_some()))
    });
    for key in ["name", "key", "code"] {
        if let Some(value) = object.get_mut(key) {
            *value = json!(name);
        }
    }
    object
}

/// Whether a value holds all of another.
fn holds(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::Object(value), Value::Object(part)) => {
            part.iter().all(|(key, part)| holds(value.get(key).unwrap_or(&Value::Null), part))
        }
        (Value::Array(value), Value::Array(part)) => {
            part.iter().all(|part| value.iter().any(|value| holds(value, part)))
        }
        (Value::Null, part) => match part {
            Value::Object(entries) => entries.is_empty(),
            Value::Array(items) => items.is_empty(),
            part => part.is_null(),
        },
        (value, part) => value == part,
    }
}

/// Changes whose effect is the answer, or is somewhere else: with the reason.
const NOTHING_TO_READ: [(&str, &str); 36] = [
    ("completeVerifyIdentityWithId", VERIFIED),
    ("createAPIKey", ID),
    ("createAPIKeyWithId", ID),
    ("createDeviceApprove", CODE),
    ("createDeviceUserCode", "it looks up a code"),
    ("createDevice_authorize", CODE),
    ("createToken", TOKEN),
    ("createUserVerifyEmail", VERIFIED),
    ("exchangeRefreshTokenForJWTWithId", TOKEN),
    ("forgotPasswordWithId", CODE),
    ("notifyOfCleanSpeakDecision", "it is for usernames that wait for a decision"),
    ("refreshEntitySearchIndex", INDEX),
    ("refreshUserSearchIndex", INDEX),
    ("regenerateReactorKeys", "the keys are not readable"),
    ("reindexWithId", INDEX),
    ("sendEmailWithId", MESSAGE),
    ("sendFamilyRequestEmailWithId", MESSAGE),
    ("sendPasswordlessCodeWithId", MESSAGE),
    ("sendTwoFactorCodeForEnableDisableWithId", MESSAGE),
    ("sendTwoFactorCodeForLoginUsingMethodWithId", MESSAGE),
    ("sendVerifyIdentityWithId", MESSAGE),
    ("startIdentityProviderConnectionTestWithId", CODE),
    ("startIdentityProviderLoginWithId", CODE),
    ("startPasswordlessLoginWithId", CODE),
    ("startTwoFactorLoginWithId", CODE),
    ("startVerifyIdentityWithId", CODE),
    ("startWebAuthnLoginWithId", CODE),
    ("startWebAuthnRegistrationWithId", CODE),
    ("updateIntegrationsWithId", "it is as it was"),
    ("updateUserVerifyEmail", CODE),
    ("updateUserVerifyRegistration", CODE),
    ("vendJWTWithId", TOKEN),
    ("verifyEmailWithId", VERIFIED),
    ("verifyIdentityWithId", VERIFIED),
    ("verifyRegistrationWithId", VERIFIED),
    ("verifyUserRegistrationWithId", VERIFIED),
];

const CODE: &str = "it gives out a code; simulation/logins.rs takes it";
const ID: &str = "there is no list; it is read by its id";
const INDEX: &str = "the search index is always fresh";
const MESSAGE: &str = "it sends a message";
const TOKEN: &str = "it gives out a token; simulation/logins.rs uses it";
const VERIFIED: &str = "it was verified before; simulation/logins.rs begins with what is not";

/// Every operation that changes something, with arguments with which it succeeds on the seed data: some tool that reads
/// tells the difference.
#[test]
fn every_change_can_be_read_back() {
    let document = Document::load();
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let ids = every_operation::seeded_ids(&mut client);
    sign_in::prepare(&mut client);
    let operations = every_operation::in_order(document.operations());
    let readers: Vec<_> = operations
        .iter()
        .filter(|operation| operation.is_read_only)
        .map(|operation| {
            let mut arguments = every_operation::arguments(&document, operation, &ids, 0);
            if operation.path.ends_with("/search") {
                // All that there is.
                arguments.as_object_mut().unwrap().remove("requestBody");
            }
            (operation.name.clone(), arguments)
        })
        .collect();
    // What differs from one call to the next tells nothing.
    let (first, second) = (snapshot(&mut client, &readers), snapshot(&mut client, &readers));
    let readers: Vec<_> = readers.into_iter().filter(|(name, _)| first[name] == second[name]).collect();
    assert!(readers.len() > 100, "{} tools that read", readers.len());
    let mut silent = Vec::new();
    let mut before = snapshot(&mut client, &readers);
    let mut changes = 0;
    for (number, operation) in operations.iter().enumerate().filter(|(_, operation)| !operation.is_read_only) {
        let arguments = match sign_in::arguments(&mut client, &operation.name) {
            Some(arguments) => {
                // Something may have been done for them.
                before = snapshot(&mut client, &readers);
                arguments
            }
            None => every_operation::arguments(&document, operation, &ids, number),
        };
        let answer = client.call(&operation.name, arguments);
        if answer.is_error {
            continue;
        }
        let after = snapshot(&mut client, &readers);
        if after == before && !headline(&answer).contains("not as sent") {
            silent.push((operation.name.clone(), headline(&answer).to_owned()));
        } else {
            changes += 1;
        }
        before = after;
    }
    silent.sort_unstable();
    let known: Vec<_> = NOTHING_TO_READ.iter().map(|(name, _)| *name).collect();
    let names: Vec<_> = silent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, known, "{silent:#?}");
    assert!(changes > 150, "{changes} changes");
}

/// Every tool that reads takes a filter: that for everything gives what there is, and one for nothing gives nothing.
#[test]
fn every_answer_can_be_filtered() {
    let document = Document::load();
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let ids = every_operation::seeded_ids(&mut client);
    sign_in::prepare(&mut client);
    let operations = every_operation::in_order(document.operations());
    let (mut filtered, mut steady) = (0, 0);
    for operation in operations.iter().filter(|operation| operation.is_read_only) {
        let arguments = every_operation::arguments(&document, operation, &ids, 0);
        let whole = client.call(&operation.name, arguments.clone());
        if whole.is_error || !body(&whole).is_object() {
            continue;
        }
        // A clock, a new secret or code differs from one call to the next.
        let is_steady = body(&client.call(&operation.name, arguments.clone())) == body(&whole);
        steady += usize::from(is_steady);
        for (filter, expected) in
            [(".", body(&whole)), ("keys", json!(keys(&body(&whole)))), ("[.[]|empty]", json!([]))]
        {
            let mut arguments = arguments.clone();
            arguments["jq"] = json!(filter);
            let answer = client.call(&operation.name, arguments);
            assert!(!answer.is_error && headline(&answer).starts_with("200"), "{}: {}", operation.name, answer.text);
            if is_steady {
                assert_eq!(body(&answer), expected, "{} {filter}", operation.name);
            }
        }
        filtered += 1;
    }
    assert!(filtered > 100 && steady + 10 > filtered, "{filtered} tools, {steady} with the same answer twice");
}

fn keys(object: &Value) -> Vec<&String> {
    let mut keys: Vec<_> = object.as_object().unwrap().keys().collect();
    keys.sort();
    keys
}

/// How many calls are made at a time.
const IN_FLIGHT: usize = 16;

/// What every tool that reads answers.
fn snapshot(client: &mut Client, readers: &[(String, Value)]) -> BTreeMap<String, Value> {
    let mut answers = BTreeMap::new();
    for some in readers.chunks(IN_FLIGHT) {
        let calls: Vec<_> = some.iter().map(|(name, arguments)| client.begin_call(name, arguments.clone())).collect();
        answers.extend(
            some.iter().zip(calls).map(|((name, _), call)| (name.clone(), client.finish(call)["result"].clone())),
        );
    }
    answers
}
