//! Users beyond the usual form: look-up, registrations, actions, comments, consents, families, links, bulk and import.

use openapi_tools::operation::Method;
use serde_json::{Value, json};

use crate::{
    exchange::{Refusal, Response},
    families,
    instance::Call,
    objects, query,
    state::{Object, default, into_object, text},
};

/// Answers, where the request is about one of these.
pub(crate) fn answer(call: &mut Call<'_>) -> Option<Result<Response, Refusal>> {
    let template = call.operation.path_template();
    let path = template.strip_prefix("/api/")?;
    Some(match path {
        "user" if call.operation.method == Method::Get => find(call),
        "user/bulk" => delete_many(call),
        "user/import" => import(call),
        "user/registration" | "user/registration/{userId}" => register(call),
        "user/registration/{userId}/{applicationId}" => registration(call),
        "user/action" => actions(call),
        "user/action/{actionId}" => action(call),
        "user/comment" => comment(call),
        "user/comment/{userId}" => {
            let id = call.path_value(0);
            let comments: Vec<_> =
                call.state.all("comment").iter().filter(|comment| text(comment, "userId") == id).collect();
            Ok(Response::ok(json!({ "userComments": comments })))
        }
        "user/comment/search" => {
            let criteria = call.criteria();
            let found =
                call.state.all("comment").iter().filter(|comment| query::has_criteria(comment, &criteria)).collect();
            Ok(Response::ok(call.page("userComments", found, &criteria, |comment| json!(comment))))
        }
        "user/consent" if call.operation.method == Method::Get => {
            let id = call.query_value("userId").unwrap_or_default();
            let consents: Vec<_> =
                call.state.all("user-consent").iter().filter(|consent| text(consent, "userId") == id).collect();
            Ok(Response::ok(json!({ "userConsents": consents })))
        }
        "user/consent" | "user/consent/{userConsentId}" => consent(call),
        "user/family" | "user/family/{familyId}" | "user/family/{familyId}/{userId}" => family(call),
        "user/family/pending" => Ok(Response::ok(json!({ "users": [] }))),
        "identity-provider/link" => link(call),
        "user/two-factor/recovery-code/{userId}" => recovery_codes(call),
        "user/two-factor/{userId}" => two_factor(call),
        _ => return None,
    })
}

/// A user as it is answered: with memberships, without a password.
pub(crate) fn shown(call: &Call<'_>, user: &Object) -> Value {
    let mut user = user.clone();
    let id = text(&user, "id").to_owned();
    let memberships: Vec<_> = call
        .state
        .all("member")
        .iter()
        .filter(|member| text(member, "userId") == id)
        .map(|member| json!({ "id": member.get("id"), "groupId": member.get("groupId"), "insertInstant": member.get("insertInstant") }))
        .collect();
    user.insert("memberships".to_owned(), Value::Array(memberships));
    Value::Object(user)
}

/// Puts the password where no answer finds it.
pub(crate) fn keep_password(call: &mut Call<'_>, user: &mut Object) {
    user.remove("salt");
    if let Some(Value::String(password)) = user.remove("password") {
        let id = text(user, "id").to_owned();
        let now = call.state.now();
        user.insert("passwordLastUpdateInstant".to_owned(), json!(now));
        call.state.put("password", into_object(json!({ "id": id, "userId": id, "password": password })));
    }
}

fn user_answer(call: &Call<'_>, user: &Object) -> Response {
    Response::ok(json!({ "user": shown(call, user) }))
}

/// A user of the tenant at hand by any of its names.
pub(crate) fn by_login(call: &Call<'_>, login_id: &str) -> Option<Object> {
    let users = call.state.all("user").iter();
    let mut users = users.filter(|user| call.tenant_id.as_ref().is_none_or(|id| text(user, "tenantId") == id));
    let names = ["email", "username", "phoneNumber"];
    let is_named = |user: &&Object| names.iter().any(|name| text(user, name).eq_ignore_ascii_case(login_id));
    if login_id.is_empty() { None } else { users.find(is_named).cloned() }
}

fn find(call: &Call<'_>) -> Result<Response, Refusal> {
    let by = |name: &str| call.query_value(name);
    let login_id = by("email").or_else(|| by("username")).or_else(|| by("loginId"));
    let user = login_id.and_then(|login_id| by_login(call, &login_id)).ok_or_else(Response::not_found)?;
    Ok(user_answer(call, &user))
}

