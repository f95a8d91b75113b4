//! One request to the upstream and its answer, with everything that stands before it: a dry run, a person who is asked,
//! secrets that are made up; and after it: secrets that are kept from the model.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::{Instant, SystemTime},
};

use openapi_tools::model::operation::{Download, Method, Operation, Segment};
use serde_json::Value;

use super::{long_url::LongUrl, request_log};
use crate::{
    answer::{Answer, Body, is_success},
    audit::Recording,
    authorization::Authorization,
    call::{
        arguments::{Arguments, report::ArgumentFault},
        request::{self, Tenant},
        response,
        targets::Targets,
    },
    changes,
    composite::{ExchangeError, Redaction, Unconfirmed},
    confirmation::{Confirm, Question, target_names},
    credentials,
    downloads::{self, Downloads},
    dry_run,
    generate::{self, Wanted},
    off_thread,
    principal::Principal,
    redact::REDACTED,
    safety::Safety,
    secret_places::Places,
    secrets_file::{NewSecret, SecretsFile},
    source::Source,
    toolset::Toolset,
    transport::{Failure, Response, queue::Place},
};

/// The header of the trace that a request is a part of (W3C, "Trace Context").
const TRACEPARENT: &str = "traceparent";

/// The way to one upstream for one call.
pub(super) struct Exchange<'a> {
    pub(super) principal: &'a Principal,
    pub(super) toolset: &'a Toolset,
    pub(super) source: &'a Arc<Source>,
    pub(super) safety: &'a Safety,
    pub(super) downloads: &'a Downloads,
    /// `None` where this process itself asks, which changes nothing.
    pub(super) confirm: Option<&'a dyn Confirm>,
    pub(super) recording: Option<&'a Recording>,
    /// What relative times in the arguments are relative to.
    pub(super) now: SystemTime,
    /// The URL of the request, where it may be too long.
    pub(super) long_url: OnceLock<LongUrl>,
}

