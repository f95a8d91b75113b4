//! A call: a checked request together with the state that it is about.

use openapi_tools::model::{document::Document, operation::Operation};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::{
    conversion,
    exchange::{Method, Refusal, Request, Response},
    object::{Object, into_object, set, text, text_if_any},
    patch, query,
    state::State,
};

/// How far the search engine counts where nobody asks for an accurate total.
const MAX_TOTAL: usize = 10_000;

/// What an answerer returns: a success, or the response that refuses the call.
pub type Answer = Result<Response, Refusal>;

/// A request whose operation is known and whose credentials are checked.
pub struct Call<'a> {
    pub document: &'static Document,
    pub operation: &'static Operation,
    pub method: Method,
    /// The operation's path with its parameters' names: `/api/user/{userId}`.
    pub path_template: String,
    /// The values of the path parameters, in the path's order.
    pub path_values: Vec<String>,
    /// The query parameters, decoded, in the order in which they were sent.
    pub query: Vec<(String, String)>,
    /// The tenant that the header or the API key names.
    pub tenant_id: Option<String>,
    pub content_type: Option<String>,
    /// The `Authorization` header, where the operation itself reads it.
    pub authorization: Option<String>,
    /// The body. A JSON Patch, which is an array, is under `operations`.
    pub body: Object,
    /// The user that the bearer token was issued to.
    pub bearer_user_id: Option<String>,
    pub state: &'a mut State,
}

impl Call<'_> {
    /// Whether the request has no credentials.
    pub fn is_anonymous(&self) -> bool {
        self.authorization.as_deref().is_none_or(str::is_empty)
    }

    /// The operation's path after `/api/`; `None` for paths such as `/oauth2/userinfo`.
    pub fn api_path(&self) -> Option<&str> {
        self.path_template.strip_prefix("/api/")
    }

    /// The value of the path parameter at an index from 0; empty if the path has fewer.
    pub fn path_value(&self, index: usize) -> String {
        self.path_values.get(index).cloned().unwrap_or_default()
    }

    /// The first value of a query parameter, unless it is empty.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .filter(|value| !value.is_empty())
    }

    /// All values of a query parameter.
    pub fn query_values(&self, name: &str) -> Vec<String> {
        self.query.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }

    /// Whether a query parameter is `true`.
    pub fn query_flag(&self, name: &str) -> bool {
        self.query_value(name).is_some_and(|value| value == "true")
    }

    /// A property of the body as text; empty if it is absent or not a string.
    pub fn body_text(&self, name: &str) -> String {
        text(&self.body, name).to_owned()
    }

    /// Whether a property of the body, beside its object, is `true`.
    pub fn body_flag(&self, name: &str) -> bool {
        self.body.get(name) == Some(&Value::Bool(true))
    }

    /// The object under a key of the body.
    ///
    /// # Errors
    /// 400 if there is none.
    pub fn body_object(&self, name: &str) -> Result<Object, Refusal> {
        match self.body.get(name) {
            Some(Value::Object(object)) => Ok(object.clone()),
            _ => Err(Response::field("missing", name, format!("You must specify the [{name}] property."))),
        }
    }

    /// Applies the body to a value: as a merge patch, as a JSON Patch, or in FusionAuth's own way, depending on the
    /// media type.
    ///
    /// # Errors
    /// 400 if an operation of a JSON Patch cannot be applied, or if the outcome has a value of the wrong type.
    pub fn apply_patch(&self, target: &mut Value) -> Result<(), Refusal> {
        let body = Value::Object(self.body.clone());
        match self.content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default() {
            "application/merge-patch+json" => patch::merge(target, &body),
            "application/json-patch+json" => {
                for operation in self.body.get("operations").and_then(Value::as_array).into_iter().flatten() {
                    patch::apply(target, operation).ok_or_else(|| {
                        Response::general("invalidJSONPatch", format!("This operation cannot be applied: {operation}"))
                    })?;
                }
            }
            _ => patch::append(target, &body),
        }
        if let Some(body) = &self.operation.body {
            let patched = std::mem::take(target);
            *target = Value::Object(conversion::body(self.document, &body.schema, into_object(patched))?);
        }
        Ok(())
    }

    /// What a search asks for: the properties of the body's `search` and the query parameters.
    pub fn criteria(&self) -> Object {
        let mut criteria = self.body.get("search").cloned().map(into_object).unwrap_or_default();
        for (name, value) in &self.query {
            set(&mut criteria, name, value.as_str());
        }
        criteria
    }

    /// The tenant of a new object: the one that the request names, or the only one.
    ///
    /// # Errors
    /// 400 if the request names none and there are several.
    pub fn owning_tenant(&self) -> Result<String, Refusal> {
        match (&self.tenant_id, self.state.all("tenant")) {
            (Some(id), _) => Ok(id.clone()),
            (None, [only]) => Ok(text(only, "id").to_owned()),
            _ => Err(Response::general(
                "TenantIdRequired",
                "There are several tenants. Name one in the header X-FusionAuth-TenantId, or use an API key of a tenant.",
            )),
        }
    }

    /// The object with this id.
    ///
    /// # Errors
    /// 404 if there is none, or if it belongs to another tenant than the one that the request names.
    pub fn visible(&self, collection: &str, id: &str) -> Result<Object, Refusal> {
        let object = self.state.get(collection, id).ok_or_else(Response::not_found)?;
        match (&self.tenant_id, text_if_any(object, "tenantId")) {
            (Some(named), Some(own)) if own != named => Err(Response::not_found()),
            _ => Ok(object.clone()),
        }
    }

    /// The page of `objects` that the criteria ask for, as `{key: [...], total}`.
    pub fn page(
        &self,
        key: &str,
        mut objects: Vec<&Object>,
        criteria: &Object,
        show: impl Fn(&Object) -> Value,
    ) -> Value {
        query::sort(&mut objects, criteria);
        let is_engine = matches!(key, "users" | "entities");
        let is_accurate = criteria.get("accurateTotal").is_some_and(|wanted| *wanted == true || *wanted == "true");
        let total = objects.len();
        let paging = query::Paging::of(criteria);
        let next_row = paging.next_row(total);
        let items: Vec<_> = paging.cut(objects).into_iter().map(show).collect();
        let mut page = Object::new();
        set(&mut page, "total", if is_engine && !is_accurate { total.min(MAX_TOTAL) } else { total });
        set(&mut page, key, items);
        if let Some(row) = next_row.filter(|_| is_engine) {
            set(&mut page, "nextResults", query::token(criteria, row));
        }
        Value::Object(page)
    }
}

