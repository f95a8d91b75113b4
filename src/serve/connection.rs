//! What goes on in one connection: requests that wait, requests that are worked on, answers that are not written yet.
//!
//! rmcp's service loop knows the requests by numbers of ours, so that any id, and the same id twice, is safe. A request
//! waits here as the text that came until there is room for its answer: a client that asks much and reads little costs
//! the memory of its questions, not of the answers.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use gateway::text::shorten::shortened;
use rmcp::{
    ErrorData, RoleServer,
    model::{
        CancelledNotification, CancelledNotificationParam, ClientNotification, ClientRequest, JsonRpcMessage,
        RequestId, ServerResult,
    },
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
};
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use super::{
    id::ClientId,
    message::{Fault, Message, Request},
    method::{self, INITIALIZE, waits_for_upstream},
    outgoing::Outgoing,
};

/// Calls that are worked on at the same time; more wait.
const MAX_CALLS: usize = 1024;

/// Other requests that are worked on at the same time. They take no time, and their answers are long.
const MAX_LOCAL: usize = 8;

/// While so many messages are not written yet, no request is begun.
const MAX_UNWRITTEN: usize = 16;

/// While so many messages are not written yet, or requests of so many bytes wait, nothing is read.
const MAX_UNWRITTEN_READING: usize = 10_000;
const MAX_WAITING_BYTES: usize = 32 << 20;

/// The longest text in an error, in bytes: what is longer is shortened.
const MAX_ERROR_BYTES: usize = 2_000;

/// Requests that are named when they are given up.
const MAX_NAMED: usize = 20;

type Inbound = RxJsonRpcMessage<RoleServer>;

/// A request that is not answered yet.
struct Flight {
    id: ClientId,
    batch: Option<u64>,
    /// The method, with the tool's name where it is a call.
    label: String,
    waits_for_upstream: bool,
    is_running: bool,
}

/// A request that is not begun yet.
struct Waiting {
    number: i64,
    request: Request,
}

/// A batch of MCP 2025-03-26.
struct Batch {
    missing: usize,
    done: Vec<Outgoing>,
}

#[derive(Default)]
struct State {
    last_number: i64,
    flights: HashMap<i64, Flight>,
    numbers: HashMap<ClientId, i64>,
    batches: HashMap<u64, Batch>,
    last_batch: u64,
    /// Messages to rmcp that wait for nothing: `initialize`, cancellations, responses.
    urgent: VecDeque<Inbound>,
    waiting_calls: VecDeque<Waiting>,
    waiting_local: VecDeque<Waiting>,
    waiting_bytes: usize,
    running_calls: usize,
    running_local: usize,
    /// The number of an `initialize` that is not answered yet.
    opening: Option<i64>,
    /// What `initialize` agreed on.
    version: Option<String>,
    has_ended: bool,
}

/// One connection.
pub struct Connection {
    state: Mutex<State>,
    outbox: mpsc::UnboundedSender<Outgoing>,
    unwritten: AtomicUsize,
    written: AtomicUsize,
    changes: watch::Sender<()>,
}

/// What the end of input leaves undone.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Requests without an answer.
    pub requests: Vec<String>,
    /// Answers that are not read.
    pub unwritten: usize,
}

impl Connection {
    /// A connection, and the messages to write for it.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Outgoing>) {
        let (outbox, messages) = mpsc::unbounded_channel();
        let connection = Self {
            state: Mutex::default(),
            outbox,
            unwritten: AtomicUsize::new(0),
            written: AtomicUsize::new(0),
            changes: watch::Sender::new(()),
        };
        (connection, messages)
    }

    /// Tells of every change.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next message may be read: there is room for it, and it is known which version it is in.
    pub fn has_room(&self) -> bool {
        let state = self.state();
        state.opening.is_none() && state.waiting_bytes < MAX_WAITING_BYTES && self.unwritten() < MAX_UNWRITTEN_READING
    }

    /// Takes a message that came.
    pub fn take(&self, message: Result<Message, Fault>) {
        self.state().take(message, None, self);
        self.changes.send_replace(());
    }

    /// Takes a batch: it is answered in MCP 2025-03-26, which is the only version that has batches.
    pub fn take_batch(&self, messages: Vec<Result<Message, Fault>>) {
        self.state().take_batch(messages, self);
        self.changes.send_replace(());
    }

    /// The input has ended.
    pub fn end(&self) {
        self.state().has_ended = true;
        self.changes.send_replace(());
    }

    /// The next message for rmcp, where there is one whose time has come.
    pub fn next(&self) -> Option<Inbound> {
        self.state().next(self)
    }

    /// Sends what rmcp has for the client.
    pub fn send(&self, message: TxJsonRpcMessage<RoleServer>) {
        match message {
            JsonRpcMessage::Response(response) => self.answer(&response.id, Ok(Box::new(response.result))),
            JsonRpcMessage::Error(error) => {
                if let Some(id) = error.id {
                    self.answer(&id, Err(error.error));
                }
            }
            own => self.push(Outgoing::Own(Box::new(own))),
        }
        self.changes.send_replace(());
    }

    fn answer(&self, number: &RequestId, outcome: Result<Box<ServerResult>, ErrorData>) {
        // What was cancelled has no answer.
        if let RequestId::Number(number) = number {
            self.state().answer(*number, outcome, self);
        }
    }

    /// Hands a message over to the writer.
    fn push(&self, message: Outgoing) {
        self.unwritten.fetch_add(1, Ordering::Relaxed);
        // Without a writer the connection ends.
        let _ = self.outbox.send(message);
    }

    /// A message has been written.
    pub fn wrote(&self) {
        self.unwritten.fetch_sub(1, Ordering::Relaxed);
        self.written.fetch_add(1, Ordering::Relaxed);
        self.changes.send_replace(());
    }

    fn unwritten(&self) -> usize {
        self.unwritten.load(Ordering::Relaxed)
    }

    /// How many messages have been written.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::Relaxed)
    }

    /// Whether the input has ended.
    pub fn has_ended(&self) -> bool {
        self.state().has_ended
    }

    /// Whether the input has ended, and all that was asked is answered.
    pub fn is_done(&self) -> bool {
        let state = self.state();
        state.has_ended && state.flights.is_empty() && self.unwritten() == 0
    }

    /// What would be left undone if the process ended now.
    pub fn undone(&self) -> Undone {
        let state = self.state();
        let mut flights: Vec<_> = state.flights.iter().collect();
        flights.sort_by_key(|(number, _)| **number);
        let named = flights.iter().take(MAX_NAMED);
        let mut requests: Vec<_> =
            named.map(|(_, flight)| format!("{} (id {})", flight.label, shortened(&flight.id.to_string()))).collect();
        if let Some(more) = flights.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
            requests.push(format!("{more} more"));
        }
        Undone { requests, unwritten: self.unwritten() }
    }
}