impl Exchange<'_> {
    /// Sends a request for checked arguments. `tenant_id` is asked in where it is not the bound one; `finish` is the last
    /// step of making the answer. The next call has its turn when the place is dropped; a dry run takes none.
    pub(super) async fn send(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        tenant_id: Option<&str>,
        redaction: Redaction,
        finish: impl FnOnce(Answer) -> Answer + Send + 'static,
    ) -> Result<(Answer, Option<Place>), ExchangeError> {
        if operation.effect.read_only {
            let folder = operation.download.map(|_| self.downloads.folder()).transpose();
            let folder = folder.map_err(ExchangeError::Download)?;
            let (response, place) = self.respond(operation, arguments, tenant_id).await?;
            let answer = match (operation.download, folder) {
                (Some(download), Some(folder)) if is_success(response.status) => {
                    save(operation, download, folder.to_owned(), response, finish).await
                }
                _ => self.answer(operation, None, response, redaction, finish).await,
            };
            return Ok((answer, Some(place)));
        }
        let Some(confirm) = self.confirm else { return Err(ExchangeError::Forbidden(operation.name)) };
        let wanted = generate::wanted(self.source.document, operation, arguments).map_err(ExchangeError::Arguments)?;
        self.check_secrets(operation, &wanted)?;
        let tenant = self.tenant(operation, tenant_id);
        if self.safety.is_dry_run {
            self.note(|event| event.is_dry_run = true);
            return Ok((
                finish(dry_run::answer(self.source.document, operation, arguments, tenant, &self.source.redactor)),
                None,
            ));
        }
        if self.safety.confirmation.asks_before(operation, arguments) {
            self.confirm(operation, arguments, tenant_id, confirm).await?;
        }
        if wanted.is_empty() && !makes_objects(operation) {
            // No new secret can be in the answer.
            let (response, place) = self.respond(operation, arguments, tenant_id).await?;
            let sent = arguments.body.clone();
            return Ok((self.answer(operation, sent, response, redaction, finish).await, Some(place)));
        }
        let (answer, place) = self.make(operation, arguments, tenant_id, redaction, &wanted).await?;
        Ok((off_thread::run(answer.size(), move || finish(answer)).await, Some(place)))
    }

    /// Sends a request that may make secrets, and keeps these from the answer.
    async fn make(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        tenant_id: Option<&str>,
        redaction: Redaction,
        wanted: &[Wanted],
    ) -> Result<(Answer, Place), ExchangeError> {
        let values = generate::values(wanted).map_err(|error| ExchangeError::SecretsFile(error.to_string()))?;
        let object = Targets::of(arguments).iter().next().and_then(|(_, ids)| ids.first.first().cloned());
        let own = wanted.iter().zip(&values).map(|(wanted, value)| NewSecret {
            tool: operation.name,
            object: object.clone(),
            property: wanted.path.clone(),
            value: value.clone(),
        });
        // Where the call is given up on its way, or nobody knows whether it arrived, the values are kept.
        let mut pending = Pending { file: self.safety.secrets_file.as_deref(), secrets: own.collect() };
        let filled = generate::filled(arguments, wanted, &values);
        let (response, place) = self.respond(operation, &filled, tenant_id).await.inspect_err(|failure| {
            if !failure.may_have_arrived() {
                pending.secrets.clear();
            }
        })?;
        let is_success = is_success(response.status);
        // Where the operator has secrets shown and none written, the model is where they go.
        let is_shown = self.source.redactor.is_revealing() && self.safety.secrets_file.is_none();
        let source = Arc::clone(self.source);
        let sent = filled.body.clone();
        let made = self.answer_with(operation, sent, response, redaction, move |mut answer, response| {
            if !is_shown {
                hide(&mut answer, &values);
            }
            let new =
                if is_success { new_secrets(&source, operation, &filled, &response, &values) } else { Vec::new() };
            (answer, new)
        });
        let (mut answer, new) = made.await;
        if !is_success {
            pending.secrets.clear();
            return Ok((answer, place));
        }
        pending.add(new);
        if let Some(note) = self.kept(operation, &mut pending).filter(|_| !is_shown) {
            answer.headline = format!("{}; {note}", answer.headline.trim_end_matches('.'));
        }
        Ok((answer, place))
    }

    fn note(&self, note: impl FnOnce(&mut crate::audit::CallEvent)) {
        if let Some(recording) = self.recording {
            recording.note(note);
        }
    }

    fn tenant<'t>(&'t self, operation: &Operation, tenant_id: Option<&'t str>) -> Option<Tenant<'t>> {
        let bound = self.source.tenant_id.as_deref().filter(|_| operation.tenant_scoped);
        let tenant = self.source.dialect.tenant_header.zip(bound.or(tenant_id));
        tenant.map(|(header, id)| Tenant { header, id })
    }

    /// The response, and the turn of the call, which is to be held until the answer is made.
    async fn respond(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        tenant_id: Option<&str>,
    ) -> Result<(Response, Place), Failure> {
        let Self { source, principal, .. } = self;
        let mut request = request::build(source.document, operation, arguments, self.tenant(operation, tenant_id));
        let trace = self.confirm.and_then(Confirm::trace);
        request.headers.extend(trace.map(|trace| (TRACEPARENT, trace.child())));
        let long_url = LongUrl::of(&request, source.document, operation, self.toolset);
        let authorization = if credentials::are_given(&request) || !source.gives_credentials(operation)? {
            Authorization::default()
        } else {
            credentials::authorize(source.document, operation, source.credentials.as_ref(), principal).await?
        };
        let place = source.queue.place().await?;
        let start = Instant::now();
        let again = source.credentials.renews().then(|| (request.clone(), authorization.clone()));
        let mut sent = source.transport.send(request, authorization, place.deadline).await;
        // A token may end before its time. What was refused was not carried out, so it may be sent once more.
        if let (Some((request, refused)), Ok(Response { status: 401, .. })) = (again, &sent)
            && source.credentials.refused(&refused).await
        {
            let renewed = credentials::authorize(source.document, operation, source.credentials.as_ref(), principal);
            sent = source.transport.send(request, renewed.await?, place.deadline).await;
        }
        if tracing::enabled!(tracing::Level::DEBUG) {
            request_log::record(operation, arguments, &sent, start.elapsed());
        }
        let Some(long_url) = long_url else { return Ok((sent?, place)) };
        let response = sent.map_err(|failure| long_url.named(failure))?;
        let _ = self.long_url.set(long_url);
        Ok((response, place))
    }

    /// Makes the answer, off the main thread where it is long.
    async fn answer<T: Send + 'static>(
        &self,
        operation: &'static Operation,
        sent: Option<Value>,
        response: Response,
        redaction: Redaction,
        finish: impl FnOnce(Answer) -> T + Send + 'static,
    ) -> T {
        let finish = move |answer: Answer, response: Response| {
            drop(response);
            finish(answer)
        };
        self.answer_with(operation, sent, response, redaction, finish).await
    }

    /// The same with the response. `sent` is the body of a request that changes something.
    async fn answer_with<T: Send + 'static>(
        &self,
        operation: &'static Operation,
        sent: Option<Value>,
        response: Response,
        redaction: Redaction,
        finish: impl FnOnce(Answer, Response) -> T + Send + 'static,
    ) -> T {
        let (source, bytes) = (Arc::clone(self.source), response.body.len());
        let about_url = self.long_url.get().and_then(|url| url.note(&response));
        let make = move || {
            let with_digests;
            let redactor = match redaction {
                Redaction::Configured => &source.redactor,
                Redaction::Always => &source.strict_redactor,
                Redaction::ForFiles => &source.file_redactor,
                Redaction::Digested(key) => {
                    with_digests = source.file_redactor.with_digests(key);
                    &with_digests
                }
            };
            let mut answer = response::answer(operation, &source, &response, redactor);
            if let Some(note) = about_url {
                answer.headline = format!("{}. {note}", answer.headline.trim_end_matches(['.', ':']));
            }
            if let Some(sent) = sent.filter(|_| answer.is_success() && !answer.is_error)
                && let Some(note) = changes::not_as_sent(operation, &source, &sent, &response.body, redactor)
            {
                answer.headline = format!("{}; {note}", answer.headline.trim_end_matches('.'));
            }
            finish(answer, response)
        };
        off_thread::run(bytes, make).await
    }

    /// Asks a person, by the names of what the call is about where they can be read.
    async fn confirm(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        tenant_id: Option<&str>,
        confirm: &dyn Confirm,
    ) -> Result<(), ExchangeError> {
        let tenant = self.tenant(operation, tenant_id);
        let document = self.source.document;
        let request = request::build(document, operation, arguments, tenant);
        let shown = dry_run::redacted(document, operation, arguments, tenant, &self.source.redactor.for_questions());
        let targets = Targets::of(arguments);
        let mut names = Vec::new();
        let is_shown = confirm.shows_questions();
        let reads = if is_shown { target_names::reads(document, operation, arguments) } else { Vec::new() };
        for read in reads.iter().filter(|read| self.toolset.allows(document, read.operation)) {
            let Ok((response, _place)) = self.respond(read.operation, &read.arguments, tenant_id).await else { break };
            let parse = |answer: Answer| -> Option<Value> {
                answer.json().filter(|_| answer.is_success()).and_then(|json| serde_json::from_str(json).ok())
            };
            let json = self.answer(read.operation, None, response, Redaction::Always, parse).await;
            names.extend(json.iter().flat_map(|json| target_names::names(document, &reads, read, &targets, json)));
        }
        let question = Question::new(self.principal, operation, arguments, &request, &shown, self.now, &names);
        match confirm.confirm(&question).await {
            Ok(()) => {
                self.note(|event| event.is_confirmed = true);
                Ok(())
            }
            Err(Unconfirmed::Unavailable { .. }) if !self.safety.confirmation.is_required => Ok(()),
            Err(Unconfirmed::Unavailable { .. }) => {
                Err(Unconfirmed::Unavailable { setting: Some(self.safety.settings.confirm) }.into())
            }
            Err(unconfirmed) => Err(unconfirmed.into()),
        }
    }

    /// Makes sure that secrets which the call makes will be seen by somebody.
    fn check_secrets(&self, operation: &'static Operation, wanted: &[Wanted]) -> Result<(), ExchangeError> {
        let setting = self.safety.settings.secrets_file;
        if let Some(file) = &self.safety.secrets_file {
            if wanted.is_empty() && !makes_objects(operation) {
                return Ok(());
            }
            return file
                .check()
                .map_err(|error| ExchangeError::SecretsFile(format!("{setting} cannot be used: {error}")));
        }
        let lost = wanted.iter().filter(|one| one.is_shown_once || self.shows_again(operation, &one.path).is_none());
        let faults: Vec<_> = lost
            .map(|one| ArgumentFault {
                path: format!("requestBody.{}", one.path),
                message: format!(
                    "the API never shows this secret again, so nobody would see what `{}` makes. Start the server with \
                     {setting}=FILE, or give the value",
                    generate::GENERATE
                ),
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(ExchangeError::Arguments(faults)) }
    }

    /// The tool that shows a secret of the object that `operation` makes or changes.
    fn shows_again(&self, operation: &Operation, path: &str) -> Option<&'static str> {
        let get = self.source.document.operations.iter().copied().find(|get| {
            let rest = get.path.strip_prefix(operation.path);
            let is_of_same = matches!(rest, Some([] | [Segment::Parameter(_)]));
            get.method == Method::Get && is_of_same && self.is_secret_of(get, path)
        });
        get.map(|get| get.name)
    }

    /// Whether an answer of `operation` has a secret at that path.
    fn is_secret_of(&self, operation: &Operation, path: &str) -> bool {
        let places = Places::new(self.source.document, true);
        let mut place = places.value(operation.answer, false);
        for step in path.split('.') {
            let (key, items) = step.split_once('[').unwrap_or((step, ""));
            place = places.property(Some(&place), key);
            for _ in items.matches(']') {
                place = places.item(Some(&place));
            }
        }
        place.schema.is_some() && place.is_secret
    }

    /// Keeps new secrets from the model: what the answer says of them.
    fn kept(&self, operation: &Operation, pending: &mut Pending<'_>) -> Option<String> {
        let secrets = std::mem::take(&mut pending.secrets);
        if secrets.is_empty() {
            return None;
        }
        let mut properties: Vec<_> = secrets.iter().map(|secret| secret.property.as_str()).collect();
        properties.dedup();
        let properties = properties.join(", ");
        let setting = self.safety.settings.secrets_file;
        Some(match &self.safety.secrets_file {
            Some(file) => match file.append(&secrets) {
                Ok(()) => format!("written to {} ({setting}): {properties}", file.path().display()),
                Err(error) => format!("{properties} could not be written ({setting}): {error}"),
            },
            None => {
                let reveal = self.safety.settings.reveal_secrets;
                let shown = secrets.first().and_then(|secret| self.shows_again(operation, &secret.property));
                let shown = shown.map(|tool| format!(", or {tool} where {reveal}=true")).unwrap_or_default();
                format!(
                    "new and not shown here: {properties}. To get such a secret: {setting}=FILE when the server starts{shown}"
                )
            }
        })
    }
}

