//! Renders the parts of a template.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{
    error::TemplateError,
    expression::{Expression, Operator},
    parse::{Node, Part, parse},
};

/// The longest text that a template may become, in bytes. Nested lists could make one without end.
const MAX_BYTES: usize = 1 << 20;

/// What `?url` leaves as it is.
const URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A failure without its line, which the part of the template knows.
enum Failure {
    /// There is no value. `!` and `??` catch it.
    Missing(String),
    Other(String),
}

type Outcome<T> = Result<T, Failure>;

/// Renders the parts of a template.
///
/// # Errors
/// A value that is missing or of the wrong type, or what is not supported.
pub fn render(nodes: &[Node], variables: &Value) -> Result<String, TemplateError> {
    let mut scope = Scope { globals: variables, locals: BTreeMap::new(), steps: 0 };
    let mut text = String::new();
    nodes_into(nodes, &mut scope, &mut text, true)?;
    Ok(text)
}

struct Scope<'v> {
    globals: &'v Value,
    /// What `assign` and `list` set.
    locals: BTreeMap<String, Value>,
    /// How many parts were rendered.
    steps: usize,
}

fn nodes_into(nodes: &[Node], scope: &mut Scope<'_>, text: &mut String, is_last: bool) -> Result<(), TemplateError> {
    for node in nodes {
        scope.steps += 1;
        if text.len() > MAX_BYTES || scope.steps > MAX_BYTES {
            let problem = format!("it becomes longer than {MAX_BYTES} bytes");
            return Err(TemplateError { line: 1, problem });
        }
        match node {
            Node::Text(plain) => text.push_str(plain),
            Node::Output(part) => {
                let value = evaluated(part, scope)?;
                text.push_str(&at(part, to_text(&value, &part.text))?);
            }
            Node::If(branches) => {
                for (condition, body) in branches {
                    let holds = match condition {
                        Some(part) => at(part, to_boolean(&evaluated(part, scope)?, &part.text))?,
                        None => true,
                    };
                    if holds {
                        nodes_into(body, scope, text, is_last)?;
                        break;
                    }
                }
            }
            Node::List { source, names, body, otherwise } => list(source, names, body, otherwise, scope, text)?,
            Node::Separator(_) if is_last => {}
            Node::Separator(between) => nodes_into(between, scope, text, is_last)?,
            Node::Assign { name, value } => {
                let value = evaluated(value, scope)?;
                scope.locals.insert(name.clone(), value);
            }
            Node::Unknown { line, name } => {
                return Err(TemplateError { line: *line, problem: format!("the sandbox does not know [{name}]") });
            }
        }
    }
    Ok(())
}

fn list(
    source: &Part,
    names: &[String],
    body: &[Node],
    otherwise: &[Node],
    scope: &mut Scope<'_>,
    text: &mut String,
) -> Result<(), TemplateError> {
    let rows: Vec<(Value, Option<Value>)> = match evaluated(source, scope)? {
        Value::Array(items) => items.into_iter().map(|item| (item, None)).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (json!(key), Some(value))).collect(),
        _ => return at(source, Err(Failure::Other(format!("[{}] is not a list", source.text)))),
    };
    if rows.is_empty() {
        return nodes_into(otherwise, scope, text, true);
    }
    let outer = scope.locals.clone();
    let count = rows.len();
    for (index, (item, value)) in rows.into_iter().enumerate() {
        let is_last = index + 1 == count;
        if let Some(name) = names.first() {
            scope.locals.insert(name.clone(), item);
            scope.locals.insert(format!("{name}_index"), json!(index));
            scope.locals.insert(format!("{name}_has_next"), json!(!is_last));
        }
        if let (Some(name), Some(value)) = (names.get(1), value) {
            scope.locals.insert(name.clone(), value);
        }
        nodes_into(body, scope, text, is_last)?;
    }
    // What the list set is gone; what was assigned in it stays.
    for name in names {
        for name in [name.clone(), format!("{name}_index"), format!("{name}_has_next")] {
            match outer.get(&name) {
                Some(value) => scope.locals.insert(name, value.clone()),
                None => scope.locals.remove(&name),
            };
        }
    }
    Ok(())
}

/// Adds the line of a part to a failure in it.
fn at<T>(part: &Part, outcome: Outcome<T>) -> Result<T, TemplateError> {
    outcome.map_err(|failure| {
        let problem = match failure {
            Failure::Missing(what) => format!("[{what}] is missing"),
            Failure::Other(problem) => problem,
        };
        TemplateError { line: part.line, problem }
    })
}

fn evaluated(part: &Part, scope: &Scope<'_>) -> Result<Value, TemplateError> {
    let unreadable = || Failure::Other(format!("[{}] cannot be read", part.text));
    at(part, part.meaning.as_ref().ok_or_else(unreadable).and_then(|expression| value(expression, scope)))
}