fn delete_many(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let from_body = call.body.get("userIds").and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<String> = from_body.filter_map(Value::as_str).map(str::to_owned).collect();
    ids.extend(call.query_values("userId"));
    let query = call.body_text("queryString");
    let found =
        call.state.all("user").iter().filter(|user| {
            ids.iter().any(|id| id == text(user, "id")) || (!query.is_empty() && query::fits(user, &query))
        });
    let found: Vec<String> = found.map(|user| text(user, "id").to_owned()).collect();
    let flag = |name: &str| call.query_flag(name) || call.body.get(name) == Some(&json!(true));
    let (dry, hard) = (flag("dryRun"), flag("hardDelete"));
    let family = families::by_path("user").ok_or_else(Response::not_found)?;
    for id in found.iter().filter(|_| !dry) {
        if hard {
            call.state.remove("user", |user| text(user, "id") == id);
            objects::forget(call, family, id);
        } else if let Some(user) = call.state.get_mut("user", id) {
            user.insert("active".to_owned(), json!(false));
        }
    }
    Ok(Response::ok(json!({ "dryRun": dry, "hardDelete": hard, "total": found.len(), "userIds": found })))
}

fn import(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let users = call.body.get("users").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut ready = Vec::new();
    for (index, user) in users.into_iter().enumerate() {
        let mut user = into_object(user);
        let own = text(&user, "tenantId").to_owned();
        let tenant_id = if own.is_empty() { call.owning_tenant()? } else { own };
        let login_id = [text(&user, "email"), text(&user, "username")].into_iter().find(|name| !name.is_empty());
        let Some(login_id) = login_id else {
            let field = format!("users[{index}].email");
            return Err(Response::field("blank", &field, "You must specify an email address or a username."));
        };
        if by_login(call, login_id).is_some() {
            return Err(Response::field(
                "duplicate",
                &format!("users[{index}].email"),
                format!("[{login_id}] is taken."),
            ));
        }
        let (id, now) = (call.state.new_id(), call.state.now());
        default(&mut user, "id", id);
        default(&mut user, "active", true);
        default(&mut user, "verified", true);
        default(&mut user, "registrations", json!([]));
        default(&mut user, "insertInstant", now);
        default(&mut user, "lastUpdateInstant", now);
        user.insert("tenantId".to_owned(), json!(tenant_id));
        ready.push(user);
    }
    for mut user in ready {
        keep_password(call, &mut user);
        call.state.put("user", user);
    }
    Ok(Response::empty(200))
}

fn register(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let given = call.body_object("registration")?;
    let application_id = text(&given, "applicationId").to_owned();
    let application = call.visible("application", &application_id).map_err(|_| {
        Response::field("invalid", "registration.applicationId", format!("There is no application [{application_id}]."))
    })?;
    let user_id = call.path_value(0);
    let mut user = match call.state.get("user", &user_id).cloned() {
        Some(user) => user,
        None if call.operation.method == Method::Post && call.body.contains_key("user") => {
            // The user and the registration in one.
            let tenant_id = text(&application, "tenantId");
            if !tenant_id.is_empty() {
                call.tenant_id = Some(tenant_id.to_owned());
            }
            let family = families::by_path("user").ok_or_else(Response::not_found)?;
            let id = (!user_id.is_empty()).then_some(user_id);
            let path_values = std::mem::replace(&mut call.path_values, id.into_iter().collect());
            let rest: &[_] = if call.path_values.is_empty() {
                &[]
            } else {
                &[openapi_tools::operation::Segment::Parameter("userId")]
            };
            let created = objects::answer(call, family, rest)?;
            call.path_values = path_values;
            let created = created.body.and_then(|body| body.get("user").cloned());
            created.map(into_object).unwrap_or_default()
        }
        None => return Err(Response::not_found()),
    };
    user.remove("memberships");
    // A universal application is in no tenant and for all.
    if !matches!(text(&application, "tenantId"), own if own.is_empty() || own == text(&user, "tenantId")) {
        return Err(Response::field(
            "invalid",
            "registration.applicationId",
            "The application belongs to another tenant.",
        ));
    }
    let known_roles: Vec<_> = application
        .get("roles")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|role| role.get("name").cloned())
        .collect();
    for role in given.get("roles").and_then(Value::as_array).into_iter().flatten() {
        if !known_roles.contains(role) {
            return Err(Response::field(
                "invalid",
                "registration.roles",
                format!("The application has no role {role}."),
            ));
        }
    }
    let mut registrations: Vec<Value> =
        user.get("registrations").and_then(Value::as_array).cloned().unwrap_or_default();
    let index = registrations.iter().position(|known| known.get("applicationId") == Some(&json!(application_id)));
    let mut registration = match (call.operation.method, index) {
        (Method::Post, Some(_)) => {
            return Err(Response::field("duplicate", "registration", "The user is registered for this application."));
        }
        (Method::Put | Method::Patch, None) => return Err(Response::not_found()),
        (Method::Patch, Some(index)) => {
            let mut whole = json!({ "registration": registrations.remove(index) });
            objects::patched(call, &mut whole)?;
            whole.get_mut("registration").map(Value::take).map(into_object).unwrap_or_default()
        }
        (_, Some(index)) => {
            let known = registrations.remove(index);
            let mut registration = given;
            for key in ["id", "insertInstant"] {
                registration.insert(key.to_owned(), known.get(key).cloned().unwrap_or_default());
            }
            registration
        }
        (_, None) => given,
    };
    let (id, now) = (call.state.new_id(), call.state.now());
    default(&mut registration, "id", id);
    default(&mut registration, "insertInstant", now);
    default(&mut registration, "verified", true);
    default(&mut registration, "usernameStatus", "ACTIVE");
    registration.insert("lastUpdateInstant".to_owned(), json!(now));
    registrations.push(Value::Object(registration.clone()));
    user.insert("registrations".to_owned(), Value::Array(registrations));
    call.state.put("user", user.clone());
    Ok(Response::ok(json!({ "registration": registration, "user": shown(call, &user) })))
}

