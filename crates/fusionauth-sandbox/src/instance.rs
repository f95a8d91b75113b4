//! An instance: it takes a request and returns a response.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use openapi_tools::model::{
    document::Document,
    operation::{Location, Operation, Parameter, Segment},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::{
    answers::{
        exports, keys, loggers, logs, mail, nested, objects, previews, reports, shape,
        sign_in::{
            logins, methods, oauth, passkeys, passwordless, passwords, providers, second_factor, tokens, verification,
        },
        singletons,
        users::{actions, bulk, comments, consents, families, links, registrations, user},
    },
    authorization::authorize,
    call::{Answer, Call, body, pairs},
    conversion, defaults, events,
    exchange::{Request, Response},
    installation::{self, API_KEY, DEFAULT_TENANT_ID, LICENSE_ID, TENANT_MANAGER_ID},
    kickstart::{self, Given, KickstartError},
    object::{drop_nulls, into_object, set, text, text_if_any},
    routing::{self, Route, route},
    seed,
    state::State,
    step::{Step, StepError},
    webhooks::{self, Courier, Delivery},
};

/// The answerers with paths of their own. The paths are disjoint, so the order does not matter.
const SPECIAL: [fn(&mut Call<'_>) -> Option<Answer>; 27] = [
    nested::answer,
    keys::answer,
    user::answer,
    bulk::answer,
    registrations::answer,
    actions::answer,
    comments::answer,
    consents::answer,
    families::answer,
    links::answer,
    methods::answer,
    singletons::answer,
    logins::answer,
    tokens::answer,
    passwords::answer,
    verification::answer,
    passwordless::answer,
    second_factor::answer,
    passkeys::answer,
    oauth::answer,
    providers::answer,
    mail::answer,
    previews::answer,
    reports::answer,
    logs::answer,
    loggers::answer,
    exports::answer,
];

/// A simulated FusionAuth instance.
pub struct Instance {
    document: &'static Document,
    state: Arc<Mutex<State>>,
    courier: Courier,
}

/// Why no instance could be made from a Kickstart file.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file, or one that it includes, cannot be read or is wrong.
    #[error("{}: {error}", file.display())]
    Kickstart {
        /// The Kickstart file.
        file: PathBuf,
        /// What is wrong, and where.
        error: Box<KickstartError>,
    },
    /// The instance refused a request of the file.
    #[error("{}: {error}", file.display())]
    Step {
        /// The Kickstart file.
        file: PathBuf,
        /// Which request was refused, and why.
        error: Box<StepError>,
    },
}

impl Instance {
    /// A new instance: default tenant, FusionAuth's own application, default theme, connector, key, lambdas and forms.
    pub fn empty(document: &'static Document) -> Self {
        let mut state = State::default();
        state.is_being_filled = true;
        let now = state.now();
        for (collection, object) in installation::objects() {
            let mut object = into_object(object);
            defaults::add(collection, &mut object);
            installation::add_references(collection, &mut object);
            set(&mut object, "insertInstant", now);
            set(&mut object, "lastUpdateInstant", now);
            state.put(collection, object);
        }
        for setting in ["systemConfiguration", "tenantManagerConfiguration"] {
            let mut object = defaults::of(setting);
            set(&mut object, "insertInstant", now);
            set(&mut object, "lastUpdateInstant", now);
            state.singletons.insert(setting.to_owned(), Value::Object(object));
        }
        singletons::license(&mut state, LICENSE_ID);
        state.is_being_filled = false;
        Self { document, state: Arc::new(Mutex::new(state)), courier: Courier::default() }
    }

    /// An instance with the seed data: the company Pied Piper.
    ///
    /// # Errors
    /// If a request of the seed is refused, which is a bug in the seed or a document that does not fit it.
    pub fn seeded(document: &'static Document) -> Result<Self, StepError> {
        let instance = Self::empty(document);
        instance.carry_out_at(API_KEY, seed::steps().iter().map(|(instant, step)| (Some(*instant), step)))?;
        let mut state = instance.lock();
        for (collection, mut entry) in seed::history() {
            logins::remember(&mut state, collection, &mut entry);
            state.put_numbered(collection, entry);
        }
        drop(state);
        Ok(instance)
    }

