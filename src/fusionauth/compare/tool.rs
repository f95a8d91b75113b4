//! The comparison as a tool. It takes names, never paths: the operator says what each stands for.

use std::{collections::BTreeMap, path::PathBuf};

use futures_util::future::BoxFuture;
use gateway::{
    answer::{Answer, Body},
    call::arguments::JsonObject,
    composite::{Composite, OnProgress, Upstream},
    redact::one_line,
    text::{nearest::did_you_mean, numerals::thousands, shorten::shortened},
};
use serde_json::{Map, Value, json};

use super::{
    comparison::Comparison,
    open::{OpenError, Opener, Target},
    scope::{ScopeError, narrow},
};
use crate::{
    config::{
        comparisons::{CURRENT, SANDBOX},
        settings::COMPARE_WITH,
    },
    fusionauth::export::snapshot::families::OPERATIONS,
};

/// The tool's name.
pub const NAME: &str = "compareConfiguration";

/// The tokens that are kept free for the line that says what was cut.
const RESERVED_TOKENS: usize = 100;

const ARGUMENTS: [&str; 4] = ["a", "b", "application", "tenant"];

/// What people say when they want a comparison.
const WISHES: &[&str] = &[
    "what differs between dev and prod",
    "compare two instances",
    "configuration drift",
    "is staging configured as production",
    "what changed since the snapshot",
];

/// Compares the instance with what the operator named.
pub struct ComparisonTool {
    named: BTreeMap<String, PathBuf>,
}

impl ComparisonTool {
    /// The tool, where the operator named anything.
    pub fn new(named: BTreeMap<String, PathBuf>) -> Option<Self> {
        (!named.is_empty()).then_some(Self { named })
    }

    /// What may be compared.
    fn names(&self) -> impl Iterator<Item = &str> {
        [CURRENT, SANDBOX].into_iter().chain(self.named.keys().map(String::as_str))
    }

    async fn compare(
        &self,
        upstream: &dyn Upstream,
        arguments: &JsonObject,
        progress: OnProgress<'_>,
    ) -> Result<Comparison, ToolError> {
        if let Some(name) = arguments.keys().find(|name| !ARGUMENTS.contains(&name.as_str())) {
            let hint = did_you_mean(name, ARGUMENTS);
            let name = shortened(name).into_owned();
            return Err(ToolError::UnknownArgument { name, hint, known: ARGUMENTS.join(", ") });
        }
        let (application, tenant) = (text(arguments, "application")?, text(arguments, "tenant")?);
        let a = self.target("a", text(arguments, "a")?.unwrap_or(CURRENT))?;
        let b = self.target("b", text(arguments, "b")?.ok_or_else(|| self.no_target("b", ""))?)?;
        let opener = Opener { current: upstream, digest_key: None, progress };
        let (a, b) = opener.open_both((a.0, &a.1), (b.0, &b.1)).await?;
        let (a, b) = narrow(a, b, application, tenant)?;
        Ok(Comparison::of(&a, &b))
    }

    /// What a name stands for.
    fn target(&self, argument: &'static str, name: &str) -> Result<(&str, Target), ToolError> {
        match name {
            CURRENT => Ok((CURRENT, Target::Current)),
            SANDBOX => Ok((SANDBOX, Target::Sandbox)),
            name => match self.named.get_key_value(name) {
                Some((name, path)) => Ok((name, Target::File(path.clone()))),
                None => Err(self.no_target(argument, name)),
            },
        }
    }

    fn no_target(&self, argument: &'static str, name: &str) -> ToolError {
        let known: Vec<&str> = self.names().collect();
        ToolError::Name {
            argument,
            name: shortened(name).into_owned(),
            hint: did_you_mean(name, known.iter().copied()),
            known: known.join(", "),
        }
    }
}

impl Composite for ComparisonTool {
    fn name(&self) -> &'static str {
        NAME
    }

    fn title(&self) -> &'static str {
        "Compare configurations"
    }

    fn description(&self) -> &'static str {
        "Compares the configuration of two instances: what only one of them has, and what differs, property by property. \
         Secrets are never shown. Answers a report."
    }

    fn wishes(&self) -> &'static [&'static str] {
        WISHES
    }

    fn input_schema(&self) -> Map<String, Value> {
        let names: Vec<&str> = self.names().collect();
        let side = |description: &str| json!({ "type": "string", "enum": names, "description": description });
        let part = |description: &str| json!({ "type": "string", "description": description });
        let properties = json!({
            "a": side("What to compare; current is this instance (default), sandbox a simulation with sample data."),
            "b": side("What to compare it with."),
            "application": part("Only this application and all it refers to: name or id."),
            "tenant": part("Only this tenant and all it refers to: name or id."),
        });
        Map::from_iter([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), properties),
            ("required".to_owned(), json!(["b"])),
        ])
    }

    fn reads(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn call<'a>(
        &'a self,
        upstream: &'a dyn Upstream,
        arguments: JsonObject,
        progress: OnProgress<'a>,
    ) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            match self.compare(upstream, &arguments, progress).await {
                Ok(comparison) => answer(&comparison, upstream.max_answer_tokens()),
                // It may have names of objects in it.
                Err(error) => Answer::failure(one_line(&error.to_string())),
            }
        })
    }
}

/// The result, then as many lines of the report as there is room for.
fn answer(comparison: &Comparison, max_tokens: usize) -> Answer {
    let headline = comparison.result();
    let mut room = max_tokens.saturating_sub(RESERVED_TOKENS + o200k::count(&headline));
    let report = comparison.lists();
    let mut body = String::new();
    let mut lines = report.lines();
    while let Some(line) = lines.next() {
        // A line end is a token at most.
        let tokens = o200k::count(line) + 1;
        if tokens > room {
            let left = lines.count() + 1;
            body.push_str(&format!(
                "… and {} more lines. Compare one application or one tenant at a time to see them.\n",
                thousands(left)
            ));
            break;
        }
        room -= tokens;
        body.push_str(line);
        body.push('\n');
    }
    let body = if body.is_empty() { Body::Empty } else { Body::Text(body) };
    Answer { body, ..Answer::text(headline) }
}

fn text<'a>(arguments: &'a JsonObject, name: &'static str) -> Result<Option<&'a str>, ToolError> {
    match arguments.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        Some(_) => Err(ToolError::NotText(name)),
    }
}

/// Why a call of the tool has no answer.
#[derive(Debug, thiserror::Error)]
enum ToolError {
    #[error("{name}: unknown argument{hint} (this tool takes: {known})")]
    UnknownArgument { name: String, hint: String, known: String },
    #[error("{0}: expected a text")]
    NotText(&'static str),
    #[error(
        "{argument}: expected one of the names that {} gives and those that are always there ({known}), got {name:?}{hint}",
        COMPARE_WITH.label()
    )]
    Name { argument: &'static str, name: String, hint: String, known: String },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Scope(#[from] ScopeError),
}
