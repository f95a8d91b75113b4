//! The parameters of an operation, and the path that some of them stand in.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    context::Context,
    defaults,
    leak::{optional_text, text},
    prose, schemas,
};
use crate::{
    describe::input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
    model::{
        operation::{Form, Location, Parameter, Segment, Style},
        schema::Schema,
    },
};

/// Headers that are no parameters (OpenAPI 3.0.3, "Parameter Object").
const IGNORED_HEADERS: [&str; 3] = ["Accept", "Authorization", "Content-Type"];

/// The longest description of a parameter in a foreign document, in characters.
const MAX_DESCRIPTION: usize = 200;

/// The longest name of an argument, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// The operation's own parameters, then those that all methods of the path share.
pub(super) fn lower<'a>(
    context: &mut Context<'a>,
    place: &str,
    path: &str,
    own: &'a [Value],
    shared: &'a [Value],
) -> Vec<Parameter> {
    let mut names = Names::new();
    let mut parameters = Vec::new();
    for (index, source) in own.iter().chain(shared).enumerate() {
        parameters.extend(parameter(context, &mut names, &format!("{place}.parameters[{index}]"), path, source));
    }
    parameters
}

/// The names of one operation's arguments.
struct Names<'a> {
    /// The published names, each with its location.
    published: BTreeSet<(&'a str, &'static str)>,
    /// The arguments' names, and those that are no parameter's.
    arguments: BTreeSet<String>,
}

impl Names<'_> {
    fn new() -> Self {
        let arguments = [BODY_ARGUMENT, FILTER_ARGUMENT].map(str::to_owned);
        Self { published: BTreeSet::new(), arguments: BTreeSet::from(arguments) }
    }

    /// A name of its own for the argument of a parameter that is published by that name: where another argument has the
    /// name, with the location after it.
    fn claim(&mut self, published: &str, location: &str) -> String {
        let name = argument_name(published);
        let others = (1..).map(|number| {
            let suffix = if number == 1 { format!("_{location}") } else { format!("_{location}{number}") };
            name.chars().take(MAX_NAME_BYTES.saturating_sub(suffix.len())).chain(suffix.chars()).collect()
        });
        let is_free = |name: &String| !self.arguments.contains(name);
        let name = std::iter::once(name.clone()).chain(others).find(is_free).unwrap_or_default();
        self.arguments.insert(name.clone());
        name
    }
}

/// The name of the argument for a parameter of that published name.
///
/// Providers of models refuse a list of tools for the name of one argument. The narrowest rule is Vertex AI's: letters,
/// digits and `_`, no digit first, at most 64 (`FunctionDeclaration.parameters`). Whatever else stands in the published
/// name becomes `_`.
fn argument_name(published: &str) -> String {
    let begins_with_digit = published.starts_with(|first: char| first.is_ascii_digit());
    let allowed = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    begins_with_digit.then_some('_').into_iter().chain(published.chars().map(allowed)).take(MAX_NAME_BYTES).collect()
}

/// The parameter at `place`. `None` where it is one of the path's that the operation replaces (OpenAPI 3.0.3, "Path Item
/// Object": `parameters`), where it says nothing that is sent, or after a fault.
fn parameter<'a>(
    context: &mut Context<'a>,
    names: &mut Names<'a>,
    place: &str,
    path: &str,
    source: &'a Value,
) -> Option<Parameter> {
    let source = context.resolved(place, source)?;
    let string = |key: &str| source.get(key).and_then(Value::as_str);
    let Some(published) = string("name") else {
        context.note(place, "expected `name`, a string");
        return None;
    };
    let (location, location_name) = match string("in") {
        Some("path") => (Location::Path, "path"),
        Some("query") => (Location::Query, "query"),
        Some("header") => (Location::Header, "header"),
        Some("cookie") => (Location::Cookie, "cookie"),
        Some("querystring") => (Location::QueryString, "querystring"),
        _ => {
            context.note(place, "expected `in`: path, query, header or cookie");
            return None;
        }
    };
    // OpenAPI 3.0.3, "Parameter Object": they shall be ignored.
    let is_ignored =
        location == Location::Header && IGNORED_HEADERS.iter().any(|name| published.eq_ignore_ascii_case(name));
    if is_ignored || !names.published.insert((published, location_name)) {
        return None;
    }
    if context.is_foreign() && location == Location::Path && !path.contains(&format!("{{{published}}}")) {
        context.note(place, format!("the path parameter `{published}` does not stand in the path"));
        return None;
    }
    for mark in ["x-argument-name", "x-wire-name", "x-prefix"] {
        if let Some(value) = source.get(mark).filter(|value| !value.is_string()) {
            context.note(format!("{place}.{mark}"), format!("{value}: expected a text"));
        }
    }
    let renamed = |mark: &str| string(mark);
    let is_taken = names.arguments.contains(published);
    let name = names.claim(renamed("x-argument-name").unwrap_or(published), location_name);
    let (schema, is_json) = match (source.get("schema"), source.get("content").and_then(Value::as_object)) {
        (Some(schema), _) => (schemas::lower(context, &format!("{place}.schema"), schema), false),
        (None, Some(content)) => match content.iter().next() {
            Some((media_type, content)) => {
                let schema = content.get("schema").unwrap_or(&Value::Bool(true));
                let is_json = media_type.to_ascii_lowercase().contains("json");
                (schemas::lower(context, &format!("{place}.content.{media_type}.schema"), schema), is_json)
            }
            None => (Schema::string(), false),
        },
        (None, None) => {
            context.note(place, "expected `schema` or `content`");
            (Schema::string(), false)
        }
    };
    let mut style = style(source, location);
    if is_json {
        style.form = Form::Json;
    }
    if string("x-allow-slashes").is_some() || source.get("x-allow-slashes") == Some(&Value::Bool(true)) {
        style.allows_reserved = true;
    }
    let description = string("description");
    Some(Parameter {
        name: text(&name),
        former_name: (name != published && !is_taken).then(|| text(published)),
        wire_name: text(renamed("x-wire-name").unwrap_or(published)),
        location,
        prefix: optional_text(renamed("x-prefix")),
        required: source.get("required") == Some(&Value::Bool(true)) || location == Location::Path,
        description: if context.is_foreign() {
            optional_text(description.map(|text| prose::shortened(text, MAX_DESCRIPTION)).as_deref())
        } else {
            defaults::described(description, source.get("schema").and_then(|schema| schema.get("default")))
        },
        is_common: false,
        style,
        schema,
    })
}