    /// A new instance that has carried out a Kickstart file.
    ///
    /// `given` are the values that the file's variables have from outside.
    ///
    /// # Errors
    /// If the file cannot be read or is wrong, or if one of its requests is refused.
    pub fn from_kickstart(document: &'static Document, file: &Path, given: &Given<'_>) -> Result<Self, LoadError> {
        let kickstart = kickstart::read(file, given, installation::built_in_variables())
            .map_err(|error| LoadError::Kickstart { file: file.to_owned(), error: Box::new(error) })?;
        let instance = Self::empty(document);
        if let Some(id) = &kickstart.default_tenant_id {
            instance.rename(DEFAULT_TENANT_ID, id);
        }
        if let Some(id) = &kickstart.tenant_manager_id {
            instance.rename(TENANT_MANAGER_ID, id);
        }
        let first = kickstart.api_keys.first().map(|key| key.get("key").and_then(Value::as_str).unwrap_or_default());
        let first = first.unwrap_or(API_KEY).to_owned();
        for key in kickstart.api_keys {
            instance.add_api_key(key);
        }
        let steps = instance.carry_out_at(&first, kickstart.steps.iter().map(|step| (None, step)));
        steps.map_err(|error| LoadError::Step { file: file.to_owned(), error: Box::new(error) })?;
        Ok(instance)
    }

    /// Carries out requests on behalf of the instance's owner, in order.
    ///
    /// # Errors
    /// The first step that is refused. The steps before it stay done.
    pub fn carry_out(&self, steps: &[Step]) -> Result<(), StepError> {
        self.carry_out_at(API_KEY, steps.iter().map(|step| (None, step)))
    }

    /// Carries out requests with an API key, each at an instant if one is given. The key that a Kickstart file has first makes
    /// its requests, as documented.
    fn carry_out_at<'s>(
        &self,
        api_key: &str,
        steps: impl Iterator<Item = (Option<u64>, &'s Step)>,
    ) -> Result<(), StepError> {
        self.lock().is_being_filled = true;
        let outcome = steps.enumerate().try_for_each(|(number, (instant, step))| {
            if let Some(instant) = instant {
                self.lock().set_clock(instant);
            }
            let response = self.handle(&Request {
                method: step.method,
                target: step.target.clone(),
                authorization: Some(api_key.to_owned()),
                tenant_id: step.tenant_id.clone(),
                content_type: step.content_type.clone(),
                body: if step.body.is_null() { Vec::new() } else { step.body.to_string().into_bytes() },
            });
            if (200..300).contains(&response.status) {
                return Ok(());
            }
            Err(StepError { number, method: step.method, target: step.target.clone(), response })
        });
        self.lock().is_being_filled = false;
        outcome
    }

    /// Adds an API key of a Kickstart file, which may choose the key itself and its permissions.
    fn add_api_key(&self, key: Value) {
        let mut state = self.lock();
        let mut key = into_object(key);
        if text_if_any(&key, "id").is_none() {
            let id = state.new_id();
            set(&mut key, "id", id);
        }
        if let Some(description) = key.remove("description") {
            set(&mut key, "metaData", json!({ "attributes": { "description": description } }));
        }
        state.put("api-key", key);
    }

    /// Gives the default tenant or the Tenant Manager of a new instance another id, as variables of a Kickstart file do.
    fn rename(&self, from: &str, to: &str) {
        let to = &to.to_ascii_lowercase();
        let mut state = self.lock();
        for collection in ["tenant", "application"] {
            for object in state.all_mut(collection) {
                for property in ["id", "tenantId"] {
                    if text(object, property) == from {
                        set(object, property, to.as_str());
                    }
                }
                if let Some(Value::Object(oauth)) = object.get_mut("oauthConfiguration")
                    && text(oauth, "clientId") == from
                {
                    set(oauth, "clientId", to.as_str());
                }
            }
        }
    }

