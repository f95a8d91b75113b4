//! An operation: one method on one path, and all that is needed to call it.

use super::{schema::Schema, security::Requirement};

/// An OpenAPI operation (OpenAPI 3.0.3, "Operation Object") as a tool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation {
    /// The tool's name: the `operationId`, or a shorter one where that is too long for some clients.
    pub name: &'static str,
    /// The `operationId` where it is not the name. The operation can be called by it too.
    pub former_name: Option<&'static str>,
    /// A few words for people (`summary`).
    pub title: Option<&'static str>,
    /// What it does, for a model that chooses among tools.
    pub description: Option<&'static str>,
    /// The group that it belongs to by its path: the first segment after the prefix that the API's paths share. A path
    /// without segments is its own area.
    pub area: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, segment by segment, without slashes.
    pub path: &'static [Segment],
    /// What the query begins with in every call, as the path in the document has it: `beta=true`.
    pub fixed_query: Option<&'static str>,
    /// Path, query and header parameters, in the document's order.
    pub parameters: &'static [Parameter],
    /// The request body, where there is one.
    pub body: Option<Body>,
    /// Where it is served, if that is elsewhere than the rest of the API: an absolute URL without a slash at its end.
    pub server: Option<&'static str>,
    /// The bucket that it belongs to whatever its name begins with.
    pub bucket: Option<&'static str>,
    /// What the JSON of a success is, where there is some.
    pub answer: Option<Schema>,
    /// What the JSON of a failure is, where there is some.
    pub failure: Option<Schema>,
    /// Statuses that mean something of their own here, and what.
    pub statuses: &'static [(u16, &'static str)],
    /// The alternatives of which a call must satisfy one (OpenAPI 3.0.3, "Security Requirement Object"), in the
    /// document's order. An empty alternative, which stands last, makes the others optional. Without any, no credential
    /// is sent.
    pub security: &'static [Requirement],
    /// Whether a tenant chosen for the whole server is sent with this operation.
    pub tenant_scoped: bool,
    /// What a call does to the upstream.
    pub effect: Effect,
    /// What a call destroys so that nothing of this API brings it back, where it does.
    pub irreversible: Option<Irreversible>,
    /// Whether there is a better way by now.
    pub deprecated: bool,
    /// Whether the upstream needs a licence for it.
    pub licensed: bool,
    /// Whether the work may go on after the answer.
    pub asynchronous: bool,
    /// What a success brings as a file, where it does.
    pub download: Option<Download>,
    /// What people say when they want it. It is found by these phrases; nobody reads them.
    pub wishes: &'static [&'static str],
}

impl Operation {
    /// The path as the document writes it: `/api/user/{userId}`.
    pub fn path_template(&self) -> String {
        let mut template = String::new();
        for segment in self.path {
            template.push('/');
            segment.write_template(&mut template);
        }
        template
    }

    /// The path without its parameters: `/api/application/role`. Permissions of API keys are named so.
    pub fn endpoint(&self) -> String {
        let literals = self.path.iter().filter_map(|segment| match segment {
            Segment::Literal(text) => Some(*text),
            Segment::Parameter(_) | Segment::Mixed(_) => None,
        });
        literals.flat_map(|text| ["/", text]).collect()
    }

    /// Whether it is called by that name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.former_name == Some(name)
    }

    /// Whether a call without credentials satisfies its security requirements.
    pub fn allows_anonymous(&self) -> bool {
        self.security.is_empty() || self.security.iter().any(Requirement::is_empty)
    }

    /// The parameter that travels in the header of that name (RFC 9110, section 5.1: its case does not matter).
    pub fn header(&self, name: &str) -> Option<&'static Parameter> {
        let mut headers = self.parameters.iter().filter(|parameter| parameter.location == Location::Header);
        headers.find(|parameter| parameter.wire_name.eq_ignore_ascii_case(name))
    }

    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// The HTTP methods that an operation may have. TRACE is none of them: a request with credentials must not use it (RFC
/// 9110, section 9.3.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `OPTIONS`
    Options,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `QUERY` (OpenAPI 3.2)
    Query,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Delete, Self::Get, Self::Head, Self::Options, Self::Patch, Self::Post, Self::Put, Self::Query];

    /// Whether it reads and changes nothing (RFC 9110, section 9.2.1: "safe").
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options | Self::Query)
    }

    /// The method as HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Query => "QUERY",
        }
    }
}

