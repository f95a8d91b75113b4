//! The kinds of object with the usual API: create, list, search, and one path per object.

/// A kind of object with the usual API.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    /// The path after `/api/`. It also names the collection that holds the objects.
    pub path: &'static str,
    /// The key of one object in requests and responses.
    pub one: &'static str,
    /// The key of a list of objects.
    pub many: &'static str,
    /// Whether every object belongs to a tenant.
    pub is_tenant_scoped: bool,
    /// The properties that every object must have.
    pub required: &'static [&'static str],
    /// A property in which no two objects (of one tenant) are equal.
    pub unique: Option<&'static str>,
    /// Whether DELETE without `hardDelete` only deactivates.
    pub is_deactivated_first: bool,
}

const fn resource(path: &'static str, one: &'static str, many: &'static str) -> Resource {
    Resource {
        path,
        one,
        many,
        is_tenant_scoped: false,
        required: &["name"],
        unique: Some("name"),
        is_deactivated_first: false,
    }
}

/// Users.
pub const USER: Resource = Resource {
    is_tenant_scoped: true,
    is_deactivated_first: true,
    required: &[],
    unique: None,
    ..resource("user", "user", "users")
};

/// All resources. A path that continues another one comes before it.
pub static RESOURCES: &[Resource] = &[
    Resource { required: &["key"], unique: Some("key"), ..resource("form/field", "field", "fields") },
    resource("form", "form", "forms"),
    Resource { required: &["name"], ..resource("email/template", "emailTemplate", "emailTemplates") },
    Resource { required: &["name", "type"], ..resource("message/template", "messageTemplate", "messageTemplates") },
    resource("entity/type", "entityType", "entityTypes"),
    Resource {
        is_tenant_scoped: true,
        unique: None,
        required: &["name", "type"],
        ..resource("entity", "entity", "entities")
    },
    Resource {
        required: &["code", "text"],
        unique: Some("code"),
        ..resource("user-action-reason", "userActionReason", "userActionReasons")
    },
    Resource { is_deactivated_first: true, ..resource("user-action", "userAction", "userActions") },
    USER,
    Resource {
        is_tenant_scoped: true,
        is_deactivated_first: true,
        ..resource("application", "application", "applications")
    },
    Resource { is_tenant_scoped: true, ..resource("group", "group", "groups") },
    resource("tenant", "tenant", "tenants"),
    resource("theme", "theme", "themes"),
    Resource { required: &["name", "type"], ..resource("connector", "connector", "connectors") },
    Resource { required: &["name", "type"], ..resource("messenger", "messenger", "messengers") },
    resource("consent", "consent", "consents"),
    Resource { required: &["name", "type", "body"], unique: None, ..resource("lambda", "lambda", "lambdas") },
    resource("key", "key", "keys"),
    Resource { required: &[], unique: None, ..resource("api-key", "apiKey", "apiKeys") },
    Resource { required: &["url"], unique: None, ..resource("webhook", "webhook", "webhooks") },
    resource("ip-acl", "ipAccessControlList", "ipAccessControlLists"),
    Resource {
        required: &["type"],
        unique: None,
        ..resource("identity-provider", "identityProvider", "identityProviders")
    },
];

/// The resource with this path.
pub fn by_path(path: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.path == path)
}

/// The resource that an id refers to, going by the name of its property; `None` where the name does not tell.
pub fn referenced_by(property: &str) -> Option<&'static Resource> {
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
