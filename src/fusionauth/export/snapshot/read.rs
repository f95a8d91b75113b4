//! Reads an instance through its API.

use std::collections::BTreeMap;

use futures_util::stream::{FuturesUnordered, StreamExt};
use gateway::{
    answer::Answer,
    call::arguments::JsonObject,
    composite::{OnProgress, Progress, Question, Redaction, Upstream},
    redact::DigestKey,
};
use openapi_tools::{
    describe::input_schema::BODY_ARGUMENT,
    model::operation::{Method, Operation},
};
use serde_json::{Map, Value, json};

use super::{
    families::{LISTINGS, ListMethod, Listing},
    object::{Family, Object, Scope, Snapshot},
    selection::{Identity, NotReadable, Selection, select},
};
use crate::fusionauth::export::{installation::FUSIONAUTH_APPLICATION_ID, report::Remark};

/// How many objects a page of a search has.
const PAGE_SIZE: usize = 200;

/// The parameters that ask for the active objects, and for the inactive ones.
const ACTIVE: &[(&str, &str)] = &[];
const INACTIVE: &[(&str, &str)] = &[("inactive", "true")];

/// The code of the error that says that a request has to name a tenant.
const TENANT_ID_REQUIRED: &str = "[TenantIdRequired]";

/// Reads objects of an instance. Secrets are redacted whatever the configuration says about answers.
pub struct Reader<'a> {
    upstream: &'a dyn Upstream,
    /// The key of the digests that stand for secrets, where they are to be compared.
    digest_key: Option<&'a DigestKey>,
}

/// Why an instance could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A request failed.
    #[error("{} {path}: {reason}", method.as_str())]
    Request {
        /// The method of the request.
        method: Method,
        /// The path of its operation.
        path: String,
        /// How it failed.
        reason: String,
    },
    /// The answer of a request is not JSON, so that secrets in it cannot be found.
    #[error("{} {path}: the answer is not JSON: {headline}", method.as_str())]
    NotJson {
        /// The method of the request.
        method: Method,
        /// The path of its operation.
        path: String,
        /// The first line of the answer.
        headline: String,
    },
    /// The API refused to list any kind of object.
    #[error("nothing could be read; {}: {reason}", family.plural())]
    Nothing {
        /// The first kind that was refused.
        family: Family,
        /// Why.
        reason: String,
    },
    /// The API refused to list the objects of a kind.
    #[error("{}: {reason}", family.plural())]
    Refused {
        /// The kind.
        family: Family,
        /// Why.
        reason: String,
    },
    /// The scope is not among what could be read.
    #[error("{scope}{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Scope {
        /// The tenant or application that was asked for.
        scope: NotReadable,
        /// Why its kind could not be listed, where that is so.
        reason: Option<String>,
    },
    /// There is no operation that lists a kind.
    #[error("{} cannot be listed", .0.plural())]
    NotListed(Family),
    /// The document lacks an operation.
    #[error("there is no tool {0}")]
    NoOperation(&'static str),
}

/// A request for objects.
#[derive(Clone, Copy, Default)]
struct ListRequest<'a> {
    operation: &'static str,
    parameters: &'a [(&'static str, &'static str)],
    body: Option<&'a Value>,
    tenant_id: Option<&'a str>,
}

/// An answer that refuses one kind of object. The other kinds can still be read.
struct Refusal {
    reason: String,
    requires_tenant: bool,
}

/// The objects of a kind.
#[derive(Default)]
struct ObjectList {
    objects: BTreeMap<Option<String>, Object>,
    /// How many objects the API counts and does not answer.
    missing: usize,
}

