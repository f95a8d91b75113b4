//! The resources of the Terraform provider and their arguments, read from `provider.json`.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use serde_json::{Number, Value};

use super::kind::Kind;

/// The path that stands for the key of an entry of a map.
pub const KEY: &str = "#";

/// The provider.
#[derive(Debug, Default, Deserialize)]
pub struct Provider {
    /// Its address in the registry.
    pub source: String,
    /// The version that this describes.
    pub version: String,
    /// Its resources, by name.
    pub resources: BTreeMap<String, Resource>,
}

/// A resource of the provider.
#[derive(Debug, Deserialize)]
pub struct Resource {
    /// The id to import by; names of properties are in braces.
    pub import: String,
    /// The argument that sets the object's id.
    ///
    /// The provider does not write most of these to the state when it imports: setting one replaces the object, or shows a
    /// difference in every plan.
    pub own_id: Option<String>,
    /// All other arguments, in the order in which they are written.
    pub arguments: Vec<Argument>,
    /// The properties that no argument here sets, and the arguments that are not written.
    #[serde(default)]
    pub beyond: Vec<Beyond>,
}

impl Resource {
    /// What is known of a property that no argument sets, by its path with `.` between names.
    pub fn beyond(&self, path: &str) -> Option<&Beyond> {
        self.beyond.iter().find(|beyond| {
            let rest = path.strip_prefix(beyond.path.as_str()).filter(|_| !beyond.path.is_empty());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }
}

/// A property that no argument of the table sets, an argument that is not written (the file names it), or both.
#[derive(Debug, Deserialize)]
pub struct Beyond {
    /// The path of the property, with `.` between names; empty where there is none.
    #[serde(default)]
    pub path: String,
    /// Why the argument is not written.
    #[serde(default)]
    pub why: Unset,
    /// Whether the provider sends back what it read, so that an update leaves the property as it is.
    #[serde(default)]
    pub kept: bool,
}

/// Why no argument sets a property.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unset {
    /// There is no argument.
    #[default]
    NoArgument,
    /// The provider reads the property and takes no value for it.
    Computed,
    /// The provider has a newer argument, or says that nothing uses this one.
    Deprecated,
    /// The provider takes a value and does not send it.
    NeverSent,
    /// The provider's program ends with an error when it has to send the value.
    Fails,
    /// The argument says what a new object is copied from.
    NewOnly,
}

impl Unset {
    /// For a person.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoArgument => "the provider has no argument for it",
            Self::Computed => "the provider reads it and takes no value for it",
            Self::Deprecated => "the provider's argument for it is deprecated",
            Self::NeverSent => "the provider has an argument for it and never sends it",
            Self::Fails => "the provider fails when it has to send it",
            Self::NewOnly => "the provider uses it only to copy another object",
        }
    }
}

/// An argument of a resource or of a block.
#[derive(Debug, Deserialize)]
pub struct Argument {
    /// Its name in Terraform.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: Type,
    /// The path of its value: properties, separated by `/`, or [`KEY`]. Empty for blocks.
    #[serde(default)]
    pub path: String,
    /// For a repeated block: the path of the array, followed by `/[]`, or of the map, followed by `/{}`. The paths inside
    /// of the block then begin at the item.
    pub each: Option<String>,
    /// The arguments of a block.
    #[serde(default)]
    pub block: Vec<Argument>,
    /// Whether the provider requires it.
    #[serde(default)]
    pub required: bool,
    /// The value to write where the object has no value for a required argument.
    pub fallback: Option<Value>,
    /// The value that the provider assumes where a text is absent.
    pub default: Option<Value>,
    /// Whether its values must not be written.
    #[serde(default)]
    pub secret: bool,
    /// Whether it is for new objects only: the provider does not read it back, so it would replace what was imported.
    #[serde(default)]
    pub clone_only: bool,
    /// Whether its text goes to a file of its own.
    #[serde(default)]
    pub file: bool,
    /// Whether the provider refuses a blank text.
    #[serde(default)]
    pub not_blank: bool,
    /// The kind of object whose id it holds, which comes before its own.
    pub refers_to: Option<Kind>,
    /// The only texts that the provider takes; empty for any.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// What other texts that the provider takes begin with.
    #[serde(default)]
    pub starts_with: Vec<String>,
    /// The lowest number that the provider takes.
    pub min: Option<f64>,
    /// The highest number that the provider takes.
    pub max: Option<f64>,
    /// The arguments that the provider requires beside it.
    #[serde(default)]
    pub requires: Vec<String>,
}

