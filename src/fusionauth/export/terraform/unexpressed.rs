//! What an object has and the provider has no argument for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    instances::Instance,
    kind::Kind,
    table::{Argument, KEY, Type},
};
use crate::fusionauth::export::line::one_line;

/// What is not worth telling, by kind: the path (`*` is any name), and the value that it has where it says nothing, as
/// JSON; empty for any value.
///
/// It is what FusionAuth computes, what the resource's type says already, or what is a resource of its own.
const SAYS_NOTHING: &[(Kind, &str, &str)] = &[
    (Kind::Application, "jwtConfiguration.refreshTokenRevocationPolicy.onLoginPrevented", "true"),
    (Kind::Application, "jwtConfiguration.refreshTokenRevocationPolicy.onPasswordChanged", "true"),
    (Kind::Application, "oauthConfiguration.clientId", ""),
    (Kind::Application, "oauthConfiguration.requireClientAuthentication", ""),
    (Kind::Application, "registrationDeletePolicy.unverified.enabledInstant", ""),
    (Kind::Application, "roles", ""),
    (Kind::Application, "samlv2Configuration.callbackURL", ""),
    (Kind::Application, "scopes", ""),
    (Kind::Application, "state", "\"Active\""),
    (Kind::Connector, "type", ""),
    (Kind::Entity, "type.data", ""),
    (Kind::Entity, "type.jwtConfiguration", ""),
    (Kind::Entity, "type.name", ""),
    (Kind::Entity, "type.permissions", ""),
    (Kind::EntityType, "permissions", ""),
    (Kind::Group, "roles", ""),
    (Kind::IdentityProvider, "type", ""),
    (Kind::Key, "certificate", ""),
    (Kind::Key, "certificateInformation", ""),
    (Kind::Key, "expirationInstant", ""),
    (Kind::Key, "hasPrivateKey", ""),
    (Kind::Key, "issuer", ""),
    (Kind::Key, "kid", ""),
    (Kind::Key, "length", ""),
    (Kind::Key, "publicKey", ""),
    (Kind::Key, "secret", ""),
    (Kind::Key, "type", ""),
    (Kind::Lambda, "enabled", ""),
    (Kind::MessageTemplate, "type", ""),
    (Kind::Messenger, "messageTypes", "[\"SMS\"]"),
    (Kind::Messenger, "transport", ""),
    (Kind::Messenger, "type", ""),
    (Kind::Tenant, "configured", ""),
    (Kind::Tenant, "jwtConfiguration.enabled", "true"),
    (Kind::Tenant, "multiFactorConfiguration.authenticator.algorithm", "\"HmacSHA1\""),
    (Kind::Tenant, "multiFactorConfiguration.authenticator.codeLength", "6"),
    (Kind::Tenant, "multiFactorConfiguration.authenticator.timeStep", "30"),
    (Kind::Tenant, "state", "\"Active\""),
    (Kind::Tenant, "userDeletePolicy.unverified.enabledInstant", ""),
    (Kind::TenantManagerConfiguration, "identityProviderTypeConfigurations.*.type", ""),
    (Kind::Theme, "type", ""),
    (Kind::UserAction, "active", "true"),
];

/// What FusionAuth says of whatever it keeps.
const INSTANTS: &[&str] = &["insertInstant", "lastUpdateInstant"];

/// The paths that the provider knows below one.
#[derive(Default)]
struct Known {
    is_argument: bool,
    below: BTreeMap<&'static str, Known>,
}

/// The paths of what an object has and the provider cannot be told, but for what says nothing.
pub fn unexpressed(instance: &Instance<'_>) -> Vec<String> {
    let mut known = Known::default();
    learn(&mut known, &[], &instance.resource.arguments);
    let mut found = Vec::new();
    compare(instance.kind, &instance.properties, &known, "", &mut found);
    found.sort();
    found
}