impl Snapshot {
    /// Reads `scope`. `progress` is called after each kind of object.
    ///
    /// A kind that is answered 400, 401 or 404 (no licence, no permission) is left out and named in `left_out`.
    ///
    /// # Errors
    /// A request failed otherwise, nothing could be read at all, or the tenant or application does not exist.
    pub async fn read(reader: &Reader<'_>, scope: Scope, progress: OnProgress<'_>) -> Result<Self, ReadError> {
        // Objects that an instance has one of belong to no tenant and no application.
        let is_wanted = |listing: &&Listing| scope == Scope::Everything || listing.method != ListMethod::Single;
        let wanted: Vec<&'static Listing> = LISTINGS.iter().filter(is_wanted).collect();
        let total = wanted.len();
        let (tenants, others): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|listing| listing.family == Family::Tenant);
        let is_confined = reader.upstream.tenant_id().is_some();
        let mut snapshot = SnapshotBuilder { is_confined, ..SnapshotBuilder::default() };
        for listing in tenants {
            snapshot.add(listing, reader.list(listing, &[]).await?);
            progress(Progress { done: snapshot.done, total, what: listing.family.plural() });
        }
        let tenant_ids: Vec<String> = snapshot.objects.keys().filter_map(|(_, id)| id.clone()).collect();
        let mut rest = FuturesUnordered::new();
        for listing in others {
            rest.push(reader.list_named(listing, &tenant_ids));
        }
        while let Some((listing, listed)) = rest.next().await {
            snapshot.add(listing, listed?);
            progress(Progress { done: snapshot.done, total, what: listing.family.plural() });
        }
        snapshot.build(scope)
    }
}

/// Collects what is read.
#[derive(Default)]
struct SnapshotBuilder {
    objects: BTreeMap<Identity, Object>,
    refusals: BTreeMap<Family, String>,
    missing: BTreeMap<Family, usize>,
    done: usize,
    /// Whether the server is for one tenant. Where it does not see FusionAuth's own application, that tenant is not the
    /// default one.
    is_confined: bool,
}

impl SnapshotBuilder {
    fn add(&mut self, listing: &Listing, listed: Result<ObjectList, Refusal>) {
        self.done += 1;
        match listed {
            Ok(listed) => {
                if listed.missing > 0 {
                    self.missing.insert(listing.family, listed.missing);
                }
                let objects = listed.objects.into_values();
                self.objects.extend(objects.map(|object| ((object.family, object.id.clone()), object)));
            }
            Err(refusal) => drop(self.refusals.insert(listing.family, refusal.reason)),
        }
    }

    fn build(self, scope: Scope) -> Result<Snapshot, ReadError> {
        if self.objects.is_empty()
            && let Some((family, reason)) = self.refusals.first_key_value()
        {
            return Err(ReadError::Nothing { family: *family, reason: reason.clone() });
        }
        let own = self.objects.get(&(Family::Application, Some(FUSIONAUTH_APPLICATION_ID.to_owned())));
        let default_tenant_id = own.and_then(|own| own.value.get("tenantId")?.as_str().map(str::to_owned));
        let mut left_out: Vec<Remark> = vec![
            Remark {
                what: "API keys".to_owned(),
                why: "the API cannot list them, and returns only retrievable ones".to_owned(),
            },
            Remark {
                what: "users and their registrations".to_owned(),
                why: "the API gives no password hashes".to_owned(),
            },
        ];
        left_out.extend(
            self.refusals.iter().map(|(family, why)| Remark { what: family.plural().to_owned(), why: why.clone() }),
        );
        left_out.extend(self.missing.iter().map(|(family, count)| Remark {
            what: format!("{count} of the {}", family.plural()),
            why: "the API returns only their number".to_owned(),
        }));
        left_out.extend(self.unknown_default_tenant(default_tenant_id.as_deref()));
        left_out.sort();
        let Selection { objects, foreign } = select(self.objects, &scope).map_err(|scope| {
            let reason = self.refusals.get(&scope.family).cloned();
            ReadError::Scope { scope, reason }
        })?;
        Ok(Snapshot { scope, objects, foreign, default_tenant_id, left_out })
    }

    /// The warning that the default tenant is not known, where it is not.
    fn unknown_default_tenant(&self, default_tenant_id: Option<&str>) -> Option<Remark> {
        let has_tenants = self.objects.keys().any(|(family, _)| *family == Family::Tenant);
        let why = match default_tenant_id {
            None if has_tenants && self.refusals.contains_key(&Family::Application) => {
                "the applications could not be read, so the file cannot work as it is"
            }
            None if has_tenants && !self.is_confined => {
                "FusionAuth's own application, which is in it, could not be read; if it is among the tenants, the \
                 file cannot work as it is"
            }
            _ => return None,
        };
        Some(Remark { what: "which tenant is the default one".to_owned(), why: why.to_owned() })
    }
}

impl<'a> Reader<'a> {
    /// A reader of the instance behind `upstream`.
    pub fn new(upstream: &'a dyn Upstream) -> Self {
        Self { upstream, digest_key: None }
    }

