//! Search: criteria, queries, sorting and paging.

mod dsl;
mod expression;
mod instants;
mod syntax;

use std::cmp::Ordering;

use serde_json::Value;

pub use self::expression::Expression;
use self::{expression::Term, syntax::DefaultOperator};
use crate::{
    exchange::{Refusal, Response},
    object::{Object, items, text},
};

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

/// Sorts by the criteria's `orderBy`, such as `name ASC, insertInstant DESC`, or by its `sortFields`.
pub fn sort(objects: &mut [&Object], criteria: &Object) {
    let is_descending = |word: &str| word.eq_ignore_ascii_case("desc");
    let order_by = text(criteria, "orderBy").split(',').filter_map(|column| {
        let mut words = column.split_whitespace();
        Some((words.next()?, words.next().is_some_and(is_descending)))
    });
    let fields = items(criteria, "sortFields").iter().filter_map(Value::as_object);
    let fields = fields.map(|field| (text(field, "name"), is_descending(text(field, "order"))));
    let columns: Vec<_> = order_by.chain(fields).collect();
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
    const PAGING: [&str; 8] =
        ["numberOfResults", "startRow", "orderBy", "accurateTotal", "expand", "sortFields", "queryString", "query"];
    criteria.iter().filter(|(key, value)| !value.is_null() && !PAGING.contains(&key.as_str())).all(|(key, wanted)| {
        match (object.get(key), wanted) {
            (Some(Value::String(value)), Value::String(wanted)) if FREE.contains(&key.as_str()) => {
                contains(value, wanted)
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

/// The condition of a search of users or entities: its query string or its JSON query.
///
/// # Errors
/// 400 if the query is wrong, or asks for what cannot be carried out.
pub fn condition(criteria: &Object) -> Result<Expression, Refusal> {
    let (query, query_string) = (text(criteria, "query"), text(criteria, "queryString"));
    if !query.is_empty() {
        return dsl::parse(query).map_err(|error| Response::field("invalid", "search.query", error));
    }
    query_string_condition(query_string, "search.queryString")
}

/// The condition of a query string that stands in a property.
///
/// # Errors
/// 400 if the query string is wrong, or asks for what cannot be carried out.
pub fn query_string_condition(query: &str, field: &str) -> Result<Expression, Refusal> {
    syntax::parse(query, DefaultOperator::Or).map_err(|error| Response::field("invalid", field, error))
}

/// Whether a text contains another one, ignoring case; `*` and `?` stand for other text.
fn contains(value: &str, wanted: &str) -> bool {
    let pattern = if wanted.contains('*') { wanted.to_owned() } else { format!("*{wanted}*") };
    Term::wildcard(&pattern).fits_whole(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
