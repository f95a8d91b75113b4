//! Terraform files, read by HashiCorp's own parser and held against what the provider takes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use serde_json::{Map, Value, json};

use super::{
    EVERYTHING, access, exported,
    hostile::{self, HOSTILE, TWIN_NAME, id, lambda_body, long_text, name},
    secrets::upstream_with_planted_secrets,
};
use crate::{official_clients::clients, support::sandbox::Sandbox};

/// What a `file(…)` begins with.
pub const FILE: &str = "file(\"${path.module}/";

/// Terraform files as Terraform reads them.
#[derive(Default)]
pub struct Configuration {
    /// By address, such as `fusionauth_tenant.hooli`.
    pub resources: BTreeMap<String, Map<String, Value>>,
    /// Data sources by address, such as `data.fusionauth_tenant.default`.
    pub data: BTreeMap<String, Map<String, Value>>,
    pub variables: BTreeMap<String, Value>,
    /// The ids to import by, by address.
    pub imports: BTreeMap<String, String>,
}

impl Configuration {
    pub fn read(folder: &Path) -> Self {
        let output = Command::new("node").arg("hcl.mjs").arg(folder).current_dir(clients()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let files: Map<String, Value> = serde_json::from_slice(&output.stdout).unwrap();
        let mut configuration = Self::default();
        for (kind, said) in files.values().flat_map(|said| said.as_object().unwrap()) {
            match kind.as_str() {
                "resource" => add_blocks(said, "", &mut configuration.resources),
                "data" => add_blocks(said, "data.", &mut configuration.data),
                "variable" => {
                    for (name, blocks) in said.as_object().unwrap() {
                        let before = configuration.variables.insert(name.clone(), only(blocks).clone());
                        assert_eq!(before, None, "var.{name} is declared twice");
                    }
                }
                "import" => {
                    for block in said.as_array().unwrap() {
                        let (to, id) = (expression(&block["to"]).unwrap(), block["id"].as_str().unwrap());
                        let before = configuration.imports.insert(to.to_owned(), id.to_owned());
                        assert_eq!(before, None, "{to} is imported twice");
                    }
                }
                "terraform" | "provider" => {}
                other => panic!("{other}: {said}"),
            }
        }
        configuration
    }

    /// The resource that an object becomes, by the id that it is imported by.
    fn imported(&self, id: &str) -> &Map<String, Value> {
        let found = self.imports.iter().find(|(_, known)| *known == id);
        let (address, _) = found.unwrap_or_else(|| panic!("{id} is not imported"));
        &self.resources[address]
    }
}

/// Adds the blocks of a kind (by type, then name) by their addresses.
fn add_blocks(said: &Value, prefix: &str, blocks: &mut BTreeMap<String, Map<String, Value>>) {
    for (type_name, named) in said.as_object().unwrap() {
        for (name, body) in named.as_object().unwrap() {
            let address = format!("{prefix}{type_name}.{name}");
            let before = blocks.insert(address.clone(), only(body).as_object().unwrap().clone());
            assert_eq!(before, None, "{address} is declared twice");
        }
    }
}

/// The only one of the blocks of one name.
fn only(blocks: &Value) -> &Value {
    match blocks.as_array().unwrap().as_slice() {
        [block] => block,
        other => panic!("{} blocks of one name", other.len()),
    }
}

/// What stands for a value that is not a text of its own.
pub fn expression(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix("${")?.strip_suffix('}')
}

/// A value with its texts as Terraform takes them.
pub fn meaning(value: &Value) -> Value {
    let plain = |text: &str| text.replace("$${", "${").replace("%%{", "%{");
    match value {
        Value::String(text) => Value::from(plain(text)),
        Value::Array(items) => items.iter().map(meaning).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (plain(key), meaning(value))).collect(),
        other => other.clone(),
    }
}

/// The texts in a value, and the keys that are expressions.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(entries) => {
            for (key, value) in entries {
                if key.starts_with("${") {
                    found.push(key);
                }
                texts(value, found);
            }
        }
        _ => {}
    }
}