fn registration(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let (user_id, application_id) = (call.path_value(0), call.path_value(1));
    let mut user = call.visible("user", &user_id)?;
    let Some(Value::Array(registrations)) = user.get_mut("registrations") else { return Err(Response::not_found()) };
    let is_wanted = |known: &Value| known.get("applicationId") == Some(&json!(application_id));
    let registration = registrations.iter().find(|known| is_wanted(known)).cloned().ok_or_else(Response::not_found)?;
    if call.operation.method == Method::Delete {
        registrations.retain(|known| !is_wanted(known));
        call.state.put("user", user);
        return Ok(Response::empty(200));
    }
    Ok(Response::ok(json!({ "registration": registration })))
}

fn actions(call: &mut Call<'_>) -> Result<Response, Refusal> {
    if call.operation.method == Method::Get {
        let user_id = call.query_value("userId").unwrap_or_default();
        let now = call.state.now();
        let (is_active, is_preventing) = (call.query_value("active"), call.query_flag("preventingLogin"));
        let actions = call.state.all("action").iter().filter(|action| text(action, "actioneeUserId") == user_id);
        let actions = actions.filter(|action| {
            let runs = is_running(action, now);
            is_active.as_deref().is_none_or(|active| (active == "true") == runs)
                && (!is_preventing || (runs && action.get("preventLogin") == Some(&json!(true))))
        });
        return Ok(Response::ok(json!({ "actions": actions.collect::<Vec<_>>() })));
    }
    let mut action = call.body_object("action")?;
    let kind = text(&action, "userActionId").to_owned();
    let kind = call.state.get("user-action", &kind).cloned().ok_or_else(|| {
        Response::field("invalid", "action.userActionId", format!("There is no user action [{kind}]."))
    })?;
    let user_id = text(&action, "actioneeUserId").to_owned();
    if call.state.get("user", &user_id).is_none() {
        return Err(Response::field("invalid", "action.actioneeUserId", format!("There is no user [{user_id}].")));
    }
    let (id, now) = (call.state.new_id(), call.state.now());
    action.insert("id".to_owned(), json!(id));
    action.insert("name".to_owned(), json!(text(&kind, "name")));
    action.insert("createInstant".to_owned(), json!(now));
    action.insert("preventLogin".to_owned(), kind.get("preventLogin").cloned().unwrap_or_default());
    call.state.put("action", action.clone());
    Ok(Response::ok(json!({ "action": logged(&action) })))
}

/// Whether an action runs: it has an end, and that is to come.
pub(crate) fn is_running(action: &Object, now: u64) -> bool {
    action.get("expiry").and_then(Value::as_u64).is_some_and(|expiry| expiry > now)
}

/// An action as it is answered.
fn logged(action: &Object) -> Value {
    let mut action = action.clone();
    action.remove("preventLogin");
    Value::Object(action)
}

