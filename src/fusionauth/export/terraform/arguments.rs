//! Writes resources: the properties that the API answered, as the arguments that the provider takes.

use std::collections::{BTreeMap, BTreeSet};

use hcl::{
    Attribute, Block, Body, Expression, Identifier, Number, ObjectKey, Structure,
    expr::{FuncCall, Traversal, Variable},
};
use serde_json::Value;

use super::{
    files::SideFiles,
    instances::Instance,
    kind::Kind,
    purpose::Purpose,
    references::References,
    scope::{ValueScope, scalar},
    table::{Argument, Type},
    unexpressed::unexpressed,
    variables::InputVariables,
};
use crate::fusionauth::export::{line::one_line, report::Remark};
use gateway::redact::REDACTED;

/// Words that mean something else than themselves as a bare key of an object.
const KEYWORDS: &[&str] = &["false", "for", "if", "in", "null", "true"];

/// Stands above a resource that Terraform is not to change.
const FROZEN: &str = "Terraform changes nothing of this, since the provider would erase what it cannot send.";

/// What such a resource's remarks end with.
const FROZEN_WHY: &str = "; a change would erase it, so `ignore_changes` keeps Terraform from changing the object";

/// A resource, and what is to be said of it.
#[derive(Debug)]
pub struct WrittenResource {
    /// The resource.
    pub block: Block,
    /// The lines of comment above it.
    pub notes: Vec<String>,
    /// The properties that it does not set, and why.
    pub unset: Vec<Remark>,
}

/// Writes resources, and collects what they refer to.
#[derive(Debug)]
pub struct ResourceWriter {
    /// Turns ids into references.
    pub references: References,
    /// The input variables so far.
    pub variables: InputVariables,
    /// The side files so far.
    pub files: SideFiles,
    /// What could not be written of the resource that is being written.
    unset: Vec<Remark>,
    purpose: Purpose,
}

impl ResourceWriter {
    /// Writes resources for a purpose.
    pub fn new(purpose: Purpose, references: References) -> Self {
        let (variables, files) = (InputVariables::default(), SideFiles::default());
        Self { references, variables, files, unset: Vec::new(), purpose }
    }

    /// The resource for an instance.
    pub fn resource(&mut self, instance: &Instance<'_>) -> WrittenResource {
        let mut body = Vec::new();
        if let Some(own_id) = &instance.resource.own_id
            && let Some(id) = &instance.id
            && instance.import.is_none()
        {
            body.push(Structure::Attribute(Attribute::new(own_id.as_str(), id.as_str())));
        }
        let scope = ValueScope::object(&instance.properties);
        body.extend(self.body(&instance.resource.arguments, &scope, instance));
        let is_adopted = self.purpose == Purpose::Adopt;
        let mut unset = std::mem::take(&mut self.unset);
        unset.extend(unexpressed(instance, is_adopted).into_iter().map(|property| Remark {
            what: format!("{}: {}", instance.label, property.path),
            why: property.why.to_owned(),
        }));
        let named = self.references.take_named();
        let mut notes: Vec<String> =
            named.into_iter().map(|(id, label)| format!("{id} is no resource of these files: {label}.")).collect();
        // The provider sends whole objects, so that an update erases what it does not send.
        let is_frozen = is_adopted && !unset.is_empty();
        if is_frozen {
            let lost: Vec<_> = unset.iter().map(|remark| format!("{}: {}", remark.what, remark.why)).collect();
            notes.push(format!("{} {}.", FROZEN, lost.join("; ")));
            unset.iter_mut().for_each(|remark| remark.why.push_str(FROZEN_WHY));
        }
        if let Some((type_name, name)) = &instance.waits_for {
            let other = Traversal::builder(Variable::sanitized(type_name)).attr(name.as_str()).build();
            body.push(Structure::Attribute(Attribute::new("depends_on", vec![Expression::from(other)])));
        }
        let is_protected = instance.is_vital;
        if is_protected || is_frozen {
            let mut lifecycle = Block::builder("lifecycle");
            if is_protected {
                lifecycle = lifecycle.add_attribute(("prevent_destroy", true));
            }
            if is_frozen {
                lifecycle = lifecycle.add_attribute(("ignore_changes", Variable::sanitized("all")));
            }
            body.push(Structure::Block(lifecycle.build()));
        }
        let block = Block {
            identifier: "resource".into(),
            labels: vec![instance.type_name.into(), instance.name.as_str().into()],
            body: Body(body),
        };
        WrittenResource { block, notes, unset }
    }