impl State {
    fn take(&mut self, message: Result<Message, Fault>, batch: Option<u64>, connection: &Connection) {
        match message {
            Ok(Message::Request(request)) => self.take_request(request, batch, connection),
            Ok(Message::Cancelled(id)) => self.cancel(&id, connection),
            Ok(Message::Response(response)) => self.urgent.push_back(*response),
            Ok(Message::Nothing) => {}
            Err(Fault { error, id }) => {
                let error = bounded(error);
                tracing::warn!("a message is refused: {}", error.message);
                self.deliver(Outgoing::Error(id, error), batch, connection);
            }
        }
    }

    fn take_request(&mut self, request: Request, batch: Option<u64>, connection: &Connection) {
        let Request { id, method, params } = &request;
        let refusal = if self.numbers.contains_key(id) {
            Some(ErrorData::invalid_request(
                format!("the id {} belongs to a request that is still running", shortened(&id.to_string())),
                None,
            ))
        } else if self.version.is_none() && !method::is_unbound(method, params.as_deref()) {
            Some(method::unopened())
        } else if batch.is_some() && method == INITIALIZE {
            Some(ErrorData::invalid_request("`initialize` cannot be part of a batch", None))
        } else {
            None
        };
        if let Some(error) = refusal {
            return self.deliver(Outgoing::Error(Some(id.clone()), bounded(error)), batch, connection);
        }
        self.last_number += 1;
        let number = self.last_number;
        let waits_for_upstream = waits_for_upstream(method);
        let label = shortened(method).into_owned();
        let flight = Flight { id: id.clone(), batch, label, waits_for_upstream, is_running: false };
        self.numbers.insert(id.clone(), number);
        self.flights.insert(number, flight);
        if method == INITIALIZE {
            if let Some(message) = self.begin(Waiting { number, request }, connection) {
                self.opening = Some(number);
                self.urgent.push_back(message);
            }
            return;
        }
        self.waiting_bytes += bytes(&request);
        let queue = if waits_for_upstream { &mut self.waiting_calls } else { &mut self.waiting_local };
        queue.push_back(Waiting { number, request });
    }

    fn take_batch(&mut self, messages: Vec<Result<Message, Fault>>, connection: &Connection) {
        let version = self.version.as_deref();
        if version != Some("2025-03-26") {
            let version = version.unwrap_or("this version");
            let text = format!("batches are not part of MCP {version}: send one message per line");
            let ids: Vec<_> = messages
                .into_iter()
                .filter_map(|message| match message {
                    Ok(Message::Request(request)) => Some(Some(request.id)),
                    Err(fault) => Some(fault.id),
                    Ok(_) => None,
                })
                .collect();
            // Where no message has an id, the batch itself is answered.
            let ids = if ids.iter().any(Option::is_some) { ids } else { vec![None] };
            for id in ids {
                connection.push(Outgoing::Error(id, ErrorData::invalid_request(text.clone(), None)));
            }
            return;
        }
        let missing = messages.iter().filter(|message| matches!(message, Ok(Message::Request(_)) | Err(_))).count();
        self.last_batch += 1;
        let batch = self.last_batch;
        if missing > 0 {
            self.batches.insert(batch, Batch { missing, done: Vec::new() });
        }
        for message in messages {
            self.take(message, Some(batch), connection);
        }
    }

