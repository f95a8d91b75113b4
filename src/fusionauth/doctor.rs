//! Why it does not work: checks of the configuration, the instance and the protocol. Nothing is written anywhere.

pub mod comparisons;
pub mod finding;
pub mod protocol;

use std::cmp::Ordering;

use gateway::{
    answer::{Answer, Body},
    call::{arguments::JsonObject, explain},
    composite::{ExchangeError, no_progress},
    confirmation::NobodyToAsk,
    listing::{Listed, SEARCH_TOOLS, count, list},
    session::Session,
    text::numerals::thousands,
    toolset::{
        Toolset,
        selection::{Origin, Selection},
    },
    transport::{Circuit, Failure, breaker::MAX_FAULTS},
};
use serde_json::{Value, json};

use self::finding::{
    Finding,
    Outcome::{Attention, Good, Note, Skipped},
};
use super::{
    dialect::TENANT_ARGUMENT,
    permissions::{Permission, Verdict, page, verdicts},
    simulation::ADDRESS,
    tools::DOCUMENT,
};
use crate::{
    clients::table::{CLIENTS, OTHER_LIMITS},
    config::{
        UpstreamConfig, secrets,
        settings::{BASE_URL, CIRCUIT_BREAKER, TENANT_ID, TOOL_AREAS, TOOL_MODE, UNKNOWN_PROPERTIES, USE_TOOLS},
        suspects::SuspectVariable,
    },
};

const VERSION: &str = "version";
const KEY: &str = "API key";
const PERMISSIONS: &str = "permissions";
const TENANTS: &str = "tenants";

/// What the doctor asks with: every tool that only reads, whatever is offered to clients.
pub fn selection() -> Selection {
    let origin = Origin { source: "doctor".to_owned(), typed: "true".to_owned() };
    Selection { read_only: Some(origin), ..Selection::default() }
}

/// Checks the configuration and the instance, by reading only. `asking` is a session with the tools of [`selection`];
/// `offered` is what clients see.
pub async fn examine(asking: &Session, offered: &Toolset, config: &UpstreamConfig) -> Vec<Finding> {
    let (status, is_about_address) = status(asking).await;
    let instance = instance(config, &status, is_about_address);
    let is_there = instance.outcome == Good;
    let mut findings = vec![configuration(offered, config)];
    findings.extend(key_length(config));
    findings.push(instance);
    if is_there {
        let answer = ask(asking, "retrieveVersionWithId", json!({})).await;
        let verdicts = verdicts(asking, offered).await;
        let is_allowed = verdicts.iter().any(|verdict| verdict.permission == Permission::Allowed);
        let tenants = tenants(asking, config).await;
        let is_accepted = Permission::of(&answer) == Permission::Allowed || is_allowed || tenants.outcome == Good;
        findings.extend([version(&answer, &status), key(is_accepted, &answer), permissions(&verdicts), tenants]);
    } else {
        let skipped = |name| Finding::new(name, Skipped, "not checked: no working FusionAuth was found");
        findings.extend([VERSION, KEY, PERMISSIONS, TENANTS].map(skipped));
    }
    findings.extend(asking.toolset().sources().iter().map(|source| breaker(source.transport.circuit())));
    findings
}

/// Checks what is the same for all APIs: variables that may be misspelt, and the list of tools.
pub fn examine_list(offered: &Toolset, suspects: &[SuspectVariable]) -> Vec<Finding> {
    let suspects = suspects.iter().map(suspect);
    suspects.chain([tool_count(count(offered)), list_size(offered)]).collect()
}

async fn ask(session: &Session, tool: &str, mut arguments: Value) -> Answer {
    let arguments = arguments.as_object_mut().map(std::mem::take).unwrap_or_default();
    let answer = session.call(tool, arguments, &no_progress, &NobodyToAsk).await;
    answer.unwrap_or_else(|unknown| Answer::failure(unknown.to_string()))
}

/// What the instance says of itself, and whether a failure may come from a wrong address.
async fn status(asking: &Session) -> (Answer, bool) {
    let tool = "retrieveStatus";
    match asking.ask(tool, JsonObject::new()).await {
        Ok(answer) => (answer, true),
        Err(error) => {
            let answer = match asking.toolset().tool(tool) {
                Some(tool) => explain::failed(tool.operation, &tool.source, &error),
                None => Answer::failure(error.to_string()),
            };
            (answer, matches!(&error, ExchangeError::Transport(failure) if is_about_address(failure)))
        }
    }
}

fn is_about_address(failure: &Failure) -> bool {
    match failure {
        Failure::Unreachable { proxy, .. } => proxy.is_none(),
        Failure::TimedOut { .. } | Failure::Interrupted { .. } => true,
        Failure::Repeated { last, .. } => is_about_address(last),
        _ => false,
    }
}

