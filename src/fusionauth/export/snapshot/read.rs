//! Reading an instance through its API.

use std::{collections::BTreeMap, fmt};

use futures_util::stream::{FuturesUnordered, StreamExt};
use gateway::{
    answer::Answer,
    call::arguments::JsonObject,
    composite::{OnProgress, Progress, Question as Call, Redaction, Upstream},
};
use openapi_tools::{describe::input_schema::BODY_ARGUMENT, model::operation::Operation};
use serde_json::{Map, Value, json};

use super::{
    families::{How, LISTINGS, Listing},
    object::{Family, Object, Scope, Snapshot},
    selection::{Key, select},
};
use crate::fusionauth::export::{installation::FUSIONAUTH_APPLICATION_ID, report::LeftOut};

/// Objects in a page of a search.
const PAGE: usize = 200;

/// What asks for the active objects, and for those that are not.
const ACTIVE: &[(&str, &str)] = &[];
const INACTIVE: &[(&str, &str)] = &[("inactive", "true")];

/// The error code of an API that wants to know which tenant is meant.
const TENANT_ID_REQUIRED: &str = "[TenantIdRequired]";

/// What a snapshot is read with. Secrets are hidden whatever the configuration says about answers.
pub struct Reader<'a> {
    upstream: &'a dyn Upstream,
}

/// Why an instance could not be read: the request that failed and how, or what is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReadError(String);

/// What is asked of an operation.
#[derive(Clone, Copy, Default)]
struct Question<'a> {
    operation: &'static str,
    parameters: &'a [(&'static str, &'static str)],
    body: Option<&'a Value>,
    tenant_id: Option<&'a str>,
}

/// An answer that the rest can be read without.
struct Refusal {
    reason: String,
    wants_tenant: bool,
}

/// The objects of a kind.
#[derive(Default)]
struct Listed {
    objects: BTreeMap<String, Object>,
    /// Objects that the API counts and does not answer.
    missing: usize,
}

impl Snapshot {
    /// Reads `scope`. `progress` is told after each kind of object.
    ///
    /// A kind that is answered 400, 401 or 404 (no licence, no permission) is left out and named in `left_out`.
    ///
    /// # Errors
    /// Any other failure of a request, nothing that could be read at all, a tenant or application that is not there.
    pub async fn read(reader: &Reader<'_>, scope: Scope, progress: OnProgress<'_>) -> Result<Self, ReadError> {
        // What an instance has one of is no tenant's and no application's.
        let is_wanted = |listing: &&Listing| scope == Scope::Everything || listing.how != How::Single;
        let wanted: Vec<&'static Listing> = LISTINGS.iter().filter(is_wanted).collect();
        let total = wanted.len();
        let (tenants, others): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|listing| listing.family == Family::Tenant);
        let mut reading = Reading::default();
        for listing in tenants {
            reading.take(listing, reader.list(listing, &[]).await?);
            progress(Progress { done: reading.done, total, what: listing.family.plural() });
        }
        let tenant_ids: Vec<String> = reading.objects.keys().map(|(_, id)| id.clone()).collect();
        let mut rest = FuturesUnordered::new();
        for listing in others {
            rest.push(reader.list_named(listing, &tenant_ids));
        }
        while let Some((listing, listed)) = rest.next().await {
            reading.take(listing, listed?);
            progress(Progress { done: reading.done, total, what: listing.family.plural() });
        }
        reading.into_snapshot(scope)
    }
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    objects: BTreeMap<Key, Object>,
    refusals: BTreeMap<Family, String>,
    missing: BTreeMap<Family, usize>,
    done: usize,
}

