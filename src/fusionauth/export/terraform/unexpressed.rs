//! Finds the properties of an object that the provider has no argument for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    instances::Instance,
    kind::Kind,
    table::{Argument, KEY, Type, Unset},
};
use crate::fusionauth::export::line::one_line;

/// The properties that are not reported: kind, path (`*` is any name), and the value, as JSON, for which that holds;
/// `None` for any value.
///
/// FusionAuth computes them, the resource's type implies them, or they are resources of their own.
const IGNORED: &[(Kind, &str, Option<&str>)] = &[
    (Kind::Application, "jwtConfiguration.refreshTokenRevocationPolicy.onLoginPrevented", Some("true")),
    (Kind::Application, "jwtConfiguration.refreshTokenRevocationPolicy.onPasswordChanged", Some("true")),
    (Kind::Application, "oauthConfiguration.clientId", None),
    (Kind::Application, "oauthConfiguration.requireClientAuthentication", None),
    (Kind::Application, "registrationDeletePolicy.unverified.enabledInstant", None),
    (Kind::Application, "roles", None),
    (Kind::Application, "samlv2Configuration.callbackURL", None),
    (Kind::Application, "scopes", None),
    (Kind::Application, "state", Some("\"Active\"")),
    (Kind::Connector, "type", None),
    (Kind::Entity, "type.data", None),
    (Kind::Entity, "type.jwtConfiguration", None),
    (Kind::Entity, "type.name", None),
    (Kind::Entity, "type.permissions", None),
    (Kind::EntityType, "permissions", None),
    (Kind::Group, "roles", None),
    (Kind::IdentityProvider, "type", None),
    (Kind::Key, "certificate", None),
    (Kind::Key, "certificateInformation", None),
    (Kind::Key, "expirationInstant", None),
    (Kind::Key, "hasPrivateKey", None),
    (Kind::Key, "issuer", None),
    (Kind::Key, "kid", None),
    (Kind::Key, "length", None),
    (Kind::Key, "publicKey", None),
    (Kind::Key, "secret", None),
    (Kind::Key, "type", None),
    (Kind::Lambda, "enabled", None),
    (Kind::MessageTemplate, "type", None),
    (Kind::Messenger, "messageTypes", Some("[\"SMS\"]")),
    (Kind::Messenger, "transport", None),
    (Kind::Messenger, "type", None),
    (Kind::SystemConfiguration, "usageDataConfiguration.numberOfDaysToRetain", Some("366")),
    (Kind::Tenant, "configured", None),
    (Kind::Tenant, "jwtConfiguration.enabled", Some("true")),
    (Kind::Tenant, "multiFactorConfiguration.authenticator.algorithm", Some("\"HmacSHA1\"")),
    (Kind::Tenant, "multiFactorConfiguration.authenticator.codeLength", Some("6")),
    (Kind::Tenant, "multiFactorConfiguration.authenticator.timeStep", Some("30")),
    (Kind::Tenant, "state", Some("\"Active\"")),
    (Kind::Tenant, "userDeletePolicy.unverified.enabledInstant", None),
    (Kind::TenantManagerConfiguration, "identityProviderTypeConfigurations.*.type", None),
    (Kind::Theme, "type", None),
    (Kind::UserAction, "active", Some("true")),
];

/// The property that holds what callers like.
const FREE_FORM: &str = "data";

/// Timestamps that FusionAuth sets in everything that it stores.
const INSTANTS: &[&str] = &["insertInstant", "lastUpdateInstant"];

/// The paths that arguments have, as a tree.
#[derive(Default)]
struct KnownPaths {
    /// Whether an argument has the path that ends here.
    is_argument: bool,
    children: BTreeMap<&'static str, KnownPaths>,
}

/// A property that the resource does not set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unexpressed {
    /// Its path, for a person.
    pub path: String,
    /// Why.
    pub why: &'static str,
}

