//! Families of objects: kinds that share the same set of operations, with a sample object of each.

use serde_json::{Value, json};

/// A family of objects: its tools' names share this stem.
pub struct Family {
    pub stem: &'static str,
    pub id: &'static str,
    pub one: &'static str,
    /// An object, a change of it, and how the changed one reads.
    pub new: Value,
    pub change: Value,
    pub search: Option<&'static str>,
    pub list: Option<&'static str>,
    pub is_tenant_scoped: bool,
    pub has_patch: bool,
    pub is_deactivated_first: bool,
}

fn family(stem: &'static str, id: &'static str, one: &'static str, new: Value, change: Value) -> Family {
    Family {
        stem,
        id,
        one,
        new,
        change,
        search: None,
        list: None,
        is_tenant_scoped: false,
        has_patch: true,
        is_deactivated_first: false,
    }
}

pub fn families() -> Vec<Family> {
    let named = |name: &str| json!({ "name": name });
    let renamed = json!({ "name": "renamed" });
    let of = |stem, id, one, extra: Value| {
        let mut new = named("new");
        new.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        family(stem, id, one, new, renamed.clone())
    };
    let none = json!({});
    vec![
        Family {
            search: Some("searchTenantsWithId"),
            list: Some("retrieveTenants"),
            ..of("Tenant", "tenantId", "tenant", none.clone())
        },
        Family {
            search: Some("searchApplicationsWithId"),
            is_tenant_scoped: true,
            is_deactivated_first: true,
            ..of("Application", "applicationId", "application", none.clone())
        },
        Family {
            search: Some("searchGroupsWithId"),
            is_tenant_scoped: true,
            ..of("Group", "groupId", "group", none.clone())
        },
        Family { search: Some("searchThemesWithId"), ..of("Theme", "themeId", "theme", none.clone()) },
        Family { list: Some("retrieveForms"), ..of("Form", "formId", "form", none.clone()) },
        Family {
            list: Some("retrieveFormFields"),
            ..family("FormField", "fieldId", "field", json!({ "key": "user.data.new" }), json!({ "description": "d" }))
        },
        Family {
            list: Some("retrieveConnectors"),
            ..of(
                "Connector",
                "connectorId",
                "connector",
                json!({ "type": "Generic", "connectTimeout": 1, "readTimeout": 1 }),
            )
        },
        Family {
            list: Some("retrieveMessengers"),
            ..of(
                "Messenger",
                "messengerId",
                "messenger",
                json!({ "type": "Generic", "connectTimeout": 1, "readTimeout": 1, "url": "https://a.b" }),
            )
        },
        Family {
            search: Some("searchConsentsWithId"),
            ..of("Consent", "consentId", "consent", json!({ "defaultMinimumAgeForSelfConsent": 16 }))
        },
        Family {
            search: Some("searchEmailTemplatesWithId"),
            ..of(
                "EmailTemplate",
                "emailTemplateId",
                "emailTemplate",
                json!({ "defaultSubject": "a", "defaultHtmlTemplate": "b", "defaultTextTemplate": "c" }),
            )
        },
        of("MessageTemplate", "messageTemplateId", "messageTemplate", json!({ "type": "SMS", "defaultTemplate": "a" })),
        Family {
            search: Some("searchLambdasWithId"),
            ..of("Lambda", "lambdaId", "lambda", json!({ "type": "JWTPopulate", "body": "a" }))
        },
        Family {
            search: Some("searchWebhooksWithId"),
            ..family(
                "Webhook",
                "webhookId",
                "webhook",
                json!({ "url": "https://new.example", "connectTimeout": 1, "readTimeout": 1 }),
                json!({ "description": "d" }),
            )
        },
        Family {
            search: Some("searchIPAccessControlListsWithId"),
            ..of(
                "IPAccessControlList",
                "ipAccessControlListId",
                "ipAccessControlList",
                json!({ "entries": [{ "action": "Allow", "startIPAddress": "*" }] }),
            )
        },
        Family {
            search: Some("searchIdentityProvidersWithId"),
            ..of(
                "IdentityProvider",
                "identityProviderId",
                "identityProvider",
                json!({
                    "type": "OpenIDConnect", "enabled": true, "buttonText": "Sign in",
                    "oauth2": { "client_id": "a", "client_secret": "b", "issuer": "https://a.b" },
                }),
            )
        },
        Family { is_deactivated_first: true, ..of("UserAction", "userActionId", "userAction", none.clone()) },
        family(
            "UserActionReason",
            "userActionReasonId",
            "userActionReason",
            json!({ "code": "new", "text": "New" }),
            json!({ "text": "Renamed" }),
        ),
        Family {
            search: Some("searchEntityTypesWithId"),
            ..of("EntityType", "entityTypeId", "entityType", none.clone())
        },
        family("APIKey", "keyId", "apiKey", named("new"), renamed.clone()),
        Family {
            search: Some("searchUsersByQueryWithId"),
            is_tenant_scoped: true,
            is_deactivated_first: true,
            ..family(
                "User",
                "userId",
                "user",
                json!({ "email": "new@example.com", "password": "A new password 1" }),
                json!({ "firstName": "Renamed" }),
            )
        },
    ]
}
