//! What a user's password and email address have to be like, as the tenant demands.

use serde_json::{Value, json};

use crate::{
    call::Call,
    exchange::{Refusal, Response},
    object::{Object, is_on, items, set, text, text_if_any},
};

/// The collection that holds the passwords, by the user's id. No response shows it.
pub const PASSWORDS: &str = "password";

/// Checks what a new or changed user logs in with. The object is the whole user, with the new password if there is one.
///
/// # Errors
/// 400 that names what is missing or wrong.
pub fn check(call: &Call<'_>, user: &Object) -> Result<(), Refusal> {
    let known = call.state.get("user", text(user, "id"));
    let is_new_email = known.is_none_or(|known| text(known, "email") != text(user, "email"));
    if let Some(email) = text_if_any(user, "email").filter(|_| is_new_email) {
        check_email(call, text(user, "tenantId"), "user.email", email)?;
    }
    match text_if_any(user, "password") {
        Some(password) => check_password(call, user, "user.password", password),
        // It may be left out only where the user is asked to set one.
        None if known.is_none() && !call.body_flag("sendSetPasswordEmail") => Err(Response::blank("user.password")),
        None => Ok(()),
    }
}

/// Checks an email address: its form, and its domain, which the tenant may have blocked.
///
/// # Errors
/// 400 that names the field.
pub fn check_email(call: &Call<'_>, tenant_id: &str, field: &str, email: &str) -> Result<(), Refusal> {
    let Some(domain) = domain(email) else {
        return Err(Response::field("notEmail", field, format!("[{email}] is not an email address.")));
    };
    let blocked = configuration(call, tenant_id, "registrationConfiguration");
    let mut blocked = blocked.map(|configuration| items(configuration, "blockedDomains")).unwrap_or_default().iter();
    if !call.body_flag("disableDomainBlock")
        && blocked.any(|known| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(domain)))
    {
        return Err(Response::field("blocked", field, format!("The domain [{domain}] is blocked.")));
    }
    Ok(())
}

/// The domain of a text that has the form of an email address.
fn domain(email: &str) -> Option<&str> {
    let (local, domain) = email.rsplit_once('@')?;
    let is_local = !local.is_empty() && !local.contains(|sign: char| sign.is_whitespace() || sign.is_control());
    let is_label = |label: &str| {
        let ends = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && !ends && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-')
    };
    (is_local && !local.contains('@') && domain.split('.').all(is_label)).then_some(domain)
}

/// Checks a new password of a user against the rules of the user's tenant.
///
/// # Errors
/// 400 with all rules that it breaks.
pub fn check_password(call: &Call<'_>, user: &Object, field: &str, password: &str) -> Result<(), Refusal> {
    let Some(rules) = configuration(call, text(user, "tenantId"), "passwordValidationRules") else { return Ok(()) };
    let faults = faults(rules, user, password, call.state.get(PASSWORDS, text(user, "id")));
    if faults.is_empty() { Ok(()) } else { Err(Response::field_errors(field, &faults)) }
}

/// The rules that a password breaks: their codes, and what they demand.
fn faults(rules: &Object, user: &Object, password: &str, known: Option<&Object>) -> Vec<(&'static str, String)> {
    let number = |name: &str| rules.get(name).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok());
    let demands = |name: &str| rules.get(name) == Some(&Value::Bool(true));
    let has = |is_wanted: fn(char) -> bool| password.chars().any(is_wanted);
    let length = password.chars().count();
    let mut faults = Vec::new();
    if let Some(min) = number("minLength").filter(|min| length < *min) {
        faults.push(("tooShort", format!("The password needs at least [{min}] characters.")));
    }
    if let Some(max) = number("maxLength").filter(|max| length > *max) {
        faults.push(("tooLong", format!("The password can have at most [{max}] characters.")));
    }
    if demands("requireMixedCase") && !(has(char::is_uppercase) && has(char::is_lowercase)) {
        faults.push(("singleCase", "The password needs an upper case and a lower case letter.".to_owned()));
    }
    if demands("requireNonAlpha") && password.chars().all(char::is_alphabetic) {
        faults.push(("onlyAlpha", "The password needs a character that is not a letter.".to_owned()));
    }
    if demands("requireNumber") && !has(char::is_numeric) {
        faults.push(("requireNumber", "The password needs a digit.".to_owned()));
    }
    let login_ids = ["email", "username", "phoneNumber"].map(|name| text(user, name));
    if demands("disallowUserLoginId") && login_ids.iter().any(|id| !id.is_empty() && id.eq_ignore_ascii_case(password))
    {
        faults.push(("containsUserLoginId", "The password must not be the login id.".to_owned()));
    }
    let remembered = rules.get("rememberPreviousPasswords").and_then(Value::as_object);
    let count = remembered.filter(|_| is_on(rules, "rememberPreviousPasswords")).and_then(|rule| rule.get("count"));
    let count = count.and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
    let previous = known.map(|known| items(known, "history")).unwrap_or_default();
    if previous.iter().rev().take(count).any(|previous| previous == password) {
        faults.push(("previouslyUsed", "The password was used before.".to_owned()));
    }
    faults
}

