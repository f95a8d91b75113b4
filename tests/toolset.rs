//! Which tools a configuration offers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{collections::BTreeSet, sync::Arc};

use fusionauth_mcp::{
    config::{Config, given::Settings},
    fusionauth::{dialect::TENANT_ARGUMENT, simulation::Simulation, source::source, tools::DOCUMENT},
};
use fusionauth_sandbox::instance::Instance;
use gateway::{listing::list, tool::Tool, toolset::Toolset};
use openapi_tools::model::{
    bucket::{DEFAULT_PREFIXES, OTHER},
    operation::{Method, Operation},
};
use serde_json::Value;

fn choose(environment: &[(&str, &str)]) -> Result<Toolset, Vec<String>> {
    let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut settings = Settings::new([], pairs);
    let config = Config::read(&mut settings);
    let transport = Simulation::new(Instance::empty(&DOCUMENT));
    let source = Arc::new(source(&config, Arc::new(transport)));
    let toolset = Toolset::choose(vec![source], &config.selection, config.presentation);
    let mut mistakes: Vec<String> = settings.into_errors().iter().map(ToString::to_string).collect();
    let toolset = toolset.map_err(|errors| mistakes.extend(errors.iter().map(ToString::to_string)));
    toolset
        .map_err(|()| mistakes.clone())
        .and_then(|toolset| if mistakes.is_empty() { Ok(toolset) } else { Err(mistakes) })
}

fn count(environment: &[(&str, &str)]) -> usize {
    choose(environment).unwrap().tools().len()
}

fn mistake(environment: &[(&str, &str)]) -> String {
    choose(environment).err().unwrap().join("\n")
}

#[test]
fn unset_empty_and_all_offer_everything() {
    let all = DOCUMENT.operations.len();
    assert_eq!(count(&[]), all);
    assert_eq!(count(&[("USE_TOOLS", "")]), all);
    assert_eq!(count(&[("USE_TOOLS", " all ")]), all);
}

#[test]
fn buckets_tools_and_exceptions_combine() {
    let reading = count(&[("USE_TOOLS", "retrieve, search")]);
    let is_reading = |name: &str| name.starts_with("retrieve") || name.starts_with("search");
    assert_eq!(reading, DOCUMENT.operations.iter().filter(|operation| is_reading(operation.name)).count());
    assert_eq!(count(&[("USE_TOOLS", "retrieve,search,createUser")]), reading + 1);
    assert_eq!(count(&[("USE_TOOLS", "retrieve,search,-retrieveUser")]), reading - 1);
    assert_eq!(count(&[("USE_TOOLS", "-delete")]), DOCUMENT.operations.len() - count(&[("USE_TOOLS", "delete")]));
    assert!(choose(&[("USE_TOOLS", "retrieve")]).unwrap().tool("deleteUserWithId").is_none());
}

#[test]
fn marks_choose_by_what_a_call_does() {
    let of = |holds: fn(&Operation) -> bool| DOCUMENT.operations.iter().filter(|operation| holds(operation)).count();
    let all = DOCUMENT.operations.len();
    let deletes = of(|operation| operation.method == Method::Delete);
    assert_eq!(count(&[("USE_TOOLS", "deletes")]), deletes);
    assert_eq!(count(&[("USE_TOOLS", "-deletes")]), all - deletes);
    assert!(deletes > count(&[("USE_TOOLS", "delete")]), "some DELETE requests have other verbs");
    let irreversible = of(|operation| operation.irreversible.is_some());
    assert_eq!(count(&[("USE_TOOLS", "-irreversible")]), all - irreversible);
    assert_eq!(count(&[("USE_TOOLS", "Read-Only")]), of(|operation| operation.effect.read_only));
    assert_eq!(
        count(&[("USE_TOOLS", "create,read-only,-irreversible")]),
        of(|operation| (operation.name.starts_with("create") || operation.effect.read_only)
            && operation.irreversible.is_none())
    );
    let kept = choose(&[("USE_TOOLS", "-deletes")]).unwrap();
    assert!(kept.tools().iter().all(|tool| tool.operation.method != Method::Delete));
    let text = mistake(&[("USE_TOOLS", "readonly,-delets")]);
    assert!(text.contains("`readonly`; did you mean `read-only`?"), "{text}");
    assert!(text.contains("marks: read-only, deletes, irreversible"), "{text}");
}

