//! The kinds of object: their names, and the operations that list them.

use super::object::Family;

/// The operations that read a snapshot. None of them changes anything.
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

/// How the objects of a kind are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListMethod {
    /// One request answers all of them.
    All,
    /// One request answers the active ones, another the inactive ones.
    ActiveAndInactive,
    /// A search, page by page.
    Search,
    /// A search in the search engine, page by page; each page has a token for the next.
    EngineSearch,
    /// One request answers the only object of the kind.
    Single,
}

/// How to list the objects of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// The kind.
    pub family: Family,
    /// The operation's name.
    pub operation: &'static str,
    /// The property of the answer that holds the objects.
    pub key: &'static str,
    /// How to list them.
    pub method: ListMethod,
}

const fn listing(family: Family, operation: &'static str, key: &'static str, method: ListMethod) -> Listing {
    Listing { family, operation, key, method }
}

/// All kinds. Tenants come first: other requests may have to name one.
pub static LISTINGS: &[Listing] = &[
    listing(Family::Tenant, "retrieveTenants", "tenants", ListMethod::All),
    listing(
        Family::IpAccessControlList,
        "searchIPAccessControlListsWithId",
        "ipAccessControlLists",
        ListMethod::Search,
    ),
    listing(Family::Key, "retrieveKeysWithId", "keys", ListMethod::All),
    listing(Family::Lambda, "retrieveLambdasByTypeWithId", "lambdas", ListMethod::All),
    listing(Family::EmailTemplate, "retrieveEmailTemplate", "emailTemplates", ListMethod::All),
    listing(Family::MessageTemplate, "retrieveMessageTemplate", "messageTemplates", ListMethod::All),
    listing(Family::Messenger, "retrieveMessengers", "messengers", ListMethod::All),
    listing(Family::Connector, "retrieveConnectors", "connectors", ListMethod::All),
    listing(Family::Theme, "retrieveThemes", "themes", ListMethod::All),
    listing(Family::Consent, "retrieveConsents", "consents", ListMethod::All),
    listing(Family::FormField, "retrieveFormFields", "fields", ListMethod::All),
    listing(Family::Form, "retrieveForms", "forms", ListMethod::All),
    listing(Family::UserAction, "retrieveUserAction", "userActions", ListMethod::ActiveAndInactive),
    listing(Family::UserActionReason, "retrieveUserActionReason", "userActionReasons", ListMethod::All),
    listing(Family::EntityType, "retrieveEntityTypes", "entityTypes", ListMethod::All),
    listing(Family::Webhook, "retrieveWebhook", "webhooks", ListMethod::All),
    listing(Family::Application, "retrieveApplication", "applications", ListMethod::ActiveAndInactive),
    listing(Family::Group, "retrieveGroups", "groups", ListMethod::All),
    listing(Family::Entity, "searchEntitiesWithId", "entities", ListMethod::EngineSearch),
    listing(Family::IdentityProvider, "retrieveIdentityProviderByTypeWithId", "identityProviders", ListMethod::All),
    listing(Family::Integrations, "retrieveIntegration", "integrations", ListMethod::Single),
    listing(Family::SystemConfiguration, "retrieveSystemConfiguration", "systemConfiguration", ListMethod::Single),
    listing(
        Family::TenantManagerConfiguration,
        "retrieveTenantManagerConfiguration",
        "tenantManagerConfiguration",
        ListMethod::Single,
    ),
];

impl Family {
    /// The singular and plural name, for a person.
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

    /// The name of one object, for a person.
    pub const fn singular(self) -> &'static str {
        self.names().0
    }

    /// The name of several objects, for a person.
    pub const fn plural(self) -> &'static str {
        self.names().1
    }

    /// The path after `/api/` at which one is created, and the property of the request's body that holds it.
    pub const fn endpoint(self) -> (&'static str, &'static str) {
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
            let path = format!("/api/{}", listing.family.endpoint().0);
            let is_known = DOCUMENT.operations.iter().any(|operation| operation.path_template().starts_with(&path));
            assert!(is_known, "{path}");
        }
    }
}