    fn body(
        &mut self,
        arguments: &'static [Argument],
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Vec<Structure> {
        let mut given: Vec<(&'static Argument, Expression)> = Vec::new();
        let mut names: BTreeSet<&'static str> = BTreeSet::new();
        let mut blocks = Vec::new();
        for argument in arguments {
            if argument.kind == Type::Block {
                blocks.extend(self.blocks(argument, scope, instance));
            } else if let Some(expression) = self.argument(argument, scope, instance) {
                given.push((argument, expression));
                names.insert(&argument.name);
            }
        }
        let mut body = Vec::new();
        for (argument, expression) in given {
            if argument.requires.iter().all(|name| names.contains(name.as_str())) {
                body.push(Structure::Attribute(Attribute::new(argument.name.as_str(), expression)));
            } else if expression == Expression::Bool(true) {
                let why = format!("the provider accepts it only with {}", argument.requires.join(" and "));
                self.leave_out(argument, scope, instance, why);
            }
        }
        body.extend(blocks.into_iter().map(Structure::Block));
        body
    }

    fn blocks(&mut self, argument: &'static Argument, scope: &ValueScope<'_>, instance: &Instance<'_>) -> Vec<Block> {
        if !argument.required && argument.each.is_none() && !scope.has_any(&argument.block) {
            return Vec::new();
        }
        let mut blocks = Vec::new();
        for item in scope.items(argument) {
            if let Some(missing) = item.missing(&argument.block) {
                // A disabled block is left out without a report.
                if item.is_enabled(&argument.block) {
                    let what = format!("{}: {}", instance.label, item.path_of_block(argument));
                    let why = format!(
                        "the provider requires {missing}, which is missing or has a value that it does not accept"
                    );
                    self.unset.push(Remark { what, why });
                }
                continue;
            }
            let body = self.body(&argument.block, &item, instance);
            if !body.is_empty() || argument.each.is_some() {
                blocks.push(Block { identifier: argument.name.as_str().into(), labels: Vec::new(), body: Body(body) });
            }
        }
        blocks
    }

    fn argument(
        &mut self,
        argument: &'static Argument,
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Option<Expression> {
        if argument.clone_only && self.purpose == Purpose::Adopt {
            return None;
        }
        // FusionAuth's own applications keep their client secrets.
        if argument.secret && !argument.required && instance.is_vital && instance.kind == Kind::Application {
            return None;
        }
        let value = scope.value(&argument.path);
        let given = value.as_deref().and_then(|value| self.given(argument, value, scope, instance));
        if given.is_some() || !argument.required {
            return given;
        }
        if argument.secret {
            return Some(self.secret(argument, None, scope, instance));
        }
        match (&argument.fallback, argument.kind) {
            (Some(fallback), _) => Some(self.json(fallback, argument, scope, instance)),
            (None, Type::List | Type::Set) => Some(Expression::Array(Vec::new())),
            (None, _) => None,
        }
    }

    /// The value of an argument; `None` where it is empty, or the provider does not take it.
    fn given(
        &mut self,
        argument: &'static Argument,
        value: &Value,
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Option<Expression> {
        match (argument.kind, value) {
            (Type::Text, _) => {
                let has_meaning = argument.required || argument.default.is_some();
                let is_empty = value.as_str().is_some_and(str::is_empty);
                if is_empty && !has_meaning { None } else { self.text(argument, value, None, scope, instance) }
            }
            (Type::Bool, Value::Bool(value)) => Some(Expression::Bool(*value)),
            (Type::Number, Value::Number(number)) if argument.takes(number) => number_of(number),
            (Type::Number, Value::Number(number)) => {
                self.leave_out(argument, scope, instance, format!("the provider does not take {number}"));
                None
            }
            (Type::List, Value::Array(items)) => self.texts(argument, items.iter().collect(), scope, instance),
            (Type::Set, Value::Array(items)) => {
                let sorted: BTreeMap<String, &Value> = items.iter().map(|item| (item.to_string(), item)).collect();
                self.texts(argument, sorted.into_values().collect(), scope, instance)
            }
            (Type::Map, Value::Object(entries)) => {
                let entries = entries.iter().map(|(key, value)| (key.as_str(), value)).collect();
                self.map(argument, entries, scope, instance)
            }
            (Type::NumberMap, Value::Object(entries)) => {
                let entries: BTreeMap<&String, Expression> = entries
                    .iter()
                    .filter_map(|(key, value)| Some((key, value.as_number().and_then(number_of)?)))
                    .collect();
                let entries: Vec<_> = entries.into_iter().map(|(key, value)| (object_key(key), value)).collect();
                if entries.is_empty() { None } else { Some(Expression::Object(entries.into_iter().collect())) }
            }
            (Type::Headers, Value::Array(items)) => {
                let mut entries = BTreeMap::new();
                for item in items {
                    let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
                    let value = item.get("value").unwrap_or(&Value::Null);
                    if entries.insert(name, value).is_some() {
                        let why =
                            format!("the provider accepts only one value for {}, and there are more", one_line(name));
                        self.leave_out(argument, scope, instance, why);
                    }
                }
                self.map(argument, entries, scope, instance)
            }
            (Type::Json, Value::Object(entries)) if entries.is_empty() => None,
            (Type::Json, Value::Array(items)) if items.is_empty() => None,
            (Type::Json, _) => {
                let value = self.json(value, argument, scope, instance);
                Some(FuncCall::builder("jsonencode").arg(value).build().into())
            }
            _ => {
                self.leave_out(
                    argument,
                    scope,
                    instance,
                    "its value does not have the type that the provider accepts".to_owned(),
                );
                None
            }
        }
    }

    fn texts(
        &mut self,
        argument: &'static Argument,
        items: Vec<&Value>,
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Option<Expression> {
        let mut texts = Vec::new();
        for item in items {
            texts.extend(self.text(argument, item, None, scope, instance));
        }
        if texts.is_empty() { None } else { Some(Expression::Array(texts)) }
    }

    fn map(
        &mut self,
        argument: &'static Argument,
        entries: BTreeMap<&str, &Value>,
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Option<Expression> {
        let mut texts = Vec::new();
        for (key, value) in entries {
            if let Some(text) = self.text(argument, value, Some(key), scope, instance) {
                texts.push((self.key(key, argument, scope, instance), text));
            }
        }
        if texts.is_empty() { None } else { Some(Expression::Object(texts.into_iter().collect())) }
    }

    /// A text of an argument, or of one of its items or entries. `key` is that of the entry.
    fn text(
        &mut self,
        argument: &'static Argument,
        value: &Value,
        key: Option<&str>,
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Option<Expression> {
        let Some(text) = scalar(value) else {
            if !value.is_null() {
                self.leave_out(
                    argument,
                    scope,
                    instance,
                    "its value is not a text, as the provider requires".to_owned(),
                );
            }
            return None;
        };
        if argument.secret && !text.is_empty() || text.contains(REDACTED) {
            return Some(self.secret(argument, key, scope, instance));
        }
        if !argument.takes_text(&text) {
            let why = format!("the provider does not take {}", one_line(&text));
            self.leave_out(argument, scope, instance, why);
            return None;
        }
        if let Some(kind) = argument.refers_to {
            return Some(self.references.resolve(kind, &text, &mut self.variables));
        }
        if argument.file && !text.is_empty() {
            return Some(self.files.add(instance, argument, key, &text));
        }
        Some(Expression::String(text.into_owned()))
    }

    /// JSON as an expression, with variables for its secrets.
    fn json(
        &mut self,
        value: &Value,
        argument: &Argument,
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Expression {
        match value {
            Value::Null => Expression::Null,
            Value::Bool(value) => Expression::Bool(*value),
            Value::Number(number) => number_of(number).unwrap_or(Expression::Null),
            Value::String(text) if text.contains(REDACTED) => self.secret(argument, None, scope, instance),
            Value::String(text) => Expression::from(text.as_str()),
            Value::Array(items) => {
                Expression::Array(items.iter().map(|item| self.json(item, argument, scope, instance)).collect())
            }
            Value::Object(entries) => {
                let mut expressions = Vec::new();
                for (key, value) in entries {
                    let is_secret = value.as_str().is_some_and(|text| text.contains(REDACTED));
                    let value = if is_secret {
                        self.secret(argument, Some(key), scope, instance)
                    } else {
                        self.json(value, argument, scope, instance)
                    };
                    expressions.push((self.key(key, argument, scope, instance), value));
                }
                Expression::Object(expressions.into_iter().collect())
            }
        }
    }

    fn key(&mut self, key: &str, argument: &Argument, scope: &ValueScope<'_>, instance: &Instance<'_>) -> ObjectKey {
        if key.contains(REDACTED) {
            let secret = self.secret(argument, Some("key"), scope, instance);
            return ObjectKey::Expression(Expression::Parenthesis(Box::new(secret)));
        }
        object_key(key)
    }

    fn secret(
        &mut self,
        argument: &Argument,
        key: Option<&str>,
        scope: &ValueScope<'_>,
        instance: &Instance<'_>,
    ) -> Expression {
        let type_name = instance.type_name.strip_prefix("fusionauth_").unwrap_or(instance.type_name);
        let name = format!("{type_name}_{}_{}", instance.name, scope.trail_of(argument, key));
        let key = key.map(|key| format!(".{}", one_line(key))).unwrap_or_default();
        let what = format!("{}: {}{key}", instance.label, scope.path_of(&argument.path));
        self.variables.secret(&name, what)
    }

    fn leave_out(&mut self, argument: &Argument, scope: &ValueScope<'_>, instance: &Instance<'_>, why: String) {
        let what = format!("{}: {}", instance.label, scope.path_of(&argument.path));
        self.unset.push(Remark { what, why });
    }
}

/// A key of an object: bare where that means the same, else quoted.
fn object_key(key: &str) -> ObjectKey {
    let is_bare = key.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !KEYWORDS.contains(&key);
    if is_bare { ObjectKey::from(Identifier::sanitized(key)) } else { ObjectKey::from(key) }
}

fn number_of(number: &serde_json::Number) -> Option<Expression> {
    let number = match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => Some(Number::from(number)),
        (None, Some(number)) => Some(Number::from(number)),
        (None, None) => number.as_f64().and_then(Number::from_f64),
    };
    number.map(Expression::Number)
}
