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
    /// Path, query and header parameters, in the document's order.
    pub parameters: &'static [Parameter],
    /// The request body, where there is one.
    pub body: Option<Body>,
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
}

impl Operation {
    /// The path as the document writes it: `/api/user/{userId}`.
    pub fn path_template(&self) -> String {
        let mut template = String::new();
        for segment in self.path {
            template.push('/');
            match segment {
                Segment::Literal(text) => template.push_str(text),
                Segment::Parameter(name) => {
                    template.push('{');
                    template.push_str(name);
                    template.push('}');
                }
            }
        }
        template
    }

    /// The path without its parameters: `/api/application/role`. Permissions of API keys are named so.
    pub fn endpoint(&self) -> String {
        let literals = self.path.iter().filter_map(|segment| match segment {
            Segment::Literal(text) => Some(*text),
            Segment::Parameter(_) => None,
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

/// The HTTP methods that the document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// The method as HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
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
    /// Its type. An array in the query is sent by repeating the name (`style: form`, `explode: true`).
    pub schema: Schema,
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