/// How an expression is written, for messages.
fn written(expression: &Expression) -> String {
    match expression {
        Expression::Variable(name) => name.clone(),
        Expression::Member(inner, name) => match &**name {
            Expression::Text { text, .. } => format!("{}.{text}", written(inner)),
            index => format!("{}[{}]", written(inner), written(index)),
        },
        Expression::Number(number) => number.to_string(),
        Expression::Text { text, .. } => format!("'{text}'"),
        Expression::Group(inner) => format!("({})", written(inner)),
        Expression::Binary(left, Operator::Divide, right) => format!("{}/{}", written(left), written(right)),
        Expression::BuiltIn(inner, name, _) => format!("{}?{name}", written(inner)),
        _ => "…".to_owned(),
    }
}

fn value(expression: &Expression, scope: &Scope<'_>) -> Outcome<Value> {
    match expression {
        Expression::Text { text, is_raw } if *is_raw || !text.contains("${") => Ok(json!(text)),
        Expression::Text { text, .. } => {
            let mut inner = Scope { globals: scope.globals, locals: scope.locals.clone(), steps: scope.steps };
            let mut rendered = String::new();
            let nodes = parse(text).map_err(|error| Failure::Other(error.problem))?;
            nodes_into(&nodes, &mut inner, &mut rendered, true).map_err(|error| Failure::Other(error.problem))?;
            Ok(json!(rendered))
        }
        Expression::Number(number) => Ok(json!(number)),
        Expression::Boolean(boolean) => Ok(json!(boolean)),
        Expression::Variable(name) => {
            let found = scope.locals.get(name).or_else(|| scope.globals.get(name)).filter(|value| !value.is_null());
            found.cloned().ok_or_else(|| Failure::Missing(name.clone()))
        }
        Expression::List(items) => {
            items.iter().map(|item| value(item, scope)).collect::<Outcome<_>>().map(Value::Array)
        }
        Expression::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, inner)| Ok((to_text(&value(key, scope)?, &written(key))?, value(inner, scope)?)));
            entries.collect::<Outcome<Map<_, _>>>().map(Value::Object)
        }
        Expression::Member(inner, name) => {
            let name = value(name, scope)?;
            let owner = value(inner, scope)?;
            let index = |number: &Value| number.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0);
            let found = match &name {
                Value::String(name) => owner.get(name),
                other => index(other).and_then(|index| owner.as_array()?.get(index as usize)),
            };
            found.filter(|found| !found.is_null()).cloned().ok_or_else(|| Failure::Missing(written(expression)))
        }
        Expression::Default(inner, other) => match (value(inner, scope), other) {
            (Err(Failure::Missing(_)), Some(other)) => value(other, scope),
            (Err(Failure::Missing(_)), None) => Ok(json!("")),
            (outcome, _) => outcome,
        },
        Expression::Exists(inner) => match value(inner, scope) {
            Ok(_) => Ok(json!(true)),
            Err(Failure::Missing(_)) => Ok(json!(false)),
            Err(other) => Err(other),
        },
        Expression::BuiltIn(inner, name, arguments) => built_in(inner, name, arguments, scope),
        Expression::Group(inner) => value(inner, scope),
        Expression::Not(inner) => Ok(json!(!to_boolean(&value(inner, scope)?, &written(inner))?)),
        Expression::Negative(inner) => Ok(json!(-to_number(&value(inner, scope)?, &written(inner))?)),
        Expression::Binary(left, operator, right) => binary(expression, left, *operator, right, scope),
    }
}

fn binary(
    whole: &Expression,
    left: &Expression,
    operator: Operator,
    right: &Expression,
    scope: &Scope<'_>,
) -> Outcome<Value> {
    let first = value(left, scope)?;
    if matches!(operator, Operator::And | Operator::Or) {
        let holds = to_boolean(&first, &written(left))?;
        if holds == (operator == Operator::Or) {
            return Ok(json!(holds));
        }
        return Ok(json!(to_boolean(&value(right, scope)?, &written(right))?));
    }
    let second = value(right, scope)?;
    if matches!(operator, Operator::Equal | Operator::Different) {
        let is_equal = match (first.as_f64(), second.as_f64()) {
            (Some(first), Some(second)) => first == second,
            _ => first == second,
        };
        return Ok(json!(is_equal == (operator == Operator::Equal)));
    }
    if operator == Operator::Add && !(first.is_number() && second.is_number()) {
        return match (first, second) {
            (Value::Array(mut first), Value::Array(second)) => {
                first.extend(second);
                Ok(json!(first))
            }
            (first, second) => Ok(json!(to_text(&first, &written(left))? + &to_text(&second, &written(right))?)),
        };
    }
    let (first, second) = (to_number(&first, &written(left))?, to_number(&second, &written(right))?);
    let divisor = || match second {
        0.0 => Err(Failure::Other(format!("[{}] divides by 0", written(whole)))),
        other => Ok(other),
    };
    Ok(match operator {
        Operator::Less => json!(first < second),
        Operator::LessOrEqual => json!(first <= second),
        Operator::Greater => json!(first > second),
        Operator::GreaterOrEqual => json!(first >= second),
        Operator::Subtract => json!(first - second),
        Operator::Multiply => json!(first * second),
        Operator::Divide => json!(first / divisor()?),
        Operator::Remainder => json!(first % divisor()?),
        _ => json!(first + second),
    })
}

