//! One caller with the tools that it may use. Everything that reaches an upstream goes through here.

mod exchange;
mod long_url;
mod request_log;

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

use self::exchange::Exchange;
use crate::{
    answer::Answer,
    audit::{CallEvent, Recording, error_word},
    brief::{Briefness, brief},
    call::{
        arguments::{self, Arguments, JsonObject, policy::Policy},
        explain,
        targets::Targets,
    },
    composite::{ExchangeError, Memory, OnProgress, Question, Redaction, Upstream},
    confirmation::Confirm,
    describe::{self, check_names},
    downloads::Downloads,
    filter::pool::Filters,
    filtering::filtered,
    find::Index,
    off_thread,
    principal::Principal,
    safety::Safety,
    source::Source,
    text::shorten::shortened,
    tool::Tool,
    toolset::{CALL, Callable, DESCRIBE, FIND, Mode, OfferedComposite, Toolset, Unknown},
};

/// Limits of answers, the same for all sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLimits {
    /// The longest answer, in tokens (o200k). What is longer is cut.
    pub max_tokens: usize,
    /// What may be left out where the caller asked for no part.
    pub briefness: Briefness,
}

/// A caller with its tools.
pub struct Session {
    principal: Arc<Principal>,
    toolset: Arc<Toolset>,
    limits: AnswerLimits,
    safety: Safety,
    downloads: Downloads,
    filters: Arc<Filters>,
    /// Made at the first search.
    index: Arc<OnceLock<Index>>,
    memory: Memory,
}

impl Session {
    /// A session of `principal` that offers `toolset`.
    pub fn new(principal: Arc<Principal>, toolset: Arc<Toolset>, limits: AnswerLimits) -> Self {
        let (index, memory) = (Arc::default(), Memory::default());
        let (safety, downloads) = (Safety::default(), Downloads::default());
        let filters = Arc::default();
        Self { principal, toolset, limits, safety, downloads, filters, index, memory }
    }

    /// The same with a folder for answers that are files.
    pub fn with_downloads(self, downloads: Downloads) -> Self {
        Self { downloads, ..self }
    }

    /// The same with what the operator chose to keep an assistant from doing harm.
    pub fn with_safety(self, safety: Safety) -> Self {
        Self { safety, ..self }
    }

    /// A session of another caller, who may use less. It shares what is made once, and remembers nothing of this one.
    #[must_use]
    pub fn narrowed(&self, toolset: Toolset) -> Self {
        Self { toolset: Arc::new(toolset), index: Arc::default(), ..self.of(Arc::clone(&self.principal)) }
    }

    /// A session of another caller with the same tools. It shares what is made once, and remembers nothing of this one.
    #[must_use]
    pub fn of(&self, principal: Arc<Principal>) -> Self {
        Self {
            principal,
            toolset: Arc::clone(&self.toolset),
            limits: self.limits,
            safety: self.safety.clone(),
            downloads: self.downloads.clone(),
            filters: Arc::clone(&self.filters),
            index: Arc::clone(&self.index),
            memory: Memory::default(),
        }
    }

    /// What keeps an assistant from doing harm.
    pub fn safety(&self) -> &Safety {
        &self.safety
    }

    /// What this session offers.
    pub fn toolset(&self) -> &Toolset {
        &self.toolset
    }

    /// Calls a tool. Whatever goes wrong with the call is an answer that says so. `confirm` asks the person behind the call
    /// where one has to confirm it.
    ///
    /// # Errors
    /// A name that is not offered.
    pub async fn call(
        &self,
        name: &str,
        arguments: JsonObject,
        progress: OnProgress<'_>,
        confirm: &dyn Confirm,
    ) -> Result<Answer, Unknown> {
        let recording = self.safety.audit.clone().map(|audit| {
            let (caller, tool) = (self.principal.name().to_owned(), shortened(name).into_owned());
            Recording::start(audit, caller, tool, confirm.trace().map(|trace| trace.request_id.clone()))
        });
        let now = confirm.asked_at().unwrap_or_else(SystemTime::now);
        let call = Call { progress, confirm, recording: recording.as_ref(), now };
        let answered = self.dispatch(name, arguments, &call).await.map(Answer::with_first_line);
        if let Some(recording) = recording {
            match &answered {
                Ok(answer) => recording.finish(answer).await,
                Err(unknown) => {
                    recording.note(|event| event.error = Some("unknown_tool"));
                    recording.finish(&Answer::failure(unknown.to_string())).await;
                }
            }
        }
        answered
    }

