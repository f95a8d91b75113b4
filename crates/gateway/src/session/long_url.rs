//! Requests whose URL may be longer than what is on the way takes. A server answers 414 then, or something that does not say
//! so, or closes the connection.

use openapi_tools::model::{
    document::Document,
    operation::{Method, Operation},
};

use crate::{
    text::numerals::thousands,
    toolset::Toolset,
    transport::{Failure, Request, Response},
};

/// From this length on, in bytes, a URL may be too long for a server or proxy: widespread limits are 4,096 and 8,192.
const LONG: usize = 4_000;

/// A URL that may be too long, and the way round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongUrl {
    /// The length of its path and query, in bytes.
    bytes: usize,
    instead: Option<Instead>,
}

/// How the same is asked for with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instead {
    /// By the body of the same tool.
    Body,
    /// By another tool.
    Tool(&'static str),
}

impl LongUrl {
    /// The URL of a request, where it is long.
    pub fn of(request: &Request, document: &Document, operation: &Operation, toolset: &Toolset) -> Option<Self> {
        let bytes = request.target.len();
        if bytes < LONG {
            return None;
        }
        let is_post_form = |other: &&'static Operation| {
            let is_same = other.path == operation.path && other.name != operation.name;
            let is_search = other.method == Method::Post && other.effect.read_only && other.body.is_some();
            is_same && is_search && operation.effect.read_only && toolset.tool(other.name).is_some()
        };
        let post_form = document.operations.iter().copied().find(is_post_form);
        let own = operation.body.is_some().then_some(Instead::Body);
        Some(Self { bytes, instead: own.or(post_form.map(|other| Instead::Tool(other.name))) })
    }

    /// What is said of a response that may be so since the URL is long: one of the API itself has JSON.
    pub fn note(&self, response: &Response) -> Option<String> {
        let is_json = matches!(response.body.trim_ascii_start().first(), Some(b'{' | b'['));
        let is_about = match response.status {
            414 => true,
            400 | 413 | 431 | 502 => !is_json,
            _ => false,
        };
        is_about.then(|| format!("{}. {}", self.length(), self.way_round()))
    }

    /// The failure with the length of the URL, where that may be its cause.
    pub fn named(&self, failure: Failure) -> Failure {
        let last = if let Failure::Repeated { last, .. } = &failure { last } else { &failure };
        let advice = match last {
            Failure::UrlTooLong { .. } => self.way_round(),
            Failure::Interrupted { .. } => format!("{}. {}", self.length(), self.way_round()),
            _ => return failure,
        };
        Failure::LongUrl { last: Box::new(failure), advice }
    }

    fn length(&self) -> String {
        let bytes = thousands(self.bytes);
        format!("The URL's path and query have {bytes} bytes, which may be more than a server on the way takes")
    }

    fn way_round(&self) -> String {
        let instead = match self.instead {
            Some(Instead::Body) => "Give them in `requestBody`, or fewer".to_owned(),
            Some(Instead::Tool(name)) => format!("Take `{name}`, which has them in its body, or give fewer"),
            None => "Give fewer".to_owned(),
        };
        format!("{instead} ids or shorter texts in one call, and make several calls.")
    }
}