/// The pairs of a query string or a form, decoded.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// The body of a request, converted to the types of the operation's schema.
///
/// # Errors
/// 400 if it is neither a JSON object nor the fields of a form, or has a value that cannot be converted.
pub fn body(document: &Document, operation: &Operation, request: &Request) -> Result<Object, Refusal> {
    let given = read_body(request)?;
    match &operation.body {
        // The OAuth endpoints say themselves what is wrong with a form.
        Some(_) if operation.path_template().starts_with("/oauth2/") && is_form(request.content_type.as_deref()) => {
            Ok(given)
        }
        // The values of a JSON Patch are converted once it is applied.
        Some(_) if operation.method == Method::Patch && is_json_patch(request.content_type.as_deref()) => Ok(given),
        Some(body) => conversion::body(document, &body.schema, given),
        None => Ok(Object::new()),
    }
}

fn is_form(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|content_type| content_type.starts_with("application/x-www-form-urlencoded"))
}

fn is_json_patch(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|content_type| content_type.starts_with("application/json-patch+json"))
}

fn read_body(request: &Request) -> Result<Object, Refusal> {
    let body = String::from_utf8_lossy(&request.body);
    if body.trim().is_empty() {
        return Ok(Map::new());
    }
    if is_form(request.content_type.as_deref()) {
        return Ok(pairs(&body).into_iter().map(|(name, value)| (name, Value::String(value))).collect());
    }
    match serde_json::from_str(&body) {
        Ok(Value::Object(object)) => Ok(object),
        // The body of a JSON Patch is an array.
        Ok(Value::Array(operations)) => Ok(Map::from_iter([("operations".to_owned(), json!(operations))])),
        Ok(_) => Err(Response::general("invalidJSON", "The body has to be a JSON object.")),
        Err(error) => Err(Response::general("invalidJSON", format!("The body is not JSON: {error}."))),
    }
}
