//! JSON objects, as an instance stores them, and the helpers that read and change them.

use serde_json::{Map, Value};

/// A JSON object.
pub type Object = Map<String, Value>;

/// A property as text; empty if it is absent or not a string.
pub fn text<'a>(object: &'a Object, property: &str) -> &'a str {
    object.get(property).and_then(Value::as_str).unwrap_or_default()
}

/// A property as text; `None` if it is absent, not a string, or empty.
pub fn text_if_any<'a>(object: &'a Object, property: &str) -> Option<&'a str> {
    Some(text(object, property)).filter(|text| !text.is_empty())
}

/// The value of a property that is there and not blank. A property within others is written with dots.
pub fn value<'o>(object: &'o Object, property: &str) -> Option<&'o Value> {
    let mut names = property.split('.');
    let first = object.get(names.next()?)?;
    let found = names.try_fold(first, |inner, name| inner.get(name))?;
    Some(found).filter(|value| !value.is_null() && *value != "")
}

/// The items of an array property; none if it is absent or not an array.
pub fn items<'a>(object: &'a Object, property: &str) -> &'a [Value] {
    object.get(property).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The object in a value; an empty one if the value is not an object.
pub fn into_object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// Takes the object under a key out of a value; an empty one if there is none.
pub fn take_object(whole: &mut Value, key: &str) -> Object {
    whole.get_mut(key).map(Value::take).map(into_object).unwrap_or_default()
}

/// Whether the configuration under a key is enabled.
pub fn is_on(object: &Object, configuration: &str) -> bool {
    object.get(configuration).and_then(|inner| inner.get("enabled")) == Some(&Value::Bool(true))
}

/// Removes a property that is blank text, which stands for none.
pub fn drop_blank(object: &mut Object, property: &str) {
    if object.get(property).and_then(Value::as_str).is_some_and(|text| text.trim().is_empty()) {
        object.remove(property);
    }
}

/// Sets a property that is absent or null.
pub fn default(object: &mut Object, property: &str, value: impl Into<Value>) {
    let slot = object.entry(property).or_insert(Value::Null);
    if slot.is_null() {
        *slot = value.into();
    }
}

/// Sets a property.
pub fn set(object: &mut Object, property: &str, value: impl Into<Value>) {
    object.insert(property.to_owned(), value.into());
}

/// Removes properties that are null, as FusionAuth does in its answers.
pub fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, inner| !inner.is_null());
            object.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
