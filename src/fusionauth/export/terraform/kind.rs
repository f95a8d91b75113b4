//! The kinds of object that the provider distinguishes: the families of a snapshot, and parts of objects that are
//! resources of their own.

use serde::Deserialize;

use crate::fusionauth::export::snapshot::object::Family;

/// A kind of object. Each comes after the kinds that its objects may refer to: webhooks before tenants, unlike
/// [`Family`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An IP access control list.
    IpAccessControlList,
    /// A key.
    Key,
    /// A lambda.
    Lambda,
    /// An email template.
    EmailTemplate,
    /// A message template.
    MessageTemplate,
    /// A messenger.
    Messenger,
    /// A connector.
    Connector,
    /// A theme.
    Theme,
    /// A consent.
    Consent,
    /// A form field.
    FormField,
    /// A form.
    Form,
    /// A user action.
    UserAction,
    /// A user action reason.
    UserActionReason,
    /// An entity type.
    EntityType,
    /// A permission of an entity type.
    EntityTypePermission,
    /// A webhook.
    Webhook,
    /// A tenant, which refers to its webhooks.
    Tenant,
    /// An application.
    Application,
    /// A role of an application.
    ApplicationRole,
    /// An OAuth scope of an application.
    ApplicationScope,
    /// A group.
    Group,
    /// An entity.
    Entity,
    /// An identity provider.
    IdentityProvider,
    /// The integrations.
    Integrations,
    /// The system configuration.
    SystemConfiguration,
    /// The tenant manager's configuration.
    TenantManagerConfiguration,
}

impl Kind {
    /// The name of one object, for a person and for names of variables.
    pub fn label(self) -> &'static str {
        self.label_and_file().0
    }

    /// The file that holds its resources.
    pub fn file(self) -> &'static str {
        self.label_and_file().1
    }

    fn label_and_file(self) -> (&'static str, &'static str) {
        match self {
            Kind::IpAccessControlList => ("ip access control list", "system.tf"),
            Kind::Key => ("key", "keys.tf"),
            Kind::Lambda => ("lambda", "lambdas.tf"),
            Kind::EmailTemplate => ("email template", "email_templates.tf"),
            Kind::MessageTemplate => ("message template", "message_templates.tf"),
            Kind::Messenger => ("messenger", "messengers.tf"),
            Kind::Connector => ("connector", "connectors.tf"),
            Kind::Theme => ("theme", "themes.tf"),
            Kind::Consent => ("consent", "consents.tf"),
            Kind::FormField => ("form field", "forms.tf"),
            Kind::Form => ("form", "forms.tf"),
            Kind::UserAction => ("user action", "user_actions.tf"),
            Kind::UserActionReason => ("user action reason", "user_actions.tf"),
            Kind::EntityType => ("entity type", "entity_types.tf"),
            Kind::EntityTypePermission => ("entity type permission", "entity_types.tf"),
            Kind::Webhook => ("webhook", "webhooks.tf"),
            Kind::Tenant => ("tenant", "tenants.tf"),
            Kind::Application => ("application", "applications.tf"),
            Kind::ApplicationRole => ("application role", "applications.tf"),
            Kind::ApplicationScope => ("application scope", "applications.tf"),
            Kind::Group => ("group", "groups.tf"),
            Kind::Entity => ("entity", "entities.tf"),
            Kind::IdentityProvider => ("identity provider", "identity_providers.tf"),
            Kind::Integrations => ("integrations", "system.tf"),
            Kind::SystemConfiguration => ("system configuration", "system.tf"),
            Kind::TenantManagerConfiguration => ("tenant manager configuration", "system.tf"),
        }
    }
}

impl From<Family> for Kind {
    fn from(family: Family) -> Self {
        match family {
            Family::IpAccessControlList => Kind::IpAccessControlList,
            Family::Key => Kind::Key,
            Family::Lambda => Kind::Lambda,
            Family::EmailTemplate => Kind::EmailTemplate,
            Family::MessageTemplate => Kind::MessageTemplate,
            Family::Messenger => Kind::Messenger,
            Family::Connector => Kind::Connector,
            Family::Theme => Kind::Theme,
            Family::Consent => Kind::Consent,
            Family::FormField => Kind::FormField,
            Family::Form => Kind::Form,
            Family::UserAction => Kind::UserAction,
            Family::UserActionReason => Kind::UserActionReason,
            Family::EntityType => Kind::EntityType,
            Family::Tenant => Kind::Tenant,
            Family::Webhook => Kind::Webhook,
            Family::Application => Kind::Application,
            Family::Group => Kind::Group,
            Family::Entity => Kind::Entity,
            Family::IdentityProvider => Kind::IdentityProvider,
            Family::Integrations => Kind::Integrations,
            Family::SystemConfiguration => Kind::SystemConfiguration,
            Family::TenantManagerConfiguration => Kind::TenantManagerConfiguration,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fusionauth::export::snapshot::families::LISTINGS;

    #[test]
    fn families_have_the_same_names_here() {
        for listing in LISTINGS {
            assert_eq!(Kind::from(listing.family).label(), listing.family.singular().to_lowercase());
        }
    }
}
