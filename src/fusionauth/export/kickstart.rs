//! Writes a snapshot as a Kickstart file: the requests that turn a new instance into the one that was read.
//!
//! The same instance gives the same bytes. Ids are kept. Secrets become environment variables that the file names.
//! Objects that every new instance has are updated or skipped, never created.

mod defaults;
mod included_files;
mod keys;
pub mod layout;
mod names;
mod order;
mod patch;
mod request;
mod requests;
mod text;
mod variables;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use self::{
    defaults::{Action, Defaults},
    included_files::IncludedFiles,
    keys::KeyUses,
    layout::Layout,
    order::Step,
    patch::Pruner,
    request::{Request, Requests},
    variables::{API_KEY, SecretVariables, describe},
};
use super::{
    installation::{DEFAULT_THEME_ID, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID, SHADOW_KEY_IDS},
    report::{Export, Remark, Report, SecretToSet, sorted},
    snapshot::{
        object::{Family, Object, Snapshot},
        references,
        selection::without_foreign_entries,
    },
};
use gateway::text::format::is_uuid;

/// The name of the Kickstart file.
pub const FILE: &str = "kickstart.json";

/// The media type of a PATCH that replaces arrays (RFC 7396).
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Writes a snapshot as a Kickstart.
pub fn export(snapshot: &Snapshot, layout: Layout) -> Export {
    let (snapshot, foreign) = without_foreign_entries(snapshot);
    let snapshot = snapshot.as_ref();
    let defaults = Defaults::of(snapshot);
    let mut report = Report { left_out: snapshot.left_out.clone(), ..Report::default() };
    report.changes.extend_from_slice(defaults.unchanged());
    report.changes.extend(foreign.iter().map(|entries| {
        let owner =
            snapshot.objects.iter().find(|object| (object.family, &object.id) == (entries.owner.0, &entries.owner.1));
        entries.remark(&owner.map(describe).unwrap_or_default())
    }));
    // Sorted by family, then id, as the snapshot is.
    let written: Vec<&Object> =
        snapshot.objects.iter().filter(|object| defaults.action(object) != Action::Skip).collect();
    let requests = build(&written, snapshot, &defaults, &mut report);
    let requests = in_order(&written, requests, snapshot.default_tenant_id.as_deref());

    let bodies = requests.iter().filter_map(|(number, request)| Some((*number, *written.get(*number)?, &request.body)));
    let writer = RequestWriter { defaults: &defaults, variables: SecretVariables::of(bodies) };
    let mut included = (layout == Layout::Split).then(|| IncludedFiles::of(&written));
    let rendered: Vec<Value> = requests
        .iter()
        .filter_map(|(number, request)| {
            let family = written.get(*number)?.family;
            Some(writer.request(*number, family, request, included.as_mut()))
        })
        .collect();

    let mut secrets = vec![SecretToSet {
        variable: API_KEY.to_owned(),
        what: "the API key that runs this file; it may do everything".to_owned(),
    }];
    secrets.extend(writer.variables.into_secrets());
    let mut files = included.map(IncludedFiles::into_files).unwrap_or_default();
    files.insert(FILE.to_owned(), file(&secrets, snapshot.default_tenant_id.as_deref(), rendered));
    let (changes, left_out) = (sorted(report.changes), sorted(report.left_out));
    let objects = counts(&written, &requests);
    Export { files, report: Report { changes, secrets, left_out, objects, ..Report::default() } }
}

/// The requests of each object, without references to objects that do not exist.
fn build(written: &[&Object], snapshot: &Snapshot, defaults: &Defaults<'_>, report: &mut Report) -> Vec<Requests> {
    let mut known: BTreeSet<&str> = snapshot.objects.iter().filter_map(|object| object.id.as_deref()).collect();
    known.extend([DEFAULT_THEME_ID, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID]);
    known.extend(SHADOW_KEY_IDS);
    known.extend(snapshot.default_tenant_id.as_deref());
    let is_dangling = |property: &str, id: &str| {
        let names_object = property == "fields" || property.ends_with("Id");
        names_object && is_uuid(id) && !known.contains(id)
    };
    let uses = KeyUses::of(snapshot);
    let mut built = Vec::with_capacity(written.len());
    for object in written {
        let mut requests = requests::requests(object, snapshot, defaults, &uses, report);
        let mut pruner = Pruner { is_unwanted: &is_dangling, removed: Vec::new() };
        pruner.prune(&mut requests.first.body);
        requests.rest.iter_mut().for_each(|request| pruner.prune(&mut request.body));
        report.changes.extend(pruner.removed.into_iter().map(|(path, id)| Remark {
            what: format!("{}: {path}", describe(object)),
            why: format!("there is no object {id}, or it could not be read"),
        }));
        built.push(requests);
    }
    built
}

/// All requests, each with the number of its object, in an order in which objects exist before others refer to them.
fn in_order(
    written: &[&Object],
    mut requests: Vec<Requests>,
    default_tenant_id: Option<&str>,
) -> Vec<(usize, Request)> {
    let references = references_among(written, default_tenant_id);
    let can_wait = |number: usize, other: usize| match (written.get(number), written.get(other)) {
        (Some(object), Some(other)) => can_wait(object, other),
        _ => false,
    };
    let mut ordered = Vec::new();
    let mut completions: BTreeMap<usize, Request> = BTreeMap::new();
    for step in order::order(&references, &can_wait) {
        match step {
            Step::Write { object, without } => {
                let Some(Requests { first, rest }) = requests.get_mut(object) else { continue };
                let others = without.iter().filter_map(|other| written.get(*other));
                let ids: BTreeSet<&str> = others.filter_map(|other| other.id.as_deref()).collect();
                if let Some(completion) = split_off_references(first, &ids, written.get(object).copied()) {
                    completions.insert(object, completion);
                }
                ordered.push((object, first.clone()));
                ordered.extend(rest.drain(..).map(|request| (object, request)));
            }
            Step::Complete { object } => {
                ordered.extend(completions.remove(&object).map(|request| (object, request)));
            }
        }
    }
    // A webhook whose receiver does not answer may make FusionAuth refuse the requests after it. Nothing refers to one.
    let is_webhook = |number: usize| written.get(number).is_some_and(|object| object.family == Family::Webhook);
    let (webhooks, mut ordered): (Vec<_>, Vec<_>) = ordered.into_iter().partition(|(number, _)| is_webhook(*number));
    ordered.extend(webhooks);
    ordered
}

