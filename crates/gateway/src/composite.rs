//! Tools that make several calls, such as an export.

use std::{
    any::Any,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::BoxFuture;
use openapi_tools::model::{document::Document, operation::Operation};
use serde_json::{Map, Value};

use crate::{
    answer::Answer,
    call::arguments::{JsonObject, report::ArgumentFault},
    downloads::DownloadError,
    redact::DigestKey,
    transport::Failure,
};

/// A tool that makes several calls.
pub trait Composite: Send + Sync {
    /// The tool's name.
    fn name(&self) -> &'static str;

    /// A few words for people.
    fn title(&self) -> &'static str;

    /// What it does, for a model that chooses among tools.
    fn description(&self) -> &'static str;

    /// What people say when they want it. It is found by these phrases; nobody reads them.
    fn wishes(&self) -> &'static [&'static str];

    /// The JSON Schema (2020-12) of its arguments, a plain `object`.
    fn input_schema(&self) -> Map<String, Value>;

    /// The operations that it calls, by name. All of them only read.
    fn reads(&self) -> &'static [&'static str];

    /// Makes the calls.
    fn call<'a>(
        &'a self,
        upstream: &'a dyn Upstream,
        arguments: JsonObject,
        progress: OnProgress<'a>,
    ) -> BoxFuture<'a, Answer>;
}

/// The upstream as a composite reaches it: through the session, with all of its checks.
pub trait Upstream: Send + Sync {
    /// The document that the operations come from.
    fn document(&self) -> &'static Document;

    /// The tenant that every call is for, where one is bound.
    fn tenant_id(&self) -> Option<&str>;

    /// The longest answer that the session gives, in tokens (o200k).
    fn max_answer_tokens(&self) -> usize;

    /// What this session's composites keep from one call to the next.
    fn memory(&self) -> &Memory;

    /// Makes one call. The answer is neither filtered nor cut. Where a tenant is bound, it has no object of another one.
    ///
    /// # Errors
    /// Why there is no response. Any HTTP status is an answer.
    fn exchange<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Answer, ExchangeError>>;

    /// Whether one of our own credentials stands in the text: a short one as a whole token.
    fn holds_credential(&self, text: &str) -> bool;

    /// The answer to a call that got no response, with what to do about it.
    fn explain(&self, operation: &Operation, error: &ExchangeError) -> Answer;
}

/// One call of an operation.
#[derive(Debug)]
pub struct Question<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// Its arguments.
    pub arguments: JsonObject,
    /// The tenant to ask in, where it is not the session's.
    pub tenant_id: Option<&'a str>,
    /// How secrets in the answer are treated.
    pub redaction: Redaction,
}

/// How secrets in an answer are treated.
#[derive(Debug, Clone)]
pub enum Redaction {
    /// As the operator chose.
    Configured,
    /// Hidden whatever the operator chose.
    Always,
    /// Hidden whatever the operator chose, but for our own credentials, which [`Upstream::holds_credential`] finds in
    /// what is made of the answers: one that is a part of an id would change the id.
    ForFiles,
    /// As [`Self::ForFiles`], with the digest of each secret in its place.
    Digested(DigestKey),
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The session may not call this operation.
    #[error("this session may not call {0}")]
    Forbidden(&'static str),
    /// The arguments were refused, so nothing was sent.
    #[error("{} wrong arguments", .0.len())]
    Arguments(Vec<ArgumentFault>),
    /// A person has not confirmed the call, so nothing was sent.
    #[error(transparent)]
    Unconfirmed(#[from] Unconfirmed),
    /// A secret could not be made or kept, so nothing was sent.
    #[error("{0}")]
    SecretsFile(String),
    /// The file that the answer is cannot be written, so nothing was sent.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// Nothing came back.
    #[error(transparent)]
    Transport(#[from] Failure),
}

/// Why a call that a person has to confirm is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unconfirmed {
    /// The person is being asked. The client makes the same call again with the answer.
    #[error("a person is asked first")]
    Asked,
    /// The person does not want it.
    #[error("the person who was asked declined")]
    Declined,
    /// The person has not decided.
    #[error("the person who was asked did not decide")]
    Cancelled,
    /// Nobody can be asked.
    #[error("nobody can be asked")]
    Unavailable {
        /// The setting that wants somebody to be asked, where that is known.
        setting: Option<&'static str>,
    },
    /// What was confirmed is not this call, or not any more.
    #[error("the confirmation is not valid: {0}")]
    Invalid(&'static str),
}

/// How far a composite is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// What was done last, for a person.
    pub what: &'static str,
}

/// Called after each step.
pub type OnProgress<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// For callers that show no progress.
pub fn no_progress(_progress: Progress) {}

/// What composites keep from one call to the next, by the composite's name: for example an export of which the client
/// has asked for the first part only. Each session has its own.
#[derive(Default)]
pub struct Memory(Mutex<BTreeMap<&'static str, Arc<dyn Any + Send + Sync>>>);

impl Memory {
    /// What was kept last under that name.
    pub fn get<T: Any + Send + Sync>(&self, name: &str) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()?;
        kept.downcast().ok()
    }

    /// Keeps a value in the place of the last one of that name.
    pub fn keep<T: Any + Send + Sync>(&self, name: &'static str, value: Arc<T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, value);
    }
}
