//! Search: criteria, queries, sorting and paging.

mod dsl;
mod expression;
mod instants;
mod syntax;

use std::cmp::Ordering;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

pub use self::expression::Expression;
use self::{expression::Term, syntax::DefaultOperator};
use crate::{
    exchange::{Refusal, Response},
    object::{Object, items, set, text},
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

/// The property that holds the name of an object's tenant while results are ordered.
pub const TENANT_NAME: &str = "tenant";

/// What results are ordered by.
struct Column<'c> {
    name: &'c str,
    is_descending: bool,
    /// Where objects without a value come; `None` for the place of the smallest value.
    missing: Option<Ordering>,
}

/// The columns of the criteria's `orderBy`, such as `name ASC, insertInstant DESC`, and of its `sortFields`.
fn columns(criteria: &Object) -> Vec<Column<'_>> {
    let is_descending = |word: &str| word.eq_ignore_ascii_case("desc");
    let order_by = text(criteria, "orderBy").split(',').filter_map(|column| {
        let mut words = column.split_whitespace();
        let name = words.next()?;
        Some(Column { name, is_descending: words.next().is_some_and(is_descending), missing: None })
    });
    let fields = items(criteria, "sortFields").iter().filter_map(Value::as_object);
    let fields = fields.map(|field| Column {
        name: text(field, "name"),
        is_descending: is_descending(text(field, "order")),
        missing: Some(if text(field, "missing") == "_first" { Ordering::Less } else { Ordering::Greater }),
    });
    order_by.chain(fields).collect()
}

/// Checks that results can be ordered as the criteria ask.
///
/// # Errors
/// 400 that names the column that there is not.
pub fn check_order(criteria: &Object, known: &[&str]) -> Result<(), Refusal> {
    for column in columns(criteria) {
        if !known.contains(&column.name) {
            let field = if column.missing.is_some() { "search.sortFields" } else { "search.orderBy" };
            let message = format!("Results cannot be ordered by [{}], only by {}.", column.name, known.join(", "));
            return Err(Response::field("invalid", field, message));
        }
    }
    Ok(())
}

/// Sorts as the criteria ask.
pub fn sort(objects: &mut [&Object], criteria: &Object) {
    let columns = columns(criteria);
    objects.sort_by(|left, right| {
        let orders = columns.iter().map(|column| {
            let (left, right) = (value_of(left, column.name), value_of(right, column.name));
            match (left.is_some(), right.is_some(), column.missing) {
                (false, true, Some(place)) => place,
                (true, false, Some(place)) => place.reverse(),
                _ if column.is_descending => compare(left, right).reverse(),
                _ => compare(left, right),
            }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
}

/// The value of a column. Of a list of objects, the first one counts.
fn value_of<'o>(object: &'o Object, column: &str) -> Option<&'o Value> {
    match column {
        "expiration" => object.get("expirationInstant"),
        "login" => object.get("email").or_else(|| object.get("username")),
        "typeId" => object.get("type")?.get("id"),
        _ => match column.split_once('.') {
            None => object.get(column),
            Some((list, inner)) => items(object, list).first()?.get(inner),
        },
    }
    .filter(|value| !value.is_null())
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

/// What cannot stand beside the token for the next page: what it holds already.
const IN_TOKEN: [&str; 4] = ["ids", "query", "queryString", "sortFields"];

/// The token for the page that begins at a row: it holds the criteria, so that the next search needs no others.
pub fn token(criteria: &Object, row: usize) -> String {
    let mut next = criteria.clone();
    set(&mut next, "startRow", row);
    BASE64_URL_SAFE_NO_PAD.encode(Value::Object(next).to_string())
}

/// The criteria, with those of the token in them if there is one.
///
/// # Errors
/// 400 if the token is none, or stands beside what it holds already.
pub fn resumed(mut criteria: Object) -> Result<Object, Refusal> {
    let Some(Value::String(token)) = criteria.remove("nextResults").filter(|token| *token != "") else {
        return Ok(criteria);
    };
    let is_there = |name: &&&str| criteria.get(**name).is_some_and(|value| !value.is_null() && *value != "");
    let beside = IN_TOKEN.iter().find(is_there).copied();
    let beside = beside.or_else(|| (Paging::of(&criteria).first_row > 0).then_some("startRow"));
    if let Some(name) = beside {
        let message = format!("[search.{name}] cannot stand beside [search.nextResults].");
        return Err(Response::field("invalid", &format!("search.{name}"), message));
    }
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    let held = decoded.and_then(|bytes| serde_json::from_slice::<Object>(&bytes).ok()).ok_or_else(|| {
        Response::field("invalid", "search.nextResults", "The value is not one that a search returned.")
    })?;
    criteria.remove("startRow");
    for (name, value) in held {
        criteria.entry(name).or_insert(value);
    }
    Ok(criteria)
}

/// Whether an object meets the criteria of a search.
///
/// Free text (names, descriptions) matches anywhere; `*` stands for any text.
pub fn meets_criteria(object: &Object, criteria: &Object) -> bool {
    const FREE: [&str; 5] = ["name", "description", "url", "comment", "body"];
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
pub fn contains(value: &str, wanted: &str) -> bool {
    let pattern = if wanted.contains('*') { wanted.to_owned() } else { format!("*{wanted}*") };
    Term::wildcard(&pattern).fits_whole(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn results_are_ordered_and_what_has_no_value_has_its_place() {
        let objects = [json!({ "id": "a", "n": 1 }), json!({ "id": "b" }), json!({ "id": "c", "n": 3 })];
        let order = |criteria: Value| {
            let mut objects: Vec<_> = objects.iter().filter_map(Value::as_object).collect();
            sort(&mut objects, criteria.as_object().unwrap());
            objects.iter().map(|object| text(object, "id")).collect::<String>()
        };
        assert_eq!(order(json!({ "orderBy": "n" })), "bac");
        assert_eq!(order(json!({ "orderBy": "n desc" })), "cab");
        assert_eq!(order(json!({ "sortFields": [{ "name": "n" }] })), "acb");
        assert_eq!(order(json!({ "sortFields": [{ "name": "n", "order": "desc" }] })), "cab");
        assert_eq!(order(json!({ "sortFields": [{ "name": "n", "order": "desc", "missing": "_first" }] })), "bca");
        let wrong = json!({ "orderBy": "n, m DESC" });
        assert!(check_order(wrong.as_object().unwrap(), &["n"]).is_err());
        assert!(check_order(wrong.as_object().unwrap(), &["n", "m"]).is_ok());
    }

    #[test]
    fn a_token_holds_the_criteria() {
        let criteria = json!({ "queryString": "a", "numberOfResults": 2 });
        let token = token(criteria.as_object().unwrap(), 2);
        let resumed = |given: Value| resumed(given.as_object().unwrap().clone());
        let expected = json!({ "queryString": "a", "numberOfResults": 2, "startRow": 2 });
        assert_eq!(resumed(json!({ "nextResults": token })).unwrap(), *expected.as_object().unwrap());
        assert_eq!(resumed(json!({ "nextResults": token, "numberOfResults": 5 })).unwrap()["numberOfResults"], 5);
        for given in [
            json!({ "nextResults": token, "queryString": "a" }),
            json!({ "nextResults": token, "startRow": 2 }),
            json!({ "nextResults": "another" }),
        ] {
            assert!(resumed(given.clone()).is_err(), "{given}");
        }
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