impl Reading {
    fn take(&mut self, listing: &Listing, listed: Result<Listed, Refusal>) {
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

    fn into_snapshot(self, scope: Scope) -> Result<Snapshot, ReadError> {
        if self.objects.is_empty()
            && let Some((family, reason)) = self.refusals.first_key_value()
        {
            return Err(ReadError(format!("nothing could be read; {}: {reason}", family.plural())));
        }
        let own = self.objects.get(&(Family::Application, FUSIONAUTH_APPLICATION_ID.to_owned()));
        let default_tenant_id = own.and_then(|own| own.value.get("tenantId")?.as_str().map(str::to_owned));
        let mut left_out: Vec<LeftOut> = vec![
            LeftOut {
                what: "API keys".to_owned(),
                why: "the API lists none, and answers only those that may be retrieved".to_owned(),
            },
            LeftOut {
                what: "users and their registrations".to_owned(),
                why: "the API gives no password hashes".to_owned(),
            },
        ];
        left_out.extend(
            self.refusals.iter().map(|(family, why)| LeftOut { what: family.plural().to_owned(), why: why.clone() }),
        );
        left_out.extend(self.missing.iter().map(|(family, count)| LeftOut {
            what: format!("{count} of the {}", family.plural()),
            why: "the API counts them and does not answer them".to_owned(),
        }));
        left_out.extend(self.unknown_default(default_tenant_id.as_deref()));
        left_out.sort();
        let objects = select(self.objects, &scope).map_err(|reason| {
            let unread = match scope {
                Scope::Tenant(_) => self.refusals.get(&Family::Tenant),
                _ => self.refusals.get(&Family::Application),
            };
            ReadError(unread.map_or_else(|| reason.clone(), |why| format!("{reason}: {why}")))
        })?;
        Ok(Snapshot { scope, objects, default_tenant_id, left_out })
    }

    /// What there is to say where the default tenant cannot be told from the others.
    fn unknown_default(&self, default_tenant_id: Option<&str>) -> Option<LeftOut> {
        let has_tenants = self.objects.keys().any(|(family, _)| *family == Family::Tenant);
        let why = match default_tenant_id {
            None if has_tenants && self.refusals.contains_key(&Family::Application) => {
                "the applications could not be read, so the file cannot work as it is"
            }
            None if has_tenants => {
                "FusionAuth's own application, which is in it, could not be read; if it is among the tenants, the \
                 file cannot work as it is"
            }
            _ => return None,
        };
        Some(LeftOut { what: "which tenant is the default one".to_owned(), why: why.to_owned() })
    }
}

impl<'a> Reader<'a> {
    /// A reader of the instance behind `upstream`.
    pub fn new(upstream: &'a dyn Upstream) -> Self {
        Self { upstream }
    }

    /// All objects of a kind, or why there are none.
    pub(super) async fn objects(&self, family: Family) -> Result<Vec<Object>, ReadError> {
        let listing = LISTINGS.iter().find(|listing| listing.family == family);
        let listing = listing.ok_or_else(|| ReadError(format!("{} cannot be listed", family.plural())))?;
        match self.list(listing, &[]).await? {
            Ok(listed) => Ok(listed.objects.into_values().collect()),
            Err(refusal) => Err(ReadError(format!("{}: {}", family.plural(), refusal.reason))),
        }
    }

    async fn list_named(
        &self,
        listing: &'static Listing,
        tenant_ids: &[String],
    ) -> (&'static Listing, Result<Result<Listed, Refusal>, ReadError>) {
        (listing, self.list(listing, tenant_ids).await)
    }