/// Removes the references to `ids` from a request, and returns the request that adds them later.
fn split_off_references(request: &mut Request, ids: &BTreeSet<&str>, object: Option<&Object>) -> Option<Request> {
    let object = object.filter(|_| !ids.is_empty())?;
    let whole = std::mem::take(&mut request.body);
    request.body = patch::without_references(&whole, ids);
    let (_, key) = object.family.endpoint();
    let inner = |body: &Value| body.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
    let change = patch::difference(&inner(&request.body), &inner(&whole));
    let body = json!({ key: change });
    (!change.is_empty()).then(|| Request { method: "PATCH", body, ..request.clone() })
}

/// The objects to which each one refers, by their numbers.
fn references_among(written: &[&Object], default_tenant_id: Option<&str>) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut numbers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, object) in written.iter().enumerate() {
        if let Some(id) = &object.id {
            numbers.entry(id.as_str()).or_default().push(number);
        }
    }
    let references_of = |number: usize, object: &Object| {
        let mut others = BTreeSet::new();
        references::each(object, &mut |id| others.extend(numbers.get(id).into_iter().flatten().copied()));
        // Another tenant may have the name that the default tenant has until it is updated.
        if object.family == Family::Tenant
            && let Some(id) = default_tenant_id
        {
            let tenants = numbers.get(id).into_iter().flatten().copied();
            others.extend(
                tenants.filter(|other| written.get(*other).is_some_and(|object| object.family == Family::Tenant)),
            );
        }
        others.remove(&number);
        (number, others)
    };
    written.iter().enumerate().map(|(number, object)| references_of(number, object)).collect()
}

/// Whether an object can be created before another one that it refers to.
fn can_wait(object: &Object, other: &Object) -> bool {
    match (object.family, other.family) {
        (Family::Group, Family::Application) | (Family::Entity, Family::EntityType) => false,
        (_, Family::Tenant) => object.text("tenantId") != other.id.as_deref(),
        _ => true,
    }
}

/// Writes requests in the form of a Kickstart file.
struct RequestWriter<'a> {
    defaults: &'a Defaults<'a>,
    variables: SecretVariables,
}

impl RequestWriter<'_> {
    fn request(&self, number: usize, family: Family, request: &Request, files: Option<&mut IncludedFiles>) -> Value {
        let mut written = Map::new();
        written.insert("method".to_owned(), Value::from(request.method));
        written.insert("url".to_owned(), Value::from(request.url.as_str()));
        written.insert("body".to_owned(), self.body(number, family, &request.body, files));
        if request.method == "PATCH" {
            written.insert("contentType".to_owned(), Value::from(MERGE_PATCH));
        }
        if let Some(tenant_id) = &request.tenant_id {
            written.insert("tenantId".to_owned(), Value::from(tenant_id.as_str()));
        }
        Value::Object(written)
    }

    fn body(&self, number: usize, family: Family, body: &Value, mut files: Option<&mut IncludedFiles>) -> Value {
        walk::map_texts(body, &mut |place, content| {
            if place.is_reference
                && let Some(variable) = self.defaults.variable(content)
            {
                return text::substitution(variable);
            }
            if !place.is_name
                && let Some(files) = files.as_deref_mut()
                && let Some(included) = files.include(number, family, place.path, content)
            {
                return included;
            }
            let count = text::secret_count(content);
            let variables = self.variables.at(number, place.path, place.is_name, count);
            text::with_variables(content, variables)
        })
    }
}

/// The Kickstart file.
fn file(secrets: &[SecretToSet], default_tenant_id: Option<&str>, requests: Vec<Value>) -> String {
    let mut variables: Map<String, Value> = secrets
        .iter()
        .map(|secret| {
            let value = text::substitution(&format!("ENV.{}", secret.variable));
            (secret.variable.clone(), Value::from(value))
        })
        .collect();
    let backslash = text::substitution(text::BACKSLASH);
    if requests.iter().any(|request| request.to_string().contains(&backslash)) {
        variables.insert(text::BACKSLASH.to_owned(), Value::from("\\"));
    }
    if let Some(id) = default_tenant_id {
        variables.insert("defaultTenantId".to_owned(), Value::from(id));
    }
    let whole = json!({
        "apiKeys": [{ "key": text::substitution(API_KEY), "description": "Runs the Kickstart" }],
        "requests": requests,
        "variables": variables,
    });
    format!("{whole:#}\n")
}

/// How many objects of each family are written, in the order of the file.
fn counts(written: &[&Object], requests: &[(usize, Request)]) -> Vec<(&'static str, usize)> {
    let mut seen = BTreeSet::new();
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for (number, _) in requests.iter().filter(|(number, _)| seen.insert(*number)) {
        let Some(object) = written.get(*number) else { continue };
        let family = object.family.plural();
        match counts.iter_mut().find(|(known, _)| *known == family) {
            Some((_, count)) => *count += 1,
            None => counts.push((family, 1)),
        }
    }
    counts
}

#[cfg(test)]
mod tests;
