//! An instance: a request in, a response out.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use openapi_tools::{
    document::Document,
    operation::{Credential, Method, Operation, Segment},
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::{
    exchange::{Refusal, Request, Response},
    families::{self, Family},
    logins, nested, objects, query, seed, shape, singletons,
    state::{Object, State, drop_nulls, into_object, text},
    step::Step,
    users,
};

/// The id of the tenant that a new instance has.
pub const DEFAULT_TENANT_ID: &str = "30663132-6464-6665-3032-326466613934";
/// The id of FusionAuth's own application, as documented.
pub const FUSIONAUTH_APPLICATION_ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";
/// The id of the default theme, as documented.
pub const DEFAULT_THEME_ID: &str = "75a068fd-e94b-451a-9aeb-3ddb9a3b5987";
/// The id of the connector to the instance itself, as documented.
pub const FUSIONAUTH_CONNECTOR_ID: &str = "e3306678-a53a-4964-9040-1c96f36dda72";
/// The id of the default signing key.
pub const DEFAULT_SIGNING_KEY_ID: &str = "7d5f6e9b-3f2a-4c5d-9e8f-0a1b2c3d4e5f";
/// An API key that may do everything in every instance of this kind.
pub const API_KEY: &str = "sandbox-api-key";

/// The types of the default lambdas that a Kickstart file can name.
const DEFAULT_LAMBDAS: [&str; 6] = [
    "OpenIDReconcile",
    "SAMLv2Reconcile",
    "AppleReconcile",
    "FacebookReconcile",
    "GoogleReconcile",
    "TwitterReconcile",
];

/// The types of the default forms.
const DEFAULT_FORMS: [&str; 2] = ["adminUser", "adminRegistration"];

/// The variables that a Kickstart file may use without saying what they are, as documented.
pub fn built_in_variables() -> BTreeMap<String, String> {
    let lambdas = DEFAULT_LAMBDAS.iter().map(|kind| (format!("FUSIONAUTH_LAMBDA[{kind}]_ID"), default_lambda_id(kind)));
    let forms = DEFAULT_FORMS.iter().map(|kind| (format!("FUSIONAUTH_FORM[{kind}]_ID"), default_form_id(kind)));
    let fixed = [
        ("FUSIONAUTH_TENANT_ID", DEFAULT_TENANT_ID),
        ("FUSIONAUTH_APPLICATION_ID", FUSIONAUTH_APPLICATION_ID),
        ("FUSIONAUTH_DEFAULT_SIGNING_KEY_ID", DEFAULT_SIGNING_KEY_ID),
    ];
    let fixed = fixed.into_iter().map(|(name, id)| (name.to_owned(), id.to_owned()));
    fixed.chain(lambdas).chain(forms).collect()
}

fn default_lambda_id(kind: &str) -> String {
    let number = DEFAULT_LAMBDAS.iter().position(|known| *known == kind).unwrap_or_default();
    format!("0e7a1c52-1b0c-4c3a-9b0a-{number:012}")
}

fn default_form_id(kind: &str) -> String {
    let number = DEFAULT_FORMS.iter().position(|known| *known == kind).unwrap_or_default();
    format!("0f0a1c52-1b0c-4c3a-9b0a-{number:012}")
}

/// A simulated FusionAuth instance.
pub struct Instance {
    document: &'static Document,
    state: Mutex<State>,
}

/// A request on its way to the objects that it is about.
pub(crate) struct Call<'a> {
    pub document: &'static Document,
    pub operation: &'static Operation,
    /// The values of path parameters, in the path's order.
    pub path_values: Vec<String>,
    pub query: Vec<(String, String)>,
    /// The tenant that the header, or the API key, names.
    pub tenant_id: Option<String>,
    pub content_type: Option<String>,
    pub body: Object,
    /// The user that a bearer token stands for.
    pub bearer_user_id: Option<String>,
    pub state: &'a mut State,
}

impl Instance {
    /// A new instance: default tenant, FusionAuth's own application, default theme, connector and key.
    pub fn empty(document: &'static Document) -> Self {
        let instance = Self { document, state: Mutex::default() };
        let mut state = instance.lock();
        state.is_being_filled = true;
        for (collection, object) in first_objects() {
            let mut object = into_object(object);
            let now = state.now();
            object.insert("insertInstant".to_owned(), json!(now));
            object.insert("lastUpdateInstant".to_owned(), json!(now));
            state.put(collection, object);
        }
        state.is_being_filled = false;
        drop(state);
        instance
    }

    /// An instance that holds the seed data: the company Pied Piper.
    ///
    /// # Errors
    /// A step that was refused, which is a fault of the seed.
    pub fn seeded(document: &'static Document) -> Result<Self, String> {
        let instance = Self::empty(document);
        instance.carry_out(&seed::pied_piper())?;
        Ok(instance)
    }