    /// The same with the digest of each secret in its place.
    #[must_use]
    pub fn with_digests(self, digest_key: Option<&'a DigestKey>) -> Self {
        Self { digest_key, ..self }
    }

    /// All objects of a kind.
    pub(super) async fn objects(&self, family: Family) -> Result<Vec<Object>, ReadError> {
        let listing = LISTINGS.iter().find(|listing| listing.family == family);
        let listing = listing.ok_or(ReadError::NotListed(family))?;
        match self.list(listing, &[]).await? {
            Ok(listed) => Ok(listed.objects.into_values().collect()),
            Err(refusal) => Err(ReadError::Refused { family, reason: refusal.reason }),
        }
    }

    async fn list_named(
        &self,
        listing: &'static Listing,
        tenant_ids: &[String],
    ) -> (&'static Listing, Result<Result<ObjectList, Refusal>, ReadError>) {
        (listing, self.list(listing, tenant_ids).await)
    }

    /// The objects of a kind; tenant by tenant where the API requires a tenant.
    async fn list(&self, listing: &Listing, tenant_ids: &[String]) -> Result<Result<ObjectList, Refusal>, ReadError> {
        match self.list_in(listing, None).await? {
            Err(refusal) if refusal.requires_tenant && !tenant_ids.is_empty() => {}
            listed => return Ok(listed),
        }
        let mut all = ObjectList::default();
        for tenant_id in tenant_ids {
            match self.list_in(listing, Some(tenant_id)).await? {
                Ok(listed) => {
                    all.objects.extend(listed.objects);
                    all.missing += listed.missing;
                }
                refused => return Ok(refused),
            }
        }
        Ok(Ok(all))
    }

    async fn list_in(
        &self,
        listing: &Listing,
        tenant_id: Option<&str>,
    ) -> Result<Result<ObjectList, Refusal>, ReadError> {
        let request = ListRequest { operation: listing.operation, tenant_id, ..ListRequest::default() };
        let mut listed = ObjectList::default();
        match listing.method {
            ListMethod::All | ListMethod::Single => match self.send(request).await? {
                Ok(answer) => listed.add(listing, answer),
                Err(refusal) => return Ok(Err(refusal)),
            },
            ListMethod::ActiveAndInactive => {
                for parameters in [ACTIVE, INACTIVE] {
                    match self.send(ListRequest { parameters, ..request }).await? {
                        Ok(answer) => listed.add(listing, answer),
                        Err(refusal) => return Ok(Err(refusal)),
                    }
                }
            }
            ListMethod::Search | ListMethod::EngineSearch => {
                let mut criteria = first_page(listing.method);
                loop {
                    let body = json!({ "search": criteria });
                    let mut answer = match self.send(ListRequest { body: Some(&body), ..request }).await? {
                        Ok(answer) => answer,
                        Err(refusal) => return Ok(Err(refusal)),
                    };
                    let total = answer.get("total").and_then(Value::as_u64);
                    let total = usize::try_from(total.unwrap_or_default()).unwrap_or(usize::MAX);
                    let next = answer.get_mut("nextResults").map(Value::take);
                    let before = listed.objects.len();
                    listed.add(listing, answer);
                    let count = listed.objects.len();
                    // An API that answers the same page again would be asked forever.
                    if count == before || count >= total {
                        listed.missing = total.saturating_sub(count);
                        break;
                    }
                    match next {
                        Some(token) if token.is_string() => {
                            criteria = next_page(token);
                        }
                        _ => drop(criteria.insert("startRow".to_owned(), json!(count))),
                    }
                }
            }
        }
        Ok(Ok(listed))
    }

