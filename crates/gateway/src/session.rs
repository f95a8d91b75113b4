//! One caller with the tools that it may use. Everything that reaches an upstream goes through here.

use std::{
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use futures_util::future::BoxFuture;
use openapi_tools::{
    describe::view::View,
    model::{document::Document, operation::Operation},
};
use serde_json::Value;

use crate::{
    answer::Answer,
    call::{
        arguments::{self, Arguments, JsonObject, policy::Policy},
        explain,
        request::{self, Tenant},
        response,
    },
    composite::{ExchangeError, Memory, OnProgress, Question, Redaction, Upstream},
    credentials,
    describe::{self, check_names},
    find::Index,
    off_thread,
    principal::Principal,
    source::Source,
    tool::Tool,
    toolset::{CALL, Callable, DESCRIBE, FIND, Mode, OfferedComposite, Toolset, Unknown},
    transport::queue::Place,
};

/// Limits of answers, the same for all sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLimits {
    /// The longest answer, in tokens (o200k). What is longer is cut.
    pub max_tokens: usize,
}

/// A caller with its tools.
pub struct Session {
    principal: Arc<Principal>,
    toolset: Arc<Toolset>,
    limits: AnswerLimits,
    index: OnceLock<Index>,
    memory: Memory,
}

impl Session {
    /// A session of `principal` that offers `toolset`.
    pub fn new(principal: Arc<Principal>, toolset: Arc<Toolset>, limits: AnswerLimits) -> Self {
        Self { principal, toolset, limits, index: OnceLock::new(), memory: Memory::default() }
    }

    /// What this session offers.
    pub fn toolset(&self) -> &Toolset {
        &self.toolset
    }

    /// Calls a tool. Whatever goes wrong with the call is an answer that says so.
    ///
    /// # Errors
    /// A name that is not offered.
    pub async fn call(&self, name: &str, arguments: JsonObject, progress: OnProgress<'_>) -> Result<Answer, Unknown> {
        let is_searching = self.toolset.presentation().mode == Mode::Search;
        match name {
            DESCRIBE => Ok(own_answer(describe::describe(&self.toolset, &arguments))),
            FIND if is_searching => Ok(own_answer(self.index().find(&self.toolset, &arguments))),
            CALL if is_searching => Ok(match self.inner_call(arguments) {
                Ok((callable, arguments)) => self.call_callable(&callable, arguments, progress).await,
                Err(error) => Answer::failure(error),
            }),
            name => {
                let callable = self.toolset.callable(name).ok_or_else(|| self.toolset.unknown(name))?;
                Ok(self.call_callable(&callable, arguments, progress).await)
            }
        }
    }

