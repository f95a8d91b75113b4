//! Where the operations of a document are served.

use std::collections::BTreeSet;

use openapi_tools::model::{document::Document, operation::Operation};
use url::Url;

use crate::config::base_url;

/// The document with all operations at the API's own address.
pub fn at_one(document: Document) -> Document {
    with_servers(document, |_| Ok(None)).0
}

/// The document with servers that can be called, and the names of the tools that have none.
pub fn checked(document: Document) -> (Document, Vec<&'static str>) {
    with_servers(document, |server| base_url::parse(server).map(|url| Some(leaked(url))))
}

/// The document, which was found at `place`, with whole URLs for its servers.
pub fn absolute(document: Document, place: &Url) -> Document {
    let whole = |server: &'static str| match Url::parse(server) {
        Ok(_) => server,
        Err(_) => place.join(server).map_or(server, |url| leaked(url.to_string())),
    };
    let servers: Vec<_> = document.servers.iter().map(|server| whole(server)).collect();
    let operations = document.operations.iter().map(|operation| match operation.server.map(whole) {
        server if server == operation.server => *operation,
        server => &*Box::leak(Box::new(Operation { server, ..**operation })),
    });
    Document { servers: servers.leak(), operations: operations.collect::<Vec<_>>().leak(), ..document }
}

/// The servers that operations name.
pub fn named(document: &Document) -> BTreeSet<&'static str> {
    document.operations.iter().filter_map(|operation| operation.server).collect()
}

/// The servers of operations that credentials of the API at `base_url` may go to: those of the same host, and of the
/// hosts that are allowed. None gets them in the clear that the API itself does not.
pub fn trusted(document: &Document, base_url: &str, allowed: &[String]) -> BTreeSet<&'static str> {
    let Ok(base) = Url::parse(base_url) else { return BTreeSet::new() };
    let is_trusted = |server: &&'static str| {
        let Ok(url) = Url::parse(server) else { return false };
        let is_allowed = |host: &str| allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(host));
        let is_same = url.host() == base.host() && url.port_or_known_default() == base.port_or_known_default();
        let is_known = is_same || url.host_str().is_some_and(is_allowed);
        is_known && (url.scheme() == "https" || base.scheme() == "http")
    };
    named(document).into_iter().filter(is_trusted).collect()
}

fn with_servers(
    document: Document,
    server: impl Fn(&str) -> Result<Option<&'static str>, String>,
) -> (Document, Vec<&'static str>) {
    if named(&document).is_empty() {
        return (document, Vec::new());
    }
    let mut dropped = Vec::new();
    let mut operations: Vec<&'static Operation> = Vec::new();
    for operation in document.operations.iter().copied() {
        match operation.server.map(&server).transpose() {
            Ok(moved) if moved.flatten() == operation.server => operations.push(operation),
            Ok(moved) => operations.push(Box::leak(Box::new(Operation { server: moved.flatten(), ..*operation }))),
            Err(_) => dropped.push(operation.name),
        }
    }
    (Document { operations: operations.leak(), ..document }, dropped)
}

fn leaked(url: String) -> &'static str {
    Box::leak(url.into_boxed_str())
}
