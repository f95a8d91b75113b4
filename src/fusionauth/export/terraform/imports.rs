//! How objects that exist get into Terraform's state.

use std::borrow::Cow;

use hcl::{Attribute, Block, Expression, Structure};
use serde_json::{Map, Value};

use super::{
    scope::scalar,
    variables::{InputVariables, attribute_of},
};

/// The id of the tenant that a new instance begins with.
pub const DEFAULT_TENANT_ID: ChosenId =
    ChosenId { variable: "default_tenant_id", what: "The id of the tenant that the new instance began with." };

/// The id of the application Tenant Manager of a new instance.
pub const TENANT_MANAGER_ID: ChosenId = ChosenId {
    variable: "tenant_manager_application_id",
    what: "The id that the application Tenant Manager has in the new instance.",
};

/// By which id an object that exists is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Import {
    /// The one that it has here.
    Id(String),
    /// One that a new instance chose for itself.
    Chosen(ChosenId),
}

/// An id that a new instance chose for itself, and the variable for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenId {
    /// The name of the variable.
    variable: &'static str,
    /// What it has to be.
    what: &'static str,
}

impl Import {
    /// The `import` block of a resource.
    pub fn block(&self, type_name: &str, name: &str, variables: &mut InputVariables) -> Structure {
        let id = match self {
            Self::Id(id) => Expression::from(id.as_str()),
            Self::Chosen(id) => id.reference(variables),
        };
        let to = Attribute::new("to", attribute_of(type_name, &[name]));
        Structure::Block(Block::builder("import").add_attribute(to).add_attribute(Attribute::new("id", id)).build())
    }
}

impl ChosenId {
    /// Adds the variable.
    pub fn reference(self, variables: &mut InputVariables) -> Expression {
        variables.decision(self.variable, self.what.to_owned())
    }
}

/// The id to import by: `template` with the object's id and properties filled in.
pub fn import_id(template: &str, id: Option<&str>, properties: &Map<String, Value>) -> Option<String> {
    let mut parts = Vec::new();
    for part in template.split(':') {
        parts.push(match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some("id") => Cow::Borrowed(id?),
            Some(name) => properties.get(name).and_then(scalar)?,
            None => Cow::Borrowed(part),
        });
    }
    Some(parts.join(":"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn import_ids_are_filled_in() {
        let entity = json!({ "tenantId": "t" });
        let entity = entity.as_object().unwrap();
        assert_eq!(import_id("{tenantId}:{id}", Some("e"), entity).as_deref(), Some("t:e"));
        assert_eq!(import_id("syscfg", None, entity).as_deref(), Some("syscfg"));
        assert_eq!(import_id("{applicationId}:{id}", Some("e"), entity), None);
    }
}
