//! Search: criteria, the common forms of a query string, sorting and paging.

use std::cmp::Ordering;

use serde_json::Value;

use crate::object::{Object, text};

/// Which page of the results a search asks for.
pub struct Paging {
    first_row: usize,
    max_rows: usize,
}

impl Paging {
    /// Reads `startRow` (default 0) and `numberOfResults` (default 25).
    pub fn of(criteria: &Object) -> Self {
        let number = |key: &str, default: usize| {
            match criteria.get(key) {
                Some(Value::Number(number)) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
                Some(Value::String(text)) => text.parse().ok(),
                _ => None,
            }
            .unwrap_or(default)
        };
        Self { first_row: number("startRow", 0), max_rows: number("numberOfResults", 25) }
    }

    /// The items of this page.
    pub fn cut<T>(&self, items: Vec<T>) -> Vec<T> {
        items.into_iter().skip(self.first_row).take(self.max_rows).collect()
    }

    /// The first row after this page, if there is one.
    pub fn next_row(&self, total: usize) -> Option<usize> {
        let next = self.first_row.checked_add(self.max_rows)?;
        (next < total).then_some(next)
    }
}

/// Sorts by an `orderBy` such as `name ASC, insertInstant DESC`.
pub fn sort(objects: &mut [&Object], order_by: &str) {
    let columns: Vec<_> = order_by
        .split(',')
        .filter_map(|column| {
            let mut words = column.split_whitespace();
            Some((words.next()?, words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"))))
        })
        .collect();
    objects.sort_by(|left, right| {
        let orders = columns.iter().map(|(column, is_descending)| {
            let order = compare(left.get(*column), right.get(*column));
            if *is_descending { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
}

fn compare(left: Option<&Value>, right: Option<&Value>) -> Ordering {
    match (left, right) {
        (Some(Value::Number(left)), Some(Value::Number(right))) => {
            left.as_f64().unwrap_or_default().total_cmp(&right.as_f64().unwrap_or_default())
        }
        (Some(Value::String(left)), Some(Value::String(right))) => left.to_lowercase().cmp(&right.to_lowercase()),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

/// Whether an object meets the criteria of a search.
///
/// Free text (names, descriptions) matches anywhere; `*` stands for any text.
pub fn meets_criteria(object: &Object, criteria: &Object) -> bool {
    const FREE: [&str; 4] = ["name", "description", "url", "comment"];
    const PAGING: [&str; 6] = ["numberOfResults", "startRow", "orderBy", "accurateTotal", "expand", "sortFields"];
    criteria.iter().filter(|(key, value)| !value.is_null() && !PAGING.contains(&key.as_str())).all(|(key, wanted)| {
        match (object.get(key), wanted) {
            (Some(Value::String(value)), Value::String(wanted)) if FREE.contains(&key.as_str()) => {
                let pattern = if wanted.contains('*') { wanted.clone() } else { format!("*{wanted}*") };
                matches_pattern(value, &pattern)
            }
            (Some(value), wanted) => {
                value == wanted || value.as_str() == wanted.as_str().filter(|text| !text.is_empty())
            }
            (None, Value::String(wanted)) => wanted.is_empty() || wanted == "*" || !is_property(key),
            (None, _) => !is_property(key),
        }
    })
}

/// Whether a criterion names a property; the others are handled by the searches that know them.
fn is_property(key: &str) -> bool {
    !matches!(key, "ids" | "query" | "queryString" | "start" | "end" | "tenantId" | "applicationId")
}

/// Whether a user or entity matches a query string: the common forms of Lucene's syntax.
///
/// These are `*`, words, `field:value`, `a.b:value` and `"quoted text"`, joined by AND or OR; AND binds first.
pub fn matches_query(object: &Object, query: &str) -> bool {
    let query = query.trim();
    if query.is_empty() || query == "*" {
        return true;
    }
    let mut alternatives = vec![Vec::new()];
    for term in terms(query) {
        match term.as_str() {
            "OR" => alternatives.push(Vec::new()),
            "AND" => {}
            _ => {
                if let Some(last) = alternatives.last_mut() {
                    last.push(term);
                }
            }
        }
    }
    alternatives.iter().any(|terms| !terms.is_empty() && terms.iter().all(|term| matches_term(object, term)))
}

/// Splits at white space outside of quotes, and drops quotes and parentheses.
fn terms(query: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut is_quoted = false;
    for character in query.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            '(' | ')' if !is_quoted => {}
            ' ' | '\t' | '\n' if !is_quoted => terms.push(String::new()),
            '\\' => {}
            other => {
                if let Some(last) = terms.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

fn matches_term(object: &Object, term: &str) -> bool {
    let (term, is_negated) = term.strip_prefix('-').map_or((term, false), |term| (term, true));
    let is_match = match term.split_once(':') {
        Some((field, pattern)) => {
            let values = values_at(&Value::Object(object.clone()), field);
            values.iter().any(|value| matches_pattern(value, pattern))
        }
        None => {
            let names = ["email", "username", "fullName", "firstName", "lastName", "name"];
            names.iter().any(|name| {
                let value = text(object, name);
                matches_pattern(value, term) || value.split_whitespace().any(|word| matches_pattern(word, term))
            })
        }
    };
    is_match != is_negated
}

/// The scalars at a dotted path; arrays on the way are searched item by item.
fn values_at(value: &Value, path: &str) -> Vec<String> {
    match (value, path.split_once('.')) {
        (Value::Array(items), _) => items.iter().flat_map(|item| values_at(item, path)).collect(),
        (Value::Object(object), Some((first, rest))) => {
            object.get(first).map(|inner| values_at(inner, rest)).unwrap_or_default()
        }
        (Value::Object(object), None) => object.get(path).map(scalars).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn scalars(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(scalars).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null | Value::Object(_) => Vec::new(),
        other => vec![other.to_string()],
    }
}

/// Whether a value matches a pattern, ignoring case; `*` stands for any text.
fn matches_pattern(value: &str, pattern: &str) -> bool {
    let (value, pattern) = (value.to_lowercase(), pattern.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = value.strip_prefix(first) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let parts: Vec<_> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        if index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn user() -> Object {
        json!({
            "email": "Richard@piedpiper.example", "fullName": "Richard Hendricks", "active": true,
            "registrations": [{ "applicationId": "a1", "roles": ["admin"] }],
        })
        .as_object()
        .unwrap()
        .clone()
    }

    #[test]
    fn the_common_forms_of_a_query_string() {
        for query in [
            "",
            "*",
            "richard@piedpiper.example",
            "email:richard*",
            "email:*@piedpiper.example",
            "Hendricks",
            "registrations.applicationId:a1",
            "registrations.roles:admin AND active:true",
            "nobody OR hendricks",
            "\"Richard Hendricks\"",
            "fullName:\"richard hendricks\"",
            "(email:richard* active:true)",
            "-email:jared*",
        ] {
            assert!(matches_query(&user(), query), "{query}");
        }
        for query in
            ["jared", "email:jared*", "registrations.applicationId:a2", "email:richard* AND active:false", "-richard*"]
        {
            assert!(!matches_query(&user(), query), "{query}");
        }
    }

    #[test]
    fn stars_stand_for_any_text() {
        assert!(matches_pattern("Pied Piper", "*piper"));
        assert!(matches_pattern("Pied Piper", "p*d*p*r"));
        assert!(!matches_pattern("Pied Piper", "piper*"));
        assert!(!matches_pattern("Pied Piper", "pied"));
    }

    #[test]
    fn a_page_may_be_as_large_as_numbers_go() {
        let huge = json!({ "startRow": u64::MAX, "numberOfResults": u64::MAX });
        let paging = Paging::of(huge.as_object().unwrap());
        assert_eq!(paging.next_row(3), None);
        assert_eq!(paging.cut(vec![1, 2, 3]), [0; 0]);
        let second = json!({ "startRow": "1", "numberOfResults": 1 });
        let paging = Paging::of(second.as_object().unwrap());
        assert_eq!((paging.next_row(3), paging.cut(vec![1, 2, 3])), (Some(2), vec![2]));
    }
}