/// Writes an answer that is a file.
async fn save(
    operation: &'static Operation,
    download: Download,
    folder: PathBuf,
    response: Response,
    finish: impl FnOnce(Answer) -> Answer + Send + 'static,
) -> Answer {
    let write = move || {
        let status = (response.status, response::reason(response.status));
        finish(downloads::answer(&folder, operation, download, status, &response.body))
    };
    // A disk may be slow, however short the file is.
    off_thread::run(usize::MAX, write).await
}

/// Secrets that are still to be written. What is left when the call is given up is written then.
struct Pending<'a> {
    file: Option<&'a SecretsFile>,
    secrets: Vec<NewSecret>,
}

impl Pending<'_> {
    /// Adds secrets of the answer. One that was made up here is known already, but not its object.
    fn add(&mut self, answered: Vec<NewSecret>) {
        for secret in answered {
            match self.secrets.iter_mut().find(|known| known.value == secret.value) {
                Some(known) => known.object = secret.object.or(known.object.take()),
                None => self.secrets.push(secret),
            }
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.file.filter(|_| !self.secrets.is_empty())
            && let Err(error) = file.append(&self.secrets)
        {
            tracing::error!("a secret could not be written: {error}");
        }
    }
}

/// Whether a success may hold a secret that did not exist before.
fn makes_objects(operation: &Operation) -> bool {
    !operation.effect.read_only && matches!(operation.method, Method::Post | Method::Get) && operation.answer.is_some()
}

