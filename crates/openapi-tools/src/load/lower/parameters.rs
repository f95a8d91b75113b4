//! The parameters of an operation, and the path that some of them stand in.

use std::collections::BTreeSet;

use openapiv3::{ParameterSchemaOrContent, QueryStyle, ReferenceOr};
use serde_json::Value;

use super::{
    context::Context,
    defaults,
    leak::{optional_text, text},
    schemas,
};
use crate::{
    describe::input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
    model::operation::{Location, Parameter, Segment},
};

/// The longest name of an argument, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// The operation's own parameters, then those that all methods of the path share.
pub(super) fn lower(
    context: &mut Context<'_>,
    place: &str,
    own: &[ReferenceOr<openapiv3::Parameter>],
    shared: &[ReferenceOr<openapiv3::Parameter>],
) -> Vec<Parameter> {
    let mut names = Names::new();
    let mut parameters = Vec::new();
    for (index, source) in own.iter().chain(shared).enumerate() {
        parameters.extend(parameter(context, &mut names, &format!("{place}.parameters[{index}]"), source));
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
/// Object": `parameters`), or after a fault.
fn parameter<'a>(
    context: &mut Context<'_>,
    names: &mut Names<'a>,
    place: &str,
    source: &'a ReferenceOr<openapiv3::Parameter>,
) -> Option<Parameter> {
    let ReferenceOr::Item(source) = source else {
        context.fault(place, "a parameter by reference is not supported");
        return None;
    };
    let data = source.parameter_data_ref();
    let location = match source {
        openapiv3::Parameter::Path { .. } => Location::Path,
        openapiv3::Parameter::Query { style: QueryStyle::Form, .. } if data.explode != Some(false) => Location::Query,
        openapiv3::Parameter::Query { .. } => {
            context.fault(place, "expected `style: form` and `explode: true`: no other form of a query is supported");
            return None;
        }
        openapiv3::Parameter::Header { .. } => Location::Header,
        openapiv3::Parameter::Cookie { .. } => {
            context.fault(place, "a parameter in a cookie is not supported");
            return None;
        }
    };
    let ParameterSchemaOrContent::Schema(schema) = &data.format else {
        context.fault(place, "a parameter with `content` is not supported: expected `schema`");
        return None;
    };
    let location_name = match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
    };
    if !names.published.insert((&data.name, location_name)) {
        return None;
    }
    for (mark, value) in &data.extensions {
        let place = format!("{place}.{mark}");
        match mark.as_str() {
            "x-argument-name" | "x-wire-name" | "x-prefix" if value.is_string() => {}
            "x-argument-name" | "x-wire-name" | "x-prefix" => context.fault(place, format!("{value}: expected a text")),
            _ => {}
        }
    }
    let renamed = |mark: &str| data.extensions.get(mark).and_then(Value::as_str);
    let is_taken = names.arguments.contains(&data.name);
    let name = names.claim(renamed("x-argument-name").unwrap_or(&data.name), location_name);
    Some(Parameter {
        name: text(&name),
        former_name: (name != data.name && !is_taken).then(|| text(&data.name)),
        wire_name: text(renamed("x-wire-name").unwrap_or(&data.name)),
        location,
        prefix: optional_text(renamed("x-prefix")),
        required: data.required || location == Location::Path,
        description: defaults::described(data.description.as_deref(), defaults::of(schema)),
        schema: schemas::lower(context, &format!("{place}.schema"), schema),
    })
}

/// The path, segment by segment. Every parameter in it must be among `parameters`, and every path parameter in it.
pub(super) fn segments(context: &mut Context<'_>, place: &str, path: &str, parameters: &[Parameter]) -> Vec<Segment> {
    let mut segments = Vec::new();
    for part in path.trim_start_matches('/').split('/') {
        let inner = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        match inner {
            Some(name) => segments.push(Segment::Parameter(text(name))),
            None if part.contains(['{', '}']) => {
                context.fault(
                    place,
                    format!("the path segment `{part}` mixes text and a parameter: expected one of them"),
                );
            }
            None => segments.push(Segment::Literal(text(part))),
        }
    }
    let declared = || parameters.iter().filter(|parameter| parameter.location == Location::Path);
    let place = format!("{place}.parameters");
    for Parameter { wire_name: name, .. } in declared() {
        if !segments.contains(&Segment::Parameter(name)) {
            context.fault(&place, format!("the path parameter `{name}` does not stand in the path"));
        }
    }
    for segment in &segments {
        if let Segment::Parameter(name) = segment
            && !declared().any(|parameter| parameter.wire_name == *name)
        {
            context.fault(&place, format!("the path names `{{{name}}}`, which is no path parameter"));
        }
    }
    segments
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
