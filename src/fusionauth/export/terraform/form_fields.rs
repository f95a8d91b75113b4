//! The form fields that the provider takes: it has a list of keys.

use serde_json::Value;

use super::{kind::Kind, labels::label, table::provider};
use crate::fusionauth::export::{
    line::one_line,
    snapshot::object::{Family, Object, Snapshot},
};

/// Whether a field asks for a consent. FusionAuth makes the key of such a field.
pub fn is_consent(field: &Object) -> bool {
    field.text("type") == Some("consent")
}

/// Whether the provider takes a form field with that key.
pub fn takes_key(key: &str) -> bool {
    let resource = provider().resources.get("fusionauth_form_field");
    let mut arguments = resource.into_iter().flat_map(|resource| &resource.arguments);
    arguments.find(|argument| argument.path == "key").is_some_and(|argument| argument.takes_text(key))
}

/// Why a form field with that key has no resource, with the forms that use it.
pub fn refused_key(field: &Object, key: &str, snapshot: &Snapshot) -> String {
    let has_field = |form: &&Object| {
        let steps = form.value.get("steps").and_then(Value::as_array).into_iter().flatten();
        let mut fields = steps.filter_map(|step| step.get("fields")?.as_array()).flatten();
        fields.any(|id| id.as_str() == field.id.as_deref())
    };
    let forms = snapshot.of_family(Family::Form).filter(has_field);
    let forms: Vec<_> = forms.map(|form| label(Kind::Form, form.label(), form.id.as_deref())).collect();
    let users = if forms.is_empty() { "no form uses it".to_owned() } else { format!("used by {}", forms.join(", ")) };
    format!("the provider does not take the key {}; {users}", one_line(key))
}