    /// Carries out requests on behalf of the instance's owner, in order.
    ///
    /// # Errors
    /// The first that was refused, with its number from 0 and the reason. What came before it stays done.
    pub fn carry_out(&self, steps: &[Step]) -> Result<(), String> {
        self.lock().is_being_filled = true;
        let outcome = steps.iter().enumerate().try_for_each(|(index, step)| {
            let response = self.handle(&Request {
                method: step.method,
                target: step.target.clone(),
                authorization: Some(API_KEY.to_owned()),
                tenant_id: step.tenant_id.clone(),
                content_type: step.content_type.clone(),
                body: if step.body.is_null() { Vec::new() } else { step.body.to_string().into_bytes() },
            });
            if (200..300).contains(&response.status) {
                return Ok(());
            }
            let reason = response.body.map(|body| body.to_string()).unwrap_or_default();
            let call = format!("{} {}", step.method.as_str(), step.target);
            Err(format!("request {index}, {call}: answered {} {reason}", response.status))
        });
        self.lock().is_being_filled = false;
        outcome
    }

    /// Adds an API key, as a Kickstart file does: with any value and any rights.
    pub fn add_api_key(&self, key: &Value) {
        let mut state = self.lock();
        let mut key = into_object(key.clone());
        if text(&key, "id").is_empty() {
            let id = state.new_id();
            key.insert("id".to_owned(), json!(id));
        }
        if let Some(description) = key.remove("description") {
            key.insert("metaData".to_owned(), json!({ "attributes": { "description": description } }));
        }
        state.put("api-key", key);
    }

    /// Gives the default tenant another id, as `defaultTenantId` in a Kickstart file does.
    pub fn rename_default_tenant(&self, id: &str) {
        let mut state = self.lock();
        for (collection, property) in [("tenant", "id"), ("application", "tenantId")] {
            for object in state.all_mut(collection) {
                if text(object, property) == DEFAULT_TENANT_ID {
                    object.insert(property.to_owned(), json!(id));
                }
            }
        }
    }

    /// Answers a request.
    pub fn handle(&self, request: &Request) -> Response {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let path_parts: Vec<_> =
            path.trim_start_matches('/').split('/').map(|part| percent_decode_str(part).decode_utf8_lossy()).collect();
        let Some((operation, path_values)) = self.route(request.method, &path_parts) else {
            let is_known = [Method::Delete, Method::Get, Method::Patch, Method::Post, Method::Put]
                .iter()
                .any(|method| self.route(*method, &path_parts).is_some());
            return Response::empty(if is_known { 405 } else { 404 });
        };
        let mut state = self.lock();
        let outcome = self.answer(&mut state, request, operation, path_values, query);
        let mut response = outcome.unwrap_or_else(|refusal| refusal);
        if let Some(body) = &mut response.body {
            drop_nulls(body);
        }
        response
    }

    fn answer(
        &self,
        state: &mut State,
        request: &Request,
        operation: &'static Operation,
        path_values: Vec<String>,
        query: &str,
    ) -> Result<Response, Refusal> {
        let (key_tenant, bearer_user_id) = authorize(state, operation, request)?;
        let tenant_id = match (&request.tenant_id, key_tenant) {
            (Some(asked), Some(own)) if *asked != own => return Err(Response::empty(401)),
            (asked, own) => own.or_else(|| asked.clone()),
        };
        if let Some(id) = &tenant_id
            && state.get("tenant", id).is_none()
        {
            return Err(Response::general("InvalidTenantId", format!("There is no tenant [{id}].")));
        }
        if operation.path_template() == "/api/tenant/search" && request.tenant_id.is_some() {
            return Err(Response::empty(401));
        }
        let mut call = Call {
            document: self.document,
            operation,
            path_values,
            query: pairs(query),
            tenant_id,
            content_type: request.content_type.clone(),
            body: body(request)?,
            bearer_user_id,
            state,
        };
        call.dispatch()
    }

