//! The kinds of object that have an API of the usual form: list, create, search, and one path per object.

/// A kind of object.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// The path after `/api/`.
    pub path: &'static str,
    /// The key of one object in bodies.
    pub one: &'static str,
    /// The key of several.
    pub many: &'static str,
    /// Whether an object belongs to a tenant.
    pub is_tenant_scoped: bool,
    /// The properties that an object cannot do without.
    pub required: &'static [&'static str],
    /// A property that no two objects (of a tenant) share.
    pub unique: Option<&'static str>,
    /// Whether a delete only deactivates unless it says `hardDelete`.
    pub is_deactivated_first: bool,
}

const fn family(path: &'static str, one: &'static str, many: &'static str) -> Family {
    Family {
        path,
        one,
        many,
        is_tenant_scoped: false,
        required: &["name"],
        unique: Some("name"),
        is_deactivated_first: false,
    }
}

/// All of them. A path that continues another one comes first.
pub static FAMILIES: &[Family] = &[
    Family { required: &["key"], unique: Some("key"), ..family("form/field", "field", "fields") },
    family("form", "form", "forms"),
    Family { required: &["name"], ..family("email/template", "emailTemplate", "emailTemplates") },
    Family { required: &["name", "type"], ..family("message/template", "messageTemplate", "messageTemplates") },
    family("entity/type", "entityType", "entityTypes"),
    Family {
        is_tenant_scoped: true,
        unique: None,
        required: &["name", "type"],
        ..family("entity", "entity", "entities")
    },
    Family {
        required: &["code", "text"],
        unique: Some("code"),
        ..family("user-action-reason", "userActionReason", "userActionReasons")
    },
    Family { is_deactivated_first: true, ..family("user-action", "userAction", "userActions") },
    Family {
        is_tenant_scoped: true,
        is_deactivated_first: true,
        required: &[],
        unique: None,
        ..family("user", "user", "users")
    },
    Family {
        is_tenant_scoped: true,
        is_deactivated_first: true,
        ..family("application", "application", "applications")
    },
    Family { is_tenant_scoped: true, ..family("group", "group", "groups") },
    family("tenant", "tenant", "tenants"),
    family("theme", "theme", "themes"),
    Family { required: &["name", "type"], ..family("connector", "connector", "connectors") },
    Family { required: &["name", "type"], ..family("messenger", "messenger", "messengers") },
    family("consent", "consent", "consents"),
    Family { required: &["name", "type", "body"], unique: None, ..family("lambda", "lambda", "lambdas") },
    family("key", "key", "keys"),
    Family { required: &[], unique: None, ..family("api-key", "apiKey", "apiKeys") },
    Family { required: &["url"], unique: None, ..family("webhook", "webhook", "webhooks") },
    family("ip-acl", "ipAccessControlList", "ipAccessControlLists"),
    Family {
        required: &["type"],
        unique: None,
        ..family("identity-provider", "identityProvider", "identityProviders")
    },
];

/// The family of that path.
pub fn by_path(path: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.path == path)
}

/// The family that the id in a property refers to, by the property's name, where it is clear.
pub fn referred(property: &str) -> Option<&'static Family> {
    let path = match property {
        "applicationId" | "clientApplicationId" | "defaultApplicationId" => "application",
        "tenantId" => "tenant",
        "themeId" => "theme",
        "formId" | "adminUserFormId" | "adminRegistrationFormId" | "selfServiceFormId" => "form",
        "messengerId" => "messenger",
        "connectorId" => "connector",
        "consentId" => "consent",
        "userActionId" => "user-action",
        "ipAccessControlListId" | "uiIPAccessControlListId" => "ip-acl",
        "reconcileId"
        | "accessTokenPopulateId"
        | "idTokenPopulateId"
        | "userinfoPopulateId"
        | "samlv2PopulateId"
        | "selfServiceRegistrationValidationId"
        | "clientCredentialsAccessTokenPopulateLambdaId"
        | "multiFactorRequirementId"
        | "loginValidationId" => "lambda",
        "accessTokenKeyId" | "idTokenKeyId" | "requestSigningKeyId" | "defaultVerificationKeyId" | "defaultKeyId" => {
            "key"
        }
        _ if property.ends_with("EmailTemplateId") => "email/template",
        _ => return None,
    };
    by_path(path)
}
