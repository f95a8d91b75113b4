//! Functions of dates and times. All times are UTC, local ones too: a filter does not know where it runs.

mod calendar;
mod reading;
mod writing;

use std::time::SystemTime;

use self::calendar::Broken;
use super::answer::{Answer, Function, error};
use crate::value::Value;

pub const FUNCTIONS: &[(&str, usize, Function)] = &[
    ("now", 0, |_, _| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Ok(Value::Number(since.as_secs_f64()))
    }),
    ("gmtime", 0, |input, _| broken(&input, "gmtime").map(|time| time.to_value())),
    ("localtime", 0, |input, _| broken(&input, "localtime").map(|time| time.to_value())),
    ("mktime", 0, |input, _| seconds(&input)),
    ("strftime", 1, |input, arguments| write(&input, arguments, "strftime")),
    ("strflocaltime", 1, |input, arguments| write(&input, arguments, "strflocaltime")),
    ("strptime", 1, |input, arguments| read(&input, arguments)),
];

/// The latest and earliest instants that have a date, in seconds.
const MAX_SECONDS: f64 = 67_767_976_233_532_799.0;

fn broken(input: &Value, name: &str) -> Result<Broken, Value> {
    let number = input.number().ok_or_else(|| error(format!("{name}() requires a number")))?;
    if number.is_nan() || number.abs() > MAX_SECONDS {
        return Err(error("error converting number of seconds since epoch to datetime"));
    }
    Ok(Broken::of(number))
}

fn seconds(input: &Value) -> Answer {
    if input.items().is_none() {
        return Err(error("mktime requires array inputs"));
    }
    let time = Broken::from_value(input).ok_or_else(|| error("mktime requires parsed datetime inputs"))?;
    Ok(Value::Number(time.seconds()))
}

fn write(input: &Value, arguments: &[Value], name: &str) -> Answer {
    let Some(format) = arguments.first().and_then(Value::text) else {
        return Err(error(format!("{name}/1 requires a string format")));
    };
    let time = match input {
        Value::Number(_) | Value::Literal(_) => Some(broken(input, name)?),
        input => Broken::from_value(input),
    };
    let time = time.ok_or_else(|| error(format!("{name}/1 requires parsed datetime inputs")))?;
    Ok(Value::string(writing::write(&time, format)))
}

fn read(input: &Value, arguments: &[Value]) -> Answer {
    let (Some(text), Some(format)) = (input.text(), arguments.first().and_then(Value::text)) else {
        return Err(error("strptime/1 requires string inputs and arguments"));
    };
    let time = reading::read(text, format);
    let time = time.ok_or_else(|| error(format!("date \"{text}\" does not match format \"{format}\"")))?;
    Ok(time.to_value())
}