    /// The objects of a kind; tenant by tenant where the API wants one to be named.
    async fn list(&self, listing: &Listing, tenant_ids: &[String]) -> Result<Result<Listed, Refusal>, ReadError> {
        match self.list_in(listing, None).await? {
            Err(refusal) if refusal.wants_tenant && !tenant_ids.is_empty() => {}
            listed => return Ok(listed),
        }
        let mut all = Listed::default();
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

    async fn list_in(&self, listing: &Listing, tenant_id: Option<&str>) -> Result<Result<Listed, Refusal>, ReadError> {
        let question = Question { operation: listing.operation, tenant_id, ..Question::default() };
        let mut listed = Listed::default();
        match listing.how {
            How::AtOnce | How::Single => match self.ask(question).await? {
                Ok(answer) => listed.add(listing, answer),
                Err(refusal) => return Ok(Err(refusal)),
            },
            How::ActiveAndNot => {
                for parameters in [ACTIVE, INACTIVE] {
                    match self.ask(Question { parameters, ..question }).await? {
                        Ok(answer) => listed.add(listing, answer),
                        Err(refusal) => return Ok(Err(refusal)),
                    }
                }
            }
            How::Search | How::EngineSearch => {
                let mut criteria = first_page(listing.how);
                loop {
                    let body = json!({ "search": criteria });
                    let mut answer = match self.ask(Question { body: Some(&body), ..question }).await? {
                        Ok(answer) => answer,
                        Err(refusal) => return Ok(Err(refusal)),
                    };
                    let total = answer.get("total").and_then(Value::as_u64);
                    let total = usize::try_from(total.unwrap_or_default()).unwrap_or(usize::MAX);
                    let next = answer.get_mut("nextResults").map(Value::take);
                    let before = listed.objects.len();
                    listed.add(listing, answer);
                    let count = listed.objects.len();
                    // An API that repeats itself would be asked forever.
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

    /// Sends a request, and reads the JSON of its answer without secrets.
    async fn ask(&self, question: Question<'_>) -> Result<Result<Value, Refusal>, ReadError> {
        let operation = self.upstream.document().operation(question.operation);
        let operation = operation.ok_or_else(|| ReadError(format!("there is no tool {}", question.operation)))?;
        let parameters = question.parameters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        let mut arguments: JsonObject = parameters.collect();
        if let Some(body) = question.body {
            arguments.insert(BODY_ARGUMENT.to_owned(), body.clone());
        }
        let tenant_id = question.tenant_id;
        let call = Call { operation, arguments, tenant_id, redaction: Redaction::Always };
        let answer = match self.upstream.exchange(call).await {
            Ok(answer) => answer,
            Err(error) => return Err(failed(operation, &self.upstream.explain(operation, &error).headline)),
        };
        match answer.status {
            Some(200..=299) => value(&answer).map(Ok).map_err(|reason| failed(operation, &reason)),
            status => {
                let wants_tenant =
                    [&answer.headline, &answer.body_text()].iter().any(|text| text.contains(TENANT_ID_REQUIRED));
                if matches!(status, Some(400 | 401 | 404)) {
                    Ok(Err(Refusal { reason: answer.headline, wants_tenant }))
                } else {
                    Err(failed(operation, &answer.headline))
                }
            }
        }
    }
}

/// The JSON of a success. What is no JSON cannot be searched for secrets.
fn value(answer: &Answer) -> Result<Value, String> {
    let no_json =
        || format!("the answer is no JSON: {}", answer.headline.split(", shown with").next().unwrap_or_default());
    serde_json::from_str(answer.json().ok_or_else(no_json)?).map_err(|_| no_json())
}

fn failed(operation: &Operation, reason: &dyn fmt::Display) -> ReadError {
    ReadError(format!("{} {}: {reason}", operation.method.as_str(), operation.path_template()))
}

impl Listed {
    /// Takes the objects out of an answer.
    fn add(&mut self, listing: &Listing, mut answer: Value) {
        let objects = match answer.get_mut(listing.key).map(Value::take) {
            Some(Value::Array(objects)) => objects,
            Some(object @ Value::Object(_)) if listing.how == How::Single => vec![object],
            _ => Vec::new(),
        };
        for value in objects {
            let Value::Object(value) = value else { continue };
            let id = id_of(&value);
            if !id.is_empty() || listing.how == How::Single {
                self.objects.insert(id.clone(), Object { family: listing.family, id, value });
            }
        }
    }
}

fn id_of(object: &Map<String, Value>) -> String {
    object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The criteria of a search for everything, in an order that does not change from page to page.
fn first_page(how: How) -> Map<String, Value> {
    let criteria = if how == How::EngineSearch {
        vec![
            ("queryString", json!("*")),
            ("sortFields", json!([{ "name": "insertInstant", "order": "asc" }])),
            ("accurateTotal", json!(true)),
        ]
    } else {
        vec![("orderBy", json!("id ASC"))]
    };
    let paging = [("numberOfResults", json!(PAGE)), ("startRow", json!(0))];
    criteria.into_iter().chain(paging).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The criteria that go on where a search engine's answer ended; it takes no others beside the token.
fn next_page(token: Value) -> Map<String, Value> {
    let criteria = [("nextResults", token), ("numberOfResults", json!(PAGE)), ("accurateTotal", json!(true))];
    criteria.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(family: Family, id: &str, value: &Value) -> (Key, Object) {
        let value = value.as_object().cloned().unwrap();
        ((family, id.to_owned()), Object { family, id: id.to_owned(), value })
    }

    #[test]
    fn that_the_default_tenant_is_not_known_is_told() {
        let told = |objects: Vec<(Key, Object)>, is_refused: bool| {
            let mut reading = Reading { objects: objects.into_iter().collect(), ..Reading::default() };
            if is_refused {
                reading.refusals.insert(Family::Application, "401".to_owned());
            }
            let snapshot = reading.into_snapshot(Scope::Everything).unwrap();
            let told = snapshot.left_out.into_iter().find(|left| left.what == "which tenant is the default one");
            told.map(|left| left.why)
        };
        let tenant = object(Family::Tenant, "t", &json!({}));
        let own = object(Family::Application, FUSIONAUTH_APPLICATION_ID, &json!({ "tenantId": "t" }));
        let lambda = object(Family::Lambda, "l", &json!({}));
        let expected = "the applications could not be read, so the file cannot work as it is";
        assert_eq!(told(vec![tenant.clone()], true).as_deref(), Some(expected));
        assert!(told(vec![tenant.clone()], false).is_some_and(|why| why.starts_with("FusionAuth's own application")));
        assert_eq!(told(vec![tenant, own], false), None);
        assert_eq!(told(vec![lambda], true), None);
    }
}