/// The properties that have no argument, without empty and ignored ones, and without those that the provider leaves as
/// they are where it changes an object that `exists`.
pub fn unexpressed(instance: &Instance<'_>, exists: bool) -> Vec<Unexpressed> {
    let mut known = KnownPaths::default();
    add_paths(&mut known, &[], &instance.resource.arguments);
    let mut found = Vec::new();
    compare(instance.kind, &instance.properties, &known, "", &mut found);
    found.sort();
    let unexpressed = found.into_iter().filter_map(|path| {
        let beyond = instance.resource.beyond(&without_indices(&path));
        let why = beyond.map(|beyond| beyond.why).unwrap_or_default();
        let is_kept = exists && beyond.is_some_and(|beyond| beyond.kept || beyond.why == Unset::Computed);
        (!is_kept).then(|| Unexpressed { path, why: why.reason() })
    });
    unexpressed.collect()
}

/// A path with `[]` for the place in a list.
fn without_indices(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut is_index = false;
    for letter in path.chars() {
        is_index &= letter != ']';
        if !is_index {
            plain.push(letter);
        }
        is_index |= letter == '[';
    }
    plain
}

fn add_paths(known: &mut KnownPaths, base: &[&'static str], arguments: &'static [Argument]) {
    for argument in arguments {
        if argument.kind == Type::Block {
            let mut path = base.to_vec();
            path.extend(argument.each.iter().flat_map(|each| each.split('/')));
            add_paths(known, &path, &argument.block);
        } else {
            let own = argument.path.split('/').filter(|part| *part != KEY);
            let mut node = &mut *known;
            for part in base.iter().copied().chain(own) {
                node = node.children.entry(part).or_default();
            }
            // An argument for the key of an entry does not cover the entry's contents.
            node.is_argument |= argument.path != KEY;
        }
    }
}

fn compare(kind: Kind, properties: &Map<String, Value>, known: &KnownPaths, path: &str, found: &mut Vec<String>) {
    let every = known.children.get("{}");
    for (key, value) in properties {
        if path.is_empty() && key == "id" || INSTANTS.contains(&key.as_str()) {
            continue;
        }
        let key_path = if path.is_empty() { one_line(key) } else { format!("{path}.{}", one_line(key)) };
        match (known.children.get(key.as_str()).or(every), value) {
            (Some(known), _) if known.is_argument => {}
            (Some(known), Value::Object(properties)) => compare(kind, properties, known, &key_path, found),
            (Some(known), Value::Array(items)) if known.children.contains_key("[]") => {
                if let Some(known) = known.children.get("[]") {
                    for (at, properties) in items.iter().filter_map(Value::as_object).enumerate() {
                        compare(kind, properties, known, &format!("{key_path}[{at}]"), found);
                    }
                }
            }
            _ if is_ignored(kind, &key_path, value) => {}
            (_, Value::Object(properties)) => compare(kind, properties, &KnownPaths::default(), &key_path, found),
            // Where FusionAuth has another default, `false` and `0` mean something, and so they do to the owner of free data.
            _ if !is_empty(value) => found.push(key_path),
            _ if !value.is_null() && (has_default(kind, &key_path) || is_free(&key_path)) => found.push(key_path),
            _ => {}
        }
    }
}

/// Whether a value means the same as an absent one.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(properties) => properties.values().all(is_empty),
    }
}

fn is_ignored(kind: Kind, path: &str, value: &Value) -> bool {
    let value = value.to_string();
    let has_value = |ignored: Option<&str>| ignored.is_none_or(|ignored| ignored == value);
    IGNORED.iter().any(|(of, pattern, ignored)| *of == kind && matches_path(pattern, path) && has_value(*ignored))
}

/// Whether a path leads into what callers keep for themselves.
fn is_free(path: &str) -> bool {
    path.split('.').any(|part| part == FREE_FORM)
}

/// Whether the property has a default that is not empty.
fn has_default(kind: Kind, path: &str) -> bool {
    IGNORED.iter().any(|(of, pattern, value)| *of == kind && value.is_some() && matches_path(pattern, path))
}