/// The expressions in a value, without the parentheses around those that are keys.
pub fn expressions(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    texts(value, &mut found);
    let inner = found.into_iter().filter_map(|text| text.strip_prefix("${")?.strip_suffix('}'));
    inner.map(|text| text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text)).collect()
}

/// The provider's resources, as the project has them.
pub fn provider() -> Value {
    let table: Value =
        serde_json::from_str(include_str!("../../../src/fusionauth/export/terraform/provider.json")).unwrap();
    table["resources"].clone()
}

/// Holds the body of a resource or block against the arguments that the provider takes there.
struct Check<'a> {
    variables: &'a BTreeMap<String, Value>,
    faults: Vec<String>,
}

impl Check<'_> {
    fn body(&mut self, arguments: &Value, body: &Map<String, Value>, place: &str) {
        let arguments: BTreeMap<&str, &Value> = arguments
            .as_array()
            .unwrap()
            .iter()
            .map(|argument| (argument["name"].as_str().unwrap(), argument))
            .collect();
        for (name, value) in body {
            let place = format!("{place}.{name}");
            match arguments.get(name.as_str()) {
                Some(argument) => self.argument(argument, value, body, &place),
                None => self.faults.push(format!("{place}: unknown")),
            }
        }
        for (name, argument) in arguments {
            if argument["required"] == true && !body.contains_key(name) {
                self.faults.push(format!("{place}.{name}: missing"));
            }
        }
    }

    fn argument(&mut self, argument: &Value, value: &Value, beside: &Map<String, Value>, place: &str) {
        let kind = argument["type"].as_str().unwrap();
        if !is_of(kind, value) {
            self.faults.push(format!("{place}: not of the type {kind}: {value}"));
            return;
        }
        if kind == "block" {
            let blocks = value.as_array().unwrap();
            if blocks.len() > 1 && argument.get("each").is_none() {
                self.faults.push(format!("{place}: stands {} times", blocks.len()));
            }
            for block in blocks {
                self.body(&argument["block"], block.as_object().unwrap(), place);
            }
            return;
        }
        for other in argument["requires"].as_array().into_iter().flatten() {
            if !beside.contains_key(other.as_str().unwrap()) {
                self.faults.push(format!("{place}: without {other}"));
            }
        }
        let mut found = Vec::new();
        texts(value, &mut found);
        for text in found.into_iter().filter(|text| !text.is_empty()) {
            let variable = text.strip_prefix("${var.").and_then(|text| text.strip_suffix('}'));
            let is_sensitive = variable.is_some_and(|name| self.variables[name]["sensitive"] == true);
            if argument["secret"] == true && !is_sensitive && !text.starts_with("${(var.") {
                self.faults.push(format!("{place}: {text} in the place of a secret"));
            }
            let one_of = argument["one_of"].as_array();
            let starts = argument["starts_with"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let is_start = starts.into_iter().any(|start| text.starts_with(start));
            if one_of.is_some_and(|one_of| variable.is_none() && !one_of.contains(&json!(text)) && !is_start) {
                self.faults.push(format!("{place}: {text} is none of {}", argument["one_of"]));
            }
        }
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "text" => value.is_string(),
        "bool" => value.is_boolean(),
        "number" => value.is_number(),
        "list" | "set" => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        "map" | "headers" => value.as_object().is_some_and(|entries| entries.values().all(Value::is_string)),
        "number_map" => value.as_object().is_some_and(|entries| entries.values().all(Value::is_number)),
        "json" => value.as_object().is_some_and(|entries| entries.keys().eq(["jsonencode"])),
        "block" => value.as_array().is_some_and(|blocks| blocks.iter().all(Value::is_object)),
        other => panic!("unknown type {other}"),
    }
}

