//! Many calls at a time: each has its turn, and none keeps the others.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

use fusionauth_mcp::{
    config::{Config, given::Settings},
    fusionauth::source::source,
};
use futures_util::future::{BoxFuture, join};
use gateway::{
    authorization::Authorization,
    composite::no_progress,
    confirmation::NobodyToAsk,
    principal::Principal,
    session::Session,
    toolset::{Presentation, Toolset, selection::Selection},
    transport::{Deadline, Failure, Request, Response, Transport},
};
use serde_json::json;

use crate::support::{USER_ID, client::Client, recorder::Recorder};

#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<&'static str>>>);

impl Events {
    fn add(&self, event: &'static str) {
        self.0.lock().unwrap().push(event);
    }

    fn all(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }
}

/// Answers at once with JSON of this length.
struct Long {
    events: Events,
    bytes: usize,
}

impl Transport for Long {
    fn send(&self, _: Request, _: Authorization, _: Deadline) -> BoxFuture<'_, Result<Response, Failure>> {
        self.events.add("response");
        let body = json!({ "text": "x".repeat(self.bytes) }).to_string().into_bytes();
        let response = Response { status: 200, content_type: None, location: None, retry_after: None, body, tries: 1 };
        Box::pin(async { Ok(response) })
    }
}

/// A session with one place, whose calls are answered so.
fn session(transport: Long) -> Session {
    let environment = [("API_KEY_APIKEYAUTH", "test-key"), ("MAX_CONCURRENT_CALLS", "1")];
    let mut settings = Settings::new([], environment.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let config = Config::read(&mut settings);
    let source = Arc::new(source(&config, Arc::new(transport)));
    let toolset =
        Toolset::choose(vec![source], &Selection::default(), Presentation::default()).unwrap_or_else(|_| panic!());
    Session::new(Arc::new(Principal::Local), Arc::new(toolset), config.limits)
}

async fn call(session: &Session, events: &Events) {
    let arguments = json!({ "userId": USER_ID }).as_object().unwrap().clone();
    let answer = session.call("retrieveUserWithId", arguments, &no_progress, &NobodyToAsk).await.unwrap();
    assert!(!answer.is_error, "{}", answer.headline);
    events.add("answer");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// One thread: whatever is done in it keeps the others waiting.
#[test]
fn a_long_answer_keeps_nobody_waiting() {
    let order = |bytes| {
        let events = Events::default();
        let session = session(Long { events: events.clone(), bytes });
        let other = async {
            poll_fn(|context| {
                context.waker().wake_by_ref();
                if events.all().is_empty() { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
            events.add("other");
        };
        runtime().block_on(join(call(&session, &events), other));
        events.all()
    };
    assert_eq!(order(1 << 20), ["response", "other", "answer"]);
    assert_eq!(order(100), ["response", "answer", "other"], "a short one takes no time");
}

#[test]
fn a_place_is_held_until_the_answer_is_made() {
    let events = Events::default();
    let session = session(Long { events: events.clone(), bytes: 1 << 20 });
    runtime().block_on(join(call(&session, &events), call(&session, &events)));
    assert_eq!(events.all(), ["response", "answer", "response", "answer"]);
}

#[test]
fn more_than_may_wait_are_told_at_once() {
    let (upstream, release) = Recorder::holding("{}");
    let mut client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "test-key"),
        ("MAX_CONCURRENT_CALLS", "1"),
        ("MAX_WAITING_CALLS", "0"),
    ]);
    let first = client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    upstream.wait_for_requests(1);
    let busy = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert!(busy.is_error, "{}", busy.text);
    assert!(
        busy.text.starts_with("Not sent: the server is busy (1 calls are running, 0 are waiting)"),
        "{}",
        busy.text
    );
    assert!(busy.text.contains("MAX_CONCURRENT_CALLS and MAX_WAITING_CALLS"), "{}", busy.text);
    release.send(()).unwrap();
    assert_eq!(client.finish(first)["result"]["content"][0]["text"], "200 OK\n{}");
    release.send(()).unwrap();
    assert!(!client.call("retrieveUserWithId", json!({ "userId": USER_ID })).is_error, "the place is free again");
    assert_eq!(upstream.count(), 2);
}
