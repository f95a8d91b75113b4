//! What an API key may call: the permissions that tools need, and which of them the present key has.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use gateway::{
    answer::Answer, composite::no_progress, confirmation::NobodyToAsk, session::Session, tool::Tool, toolset::Toolset,
};
use openapi_tools::model::{
    operation::{Method, Operation, Parameter},
    schema::Kind,
    security::{Requirement, SchemeUse},
};
use serde_json::{Map, Value, json};

use super::{dialect::API_KEY_SCHEME, tools::DOCUMENT};

/// Calls at a time that find out what the key may do.
const MAX_PROBES: usize = 8;

/// An id that no object has: random UUIDs (RFC 9562, section 5.4) differ from it in their version.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// HTTP methods by endpoint, as `permissions.endpoints` of an API key has them.
pub type Endpoints = BTreeMap<String, BTreeSet<&'static str>>;

/// The permissions that a key needs for the offered tools. Without any endpoint, no tool needs a key; a key without any may
/// call everything.
pub fn needed(toolset: &Toolset) -> Endpoints {
    let tools = toolset.tools().iter().filter(|tool| is_own(tool)).map(|tool| tool.operation);
    let composites = toolset.composites().iter().flat_map(|offered| {
        offered.composite.reads().iter().filter_map(|name| offered.source.document.operation(name))
    });
    let mut endpoints = Endpoints::new();
    for operation in tools.chain(composites).filter(|operation| takes_key(operation)) {
        endpoints.entry(operation.endpoint()).or_default().insert(operation.method.as_str());
    }
    endpoints
}

/// Whether it is a tool of FusionAuth.
pub fn is_own(tool: &Tool) -> bool {
    std::ptr::eq(tool.source.document, &raw const DOCUMENT)
}

/// Whether a call may be authorized by an API key.
pub fn takes_key(operation: &Operation) -> bool {
    operation.security.iter().any(|Requirement(schemes)| schemes.iter().any(is_key))
}

/// Whether a key manager is needed, which only the admin UI and Kickstart can make.
pub fn needs_key_manager(operation: &Operation) -> bool {
    operation.area == "api-key"
}

fn is_key(used: &SchemeUse) -> bool {
    DOCUMENT.security_schemes.get(used.scheme).is_some_and(|scheme| scheme.name == API_KEY_SCHEME)
}

/// Whether a call is refused to a key without the permission. Where a token would do as well, the key is sent.
fn is_guarded(operation: &Operation) -> bool {
    takes_key(operation) && !operation.allows_anonymous()
}

/// Whether the present key may call a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Allowed,
    /// It may not.
    Refused,
    /// That was not tried, or the answer does not say.
    Unknown,
}

impl Permission {
    /// What an answer says about the key. FusionAuth looks at the key before it looks at anything else.
    pub fn of(answer: &Answer) -> Self {
        match answer.status {
            Some(401 | 403) => Self::Refused,
            Some(200..=299 | 400 | 404) => Self::Allowed,
            _ => Self::Unknown,
        }
    }
}

/// Whether the present key may call an offered tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The tool's name.
    pub tool: &'static str,
    /// Whether it may be called.
    pub permission: Permission,
}

/// What the present key may call of the offered tools, sorted by name. Only reads: tools that change something are not
/// tried. `asking` is a session with all tools that only read.
pub async fn verdicts(asking: &Session, offered: &Toolset) -> Vec<Verdict> {
    let mut groups: BTreeMap<(String, &str), Vec<&Operation>> = BTreeMap::new();
    for operation in offered.tools().iter().filter(|tool| can_be_tried(tool)).map(|tool| tool.operation) {
        groups.entry((operation.endpoint(), operation.method.as_str())).or_default().push(operation);
    }
    let probed =
        stream::iter(groups).map(|(endpoint, operations)| async move { (endpoint, probe(asking, operations).await) });
    let permissions: BTreeMap<_, _> = probed.buffer_unordered(MAX_PROBES).collect().await;
    let own = offered.tools().iter().filter(|tool| is_own(tool)).map(|tool| tool.operation);
    let tools = own.filter(|operation| takes_key(operation));
    tools
        .map(|operation| {
            let known = permissions.get(&(operation.endpoint(), operation.method.as_str()));
            let known = known.copied().filter(|_| is_guarded(operation));
            Verdict { tool: operation.name, permission: known.unwrap_or(Permission::Unknown) }
        })
        .collect()
}

/// Whether a call changes nothing and its answer tells something about the key.
fn can_be_tried(tool: &Tool) -> bool {
    let operation = tool.operation;
    is_own(tool)
        && operation.effect.read_only
        && operation.download.is_none()
        && (operation.method == Method::Get || operation.name.starts_with("search"))
        && is_guarded(operation)
}

/// Asks with one operation after the other until an answer tells.
async fn probe(asking: &Session, mut operations: Vec<&Operation>) -> Permission {
    // The ones that need no id come first: an id that is not there may be taken for one of another tenant.
    operations.sort_by_key(|operation| required(operation).count());
    for operation in operations {
        let arguments = arguments(operation);
        let answer = asking.call(operation.name, arguments, &no_progress, &NobodyToAsk).await;
        let permission = answer.as_ref().map_or(Permission::Unknown, Permission::of);
        if let (Permission::Unknown, Ok(answer)) = (permission, &answer) {
            tracing::debug!("{} shows nothing about the API key: {}", operation.name, answer.headline);
        }
        if permission != Permission::Unknown {
            return permission;
        }
    }
    Permission::Unknown
}

fn required(operation: &Operation) -> impl Iterator<Item = &'static Parameter> {
    operation.parameters.iter().filter(|parameter| parameter.required)
}

/// Arguments that are valid and find nothing, or little.
fn arguments(operation: &Operation) -> Map<String, Value> {
    let mut arguments: Map<_, _> =
        required(operation).map(|parameter| (parameter.name.to_owned(), sample(&parameter.schema.kind))).collect();
    if operation.method == Method::Post
        && let Some(page) = page(1).as_object_mut()
    {
        arguments.append(page);
    }
    arguments
}

fn sample(kind: &Kind) -> Value {
    match kind {
        Kind::Boolean => json!(false),
        // Instants are milliseconds, and there is no object with such a number.
        Kind::Integer { format: Some("int32") } | Kind::Number => json!(1),
        Kind::Integer { .. } => json!(1_700_000_000_000_u64),
        Kind::String { values: Some([first, ..]), .. } => json!(first),
        Kind::String { .. } => json!(NO_ID),
        Kind::Array { items, .. } => json!([sample(&items.kind)]),
        // Parameters refer to plain values, such as instants.
        Kind::Reference(name) => match DOCUMENT.schema(name).map(|schema| schema.kind) {
            None | Some(Kind::Reference(_)) => json!({}),
            Some(kind) => sample(&kind),
        },
        _ => json!({}),
    }
}

/// The arguments that ask a search for its first results.
pub fn page(results: usize) -> Value {
    json!({ "requestBody": { "search": { "numberOfResults": results, "orderBy": "name ASC" } } })
}