fn action(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let mut action = call.visible("action", &call.path_value(0))?;
    let now = call.state.now();
    match call.operation.method {
        Method::Delete => drop(action.insert("expiry".to_owned(), json!(now))),
        Method::Put => action.extend(call.body_object("action")?.into_iter().filter(|(key, _)| key != "id")),
        _ => {}
    }
    call.state.put("action", action.clone());
    Ok(Response::ok(json!({ "action": logged(&action) })))
}

fn comment(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let mut comment = call.body_object("userComment")?;
    let user_id = text(&comment, "userId").to_owned();
    if call.state.get("user", &user_id).is_none() {
        return Err(Response::field("invalid", "userComment.userId", format!("There is no user [{user_id}].")));
    }
    let (id, now) = (call.state.new_id(), call.state.now());
    comment.insert("id".to_owned(), json!(id));
    comment.insert("createInstant".to_owned(), json!(now));
    call.state.put("comment", comment.clone());
    Ok(Response::ok(json!({ "userComment": comment })))
}

fn consent(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let id = call.path_value(0);
    let known = call.state.get("user-consent", &id).cloned();
    let mut consent = match (call.operation.method, known) {
        (Method::Post, Some(_)) => return Err(Response::field("duplicate", "userConsentId", "The id is taken.")),
        (Method::Post, None) => {
            let mut consent = call.body_object("userConsent")?;
            let consent_id = text(&consent, "consentId").to_owned();
            let kind = call.state.get("consent", &consent_id).cloned().ok_or_else(|| {
                Response::field("invalid", "userConsent.consentId", format!("There is no consent [{consent_id}]."))
            })?;
            if call.state.get("user", text(&consent, "userId")).is_none() {
                return Err(Response::field("invalid", "userConsent.userId", "There is no such user."));
            }
            let new_id = if id.is_empty() { call.state.new_id() } else { id };
            consent.insert("id".to_owned(), json!(new_id));
            consent.insert("consent".to_owned(), Value::Object(kind));
            default(&mut consent, "status", "Active");
            consent
        }
        (_, None) => return Err(Response::not_found()),
        (Method::Get, Some(known)) => return Ok(Response::ok(json!({ "userConsent": known }))),
        (Method::Delete, Some(mut known)) => {
            known.insert("status".to_owned(), json!("Revoked"));
            call.state.put("user-consent", known);
            return Ok(Response::empty(200));
        }
        (method, Some(mut known)) => {
            if method == Method::Put {
                known.extend(call.body_object("userConsent")?.into_iter().filter(|(key, _)| key != "id"));
                known
            } else {
                let mut whole = json!({ "userConsent": known });
                objects::patched(call, &mut whole)?;
                whole.get_mut("userConsent").map(Value::take).map(into_object).unwrap_or_default()
            }
        }
    };
    let now = call.state.now();
    default(&mut consent, "insertInstant", now);
    consent.insert("lastUpdateInstant".to_owned(), json!(now));
    call.state.put("user-consent", consent.clone());
    Ok(Response::ok(json!({ "userConsent": consent })))
}

fn family(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let id = call.path_value(0);
    if call.operation.method == Method::Get && id.is_empty() {
        let user_id = call.query_value("userId");
        let families = call.state.all("family").iter().filter(|family| {
            let members = family.get("members").and_then(Value::as_array).into_iter().flatten();
            members
                .filter_map(|member| member.get("userId").and_then(Value::as_str))
                .any(|id| Some(id) == user_id.as_deref())
        });
        return Ok(Response::ok(json!({ "families": families.collect::<Vec<_>>() })));
    }
    let known = call.state.get("family", &id).cloned();
    if call.operation.method == Method::Post && known.is_none() {
        let new_id = if id.is_empty() { call.state.new_id() } else { id };
        let member = family_member(call)?;
        let now = call.state.now();
        let family = json!({ "id": new_id, "members": [member], "insertInstant": now, "lastUpdateInstant": now });
        call.state.put("family", into_object(family.clone()));
        return Ok(Response::ok(json!({ "family": family })));
    }
    let mut family = known.ok_or_else(Response::not_found)?;
    let mut members: Vec<Value> = family.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
    match call.operation.method {
        Method::Delete => {
            let user_id = call.path_value(1);
            let before = members.len();
            members.retain(|member| member.get("userId") != Some(&json!(user_id)));
            if members.len() == before {
                return Err(Response::not_found());
            }
            family.insert("members".to_owned(), Value::Array(members));
            call.state.put("family", family);
            return Ok(Response::empty(200));
        }
        Method::Put | Method::Post => {
            let member = family_member(call)?;
            members.retain(|known| known.get("userId") != member.get("userId"));
            members.push(member);
            family.insert("members".to_owned(), Value::Array(members));
            call.state.put("family", family.clone());
        }
        _ => {}
    }
    Ok(Response::ok(json!({ "family": family })))
}

