//! Where a part begins in a text or an array.

use std::rc::Rc;

use crate::value::Value;

/// Where a part of an array begins in it.
pub fn in_array(items: &[Value], part: &[Value]) -> Value {
    if part.is_empty() {
        return Value::array(Vec::new());
    }
    let is_there = |window: &[Value]| window.iter().zip(part).all(|(own, other)| own.equals(other));
    let found = items.windows(part.len()).enumerate().filter(|(_, window)| is_there(window));
    Value::array(found.map(|(at, _)| Value::count(at)).collect())
}

/// Where a part begins in a text, in bytes, as in jq 1.7; overlapping ones too.
pub fn in_text(text: &Rc<str>, part: &Rc<str>) -> Value {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(at) = text.get(start..).filter(|_| !part.is_empty()).and_then(|rest| rest.find(&**part)) {
        found.push(Value::count(start + at));
        start += at + 1;
        while !text.is_char_boundary(start) {
            start += 1;
        }
    }
    Value::array(found)
}