impl Argument {
    /// Whether the provider takes the text.
    pub fn takes_text(&self, text: &str) -> bool {
        let is_any = self.one_of.is_empty() && self.starts_with.is_empty();
        is_any
            || self.one_of.iter().any(|one| one == text)
            || self.starts_with.iter().any(|start| text.starts_with(start.as_str()))
    }

    /// Whether the provider takes the number.
    pub fn takes(&self, number: &Number) -> bool {
        number
            .as_f64()
            .is_some_and(|number| self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max))
    }
}

/// What an argument holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// A string.
    Text,
    /// A boolean.
    Bool,
    /// A number.
    Number,
    /// Strings in their order.
    List,
    /// Strings without an order.
    Set,
    /// Strings by key.
    Map,
    /// Numbers by key.
    NumberMap,
    /// Strings by key, which the API has as an array of objects with `name` and `value`.
    Headers,
    /// JSON, as a string.
    Json,
    /// A nested block.
    Block,
}

/// The provider's table, read once.
pub fn provider() -> &'static Provider {
    static PROVIDER: OnceLock<Provider> = OnceLock::new();
    // A test reads the same text, so that this does not fail.
    PROVIDER.get_or_init(|| serde_json::from_str(include_str!("provider.json")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every<'a>(arguments: &'a [Argument], found: &mut Vec<&'a Argument>) {
        for argument in arguments {
            found.push(argument);
            every(&argument.block, found);
        }
    }

    #[test]
    fn the_table_is_read_whole() {
        let provider: Provider = serde_json::from_str(include_str!("provider.json")).unwrap();
        assert_eq!(provider.resources.len(), 37);
        for (name, resource) in &provider.resources {
            let mut arguments = Vec::new();
            every(&resource.arguments, &mut arguments);
            assert!(!arguments.is_empty(), "{name}");
            for argument in arguments {
                let is_block = argument.kind == Type::Block;
                assert_eq!(is_block, argument.path.is_empty(), "{name} {}", argument.name);
                assert_eq!(is_block, !argument.block.is_empty(), "{name} {}", argument.name);
                let ends = argument.each.as_ref().is_none_or(|each| each.ends_with("/[]") || each.ends_with("/{}"));
                assert!(ends, "{name} {}", argument.name);
            }
        }
    }

    fn kind_of(resource: &str) -> Kind {
        match resource.strip_prefix("fusionauth_").unwrap() {
            "application" => Kind::Application,
            "application_oauth_scope" => Kind::ApplicationScope,
            "application_role" => Kind::ApplicationRole,
            "consent" => Kind::Consent,
            "email" => Kind::EmailTemplate,
            "entity" => Kind::Entity,
            "entity_type" => Kind::EntityType,
            "entity_type_permission" => Kind::EntityTypePermission,
            "form" => Kind::Form,
            "form_field" => Kind::FormField,
            "generic_connector" | "ldap_connector" => Kind::Connector,
            "generic_messenger" | "twilio_messenger" => Kind::Messenger,
            "group" => Kind::Group,
            "imported_key" | "key" => Kind::Key,
            "lambda" => Kind::Lambda,
            "sms_message_template" => Kind::MessageTemplate,
            "system_configuration" => Kind::SystemConfiguration,
            "tenant" => Kind::Tenant,
            "tenant_manager_configuration" => Kind::TenantManagerConfiguration,
            "theme" => Kind::Theme,
            "user_action" => Kind::UserAction,
            "webhook" => Kind::Webhook,
            other if other.starts_with("idp_") => Kind::IdentityProvider,
            other => panic!("{other}"),
        }
    }

    /// Otherwise resources could refer to each other in a cycle, which Terraform refuses.
    #[test]
    fn every_reference_is_to_an_earlier_kind() {
        for (name, resource) in &provider().resources {
            let mut arguments = Vec::new();
            every(&resource.arguments, &mut arguments);
            for kind in arguments.iter().filter_map(|argument| argument.refers_to) {
                assert!(kind < kind_of(name), "{name} refers to {kind:?}");
            }
        }
    }
}