/// Asserts that the files are what the provider takes, and that all they name is there.
fn assert_is_right(folder: &Path, purpose: &str) -> Configuration {
    let configuration = Configuration::read(folder);
    let provider = provider();
    let mut check = Check { variables: &configuration.variables, faults: Vec::new() };
    let mut references: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (address, body) in &configuration.resources {
        let (type_name, _) = address.split_once('.').unwrap();
        let resource = &provider[type_name];
        assert!(resource.is_object(), "{address}: the provider has no such resource");
        let mut body = body.clone();
        let is_imported = configuration.imports.contains_key(address);
        match (is_imported, resource["own_id"].as_str()) {
            (false, Some(own_id)) => {
                let id = body.remove(own_id).unwrap_or_else(|| panic!("{address}: no {own_id}"));
                assert!(is_uuid(id.as_str().unwrap()), "{address}: {id}");
            }
            // Imported, a resource that chooses its id would be replaced.
            (_, own_id) => assert!(!own_id.is_some_and(|own_id| body.contains_key(own_id)), "{address}"),
        }
        if let Some(lifecycle) = body.remove("lifecycle") {
            let known = json!({ "prevent_destroy": true, "ignore_changes": "${all}" });
            let is_known = |(name, value): (&String, &Value)| {
                known[name] == *value && (purpose == "--adopt" || name == "prevent_destroy" && is_imported)
            };
            assert!(lifecycle[0].as_object().unwrap().iter().all(is_known), "{address}");
        }
        check.body(&resource["arguments"], &body, address);
        references.entry(address).or_default();
    }
    assert_eq!(check.faults, [""; 0], "{purpose}");

    for (address, body) in configuration.resources.iter().chain(&configuration.data) {
        let values = body.iter().filter(|(name, _)| *name != "lifecycle").map(|(_, value)| value);
        for expression in values.flat_map(expressions) {
            if let Some(variable) = expression.strip_prefix("var.") {
                assert!(configuration.variables.contains_key(variable), "{address}: {expression} is not declared");
                used.insert(variable);
            } else if let Some(path) = expression.strip_prefix(FILE).and_then(|rest| rest.strip_suffix("\")")) {
                assert!(folder.join(path).is_file(), "{address}: {expression} is not there");
            } else {
                let other = expression.strip_suffix(".id").unwrap_or_else(|| panic!("{address}: {expression}"));
                let is_declared = configuration.resources.contains_key(other) || configuration.data.contains_key(other);
                assert!(is_declared, "{address}: {expression} is not declared");
                references.entry(address).or_default().insert(other);
            }
        }
    }
    used.extend(configuration.imports.values().filter_map(|id| id.strip_prefix("${var.")?.strip_suffix('}')));
    assert!(configuration.variables.keys().map(String::as_str).eq(used), "every variable is used");
    assert_no_circle(references);

    // Of what a new instance has, only what it has by itself can be imported.
    let is_whole = configuration.imports.keys().eq(configuration.resources.keys());
    assert_eq!(is_whole, purpose == "--adopt", "{:?}", configuration.imports);
    for (address, id) in &configuration.imports {
        let (type_name, _) = address.split_once('.').unwrap();
        let form = provider[type_name]["import"].as_str().unwrap();
        if id.starts_with("${var.") {
            assert!(purpose == "--clone" && form == "{id}", "{address}: {id}");
            continue;
        }
        let parts: Vec<_> = form.split(':').zip(id.split(':')).collect();
        assert_eq!(parts.len(), id.split(':').count().max(form.split(':').count()), "{address}: {id}");
        for (form, part) in parts {
            assert!(if form.starts_with('{') { is_uuid(part) } else { form == part }, "{address}: {id}");
        }
    }
    configuration
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Terraform refuses resources that depend on themselves.
fn assert_no_circle(mut references: BTreeMap<&str, BTreeSet<&str>>) {
    loop {
        let open: BTreeSet<&str> = references.keys().copied().collect();
        references.retain(|_, others| others.iter().any(|other| open.contains(other)));
        if references.is_empty() {
            return;
        }
        assert!(references.len() < open.len(), "a circle: {references:?}");
    }
}

#[test]
fn every_file_is_what_the_provider_takes() {
    let sandbox = Sandbox::start(&[]);
    for what in [EVERYTHING, &["--tenant", "Hooli"], &["--application", "Pied Piper"]] {
        let folder = tempfile::tempdir().unwrap();
        let [adopted, cloned] = ["--adopt", "--clone"].map(|purpose| {
            let out = folder.path().join(purpose);
            let arguments = [&["export", "terraform"], what, &[purpose, "--out", out.to_str().unwrap()]].concat();
            let report = exported(&access(&sandbox), &arguments);
            let configuration = assert_is_right(&out, purpose);
            assert_variables_are_told(&configuration, &report);
            configuration
        });
        assert!(adopted.resources.len() > 5, "{what:?}");
        assert_ids_are_kept(&adopted, &cloned);
    }
}

/// No variable has a value. The report names each: a sensitive one as a secret, another one as a decision.
fn assert_variables_are_told(configuration: &Configuration, report: &str) {
    let part = |heading: &str| {
        let rest = report.split_once(heading).map_or("", |(_, rest)| rest);
        rest.lines().skip(1).take_while(|line| line.starts_with("- ")).collect::<Vec<_>>()
    };
    let (secrets, decisions) = (part("Secrets to set"), part("Decisions to make"));
    for (name, variable) in &configuration.variables {
        assert_eq!(variable.get("default"), None, "{name}");
        let start = format!("- {name}: ");
        let is_in = |part: &[&str]| part.iter().any(|line| line.starts_with(&start));
        let is_sensitive = variable["sensitive"] == true;
        assert_eq!((is_in(&secrets), is_in(&decisions)), (is_sensitive, !is_sensitive), "{name}: {report}");
    }
    assert_eq!(secrets.len() + decisions.len(), configuration.variables.len(), "{report}");
}

/// What chooses its id in a new instance chooses the one that it has.
fn assert_ids_are_kept(adopted: &Configuration, cloned: &Configuration) {
    let provider = provider();
    let mut kept = 0;
    for (address, body) in cloned.resources.iter().filter(|(address, _)| !cloned.imports.contains_key(*address)) {
        let (type_name, _) = address.split_once('.').unwrap();
        if let (Some(own_id), Some(imported)) = (provider[type_name]["own_id"].as_str(), adopted.imports.get(address)) {
            assert_eq!(body[own_id].as_str(), imported.rsplit(':').next(), "{address}");
            kept += 1;
        }
    }
    assert!(kept > 5, "{kept}");
}

#[test]
fn what_every_instance_has_is_protected_or_left_alone() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let (tenant, application) = ("fusionauth_tenant.pied_piper", "fusionauth_application.fusionauth");
    let [adopted, cloned] = ["--adopt", "--clone"].map(|purpose| {
        let out = folder.path().join(purpose);
        exported(&access(&sandbox), &["export", "terraform", purpose, "--out", out.to_str().unwrap()]);
        Configuration::read(&out)
    });
    for address in [tenant, application] {
        assert!(adopted.resources[address].contains_key("lifecycle"), "{address}");
    }
    // Nobody has changed the application; the tenant is there, too, and becomes what this one is.
    assert!(!cloned.resources.contains_key(application));
    assert!(cloned.resources[tenant].contains_key("lifecycle"));
    assert_eq!(
        cloned.imports.iter().collect::<Vec<_>>(),
        [(&tenant.to_owned(), &"${var.default_tenant_id}".to_owned())]
    );
    assert!(!adopted.resources.contains_key("fusionauth_theme.fusionauth"));
    // These have ids of their own in each instance, and are found there, or stand in a variable.
    let own = ["fusionauth_lambda.default_", "fusionauth_key.default_signing_key"];
    for start in own {
        assert!(adopted.resources.keys().any(|address| address.starts_with(start)), "{start}");
        assert!(!cloned.resources.keys().any(|address| address.starts_with(start)), "{start}");
    }
    assert!(!cloned.resources.contains_key("fusionauth_imported_key.default_signing_key"));
    let tenant_id = expression(&cloned.resources["fusionauth_application.pied_piper"]["tenant_id"]);
    assert_eq!(tenant_id, Some("fusionauth_tenant.pied_piper.id"));
}

