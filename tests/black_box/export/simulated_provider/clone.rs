//! What a clone makes of a new instance is the original, but for what the report says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use fusionauth_sandbox::{
    exchange::Method,
    installation::{DEFAULT_TENANT_ID, FUSIONAUTH_APPLICATION_ID},
    instance::Instance,
    kickstart::Given,
};
use serde_json::{Map, Value, json};

use super::{Difference, Sending, ask, differences, file, filled, get, is_of_simulation, read, schema, scopes};
use crate::export::{
    run,
    terraform::{Configuration, expression, expressions},
};

/// The id of the new instance's default tenant, which is not the original's.
const NEW_TENANT_ID: &str = "aaaaaaaa-0000-4000-8000-000000000001";
/// What stands for the id of an object that an instance has one of.
const ONLY_ONE: &str = "the only one";
/// What the values of secrets begin with.
const SECRET: &str = "the-value-of-";
/// The properties of a key that are its material, or follow from it.
const KEY_MATERIAL: &[&str] = &["certificate", "certificateInformation", "kid", "publicKey"];
/// The properties of a key that FusionAuth reads from a private key, and the simulation does not.
const OF_PRIVATE_KEY: &[&str] = &[".key.algorithm", ".key.publicKey", ".key.type"];
/// The data sources that a clone may use: where their objects are listed.
const DATA_SOURCES: &[(&str, &str, &str)] = &[
    ("fusionauth_form", "/api/form", "forms"),
    ("fusionauth_form_field", "/api/form/field", "fields"),
    ("fusionauth_lambda", "/api/lambda", "lambdas"),
    ("fusionauth_sms_message_template", "/api/message/template", "messageTemplates"),
];
/// Where the objects of an instance are listed that the provider has resources for, and those that it has none for.
const LISTS: &[&str] = &[
    "/api/application",
    "/api/application?inactive=true",
    "/api/connector",
    "/api/consent",
    "/api/email/template",
    "/api/entity/search?queryString=*",
    "/api/entity/type",
    "/api/form",
    "/api/form/field",
    "/api/group",
    "/api/identity-provider",
    "/api/ip-acl/search",
    "/api/key",
    "/api/lambda",
    "/api/message/template",
    "/api/messenger",
    "/api/tenant",
    "/api/theme",
    "/api/user-action",
    "/api/user-action?inactive=true",
    "/api/user-action-reason",
    "/api/webhook",
];

/// A new instance that a configuration is applied to.
struct Target<'a> {
    configuration: &'a Configuration,
    folder: &'a Path,
    schema: Value,
    instance: Instance,
    /// The values of the variables.
    variables: BTreeMap<String, String>,
    /// The ids of what is there, by address.
    ids: BTreeMap<String, String>,
}