    /// Answers a request.
    pub fn handle(&self, request: &Request) -> Response {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let parts: Vec<_> =
            path.trim_start_matches('/').split('/').map(|part| percent_decode_str(part).decode_utf8_lossy()).collect();
        let route = match route(self.document, request.method, &parts) {
            Ok(route) => route,
            Err(status) => return Response::empty(status),
        };
        let mut state = self.lock();
        let mut deliveries = Vec::new();
        let outcome = self.answer(&mut state, request, route, query, &mut deliveries);
        for delivery in deliveries {
            self.courier.send(&self.state, &mut state, delivery);
        }
        let mut response = outcome.unwrap_or_else(|refusal| refusal);
        if let Some(body) = &mut response.body {
            drop_nulls(body);
        }
        response
    }

    /// Everything that the instance holds, as JSON: collections and settings, by name.
    pub fn dump(&self) -> Value {
        self.lock().dump()
    }

    fn answer(
        &self,
        state: &mut State,
        request: &Request,
        route: Route,
        query: &str,
        deliveries: &mut Vec<Delivery>,
    ) -> Answer {
        let Route { operation, mut path_values } = route;
        let identity = authorize(self.document, state, operation, request)?;
        let named = request.tenant_id.as_deref().map(str::to_ascii_lowercase);
        let tenant_id = match (named, identity.key_tenant_id) {
            (Some(named), Some(own)) if named != own => return Err(Response::empty(401)),
            (named, own) => own.or(named),
        };
        if let Some(id) = &tenant_id
            && state.get("tenant", id).is_none()
        {
            return Err(Response::general("InvalidTenantId", format!("There is no tenant [{id}].")));
        }
        let path_template = operation.path_template();
        if path_template == "/api/tenant/search" && request.tenant_id.is_some() {
            return Err(Response::empty(401));
        }
        let mut query = pairs(query);
        convert_parameters(self.document, operation, &mut path_values, &mut query)?;
        if operation.licensed && !singletons::is_licensed(state) {
            let message = "This feature needs a license, and none is active.";
            return Err(Response::general("notLicensed", message));
        }
        let mut call = Call {
            document: self.document,
            operation,
            method: operation.method,
            path_template,
            path_values,
            query,
            tenant_id,
            content_type: request.content_type.clone(),
            authorization: request.authorization.clone(),
            body: body(self.document, operation, request)?,
            bearer_user_id: identity.bearer_user_id,
            state,
        };
        if call.state.is_being_filled || !webhooks::are_there_any(call.state) {
            return dispatch(&mut call);
        }
        let before = events::before(&call);
        let answer = dispatch(&mut call);
        let caused = events::caused(&call, before, &answer);
        deliveries.extend(webhooks::log(call.state, caused));
        answer
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A poisoned lock is fine: every request is checked before it changes anything, so none is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the values of path and query parameters what objects have.
fn convert_parameters(
    document: &Document,
    operation: &Operation,
    path_values: &mut [String],
    query: &mut [(String, String)],
) -> Result<(), Response> {
    let names = operation.path.iter().flat_map(Segment::parameters);
    let in_path = names.zip(path_values).map(|(name, value)| (Location::Path, name, value));
    let in_query = query.iter_mut().map(|(name, value)| (Location::Query, name.as_str(), value));
    for (location, name, value) in in_path.chain(in_query).filter(|(_, _, value)| !value.is_empty()) {
        let is_wanted = |known: &&Parameter| known.location == location && known.wire_name == name;
        if let Some(parameter) = operation.parameters.iter().find(is_wanted) {
            *value = conversion::parameter(document, &parameter.schema, name, value)?;
        }
    }
    Ok(())
}

fn dispatch(call: &mut Call<'_>) -> Answer {
    if let Some(answer) = SPECIAL.iter().find_map(|answer| answer(call)) {
        return answer;
    }
    match routing::resource(call.operation) {
        Some((resource, target)) => objects::answer(call, resource, target),
        None => Ok(shape::answer(call)),
    }
}