fn family_member(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut member = call.body_object("familyMember")?;
    let user_id = text(&member, "userId").to_owned();
    if call.state.get("user", &user_id).is_none() {
        return Err(Response::field("invalid", "familyMember.userId", format!("There is no user [{user_id}].")));
    }
    let now = call.state.now();
    default(&mut member, "insertInstant", now);
    member.insert("lastUpdateInstant".to_owned(), json!(now));
    Ok(Value::Object(member))
}

fn link(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let given = call.body.get("identityProviderLink").cloned().map(into_object).unwrap_or_default();
    let named = |name: &str| call.query_value(name).unwrap_or_else(|| text(&given, name).to_owned());
    let (provider, user) = (named("identityProviderId"), named("userId"));
    let provider_user = call.query_value("identityProviderUserId");
    let is_wanted = |link: &Object| {
        (provider.is_empty() || text(link, "identityProviderId") == provider)
            && (user.is_empty() || text(link, "userId") == user)
            && provider_user.as_deref().is_none_or(|id| text(link, "identityProviderUserId") == id)
    };
    match call.operation.method {
        Method::Get => {
            let links: Vec<_> = call.state.all("link").iter().filter(|link| is_wanted(link)).collect();
            if provider_user.is_none() {
                return Ok(Response::ok(json!({ "identityProviderLinks": links })));
            }
            let link = links.first().ok_or_else(Response::not_found)?;
            Ok(Response::ok(json!({ "identityProviderLink": link })))
        }
        Method::Delete => match call.state.remove("link", is_wanted) {
            0 => Err(Response::not_found()),
            _ => Ok(Response::empty(200)),
        },
        _ => {
            if call.state.get("identity-provider", &provider).is_none() {
                let message = format!("There is no identity provider [{provider}].");
                return Err(Response::field("invalid", "identityProviderLink.identityProviderId", message));
            }
            if call.state.get("user", &user).is_none() {
                return Err(Response::field(
                    "invalid",
                    "identityProviderLink.userId",
                    format!("There is no user [{user}]."),
                ));
            }
            let (id, now) = (call.state.new_id(), call.state.now());
            let mut link = given;
            link.insert("id".to_owned(), json!(id));
            default(&mut link, "insertInstant", now);
            call.state.put("link", link.clone());
            link.remove("id");
            Ok(Response::ok(json!({ "identityProviderLink": link })))
        }
    }
}

fn recovery_codes(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let mut user = call.visible("user", &call.path_value(0))?;
    let mut two_factor = user.get("twoFactor").cloned().map(into_object).unwrap_or_default();
    if call.operation.method == Method::Post {
        let codes: Vec<_> = (0..10).map(|_| json!(call.state.new_code().get(..10))).collect();
        two_factor.insert("recoveryCodes".to_owned(), Value::Array(codes));
        user.insert("twoFactor".to_owned(), Value::Object(two_factor.clone()));
        call.state.put("user", user);
    }
    Ok(Response::ok(json!({ "recoveryCodes": two_factor.get("recoveryCodes").cloned().unwrap_or_else(|| json!([])) })))
}

fn two_factor(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let mut user = call.visible("user", &call.path_value(0))?;
    let mut two_factor = user.get("twoFactor").cloned().map(into_object).unwrap_or_default();
    let mut methods: Vec<Value> = two_factor.get("methods").and_then(Value::as_array).cloned().unwrap_or_default();
    if call.operation.method == Method::Delete {
        let id = call.query_value("methodId").unwrap_or_else(|| call.body_text("methodId"));
        methods.retain(|method| method.get("id") != Some(&json!(id)));
    } else {
        let id = call.state.new_code().get(..4).unwrap_or_default().to_owned();
        let mut method = call.body.clone();
        method.retain(|key, _| matches!(key.as_str(), "method" | "email" | "mobilePhone" | "secret" | "name"));
        default(&mut method, "id", id);
        methods.push(Value::Object(method));
    }
    two_factor.insert("methods".to_owned(), Value::Array(methods));
    user.insert("twoFactor".to_owned(), Value::Object(two_factor));
    call.state.put("user", user);
    Ok(if call.operation.method == Method::Delete {
        Response::empty(200)
    } else {
        Response::ok(json!({ "recoveryCodes": [] }))
    })
}