fn built_in(inner: &Expression, name: &str, arguments: &[Expression], scope: &Scope<'_>) -> Outcome<Value> {
    let argument = |index: usize| match arguments.get(index) {
        Some(argument) => value(argument, scope),
        None => Err(Failure::Other(format!("[?{name}] lacks an argument"))),
    };
    if name == "has_content" {
        return Ok(json!(match value(inner, scope) {
            Err(Failure::Missing(_)) => false,
            outcome => match outcome? {
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                Value::Object(map) => !map.is_empty(),
                _ => true,
            },
        }));
    }
    if let ("index" | "has_next" | "counter", Expression::Variable(item)) = (name, inner) {
        let loop_variable = if name == "has_next" { format!("{item}_has_next") } else { format!("{item}_index") };
        let found =
            scope.locals.get(&loop_variable).cloned().ok_or_else(|| Failure::Missing(format!("{item}?{name}")))?;
        return Ok(if name == "counter" { json!(to_number(&found, item)? + 1.0) } else { found });
    }
    let given = value(inner, scope)?;
    let what = written(inner);
    let text = || to_text(&given, &what);
    let items = || given.as_array().ok_or_else(|| Failure::Other(format!("[{what}] is not a list")));
    let missing = || Failure::Missing(format!("{what}?{name}"));
    Ok(match name {
        "upper_case" => json!(text()?.to_uppercase()),
        "lower_case" => json!(text()?.to_lowercase()),
        "cap_first" => {
            let text = text()?;
            let mut letters = text.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            json!(first + letters.as_str())
        }
        "trim" => json!(text()?.trim()),
        "length" => json!(text()?.chars().count()),
        "html" | "xhtml" | "xml" | "esc" => {
            let escaped =
                text()?.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            json!(escaped)
        }
        "no_esc" => given,
        "url" => json!(utf8_percent_encode(&text()?, URL).to_string()),
        "contains" => json!(text()?.contains(&to_text(&argument(0)?, name)?)),
        "starts_with" => json!(text()?.starts_with(&to_text(&argument(0)?, name)?)),
        "ends_with" => json!(text()?.ends_with(&to_text(&argument(0)?, name)?)),
        "replace" => json!(text()?.replace(&to_text(&argument(0)?, name)?, &to_text(&argument(1)?, name)?)),
        "number" => {
            let text = text()?;
            json!(text.trim().parse::<f64>().map_err(|_| Failure::Other(format!("[{what}] is no number")))?)
        }
        "size" => json!(
            given
                .as_array()
                .map(Vec::len)
                .or_else(|| given.as_object().map(Map::len))
                .ok_or_else(|| { Failure::Other(format!("[{what}] is not a list")) })?
        ),
        "first" => items()?.first().cloned().ok_or_else(missing)?,
        "last" => items()?.last().cloned().ok_or_else(missing)?,
        "join" => {
            let texts = items()?.iter().map(|item| to_text(item, &what)).collect::<Outcome<Vec<_>>>()?;
            json!(texts.join(&to_text(&argument(0)?, name)?))
        }
        "keys" => json!(given.as_object().map(|map| map.keys().collect::<Vec<_>>()).unwrap_or_default()),
        "values" => json!(given.as_object().map(|map| map.values().collect::<Vec<_>>()).unwrap_or_default()),
        "then" => argument(usize::from(!to_boolean(&given, &what)?))?,
        "string" if given.is_boolean() && arguments.len() == 2 => argument(usize::from(given != json!(true)))?,
        "string" | "c" => match given {
            Value::Bool(boolean) => json!(boolean.to_string()),
            _ => json!(text()?),
        },
        "is_string" => json!(given.is_string()),
        "is_number" => json!(given.is_number()),
        "is_boolean" => json!(given.is_boolean()),
        _ => return Err(Failure::Other(format!("the sandbox does not know [?{name}]"))),
    })
}

/// A value as text. Neither truth values nor lists have one, as in FreeMarker.
fn to_text(value: &Value, what: &str) -> Outcome<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        // Whole numbers have no point.
        Value::Number(number) => Ok(match number.as_f64() {
            Some(float) if number.as_i64().is_none() => float.to_string(),
            _ => number.to_string(),
        }),
        _ => Err(Failure::Other(format!("[{what}] is not text"))),
    }
}

fn to_boolean(value: &Value, what: &str) -> Outcome<bool> {
    value.as_bool().ok_or_else(|| Failure::Other(format!("[{what}] is neither true nor false")))
}

fn to_number(value: &Value, what: &str) -> Outcome<f64> {
    value.as_f64().ok_or_else(|| Failure::Other(format!("[{what}] is no number")))
}
