//! Asking a person before a call that cannot be undone.

pub mod target_names;

use std::{fmt::Write, time::SystemTime};

use futures_util::future::BoxFuture;
use openapi_tools::model::operation::{Condition, Irreversible, Operation};
use serde_json::{Value, json};

use crate::{
    call::{arguments::Arguments, targets::Targets},
    composite::Unconfirmed,
    principal::Principal,
    redact::first_characters,
    text::shorten::shortened,
    trace::Trace,
    transport::Request,
};

/// Before which calls a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// None.
    Off,
    /// Those that destroy something for good.
    Irreversible,
    /// All that change something.
    Writes,
}

/// What the operator wants to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Before which calls a person is asked.
    pub level: Level,
    /// Whether a call is refused where nobody can be asked. Otherwise it is carried out unasked.
    pub is_required: bool,
}

impl Policy {
    /// Whether a person is to be asked before this call.
    pub fn asks_before(&self, operation: &Operation, arguments: &Arguments) -> bool {
        match self.level {
            Level::Off => false,
            Level::Irreversible => lost(operation, arguments).is_some(),
            Level::Writes => !operation.effect.read_only,
        }
    }
}

/// What a call with these arguments destroys for good, where it does.
pub fn lost(operation: &Operation, arguments: &Arguments) -> Option<Irreversible> {
    let irreversible = operation.irreversible?;
    let Irreversible { when, unless, .. } = irreversible;
    // The API may read either place of an argument that has two: what destroys counts from one, what protects from all.
    let is_met =
        when.iter().all(|condition| values(arguments, condition.argument).any(|value| holds(condition, &value)));
    let is_prevented = unless.iter().any(|condition| {
        let mut values = values(arguments, condition.argument).peekable();
        values.peek().is_some() && values.all(|value| holds(condition, &value))
    });
    (is_met && !is_prevented).then_some(irreversible)
}

fn holds(condition: &Condition, value: &str) -> bool {
    value.trim().eq_ignore_ascii_case(condition.value)
}

/// What an argument is, wherever it stands.
fn values<'a>(arguments: &'a Arguments, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let parameters = arguments.parameters.iter().filter(move |(parameter, _)| parameter.wire_name == name);
    let in_body = arguments.body.iter().filter_map(move |body| match body.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    });
    parameters.flat_map(|(_, values)| values.iter().cloned()).chain(in_body)
}

/// Asks the person behind a call, and knows how the call came.
pub trait Confirm: Send + Sync {
    /// Whether [`confirm`](Self::confirm) shows its question to somebody. Otherwise nothing is read for it.
    fn shows_questions(&self) -> bool;

    /// When the question was asked that the caller answers with this call, where it does. What the person saw was made then,
    /// so relative times are those of that moment. The caller may claim anything: only [`confirm`](Self::confirm) finds out
    /// whether the question was asked.
    fn asked_at(&self) -> Option<SystemTime> {
        None
    }

    /// What the call is a part of, where somebody keeps track of it.
    fn trace(&self) -> Option<&Trace> {
        None
    }

    /// Asks, and waits for the answer where that is how this client is asked.
    ///
    /// # Errors
    /// The call must not be carried out, or not yet.
    fn confirm<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<(), Unconfirmed>>;
}

/// For callers that have nobody to ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct NobodyToAsk;

impl Confirm for NobodyToAsk {
    fn shows_questions(&self) -> bool {
        false
    }

    fn confirm<'a>(&'a self, _question: &'a Question) -> BoxFuture<'a, Result<(), Unconfirmed>> {
        Box::pin(std::future::ready(Err(Unconfirmed::Unavailable { setting: None })))
    }
}

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question, in a few lines of plain text.
    pub message: String,
    /// Everything that the answer holds for: caller, tool, arguments and message. It is as long as the arguments.
    pub binding: String,
    /// When it was asked first, which is what its relative times are relative to.
    pub asked_at: SystemTime,
}

/// The longest body that is shown to a person, in characters.
const MAX_BODY: usize = 600;