#[test]
fn an_instance_with_everything_in_it_is_what_the_provider_takes() {
    let (upstream, _) = upstream_with_planted_secrets();
    let url = upstream.url();
    let environment = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "the-key-of-this-test")];
    for purpose in ["--adopt", "--clone"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        exported(&environment, &["export", "terraform", purpose, "--out", out.to_str().unwrap()]);
        let configuration = assert_is_right(&out, purpose);
        let tenants = configuration.resources.keys().filter(|address| address.starts_with("fusionauth_tenant."));
        assert_eq!(tenants.count(), 1);
    }
}

#[test]
fn hostile_names_and_texts_mean_what_they_meant() {
    let sandbox = hostile::sandbox();
    let folder = tempfile::tempdir().unwrap();
    for purpose in ["--adopt", "--clone"] {
        let out = folder.path().join(purpose);
        exported(&access(&sandbox), &["export", "terraform", purpose, "--out", out.to_str().unwrap()]);
        let configuration = assert_is_right(&out, purpose);
        if purpose == "--adopt" {
            assert_means_what_it_meant(&configuration, &out);
        }
        for path in super::files(&out).keys() {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
            assert!(path.len() < 100 && path.bytes().all(is_plain) && !path.contains(".."), "{path}");
        }
    }
    assert_eq!(super::entries(folder.path()), ["--adopt", "--clone"], "nothing is written elsewhere");
}

