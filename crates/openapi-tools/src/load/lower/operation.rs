//! One operation, put together from its parts.

use serde_json::{Map, Value};

use super::{
    content,
    context::Context,
    importance,
    leak::{optional_text, text},
    marks::{Marks, is_tool_name},
    names, parameters, prose,
    security::Security,
    verbs,
};
use crate::model::operation::{Effect, Irreversible, Method, Operation};

/// The longest title and description in a foreign document, in characters.
const MAX_TITLE: usize = 80;
const MAX_DESCRIPTION: usize = 240;

/// Where an operation stands.
pub(super) struct Site<'p, 'a> {
    /// For faults.
    pub(super) place: &'p str,
    /// The key under `paths`.
    pub(super) path: &'a str,
    /// The method.
    pub(super) method: Method,
    /// What all methods of the path share.
    pub(super) item: &'a Map<String, Value>,
}

/// The operation there. `None` after a fault that leaves no operation.
pub(super) fn lower<'a>(
    context: &mut Context<'a>,
    security: &Security,
    site: &Site<'_, 'a>,
    source: &'a Map<String, Value>,
) -> Option<Operation> {
    let Site { place, path, method, item } = *site;
    let earlier = context.fault_count();
    let string = |key: &str| source.get(key).and_then(Value::as_str);
    let list = |from: &'a Map<String, Value>, key: &str| from.get(key).and_then(Value::as_array);
    let id = string("operationId");
    if !context.is_foreign() && !id.is_some_and(is_tool_name) {
        context.fault(
            format!("{place}.operationId"),
            format!(
                "{:?}: expected 1 to 64 letters, digits, `_` or `-`, the first a letter: it becomes a tool's name",
                id.unwrap_or_default()
            ),
        );
        return None;
    }
    let own = list(source, "parameters").map(Vec::as_slice).unwrap_or_default();
    let shared = list(item, "parameters").map(Vec::as_slice).unwrap_or_default();
    // What stands after `#` tells operations of one path apart, and is never sent.
    let (target, _) = path.split_once('#').unwrap_or((path, ""));
    let (target, fixed_query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut parameters = parameters::lower(context, place, target, own, shared);
    let segments = parameters::segments(context, place, target, &mut parameters);
    importance::rank_parameters(context, place, source, &mut parameters);
    let body = source
        .get("requestBody")
        .and_then(|body| content::request(context, &format!("{place}.requestBody"), method, body));
    let security = security.of_operation(context, place, list(source, "security"));
    let no_responses = &context.no_responses;
    let responses = source.get("responses").and_then(Value::as_object).unwrap_or(no_responses);
    let answer = content::answer(context, place, responses);
    let failure = content::failure(context, place, responses);
    let statuses = content::statuses(context, responses);
    let marks = Marks::read(context, place, source);
    if context.fault_count() > earlier {
        return None;
    }
    let published = id.unwrap_or_default();
    let name = match marks.tool_name {
        name if context.is_foreign() => names::tool_name(context.rules.name_prefix, name.or(id), method, path),
        Some(name) => name.to_owned(),
        None => published.to_owned(),
    };
    let texts = Texts::of(context, source, method, path);
    let effect = effect_of(context, method, &name, body.is_some(), &marks);
    Some(Operation {
        name: text(&name),
        former_name: (name != published).then(|| optional_text(Some(published))).flatten(),
        title: texts.title,
        description: texts.description,
        area: text(&area(context, source, target)),
        method,
        path: segments.leak(),
        fixed_query: optional_text(fixed_query),
        parameters: parameters.leak(),
        body,
        server: server(source).or_else(|| server(item)),
        bucket: context.is_foreign().then(|| verbs::bucket(&name, method, path, effect)),
        answer,
        failure,
        statuses: statuses.leak(),
        security,
        tenant_scoped: marks.tenant_scoped.unwrap_or(true),
        effect,
        irreversible: marks.irreversible.unwrap_or_else(|| irreversible_of(method, &marks)),
        deprecated: source.get("deprecated") == Some(&Value::Bool(true)),
        licensed: marks.licensed.unwrap_or(false),
        asynchronous: marks.asynchronous.unwrap_or(false),
        download: marks.download,
        wishes: marks.wishes,
    })
}

/// What an operation says of itself.
struct Texts {
    title: Option<&'static str>,
    description: Option<&'static str>,
}

impl Texts {
    /// A foreign operation without a text is described by its method and path.
    fn of(context: &Context<'_>, source: &Map<String, Value>, method: Method, path: &str) -> Self {
        let string = |key: &str| source.get(key).and_then(Value::as_str);
        let (summary, description) = (string("summary"), string("description"));
        if !context.is_foreign() {
            return Self { title: optional_text(summary), description: optional_text(description) };
        }
        let short =
            |text: Option<&str>, max| text.map(|text| prose::shortened(text, max)).filter(|text| !text.is_empty());
        let request = format!("{} {path}", method.as_str());
        let title =
            short(summary, MAX_TITLE).or_else(|| short(description, MAX_TITLE)).unwrap_or_else(|| request.clone());
        let description = short(description, MAX_DESCRIPTION).filter(|text| *text != title);
        let description = match description {
            Some(text)
                if short(summary, MAX_TITLE).is_none_or(|title| text.starts_with(title.trim_end_matches('.'))) =>
            {
                text
            }
            Some(text) => format!("{}. {text}", title.trim_end_matches(['.', '…'])),
            None => title.clone(),
        };
        Self { title: optional_text(Some(&title)), description: optional_text(Some(&description)) }
    }
}

/// The first server of an operation or a path, if it is an address of its own.
fn server(source: &Map<String, Value>) -> Option<&'static str> {
    let server = super::servers::urls(source.get("servers")).into_iter().next()?;
    server.contains("://").then(|| text(server.trim_end_matches('/')))
}