/// Checks that a password is old enough to be changed by its user.
///
/// # Errors
/// 400 where the tenant demands a minimum age that the password has not reached.
pub fn check_age(call: &mut Call<'_>, user: &Object) -> Result<(), Refusal> {
    let now = call.state.now();
    let Some(tenant) = call.state.get("tenant", text(user, "tenantId")) else { return Ok(()) };
    let seconds = tenant.get("minimumPasswordAge").filter(|_| is_on(tenant, "minimumPasswordAge"));
    let seconds = seconds.and_then(|rule| rule.get("seconds")).and_then(Value::as_u64).unwrap_or_default();
    let changed = user.get("passwordLastUpdateInstant").and_then(Value::as_u64).unwrap_or_default();
    if now < changed.saturating_add(seconds.saturating_mul(1000)) {
        let message = format!("The password was changed less than [{seconds}] seconds ago.");
        return Err(Response::field("tooYoung", "password", message));
    }
    Ok(())
}

/// Stores email addresses in lower case, and moves the password out of the user, to where no response shows it.
pub fn keep(call: &mut Call<'_>, user: &mut Object) {
    user.remove("salt");
    if let Some(email) = text_if_any(user, "email").map(str::to_lowercase) {
        set(user, "email", email);
    }
    let Some(Value::String(password)) = user.remove("password") else { return };
    let (id, now) = (text(user, "id").to_owned(), call.state.now());
    set(user, "passwordLastUpdateInstant", now);
    let known = call.state.get(PASSWORDS, &id);
    let mut history = known.map(|known| items(known, "history").to_vec()).unwrap_or_default();
    history.push(json!(password));
    let mut kept = Object::new();
    set(&mut kept, "id", id.as_str());
    set(&mut kept, "userId", id);
    set(&mut kept, "password", password);
    set(&mut kept, "history", history);
    call.state.put(PASSWORDS, kept);
}

/// Whether this is the password of a user.
pub fn is_password(call: &Call<'_>, user_id: &str, password: &str) -> bool {
    call.state.get(PASSWORDS, user_id).is_some_and(|known| text(known, "password") == password)
}

fn configuration<'c>(call: &'c Call<'_>, tenant_id: &str, name: &str) -> Option<&'c Object> {
    call.state.get("tenant", tenant_id)?.get(name)?.as_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::into_object;

    #[test]
    fn an_email_address_has_one_sign_and_a_domain() {
        for (email, expected) in [
            ("a@b", Some("b")),
            ("first.last+tag@mail.example.com", Some("mail.example.com")),
            ("é@bücher.example", Some("bücher.example")),
            ("a", None),
            ("@b", None),
            ("a@", None),
            ("a@@b", None),
            ("a b@c", None),
            ("a@b..c", None),
            ("a@-b", None),
            ("a@b_c", None),
        ] {
            assert_eq!(domain(email), expected, "{email}");
        }
    }

    #[test]
    fn a_password_breaks_every_rule_that_it_breaks() {
        let rules = into_object(json!({
            "minLength": 8, "maxLength": 12, "requireMixedCase": true, "requireNonAlpha": true, "requireNumber": true,
            "disallowUserLoginId": true, "rememberPreviousPasswords": { "enabled": true, "count": 2 },
        }));
        let user = into_object(json!({ "email": "Abcdef1@b.c" }));
        let known = into_object(json!({ "history": ["First-one1", "Second-one1", "Third-one1"] }));
        for (password, expected) in [
            ("Correct-1", vec![]),
            ("abc", vec!["tooShort", "singleCase", "onlyAlpha", "requireNumber"]),
            ("Abcdefghijkl-1", vec!["tooLong"]),
            ("ABCDEFG-1", vec!["singleCase"]),
            ("Abcdefgh-", vec!["requireNumber"]),
            ("abcDEF1@b.c", vec!["containsUserLoginId"]),
            ("First-one1", vec![]),
            ("Third-one1", vec!["previouslyUsed"]),
        ] {
            let codes: Vec<_> =
                faults(&rules, &user, password, Some(&known)).into_iter().map(|(code, _)| code).collect();
            assert_eq!(codes, expected, "{password}");
        }
    }
}