fn assert_means_what_it_meant(configuration: &Configuration, folder: &Path) {
    let file = |value: &Value| {
        let path = expression(value).and_then(|text| text.strip_prefix(FILE)?.strip_suffix("\")")).unwrap();
        fs::read_to_string(folder.join(path)).unwrap()
    };
    let tenant = configuration.imported(&id(1));
    assert_eq!(meaning(&tenant["name"]), name("Tenant"));
    let data = json!({ HOSTILE: [HOSTILE, { "${k}": "%{v}" }], "for": 1.5 });
    assert_eq!(meaning(&tenant["data"]), json!({ "jsonencode": data }));
    let lambda = configuration.imported(&id(2));
    assert_eq!((meaning(&lambda["name"]), file(&lambda["body"])), (json!(name("Lambda")), lambda_body()));
    let lambda = configuration.imported(&id(3));
    assert_eq!((meaning(&lambda["name"]), file(&lambda["body"])), (json!("../../x"), "// ${x} %{ if }\n".to_owned()));
    let theme = configuration.imported(&id(4));
    assert!(file(&theme["stylesheet"]) == long_text(), "the stylesheet is another");
    for text in [&theme["default_messages"], &theme["index"], &theme["localized_messages"]["../../x"]] {
        assert_eq!(file(text), HOSTILE);
    }
    let template = configuration.imported(&id(5));
    assert_eq!(meaning(&template["default_subject"]), HOSTILE);
    assert_eq!(meaning(&template["localized_subjects"]), json!({ "${k}": HOSTILE }));
    assert_eq!(file(&template["default_html_template"]), HOSTILE);
    assert_eq!(file(&template["localized_html_templates"]["../../x"]), HOSTILE);
    for number in [6, 7] {
        let application = configuration.imported(&id(number));
        assert_eq!(application["name"], TWIN_NAME);
        assert_eq!(meaning(&application["data"]), json!({ "jsonencode": { HOSTILE: HOSTILE } }));
        let urls = &application["oauth_configuration"][0]["authorized_redirect_urls"];
        assert_eq!(meaning(urls), json!([format!("https://x.example/{HOSTILE}")]));
        let role = configuration.imported(&format!("{}:{}", id(number), id(number * 100)));
        assert_eq!((meaning(&role["name"]), meaning(&role["description"])), (json!(name("Role")), json!(HOSTILE)));
    }
    let group = configuration.imported(&id(8));
    assert_eq!(meaning(&group["name"]), name("Group"));
    let role_id = expression(&group["role_ids"][0]).unwrap();
    let role = role_id.strip_suffix(".id").unwrap();
    assert_eq!(configuration.imports[role], format!("{}:{}", id(6), id(600)));
}
