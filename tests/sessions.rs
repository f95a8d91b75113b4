//! One caller does not see what another one does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{
    sync::{Arc, Mutex},
    time::SystemTime,
};

use fusionauth_mcp::{
    config::{Config, given::Settings, settings},
    fusionauth::{simulation::Simulation, source::source, tools::DOCUMENT},
};
use fusionauth_sandbox::{installation::API_KEY, instance::Instance};
use futures_util::future::BoxFuture;
use gateway::{
    answer::Body,
    authorization::Authorization,
    call::arguments::JsonObject,
    composite::{Unconfirmed, Upstream, no_progress},
    confirmation::{Confirm, NobodyToAsk, Question},
    principal::Principal,
    session::Session,
    toolset::Toolset,
    transport::{Deadline, Failure, Request, Response, Transport},
};
use openapi_tools::load::{
    lower::lower,
    rules::Rules,
    source::{Overlay, load},
};
use serde_json::json;

/// Two sessions over the same seeded instance, with answers of 1,000 tokens.
fn two_sessions() -> [Session; 2] {
    let pairs = [
        (settings::MAX_ANSWER_TOKENS.label().to_owned(), "1000".to_owned()),
        (settings::API_KEY.label().to_owned(), API_KEY.to_owned()),
    ];
    let config = Config::read(&mut Settings::new([], pairs));
    let transport = Simulation::new(Instance::seeded(&DOCUMENT).unwrap());
    let source = Arc::new(source(&config, Arc::new(transport)));
    let toolset = Arc::new(Toolset::choose(vec![source], &config.selection, config.presentation).unwrap());
    [(); 2].map(|()| Session::new(Arc::new(Principal::Local), Arc::clone(&toolset), config.limits))
}

/// The blocks of an export, and the cursor of the next part.
async fn exported(session: &Session, arguments: JsonObject) -> (Vec<String>, Option<String>) {
    let answer = session.call("exportKickstart", arguments, &no_progress, &NobodyToAsk).await.unwrap();
    assert!(!answer.is_error, "{answer:?}");
    let Body::Blocks(blocks) = answer.body else { panic!("{answer:?}") };
    let cursor = blocks.last().and_then(|last| last.strip_prefix("More follows. nextCursor: ")).map(str::to_owned);
    (blocks, cursor)
}

#[tokio::test]
async fn an_export_is_kept_for_the_caller_who_asked_for_it() {
    struct Marker;
    let [first, second] = two_sessions();
    let memory = |session: &Session| {
        let upstream = session.upstream_of("exportKickstart").unwrap();
        upstream.memory().get::<Marker>("marker").is_some()
    };
    let (_, cursor) = exported(&first, JsonObject::new()).await;
    let cursor = json!({ "cursor": cursor.unwrap() }).as_object().cloned().unwrap();
    first.upstream_of("exportKickstart").unwrap().memory().keep("marker", Arc::new(Marker));
    assert!(memory(&first) && !memory(&second));
    // The other caller may go on with the cursor: the export is made again for it, and is the same.
    let (of_first, _) = exported(&first, cursor.clone()).await;
    let (of_second, _) = exported(&second, cursor).await;
    assert_eq!(of_first, of_second);
}

#[tokio::test]
async fn a_composite_reads_only_what_the_session_allows() {
    let pairs = [(settings::USE_TOOLS.label().to_owned(), "exportKickstart,-retrieveTenants".to_owned())];
    let config = Config::read(&mut Settings::new([], pairs));
    let transport = Simulation::new(Instance::seeded(&DOCUMENT).unwrap());
    let source = Arc::new(source(&config, Arc::new(transport)));
    let errors = Toolset::choose(vec![source], &config.selection, config.presentation).err().unwrap();
    assert_eq!(errors.len(), 1, "nothing is left to offer: {errors:?}");
}

/// Keeps the requests that come.
#[derive(Default)]
struct Kept(Mutex<Vec<Request>>);

impl Transport for Kept {
    fn send(&self, request: Request, _: Authorization, _: Deadline) -> BoxFuture<'_, Result<Response, Failure>> {
        self.0.lock().unwrap().push(request);
        let response =
            Response { status: 200, content_type: None, location: None, retry_after: None, body: Vec::new(), tries: 1 };
        Box::pin(async { Ok(response) })
    }
}

/// A person who is asked at one time and answers at another.
#[derive(Default)]
struct Later {
    questions: Mutex<Vec<Question>>,
    asked_at: Option<SystemTime>,
}

impl Confirm for Later {
    fn shows_questions(&self) -> bool {
        true
    }

    fn asked_at(&self) -> Option<SystemTime> {
        self.asked_at
    }

    fn confirm<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<(), Unconfirmed>> {
        self.questions.lock().unwrap().push(question.clone());
        let answer = if self.asked_at.is_some() { Ok(()) } else { Err(Unconfirmed::Asked) };
        Box::pin(async { answer })
    }
}

#[tokio::test]
async fn what_is_sent_is_what_the_person_saw_however_long_ago() {
    let json = json!({
        "openapi": "3.0.1",
        "info": { "title": "Diary", "version": "1" },
        "paths": { "/api/diary": { "delete": {
            "operationId": "deleteDiary", "summary": "Delete the diary", "description": "Deletes the diary.",
            "parameters": [{ "name": "before", "in": "query", "schema": { "$ref": "#/components/schemas/ZonedDateTime" } }],
            "responses": { "200": { "description": "" } },
        } } },
        "components": { "schemas": { "ZonedDateTime": { "type": "integer", "format": "int64" } } },
    });
    let config = Config::read(&mut Settings::new([], [(settings::API_KEY.label().to_owned(), API_KEY.to_owned())]));
    let transport = Arc::new(Kept::default());
    let mut source = source(&config, Arc::clone(&transport) as Arc<dyn Transport>);
    source.document = Box::leak(Box::new(
        lower(&load(&json.to_string(), &[] as &[Overlay]).unwrap(), &Rules::FUSIONAUTH).into_document().unwrap(),
    ));
    source.composites.clear();
    let toolset = Toolset::choose(vec![Arc::new(source)], &config.selection, config.presentation).unwrap();
    let session = Session::new(Arc::new(Principal::Local), Arc::new(toolset), config.limits);
    for before in ["now", "now-2h", "-30d"] {
        let arguments = json!({ "before": before }).as_object().cloned().unwrap();
        let first = Later::default();
        session.call("deleteDiary", arguments.clone(), &no_progress, &first).await.unwrap();
        let seen = first.questions.into_inner().unwrap().remove(0);
        assert!(transport.0.lock().unwrap().is_empty(), "nothing is sent before the answer");
        // Another clock reads another time.
        let earlier = seen.asked_at - std::time::Duration::from_secs(599);
        let other = Later { asked_at: Some(earlier), ..Later::default() };
        session.call("deleteDiary", arguments.clone(), &no_progress, &other).await.unwrap();
        assert_ne!(other.questions.into_inner().unwrap().remove(0).binding, seen.binding, "{before}");
        transport.0.lock().unwrap().clear();
        let second = Later { asked_at: Some(seen.asked_at), ..Later::default() };
        session.call("deleteDiary", arguments, &no_progress, &second).await.unwrap();
        assert_eq!(second.questions.into_inner().unwrap().remove(0), seen, "{before}");
        let sent = transport.0.lock().unwrap().remove(0).target;
        assert!(seen.message.contains(&sent), "{sent}: {}", seen.message);
    }
}
