//! The objects that every new instance has, with ids that differ from instance to instance.

use std::collections::BTreeMap;

use super::names::{slug, unique};
use crate::fusionauth::export::snapshot::{
    installed::installed,
    object::{Family, Object, Snapshot},
};
use gateway::redact::REDACTED;

/// The data source that finds a default object in a new instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// Its type in Terraform.
    pub type_name: &'static str,
    /// Its name in Terraform, unique among the data sources.
    pub name: String,
    /// The arguments that it finds the object by.
    pub arguments: Vec<(&'static str, String)>,
}

/// The default objects of a snapshot by family and id, each with the data source that finds it in a new instance; `None`
/// where the provider cannot find it.
pub fn defaults(snapshot: &Snapshot) -> BTreeMap<(Family, &str), Option<DataSource>> {
    let found = installed(snapshot).into_iter();
    let found: Vec<(&str, &Object)> = found.filter_map(|object| Some((object.id.as_deref()?, object))).collect();
    let slugs: Vec<String> = found.iter().map(|(_, object)| slug(object.label())).collect();
    let candidates: Vec<_> = slugs.iter().zip(&found).map(|(slug, (id, _))| (slug.as_str(), Some(*id))).collect();
    let names = unique(&candidates);
    let found = found.into_iter().zip(names);
    found.map(|((id, object), name)| ((object.family, id), data_source(object, name, snapshot))).collect()
}

/// The data source that finds an object by its name; `None` where the name is not unique or the provider has none.
fn data_source(object: &Object, name: String, snapshot: &Snapshot) -> Option<DataSource> {
    let kind = object.text("type");
    let type_name = match object.family {
        Family::Lambda => "fusionauth_lambda",
        Family::Form => "fusionauth_form",
        Family::FormField => "fusionauth_form_field",
        Family::MessageTemplate if matches!(kind, Some("SMS") | None) => "fusionauth_sms_message_template",
        _ => return None,
    };
    let by_type = object.family == Family::Lambda;
    let object_name = object.text("name")?;
    let has_same_name =
        |other: &Object| other.text("name") == Some(object_name) && (!by_type || other.text("type") == kind);
    let is_unique = snapshot.of_family(object.family).filter(|other| has_same_name(other)).count() == 1;
    if !is_unique || object_name.contains(REDACTED) {
        return None;
    }
    let mut arguments = vec![("name", object_name.to_owned())];
    if by_type {
        arguments.push(("type", kind.unwrap_or_default().to_owned()));
    }
    Some(DataSource { type_name, name, arguments })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fusionauth::export::{
        installation::{MESSAGE_TEMPLATE_NAME, SIGNING_KEY_NAME},
        snapshot::object::Scope,
    };

    fn snapshot(objects: &[(Family, &str, Value)]) -> Snapshot {
        let objects = objects.iter().map(|(family, id, value)| Object {
            family: *family,
            id: Some((*id).to_owned()),
            value: value.as_object().cloned().unwrap(),
        });
        let objects = objects.collect();
        Snapshot {
            scope: Scope::Everything,
            objects,
            default_tenant_id: None,
            foreign: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// The ids of the default objects, and the names that they are found by.
    fn found(snapshot: &Snapshot) -> Vec<(&str, Option<String>)> {
        let defaults = defaults(snapshot).into_iter();
        defaults.map(|((_, id), source)| (id, source.map(|source| source.arguments[0].1.clone()))).collect()
    }

    #[test]
    fn the_oldest_of_a_name_is_the_default() {
        let lambda = |kind: &str, name: &str, made: u64| json!({ "type": kind, "name": name, "insertInstant": made });
        let google = "Default Google Reconcile provided by FusionAuth";
        let snapshot = snapshot(&[
            (Family::Key, "key-1", json!({ "name": SIGNING_KEY_NAME, "insertInstant": 2 })),
            (Family::Key, "key-2", json!({ "name": SIGNING_KEY_NAME, "insertInstant": 1 })),
            (Family::Lambda, "lambda-1", lambda("GoogleReconcile", google, 1)),
            (Family::Lambda, "lambda-2", lambda("AppleReconcile", "Default AppleReconcile", 2)),
            (Family::Lambda, "lambda-3", lambda("AppleReconcile", "Default AppleReconcile", 1)),
            (Family::Lambda, "lambda-4", lambda("JWTPopulate", "Default JWTPopulate", 1)),
            (Family::MessageTemplate, "template-1", json!({ "name": MESSAGE_TEMPLATE_NAME, "type": "SMS" })),
            (Family::MessageTemplate, "template-2", json!({ "name": "Default", "type": "SMS" })),
        ]);
        let expected = [
            ("key-2", None),
            ("lambda-1", Some(google.to_owned())),
            // The provider refuses a name that two objects have.
            ("lambda-3", None),
            ("template-1", Some(MESSAGE_TEMPLATE_NAME.to_owned())),
        ];
        assert_eq!(found(&snapshot), expected);
    }

    #[test]
    fn fields_older_than_the_default_forms_are_theirs() {
        let form = |kind: &str, name: &str, made: u64| json!({ "type": kind, "name": name, "insertInstant": made });
        let field = |name: &str, made: u64| json!({ "name": name, "insertInstant": made });
        let snapshot = snapshot(&[
            (Family::FormField, "field-1", field("Email", 4)),
            (Family::FormField, "field-2", field("Team", 6)),
            (Family::FormField, "field-3", json!({ "name": "Undated" })),
            (Family::Form, "form-1", form("adminUser", "Default Admin User", 5)),
            (Family::Form, "form-2", form("adminUser", "Our users", 3)),
        ]);
        let expected = [("field-1", Some("Email".to_owned())), ("form-1", Some("Default Admin User".to_owned()))];
        assert_eq!(found(&snapshot), expected);
    }
}
