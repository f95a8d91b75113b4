//! Searches of resources: what they filter and order by. What a search is not documented to do is refused.

use serde_json::{Value, json};

use super::view::{is_in_tenant, shown};
use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{Object, into_object, items, set, text, text_if_any},
    query,
    resources::Resource,
};

/// What a page says of one search.
struct Page {
    /// The collection that is searched.
    collection: &'static str,
    /// The page.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test and the reader want it"))]
    source: &'static str,
    /// What results can be ordered by, besides the usual.
    columns: &'static [&'static str],
}

/// What the results of every search can be ordered by.
const USUAL_COLUMNS: [&str; 3] = ["id", "insertInstant", "name"];

/// The searches that order by more than the usual.
static PAGES: &[Page] = &[
    Page { collection: "application", source: "https://fusionauth.io/docs/apis/applications", columns: &["tenant"] },
    Page {
        collection: "entity",
        source: "https://fusionauth.io/docs/apis/entities/entities",
        columns: &["clientId", "lastUpdateInstant", "tenantId", "typeId"],
    },
    Page { collection: "group", source: "https://fusionauth.io/docs/apis/groups", columns: &["tenant"] },
    Page {
        collection: "identity-provider",
        source: "https://fusionauth.io/docs/apis/identity-providers/",
        columns: &["enabled", "type"],
    },
    Page {
        collection: "key",
        source: "https://fusionauth.io/docs/apis/keys",
        columns: &["algorithm", "expiration", "type"],
    },
    Page { collection: "lambda", source: "https://fusionauth.io/docs/apis/lambdas", columns: &["engineType"] },
    Page {
        collection: "user",
        source: "https://fusionauth.io/docs/apis/users",
        columns: &[
            "birthDate",
            "email",
            "fullName",
            "lastLoginInstant",
            "login",
            "registrations.applicationId",
            "registrations.id",
            "registrations.insertInstant",
            "registrations.lastLoginInstant",
            "registrations.roles",
            "tenantId",
            "username",
        ],
    },
    Page {
        collection: "webhook",
        source: "https://fusionauth.io/docs/apis/webhooks",
        columns: &["description", "url"],
    },
];

/// What the results of a search of this collection can be ordered by.
fn columns(collection: &str) -> Vec<&'static str> {
    let own = PAGES.iter().filter(|page| page.collection == collection).flat_map(|page| page.columns);
    USUAL_COLUMNS.iter().chain(own).copied().collect()
}