    async fn dispatch(&self, name: &str, arguments: JsonObject, call: &Call<'_>) -> Result<Answer, Unknown> {
        let is_searching = self.toolset.presentation().mode == Mode::Search;
        match name {
            DESCRIBE => {
                let settings = |tool: &Tool, words: &str| self.index().settings(tool, words);
                Ok(own_answer(describe::describe(&self.toolset, &arguments, &settings)))
            }
            FIND if is_searching => Ok(own_answer(self.index().find(&self.toolset, &arguments))),
            CALL if is_searching => Ok(match self.inner_call(arguments) {
                Ok((callable, arguments)) => self.call_callable(&callable, arguments, call).await,
                Err(error) => Answer::failure(error),
            }),
            name => {
                let callable = self.toolset.callable(name).ok_or_else(|| self.toolset.unknown(name))?;
                Ok(self.call_callable(&callable, arguments, call).await)
            }
        }
    }

    /// The upstream of a composite that is offered, for a caller that makes of it something else than an answer.
    ///
    /// # Errors
    /// A name that is not offered.
    pub fn upstream_of(&self, composite: &str) -> Result<impl Upstream + '_, Unknown> {
        let offered = self.toolset.composite(composite).ok_or_else(|| self.toolset.unknown(composite))?;
        Ok(SourceSession { session: self, source: &offered.source, call: None })
    }

    /// An upstream that may call these operations of one source, for a caller that is no composite.
    ///
    /// # Errors
    /// One of them is switched off by the operator, or no source has it.
    pub fn upstream_for(&self, operations: &[&str]) -> Result<impl Upstream + '_, Unknown> {
        let has_all = |source: &&Arc<Source>| operations.iter().all(|name| source.document.operation(name).is_some());
        let source = self.toolset.sources().iter().find(has_all);
        let source = source.ok_or_else(|| self.toolset.unknown(operations.first().copied().unwrap_or_default()))?;
        let known = operations.iter().filter_map(|name| source.document.operation(name));
        match known.into_iter().find(|operation| !self.toolset.allows(source.document, operation)) {
            Some(operation) => Err(self.toolset.unknown(operation.name)),
            None => Ok(SourceSession { session: self, source, call: None }),
        }
    }

    /// Calls one operation for this process itself, as completion does. The answer is neither filtered nor cut.
    ///
    /// # Errors
    /// The operation is not offered, or there is no response.
    pub async fn ask(&self, name: &str, arguments: JsonObject) -> Result<Answer, ExchangeError> {
        let tool = self.toolset.tool(name).ok_or(ExchangeError::Forbidden("a tool that is not offered"))?;
        let now = SystemTime::now();
        let checked = self.check(&tool.source, tool.view(), arguments, now)?;
        let checked = within_tenant(&tool.source, tool.operation, checked)?;
        let exchange = self.exchange(&tool.source, None, now);
        let finish = confined(&tool.source, tool.operation);
        let sent = exchange.send(tool.operation, &checked, None, Redaction::Configured, finish).await;
        sent.map(|(answer, _turn)| answer)
    }

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

    fn check(
        &self,
        source: &Source,
        view: View<'_>,
        arguments: JsonObject,
        now: SystemTime,
    ) -> Result<Arguments, ExchangeError> {
        let policy = Policy {
            unknown_properties: source.unknown_properties,
            dialect: source.dialect,
            is_offered: &|operation| self.toolset.tool(operation.name).is_some(),
            now,
        };
        arguments::check(view, &policy, arguments).map_err(ExchangeError::Arguments)
    }

    async fn call_callable(&self, callable: &Callable, arguments: JsonObject, call: &Call<'_>) -> Answer {
        match callable {
            Callable::Tool(tool) => self.call_tool(tool, arguments, call).await,
            Callable::Composite(OfferedComposite { source, composite }) => {
                tracing::info!(tool = composite.name(), "call");
                call.note(|event| composite.name().clone_into(&mut event.tool));
                let upstream = SourceSession { session: self, source, call: Some(call) };
                composite.call(&upstream, arguments, call.progress).await
            }
        }
    }

    async fn call_tool(&self, tool: &Tool, arguments: JsonObject, call: &Call<'_>) -> Answer {
        tracing::info!(tool = tool.name(), "call");
        call.note(|event| tool.name().clone_into(&mut event.tool));
        let (source, operation) = (&tool.source, tool.operation);
        let (max_tokens, setting) = (self.limits.max_tokens, source.settings.max_answer_tokens);
        let is_structured = self.toolset.presentation().is_structured;
        let finish = move |answer: Answer| {
            let answer = answer.cut_to(max_tokens, setting);
            if is_structured { answer.with_structured() } else { answer }
        };
        let failed = |error: &ExchangeError| {
            call.note(|event| event.error = Some(error_word(error)));
            explain::failed(operation, source, error)
        };
        let checked = self.check(source, tool.view(), arguments, call.now);
        let answer = match checked.and_then(|checked| within_tenant(source, operation, checked)) {
            Err(error) => finish(failed(&error)),
            Ok(checked) => {
                call.note(|event| event.targets = Targets::of(&checked));
                let exchange = self.exchange(source, Some(call), call.now);
                let notes = checked.notes.clone();
                let finish = move |answer: Answer| finish(answer.with_notes(&notes));
                let confined = confined(source, operation);
                match &checked.filter {
                    // One step after the other, so that a long answer is not held while it waits for the next one.
                    None => {
                        let (source, briefness) = (Arc::clone(source), self.limits.briefness);
                        let sent = checked.body.clone();
                        let finish =
                            move |answer| finish(brief(confined(answer), operation, &source, sent.as_ref(), briefness));
                        exchange.send(operation, &checked, None, Redaction::Configured, finish).await
                    }
                    Some(filter) => {
                        match exchange.send(operation, &checked, None, Redaction::Configured, confined).await {
                            // The turn is held until the answer is made.
                            Ok((answer, turn)) => {
                                let answer = filtered(answer, filter, &self.filters, source, operation).await;
                                Ok((off_thread::run(answer.size(), move || finish(answer)).await, turn))
                            }
                            Err(error) => Err(error),
                        }
                    }
                }
                .map_or_else(|error| failed(&error), |(answer, _turn)| answer)
            }
        };
        tracing::info!(tool = tool.name(), failed = answer.is_error, "answer");
        answer
    }

    fn exchange<'a>(&'a self, source: &'a Arc<Source>, call: Option<&'a Call<'a>>, now: SystemTime) -> Exchange<'a> {
        Exchange {
            principal: &self.principal,
            toolset: &self.toolset,
            source,
            safety: &self.safety,
            downloads: &self.downloads,
            confirm: call.map(|call| call.confirm),
            recording: call.and_then(|call| call.recording),
            now,
            long_url: OnceLock::new(),
        }
    }
}

