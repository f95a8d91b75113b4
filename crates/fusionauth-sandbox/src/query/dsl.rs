//! The JSON query of Elasticsearch, as far as it can be carried out here.

use serde_json::{Map, Value};

use super::{
    expression::{Bound, Expression, Term},
    syntax::{self, DefaultOperator},
};

/// How deep queries may be nested.
const MAX_DEPTH: usize = 50;

/// Reads a JSON query: `{"bool": {"must": [{"match": {"email": "a"}}]}}`.
///
/// # Errors
/// What is wrong with it, or cannot be carried out.
pub fn parse(query: &str) -> Result<Expression, String> {
    let query: Value = serde_json::from_str(query).map_err(|error| format!("The query is not JSON: {error}."))?;
    // Some send what goes into the body of a search.
    let query =
        query.get("query").filter(|_| query.as_object().is_some_and(|object| object.len() == 1)).unwrap_or(&query);
    clause(query, 0)
}

fn clause(query: &Value, depth: usize) -> Result<Expression, String> {
    if depth > MAX_DEPTH {
        return Err(format!("Queries are nested more than {MAX_DEPTH} deep."));
    }
    let (kind, inner) = single(query, "A query")?;
    match kind {
        "match_all" => Ok(Expression::All),
        "match_none" => Ok(Expression::Nothing),
        "bool" => boolean(object(inner, kind)?, depth),
        "match" => field_query(inner, kind, "query", &["operator", "boost"], |field, value, options| {
            let is_and =
                options.get("operator").and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("and"));
            let words: Vec<_> = value
                .split_whitespace()
                .map(|word| Expression::Is(Some(field.to_owned()), Term::literal(word)))
                .collect();
            let count = if is_and { words.len() } else { words.len().min(1) };
            Expression::AtLeast(count, words)
        }),
        "match_phrase" => field_query(inner, kind, "query", &["boost"], |field, value, _| {
            Expression::Is(Some(field.to_owned()), Term::Phrase(value.to_owned()))
        }),
        "term" => field_query(inner, kind, "value", &["boost", "case_insensitive"], |field, value, _| {
            Expression::Is(Some(field.to_owned()), Term::Whole(value.to_owned()))
        }),
        "prefix" => field_query(inner, kind, "value", &["boost", "case_insensitive"], |field, value, _| {
            Expression::Is(Some(field.to_owned()), Term::Prefix(value.to_owned()))
        }),
        "wildcard" => field_query(inner, kind, "value", &["boost", "case_insensitive"], |field, value, _| {
            Expression::Is(Some(field.to_owned()), Term::wildcard(value))
        }),
        "terms" => {
            let (field, values) = single(inner, kind)?;
            let values = values.as_array().ok_or("[terms] needs a list of values.")?;
            let terms = values
                .iter()
                .map(|value| Ok(Expression::Is(Some(field.to_owned()), Term::Whole(scalar(value, field)?))));
            Ok(Expression::AtLeast(1, terms.collect::<Result<_, String>>()?))
        }
        "ids" => {
            let values = inner.get("values").and_then(Value::as_array).ok_or("[ids] needs a list of [values].")?;
            let terms = values
                .iter()
                .map(|value| Ok(Expression::Is(Some("id".to_owned()), Term::Whole(scalar(value, "values")?))));
            Ok(Expression::AtLeast(1, terms.collect::<Result<_, String>>()?))
        }
        "exists" => {
            let field = inner.get("field").and_then(Value::as_str).ok_or("[exists] needs a [field].")?;
            Ok(Expression::Exists(field.to_owned()))
        }
        "range" => range(inner),
        "nested" => {
            let path = inner.get("path").and_then(Value::as_str).ok_or("[nested] needs a [path].")?;
            let query = inner.get("query").ok_or("[nested] needs a [query].")?;
            Ok(Expression::Nested(path.to_owned(), Box::new(clause(query, depth + 1)?)))
        }
        "query_string" => {
            let given = object(inner, kind)?;
            only(given, kind, &["query", "default_operator", "boost"])?;
            let query = given.get("query").and_then(Value::as_str).ok_or("[query_string] needs a [query].")?;
            let operator = given.get("default_operator").and_then(Value::as_str).unwrap_or_default();
            let operator =
                if operator.eq_ignore_ascii_case("and") { DefaultOperator::And } else { DefaultOperator::Or };
            syntax::parse(query, operator)
        }
        _ => Err(format!("Queries of the kind [{kind}] are not simulated.")),
    }
}

