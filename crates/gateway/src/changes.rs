//! What a change did not do: an API may ignore what it does not know or like, and answer a success.

use openapi_tools::model::{
    operation::{Method, Operation},
    schema::{Kind, Schema},
};
use serde_json::{Map, Value};

use crate::{
    redact::{Redactor, first_characters},
    secret_places::{Place, Places},
    source::Source,
    text::{format::is_uuid, shorten::shortened},
};

/// The most properties that are named.
const MAX_NAMED: usize = 8;

/// The longest value that is shown, in characters.
const MAX_VALUE: usize = 60;

/// How many values are compared. Lists may come in another order, so items are compared with several others.
const MAX_COMPARISONS: usize = 200_000;

/// Names what was sent and is not in the object that came back, or differs there: a part of the answer's first line. Not
/// named is what the API never answers, and what belongs to the request and not to the object.
pub fn not_as_sent(
    operation: &Operation,
    source: &Source,
    sent: &Value,
    response: &[u8],
    redactor: &Redactor,
) -> Option<String> {
    let places = Places::new(source.document, true);
    if response.trim_ascii().is_empty() {
        let nothing = Value::Object(Map::new());
        let is_awaited = objects(operation, places, sent, &nothing).into_iter().any(|(_, sent, ..)| sent.is_object());
        return is_awaited.then(|| "the answer is empty and does not show what was changed".to_owned());
    }
    let came: Value = serde_json::from_slice(response).ok()?;
    let is_patch = operation.method == Method::Patch;
    let mut comparison = Comparison {
        places,
        is_patch,
        path: String::new(),
        differences: Vec::new(),
        count: 0,
        left: MAX_COMPARISONS,
        is_trying: false,
    };
    for (name, sent, came, sides) in objects(operation, places, sent, &came) {
        comparison.path.clear();
        comparison.path.push_str(name);
        comparison.compare(sent, came, &sides);
    }
    let named: Vec<_> = comparison.differences.iter().map(|difference| difference.described(redactor)).collect();
    if named.is_empty() {
        return None;
    }
    let more = comparison.count - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("not as sent: {}{more}", named.join(", ")))
}

/// What is known of a value in the request and in the answer.
#[derive(Debug, Clone, Copy, Default)]
struct Sides {
    sent: Place,
    came: Place,
}

/// The parts of a request that come back in the answer: the body itself where the answer is of the same type, else each
/// object, list and switch of the body that the answer has too. The name of the body itself is empty.
fn objects<'v>(
    operation: &Operation,
    places: Places,
    sent: &'v Value,
    came: &'v Value,
) -> Vec<(&'v str, &'v Value, Option<&'v Value>, Sides)> {
    let body = operation.body.map(|body| body.schema);
    let sides = Sides { sent: places.value(body, false), came: places.value(operation.answer, false) };
    let (Value::Object(sent_entries), Value::Object(came_entries)) = (sent, came) else { return Vec::new() };
    if is_same_type(body, operation.answer) {
        return vec![("", sent, Some(came), sides)];
    }
    let entries = sent_entries.iter().filter(|(_, value)| value.is_object() || value.is_array() || value.is_boolean());
    let entries = entries.map(|(name, value)| {
        let inner =
            Sides { sent: places.property(Some(&sides.sent), name), came: places.property(Some(&sides.came), name) };
        (name.as_str(), value, came_entries.get(name), inner)
    });
    let is_part = |value: &Value, came: Option<&Value>, sides: &Sides| {
        if holds_objects(value) {
            came.is_some_and(holds_objects) || sides.came.schema.is_some()
        } else {
            came.is_some() && sides.came.schema.is_some()
        }
    };
    entries.filter(|(_, value, came, sides)| is_part(value, *came, sides)).collect()
}

/// Whether what came back is the object that was sent, under that property.
pub fn comes_back(operation: &Operation, name: &str, sent: &Value) -> bool {
    !is_root_object(operation) && sent.get(name).is_some_and(Value::is_object)
}

