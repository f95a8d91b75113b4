//! Asking the person behind a client: by elicitation, or by an input-required result (MCP 2026-07-28, "Multi Round-Trip
//! Requests") where the protocol has no requests of servers any more.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::http::request::Parts;
use futures_util::future::BoxFuture;
use gateway::{
    composite::Unconfirmed,
    confirmation::{Confirm, Question},
    trace::Trace,
};
use rmcp::{
    RoleServer,
    model::{
        CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
        ErrorCode, InputRequest, InputRequests, InputRequiredResult, InputResponses, ProtocolVersion,
        RequestStateCodec, RequestStateError, SealOptions,
    },
    service::{RequestContext, ServiceError},
};

/// The time that a person has to decide.
pub const TIME_TO_DECIDE: Duration = Duration::from_secs(10 * 60);

/// The name of the one question among the input requests.
const KEY: &str = "confirmation";

/// Confirmations that are remembered as used. Each is forgotten once it would be too late anyway.
const MAX_USED: usize = 10_000;

/// Asks the person behind the client of one request.
pub struct Client<'a> {
    context: &'a RequestContext<RoleServer>,
    state: Option<String>,
    responses: Option<InputResponses>,
    trace: Option<Arc<Trace>>,
    asked: Mutex<Option<InputRequiredResult>>,
}

impl<'a> Client<'a> {
    /// For a call with what the client answers to an earlier question, where it does.
    pub fn new(context: &'a RequestContext<RoleServer>, request: &mut CallToolRequestParams) -> Self {
        let (state, responses) = (request.request_state.take(), request.input_responses.take());
        Self { context, state, responses, trace: trace(context), asked: Mutex::default() }
    }

    /// The question that the client is to ask, where the call waits for one.
    pub fn into_asked(self) -> Option<InputRequiredResult> {
        self.asked.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn elicit(&self, question: &Question) -> Result<(), Unconfirmed> {
        let asked = self.context.peer.create_elicitation_with_timeout(form(question), Some(TIME_TO_DECIDE)).await;
        match asked {
            Ok(result) => decided(&result),
            Err(ServiceError::McpError(error)) if error.code == ErrorCode::METHOD_NOT_FOUND => {
                Err(Unconfirmed::Unavailable { setting: None })
            }
            Err(_) => Err(Unconfirmed::Cancelled),
        }
    }

    fn ask_or_open(&self, question: &Question) -> Result<(), Unconfirmed> {
        let (Some(state), Some(responses)) = (&self.state, &self.responses) else {
            let request = InputRequest::Elicitation(ElicitRequest::new(form(question)));
            let requests = InputRequests::from([(KEY.to_owned(), request)]);
            let asked = InputRequiredResult::new(Some(requests), Some(SEALS.seal(question)?));
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(asked);
            return Err(Unconfirmed::Asked);
        };
        let nonce = SEALS.open(state, question)?;
        let result = responses.get(KEY).cloned().and_then(|response| serde_json::from_value(response).ok());
        decided(&result.ok_or(Unconfirmed::Invalid("the client did not return an answer to the question"))?)?;
        SEALS.spend(nonce)
    }
}

impl Confirm for Client<'_> {
    fn shows_questions(&self) -> bool {
        let capability = self.context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
        // A client that names no way to ask knows forms (MCP 2025-11-25, "Elicitation").
        capability.is_some_and(|elicitation| elicitation.form.is_some() || elicitation.url.is_none())
    }

    fn asked_at(&self) -> Option<SystemTime> {
        self.state.as_deref().and_then(Seals::asked_at)
    }

    fn trace(&self) -> Option<&Trace> {
        self.trace.as_deref()
    }

    fn confirm<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<(), Unconfirmed>> {
        Box::pin(async move {
            if !self.shows_questions() {
                return Err(Unconfirmed::Unavailable { setting: None });
            }
            match self.context.protocol_version() {
                Some(version) if version >= ProtocolVersion::V_2026_07_28 => self.ask_or_open(question),
                _ => self.elicit(question).await,
            }
        })
    }
}

/// What the request is a part of: what HTTP says of it, or else the request itself.
fn trace(context: &RequestContext<RoleServer>) -> Option<Arc<Trace>> {
    let parts = context.extensions.get::<Parts>();
    let known = parts.and_then(|parts| parts.extensions.get::<Arc<Trace>>());
    let parent = context.meta.get_traceparent().filter(|_| known.is_none_or(|trace| !trace.is_continued()));
    match parent {
        Some(parent) => {
            let id = known.map(|trace| trace.request_id.as_str());
            Some(Arc::new(Trace::new(id, Some(parent))))
        }
        None => known.cloned(),
    }
}

/// A form without fields: to accept it is to agree.
fn form(question: &Question) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question.message.clone(),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    }
}

fn decided(result: &ElicitResult) -> Result<(), Unconfirmed> {
    match result.action {
        ElicitationAction::Accept => Ok(()),
        ElicitationAction::Decline => Err(Unconfirmed::Declined),
        _ => Err(Unconfirmed::Cancelled),
    }
}

/// The questions of this process. Its key is made at the first one: what another process asked is not taken.
static SEALS: LazyLock<Seals> = LazyLock::new(|| Seals::new(TIME_TO_DECIDE));

