//! A server for one tenant keeps to it: ids of other tenants are refused, and their objects are not shown.
//!
//! The API decides what a key may reach. Here only what a call or an answer says of tenants can be held against the one.

use openapi_tools::model::operation::{Method, Operation};
use serde_json::{Value, value::RawValue};

use crate::{
    answer::{Answer, Body},
    call::arguments::{
        Arguments,
        report::{ArgumentFault, MAX_FAULTS},
    },
    dialect::TenantWords,
    parts::{Key, Parts, array, object, string},
    text::{format::is_uuid, numerals::thousands, shorten::shortened},
};

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
                        let path = format!("{path}.{key}");
                        let ids: Vec<_> = match value {
                            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                            value => value.as_str().into_iter().collect(),
                        };
                        let names_other = self.is_name_of_tenant(key) && ids.iter().any(|id| self.is_other(id))
                            || key == self.words.object
                                && value.get("id").is_some_and(|id| id.as_str().is_some_and(|id| self.is_other(id)));
                        if names_other {
                            faults.push(self.fault(&path));
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
        let mut own = |key: &Key<'_>, value: &RawValue| {
            let Parts::Array(items) = Parts::of(value.get()) else { return value.get().to_owned() };
            let is_tenants = key.name == self.words.list;
            let kept: Vec<_> = items.iter().filter(|item| !self.is_other_object(item, is_tenants)).collect();
            if kept.len() == items.len() {
                return value.get().to_owned();
            }
            left_out += items.len() - kept.len();
            array(&kept.iter().map(|item| item.get().to_owned()).collect::<Vec<_>>())
        };
        let mut kept: Vec<_> = entries.iter().map(|(key, value)| (key, own(key, value))).collect();
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

    fn fault(&self, path: &str) -> ArgumentFault {
        ArgumentFault {
            path: shortened(path).into_owned(),
            message: format!("another tenant; {} confines this server to {}", self.setting, self.tenant_id),
        }
    }

    fn is_other(&self, id: &str) -> bool {
        is_uuid(id.trim()) && !id.trim().eq_ignore_ascii_case(self.tenant_id)
    }

    /// Whether a property or parameter of that name holds ids of tenants.
    fn is_name_of_tenant(&self, name: &str) -> bool {
        let name = name.strip_suffix('s').unwrap_or(name).to_ascii_lowercase();
        name.ends_with(&self.words.id.to_ascii_lowercase())
    }

    /// Whether what stands under a key of an answer is of another tenant.
    fn is_of_other(&self, key: &Key<'_>, value: &RawValue) -> bool {
        if key.name == self.words.id {
            return string(value).is_some_and(|id| self.is_other(&id));
        }
        self.is_other_object(value, key.name == self.words.object)
    }

    /// Whether an object is of another tenant, or is one.
    fn is_other_object(&self, value: &RawValue, is_tenant: bool) -> bool {
        let Parts::Object(entries) = Parts::of(value.get()) else { return false };
        let name = if is_tenant { "id" } else { self.words.id };
        let id = entries.iter().find(|(key, _)| key.name == name).and_then(|(_, value)| string(value));
        id.is_some_and(|id| self.is_other(&id))
    }
}
