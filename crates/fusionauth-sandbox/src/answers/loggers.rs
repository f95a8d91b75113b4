//! The levels of loggers.

use serde_json::json;

use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{Object, set, text},
};

/// Where the levels that were set are kept. The ids are the loggers' names.
const LOGGERS: &str = "logger";

/// Answers calls about loggers.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match (call.api_path()?, call.method) {
        ("logger", Method::Post) => Some(set_level(call)),
        ("logger", _) => Some(Ok(level(call))),
        _ => None,
    }
}

fn set_level(call: &mut Call<'_>) -> Answer {
    let (name, level) = (call.body_text("name"), call.body_text("level"));
    for (property, value) in [("name", &name), ("level", &level)] {
        if value.is_empty() {
            return Err(Response::blank(property));
        }
    }
    let mut logger = Object::new();
    set(&mut logger, "id", name.as_str());
    set(&mut logger, "level", level.as_str());
    call.state.put(LOGGERS, logger);
    Ok(Response::ok(json!({ "name": name, "level": level })))
}

fn level(call: &Call<'_>) -> Response {
    let name = call.query_value("name").unwrap_or_default();
    let level = call.state.get(LOGGERS, &name).map_or("info", |logger| text(logger, "level"));
    Response::ok(json!({ "name": name, "level": level }))
}