    fn next(&mut self, connection: &Connection) -> Option<Inbound> {
        loop {
            if let Some(message) = self.urgent.pop_front() {
                return Some(message);
            }
            if connection.unwritten() >= MAX_UNWRITTEN {
                return None;
            }
            let waiting = if self.running_local < MAX_LOCAL { self.waiting_local.pop_front() } else { None };
            let waiting = match waiting {
                None if self.running_calls < MAX_CALLS => self.waiting_calls.pop_front(),
                waiting => waiting,
            }?;
            self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes(&waiting.request));
            if let Some(message) = self.begin(waiting, connection) {
                return Some(message);
            }
        }
    }

    /// The request as rmcp knows it; `None` where it has been cancelled, or is answered with an error at once.
    fn begin(&mut self, waiting: Waiting, connection: &Connection) -> Option<Inbound> {
        let Waiting { number, request } = waiting;
        let flight = self.flights.get_mut(&number)?;
        match method::request(&request.method, request.params.as_deref()) {
            Ok(typed) => {
                if let ClientRequest::CallToolRequest(call) = &typed {
                    flight.label = format!("tools/call {}", shortened(&call.params.name));
                }
                flight.is_running = true;
                let waits_for_upstream = flight.waits_for_upstream;
                *self.running(waits_for_upstream) += 1;
                Some(JsonRpcMessage::request(typed, RequestId::Number(number)))
            }
            Err(error) => {
                self.answer(number, Err(error), connection);
                None
            }
        }
    }

    /// How many requests are worked on, of those that wait for an upstream or of the others.
    fn running(&mut self, waits_for_upstream: bool) -> &mut usize {
        if waits_for_upstream { &mut self.running_calls } else { &mut self.running_local }
    }

    /// Forgets a request.
    fn land(&mut self, number: i64) -> Option<Flight> {
        let flight = self.flights.remove(&number)?;
        self.numbers.remove(&flight.id);
        if flight.is_running {
            let running = self.running(flight.waits_for_upstream);
            *running = running.saturating_sub(1);
        }
        if self.opening == Some(number) {
            self.opening = None;
        }
        Some(flight)
    }

    fn answer(&mut self, number: i64, outcome: Result<Box<ServerResult>, ErrorData>, connection: &Connection) {
        let Some(Flight { id, batch, label, .. }) = self.land(number) else { return };
        let message = match outcome {
            Ok(result) => {
                if let ServerResult::InitializeResult(opened) = result.as_ref() {
                    self.version = Some(opened.protocol_version.as_str().to_owned());
                }
                Outgoing::Result(id, result)
            }
            Err(error) => {
                let error = bounded(error);
                tracing::warn!("{label} (id {}) is refused: {}", shortened(&id.to_string()), error.message);
                Outgoing::Error(Some(id), error)
            }
        };
        self.deliver(message, batch, connection);
    }

    /// Cancels a request, but for `initialize`, which may not be cancelled (MCP 2025-11-25, "Cancellation").
    fn cancel(&mut self, id: &ClientId, connection: &Connection) {
        let Some(number) = self.numbers.get(id).copied().filter(|number| self.opening != Some(*number)) else { return };
        let Some(flight) = self.land(number) else { return };
        if flight.is_running {
            let params = CancelledNotificationParam::new(Some(RequestId::Number(number)), None);
            let notification = ClientNotification::CancelledNotification(CancelledNotification::new(params));
            self.urgent.push_back(JsonRpcMessage::notification(notification));
        }
        if let Some(batch) = flight.batch {
            self.complete(batch, None, connection);
        }
    }

    fn deliver(&mut self, message: Outgoing, batch: Option<u64>, connection: &Connection) {
        match batch {
            Some(batch) => self.complete(batch, Some(message), connection),
            None => connection.push(message),
        }
    }

    /// One message less is missing in a batch. It is answered when none is.
    fn complete(&mut self, number: u64, message: Option<Outgoing>, connection: &Connection) {
        let Some(batch) = self.batches.get_mut(&number) else { return };
        batch.missing = batch.missing.saturating_sub(1);
        batch.done.extend(message);
        if batch.missing == 0
            && let Some(batch) = self.batches.remove(&number)
            && !batch.done.is_empty()
        {
            connection.push(Outgoing::Batch(batch.done));
        }
    }
}

fn bytes(request: &Request) -> usize {
    // What a waiting request costs beyond its text.
    const OVERHEAD: usize = 200;
    request.method.len() + request.params.as_ref().map_or(0, |params| params.get().len()) + OVERHEAD
}

/// The error with all that a client sent shortened: an error is for reading.
fn bounded(mut error: ErrorData) -> ErrorData {
    if error.message.len() > MAX_ERROR_BYTES {
        error.message = shortened(&error.message).into_owned().into();
    }
    if let Some(Value::Object(members)) = &mut error.data {
        for text in members.values_mut() {
            if let Value::String(text) = text
                && text.len() > MAX_ERROR_BYTES
            {
                *text = shortened(text).into_owned();
            }
        }
    }
    error
}