fn learn(known: &mut Known, base: &[&'static str], arguments: &'static [Argument]) {
    for argument in arguments {
        if argument.kind == Type::Block {
            let mut path = base.to_vec();
            path.extend(argument.each.iter().flat_map(|each| each.split('/')));
            learn(known, &path, &argument.block);
        } else {
            let own = argument.path.split('/').filter(|part| *part != KEY);
            let mut at = &mut *known;
            for part in base.iter().copied().chain(own) {
                at = at.below.entry(part).or_default();
            }
            // The key of an entry says nothing of what is in the entry.
            at.is_argument |= argument.path != KEY;
        }
    }
}

fn compare(kind: Kind, properties: &Map<String, Value>, known: &Known, path: &str, found: &mut Vec<String>) {
    let every = known.below.get("{}");
    for (key, value) in properties {
        if path.is_empty() && key == "id" || INSTANTS.contains(&key.as_str()) {
            continue;
        }
        let key_path = if path.is_empty() { one_line(key) } else { format!("{path}.{}", one_line(key)) };
        match (known.below.get(key.as_str()).or(every), value) {
            (Some(known), _) if known.is_argument => {}
            (Some(known), Value::Object(properties)) => compare(kind, properties, known, &key_path, found),
            (Some(known), Value::Array(items)) if known.below.contains_key("[]") => {
                if let Some(known) = known.below.get("[]") {
                    for (at, properties) in items.iter().filter_map(Value::as_object).enumerate() {
                        compare(kind, properties, known, &format!("{key_path}[{at}]"), found);
                    }
                }
            }
            _ if says_nothing(value) || is_not_worth_telling(kind, &key_path, value) => {}
            (_, Value::Object(properties)) => compare(kind, properties, &Known::default(), &key_path, found),
            _ => found.push(key_path),
        }
    }
}

/// Whether a value is what an absent one means.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(properties) => properties.values().all(says_nothing),
    }
}

fn is_not_worth_telling(kind: Kind, path: &str, value: &Value) -> bool {
    let value = value.to_string();
    let is_usual = |usual: &str| usual.is_empty() || value == usual;
    SAYS_NOTHING.iter().any(|(of, at, usual)| *of == kind && is_at(at, path) && is_usual(usual))
}

/// Whether a path is one that [`SAYS_NOTHING`] means.
fn is_at(meant: &str, path: &str) -> bool {
    meant == path
        || meant.contains('*')
            && meant.split('.').count() == path.split('.').count()
            && meant.split('.').zip(path.split('.')).all(|(meant, name)| meant == "*" || meant == name)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::terraform::table::provider;

    fn of(kind: Kind, type_name: &'static str, properties: &Value) -> Vec<String> {
        let text = String::new;
        unexpressed(&Instance {
            kind,
            type_name,
            resource: &provider().resources[type_name],
            name: text(),
            id: text(),
            import_id: text(),
            properties: Cow::Borrowed(properties.as_object().unwrap()),
            label: text(),
            is_vital: false,
        })
    }

    #[test]
    fn what_says_something_is_told_where_it_stands() {
        let tenant = json!({
            "id": "1",
            "insertInstant": 1,
            "name": "a",
            "state": "Active",
            "connectorPolicies": [{ "connectorId": "1", "data": { "x": 1 } }],
            "jwtConfiguration": { "enabled": true, "timeToLiveInSeconds": 1 },
            "multiFactorConfiguration": { "voice": { "enabled": true, "templateId": "" }, "debug": true },
            "tomorrow": { "a": { "b": [1] }, "c": false }
        });
        let expected = ["connectorPolicies[0].data.x", "multiFactorConfiguration.voice.enabled", "tomorrow.a.b"];
        assert_eq!(of(Kind::Tenant, "fusionauth_tenant", &tenant), expected);
        let webhook = json!({ "url": "a", "eventsEnabled": { "user.create": true, "of.tomorrow": true } });
        assert_eq!(of(Kind::Webhook, "fusionauth_webhook", &webhook), ["eventsEnabled.of.tomorrow"]);
        let action = json!({ "name": "a", "active": true, "options": [{ "name": "b" }] });
        assert_eq!(of(Kind::UserAction, "fusionauth_user_action", &action), ["options"]);
        let entity = json!({ "type": { "id": "1", "name": "a", "permissions": [1] }, "parentId": "2" });
        assert_eq!(of(Kind::Entity, "fusionauth_entity", &entity), ["parentId"]);
    }

    #[test]
    fn instants_say_nothing_wherever_they_stand() {
        let entity = json!({ "type": { "id": "1", "insertInstant": 1, "lastUpdateInstant": 2 }, "insertInstant": 3 });
        assert_eq!(of(Kind::Entity, "fusionauth_entity", &entity), [""; 0]);
        let of_type = json!({ "enabled": true, "type": "SAMLv2", "insertInstant": 1, "lastUpdateInstant": 2, "x": 3 });
        let manager = json!({ "identityProviderTypeConfigurations": { "SAMLv2": of_type }, "lastUpdateInstant": 4 });
        let expected = ["identityProviderTypeConfigurations.SAMLv2.x"];
        let type_name = "fusionauth_tenant_manager_configuration";
        assert_eq!(of(Kind::TenantManagerConfiguration, type_name, &manager), expected);
    }
}