    fn route(&self, method: Method, parts: &[impl AsRef<str>]) -> Option<(&'static Operation, Vec<String>)> {
        let fitting = self.document.operations.iter().copied().filter(|operation| operation.method == method);
        let fitting = fitting.filter(|operation| {
            operation.path.len() == parts.len()
                && operation.path.iter().zip(parts).all(|(segment, part)| match segment {
                    Segment::Literal(text) => part.as_ref() == *text,
                    Segment::Parameter(_) => !part.as_ref().is_empty(),
                })
        });
        // `/api/form/field` is no form of that id.
        let literals = |operation: &&Operation| {
            operation.path.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count()
        };
        let operation = fitting.max_by_key(literals)?;
        let values = operation.path.iter().zip(parts).filter(|(segment, _)| matches!(segment, Segment::Parameter(_)));
        Some((operation, values.map(|(_, part)| part.as_ref().to_owned()).collect()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // No request leaves half a change behind: it is checked before anything is put.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call<'_> {
    fn dispatch(&mut self) -> Result<Response, Refusal> {
        for special in [nested::answer, users::answer, singletons::answer, logins::answer] {
            if let Some(response) = special(self) {
                return response;
            }
        }
        if let Some((family, rest)) = self.family() {
            return objects::answer(self, family, &rest);
        }
        Ok(shape::answer(self))
    }

    /// The family that the path is about, and what follows its path.
    fn family(&self) -> Option<(&'static Family, Vec<Segment>)> {
        let literals: Vec<_> = self.operation.path.iter().skip(1).copied().collect();
        families::FAMILIES.iter().find_map(|family| {
            let path: Vec<_> = family.path.split('/').map(Segment::Literal).collect();
            let rest = literals.strip_prefix(path.as_slice())?;
            matches!(rest, [] | [Segment::Literal("search") | Segment::Parameter(_)]).then(|| (family, rest.to_vec()))
        })
    }

    /// The path parameter at that place, from 0.
    pub fn path_value(&self, index: usize) -> String {
        self.path_values.get(index).cloned().unwrap_or_default()
    }

    /// The first value of a query parameter.
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

    /// Whether a query parameter is true.
    pub fn query_flag(&self, name: &str) -> bool {
        self.query_value(name).is_some_and(|value| value == "true")
    }

    /// A property of the body as text.
    pub fn body_text(&self, name: &str) -> String {
        text(&self.body, name).to_owned()
    }

    /// The object of that key in the body.
    pub fn body_object(&self, name: &str) -> Result<Object, Refusal> {
        match self.body.get(name) {
            Some(Value::Object(object)) => Ok(object.clone()),
            _ => Err(Response::field("missing", name, format!("You must specify the [{name}] property."))),
        }
    }

    /// What a search asks for: the body's `search`, or the query.
    pub fn criteria(&self) -> Object {
        let mut criteria = self.body.get("search").cloned().map(into_object).unwrap_or_default();
        for (name, value) in &self.query {
            criteria.insert(name.clone(), json!(value));
        }
        criteria
    }

    /// The tenant that a new object belongs to: the one named, or the only one.
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

    /// The object of that id, unless it is in another tenant than the one that was named.
    pub fn visible(&self, collection: &str, id: &str) -> Result<Object, Refusal> {
        let object = self.state.get(collection, id).ok_or_else(Response::not_found)?;
        let tenant_id = text(object, "tenantId");
        match &self.tenant_id {
            Some(asked) if !tenant_id.is_empty() && tenant_id != asked => Err(Response::not_found()),
            _ => Ok(object.clone()),
        }
    }

    /// The page of `objects` that the criteria ask for, as `{many: [...], total}`.
    pub fn page(
        &self,
        key: &str,
        mut objects: Vec<&Object>,
        criteria: &Object,
        show: impl Fn(&Object) -> Value,
    ) -> Value {
        query::sort(&mut objects, text(criteria, "orderBy"));
        let total = objects.len();
        let paging = query::Paging::of(criteria);
        let next = paging.next_row(total);
        let items = paging.cut(objects).into_iter().map(show).collect();
        let mut page = crate::state::page(key, items, total);
        if let (Some(next), Some(page), "users" | "entities") = (next, page.as_object_mut(), key) {
            page.insert("nextResults".to_owned(), json!(format!("row-{next}")));
        }
        page
    }
}

/// The tenant of the API key, where it has one, and the user of the bearer token.
fn authorize(
    state: &State,
    operation: &Operation,
    request: &Request,
) -> Result<(Option<String>, Option<String>), Refusal> {
    let given = request.authorization.as_deref().unwrap_or_default();
    match operation.credential {
        Credential::None => Ok((None, None)),
        Credential::ApiKeyIfAny if given.is_empty() => Ok((None, None)),
        Credential::Bearer => {
            let token = given.strip_prefix("Bearer ").unwrap_or_default();
            let known = state.get("access-token", token).ok_or_else(|| Response::empty(401))?;
            Ok((None, Some(text(known, "userId").to_owned())))
        }
        Credential::ApiKey | Credential::ApiKeyIfAny => {
            let key = state.all("api-key").iter().find(|key| !given.is_empty() && text(key, "key") == given);
            let key = key.filter(|key| may(key, operation)).ok_or_else(|| Response::empty(401))?;
            let tenant_id = text(key, "tenantId");
            Ok(((!tenant_id.is_empty()).then(|| tenant_id.to_owned()), None))
        }
    }
}

/// Whether a key may do that: its endpoints are paths without ids, and none at all mean everything.
fn may(key: &Object, operation: &Operation) -> bool {
    if operation.area == "api-key" && key.get("keyManager") != Some(&Value::Bool(true)) {
        return false;
    }
    let endpoints =
        key.get("permissions").and_then(|permissions| permissions.get("endpoints")).and_then(Value::as_object);
    let Some(endpoints) = endpoints.filter(|endpoints| !endpoints.is_empty()) else { return true };
    let literals = operation.path.iter().filter_map(|segment| match segment {
        Segment::Literal(text) => Some(*text),
        Segment::Parameter(_) => None,
    });
    let endpoint: String = literals.flat_map(|text| ["/", text]).collect();
    let methods = endpoints.get(&endpoint).and_then(Value::as_array);
    methods.is_some_and(|methods| methods.iter().any(|method| method == operation.method.as_str()))
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn body(request: &Request) -> Result<Object, Refusal> {
    let body = String::from_utf8_lossy(&request.body);
    if body.trim().is_empty() {
        return Ok(Map::new());
    }
    let content_type = request.content_type.as_deref().unwrap_or_default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Ok(pairs(&body).into_iter().map(|(name, value)| (name, Value::String(value))).collect());
    }
    match serde_json::from_str(&body) {
        Ok(Value::Object(object)) => Ok(object),
        // A JSON patch is a list.
        Ok(Value::Array(operations)) => Ok(Map::from_iter([("operations".to_owned(), Value::Array(operations))])),
        Ok(_) => Err(Response::general("invalidJSON", "The body has to be a JSON object.")),
        Err(error) => Err(Response::general("invalidJSON", format!("The body is not JSON: {error}."))),
    }
}

fn first_objects() -> Vec<(&'static str, Value)> {
    let role = |name: &str, number: u32| json!({ "id": format!("631ecd9d-8d40-4c13-8277-80cedb8237{number:02x}"), "name": name, "isSuperRole": name == "admin" });
    let lambdas = DEFAULT_LAMBDAS.iter().map(|kind| {
        let body = "// The default: nothing is changed.\nfunction reconcile(user, registration) {}\n";
        let id = default_lambda_id(kind);
        ("lambda", json!({ "id": id, "name": format!("Default {kind}"), "type": kind, "body": body, "debug": false }))
    });
    let forms = DEFAULT_FORMS.iter().map(|kind| {
        ("form", json!({ "id": default_form_id(kind), "name": format!("Default {kind}"), "type": kind, "steps": [] }))
    });
    let first = vec![
        (
            "tenant",
            json!({
                "id": DEFAULT_TENANT_ID, "name": "Default", "issuer": "acme.com", "themeId": DEFAULT_THEME_ID,
                "configured": true, "state": "Active",
                "connectorPolicies": [{ "connectorId": FUSIONAUTH_CONNECTOR_ID, "domains": ["*"], "migrate": false }],
                "jwtConfiguration": { "accessTokenKeyId": DEFAULT_SIGNING_KEY_ID, "timeToLiveInSeconds": 3600 },
            }),
        ),
        (
            "theme",
            json!({
                "id": DEFAULT_THEME_ID, "name": "FusionAuth", "type": "advanced", "stylesheet": "/* the default */",
                "defaultMessages": "login=Login\n",
                "templates": { "oauth2Authorize": "[#ftl/]\n<html>${theme.message('login')}</html>\n" },
            }),
        ),
        (
            "connector",
            json!({ "id": FUSIONAUTH_CONNECTOR_ID, "name": "Default", "type": "FusionAuth", "debug": false }),
        ),
        (
            "key",
            json!({
                "id": DEFAULT_SIGNING_KEY_ID, "name": "Default signing key", "algorithm": "HS256", "type": "HMAC",
                "kid": "sandbox-default", "length": 256,
            }),
        ),
        (
            "application",
            json!({
                "id": FUSIONAUTH_APPLICATION_ID, "name": "FusionAuth", "tenantId": DEFAULT_TENANT_ID, "active": true,
                "state": "Active", "roles": [role("admin", 14), role("user_manager", 15)],
                "oauthConfiguration": {
                    "clientId": FUSIONAUTH_APPLICATION_ID, "clientSecret": "sandbox-fusionauth-client-secret",
                    "enabledGrants": ["authorization_code", "refresh_token"], "authorizedRedirectURLs": ["/login"],
                    "proofKeyForCodeExchangePolicy": "Required",
                },
            }),
        ),
        (
            "api-key",
            json!({ "id": "6d9f4f0a-0000-4000-8000-00000000000a", "name": "Sandbox", "key": API_KEY, "keyManager": true }),
        ),
    ];
    first.into_iter().chain(lambdas).chain(forms).collect()
}