impl Target<'_> {
    /// What an expression means.
    fn resolve(&self, expression: &str) -> Value {
        if let Some(variable) = expression.strip_prefix("var.") {
            return Value::from(self.variables[variable].as_str());
        }
        file(expression, self.folder).unwrap_or_else(|| {
            let address = expression.strip_suffix(".id").unwrap_or_else(|| panic!("{expression}"));
            Value::from(self.ids[address].as_str())
        })
    }

    /// Finds the objects of the data sources.
    fn find(&mut self) {
        for (address, body) in &self.configuration.data {
            let type_name = address.split('.').nth(1).unwrap();
            let (_, path, list) = DATA_SOURCES.iter().find(|(known, ..)| *known == type_name).unwrap();
            let listed = get(&self.instance, path);
            let fits = |object: &&Value| body.iter().all(|(name, value)| object[name] == *value);
            let found: Vec<&Value> = listed[list].as_array().unwrap().iter().filter(fits).collect();
            assert_eq!(found.len(), 1, "{address}: {listed}");
            self.ids.insert(address.clone(), found[0]["id"].as_str().unwrap().to_owned());
        }
    }

    /// Makes or changes everything, each after what it refers to.
    fn apply(&mut self) {
        let mut rest: Vec<_> = self.configuration.resources.iter().collect();
        while !rest.is_empty() {
            let before = rest.len();
            rest.retain(|(address, resource)| {
                let is_there = |expression: &&str| {
                    let address = expression.strip_suffix(".id").filter(|_| !expression.starts_with("var."));
                    address.is_none_or(|address| self.ids.contains_key(address))
                };
                let is_ready = resource.values().flat_map(expressions).all(|expression| is_there(&expression));
                if is_ready {
                    let id = self.apply_one(address, resource);
                    self.ids.insert((*address).clone(), id);
                }
                !is_ready
            });
            assert!(rest.len() < before, "{rest:?}");
        }
    }

    /// Makes or changes what one resource says: its id.
    fn apply_one(&self, address: &str, resource: &Map<String, Value>) -> String {
        let (type_name, _) = address.split_once('.').unwrap();
        let known = &self.schema[type_name];
        let root = known["root"].as_str().unwrap();
        let given = |argument: &str| {
            let value = &resource[argument];
            expression(value).map_or_else(|| value.clone(), |expression| self.resolve(expression))
        };
        let import = self.configuration.imports.get(address).map(|id| {
            let id = Value::from(id.as_str());
            expression(&id).map(|expression| self.resolve(expression)).unwrap_or(id).as_str().unwrap().to_owned()
        });
        let (method, target) = match (&import, known["create"].as_str()) {
            (Some(id), _) => (Method::Put, filled(&known["update"], &[id])),
            (None, Some(create)) => {
                let parts = create.split('/').map(|part| match part.strip_prefix('{') {
                    Some(argument) => given(argument.trim_end_matches('}')).as_str().unwrap().to_owned(),
                    None => part.to_owned(),
                });
                (Method::Post, parts.chain(own_id(known, resource)).collect::<Vec<_>>().join("/"))
            }
            (None, None) => (Method::Put, filled(&known["update"], &[])),
        };
        // The provider sends these one by one, and the seed has none.
        assert!(!resource.contains_key("identity_provider_type_configurations"), "{address}");
        let live = match &import {
            Some(id) => read(&self.instance, type_name, known, &[id]),
            None => Value::Null,
        };
        let body = Sending { live, resolve: &|expression, _| self.resolve(expression) }.body(known, resource);
        let is_in_tenant = ["application", "entity", "group"].contains(&root) && method == Method::Post;
        let tenant_id = resource.get("tenant_id").filter(|_| is_in_tenant).map(|_| given("tenant_id"));
        let tenant_id = tenant_id.as_ref().and_then(Value::as_str);
        let answer = ask(&self.instance, method, &target, tenant_id, Some(&body));
        answer[root]["id"].as_str().unwrap_or(ONLY_ONE).to_owned()
    }
}

/// The id that a resource chooses.
fn own_id(known: &Value, resource: &Map<String, Value>) -> Option<String> {
    let mut arguments = known["arguments"].as_array().unwrap().iter();
    let own_id = arguments.find(|argument| argument["own_id"] == true)?;
    Some(resource.get(own_id["name"].as_str().unwrap())?.as_str().unwrap().to_owned())
}

/// An export of a simulated instance, which `sandbox` says: its files, and its report.
fn export(sandbox: &str, what: &[String], purpose: &str, out: &Path) -> (Configuration, Value) {
    let what: Vec<&str> = what.iter().map(String::as_str).collect();
    let arguments = [&[sandbox, "export", "terraform", "--json", purpose], what.as_slice(), &["--out"]].concat();
    let output = run(&[], &[arguments, vec![out.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{what:?}: {}", String::from_utf8_lossy(&output.stderr));
    (Configuration::read(out), serde_json::from_slice(&output.stdout).unwrap())
}

/// A Kickstart file with these requests.
pub fn kickstart(file: &Path, variables: &Value, requests: &[Value]) {
    let keys = [json!({ "key": "the-key-that-every-kickstart-has", "description": "A key" })];
    let kickstart = json!({ "variables": variables, "apiKeys": keys, "requests": requests });
    fs::write(file, kickstart.to_string()).unwrap();
}

/// The instance that a Kickstart file makes.
pub fn loaded(file: &Path) -> Instance {
    let given = Given { environment: &|_| None, variables: BTreeMap::new() };
    Instance::from_kickstart(&DOCUMENT, file, &given).unwrap_or_else(|error| panic!("{error}"))
}

fn tenant_manager_id(instance: &Instance) -> String {
    let listed = get(instance, "/api/application");
    let mut applications = listed["applications"].as_array().unwrap().iter();
    let manager = applications.find(|application| application["name"] == "Tenant Manager").unwrap();
    manager["id"].as_str().unwrap().to_owned()
}

/// A new instance, and the values of a configuration's variables in it. What they want to be made first is made.
fn new_instance(original: &Instance, report: &Value, folder: &Path) -> (Instance, BTreeMap<String, String>) {
    let file = folder.join("new.json");
    kickstart(&file, &json!({ "defaultTenantId": NEW_TENANT_ID }), &[]);
    let instance = loaded(&file);
    let entries = |list: &str| {
        let entries = report[list].as_array().unwrap().iter();
        entries.map(|entry| (entry["variable"].as_str().unwrap(), entry["what"].as_str().unwrap())).collect::<Vec<_>>()
    };
    let secrets = entries("secrets").into_iter().map(|(name, _)| (name.to_owned(), format!("{SECRET}{name}")));
    let mut variables: BTreeMap<String, String> = secrets.collect();
    let manager = tenant_manager_id(&instance);
    for (name, what) in entries("decisions") {
        let value = match what.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')) {
            _ if name == "default_tenant_id" => NEW_TENANT_ID,
            _ if name == "tenant_manager_application_id" => &manager,
            // What is there has the same id in every simulated instance.
            Some((id, rest)) if rest.starts_with(". It has it already") => id,
            Some((id, rest)) if rest.starts_with(". Create it there first: ") => {
                let kinds = [("ip access control list", "/api/ip-acl"), ("form field", "/api/form/field")];
                let (_, path) = kinds.iter().find(|(kind, _)| what.contains(kind)).unwrap_or_else(|| panic!("{what}"));
                let target = format!("{path}/{id}");
                let body = get(original, &target);
                ask(&instance, Method::Post, &target, None, Some(&body));
                id
            }
            _ => panic!("{name}: {what}"),
        };
        variables.insert(name.to_owned(), value.to_owned());
    }
    (instance, variables)
}

/// The line of the first part of the report that says that the property of the object will be otherwise.
fn told<'a>(report: &'a Value, id: &str, change: &Difference) -> Option<&'a str> {
    let path = change.path.trim_start_matches('.');
    let path = path.split_once('.').map_or("", |(_, path)| path);
    let object = if id == "syscfg" { "system configuration: " } else { id };
    lines(report).filter(|line| line.contains(object)).find(|line| {
        let end = if id == "syscfg" { object } else { "): " };
        let (_, told) = line.rsplit_once(end).unwrap_or((line, ""));
        let is_within = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let is_inside = is_within(told, path) || is_within(path, told) && change.after.is_null();
        let is_material = told == "the material" && KEY_MATERIAL.contains(&path);
        is_inside || is_material || !line.contains(end)
    })
}