/// A part of the path between two slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Stands as it is.
    Literal(&'static str),
    /// The value of the path parameter of that wire name.
    Parameter(&'static str),
    /// Several of these without a slash between them, such as `{owner}.json`.
    Mixed(&'static [Segment]),
}

impl Segment {
    /// The wire names of the parameters in it.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        let pieces = match self {
            Self::Mixed(pieces) => *pieces,
            single => std::slice::from_ref(single),
        };
        let names = pieces.iter().filter_map(|piece| match piece {
            Self::Parameter(name) => Some(*name),
            Self::Literal(_) | Self::Mixed(_) => None,
        });
        names.collect::<Vec<_>>().into_iter()
    }

    /// Adds the segment as a document writes it.
    fn write_template(&self, template: &mut String) {
        match self {
            Self::Literal(text) => template.push_str(text),
            Self::Parameter(name) => {
                template.push('{');
                template.push_str(name);
                template.push('}');
            }
            Self::Mixed(pieces) => pieces.iter().for_each(|piece| piece.write_template(template)),
        }
    }
}

/// An argument that travels outside of the body (OpenAPI 3.0.3, "Parameter Object").
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The name among the tool's arguments.
    pub name: &'static str,
    /// The published name where it is not the argument's. It is taken as the argument too.
    pub former_name: Option<&'static str>,
    /// The name in the path's template, the query or the header.
    pub wire_name: &'static str,
    /// Where it travels.
    pub location: Location,
    /// What stands before the value where it travels, such as the name of an authentication scheme.
    pub prefix: Option<&'static str>,
    /// Whether a call without it cannot be made.
    pub required: bool,
    /// What it means.
    pub description: Option<&'static str>,
    /// Whether so many operations have it, with the same meaning, that a list of tools does not describe it.
    pub is_common: bool,
    /// How its value is written.
    pub style: Style,
    /// Its type.
    pub schema: Schema,
}

/// How the value of a parameter is written (OpenAPI 3.1, "Parameter Object": `style`, `explode`, `allowReserved`,
/// `content`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The form of a list or an object.
    pub form: Form,
    /// Whether each item or property stands on its own.
    pub explode: bool,
    /// Whether RFC 3986's reserved characters stay as they are.
    pub allows_reserved: bool,
}

/// The forms of lists and objects in parameters. A value that is neither is the same in all but the first two and `Json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `.a.b` (RFC 6570, label expansion).
    Label,
    /// `;name=a;name=b` (RFC 6570, path-style expansion).
    Matrix,
    /// `a,b`.
    Simple,
    /// `name=a&name=b` or `name=a,b`.
    Form,
    /// `name=a%20b`.
    SpaceDelimited,
    /// `name=a%09b` (Swagger 2.0: `tsv`).
    TabDelimited,
    /// `name=a|b`.
    PipeDelimited,
    /// `name[key]=a`; a list, which the specification leaves open, as `name[]=a`.
    DeepObject,
    /// JSON text (`content` of a JSON media type).
    Json,
}

impl Style {
    /// What a parameter has that says nothing of it.
    pub const fn of(location: Location) -> Self {
        match location {
            Location::Path | Location::Header => Self { form: Form::Simple, explode: false, allows_reserved: false },
            Location::Query | Location::Cookie => Self { form: Form::Form, explode: true, allows_reserved: false },
            Location::QueryString => Self { form: Form::Form, explode: true, allows_reserved: true },
        }
    }
}

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// The whole query string (OpenAPI 3.2: `in: querystring`).
    QueryString,
}

/// A request body (OpenAPI 3.0.3, "Request Body Object") of one media type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Body {
    /// The `Content-Type` to send.
    pub media_type: &'static str,
    /// Whether a call without it cannot be made.
    pub required: bool,
    /// What it holds.
    pub schema: Schema,
    /// Properties of a form or a multipart body that are written in a way of their own.
    pub fields: &'static [FieldEncoding],
}

/// How one property of a form or a multipart body is written (OpenAPI 3.1, "Encoding Object").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldEncoding {
    /// The property.
    pub name: &'static str,
    /// How a list or an object is written in a form.
    pub style: Option<Style>,
    /// The media type of a part.
    pub media_type: Option<&'static str>,
}

/// What a success brings as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Download {
    /// A zip archive.
    Zip,
}

impl Download {
    /// The extension of its file's name, and what the mark says.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Zip => "zip",
        }
    }
}

/// What a call does to the upstream, by what the operation means and not by its method.
///
/// The fields are those of MCP's tool annotations (MCP 2026-07-28, "ToolAnnotations").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// Nothing is changed.
    pub read_only: bool,
    /// Something that was there may be gone or overwritten.
    pub destructive: bool,
    /// A second call with the same arguments changes nothing more.
    pub idempotent: bool,
}

/// What a call destroys so that nothing of the API brings it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Irreversible {
    /// What is lost, for a person. `None` where nothing but the method says that something is.
    pub lost: Option<&'static str>,
    /// Arguments that must all have their value for that. Where there are none, every call destroys.
    pub when: &'static [Condition],
    /// Arguments of which one with its value keeps a call from destroying anything.
    pub unless: &'static [Condition],
}

/// An argument with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// The wire name of a parameter, or the name of a property of the body. What has both has it in both places.
    pub argument: &'static str,
    /// The value as text.
    pub value: &'static str,
}