#[test]
fn exports_are_offered_where_they_may_read() {
    let exports = |environment: &[(&str, &str)]| choose(environment).map_or(0, |toolset| toolset.composites().len());
    assert_eq!(exports(&[]), 2);
    assert_eq!(exports(&[("USE_TOOLS", "retrieve,search"), ("READ_ONLY", "true")]), 2);
    assert_eq!(exports(&[("USE_TOOLS", "retrieve,search,-exportTerraform")]), 1);
    assert_eq!(exports(&[("USE_TOOLS", "exportKickstart")]), 1);
    assert_eq!(exports(&[("USE_TOOLS", "create,update")]), 0);
    assert_eq!(exports(&[("USE_TOOLS", "exportKickstart,createUser,-retrieveTenants")]), 0);
    assert_eq!(exports(&[("USE_TOOLS", "exportKickstart,retrieve"), ("TOOL_AREAS", "user")]), 0);
}

#[test]
fn a_list_without_a_word_is_a_mistake() {
    assert!(mistake(&[("USE_TOOLS", ",")]).contains("USE_TOOLS: no bucket or tool in it"));
    assert!(mistake(&[("TOOL_AREAS", " , ")]).contains("TOOL_AREAS: no area in it"));
}

#[test]
fn read_only_wins_over_everything() {
    let marked = DOCUMENT.operations.iter().filter(|operation| operation.effect.read_only).count();
    assert_eq!(count(&[("READ_ONLY", "true")]), marked);
    assert_eq!(count(&[("READ_ONLY", "true"), ("USE_TOOLS", "all")]), marked);
    assert!(mistake(&[("READ_ONLY", "true"), ("USE_TOOLS", "deleteUserWithId")]).contains("no tool is left"));
    assert!(mistake(&[("READ_ONLY", "perhaps")]).contains("READ_ONLY: `perhaps`: expected true or false"));
}

#[test]
fn a_former_name_is_the_same_tool() {
    let operation = DOCUMENT.operations.iter().find(|operation| operation.former_name.is_some()).unwrap();
    let former_name = operation.former_name.unwrap();
    let toolset = choose(&[("USE_TOOLS", former_name)]).unwrap();
    assert_eq!(toolset.tools().iter().map(Tool::name).collect::<Vec<_>>(), [operation.name]);
    assert_eq!(toolset.tool(former_name).unwrap().name(), operation.name);
}

#[test]
fn every_tool_is_in_one_bucket() {
    let sum: usize = DEFAULT_PREFIXES.iter().chain([&OTHER]).map(|bucket| count(&[("USE_TOOLS", bucket)])).sum();
    assert_eq!(sum, DOCUMENT.operations.len());
}

#[test]
fn own_prefixes_make_own_buckets() {
    let environment = [("TOOL_BUCKETS", "import,login"), ("USE_TOOLS", "import")];
    let toolset = choose(&environment).unwrap();
    assert!(toolset.tools().iter().all(|tool| tool.name().starts_with("import")));
    assert!(mistake(&[("TOOL_BUCKETS", "retreive")]).contains("did you mean `retrieve`?"));
}

#[test]
fn areas_narrow_the_choice() {
    let toolset = choose(&[("TOOL_AREAS", "user, group"), ("USE_TOOLS", "retrieve")]).unwrap();
    assert!(toolset.tools().iter().all(|tool| ["user", "group"].contains(&tool.operation.area)));
    assert!(mistake(&[("TOOL_AREAS", "usr")]).contains("TOOL_AREAS: unknown area `usr`; did you mean `user`?"));
}