/// The lines of the first part of a report.
fn lines(report: &Value) -> impl Iterator<Item = &str> {
    report["changes"].as_array().unwrap().iter().map(|change| change["what"].as_str().unwrap())
}

/// Asserts that what a clone of a part of the original makes of a new instance is that part, but for what the first
/// part of the report says, and that all of this is so.
pub fn assert_cloned(original: &Instance, sandbox: &str, what: &[String]) -> (Configuration, Value) {
    let folder = tempfile::tempdir().unwrap();
    // What is in the scope, by the addresses of its resources.
    let (adopted, _) = export(sandbox, what, "--adopt", &folder.path().join("adopt"));
    let out = folder.path().join("clone");
    let (cloned, report) = export(sandbox, what, "--clone", &out);
    let (instance, variables) = new_instance(original, &report, folder.path());
    assert!(variables.keys().eq(cloned.variables.keys()), "{what:?}: {variables:?}");
    let ids = BTreeMap::new();
    let mut target = Target { configuration: &cloned, folder: &out, schema: schema(), instance, variables, ids };
    target.find();
    target.apply();

    let mut scope = adopted.imports;
    // What is not adopted, and chooses its id.
    for (address, resource) in &cloned.resources {
        let own_id = own_id(&target.schema[address.split_once('.').unwrap().0], resource);
        scope.entry(address.clone()).or_insert_with(|| own_id.unwrap_or_else(|| panic!("{address}")));
    }
    let made = target.ids.iter().filter(|(address, id)| !address.starts_with("data.") && *id != ONLY_ONE);
    let new_ids: BTreeMap<String, String> = made
        .map(|(address, id)| (scope[address].rsplit(':').next().unwrap().to_owned(), id.clone()))
        .filter(|(old, new)| old != new)
        .collect();
    let with_old_ids = |answer: &Value| -> Value {
        let text = new_ids.iter().fold(answer.to_string(), |text, (old, new)| text.replace(new, old));
        serde_json::from_str(&text).unwrap()
    };
    let issued: BTreeSet<String> = cloned
        .resources
        .values()
        .filter(|resource| resource.contains_key("private_key"))
        .map(|resource| resource["key_id"].as_str().unwrap().to_owned())
        .collect();
    let mut untold = BTreeMap::new();
    let mut true_lines = BTreeSet::new();
    for (address, id) in &scope {
        let (type_name, _) = address.split_once('.').unwrap();
        let known = &target.schema[type_name];
        let ids: Vec<&str> = id.split(':').collect();
        let in_new = ids.iter().map(|id| new_ids.get(*id).map_or(*id, String::as_str)).collect::<Vec<_>>();
        let before = read(original, type_name, known, &ids);
        let after = with_old_ids(&read(&target.instance, type_name, known, &in_new));
        let mut changes = Vec::new();
        differences(&before, &after, "", &mut changes);
        let id = ids.last().unwrap();
        changes.retain(|change| {
            let is_secret = change.after.as_str().is_some_and(|text| text.starts_with(SECRET))
                || issued.contains(*id) && OF_PRIVATE_KEY.contains(&change.path.as_str());
            let line = told(&report, id, change);
            true_lines.extend(line);
            !is_secret && line.is_none() && !is_of_simulation(change)
        });
        if !changes.is_empty() {
            untold.insert(address, changes);
        }
    }
    assert!(untold.is_empty(), "{what:?}: {untold:#?}\n{report:#}");
    let is_of_ids = |line: &&str| {
        let has_id = |id: &String| line.contains(id.as_str());
        // This one has the same id in every simulated instance.
        let is_other = new_ids.keys().any(has_id) || has_id(&tenant_manager_id(original));
        *line == "the ids of application roles" || line.ends_with(": the id") && is_other
    };
    let vain: Vec<_> = lines(&report).filter(|line| !true_lines.contains(line) && !is_of_ids(line)).collect();
    assert!(vain.is_empty(), "{what:?}: {vain:#?}");
    (cloned, report)
}