    /// Sends a request and reads the JSON of its answer, without secrets.
    async fn send(&self, request: ListRequest<'_>) -> Result<Result<Value, Refusal>, ReadError> {
        let operation = self.upstream.document().operation(request.operation);
        let operation = operation.ok_or(ReadError::NoOperation(request.operation))?;
        let parameters = request.parameters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        let mut arguments: JsonObject = parameters.collect();
        if let Some(body) = request.body {
            arguments.insert(BODY_ARGUMENT.to_owned(), body.clone());
        }
        let tenant_id = request.tenant_id;
        let redaction = self.digest_key.cloned().map_or(Redaction::ForFiles, Redaction::Digested);
        let question = Question { operation, arguments, tenant_id, redaction };
        let answer = match self.upstream.exchange(question).await {
            Ok(answer) => answer,
            Err(error) => return Err(request_error(operation, self.upstream.explain(operation, &error).headline)),
        };
        match answer.status {
            Some(200..=299) => parse(operation, &answer).map(Ok),
            status => {
                let requires_tenant =
                    [&answer.headline, &answer.body_text()].iter().any(|text| text.contains(TENANT_ID_REQUIRED));
                if matches!(status, Some(400 | 401 | 404)) {
                    Ok(Err(Refusal { reason: answer.headline, requires_tenant }))
                } else {
                    Err(request_error(operation, answer.headline))
                }
            }
        }
    }
}

/// The JSON of a success.
fn parse(operation: &Operation, answer: &Answer) -> Result<Value, ReadError> {
    answer.json().and_then(|json| serde_json::from_str(json).ok()).ok_or_else(|| ReadError::NotJson {
        method: operation.method,
        path: operation.path_template(),
        headline: answer.headline.split(", shown with").next().unwrap_or_default().to_owned(),
    })
}

fn request_error(operation: &Operation, reason: String) -> ReadError {
    ReadError::Request { method: operation.method, path: operation.path_template(), reason }
}

impl ObjectList {
    /// Adds the objects of an answer.
    fn add(&mut self, listing: &Listing, mut answer: Value) {
        let objects = match answer.get_mut(listing.key).map(Value::take) {
            Some(Value::Array(objects)) => objects,
            Some(object @ Value::Object(_)) if listing.method == ListMethod::Single => vec![object],
            _ => Vec::new(),
        };
        for value in objects {
            let Value::Object(value) = value else { continue };
            let id = value.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
            if id.is_some() || listing.method == ListMethod::Single {
                self.objects.insert(id.clone(), Object { family: listing.family, id, value });
            }
        }
    }
}

/// The criteria of a search for everything, in an order that does not change from page to page.
fn first_page(method: ListMethod) -> Map<String, Value> {
    let criteria = if method == ListMethod::EngineSearch {
        vec![
            ("queryString", json!("*")),
            ("sortFields", json!([{ "name": "insertInstant", "order": "asc" }])),
            ("accurateTotal", json!(true)),
        ]
    } else {
        vec![("orderBy", json!("id ASC"))]
    };
    let paging = [("numberOfResults", json!(PAGE_SIZE)), ("startRow", json!(0))];
    criteria.into_iter().chain(paging).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The criteria for the next page of a search engine. It takes no others beside the token.
fn next_page(token: Value) -> Map<String, Value> {
    let criteria = [("nextResults", token), ("numberOfResults", json!(PAGE_SIZE)), ("accurateTotal", json!(true))];
    criteria.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(family: Family, id: &str, value: &Value) -> (Identity, Object) {
        let (id, value) = (Some(id.to_owned()), value.as_object().cloned().unwrap());
        ((family, id.clone()), Object { family, id, value })
    }

    #[test]
    fn an_unknown_default_tenant_is_reported() {
        let warning = |objects: Vec<(Identity, Object)>, is_refused: bool| {
            let mut builder = SnapshotBuilder { objects: objects.into_iter().collect(), ..SnapshotBuilder::default() };
            if is_refused {
                builder.refusals.insert(Family::Application, "401".to_owned());
            }
            let snapshot = builder.build(Scope::Everything).unwrap();
            let warning =
                snapshot.left_out.into_iter().find(|left_out| left_out.what == "which tenant is the default one");
            warning.map(|left_out| left_out.why)
        };
        let tenant = object(Family::Tenant, "t", &json!({}));
        let own = object(Family::Application, FUSIONAUTH_APPLICATION_ID, &json!({ "tenantId": "t" }));
        let lambda = object(Family::Lambda, "l", &json!({}));
        let expected = "the applications could not be read, so the file cannot work as it is";
        assert_eq!(warning(vec![tenant.clone()], true).as_deref(), Some(expected));
        assert!(
            warning(vec![tenant.clone()], false).is_some_and(|why| why.starts_with("FusionAuth's own application"))
        );
        assert_eq!(warning(vec![tenant, own], false), None);
        assert_eq!(warning(vec![lambda], true), None);
    }
}