/// Whether a path matches a pattern of [`IGNORED`].
fn matches_path(pattern: &str, path: &str) -> bool {
    pattern == path
        || pattern.contains('*')
            && pattern.split('.').count() == path.split('.').count()
            && pattern.split('.').zip(path.split('.')).all(|(pattern, name)| pattern == "*" || pattern == name)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::terraform::table::provider;

    fn with_reasons(kind: Kind, type_name: &'static str, properties: &Value, exists: bool) -> Vec<Unexpressed> {
        let instance = Instance {
            kind,
            type_name,
            resource: &provider().resources[type_name],
            name: "a".to_owned(),
            id: None,
            import: None,
            properties: Cow::Borrowed(properties.as_object().unwrap()),
            label: "a".to_owned(),
            is_vital: false,
            waits_for: None,
        };
        unexpressed(&instance, exists)
    }

    /// The paths of those that an update changes.
    fn of(kind: Kind, type_name: &'static str, properties: &Value) -> Vec<String> {
        let found = with_reasons(kind, type_name, properties, true);
        found.into_iter().map(|unexpressed| unexpressed.path).collect()
    }

    #[test]
    fn properties_without_arguments_are_found() {
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
    fn what_is_empty_is_reported_where_the_default_is_not() {
        let policy = json!({ "onLoginPrevented": false, "onPasswordChanged": true, "onMultiFactorEnable": false });
        let application = json!({ "name": "a", "jwtConfiguration": { "refreshTokenRevocationPolicy": policy } });
        let expected = ["jwtConfiguration.refreshTokenRevocationPolicy.onLoginPrevented"];
        assert_eq!(of(Kind::Application, "fusionauth_application", &application), expected);
        // What callers keep for themselves has no defaults.
        let data = json!({ "x": false, "y": [{ "z": 0 }], "none": null, "empty": {}, "inner": { "w": "" } });
        let tenant = json!({ "name": "a", "connectorPolicies": [{ "connectorId": "1", "data": data }] });
        let expected = ["inner.w", "x", "y"].map(|path| format!("connectorPolicies[0].data.{path}"));
        assert_eq!(of(Kind::Tenant, "fusionauth_tenant", &tenant), expected);
        let tenant = json!({ "name": "a", "jwtConfiguration": { "enabled": null } });
        assert_eq!(of(Kind::Tenant, "fusionauth_tenant", &tenant), [""; 0]);
    }

    #[test]
    fn what_the_provider_sends_back_is_lost_only_in_a_new_instance() {
        let webhook = json!({ "url": "a", "global": false, "tenantIds": ["1"] });
        let found = |exists: bool| with_reasons(Kind::Webhook, "fusionauth_webhook", &webhook, exists);
        assert_eq!(found(true), []);
        let why = Unset::Computed.reason();
        assert_eq!(found(false), [Unexpressed { path: "tenantIds".to_owned(), why }]);
        let theme = json!({ "name": "a", "templates": { "emailSend": "x" } });
        assert_eq!(of(Kind::Theme, "fusionauth_theme", &theme), [""; 0]);
        // An argument that the provider does not compute is cleared where it is not written.
        let provider = json!({ "name": "a", "uniqueIdentityClaim": "sub" });
        let found = with_reasons(Kind::IdentityProvider, "fusionauth_idp_external_jwt", &provider, true);
        assert_eq!(found.first().map(|unexpressed| unexpressed.why), Some(Unset::Deprecated.reason()));
        let tenant = json!({
            "name": "a", "accessControlConfiguration": { "uiIPAccessControlListId": "1" },
            "connectorPolicies": [{}, { "data": { "x": 1 } }]
        });
        let found = with_reasons(Kind::Tenant, "fusionauth_tenant", &tenant, true);
        let reasons: Vec<_> = found.iter().map(|unexpressed| unexpressed.why).collect();
        assert_eq!(reasons, [Unset::NeverSent.reason(), Unset::NoArgument.reason()]);
    }

    #[test]
    fn timestamps_are_ignored_everywhere() {
        let entity = json!({ "type": { "id": "1", "insertInstant": 1, "lastUpdateInstant": 2 }, "insertInstant": 3 });
        assert_eq!(of(Kind::Entity, "fusionauth_entity", &entity), [""; 0]);
        let of_type = json!({ "enabled": true, "type": "SAMLv2", "insertInstant": 1, "lastUpdateInstant": 2, "x": 3 });
        let manager = json!({ "identityProviderTypeConfigurations": { "SAMLv2": of_type }, "lastUpdateInstant": 4 });
        let expected = ["identityProviderTypeConfigurations.SAMLv2.x"];
        let type_name = "fusionauth_tenant_manager_configuration";
        assert_eq!(of(Kind::TenantManagerConfiguration, type_name, &manager), expected);
    }
}
