//! Bodies of one of several kinds in a PATCH, which may leave out which kind it is.

use serde_json::json;

use super::calling::Calling;

const PROVIDER: (&str, &str) = ("patchIdentityProviderWithId", "identityProviderId");
const CONNECTOR: (&str, &str) = ("patchConnectorWithId", "connectorId");
const TEMPLATE: (&str, &str) = ("patchMessageTemplateWithId", "messageTemplateId");

#[test]
fn right_values_are_repaired() {
    let mut calling = Calling::start();
    let (tool, id) = PROVIDER;
    for (given, expected) in [
        (json!({ "enabled": "TRUE" }), json!({ "enabled": true })),
        (json!({ "debug": "false", "name": 7 }), json!({ "debug": false, "name": "7" })),
        (json!({ "linkingStrategy": "linkbyemail" }), json!({ "linkingStrategy": "LinkByEmail" })),
        (json!({ "domains": "a.example" }), json!({ "domains": ["a.example"] })),
        (json!({ "oauth2": "{\"client_id\":\"a\"}" }), json!({ "oauth2": { "client_id": "a" } })),
        (json!({ "type": "google", "client_id": 7 }), json!({ "type": "Google", "client_id": "7" })),
    ] {
        calling.repairs(tool, id, &json!({ "identityProvider": given }), &json!({ "identityProvider": expected }));
    }
    let (tool, id) = CONNECTOR;
    for (given, expected) in [
        (json!({ "debug": "true", "connectTimeout": "1000" }), json!({ "debug": true, "connectTimeout": 1000 })),
        (json!({ "requestedAttributes": "mail" }), json!({ "requestedAttributes": ["mail"] })),
    ] {
        calling.repairs(tool, id, &json!({ "connector": given }), &json!({ "connector": expected }));
    }
    let (tool, id) = TEMPLATE;
    let given = json!({ "messageTemplate": { "name": 7, "defaultTemplate": true } });
    calling.repairs(tool, id, &given, &json!({ "messageTemplate": { "name": "7", "defaultTemplate": "true" } }));
}

#[test]
fn wrong_values_are_refused() {
    let mut calling = Calling::start();
    let (tool, id) = PROVIDER;
    for (given, expected) in [
        (json!({ "enabled": "maybe" }), "identityProvider.enabled: expected true or false, got \"maybe\""),
        (json!({ "linkingStrategy": "Never" }), "identityProvider.linkingStrategy: expected one of "),
        (
            json!({ "lambdaConfiguration": { "reconcileId": "mine" } }),
            "lambdaConfiguration.reconcileId: expected a UUID",
        ),
        (json!({ "oauth2": [] }), "identityProvider.oauth2: expected an object, got an array"),
        (json!({ "type": "Gogle" }), "identityProvider.type: expected one of "),
    ] {
        calling.refused_body(tool, id, &json!({ "identityProvider": given }), &[expected]);
    }
    let (tool, id) = CONNECTOR;
    for (given, expected) in [
        (json!({ "debug": "maybe" }), "connector.debug: expected true or false"),
        (json!({ "readTimeout": "soon" }), "connector.readTimeout: expected an integer"),
        (json!({ "securityMethod": "TLS9" }), "connector.securityMethod: expected one of "),
    ] {
        calling.refused_body(tool, id, &json!({ "connector": given }), &[expected]);
    }
    let (tool, id) = TEMPLATE;
    let given = json!({ "messageTemplate": { "defaultTemplate": {} } });
    calling.refused_body(tool, id, &given, &["messageTemplate.defaultTemplate: expected a string, got an object"]);
}

#[test]
fn all_properties_have_to_be_those_of_one_kind() {
    let mut calling = Calling::start();
    let (tool, id) = CONNECTOR;
    let both = json!({ "connector": { "systemAccountDN": "cn=a", "headers": { "X-A": "b" } } });
    calling.refused_body(
        tool,
        id,
        &both,
        &["requestBody.connector: no kind (FusionAuth, Generic, LDAP) has all of these"],
    );
    let (tool, id) = PROVIDER;
    let both = json!({ "identityProvider": { "consumerKey": "a", "bundleId": "b" } });
    calling.refused_body(tool, id, &both, &["requestBody.identityProvider: no kind ("]);
}

#[test]
fn a_property_of_another_kind_or_of_none_is_refused() {
    let mut calling = Calling::start();
    let (tool, id) = CONNECTOR;
    let generic = json!({ "connector": { "type": "Generic", "systemAccountDN": "cn=a" } });
    calling.refused_body(
        tool,
        id,
        &generic,
        &["requestBody.connector.systemAccountDN: unknown property; only these kinds have it: LDAP"],
    );
    let slip = json!({ "connector": { "sytemAccountDN": "cn=a" } });
    calling.refused_body(
        tool,
        id,
        &slip,
        &["connector.sytemAccountDN: unknown property; did you mean `systemAccountDN`?"],
    );
    let (tool, id) = PROVIDER;
    let slip = json!({ "identityProvider": { "enable": true } });
    calling.refused_body(tool, id, &slip, &["identityProvider.enable: unknown property; did you mean `enabled`?"]);
    let (tool, id) = TEMPLATE;
    let slip = json!({ "messageTemplate": { "defaultTempate": "a" } });
    calling.refused_body(
        tool,
        id,
        &slip,
        &["messageTemplate.defaultTempate: unknown property; did you mean `defaultTemplate`?"],
    );
}