/// What was asked, as a text that the client gives back with the answer: the time of the question in milliseconds since
/// 1970, which can be read before the question is known; a dot; and a seal, which is bound to that time, the question and
/// what it is about, and is good for one call.
struct Seals {
    /// `None` where the system gives no random bytes: then nothing can be asked.
    codec: Option<RequestStateCodec>,
    time_limit: Duration,
    /// By nonce, with the time from which on the seal itself is refused.
    used: Mutex<BTreeMap<[u8; 16], Instant>>,
}

impl Seals {
    fn new(time_limit: Duration) -> Self {
        let codec = random::<32>().and_then(|key| RequestStateCodec::try_new(key.to_vec()).ok());
        Self { codec, time_limit, used: Mutex::default() }
    }

    fn seal(&self, question: &Question) -> Result<String, Unconfirmed> {
        let (Some(codec), Some(nonce)) = (&self.codec, random::<16>()) else {
            return Err(Unconfirmed::Unavailable { setting: None });
        };
        let (time, bound) = bound(question);
        let options = SealOptions::new().associated_data(bound.as_bytes()).ttl(self.time_limit);
        Ok(format!("{time}.{}", codec.seal_with(&nonce, &options)))
    }

    fn open(&self, state: &str, question: &Question) -> Result<[u8; 16], Unconfirmed> {
        let codec = self.codec.as_ref().ok_or(Unconfirmed::Unavailable { setting: None })?;
        let other =
            Unconfirmed::Invalid("it is for another call, or the object of the call has changed in the meantime");
        let (time, bound) = bound(question);
        // The time stands outside of the seal: it has to be the one that the seal is bound to.
        let Some((_, seal)) = state.split_once('.').filter(|(named, _)| *named == time.to_string()) else {
            return Err(other);
        };
        let opened = codec.open_with(seal, bound.as_bytes()).map_err(|error| match error {
            RequestStateError::Expired => Unconfirmed::Invalid("it came too late"),
            _ => other,
        })?;
        opened.try_into().map_err(|_| Unconfirmed::Invalid("it was not made by this server"))
    }

    /// The time that a state names, which may be anybody's claim.
    fn asked_at(state: &str) -> Option<SystemTime> {
        let (milliseconds, _) = state.split_once('.')?;
        UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds.parse().ok()?))
    }

    fn spend(&self, nonce: [u8; 16]) -> Result<(), Unconfirmed> {
        let now = Instant::now();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, until| *until > now);
        if used.len() >= MAX_USED {
            return Err(Unconfirmed::Invalid("too many calls were confirmed in the last minutes"));
        }
        // A little longer than the seal holds, since the two clocks may differ.
        match used.insert(nonce, now + self.time_limit + TIME_TO_DECIDE) {
            None => Ok(()),
            Some(_) => Err(Unconfirmed::Invalid("it was used already")),
        }
    }
}

/// The time of a question in milliseconds since 1970, and all that its seal is bound to.
fn bound(question: &Question) -> (u128, String) {
    let time = question.asked_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    (time, format!("{time} {}", question.binding))
}

fn random<const LENGTH: usize>() -> Option<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(binding: &str) -> Question {
        question_at(binding, 1_764_028_800_000)
    }

    fn question_at(binding: &str, milliseconds: u64) -> Question {
        let asked_at = UNIX_EPOCH + Duration::from_millis(milliseconds);
        Question { message: "Call deletePets?".to_owned(), binding: binding.to_owned(), asked_at }
    }

    #[test]
    fn a_seal_holds_for_its_question_only() {
        let seals = Seals::new(TIME_TO_DECIDE);
        let state = seals.seal(&question("one")).unwrap_or_default();
        assert!(seals.open(&state, &question("one")).is_ok());
        for (state, asked) in [(state.as_str(), "other"), ("", "one"), ("rs1.AAAA.AAAA", "one"), (&state[1..], "one")] {
            assert!(matches!(seals.open(state, &question(asked)), Err(Unconfirmed::Invalid(_))), "{state} {asked}");
        }
        assert_eq!(Seals::asked_at(&state), Some(question("one").asked_at));
        let later = state.replacen("1764028800000.", "1764028800001.", 1);
        let claimed = Seals::asked_at(&later).unwrap_or(UNIX_EPOCH);
        assert_eq!(claimed, question_at("one", 1_764_028_800_001).asked_at);
        for question in [question("one"), question_at("one", 1_764_028_800_001)] {
            let opened = [seals.open(&later, &question), seals.open(&state, &question)];
            assert_eq!(
                opened.iter().filter(|opened| opened.is_ok()).count(),
                usize::from(question.asked_at != claimed)
            );
        }
        let other = Seals::new(TIME_TO_DECIDE);
        assert!(matches!(other.open(&state, &question("one")), Err(Unconfirmed::Invalid(_))));
    }

    #[test]
    fn a_seal_is_spent_once() {
        let seals = Seals::new(TIME_TO_DECIDE);
        assert_eq!(seals.spend([1; 16]), Ok(()));
        assert_eq!(seals.spend([2; 16]), Ok(()));
        assert_eq!(seals.spend([1; 16]), Err(Unconfirmed::Invalid("it was used already")));
    }

    #[test]
    fn a_seal_has_a_time_limit() {
        let seals = Seals::new(Duration::from_millis(1));
        let state = seals.seal(&question("one")).unwrap_or_default();
        // However long this sleeps, the seal is older than its limit.
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(seals.open(&state, &question("one")), Err(Unconfirmed::Invalid("it came too late")));
    }
}