/// The secrets in an answer that were made by the call: all but those that it was called with.
fn new_secrets(
    source: &Source,
    operation: &'static Operation,
    arguments: &Arguments,
    response: &Response,
    made: &[String],
) -> Vec<NewSecret> {
    // What changes an object answers with the secrets that were there before, too.
    let is_new_object = makes_objects(operation);
    if !is_new_object && made.is_empty() {
        return Vec::new();
    }
    let Ok(json) = serde_json::from_slice::<Value>(&response.body) else { return Vec::new() };
    let places = Places::new(source.document, true);
    let given = arguments.body.iter().flat_map(|body| places.strings(None, body));
    let given: BTreeSet<_> = given.map(|text| text.text).collect();
    let texts = places.strings(operation.answer, &json).into_iter();
    let new = texts.filter(|text| {
        let is_made = made.iter().any(|made| made == text.text);
        let is_new = is_new_object && !text.text.is_empty() && text.text != REDACTED && !given.contains(text.text);
        text.place.is_secret && (is_made || is_new)
    });
    new.map(|text| NewSecret {
        tool: operation.name,
        object: text.owner.get("id").or(json.as_object().and_then(only_id)).and_then(Value::as_str).map(str::to_owned),
        property: text.path,
        value: text.text.to_owned(),
    })
    .collect()
}

/// The id of the one object that an answer holds under a key.
fn only_id(entries: &serde_json::Map<String, Value>) -> Option<&Value> {
    let mut objects = entries.values().filter(|value| value.is_object());
    objects.next().filter(|_| objects.next().is_none())?.get("id")
}

/// Replaces made-up secrets wherever the API repeats them.
fn hide(answer: &mut Answer, values: &[String]) {
    for value in values {
        answer.headline = answer.headline.replace(value, REDACTED);
        if let Body::Json(text) | Body::Filtered(text) | Body::Text(text) = &mut answer.body {
            *text = text.replace(value, REDACTED);
        }
    }
}
