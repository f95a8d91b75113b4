//! Which operation a request is for, and which resource an operation is about.

use openapi_tools::model::{
    document::Document,
    operation::{Operation, Segment},
};

use crate::{
    exchange::Method,
    resources::{RESOURCES, Resource},
};

const METHODS: [Method; 5] = [Method::Delete, Method::Get, Method::Patch, Method::Post, Method::Put];

/// An operation of the document, with the values of its path parameters in the path's order.
pub struct Route {
    pub operation: &'static Operation,
    pub path_values: Vec<String>,
}

/// What a path of the usual API is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// All objects: `/api/group`.
    All,
    /// A search: `/api/group/search`.
    Search,
    /// One object: `/api/group/{groupId}`.
    One,
}

/// The operation for a method and the decoded parts of a path.
///
/// # Errors
/// The HTTP status: 404 for an unknown path, 405 for a path without this method.
pub fn route(document: &Document, method: Method, parts: &[impl AsRef<str>]) -> Result<Route, u16> {
    find(document, method, parts).ok_or_else(|| {
        let is_known = METHODS.iter().any(|method| find(document, *method, parts).is_some());
        if is_known { 405 } else { 404 }
    })
}

fn find(document: &Document, method: Method, parts: &[impl AsRef<str>]) -> Option<Route> {
    let candidates = document.operations.iter().copied().filter(|operation| operation.method == method);
    let candidates = candidates.filter(|operation| {
        operation.path.len() == parts.len()
            && operation.path.iter().zip(parts).all(|(segment, part)| match segment {
                Segment::Literal(text) => part.as_ref() == *text,
                Segment::Parameter(_) => !part.as_ref().is_empty(),
                // FusionAuth has none.
                Segment::Mixed(_) => false,
            })
    });
    // The most specific one: `/api/form/field` is not the form with the id `field`.
    let literals =
        |operation: &&Operation| operation.path.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count();
    let operation = candidates.max_by_key(literals)?;
    let values = operation.path.iter().zip(parts).filter(|(segment, _)| matches!(segment, Segment::Parameter(_)));
    Some(Route { operation, path_values: values.map(|(_, part)| part.as_ref().to_owned()).collect() })
}

/// The resource that an operation of the usual API is about, and whether it is about one, all, or a search.
pub fn resource(operation: &Operation) -> Option<(&'static Resource, Target)> {
    let (_, path) = operation.path.split_first()?;
    RESOURCES.iter().find_map(|resource| {
        let own: Vec<_> = resource.path.split('/').map(Segment::Literal).collect();
        match path.strip_prefix(own.as_slice())? {
            [] => Some((resource, Target::All)),
            [Segment::Literal("search")] => Some((resource, Target::Search)),
            [Segment::Parameter(_)] => Some((resource, Target::One)),
            _ => None,
        }
    })
}