/// Whether the body itself is the object that comes back.
pub fn is_root_object(operation: &Operation) -> bool {
    is_same_type(operation.body.map(|body| body.schema), operation.answer)
}

fn is_same_type(body: Option<Schema>, answer: Option<Schema>) -> bool {
    match (body.map(|schema| schema.kind), answer.map(|schema| schema.kind)) {
        (Some(Kind::Reference(one)), Some(Kind::Reference(other))) => one == other,
        _ => false,
    }
}

fn holds_objects(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().any(Value::is_object),
        _ => false,
    }
}

/// A property that is not as it was sent.
struct Difference<'v> {
    path: String,
    now: Now<'v>,
}

/// What came back.
enum Now<'v> {
    Nothing,
    /// A value that may be shown.
    Value(&'v Value),
    /// Something else.
    Other,
}

impl Difference<'_> {
    fn described(&self, redactor: &Redactor) -> String {
        let path = shortened(&self.path);
        match self.now {
            Now::Nothing => format!("`{path}` is not in the answer"),
            Now::Value(Value::String(text)) => {
                let text = redactor.redact_line(text);
                let start = first_characters(&text, MAX_VALUE);
                let dots = if start.len() < text.len() { "…" } else { "" };
                format!("`{path}` is \"{start}{dots}\"")
            }
            Now::Value(value) => format!("`{path}` is {value}"),
            Now::Other => format!("`{path}` differs"),
        }
    }
}

struct Comparison<'v> {
    places: Places,
    /// In a PATCH null removes.
    is_patch: bool,
    /// Where the compared value is.
    path: String,
    differences: Vec<Difference<'v>>,
    count: usize,
    /// How many values may still be compared.
    left: usize,
    /// Whether only the count matters.
    is_trying: bool,
}

