//! The kinds of object: what they are called, and which operation lists them.

use super::object::Family;

/// The operations that a snapshot is read with. None of them changes anything.
pub const OPERATIONS: &[&str] = &[
    "retrieveApplication",
    "retrieveConnectors",
    "retrieveConsents",
    "retrieveEmailTemplate",
    "retrieveEntityTypes",
    "retrieveFormFields",
    "retrieveForms",
    "retrieveGroups",
    "retrieveIdentityProviderByTypeWithId",
    "retrieveIntegration",
    "retrieveKeysWithId",
    "retrieveLambdasByTypeWithId",
    "retrieveMessageTemplate",
    "retrieveMessengers",
    "retrieveSystemConfiguration",
    "retrieveTenantManagerConfiguration",
    "retrieveTenants",
    "retrieveThemes",
    "retrieveUserAction",
    "retrieveUserActionReason",
    "retrieveWebhook",
    "searchEntitiesWithId",
    "searchIPAccessControlListsWithId",
];

/// How the objects of a kind are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// One request answers all of them.
    AtOnce,
    /// One request answers the active ones, another one those that are not.
    ActiveAndNot,
    /// A search, page by page.
    Search,
    /// A search in the search engine, page by page, with a token that leads on.
    EngineSearch,
    /// There is one.
    Single,
}

/// What to ask for the objects of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// The kind.
    pub family: Family,
    /// The operation's name.
    pub operation: &'static str,
    /// The key of the answer under which they stand.
    pub key: &'static str,
    /// How.
    pub how: How,
}

const fn listing(family: Family, operation: &'static str, key: &'static str, how: How) -> Listing {
    Listing { family, operation, key, how }
}

/// All kinds. Tenants come first: other requests may have to name one.
pub static LISTINGS: &[Listing] = &[
    listing(Family::Tenant, "retrieveTenants", "tenants", How::AtOnce),
    listing(Family::IpAccessControlList, "searchIPAccessControlListsWithId", "ipAccessControlLists", How::Search),
    listing(Family::Key, "retrieveKeysWithId", "keys", How::AtOnce),
    listing(Family::Lambda, "retrieveLambdasByTypeWithId", "lambdas", How::AtOnce),
    listing(Family::EmailTemplate, "retrieveEmailTemplate", "emailTemplates", How::AtOnce),
    listing(Family::MessageTemplate, "retrieveMessageTemplate", "messageTemplates", How::AtOnce),
    listing(Family::Messenger, "retrieveMessengers", "messengers", How::AtOnce),
    listing(Family::Connector, "retrieveConnectors", "connectors", How::AtOnce),
    listing(Family::Theme, "retrieveThemes", "themes", How::AtOnce),
    listing(Family::Consent, "retrieveConsents", "consents", How::AtOnce),
    listing(Family::FormField, "retrieveFormFields", "fields", How::AtOnce),
    listing(Family::Form, "retrieveForms", "forms", How::AtOnce),
    listing(Family::UserAction, "retrieveUserAction", "userActions", How::ActiveAndNot),
    listing(Family::UserActionReason, "retrieveUserActionReason", "userActionReasons", How::AtOnce),
    listing(Family::EntityType, "retrieveEntityTypes", "entityTypes", How::AtOnce),
    listing(Family::Webhook, "retrieveWebhook", "webhooks", How::AtOnce),
    listing(Family::Application, "retrieveApplication", "applications", How::ActiveAndNot),
    listing(Family::Group, "retrieveGroups", "groups", How::AtOnce),
    listing(Family::Entity, "searchEntitiesWithId", "entities", How::EngineSearch),
    listing(Family::IdentityProvider, "retrieveIdentityProviderByTypeWithId", "identityProviders", How::AtOnce),
    listing(Family::Integrations, "retrieveIntegration", "integrations", How::Single),
    listing(Family::SystemConfiguration, "retrieveSystemConfiguration", "systemConfiguration", How::Single),
    listing(
        Family::TenantManagerConfiguration,
        "retrieveTenantManagerConfiguration",
        "tenantManagerConfiguration",
        How::Single,
    ),
];