    /// The upstream of a composite that is offered, for a caller that makes of it something else than an answer.
    ///
    /// # Errors
    /// A name that is not offered.
    pub fn upstream_of(&self, composite: &str) -> Result<impl Upstream + '_, Unknown> {
        let offered = self.toolset.composite(composite).ok_or_else(|| self.toolset.unknown(composite))?;
        Ok(SourceSession { session: self, source: &offered.source })
    }

    /// Calls one operation for this process itself, as completion does. The answer is neither filtered nor cut.
    ///
    /// # Errors
    /// The operation is not offered, or there is no response.
    pub async fn ask(&self, name: &str, arguments: JsonObject) -> Result<Answer, ExchangeError> {
        let tool = self.toolset.tool(name).ok_or(ExchangeError::Forbidden("a tool that is not offered"))?;
        let checked = self.check(&tool.source, tool.view(), arguments)?;
        let sent = self.send(&tool.source, tool.operation, &checked, None, Redaction::Configured, as_it_is).await;
        sent.map(|(answer, _place)| answer)
    }

    /// Made at the first search.
    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.toolset))
    }

    /// The tool and the arguments of a call through [`CALL`].
    fn inner_call(&self, mut arguments: JsonObject) -> Result<(Callable, JsonObject), String> {
        check_names(&arguments, &["name", "arguments"]).map_err(|error| error.to_string())?;
        let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if name.is_empty() {
            return Err("name: missing; expected the name of a tool; find_tools finds it".to_owned());
        }
        let callable = self.toolset.callable(&name).ok_or_else(|| self.toolset.unknown(&name).to_string())?;
        let inner = arguments::object(arguments.remove("arguments").unwrap_or_default());
        Ok((callable, inner.map_err(|fault| format!("arguments: {fault}"))?))
    }

    fn check(&self, source: &Source, view: View<'_>, arguments: JsonObject) -> Result<Arguments, ExchangeError> {
        let policy = Policy {
            unknown_properties: source.unknown_properties,
            dialect: source.dialect,
            is_offered: &|operation| self.toolset.tool(operation.name).is_some(),
            now: SystemTime::now,
        };
        arguments::check(view, &policy, arguments).map_err(ExchangeError::Arguments)
    }

    async fn call_callable(&self, callable: &Callable, arguments: JsonObject, progress: OnProgress<'_>) -> Answer {
        match callable {
            Callable::Tool(tool) => self.call_tool(tool, arguments).await,
            Callable::Composite(OfferedComposite { source, composite }) => {
                tracing::info!(tool = composite.name(), "call");
                let upstream = SourceSession { session: self, source };
                composite.call(&upstream, arguments, progress).await
            }
        }
    }

    async fn call_tool(&self, tool: &Tool, arguments: JsonObject) -> Answer {
        tracing::info!(tool = tool.name(), "call");
        let (source, operation) = (&tool.source, tool.operation);
        let (max_tokens, setting) = (self.limits.max_tokens, source.settings.max_answer_tokens);
        let is_structured = self.toolset.presentation().is_structured;
        let finish = move |answer: Answer| {
            let answer = answer.cut_to(max_tokens, setting);
            if is_structured { answer.with_structured() } else { answer }
        };
        let answer = match self.check(source, tool.view(), arguments) {
            Err(error) => finish(explain::failed(operation, source, &error)),
            Ok(checked) => {
                let notes = checked.notes.clone();
                let finish = move |answer: Answer| finish(answer.with_notes(&notes));
                match &checked.filter {
                    // One step after the other, so that a long answer is not held while it waits for the next one.
                    None => self.send(source, operation, &checked, None, Redaction::Configured, finish).await,
                    Some(filter) => {
                        match self.send(source, operation, &checked, None, Redaction::Configured, as_it_is).await {
                            // The place is held until the answer is made.
                            Ok((answer, place)) => {
                                let answer = answer.filtered(filter).await;
                                Ok((off_thread::run(answer.size(), move || finish(answer)).await, place))
                            }
                            Err(error) => Err(error),
                        }
                    }
                }
                .map_or_else(|error| explain::failed(operation, source, &error), |(answer, _place)| answer)
            }
        };
        tracing::info!(tool = tool.name(), failed = answer.is_error, "answer");
        answer
    }

    /// Sends a request for checked arguments. `tenant_id` is asked in where it is not the bound one; `finish` is the last
    /// step of making the answer. The next call has its turn when the place is dropped.
    async fn send(
        &self,
        source: &Arc<Source>,
        operation: &'static Operation,
        arguments: &Arguments,
        tenant_id: Option<&str>,
        redaction: Redaction,
        finish: impl FnOnce(Answer) -> Answer + Send + 'static,
    ) -> Result<(Answer, Place), ExchangeError> {
        let authorization =
            credentials::authorize(source.document, operation, source.credentials.as_ref(), &self.principal).await?;
        let bound = source.tenant_id.as_deref().filter(|_| operation.tenant_scoped);
        let tenant = source.dialect.tenant_header.zip(bound.or(tenant_id));
        let request = request::build(operation, arguments, tenant.map(|(header, id)| Tenant { header, id }));
        let place = source.queue.place().await?;
        let response = source.transport.send(request, authorization, place.deadline).await?;
        let source = Arc::clone(source);
        let answer = off_thread::run(response.body.len(), move || {
            let redactor = match redaction {
                Redaction::Configured => &source.redactor,
                Redaction::Always => &source.strict_redactor,
            };
            let answer = response::answer(operation, &source, &response, redactor);
            drop(response);
            finish(answer)
        });
        Ok((answer.await, place))
    }
}

/// For answers that are neither filtered nor cut.
fn as_it_is(answer: Answer) -> Answer {
    answer
}

/// An answer of a tool that asks nothing of the upstream.
fn own_answer<E: ToString>(answer: Result<String, E>) -> Answer {
    answer.map_or_else(|error| Answer::failure(error.to_string()), Answer::text)
}

/// A session as a composite of one source sees it.
struct SourceSession<'a> {
    session: &'a Session,
    source: &'a Arc<Source>,
}

impl Upstream for SourceSession<'_> {
    fn document(&self) -> &'static Document {
        self.source.document
    }

    fn tenant_id(&self) -> Option<&str> {
        self.source.tenant_id.as_deref()
    }

    fn max_answer_tokens(&self) -> usize {
        self.session.limits.max_tokens
    }

    fn memory(&self) -> &Memory {
        &self.session.memory
    }

    fn exchange<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Answer, ExchangeError>> {
        Box::pin(async move {
            let Question { operation, arguments, tenant_id, redaction } = question;
            if !self.session.toolset.allows(operation) {
                return Err(ExchangeError::Forbidden(operation.name));
            }
            let view = View::new(self.source.document, operation);
            let checked = self.session.check(self.source, view, arguments)?;
            let sent = self.session.send(self.source, operation, &checked, tenant_id, redaction, as_it_is).await;
            sent.map(|(answer, _place)| answer)
        })
    }

    fn explain(&self, operation: &Operation, error: &ExchangeError) -> Answer {
        explain::failed(operation, self.source, error)
    }
}
