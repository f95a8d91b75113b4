//! Values held against schemas: what is only wrong in its form is repaired, all else is a fault.
//!
//! The recursion follows the value down and ends at a depth that no call needs, so input cannot exhaust the stack; the
//! work is linear in the value's size.

use openapi_tools::{
    describe::view::View,
    model::{
        operation::{Location, Method, Parameter},
        schema::{Kind, Property, Rest, Schema, Variant},
    },
};
use serde_json::{Map, Value};

use super::{
    absent::{is_absent, is_empty, may_select, missing, selects_nothing},
    constraints,
    lookup::{self, Shape, resolve},
    place::Place,
    policy::{Policy, UnknownProperties},
    repairs::{self, Repair, describe},
    report::Report,
    texts,
    unions::Candidates,
    unknown,
};

/// The deepest nesting of arguments.
const MAX_DEPTH: usize = 200;

/// One check.
pub struct Checker<'a> {
    /// The operation.
    pub view: View<'a>,
    /// What is allowed.
    pub policy: &'a Policy<'a>,
    /// What was found.
    pub report: Report,
    pub(super) place: Place,
    /// A PATCH holds only what changes, so nothing in its body is required.
    pub(super) is_partial: bool,
    /// Whether the call destroys something, so that leaving out what selects it may destroy more.
    pub is_destroying: bool,
    /// Whether the value travels in the query.
    pub(super) is_in_query: bool,
    /// Whether the object was made by a client that gives every property, most of them as null.
    pub(super) fills_in: bool,
    /// Whether the value is held against one of several schemas.
    is_trial: bool,
}

impl<'a> Checker<'a> {
    /// A check of a call.
    pub fn new(view: View<'a>, policy: &'a Policy<'a>) -> Self {
        Self {
            view,
            policy,
            report: Report::default(),
            place: Place::default(),
            is_partial: view.operation.method == Method::Patch,
            is_destroying: view.operation.method == Method::Delete || view.operation.irreversible.is_some(),
            is_in_query: false,
            fills_in: false,
            is_trial: false,
        }
    }

    /// Checks a parameter.
    pub fn parameter(&mut self, parameter: &Parameter, value: Value) -> Value {
        self.place.enter(parameter.name);
        self.is_in_query = parameter.location == Location::Query;
        let value = self.value(&parameter.schema, value);
        self.is_in_query = false;
        self.place.leave();
        value
    }

    /// Checks the body, which is the argument of that name.
    pub fn body(&mut self, name: &'static str, schema: &Schema, value: Value) -> Value {
        self.place.enter(name);
        let value = self.value(schema, value);
        self.place.leave();
        value
    }

    pub(super) fn fault(&mut self, message: impl Into<String>) {
        self.report.fault(&self.place, message);
    }

    /// The value, repaired; a value that cannot be right is returned as it is, with a fault noted.
    pub(super) fn value(&mut self, schema: &Schema, value: Value) -> Value {
        if value.is_null() {
            return value;
        }
        if self.place.depth() > MAX_DEPTH {
            self.fault(format!("nested deeper than {MAX_DEPTH} levels"));
            return value;
        }
        let resolved = resolve(self.view.document, schema);
        if resolved.name.is_some() && resolved.name == self.policy.dialect.instant_schema {
            return self.instant(value);
        }
        let value = self.of_kind(resolved, value);
        if let Some(keywords) = resolved.constraints
            && let Some(message) = constraints::fault(keywords, &value)
        {
            self.fault(message);
        }
        value
    }

