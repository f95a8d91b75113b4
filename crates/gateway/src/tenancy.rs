//! A server for one tenant keeps to it: ids of other tenants are refused, and their objects are not shown.
//!
//! The API decides what a key may reach. Here only what a call or an answer says of tenants can be held against the one.

use openapi_tools::model::{
    document::Document,
    operation::{Method, Operation, Parameter},
    schema::{Kind, Property, Schema},
};
use serde_json::{Map, Value, value::RawValue};

use crate::{
    answer::{Answer, Body},
    call::arguments::{
        Arguments,
        lookup::{self, resolve},
        report::{ArgumentFault, MAX_FAULTS},
    },
    dialect::TenantWords,
    parts::{Key, Parts, array, object, string},
    text::{format::is_uuid, numerals::thousands, shorten::shortened},
};

/// The objects of an answer that lists are looked for in, one within another.
const MAX_MAPS: usize = 2;

/// What the name of a property or parameter that holds a search query has in it.
const QUERY: &str = "query";

/// Where a term of a search query ends.
const QUERY_ENDS: [&str; 3] = [" AND ", "&&", "}"];

/// The tenant that a server is for.
#[derive(Debug, Clone, Copy)]
pub struct Confinement<'c> {
    /// The tenant's id.
    pub tenant_id: &'c str,
    /// What the API calls tenants.
    pub words: TenantWords,
    /// The setting, as the operator types it.
    pub setting: &'static str,
}

