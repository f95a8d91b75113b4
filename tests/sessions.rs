//! One caller does not see what another one does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;

use fusionauth_mcp::{
    config::{Config, given::Settings, settings},
    fusionauth::{simulation::Simulation, source::source, tools::DOCUMENT},
};
use fusionauth_sandbox::{installation::API_KEY, instance::Instance};
use gateway::{
    answer::Body,
    call::arguments::JsonObject,
    composite::{Upstream, no_progress},
    confirmation::NobodyToAsk,
    principal::Principal,
    session::Session,
    toolset::Toolset,
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