impl Family {
    /// What one is called and what several are, for a person.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::IpAccessControlList => ("IP access control list", "IP access control lists"),
            Self::Key => ("key", "keys"),
            Self::Lambda => ("lambda", "lambdas"),
            Self::EmailTemplate => ("email template", "email templates"),
            Self::MessageTemplate => ("message template", "message templates"),
            Self::Messenger => ("messenger", "messengers"),
            Self::Connector => ("connector", "connectors"),
            Self::Theme => ("theme", "themes"),
            Self::Consent => ("consent", "consents"),
            Self::FormField => ("form field", "form fields"),
            Self::Form => ("form", "forms"),
            Self::UserAction => ("user action", "user actions"),
            Self::UserActionReason => ("user action reason", "user action reasons"),
            Self::EntityType => ("entity type", "entity types"),
            Self::Tenant => ("tenant", "tenants"),
            Self::Webhook => ("webhook", "webhooks"),
            Self::Application => ("application", "applications"),
            Self::Group => ("group", "groups"),
            Self::Entity => ("entity", "entities"),
            Self::IdentityProvider => ("identity provider", "identity providers"),
            Self::Integrations => ("integrations", "integrations"),
            Self::SystemConfiguration => ("system configuration", "system configuration"),
            Self::TenantManagerConfiguration => ("tenant manager configuration", "tenant manager configuration"),
        }
    }

    /// What one is called, for a person.
    pub const fn singular(self) -> &'static str {
        self.names().0
    }

    /// What several are called, for a person.
    pub const fn plural(self) -> &'static str {
        self.names().1
    }

    /// The path after `/api/` under which one is made, and the key of one in a request's body.
    pub const fn request(self) -> (&'static str, &'static str) {
        match self {
            Self::IpAccessControlList => ("ip-acl", "ipAccessControlList"),
            Self::Key => ("key", "key"),
            Self::Lambda => ("lambda", "lambda"),
            Self::EmailTemplate => ("email/template", "emailTemplate"),
            Self::MessageTemplate => ("message/template", "messageTemplate"),
            Self::Messenger => ("messenger", "messenger"),
            Self::Connector => ("connector", "connector"),
            Self::Theme => ("theme", "theme"),
            Self::Consent => ("consent", "consent"),
            Self::FormField => ("form/field", "field"),
            Self::Form => ("form", "form"),
            Self::UserAction => ("user-action", "userAction"),
            Self::UserActionReason => ("user-action-reason", "userActionReason"),
            Self::EntityType => ("entity/type", "entityType"),
            Self::Tenant => ("tenant", "tenant"),
            Self::Webhook => ("webhook", "webhook"),
            Self::Application => ("application", "application"),
            Self::Group => ("group", "group"),
            Self::Entity => ("entity", "entity"),
            Self::IdentityProvider => ("identity-provider", "identityProvider"),
            Self::Integrations => ("integration", "integrations"),
            Self::SystemConfiguration => ("system-configuration", "systemConfiguration"),
            Self::TenantManagerConfiguration => ("tenant-manager", "tenantManagerConfiguration"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fusionauth::tools::DOCUMENT;

    #[test]
    fn the_operations_are_those_of_the_listings_and_only_read() {
        let listed: BTreeSet<&str> = LISTINGS.iter().map(|listing| listing.operation).collect();
        assert!(OPERATIONS.iter().copied().eq(listed));
        for name in OPERATIONS {
            let operation = DOCUMENT.operation(name).unwrap();
            assert!(operation.effect.read_only, "{name}");
        }
    }

    #[test]
    fn every_kind_is_listed_once_and_its_objects_can_be_made() {
        let families: BTreeSet<Family> = LISTINGS.iter().map(|listing| listing.family).collect();
        assert_eq!(families.len(), LISTINGS.len());
        for listing in LISTINGS {
            let path = format!("/api/{}", listing.family.request().0);
            let is_known = DOCUMENT.operations.iter().any(|operation| operation.path_template().starts_with(&path));
            assert!(is_known, "{path}");
        }
    }
}
