//! The parameters of an operation, and the path that some of them stand in.

use openapiv3::{ParameterSchemaOrContent, QueryStyle, ReferenceOr};
use serde_json::Value;

use super::{
    context::Context,
    leak::{optional_text, text},
    schemas,
};
use crate::model::operation::{Location, Parameter, Segment};

/// The operation's own parameters, then those that all methods of the path share.
pub(super) fn lower(
    context: &mut Context<'_>,
    place: &str,
    own: &[ReferenceOr<openapiv3::Parameter>],
    shared: &[ReferenceOr<openapiv3::Parameter>],
) -> Vec<Parameter> {
    let sources = own.iter().chain(shared).enumerate();
    sources.filter_map(|(index, source)| parameter(context, &format!("{place}.parameters[{index}]"), source)).collect()
}

fn parameter(context: &mut Context<'_>, place: &str, source: &ReferenceOr<openapiv3::Parameter>) -> Option<Parameter> {
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
    let renamed = |mark: &str| data.extensions.get(mark).and_then(Value::as_str);
    let name = renamed("x-argument-name").unwrap_or(&data.name);
    Some(Parameter {
        name: text(name),
        former_name: (name != data.name).then(|| text(&data.name)),
        wire_name: text(renamed("x-wire-name").unwrap_or(&data.name)),
        location,
        required: data.required || location == Location::Path,
        description: optional_text(data.description.as_deref()),
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