#[test]
fn a_clone_is_the_original_but_for_what_the_report_says() {
    let original = Instance::seeded(&DOCUMENT).unwrap();
    for what in scopes() {
        assert_cloned(&original, "--sandbox", &what);
    }
}

/// Settings of what an installation makes are no less settings.
#[test]
fn what_every_instance_has_becomes_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changed.json");
    let manager = tenant_manager_id(&Instance::empty(&DOCUMENT));
    let patch = |url: String, body: Value| json!({ "method": "PATCH", "url": url, "contentType": "application/merge-patch+json", "body": body });
    let requests = [
        patch(
            format!("/api/tenant/{DEFAULT_TENANT_ID}"),
            json!({ "tenant": {
                "issuer": "other.example", "passwordValidationRules": { "minLength": 20, "maxLength": 100 },
                "failedAuthenticationConfiguration": { "tooManyAttempts": 9 },
                "emailConfiguration": { "host": "smtp.other.example", "password": "a-password-of-the-original" },
            } }),
        ),
        patch(
            format!("/api/application/{FUSIONAUTH_APPLICATION_ID}"),
            json!({ "application": { "data": { "note": "ours" }, "jwtConfiguration": { "enabled": true, "timeToLiveInSeconds": 77 } } }),
        ),
        patch(format!("/api/application/{manager}"), json!({ "application": { "data": { "note": "ours, too" } } })),
        patch(
            "/api/lambda/#{FUSIONAUTH_LAMBDA[AppleReconcile]_ID}".to_owned(),
            json!({ "lambda": { "body": "function reconcile() { return 1; }" } }),
        ),
    ];
    kickstart(&file, &json!({}), &requests);
    let original = loaded(&file);
    let (cloned, report) = assert_cloned(&original, &format!("--sandbox={}", file.display()), &[]);
    let imports: Vec<&str> = cloned.imports.values().map(String::as_str).collect();
    assert_eq!(
        imports,
        [FUSIONAUTH_APPLICATION_ID, "${var.tenant_manager_application_id}", "${var.default_tenant_id}"]
    );
    let lines: Vec<&str> = lines(&report).collect();
    assert!(lines.iter().any(|line| line.starts_with("lambda Default AppleReconcile (")), "{lines:?}");
    let secrets = report["secrets"].to_string();
    assert!(secrets.contains("tenant_default_email_configuration_password"), "{secrets}");
}

/// What the files do not have, the report names.
#[test]
fn nothing_of_an_instance_is_left_out_in_silence() {
    let original = Instance::seeded(&DOCUMENT).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for purpose in ["--adopt", "--clone"] {
        let out = folder.path().join(purpose);
        let (configuration, report) = export("--sandbox", &[], purpose, &out);
        let listed: BTreeSet<String> = LISTS
            .iter()
            .flat_map(|list| {
                let answer = get(&original, list);
                let objects = answer.as_object().unwrap().values().filter_map(Value::as_array).flatten();
                objects.map(|object| object["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            })
            .collect();
        assert!(listed.len() > 50, "{listed:?}");
        let report = report.to_string();
        let own_ids = configuration.resources.values().flat_map(Map::values).filter_map(Value::as_str);
        let written: BTreeSet<&str> = own_ids.chain(configuration.imports.values().map(String::as_str)).collect();
        let silent: Vec<_> =
            listed.iter().filter(|id| !written.contains(id.as_str()) && !report.contains(id.as_str())).collect();
        assert!(silent.is_empty(), "{purpose}: {silent:?}");
    }
}