impl Question {
    /// The question about a call of `operation`. `request` is the request that it would send, and `shown` the same without
    /// secrets; `asked_at` is what its relative times are relative to; `names` are what the targets are called, by argument.
    pub fn new(
        principal: &Principal,
        operation: &Operation,
        arguments: &Arguments,
        request: &Request,
        shown: &Request,
        asked_at: SystemTime,
        names: &[(String, String)],
    ) -> Self {
        let method = request.method.as_str();
        let mut message = format!("Call {}? It sends {method} {}", operation.name, shortened(&shown.target));
        for (argument, ids) in Targets::of(arguments).iter() {
            let name = names.iter().find(|(named, _)| named == argument).map(|(_, name)| format!("{name:?}, "));
            let first: Vec<_> = ids.first.iter().take(3).map(String::as_str).collect();
            let more =
                if ids.count > first.len() { format!(" and {} more", ids.count - first.len()) } else { String::new() };
            // Writing to a String does not fail.
            let _ = write!(message, "\n{argument}: {}{}{more}", name.unwrap_or_default(), first.join(", "));
        }
        if let Some((_, body)) = &shown.body {
            let body = String::from_utf8_lossy(body);
            let start = first_characters(&body, MAX_BODY);
            let rest = if start.len() < body.len() { "…" } else { "" };
            let _ = write!(message, "\nBody: {start}{rest}");
        }
        match lost(operation, arguments) {
            Some(Irreversible { lost: Some(lost), .. }) => {
                let _ = write!(message, "\nLost for good: {lost}.");
            }
            Some(_) => message.push_str("\nThis cannot be undone."),
            None => {}
        }
        let body = request.body.as_ref().map(|(media_type, body)| (media_type, String::from_utf8_lossy(body)));
        let binding =
            json!([principal.name(), operation.name, method, request.target, request.headers, body, message,]);
        Self { message, binding: binding.to_string(), asked_at }
    }
}

#[cfg(test)]
mod tests {
    use openapi_tools::model::operation::{Location, Parameter, Style};
    use openapi_tools::model::schema::Schema;

    use super::*;

    static HARD: Parameter = Parameter {
        name: "hard",
        former_name: None,
        wire_name: "hardDelete",
        location: Location::Query,
        prefix: None,
        required: false,
        description: None,
        is_common: false,
        style: Style::of(Location::Query),
        schema: Schema::boolean(),
    };
    static DRY: Parameter = Parameter { name: "dry", wire_name: "dryRun", ..HARD };

    fn arguments(parameters: &[(&'static Parameter, &str)], body: Option<Value>) -> Arguments {
        let parameters =
            parameters.iter().map(|(parameter, value)| (*parameter, vec![(*value).to_owned()].into())).collect();
        Arguments { parameters, body, filter: None, notes: Vec::new() }
    }

    #[test]
    fn arguments_decide_wherever_they_stand() {
        let operation = Operation {
            name: "deletePets",
            former_name: None,
            title: None,
            description: None,
            area: "pet",
            method: openapi_tools::model::operation::Method::Delete,
            path: &[],
            fixed_query: None,
            server: None,
            bucket: None,
            parameters: &[],
            body: None,
            answer: None,
            failure: None,
            statuses: &[],
            security: &[],
            tenant_scoped: false,
            effect: openapi_tools::model::operation::Effect { read_only: false, destructive: true, idempotent: true },
            irreversible: Some(Irreversible {
                lost: Some("the pets"),
                when: &[Condition { argument: "hardDelete", value: "true" }],
                unless: &[Condition { argument: "dryRun", value: "true" }],
            }),
            deprecated: false,
            licensed: false,
            asynchronous: false,
            download: None,
            wishes: &[],
        };
        let is_lost = |parameters: &[_], body| lost(&operation, &arguments(parameters, body)).is_some();
        assert!(is_lost(&[(&HARD, "true")], None));
        assert!(is_lost(&[], Some(json!({ "hardDelete": true }))));
        assert!(is_lost(&[(&HARD, "false")], Some(json!({ "hardDelete": "true" }))));
        assert!(is_lost(&[(&HARD, "true"), (&DRY, "true")], Some(json!({ "dryRun": false }))));
        assert!(!is_lost(&[], None));
        assert!(!is_lost(&[(&HARD, "false")], Some(json!({ "hardDelete": null }))));
        assert!(!is_lost(&[(&HARD, "true"), (&DRY, "true")], None));
        assert!(!is_lost(&[], Some(json!({ "hardDelete": true, "dryRun": true }))));
    }
}
