//! The map of the code names files that are there, and its recipes work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use fusionauth_mcp::{
    config::{Config, given::Settings},
    fusionauth::{simulation::Simulation, source::source, tools::DOCUMENT},
};
use fusionauth_sandbox::instance::Instance;
use futures_util::future::BoxFuture;
use gateway::{
    answer::Answer,
    call::arguments::JsonObject,
    composite::{Composite, OnProgress, Question, Redaction, Upstream, no_progress},
    confirmation::NobodyToAsk,
    listing::list,
    principal::Principal,
    session::Session,
    toolset::Toolset,
};
use openapi_tools::load::{
    lower::lower,
    rules::Rules,
    source::{Overlay, load},
};
use serde_json::{Map, Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands in backticks and looks like a path of the repository.
fn paths(page: &str) -> BTreeSet<&str> {
    let is_path = |text: &&str| {
        let first = text.split('/').next().unwrap_or_default();
        let folders = ["src", "crates", "openapi", "guides", "build", "npm", "tests", "docs"];
        folders.contains(&first) && text.contains('/') && !text.contains(['<', '*', ' '])
    };
    page.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).filter(is_path).collect()
}

#[test]
fn every_path_on_the_map_is_there() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let paths = paths(&page);
    assert!(paths.len() > 30, "{paths:?}");
    let missing: Vec<_> = paths.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_folder_of_code_is_on_the_map() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for folder in ["src", "crates"] {
        for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                assert!(page.contains(&format!("`{folder}/{name}/`")), "{folder}/{name}/ is not on the map");
            }
        }
    }
}

/// The recipe for an operation: a few lines of overlay, and the tool is there.
#[test]
fn an_operation_is_a_few_lines_of_overlay() {
    let json = fs::read_to_string(root().join("openapi/fusionauth.json")).unwrap();
    let folder = fs::read_dir(root().join("openapi/overlay")).unwrap();
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut texts: Vec<_> = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    texts.push(
        "paths:\n  /api/weather/{place}:\n    get:\n      operationId: retrieveWeather\n      summary: Retrieve weather\n      \
         description: Answers the weather of a place.\n      parameters:\n        - {name: place, in: path, required: true, \
         schema: {type: string}}\n      responses: {'200': {description: ''}}\n"
            .to_owned(),
    );
    let overlays: Vec<_> = texts.iter().map(|text| Overlay { name: "overlay", text }).collect();
    let document = lower(&load(&json, &overlays).unwrap(), &Rules::FUSIONAUTH).into_document().unwrap();
    let operation = document.operation("retrieveWeather").unwrap();
    assert_eq!((operation.area, operation.effect.read_only), ("weather", true));
    assert_eq!(document.operations.len(), DOCUMENT.operations.len() + 1);
}

/// The recipe for a composite: two calls in one tool.
struct CountBoth;

impl Composite for CountBoth {
    fn name(&self) -> &'static str {
        "countBoth"
    }

    fn title(&self) -> &'static str {
        "Count tenants and applications"
    }

    fn description(&self) -> &'static str {
        "Counts tenants and applications."
    }

    fn wishes(&self) -> &'static [&'static str] {
        &["how many tenants and applications"]
    }

    fn input_schema(&self) -> Map<String, Value> {
        json!({ "type": "object", "properties": {} }).as_object().cloned().unwrap()
    }

    fn reads(&self) -> &'static [&'static str] {
        &["retrieveApplication", "retrieveTenants"]
    }

    fn call<'a>(&'a self, upstream: &'a dyn Upstream, _: JsonObject, _: OnProgress<'a>) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            let mut counts = Vec::new();
            for (name, list) in [("retrieveTenants", "tenants"), ("retrieveApplication", "applications")] {
                let operation = upstream.document().operation(name).unwrap();
                let arguments = JsonObject::new();
                let question = Question { operation, arguments, tenant_id: None, redaction: Redaction::Configured };
                let answer = match upstream.exchange(question).await {
                    Ok(answer) => answer,
                    Err(error) => return upstream.explain(operation, &error),
                };
                let body: Value = serde_json::from_str(answer.json().unwrap()).unwrap();
                counts.push(format!("{list}: {}", body[list].as_array().unwrap().len()));
            }
            Answer::text(counts.join(", "))
        })
    }
}

fn with_composite(environment: &[(&str, &str)]) -> Toolset {
    let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut config = Config::read(&mut Settings::new([], pairs));
    config.upstream.api_key = Some(fusionauth_sandbox::installation::API_KEY.to_owned().into());
    let transport = Simulation::new(Instance::seeded(&DOCUMENT).unwrap());
    let mut source = source(&config, Arc::new(transport));
    source.composites.push(Arc::new(CountBoth));
    Toolset::choose(vec![Arc::new(source)], &config.selection, config.presentation).unwrap()
}

#[tokio::test]
async fn a_composite_is_listed_found_described_and_called_like_any_tool() {
    let toolset = with_composite(&[("TOOL_MODE", "search")]);
    let config = Config::read(&mut Settings::default());
    let session = Session::new(Arc::new(Principal::Local), Arc::new(toolset), config.limits);
    let call = async |tool: &str, arguments: Value| {
        let arguments = arguments.as_object().cloned().unwrap();
        session.call(tool, arguments, &no_progress, &NobodyToAsk).await.unwrap().into_blocks().join("\n")
    };
    let found = call("find_tools", json!({ "query": "count tenants and applications" })).await;
    assert!(found.contains("countBoth"), "{found}");
    let described = call("describe_tool", json!({ "names": ["countBoth"] })).await;
    assert!(described.contains("Counts tenants and applications."), "{described}");
    let called = call("call_tool", json!({ "name": "countBoth" })).await;
    assert!(called.starts_with("tenants: 3, applications: "), "{called}");
    let listed = list(&with_composite(&[]));
    assert!(listed.iter().any(|listed| listed.name == "countBoth" && listed.effect.read_only));
    // It is offered where what it reads is.
    assert!(with_composite(&[("USE_TOOLS", "create")]).composite("countBoth").is_none());
}