    fn of_kind(&mut self, resolved: lookup::Resolved, value: Value) -> Value {
        let lookup::Resolved { kind, name, rest, .. } = resolved;
        match kind {
            Kind::Any | Kind::Reference(_) => {
                self.free(&value);
                value
            }
            Kind::Boolean => self.repaired(value, repairs::boolean, "true or false"),
            Kind::Integer { format: Some("int32") } => self.repaired(value, repairs::int32, "an integer of 32 bits"),
            Kind::Integer { .. } => self.repaired(value, repairs::integer, "an integer"),
            Kind::Number => self.repaired(value, repairs::number, "a number"),
            Kind::String { format, values } => self.string(format, values.unwrap_or_default(), value),
            Kind::Array { items, .. } => {
                let list = repairs::list(value).into_iter().enumerate();
                let checked = list.map(|(index, item)| {
                    self.place.enter_item(index);
                    let item = self.value(items, item);
                    self.place.leave();
                    item
                });
                Value::Array(checked.collect())
            }
            Kind::Object { properties: [] } => match self.as_object(value).map(Value::Object) {
                Some(object) => {
                    self.free(&object);
                    object
                }
                None => Value::Null,
            },
            Kind::Object { properties } => match self.as_object(value) {
                Some(object) => Value::Object(self.object(Shape { properties, name, rest }, None, object)),
                None => Value::Null,
            },
            Kind::Enum { values } => self.one_of_values(values, value),
            Kind::Union { branches } => self.union(branches, value),
            Kind::Map { values } => match self.as_object(value) {
                Some(object) => Value::Object(self.map(values, object)),
                None => Value::Null,
            },
            Kind::OneOf { discriminator, variants } => match self.as_object(value) {
                Some(object) => Value::Object(self.one_of(discriminator, variants, object)),
                None => Value::Null,
            },
        }
    }

    fn as_object(&mut self, value: Value) -> Option<Map<String, Value>> {
        repairs::object(value).map_err(|message| self.fault(message)).ok()
    }

    /// An object of this shape; `discriminator` is checked already.
    fn object(&mut self, shape: Shape, discriminator: Option<&str>, object: Map<String, Value>) -> Map<String, Value> {
        let Shape { properties, name: schema, rest } = shape;
        if self.is_filled_in(properties, discriminator, &object) {
            return object;
        }
        let outer = self.note_filled_in(properties, discriminator, &object);
        let mut checked = Map::new();
        for (name, value) in object {
            match lookup::property(properties, &name) {
                Some(property) => {
                    self.place.enter(property.name);
                    let value = if self.is_ignored(schema, property.name) {
                        Some(value)
                    } else {
                        self.property(&[property], value)
                    };
                    self.place.leave();
                    checked.extend(value.map(|value| (name, value)));
                }
                None => {
                    let value = match rest {
                        Rest::Of(schema) => self.entry(schema, &name, value),
                        Rest::Nothing | Rest::Unstated => {
                            self.unknown(shape, &name, &value);
                            value
                        }
                    };
                    checked.insert(name, value);
                }
            }
        }
        self.fills_in = outer;
        if !self.is_partial {
            let missing = properties.iter().filter(|property| property.required && !property.schema.read_only);
            for property in missing.filter(|it| Some(it.name) != discriminator && !checked.contains_key(it.name)) {
                self.place.enter(property.name);
                self.fault("missing; this property is required");
                self.place.leave();
            }
        }
        checked
    }