#[test]
fn misspelt_words_are_mistakes_and_so_is_nothing_left() {
    let text = mistake(&[("USE_TOOLS", "retreive,createUsr")]);
    assert!(text.contains("unknown bucket, mark or tool `retreive`; did you mean `retrieve`?"), "{text}");
    assert!(text.contains("`createUsr`; did you mean `createUser`?"), "{text}");
    assert!(mistake(&[("USE_TOOLS", "-")]).contains("unknown bucket, mark or tool ``"));
    assert!(mistake(&[("USE_TOOLS", "createUser"), ("TOOL_AREAS", "theme")]).contains("no tool is left"));
    assert!(mistake(&[("USE_TOOLS", "all,-all")]).contains("no tool is left"));
}

#[test]
fn a_chosen_tenant_takes_the_parameter_away() {
    let tenant = [("FUSIONAUTH_TENANT_ID", "00000000-0000-0000-0000-000000000001")];
    assert!(choose(&[]).unwrap().tool("createUser").unwrap().view().parameter(TENANT_ARGUMENT).is_some());
    assert!(choose(&tenant).unwrap().tool("createUser").unwrap().view().parameter(TENANT_ARGUMENT).is_none());
}

#[test]
fn a_tool_that_is_switched_off_says_by_what() {
    let unknown = |environment: &[(&str, &str)], name: &str| choose(environment).unwrap().unknown(name).to_string();
    let reading = [("USE_TOOLS", "retrieve,search")];
    assert_eq!(
        unknown(&reading, "deleteUserWithId"),
        "`deleteUserWithId` is switched off by USE_TOOLS=retrieve,search"
    );
    assert_eq!(
        unknown(&[("READ_ONLY", "true"), ("TOOL_AREAS", "user")], "createTenant"),
        "`createTenant` is switched off by TOOL_AREAS=user and READ_ONLY=true"
    );
    assert_eq!(
        unknown(&[("USE_TOOLS", "-exportKickstart")], "exportKickstart"),
        "`exportKickstart` is switched off by USE_TOOLS=-exportKickstart"
    );
    // The nearest tool is looked for among all: another verb is no help.
    let text = unknown(&reading, "deleteUserWithID");
    assert_eq!(
        text,
        "unknown tool `deleteUserWithID`; `deleteUserWithId` is switched off by USE_TOOLS=retrieve,search"
    );
    assert_eq!(
        unknown(&reading, "retrieveUserWithID"),
        "unknown tool `retrieveUserWithID`; did you mean `retrieveUserWithId`?"
    );
    assert_eq!(unknown(&reading, "xyzzy"), "unknown tool `xyzzy`");
}

/// Descriptions name no tool that is not there, and keep what else they say.
#[test]
fn a_list_speaks_of_no_tool_that_is_switched_off() {
    let names: BTreeSet<&str> = DOCUMENT.operations.iter().map(|operation| operation.name).collect();
    for environment in [
        [("USE_TOOLS", "retrieve,search"), ("TOOL_SCHEMAS", "compact")],
        [("READ_ONLY", "true"), ("TOOL_SCHEMAS", "full")],
        [("TOOL_AREAS", "user"), ("TOOL_SCHEMAS", "full")],
        [("USE_TOOLS", "-delete"), ("TOOL_SCHEMAS", "compact")],
    ] {
        let toolset = choose(&environment).unwrap();
        for listed in list(&toolset) {
            let schema = Value::Object(listed.input_schema).to_string();
            let text = format!("{} {schema}", listed.description);
            let words = text.split(|character: char| !character.is_ascii_alphanumeric());
            // A name such as `register` is a plain word too.
            let is_name = |word: &&str| word.chars().any(char::is_uppercase) && names.contains(word);
            let missing: Vec<_> = words.filter(is_name).filter(|word| toolset.tool(word).is_none()).collect();
            assert!(missing.is_empty(), "{}: {missing:?}: {}", listed.name, listed.description);
            assert!(!listed.description.is_empty(), "{}", listed.name);
        }
    }
}