/// What the marks say, or else what the method means (RFC 9110, section 9.2), and in a foreign document the name.
fn effect_of(context: &Context<'_>, method: Method, name: &str, has_body: bool, marks: &Marks<'_>) -> Effect {
    let reads = if context.is_foreign() { verbs::reads(name, method, has_body) } else { method.is_safe() };
    let read_only = marks.read_only.unwrap_or(reads);
    let overwrites = !read_only
        && (matches!(method, Method::Delete | Method::Patch | Method::Put)
            || context.is_foreign() && verbs::destroys(name));
    Effect {
        read_only,
        destructive: marks.destructive.unwrap_or(overwrites),
        idempotent: marks.idempotent.unwrap_or(read_only || method != Method::Post),
    }
}

/// Whether a call destroys for good where no mark says so. A DELETE is taken to: to ask once too often is better than to
/// lose something.
fn irreversible_of(method: Method, marks: &Marks<'_>) -> Option<Irreversible> {
    let destroys = method == Method::Delete && marks.read_only != Some(true) && marks.destructive != Some(false);
    destroys.then_some(Irreversible { lost: None, when: &[], unless: &[] })
}

/// The group of an operation: in a foreign document its first tag, or else the first segment of the path that is a word.
fn area(context: &Context<'_>, source: &Map<String, Value>, path: &str) -> String {
    if !context.is_foreign() {
        return area_of(path, context.rules.area_prefix).to_owned();
    }
    let tag = source.get("tags").and_then(Value::as_array).and_then(|tags| tags.first()).and_then(Value::as_str);
    let tag = tag.map(names::slug).filter(|tag| !tag.is_empty());
    tag.unwrap_or_else(|| {
        let is_word = |segment: &&str| {
            let is_version =
                segment.strip_prefix('v').is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
            !segment.is_empty() && !segment.contains('{') && !is_version && !matches!(*segment, "api" | "rest")
        };
        let segment = path.split('/').find(is_word).map(names::slug).filter(|segment| !segment.is_empty());
        segment.unwrap_or_else(|| "root".to_owned())
    })
}

fn area_of<'p>(path: &'p str, prefix: Option<&str>) -> &'p str {
    let rest = prefix.and_then(|prefix| path.strip_prefix(prefix)).unwrap_or(path);
    let mut segments = rest.split('/').map(|segment| segment.trim_start_matches('.'));
    segments.find(|segment| !segment.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_the_first_segment_after_the_prefix() {
        for (path, prefix, expected) in [
            ("/api/user/{userId}", Some("/api/"), "user"),
            ("/api/user/{userId}", None, "api"),
            ("/v1/accounts", Some("/v1/"), "accounts"),
            ("/.well-known/jwks.json", Some("/api/"), "well-known"),
            ("/api", Some("/api/"), "api"),
            ("/api/", Some("/api/"), "/api/"),
            ("/", None, "/"),
        ] {
            assert_eq!(area_of(path, prefix), expected, "{path} after {prefix:?}");
        }
    }
}