impl<'v> Comparison<'v> {
    fn compare(&mut self, sent: &'v Value, came: Option<&'v Value>, sides: &Sides) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let came = came.filter(|came| !came.is_null());
        match (sent, came) {
            (Value::Null, Some(came)) if self.is_patch && !is_empty(came) => self.add_value(Some(came), sides),
            (Value::Null, _) => {}
            (Value::Object(sent), Some(Value::Object(came))) => self.compare_entries(sent, came, sides),
            (Value::Array(sent), Some(Value::Array(came))) => self.compare_items(sent, came, sides),
            (_, None) if self.is_written_only(sent, sides) => {}
            (sent, came) => {
                if !came.is_some_and(|came| is_equal(sent, came)) {
                    self.add_value(came, sides);
                }
            }
        }
    }

    fn compare_entries(&mut self, sent: &'v Map<String, Value>, came: &'v Map<String, Value>, sides: &Sides) {
        for (key, value) in sent {
            let length = self.path.len();
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(key);
            let inner = self.property(sides, key);
            self.compare(value, came.get(key), &inner);
            self.path.truncate(length);
        }
    }

    /// Lists may come back in another order.
    fn compare_items(&mut self, sent: &'v [Value], came: &'v [Value], sides: &Sides) {
        let inner = Sides { sent: self.places.item(Some(&sides.sent)), came: self.places.item(Some(&sides.came)) };
        if !sent.iter().any(Value::is_object) {
            let texts = |items: &[Value]| {
                let mut texts: Vec<_> = items.iter().map(text_of).collect();
                texts.sort_unstable();
                texts
            };
            self.left = self.left.saturating_sub(sent.len() + came.len());
            if texts(sent) != texts(came) {
                self.add(Now::Other);
            }
            return;
        }
        let mut is_taken = vec![false; came.len()];
        let mut first_free = 0;
        let mut others = Vec::new();
        for (index, item) in sent.iter().enumerate() {
            while is_taken.get(first_free) == Some(&true) {
                first_free += 1;
            }
            // At its own place first, so that an unchanged order costs one comparison for each item.
            let mut found = None;
            for place in std::iter::once(index).chain(first_free..came.len()) {
                let Some(left) = self.left.checked_sub(1) else { return };
                self.left = left;
                let candidate = came.get(place).filter(|_| is_taken.get(place) == Some(&false));
                if candidate.is_some_and(|came| self.fits(item, came, &inner)) {
                    found = Some(place);
                    break;
                }
            }
            match found.and_then(|found| is_taken.get_mut(found)) {
                Some(taken) => *taken = true,
                None => others.push((index, item)),
            }
        }
        let extra = is_taken.iter().filter(|taken| !**taken).count();
        if others.len() < extra {
            self.add(Now::Other);
        }
        for (index, item) in others {
            let length = self.path.len();
            self.path.push_str(&format!("[{index}]"));
            let is_free = is_taken.get(index) == Some(&false);
            let own = came.iter().take(self.left).find(|came| is_same_object(item, came));
            self.left = self.left.saturating_sub(came.len());
            self.compare(item, own.or(came.get(index).filter(|_| is_free)), &inner);
            self.path.truncate(length);
        }
    }

    /// Whether one value is as another was sent.
    fn fits(&mut self, sent: &'v Value, came: &'v Value, sides: &Sides) -> bool {
        let (count, was_trying) = (self.count, self.is_trying);
        self.is_trying = true;
        self.compare(sent, Some(came), sides);
        let fits = self.count == count;
        (self.count, self.is_trying) = (count, was_trying);
        fits
    }

    fn property(&self, sides: &Sides, key: &str) -> Sides {
        Sides { sent: self.places.property(Some(&sides.sent), key), came: self.places.property(Some(&sides.came), key) }
    }

    /// Whether a value cannot be expected back: it says nothing, it is a secret, or the answer has no such property.
    fn is_written_only(&self, sent: &Value, sides: &Sides) -> bool {
        let Sides { sent: place, came } = sides;
        let is_hidden = place.is_secret || place.schema.is_some_and(|schema| schema.write_only);
        let has_none = place.schema.is_some() && came.schema.is_none();
        let is_nothing = match sent {
            Value::Object(entries) => {
                entries.iter().all(|(key, value)| self.is_written_only(value, &self.property(sides, key)))
            }
            sent => is_empty(sent),
        };
        is_hidden || has_none || is_nothing
    }

    fn add_value(&mut self, came: Option<&'v Value>, sides: &Sides) {
        let is_shown = !sides.sent.is_secret && !sides.came.is_secret;
        self.add(match came {
            None => Now::Nothing,
            Some(value) if is_shown && !value.is_object() && !value.is_array() => Now::Value(value),
            Some(_) => Now::Other,
        });
    }

    fn add(&mut self, now: Now<'v>) {
        self.count += 1;
        if self.is_trying || self.differences.len() >= MAX_NAMED {
            return;
        }
        self.differences.push(Difference { path: self.path.clone(), now });
    }
}

/// A value of a list as a text that is the same for the same value. Ids may come back in other letters.
fn text_of(value: &Value) -> String {
    match value.as_str().filter(|text| is_uuid(text)) {
        Some(id) => id.to_ascii_lowercase(),
        None => value.to_string(),
    }
}

/// Whether two items of lists are the same object by their ids.
fn is_same_object(sent: &Value, came: &Value) -> bool {
    let [sent, came] = [sent, came].map(|value| value.get("id").and_then(Value::as_str));
    sent.zip(came).is_some_and(|(sent, came)| sent.eq_ignore_ascii_case(came))
}

/// Whether a value is nothing, which an API may leave out of its answers.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_equal(sent: &Value, came: &Value) -> bool {
    match (sent, came) {
        // Integers that no f64 can hold are compared as they are.
        (Value::Number(sent), Value::Number(came)) => {
            sent == came || (sent.is_f64() || came.is_f64()) && sent.as_f64() == came.as_f64()
        }
        (Value::String(sent), Value::String(came)) => sent == came || is_uuid(sent) && sent.eq_ignore_ascii_case(came),
        _ => sent == came,
    }
}