fn boolean(given: &Map<String, Value>, depth: usize) -> Result<Expression, String> {
    only(given, "bool", &["must", "filter", "should", "must_not", "minimum_should_match", "boost"])?;
    let clauses = |key: &str| -> Result<Vec<Expression>, String> {
        match given.get(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(|item| clause(item, depth + 1)).collect(),
            Some(one) => Ok(vec![clause(one, depth + 1)?]),
        }
    };
    let mut all = clauses("must")?;
    all.extend(clauses("filter")?);
    let should = clauses("should")?;
    let minimum = match given.get("minimum_should_match") {
        None => usize::from(all.is_empty()),
        Some(value) => {
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            let number = number.and_then(|number| usize::try_from(number).ok());
            number.ok_or("[minimum_should_match] has to be a number here.")?
        }
    };
    if !should.is_empty() {
        all.push(Expression::AtLeast(minimum, should));
    }
    all.extend(clauses("must_not")?.into_iter().map(|clause| Expression::Not(Box::new(clause))));
    Ok(Expression::And(all))
}

fn range(inner: &Value) -> Result<Expression, String> {
    let (field, given) = single(inner, "range")?;
    let given = object(given, field)?;
    only(given, field, &["gt", "gte", "lt", "lte", "boost", "relation"])?;
    let bound = |exclusive: &str, inclusive: &str| -> Result<Option<Bound>, String> {
        let (value, is_inclusive) = match (given.get(exclusive), given.get(inclusive)) {
            (Some(value), _) => (value, false),
            (None, Some(value)) => (value, true),
            (None, None) => return Ok(None),
        };
        if value.is_null() { Ok(None) } else { Ok(Some(Bound { value: scalar(value, field)?, is_inclusive })) }
    };
    Ok(Expression::Between(field.to_owned(), bound("gt", "gte")?, bound("lt", "lte")?))
}

/// A query of one field: `{"field": value}` or `{"field": {"query": value, ...}}`.
fn field_query(
    inner: &Value,
    kind: &str,
    key: &str,
    options: &[&str],
    make: impl Fn(&str, &str, &Map<String, Value>) -> Expression,
) -> Result<Expression, String> {
    let (field, value) = single(inner, kind)?;
    match value {
        Value::Object(given) => {
            let mut known = vec![key];
            known.extend(options);
            only(given, field, &known)?;
            let value = given.get(key).ok_or_else(|| format!("[{kind}] of [{field}] needs a [{key}]."))?;
            Ok(make(field, &scalar(value, field)?, given))
        }
        _ => Ok(make(field, &scalar(value, field)?, &Map::new())),
    }
}

fn scalar(value: &Value, field: &str) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(format!("[{field}] needs a value that is text, a number, true or false.")),
    }
}

fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("[{what}] has to be an object."))
}

/// The only property of an object.
fn single<'a>(value: &'a Value, what: &str) -> Result<(&'a str, &'a Value), String> {
    let mut properties = value.as_object().into_iter().flatten();
    match (properties.next(), properties.next()) {
        (Some((key, inner)), None) => Ok((key, inner)),
        _ => Err(format!("[{what}] has to be an object with one property.")),
    }
}

fn only(given: &Map<String, Value>, what: &str, known: &[&str]) -> Result<(), String> {
    match given.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("[{key}] of [{what}] is not simulated.")),
        None => Ok(()),
    }
}
