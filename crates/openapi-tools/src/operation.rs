//! An operation: one method on one path, and all that is needed to call it.

use crate::schema::Schema;

/// An OpenAPI operation (OpenAPI 3.0.3, "Operation Object") as a tool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation {
    /// The `operationId`, and the tool's name.
    pub name: &'static str,
    /// A few words for people, empty where the document gives none (`summary`).
    pub title: &'static str,
    /// What it does, for a model that chooses among tools; empty where the document gives none.
    pub description: &'static str,
    /// The first path segment after `/api/`, or the first segment of a path outside of it.
    pub area: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, segment by segment, without slashes.
    pub path: &'static [Segment],
    /// Path, query and header parameters, in the document's order.
    pub parameters: &'static [Parameter],
    /// The request body, where there is one.
    pub body: Option<Body>,
    /// What the operation wants in `Authorization`.
    pub credential: Credential,
    /// Whether a tenant chosen for the whole server is sent with this operation.
    pub tenant_scoped: bool,
    /// What a call does to the upstream.
    pub effect: Effect,
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
    /// The value of the path parameter of that name.
    Parameter(&'static str),
}

/// An argument that travels outside of the body (OpenAPI 3.0.3, "Parameter Object").
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The name, in the tool's arguments and on the wire.
    pub name: &'static str,
    /// Where it travels.
    pub location: Location,
    /// Whether a call without it cannot be made.
    pub required: bool,
    /// What it means; empty where the document does not say.
    pub description: &'static str,
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

/// What an operation wants in `Authorization`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// The API key, as it is.
    ApiKey,
    /// A JWT, after `Bearer`.
    Bearer,
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