/// How a parameter, or a property of a form, is written.
pub(super) fn style(source: &Map<String, Value>, location: Location) -> Style {
    let default = Style::of(location);
    let form = match source.get("style").and_then(Value::as_str) {
        Some("label") => Form::Label,
        Some("matrix") => Form::Matrix,
        Some("simple") => Form::Simple,
        Some("form") => Form::Form,
        Some("spaceDelimited") => Form::SpaceDelimited,
        Some("tabDelimited") => Form::TabDelimited,
        Some("pipeDelimited") => Form::PipeDelimited,
        Some("deepObject") => Form::DeepObject,
        _ => default.form,
    };
    Style {
        form,
        explode: source
            .get("explode")
            .and_then(Value::as_bool)
            .unwrap_or(matches!(form, Form::Form | Form::DeepObject)),
        allows_reserved: source.get("allowReserved").and_then(Value::as_bool).unwrap_or(default.allows_reserved),
    }
}

/// The path, segment by segment. Every parameter in it must be among `parameters`, and every path parameter in it.
pub(super) fn segments(
    context: &mut Context<'_>,
    place: &str,
    path: &str,
    parameters: &mut Vec<Parameter>,
) -> Vec<Segment> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let segments: Vec<_> = path.split('/').map(segment).collect();
    let place = format!("{place}.parameters");
    for parameter in parameters.iter().filter(|parameter| is_path(parameter)) {
        let name = parameter.wire_name;
        if !segments.iter().any(|segment| segment.parameters().any(|known| known == name)) {
            context.note(&place, format!("the path parameter `{name}` does not stand in the path"));
        }
    }
    for name in segments.iter().flat_map(Segment::parameters) {
        let is_declared = parameters.iter().any(|parameter| is_path(parameter) && parameter.wire_name == name);
        if !is_declared {
            context.note(&place, format!("the path names `{{{name}}}`, which is no path parameter"));
            parameters.insert(0, undeclared(name));
        }
    }
    segments
}

fn is_path(parameter: &Parameter) -> bool {
    parameter.location == Location::Path
}

/// A parameter that only the path names.
fn undeclared(name: &'static str) -> Parameter {
    let argument = argument_name(name);
    Parameter {
        name: text(&argument),
        former_name: None,
        wire_name: name,
        location: Location::Path,
        prefix: None,
        required: true,
        description: None,
        is_common: false,
        style: Style::of(Location::Path),
        schema: Schema::string(),
    }
}

fn segment(part: &str) -> Segment {
    let mut pieces = Vec::new();
    let mut rest = part;
    while let Some(open) = rest.find('{')
        && let Some(length) = rest.get(open..).and_then(|inner| inner.find('}'))
    {
        let (before, after) = rest.split_at(open);
        if !before.is_empty() {
            pieces.push(Segment::Literal(text(before)));
        }
        pieces.push(Segment::Parameter(text(after.get(1..length).unwrap_or_default())));
        rest = after.get(length + 1..).unwrap_or_default();
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Segment::Literal(text(rest)));
    }
    match pieces.as_slice() {
        [only] => *only,
        _ => Segment::Mixed(pieces.leak()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_has_a_name_that_every_provider_takes() {
        for (published, expected) in [
            ("userId", "userId"),
            ("client_id", "client_id"),
            ("X-FusionAuth-TenantId", "X_FusionAuth_TenantId"),
            ("filter[name]", "filter_name_"),
            ("$top", "_top"),
            ("page.size", "page_size"),
            ("2fa", "_2fa"),
            ("größe", "gr__e"),
            ("", ""),
        ] {
            assert_eq!(argument_name(published), expected, "{published}");
        }
        assert_eq!(argument_name(&"1".repeat(100)), format!("_{}", "1".repeat(63)));
    }

    #[test]
    fn no_two_arguments_share_a_name() {
        let mut names = Names::new();
        let mut claim = |published| names.claim(published, "query");
        assert_eq!(
            ["a.b", "a-b", "a_b", "jq", "requestBody"].map(&mut claim),
            ["a_b", "a_b_query", "a_b_query2", "jq_query", "requestBody_query"]
        );
        let long = "x".repeat(64);
        assert_eq!(claim(&long), long);
        assert_eq!(claim(&long), format!("{}_query", "x".repeat(58)));
    }
}