    /// The value of a property, which is one of `candidates`. `None` where it is taken as not given.
    fn property(&mut self, candidates: &[&'static Property], value: Value) -> Option<Value> {
        let is_required = candidates.iter().all(|property| property.required);
        if value.is_null() {
            if self.place.is_in_list() {
                return None;
            }
            if !self.is_partial {
                self.replace(candidates);
                return None;
            }
            self.remove(candidates);
            return Some(value);
        }
        let is_absent = candidates.iter().all(|it| is_absent(self.view.document, it.name, &it.schema, &value));
        if is_absent && is_required && !self.is_partial {
            self.fault(missing("property", &value));
            return Some(value);
        }
        if is_absent {
            if self.is_destroying && candidates.iter().any(|it| may_select(self.view.document, &it.schema)) {
                self.fault(selects_nothing(&value));
                return None;
            }
            self.report.absent(&self.place);
            return None;
        }
        if self.view.operation.method == Method::Delete && is_empty(&value) {
            self.fault(selects_nothing(&value));
            return None;
        }
        let value = match candidates {
            [only] => self.value(&only.schema, value),
            several => self.any_of(several, value),
        };
        // RFC 7396: an empty object leaves the object that is there as it is.
        let is_left = self.is_partial && self.policy.dialect.patches_merge && !self.place.is_in_list();
        if is_left && value.as_object().is_some_and(Map::is_empty) {
            self.report.absent(&self.place);
            return None;
        }
        Some(value)
    }

    /// Whether the operation ignores this property of that schema. Where unknown properties are no fault, this is none.
    fn is_ignored(&mut self, schema: Option<&'static str>, name: &'static str) -> bool {
        let Some(ignored) = self.policy.ignored(self.view, schema, name) else { return false };
        match self.policy.unknown_properties.beside(Rest::Unstated) {
            UnknownProperties::Refuse => {
                let tools = ignored.tools(self.view, self.policy);
                let instead =
                    if tools.is_empty() { String::new() } else { format!("; use {} for it", tools.join(", ")) };
                let api = self.policy.dialect.api_name;
                self.fault(format!("{api} ignores this property here{instead}"));
                true
            }
            UnknownProperties::Warn => {
                self.report.unknown(&self.place);
                false
            }
            UnknownProperties::Pass | UnknownProperties::AsDocumented => false,
        }
    }

    /// A property that the shape does not have.
    fn unknown(&mut self, shape: Shape, name: &str, value: &Value) {
        let action = self.policy.unknown_properties.beside(shape.rest);
        let is_fault = action == UnknownProperties::Refuse;
        // The search for the right place is not made for faults that are not reported.
        let message = (is_fault && !self.report.is_full())
            .then(|| unknown::property(self.view, self.policy, &self.place.pattern(), shape, (name, value)));
        self.place.enter_key(name);
        if let Some(message) = message {
            self.fault(message);
        } else {
            self.stand_in(name);
            if action == UnknownProperties::Warn {
                self.report.unknown(&self.place);
            }
        }
        self.free(value);
        self.place.leave();
    }

    fn map(&mut self, values: &Schema, object: Map<String, Value>) -> Map<String, Value> {
        let object = texts::with_plain_ids(object, matches!(resolve(self.view.document, values).kind, Kind::Any));
        object.into_iter().map(|(key, value)| (key.clone(), self.entry(values, &key, value))).collect()
    }

    /// The value of a key of the caller's choice.
    fn entry(&mut self, schema: &Schema, key: &str, value: Value) -> Value {
        self.place.enter_key(key);
        self.stand_in(key);
        let value = if value.is_null() {
            self.note_removal();
            value
        } else {
            self.value(schema, value)
        };
        self.place.leave();
        value
    }

    /// A value that the document says nothing of. It may hold what stands for a secret, too.
    fn free(&mut self, value: &Value) {
        if self.place.depth() > MAX_DEPTH {
            self.fault(format!("nested deeper than {MAX_DEPTH} levels"));
            return;
        }
        match value {
            Value::Null => self.note_removal(),
            Value::String(text) => self.stand_in(text),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.place.enter_item(index);
                    self.free(item);
                    self.place.leave();
                }
            }
            Value::Object(entries) => {
                for (key, inner) in entries {
                    self.place.enter_key(key);
                    self.stand_in(key);
                    self.free(inner);
                    self.place.leave();
                }
            }
            _ => {}
        }
    }

    /// Refuses a text or key that came out of an answer and is not the value itself.
    fn stand_in(&mut self, text: &str) {
        if let Some(message) = texts::stand_in(text) {
            self.fault(message);
        }
    }

    fn repaired(&mut self, value: Value, repair: Repair, expected: &str) -> Value {
        match repair(&value) {
            Some(repaired) => repaired,
            None => {
                self.fault(format!("expected {expected}, got {}", describe(&value)));
                value
            }
        }
    }

    fn string(&mut self, format: Option<&str>, values: &[&str], value: Value) -> Value {
        let is_id = self.place.property().is_some_and(texts::is_id);
        match texts::text(format, values, is_id, &value) {
            Ok(text) => Value::String(text),
            Err(message) => {
                self.fault(message);
                value
            }
        }
    }

    fn one_of(
        &mut self,
        discriminator: &'static str,
        variants: &'static [Variant],
        mut object: Map<String, Value>,
    ) -> Map<String, Value> {
        let known: Vec<_> = variants.iter().map(|variant| variant.value).collect();
        let kind = object.remove(discriminator);
        let is_given = |kind: &Value| !is_absent(self.view.document, discriminator, &Schema::boolean(), kind);
        self.place.enter(discriminator);
        let Some(kind) = kind.filter(is_given) else {
            if !self.is_partial {
                self.fault(format!("missing; expected one of {}", known.join(", ")));
            }
            self.place.leave();
            return self.of_unknown_kind(variants, object);
        };
        let kind = self.string(None, &known, kind);
        self.place.leave();
        let variant = variants.iter().find(|variant| kind == variant.value);
        let shape = variant.and_then(|variant| Shape::of(self.view.document, variant.reference));
        let mut checked = match shape {
            Some(shape) => self.object(shape, Some(discriminator), object),
            None => object,
        };
        checked.insert(discriminator.to_owned(), kind);
        checked
    }

    /// An object whose discriminator is missing, as a PATCH may leave it out. Each property has to be one of some kind,
    /// all together those of one kind, and each value has to be right for one of the kinds that are left.
    fn of_unknown_kind(&mut self, variants: &'static [Variant], object: Map<String, Value>) -> Map<String, Value> {
        let candidates = Candidates::of(self.view.document, variants, &object);
        if candidates.contradict() && self.policy.unknown_properties == UnknownProperties::Refuse {
            let kinds: Vec<_> = variants.iter().map(|variant| variant.value).collect();
            self.fault(format!("no kind ({}) has all of these properties", kinds.join(", ")));
        }
        let mut checked = Map::new();
        for (name, value) in object {
            let properties = candidates.properties(&name);
            let Some(first) = properties.first() else {
                let widest = Shape { properties: candidates.widest(), name: None, rest: Rest::Unstated };
                self.unknown(widest, &name, &value);
                checked.insert(name, value);
                continue;
            };
            self.place.enter(first.name);
            let value = self.property(&properties, value);
            self.place.leave();
            checked.extend(value.map(|value| (name, value)));
        }
        checked
    }

    /// The value as the first of the properties that it fits has it.
    fn any_of(&mut self, properties: &[&'static Property], value: Value) -> Value {
        let schemas: Vec<_> = properties.iter().map(|property| &property.schema).collect();
        self.first_fitting(&schemas, value)
    }

    /// The value as the first of the schemas that it fits has it. Where it fits none, the faults are those of the
    /// first. A value within one that is being tried is held against the first only, so that the work stays linear.
    pub(super) fn first_fitting(&mut self, schemas: &[&Schema], value: Value) -> Value {
        let outer = (std::mem::take(&mut self.report), self.is_trial);
        let tried = if self.is_trial { 1 } else { schemas.len() };
        self.is_trial = true;
        let mut first = None;
        let mut fitting = None;
        for schema in schemas.iter().take(tried) {
            let checked = self.value(schema, value.clone());
            let report = std::mem::take(&mut self.report);
            if report.faults.is_empty() {
                fitting = Some((checked, report));
                break;
            }
            first.get_or_insert((checked, report));
        }
        (self.report, self.is_trial) = outer;
        match fitting.or(first) {
            Some((checked, report)) => {
                self.report.append(report);
                checked
            }
            None => value,
        }
    }
}