/// What belongs to one call of a client.
struct Call<'a> {
    progress: OnProgress<'a>,
    confirm: &'a dyn Confirm,
    recording: Option<&'a Recording>,
    /// What relative times in the arguments are relative to.
    now: SystemTime,
}

impl Call<'_> {
    fn note(&self, note: impl FnOnce(&mut CallEvent)) {
        if let Some(recording) = self.recording {
            recording.note(note);
        }
    }
}

/// The arguments, unless they leave the tenant that the server is for.
fn within_tenant(source: &Source, operation: &Operation, mut checked: Arguments) -> Result<Arguments, ExchangeError> {
    let Some(tenant) = source.confinement() else { return Ok(checked) };
    let faults = tenant.faults(operation, &checked);
    if !faults.is_empty() {
        return Err(ExchangeError::Arguments(faults));
    }
    tenant.fill(source.document, operation, &mut checked);
    Ok(checked)
}

/// Keeps an answer to the tenant that the server is for.
fn confined(source: &Arc<Source>, operation: &'static Operation) -> impl FnOnce(Answer) -> Answer + Send + use<> {
    let source = Arc::clone(source);
    move |answer| match source.confinement() {
        Some(tenant) => tenant.confined(answer, operation),
        None => answer,
    }
}

/// An answer of a tool that asks nothing of the upstream.
fn own_answer<E: ToString>(answer: Result<String, E>) -> Answer {
    answer.map_or_else(|error| Answer::failure(error.to_string()), Answer::text)
}

/// A session as a composite of one source sees it.
struct SourceSession<'a> {
    session: &'a Session,
    source: &'a Arc<Source>,
    /// The call that the composite carries out. Without one, nothing may be changed: nobody could be asked.
    call: Option<&'a Call<'a>>,
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
            if !self.session.toolset.allows(self.source.document, operation) {
                return Err(ExchangeError::Forbidden(operation.name));
            }
            let view = View::new(self.source.document, operation);
            let now = self.call.map_or_else(SystemTime::now, |call| call.now);
            let checked = self.session.check(self.source, view, arguments, now)?;
            let checked = within_tenant(self.source, operation, checked)?;
            let exchange = self.session.exchange(self.source, self.call, now);
            let confined = confined(self.source, operation);
            let sent = exchange.send(operation, &checked, tenant_id, redaction, confined).await;
            sent.map(|(answer, _turn)| answer)
        })
    }

    fn holds_credential(&self, text: &str) -> bool {
        self.source.redactor.holds_own(text)
    }

    fn explain(&self, operation: &Operation, error: &ExchangeError) -> Answer {
        explain::failed(operation, self.source, error)
    }
}