/// The order where a search names none.
fn default_order(call: &Call<'_>, resource: &Resource) -> Option<&'static str> {
    match resource.path {
        // The search engine has an order of its own, and webhooks have no names.
        "user" | "entity" | "webhook" => None,
        "ip-acl" if call.method == Method::Post => Some("insertInstant DESC"),
        _ => Some("name ASC"),
    }
}

/// Answers a search.
///
/// # Errors
/// 400 if a query is wrong, or asks for what cannot be carried out.
pub fn search(call: &mut Call<'_>, resource: &Resource) -> Answer {
    let now = call.state.now();
    let mut criteria = query::resumed(call.criteria())?;
    let mut ids = call.query_values("ids");
    ids.extend(items(&criteria, "ids").iter().filter_map(Value::as_str).map(str::to_owned));
    criteria.remove("ids");
    if !ids.is_empty() {
        // As documented, ids come before queries, and what they find is neither paged nor sorted.
        for name in ["query", "queryString", "sortFields", "startRow"] {
            criteria.remove(name);
        }
        set(&mut criteria, "numberOfResults", ids.len());
    }
    query::check_order(&criteria, &columns(resource.path))?;
    if let (true, Some(order)) = (text(&criteria, "orderBy").is_empty(), default_order(call, resource)) {
        set(&mut criteria, "orderBy", order);
    }
    let condition = query::condition(&criteria)?;
    let tenant_id = call.tenant_id.clone().or_else(|| text_if_any(&criteria, "tenantId").map(str::to_owned));
    let mut filters = criteria.clone();
    let special = ["applicationId", "tenantId"].map(|name| filters.remove(name));
    let [application_id, _] = &special;
    let shown_objects: Vec<Object> = call
        .state
        .all(resource.path)
        .iter()
        .filter(|object| tenant_id.as_ref().is_none_or(|id| is_of_tenant(resource, object, id)))
        .filter(|object| application_id.as_ref().is_none_or(|id| is_of_application(object, id)))
        .filter(|object| ids.is_empty() || ids.iter().any(|id| id == text(object, "id")))
        .map(|object| into_object(shown(call, resource, object)))
        .filter(|object| query::meets_criteria(object, &filters) && condition.matches(object, now))
        .map(|object| with_tenant_name(call, object))
        .collect();
    let hidden = hidden(call, resource);
    let found = shown_objects.iter().collect();
    Ok(Response::ok(call.page(resource.many, found, &criteria, |object| without(&hidden, object))))
}

/// Whether an object is one of a tenant, or of all. Webhooks are associated with tenants, or global.
fn is_of_tenant(resource: &Resource, object: &Object, id: &str) -> bool {
    if resource.path == "webhook" {
        return object.get("global") == Some(&json!(true)) || items(object, "tenantIds").contains(&json!(id));
    }
    is_in_tenant(object, id)
}

/// Whether an identity provider is enabled for an application. Nothing else is searched by one.
fn is_of_application(object: &Object, id: &Value) -> bool {
    let Some(id) = id.as_str().filter(|id| !id.is_empty()) else { return true };
    let configuration = object.get("applicationConfiguration").and_then(|all| all.get(id));
    configuration.and_then(|configuration| configuration.get("enabled")) == Some(&json!(true))
}

/// The object with the name of its tenant, by which some searches order.
fn with_tenant_name(call: &Call<'_>, mut object: Object) -> Object {
    if let Some(tenant) = call.state.get("tenant", text(&object, "tenantId")) {
        set(&mut object, query::TENANT_NAME, text(tenant, "name"));
    }
    object
}

/// What a search does not show: some secrets that a retrieval shows, as documented since 1.62, and what the request wants
/// to do without.
fn hidden(call: &Call<'_>, resource: &Resource) -> Vec<String> {
    let secrets: &[&str] = match resource.path {
        "application" => &["/oauthConfiguration/clientSecret"],
        "tenant" => &["/emailConfiguration/password"],
        "key" => &["/secret", "/privateKey"],
        _ => &[],
    };
    let mut hidden: Vec<String> = secrets.iter().map(|pointer| (*pointer).to_owned()).collect();
    hidden.push(format!("/{}", query::TENANT_NAME));
    if resource.path == "application" {
        let asked: Option<Vec<String>> = match call.body.get("expand") {
            Some(Value::Array(names)) => Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            _ => Some(call.query_values("expand")).filter(|names| !names.is_empty()),
        };
        let is_left_out = |name: &&str| asked.as_ref().is_some_and(|asked| !asked.iter().any(|known| known == name));
        hidden.extend(["roles", "scopes"].iter().filter(|name| is_left_out(name)).map(|name| format!("/{name}")));
    }
    hidden
}

fn without(hidden: &[String], object: &Object) -> Value {
    let mut value = Value::Object(object.clone());
    for pointer in hidden {
        if let Some(hidden) = value.pointer_mut(pointer) {
            *hidden = Value::Null;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::by_path;

    #[test]
    fn every_page_is_of_a_resource_and_has_a_source() {
        for page in PAGES {
            assert!(by_path(page.collection).is_some(), "{}", page.collection);
            assert!(page.source.starts_with("https://fusionauth.io/docs/apis/"), "{}", page.source);
            assert!(!page.columns.is_empty(), "{}", page.collection);
        }
        assert!(columns("webhook").contains(&"url") && !columns("theme").contains(&"url"));
    }
}
