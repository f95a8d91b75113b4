//! Finds the values of arguments in what the API answered.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    names::{short_id, slug},
    table::{Argument, KEY, Type},
};
use crate::fusionauth::export::line::one_line;

/// What the paths of arguments begin at: an object, or an item of one of its arrays or maps.
#[derive(Debug, Clone)]
pub struct ValueScope<'a> {
    /// Its properties.
    pub properties: &'a Map<String, Value>,
    /// Its key, where it is an entry of a map.
    key: Option<&'a str>,
    /// Its path in the object, for a person; empty for the object itself.
    path: String,
    /// The names of the blocks around it, each with a `_` after it, for names of variables.
    trail: String,
}

impl<'a> ValueScope<'a> {
    /// The scope of an object.
    pub fn object(properties: &'a Map<String, Value>) -> Self {
        Self { properties, key: None, path: String::new(), trail: String::new() }
    }

    /// The value at a path of the table; `None` where it is absent or null.
    pub fn value(&self, path: &str) -> Option<Cow<'a, Value>> {
        if path == KEY {
            return self.key.map(|key| Cow::Owned(Value::from(key)));
        }
        Some(Cow::Borrowed(self.find(path)?)).filter(|value| !value.is_null())
    }

    fn find(&self, path: &str) -> Option<&'a Value> {
        let mut parts = path.split('/');
        let first = self.properties.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.as_object()?.get(part))
    }

    /// The scopes of a block's arguments, one for each repetition, in a stable order.
    pub fn items(&self, block: &Argument) -> Vec<ValueScope<'a>> {
        let trail = format!("{}{}_", self.trail, block.name);
        let Some(each) = &block.each else { return vec![ValueScope { trail, ..self.clone() }] };
        let path = each.get(..each.len().saturating_sub(3)).unwrap_or_default();
        let path_before = self.path_of(path);
        match self.find(path) {
            Some(Value::Array(items)) => {
                let objects = items.iter().enumerate().filter_map(|(at, item)| Some((at, item.as_object()?)));
                let scope = |(at, properties): (usize, &'a Map<String, Value>)| ValueScope {
                    properties,
                    key: None,
                    path: format!("{path_before}[{at}]"),
                    trail: format!("{trail}{at}_"),
                };
                objects.map(scope).collect()
            }
            Some(Value::Object(entries)) => {
                let mut entries: Vec<_> =
                    entries.iter().filter_map(|(key, entry)| Some((key, entry.as_object()?))).collect();
                entries.sort_by_key(|(key, _)| *key);
                let scope = |(key, properties): (&'a String, &'a Map<String, Value>)| ValueScope {
                    properties,
                    key: Some(key.as_str()),
                    path: format!("{path_before}.{}", one_line(key)),
                    trail: format!("{trail}{}_", short_id(key)),
                };
                entries.into_iter().map(scope).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A path of the table for a person: from the object on, in the API's notation.
    pub fn path_of(&self, path: &str) -> String {
        if path == KEY {
            return self.path.clone();
        }
        let path = path.replace('/', ".");
        if self.path.is_empty() { path } else { format!("{}.{path}", self.path) }
    }

    /// What a block whose item this is says, for a person: the item, or the object that all of its arguments are in.
    pub fn path_of_block(&self, block: &Argument) -> String {
        if block.each.is_some() {
            return self.path.clone();
        }
        let mut common: Option<Vec<&str>> = None;
        let mut open: Vec<&Argument> = block.block.iter().collect();
        while let Some(argument) = open.pop() {
            if argument.kind == Type::Block {
                open.extend(argument.block.iter().filter(|_| argument.each.is_none()));
                continue;
            }
            let parts = argument.path.split('/');
            common = Some(match common {
                None => parts.collect(),
                Some(known) => {
                    known.into_iter().zip(parts).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
                }
            });
        }
        self.path_of(&common.unwrap_or_default().join("/"))
    }

    /// An argument, and the key of one of its entries, as a part of the name of a variable.
    pub fn trail_of(&self, argument: &Argument, key: Option<&str>) -> String {
        let key = key.map(|key| format!("_{}", slug(key))).unwrap_or_default();
        format!("{}{}{key}", self.trail, argument.name)
    }

    /// Whether one of these arguments has a value.
    pub fn has_any(&self, arguments: &[Argument]) -> bool {
        arguments.iter().any(|argument| {
            if argument.kind == Type::Block {
                self.items(argument).iter().any(|item| item.has_any(&argument.block))
            } else {
                self.value(&argument.path).is_some()
            }
        })
    }

    /// The first required argument that has no value and no substitute: its path, for a person.
    pub fn missing(&self, arguments: &[Argument]) -> Option<String> {
        arguments.iter().find_map(|argument| {
            if argument.kind == Type::Block {
                if !argument.required {
                    return None;
                }
                let items = self.items(argument);
                if items.is_empty() {
                    return Some(self.path_of(argument.each.as_deref().unwrap_or(&argument.name)).replace(".[]", ""));
                }
                return items.iter().find_map(|item| item.missing(&argument.block));
            }
            // Entries are identified by their keys.
            let is_required = argument.required || argument.path == KEY;
            let has_substitute =
                argument.secret || argument.fallback.is_some() || matches!(argument.kind, Type::List | Type::Set);
            let is_given = || self.value(&argument.path).is_some_and(|value| is_usable(argument, &value));
            (is_required && !has_substitute && !is_given()).then(|| self.path_of(&argument.path))
        })
    }

    /// Whether the block is enabled, or has no such switch.
    pub fn is_enabled(&self, arguments: &[Argument]) -> bool {
        let switch = arguments.iter().find(|argument| argument.name == "enabled");
        switch.is_none_or(|switch| self.value(&switch.path).as_deref() == Some(&Value::Bool(true)))
    }
}

/// Whether the provider takes the value for a required argument.
fn is_usable(argument: &Argument, value: &Value) -> bool {
    match argument.kind {
        Type::Text => scalar(value).is_some_and(|text| {
            let is_known = argument.takes_text(&text);
            let is_empty =
                text.is_empty() && argument.refers_to.is_some() || text.trim().is_empty() && argument.not_blank;
            is_known && !is_empty
        }),
        Type::Number => value.as_number().is_some_and(|number| argument.takes(number)),
        Type::Bool => value.is_boolean(),
        _ => true,
    }
}

/// The text of a string, number or boolean; `None` for other values.
pub fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::terraform::table::provider;

    fn argument(resource: &str, name: &str) -> &'static Argument {
        provider().resources[resource].arguments.iter().find(|argument| argument.name == name).unwrap()
    }

    fn missing(resource: &str, value: &Value) -> Option<String> {
        ValueScope::object(value.as_object().unwrap()).missing(&provider().resources[resource].arguments)
    }

    #[test]
    fn entries_of_a_map_come_by_key() {
        let value = json!({ "applicationConfiguration": { "b": { "enabled": true }, "a": {}, "c": null } });
        let scope = ValueScope::object(value.as_object().unwrap());
        let items = scope.items(argument("fusionauth_idp_google", "application_configuration"));
        let keys: Vec<_> = items.iter().filter_map(|item| item.value(KEY)).map(Cow::into_owned).collect();
        assert_eq!(keys, [json!("a"), json!("b")]);
        assert_eq!(items[1].value("enabled").as_deref(), Some(&json!(true)));
        assert_eq!(items[1].path_of("enabled"), "applicationConfiguration.b.enabled");
    }

    #[test]
    fn the_first_missing_argument_is_named() {
        assert_eq!(missing("fusionauth_form", &json!({ "name": "a", "steps": [] })).as_deref(), Some("steps"));
        assert_eq!(missing("fusionauth_form", &json!({ "name": "a", "steps": [{}] })), None);
        let email =
            json!({ "name": "a", "defaultHtmlTemplate": " \n", "defaultTextTemplate": "b", "defaultSubject": "" });
        assert_eq!(missing("fusionauth_email", &email).as_deref(), Some("defaultHtmlTemplate"));
        let ldap = json!({ "name": "a" });
        assert!(missing("fusionauth_ldap_connector", &ldap).is_some());
        assert_eq!(missing("fusionauth_application", &json!({ "name": "a", "samlv2Configuration": {} })), None);
    }
}
