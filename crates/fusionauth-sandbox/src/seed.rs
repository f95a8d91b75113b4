//! The seed data: a small company, "Pied Piper", as the requests that make it.
//!
//! It is the same every time, so that examples and tests can name what is in it. [`SECRETS`] lists every secret in it.

mod actions;
mod applications;
mod clock;
mod dice;
mod entities;
mod forms;
mod groups;
mod history;
mod identity_providers;
mod ids;
mod keys;
mod lambdas;
mod logins;
mod messages;
mod people;
mod request;
mod secrets;
mod tenants;
mod unusual;
mod webhooks;

pub use self::{
    history::history,
    ids::*,
    secrets::{READ_ONLY_API_KEY, RICHARD_PASSWORD, SECRETS},
};
use crate::step::Step;

/// The requests that fill a new instance, in an order in which everything exists before it is referred to, each with
/// its instant.
///
/// The configuration is made at the start of 2026, and people come and go in the half year after it.
pub(crate) fn steps() -> Vec<(u64, Step)> {
    let at = |instant: u64, steps: Vec<Step>| steps.into_iter().map(move |step| (instant, step));
    let configuration = [
        keys::signing_keys(),
        lambdas::lambdas(),
        messages::messages(),
        tenants::connector_and_theme(),
        forms::forms(),
        actions::kinds(),
        entities::types(),
        tenants::tenants(),
        webhooks::webhooks(),
        applications::applications(),
        identity_providers::identity_providers(),
    ];
    configuration
        .into_iter()
        .flat_map(|steps| at(clock::START, steps))
        .chain(people::people())
        .chain(at(clock::day(clock::GROUPS_DAY), groups::groups()))
        .chain(at(clock::day(clock::GROUPS_DAY), entities::entities()))
        .chain(at(clock::day(clock::LOCK_DAY), actions::actions()))
        .chain(at(clock::START, keys::api_keys()))
        .chain(logins::logins())
        .chain(at(clock::day(clock::LAST_DAY), logins::passkeys()))
        .chain(unusual::people())
        .chain(history::audit_log())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::{
        secrets::{CONSOLE_CLIENT_SECRET, UNRESTRICTED_API_KEY},
        *,
    };
    use crate::{
        exchange::Method,
        installation::{DEFAULT_TENANT_ID, DEFAULT_THEME_ID, FUSIONAUTH_CONNECTOR_ID},
    };

    fn requests() -> Vec<Step> {
        steps().into_iter().map(|(_, step)| step).collect()
    }

    fn is_uuid(text: &str) -> bool {
        text.len() == 36
            && text.char_indices().all(|(position, letter)| match position {
                8 | 13 | 18 | 23 => letter == '-',
                _ => matches!(letter, '0'..='9' | 'a'..='f'),
            })
    }

    fn uuids(value: &Value) -> Vec<String> {
        match value {
            Value::String(text) if is_uuid(text) => vec![text.clone()],
            Value::Array(items) => items.iter().flat_map(uuids).collect(),
            Value::Object(object) => {
                object.iter().flat_map(|(key, value)| uuids(&json!(key)).into_iter().chain(uuids(value))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The id in the path of a request that makes an object.
    fn made(step: &Step) -> Option<(&str, &str)> {
        let is_second_registration =
            step.target.starts_with("/api/user/registration/") && step.body.get("user").is_none();
        let (kind, id) = step.target.rsplit_once('/')?;
        (step.method == Method::Post && !is_second_registration && is_uuid(id)).then_some((kind, id))
    }

    /// The ids of roles and permissions, which come with what they belong to.
    fn made_inside(step: &Step) -> Vec<String> {
        ["/application/roles", "/entityType/permissions", "/credentials/0/id"]
            .iter()
            .filter_map(|pointer| step.body.pointer(pointer))
            .flat_map(uuids)
            .collect()
    }

    #[test]
    fn is_the_same_every_time() {
        assert_eq!(steps(), steps());
    }

    #[test]
    fn ids_are_unique_per_kind() {
        let steps = requests();
        let mut seen = BTreeSet::new();
        for step in &steps {
            if let Some((kind, id)) = made(step) {
                assert!(seen.insert((kind.to_owned(), id.to_owned())), "{} is made twice", step.target);
            }
            for id in made_inside(step) {
                assert!(seen.insert(("inside".to_owned(), id.clone())), "{id} is made twice");
            }
        }
        let emails: BTreeSet<&str> =
            steps.iter().filter_map(|step| step.body.pointer("/user/email")?.as_str()).collect();
        assert_eq!(emails.len(), 125, "one address is in two tenants");
    }

    #[test]
    fn whatever_is_referred_to_exists() {
        let mut known: BTreeSet<String> =
            [DEFAULT_TENANT_ID, DEFAULT_THEME_ID, FUSIONAUTH_CONNECTOR_ID].map(str::to_owned).into();
        for step in requests() {
            known.extend(made_inside(&step));
            let in_path = step.target.split('/').filter(|part| is_uuid(part)).map(str::to_owned);
            let made = made(&step).map(|(_, id)| id.to_owned());
            for id in uuids(&step.body).into_iter().chain(step.tenant_id.clone()).chain(in_path) {
                assert!(known.contains(&id) || made.as_ref() == Some(&id), "{}: no {id} yet", step.target);
            }
            known.extend(made);
        }
    }

    #[test]
    fn every_secret_is_planted() {
        let bodies: Vec<String> = requests().iter().map(|step| step.body.to_string()).collect();
        for secret in SECRETS {
            assert!(bodies.iter().any(|body| body.contains(secret)), "{secret} is nowhere");
        }
    }

    #[test]
    fn constants_are_what_they_say() {
        let steps = requests();
        let body = |id: &str| {
            let step = steps.iter().find(|step| made(step).is_some_and(|(_, made)| made == id));
            step.map(|step| step.body.to_string()).unwrap_or_default()
        };
        for (id, part) in [
            (HOOLI_TENANT_ID, "\"Hooli\""),
            (AVIATO_TENANT_ID, "\"Aviato\""),
            (PIED_PIPER_APPLICATION_ID, "\"Pied Piper\""),
            (PIPERCHAT_APPLICATION_ID, "AllowWildcards"),
            (CONSOLE_APPLICATION_ID, CONSOLE_CLIENT_SECRET),
            (HOOLI_XYZ_APPLICATION_ID, "\"implicit\""),
            (NUCLEUS_APPLICATION_ID, "\"http://"),
            (AVIATO_APPLICATION_ID, "\"Aviato\""),
            (RICHARD_ID, "\"richard@piedpiper.example\""),
            (JARED_ID, "\"jared@piedpiper.example\""),
            (GILFOYLE_ID, "\"gilfoyle@piedpiper.example\""),
            (DINESH_ID, "\"dinesh@piedpiper.example\""),
            (LOCKED_USER_ID, "\"jian@piedpiper.example\""),
            (GAVIN_ID, "\"gavin@hooli.example\""),
            (ENGINEERING_GROUP_ID, "\"Engineering\""),
            (PIED_PIPER_THEME_ID, "\"Pied Piper\""),
            (REGISTRATION_FORM_ID, "\"registration\""),
            (POPULATE_LAMBDA_ID, "\"JWTPopulate\""),
            (HOOLI_SSO_ID, "\"Hooli SSO\""),
            (PLAIN_WEBHOOK_ID, "\"http://"),
            (RS256_KEY_ID, "\"RS256\""),
            (ANTON_ID, "\"Anton\""),
            (LOCK_ACTION_ID, "\"Lock account\""),
            (READ_ONLY_API_KEY_ID, READ_ONLY_API_KEY),
            (UNRESTRICTED_API_KEY_ID, UNRESTRICTED_API_KEY),
        ] {
            assert!(body(id).contains(part), "{id} is not {part}");
        }
    }
}
