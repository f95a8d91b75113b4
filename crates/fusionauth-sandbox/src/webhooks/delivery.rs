//! Sends events from a thread of its own, so that no request waits for a receiver.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    attempts::{Attempt, Delivery, log_attempt, now},
    destination::Prepared,
};
use crate::state::State;

/// How many events may wait to be sent.
const MAX_WAITING: usize = 64;
/// How much of an answer is read to find its status.
const MAX_ANSWER_BYTES: usize = 8 << 10;

/// Sends events one after another. Its thread begins with the first one, and ends with the courier.
#[derive(Debug, Default)]
pub struct Courier {
    queue: OnceLock<Option<SyncSender<Delivery>>>,
}

impl Courier {
    /// Sends an event, later. What cannot be sent is logged at once.
    pub fn send(&self, shared: &Arc<Mutex<State>>, state: &mut State, delivery: Delivery) {
        if let Err(unsent) = &delivery.request {
            let attempt = Attempt::failed(unsent);
            return log_attempt(state, &delivery, attempt);
        }
        let queue = self.queue.get_or_init(|| {
            let (sender, receiver) = sync_channel(MAX_WAITING);
            // The thread does not keep the state alive: it ends when the instance, and with it the sender, is gone.
            let weak = Arc::downgrade(shared);
            let spawned = thread::Builder::new().name("webhooks".to_owned()).spawn(move || {
                carry(&receiver, |delivery, attempt| {
                    if let Some(state) = weak.upgrade() {
                        log_attempt(&mut state.lock().unwrap_or_else(PoisonError::into_inner), delivery, attempt);
                    }
                });
            });
            spawned.is_ok().then_some(sender)
        });
        let refused = match queue {
            Some(queue) => queue.try_send(delivery).err().map(|error| match error {
                std::sync::mpsc::TrySendError::Full(delivery)
                | std::sync::mpsc::TrySendError::Disconnected(delivery) => delivery,
            }),
            None => Some(delivery),
        };
        if let Some(delivery) = refused {
            let message = format!("{MAX_WAITING} events wait for receivers already");
            log_attempt(state, &delivery, Attempt::failed(message));
        }
    }
}

fn carry(deliveries: &Receiver<Delivery>, log: impl Fn(&Delivery, Attempt)) {
    for delivery in deliveries {
        let start = now();
        let outcome = delivery.request.as_ref().map_err(ToString::to_string);
        let outcome = outcome.and_then(|prepared| call(prepared).map_err(|error| error.to_string()));
        let (status, exception) = match outcome {
            Ok(status) => (Some(status), None),
            Err(exception) => (None, Some(exception)),
        };
        log(&delivery, Attempt { status, exception, start, end: now() });
    }
}

/// Makes the request and reads the status of the answer.
fn call(prepared: &Prepared) -> io::Result<u16> {
    let mut error = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in &prepared.addresses {
        match TcpStream::connect_timeout(address, prepared.connect_timeout) {
            Ok(stream) => return exchange(stream, prepared),
            Err(refused) => error = refused,
        }
    }
    Err(error)
}

fn exchange(mut stream: TcpStream, prepared: &Prepared) -> io::Result<u16> {
    let end = Instant::now() + prepared.read_timeout;
    stream.set_write_timeout(Some(prepared.read_timeout))?;
    stream.write_all(&prepared.bytes)?;
    let mut answer = Vec::new();
    let mut piece = [0; 512];
    while !answer.contains(&b'\n') && answer.len() < MAX_ANSWER_BYTES {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match stream.read(&mut piece)? {
            0 => break,
            count => answer.extend(piece.iter().take(count)),
        }
    }
    status(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP"))
}

/// The status in the first line of an answer: `HTTP/1.1 200 OK`.
fn status(answer: &[u8]) -> Option<u16> {
    let answer = String::from_utf8_lossy(answer);
    let mut words = answer.lines().next()?.split_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    words.next()?.parse().ok()
}