impl Confinement<'_> {
    /// The arguments that name another tenant, or would make one.
    pub fn faults(&self, operation: &Operation, arguments: &Arguments) -> Vec<ArgumentFault> {
        let mut faults = Vec::new();
        let mut has_id = false;
        for (parameter, values) in &arguments.parameters {
            if self.is_name_of_tenant(parameter.name) || self.is_name_of_tenant(parameter.wire_name) {
                has_id = true;
                faults.extend(values.iter().filter(|id| self.is_other(id)).map(|_| self.fault(parameter.name)));
            }
            let queries = values.iter().filter(|text| self.is_query_of_other(parameter.name, Some(text)));
            faults.extend(queries.map(|_| self.fault(parameter.name)));
        }
        let makes_tenants = operation.method == Method::Post
            && !operation.effect.read_only
            && operation.path_template() == self.words.path;
        if makes_tenants && !has_id {
            faults.push(self.fault("requestBody"));
        }
        let mut open: Vec<_> = arguments.body.iter().map(|body| ("requestBody".to_owned(), body)).collect();
        // A stack of its own, since the nesting is the caller's choice.
        while let Some((path, value)) = open.pop() {
            match value {
                Value::Object(entries) => {
                    let typed = entries.iter().filter(|(key, _)| *key != self.words.free_form);
                    for (key, value) in typed {
                        let is_everywhere = value == &Value::Bool(true) && self.is_everywhere(&path, key);
                        let path = format!("{path}.{key}");
                        if is_everywhere {
                            faults.push(self.fault_at(&path, "true: for all tenants"));
                        }
                        let ids: Vec<_> = match value {
                            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                            value => value.as_str().into_iter().collect(),
                        };
                        let names_other = self.is_name_of_tenant(key) && ids.iter().any(|id| self.is_other(id))
                            || key == self.words.object
                                && value.get("id").is_some_and(|id| id.as_str().is_some_and(|id| self.is_other(id)));
                        if names_other || self.is_query_of_other(key, value.as_str()) {
                            faults.push(self.fault(&path));
                        } else if let Some(other) = self.key_of_other(key, value) {
                            faults.push(self.fault(&format!("{path}.{other}")));
                        } else if value.is_object() || value.is_array() {
                            open.push((path, value));
                        }
                    }
                }
                Value::Array(items) => {
                    open.extend(items.iter().enumerate().map(|(index, item)| (format!("{path}[{index}]"), item)));
                }
                _ => {}
            }
        }
        faults.sort_by(|one, other| one.path.cmp(&other.path));
        faults.truncate(MAX_FAULTS);
        faults
    }

    /// Names the tenant in the body of a call that takes it there and nowhere else: what is made belongs to the tenant, and
    /// what is searched for is the tenant's.
    pub fn fill(&self, document: &Document, operation: &Operation, arguments: &mut Arguments) {
        let replaces = matches!(operation.method, Method::Post | Method::Put);
        let is_parameter = |it: &Parameter| self.is_name_of_tenant(it.name) || self.is_name_of_tenant(it.wire_name);
        if !replaces || operation.parameters.iter().any(is_parameter) {
            return;
        }
        let (Some(schema), Some(Value::Object(body))) = (operation.body.as_ref(), arguments.body.as_mut()) else {
            return;
        };
        let Some(tops) = properties_of(document, &schema.schema).into_iter().next() else { return };
        self.fill_object(&[tops], body, operation.method);
        for property in tops {
            if let Some(Value::Object(inner)) = body.get_mut(property.name) {
                self.fill_object(&properties_of(document, &property.schema), inner, operation.method);
            }
        }
    }

    /// An object that is of one of several shapes.
    fn fill_object(&self, shapes: &[&'static [Property]], object: &mut Map<String, Value>, method: Method) {
        let has = |name: &str| shapes.iter().any(|shape| shape.iter().any(|property| property.name == name));
        let list = format!("{}s", self.words.id);
        if has(self.words.id) {
            object.entry(self.words.id).or_insert_with(|| Value::from(self.tenant_id));
        } else if method == Method::Post && has(&list) {
            object.entry(list).or_insert_with(|| Value::from(vec![self.tenant_id]));
        }
    }

    /// The answer without objects of other tenants; a refusal where the one object that it has belongs to another.
    pub fn confined(&self, answer: Answer, operation: &Operation) -> Answer {
        let Some(json) = answer.json().filter(|_| answer.is_success() && !answer.is_error) else { return answer };
        let Parts::Object(entries) = Parts::of(json) else { return answer };
        if let Some((key, _)) = entries.iter().find(|(key, value)| self.is_of_other(key, value)) {
            let done = if operation.effect.read_only { "" } else { ". The call was made" };
            let headline = format!(
                "{}, but `{}` belongs to another tenant and is not shown: {} is {}{done}.",
                answer.headline.trim_end_matches('.'),
                key.name,
                self.setting,
                self.tenant_id
            );
            return Answer { headline, body: Body::Empty, structured: None, is_error: true, ..answer };
        }
        let mut left_out = 0;
        let mut kept: Vec<_> =
            entries.iter().map(|(key, value)| (key, self.own(&key.name, value, &mut left_out, MAX_MAPS))).collect();
        if left_out == 0 {
            return answer;
        }
        // How many other tenants have is theirs to know.
        for (_, total) in kept.iter_mut().filter(|(key, _)| key.name == "total") {
            if let Ok(count) = total.parse::<usize>() {
                *total = count.saturating_sub(left_out).to_string();
            }
        }
        let headline =
            format!("{}; {} of other tenants left out ({})", answer.headline, thousands(left_out), self.setting);
        Answer { headline, body: Body::Json(object(kept)), ..answer }
    }

    /// A value of an answer without the objects of other tenants in its lists, and in those below `depth` objects.
    fn own(&self, name: &str, value: &RawValue, left_out: &mut usize, depth: usize) -> String {
        match Parts::of(value.get()) {
            Parts::Array(items) => {
                let is_tenants = name == self.words.list;
                let kept: Vec<_> = items.iter().filter(|item| !self.is_other_object(item, is_tenants)).collect();
                if kept.len() == items.len() {
                    return value.get().to_owned();
                }
                *left_out += items.len() - kept.len();
                array(&kept.iter().map(|item| item.get().to_owned()).collect::<Vec<_>>())
            }
            Parts::Object(entries) if depth > 0 => {
                let before = *left_out;
                let kept: Vec<_> =
                    entries.iter().map(|(key, value)| (key, self.own(&key.name, value, left_out, depth - 1))).collect();
                if *left_out == before { value.get().to_owned() } else { object(kept) }
            }
            _ => value.get().to_owned(),
        }
    }

    fn fault(&self, path: &str) -> ArgumentFault {
        self.fault_at(path, "another tenant")
    }

    fn fault_at(&self, path: &str, what: &str) -> ArgumentFault {
        ArgumentFault {
            path: shortened(path).into_owned(),
            message: format!("{what}; {} confines this server to {}", self.setting, self.tenant_id),
        }
    }

    /// Whether a switch at a path makes its object one of every tenant.
    fn is_everywhere(&self, path: &str, key: &str) -> bool {
        let holder = path.rsplit_once('.').map_or(path, |(_, holder)| holder);
        self.words.everywhere.contains(&(holder, key))
    }

    fn is_other(&self, id: &str) -> bool {
        is_uuid(id.trim()) && !id.trim().eq_ignore_ascii_case(self.tenant_id)
    }

    /// Whether a property or parameter of that name holds ids of tenants.
    fn is_name_of_tenant(&self, name: &str) -> bool {
        let name = name.strip_suffix('s').unwrap_or(name).to_ascii_lowercase();
        name.ends_with(&self.words.id.to_ascii_lowercase())
    }

    /// The first key that is another tenant's id, in an object with something for each tenant.
    fn key_of_other<'v>(&self, name: &str, value: &'v Value) -> Option<&'v str> {
        let is_by_tenant = name.to_ascii_lowercase().contains(&self.words.object.to_ascii_lowercase());
        let mut keys = value.as_object().filter(|_| is_by_tenant)?.keys();
        keys.find(|key| self.is_other(key)).map(String::as_str)
    }

    /// Whether a text is a search query that asks for another tenant by its id.
    fn is_query_of_other(&self, name: &str, text: Option<&str>) -> bool {
        let Some(text) = text.filter(|_| name.to_ascii_lowercase().contains(QUERY)) else { return false };
        // What a term asks of its property ends where the next term begins.
        text.split(self.words.id).skip(1).any(|rest| {
            let end = QUERY_ENDS.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
            let term = rest.get(..end).unwrap_or_default();
            term.split(|character: char| !character.is_ascii_hexdigit() && character != '-')
                .any(|word| self.is_other(word))
        })
    }

    /// Whether what stands under a key of an answer is of another tenant.
    fn is_of_other(&self, key: &Key<'_>, value: &RawValue) -> bool {
        if key.name == self.words.id {
            return string(value).is_some_and(|id| self.is_other(&id));
        }
        self.is_other_object(value, key.name == self.words.object)
    }

    /// Whether an object is of another tenant, or is one: it says so itself, or else the objects in it do, such as the
    /// user of a membership.
    fn is_other_object(&self, value: &RawValue, is_tenant: bool) -> bool {
        let Parts::Object(entries) = Parts::of(value.get()) else { return false };
        let named = |name: &str| entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| *value);
        if let Some(id) = named(if is_tenant { "id" } else { self.words.id }).and_then(string) {
            return self.is_other(&id);
        }
        if let Some(Parts::Array(ids)) = named(&format!("{}s", self.words.id)).map(|ids| Parts::of(ids.get())) {
            return !ids.is_empty() && ids.iter().all(|id| string(id).is_some_and(|id| self.is_other(&id)));
        }
        entries.iter().any(|(_, value)| {
            let Parts::Object(inner) = Parts::of(value.get()) else { return false };
            let id = inner.iter().find(|(key, _)| key.name == self.words.id).and_then(|(_, value)| string(value));
            id.is_some_and(|id| self.is_other(&id))
        })
    }
}

/// The properties of an object, for each kind that it may be of.
fn properties_of(document: &Document, schema: &Schema) -> Vec<&'static [Property]> {
    match resolve(document, schema).kind {
        Kind::Object { properties } => vec![properties],
        Kind::OneOf { variants, .. } => {
            variants.iter().filter_map(|variant| lookup::properties(document, variant.reference)).collect()
        }
        _ => Vec::new(),
    }
}
