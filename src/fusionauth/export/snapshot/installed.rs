//! The objects that every new instance has under ids that differ from instance to instance.

use std::collections::BTreeSet;

use super::object::{Family, Object, Snapshot};
use crate::fusionauth::export::installation::{
    DEFAULT_NAME_PREFIX, FORM_TYPES, LAMBDA_NAME_SUFFIX, MESSAGE_TEMPLATE_NAME, SIGNING_KEY_NAME,
};

/// Those of a snapshot, sorted by family, then id. All of them have ids.
pub fn installed(snapshot: &Snapshot) -> Vec<&Object> {
    let mut found: Vec<&Object> = Vec::new();
    found.extend(snapshot.oldest(Family::Key, |key| key.label() == SIGNING_KEY_NAME));
    found.extend(snapshot.oldest(Family::MessageTemplate, |template| template.label() == MESSAGE_TEMPLATE_NAME));
    let lambdas = snapshot.of_family(Family::Lambda).filter(|lambda| is_default_lambda(lambda));
    let lambdas: BTreeSet<_> = lambdas.map(|lambda| (lambda.text("type"), lambda.label())).collect();
    for lambda in lambdas {
        found.extend(snapshot.oldest(Family::Lambda, |other| (other.text("type"), other.label()) == lambda));
    }
    let mut installed_at: Option<u64> = None;
    for kind in FORM_TYPES {
        let is_default =
            |form: &Object| form.text("type") == Some(kind) && form.label().starts_with(DEFAULT_NAME_PREFIX);
        if let Some(form) = snapshot.oldest(Family::Form, is_default) {
            installed_at = installed_at.max(form.created_at());
            found.push(form);
        }
    }
    // Fields that are not newer than the installed forms were installed too.
    let is_default = |field: &Object| field.created_at().is_some_and(|created| Some(created) <= installed_at);
    found.extend(snapshot.of_family(Family::FormField).filter(|field| is_default(field)));
    found.retain(|object| object.id.is_some());
    found.sort_by(|one, other| (one.family, &one.id).cmp(&(other.family, &other.id)));
    found
}

fn is_default_lambda(lambda: &Object) -> bool {
    let kind = lambda.text("type").filter(|kind| kind.ends_with("Reconcile"));
    let is_default = |rest: &str| rest.ends_with(LAMBDA_NAME_SUFFIX) || Some(rest) == kind;
    lambda.label().strip_prefix(DEFAULT_NAME_PREFIX).is_some_and(is_default)
}
