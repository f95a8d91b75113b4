//! One operation, put together from its parts.

use openapiv3::ReferenceOr;

use super::{
    content,
    context::Context,
    leak::{optional_text, text},
    marks::{Marks, is_tool_name},
    parameters,
    security::Security,
};
use crate::model::operation::{Effect, Irreversible, Method, Operation};

/// The operation of `method` on `path`; `shared` are the parameters of all methods there. `None` after a fault that
/// leaves no operation.
pub(super) fn lower(
    context: &mut Context<'_>,
    security: &Security,
    place: &str,
    path: &str,
    method: &str,
    shared: &[ReferenceOr<openapiv3::Parameter>],
    source: &openapiv3::Operation,
) -> Option<Operation> {
    let Some(method) = method_of(method) else {
        context.fault(place, format!("the method `{method}` is not supported"));
        return None;
    };
    let Some(name) = source.operation_id.as_deref().filter(|name| is_tool_name(name)) else {
        context.fault(
            format!("{place}.operationId"),
            format!(
                "{:?}: expected 1 to 64 letters, digits, `_` or `-`, the first a letter: it becomes a tool's name",
                source.operation_id.as_deref().unwrap_or_default()
            ),
        );
        return None;
    };
    let parameters = parameters::lower(context, place, &source.parameters, shared);
    let segments = parameters::segments(context, place, path, &parameters);
    let body = source
        .request_body
        .as_ref()
        .and_then(|body| content::request(context, &format!("{place}.requestBody"), method, body));
    let security = security.of_operation(context, place, source.security.as_deref());
    let answer = content::answer(context, place, &source.responses);
    let failure = content::failure(context, place, &source.responses);
    let statuses = content::statuses(&source.responses);
    let marks = Marks::read(context, place, source);
    let tool_name = marks.tool_name.unwrap_or(name);
    Some(Operation {
        name: text(tool_name),
        former_name: (tool_name != name).then(|| text(name)),
        title: optional_text(source.summary.as_deref()),
        description: optional_text(source.description.as_deref()),
        area: text(area_of(path, context.rules.area_prefix)),
        method,
        path: segments.leak(),
        parameters: parameters.leak(),
        body,
        answer,
        failure,
        statuses: statuses.leak(),
        security,
        tenant_scoped: marks.tenant_scoped.unwrap_or(true),
        effect: effect_of(method, &marks),
        irreversible: marks.irreversible.unwrap_or_else(|| irreversible_of(method, &marks)),
        deprecated: source.deprecated,
        licensed: marks.licensed.unwrap_or(false),
        asynchronous: marks.asynchronous.unwrap_or(false),
        download: marks.download,
    })
}

/// What the marks say, or else what the method means (RFC 9110, section 9.2).
fn effect_of(method: Method, marks: &Marks<'_>) -> Effect {
    let read_only = marks.read_only.unwrap_or(method == Method::Get);
    let overwrites = !read_only && matches!(method, Method::Delete | Method::Patch | Method::Put);
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

fn method_of(name: &str) -> Option<Method> {
    [Method::Delete, Method::Get, Method::Patch, Method::Post, Method::Put]
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(name))
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