/// The JSON of an answer's body, or null.
fn json_of(answer: &Answer) -> Value {
    answer.json().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

fn configuration(toolset: &Toolset, config: &UpstreamConfig) -> Finding {
    let key = if config.api_key.is_some() { "an API key is set" } else { "no API key is set" };
    let (url, count) = (&config.base_url, count(toolset));
    Finding::new("configuration", Good, format!("{url}; {key}; {count} tools"))
}

/// A variable whose name is nearly that of a setting.
fn suspect(variable: &SuspectVariable) -> Finding {
    let remedy = format!("If {} was meant, rename it.", variable.meant);
    Finding::new("variables", Attention, variable.to_string()).with_remedy(remedy)
}

/// What to say of a key that can be guessed.
fn key_length(config: &UpstreamConfig) -> Option<Finding> {
    // The key of a simulated instance is no secret.
    if config.base_url == ADDRESS || !config.api_key.as_ref().is_some_and(secrets::is_short) {
        return None;
    }
    let detail = format!("fewer than {} characters, so it can be guessed", secrets::MIN_CHARACTERS);
    let remedy = "Create another one in FusionAuth (Settings, API Keys) and let FusionAuth choose its value, or use `key create`.";
    Some(Finding::new("API key length", Attention, detail).with_remedy(remedy))
}

fn breaker(circuit: Option<Circuit>) -> Finding {
    let name = "circuit breaker";
    let setting = CIRCUIT_BREAKER.label();
    match circuit {
        None => Finding::new(name, Good, format!("off ({setting}=false, or the sandbox)")),
        Some(Circuit::Closed { faults: 0 }) => Finding::new(name, Good, "closed: calls are sent"),
        Some(Circuit::Closed { faults }) => {
            let detail = format!(
                "closed: calls are sent; {faults} failed in a row, and after {MAX_FAULTS} no more are sent for a while"
            );
            Finding::new(name, Note, detail)
        }
        Some(Circuit::Open { cause, retry_in }) => {
            let seconds = retry_in.as_millis().div_ceil(1000);
            let detail = format!("open: no calls are sent for {seconds} s; the last failure: {cause}");
            Finding::new(name, Attention, detail).with_remedy("Fix the problems above first.")
        }
        Some(Circuit::HalfOpen) => {
            let detail = "half-open: the next call tests whether FusionAuth works again";
            Finding::new(name, Attention, detail).with_remedy("Fix the problems above first.")
        }
    }
}

fn instance(config: &UpstreamConfig, status: &Answer, is_about_address: bool) -> Finding {
    let (url, headline) = (&config.base_url, &status.headline);
    let is_ours = !status.is_error && (status.body == Body::Empty || json_of(status).is_object());
    let (outcome, detail) = match status.status {
        // A wrong key may be refused even here.
        Some(status) if is_ours || status == 401 => (Good, format!("{url} answers")),
        Some(_) => (Attention, format!("{url} responds, but not like a working FusionAuth: {headline}")),
        None => (Attention, headline.clone()),
    };
    let hint = "is the instance's address, without /api; in a container, localhost is the container itself.";
    let finding = Finding::new("FusionAuth", outcome, detail);
    // Where it is something else, the detail says what to do.
    let needs_hint = outcome != Good && is_about_address;
    if needs_hint { finding.with_remedy(format!("{} {hint}", BASE_URL.label())) } else { finding }
}

fn version(answer: &Answer, status: &Answer) -> Finding {
    let ours = DOCUMENT.version;
    let bodies = [json_of(answer), json_of(status)];
    let Some(running) = bodies.iter().find_map(|body| body.get("version")?.as_str()) else {
        return Finding::new(VERSION, Skipped, format!("unknown; the tools are made for {ours}"));
    };
    let detail = format!("FusionAuth {running}; the tools are made for {ours}");
    let numbers = |version: &str| version.split('.').map_while(|number| number.parse().ok()).collect::<Vec<u64>>();
    let (theirs, ours) = (numbers(running), numbers(ours));
    let is_close = theirs.first() == ours.first();
    let newer = format!(
        "Newer operations have no tool: look for a newer fusionauth-mcp if you need them. {}=warn sends properties that \
         the tools do not know.",
        UNKNOWN_PROPERTIES.label()
    );
    let remedy = match theirs.cmp(&ours) {
        Ordering::Greater => Some(newer),
        Ordering::Less if is_close => {
            Some("Operations that this FusionAuth does not have yet fail with 404 or 405.".to_owned())
        }
        Ordering::Less => Some("Look for a fusionauth-mcp that was made for this version of FusionAuth.".to_owned()),
        Ordering::Equal => None,
    };
    let finding = Finding::new(VERSION, if is_close { Good } else { Attention }, detail);
    match remedy {
        Some(remedy) => finding.with_remedy(remedy),
        None => finding,
    }
}

fn key(is_accepted: bool, answer: &Answer) -> Finding {
    if is_accepted {
        return Finding::new(KEY, Good, "accepted");
    }
    let remedy = "Compare it with the keys in FusionAuth (Settings, API Keys).";
    Finding::new(KEY, Attention, format!("not accepted: {}", answer.headline)).with_remedy(remedy)
}

/// Which offered tools the key may not call.
fn permissions(verdicts: &[Verdict]) -> Finding {
    let named = |permission| -> Vec<&str> {
        verdicts.iter().filter(|verdict| verdict.permission == permission).map(|verdict| verdict.tool).collect()
    };
    let (allowed, refused) = (named(Permission::Allowed), named(Permission::Refused));
    let untried = named(Permission::Unknown).len();
    let tried = allowed.len() + refused.len();
    let mut detail = format!("the key may call {} of {tried} tools that could be tried", allowed.len());
    if untried > 0 {
        detail.push_str(&format!(
            " ({untried} were not tried, because they change something or need values that are not known)"
        ));
    }
    if allowed.is_empty() || refused.is_empty() {
        return Finding::new(PERMISSIONS, if allowed.is_empty() { Skipped } else { Good }, detail);
    }
    let detail = format!("{detail}. It may not call: {}", refused.join(", "));
    let remedy = format!(
        "`{} key plan` prints the permissions that the offered tools need; give the key those, or offer fewer tools ({}, {}).",
        env!("CARGO_PKG_NAME"),
        USE_TOOLS.label(),
        TOOL_AREAS.label()
    );
    Finding::new(PERMISSIONS, Attention, detail).with_remedy(remedy)
}

async fn tenants(asking: &Session, config: &UpstreamConfig) -> Finding {
    let answer = match &config.tenant_id {
        Some(id) => ask(asking, "retrieveTenantWithId", json!({ "tenantId": id })).await,
        None => ask(asking, "searchTenantsWithId", page(1)).await,
    };
    let total = json_of(&answer).get("total").and_then(Value::as_u64);
    let choose = format!("Set {} to the id of a tenant to use it for all calls.", TENANT_ID.label());
    let (outcome, detail, remedy) = match (answer.status, &config.tenant_id, total) {
        (Some(200..=299), Some(id), _) => (Good, format!("every call goes to {id}"), None),
        (Some(404), Some(id), _) => (Attention, format!("there is no tenant {id}"), Some(choose)),
        (Some(200..=299), None, Some(count @ 2..)) => {
            (Good, format!("{count}, and none is chosen: pass {TENANT_ARGUMENT} in calls that need one"), Some(choose))
        }
        (Some(200..=299), None, _) => (Good, "one, so none has to be chosen".to_owned(), None),
        _ => (Skipped, format!("not known (the key of a tenant cannot list them): {}", answer.headline), None),
    };
    let finding = Finding::new(TENANTS, outcome, detail);
    match remedy {
        Some(remedy) => finding.with_remedy(remedy),
        None => finding,
    }
}

fn tool_count(count: usize) -> Finding {
    let limits = CLIENTS.iter().filter_map(|client| Some((client.max_tools?, client.title)));
    let mut exceeded: Vec<_> = limits.chain(OTHER_LIMITS).filter(|(limit, _)| count > *limit).collect();
    exceeded.sort_unstable();
    let exceeded: Vec<_> = exceeded.into_iter().map(|(limit, client)| format!("{client} ({limit})")).collect();
    let name = "number of tools";
    if exceeded.is_empty() {
        return Finding::new(name, Good, format!("{count}, within the limit of every client known to have one"));
    }
    let detail =
        format!("{count}, more than some clients accept: {}; other clients have no known limit", exceeded.join(", "));
    let (mode, tools, areas) = (TOOL_MODE.label(), USE_TOOLS.label(), TOOL_AREAS.label());
    let remedy = format!(
        "For such a client set {mode}=search, which lists {SEARCH_TOOLS} tools that find and call all others, or choose fewer \
         with {tools} and {areas}."
    );
    Finding::new(name, Good, detail).with_remedy(remedy)
}

fn list_size(toolset: &Toolset) -> Finding {
    let tokens: usize = list(toolset).iter().map(Listed::tokens).sum();
    Finding::new("size of the list", Good, format!("{} tokens (o200k)", thousands(tokens)))
}
