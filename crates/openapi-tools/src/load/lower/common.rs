//! Parameters that many operations share.

use std::collections::BTreeMap;

use crate::model::operation::{Operation, Parameter};

/// From this many operations on that have a parameter with the same meaning, it is common.
const COMMON: usize = 10;

/// Marks the parameters that many of the operations have.
pub(super) fn mark(operations: &mut [Operation]) {
    let key = |parameter: &Parameter| (parameter.name, parameter.description);
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for parameter in operations.iter().flat_map(|operation| operation.parameters) {
        *counts.entry(key(parameter)).or_default() += 1;
    }
    let is_common = |parameter: &Parameter| counts.get(&key(parameter)).is_some_and(|count| *count >= COMMON);
    for operation in operations.iter_mut().filter(|operation| operation.parameters.iter().any(is_common)) {
        let marked = operation.parameters.iter().map(|it| Parameter { is_common: is_common(it), ..*it });
        operation.parameters = marked.collect::<Vec<_>>().leak();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        load::{lower::lower, rules::Rules},
        model::operation::Location,
    };

    #[test]
    fn what_ten_operations_have_is_common() {
        let mut paths = serde_json::Map::new();
        for number in 0..COMMON {
            let own = serde_json::json!([
                { "name": "limit", "in": "query", "description": "How many.", "schema": { "type": "integer" } },
                { "name": "kind", "in": "query", "description": format!("Kind {number}."), "schema": {} },
            ]);
            paths.insert(format!("/{number}"), serde_json::json!({ "get": { "parameters": own } }));
        }
        let document = serde_json::json!({ "openapi": "3.1.0", "paths": paths });
        let lowered = lower(&document, &Rules::default()).document;
        for operation in lowered.operations {
            let marks: Vec<_> = operation.parameters.iter().map(|it| (it.name, it.location, it.is_common)).collect();
            assert_eq!(marks, [("limit", Location::Query, true), ("kind", Location::Query, false)]);
        }
    }
}
