//! The access and refresh tokens that logins issue.

use serde_json::json;

use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::text,
};

/// Answers calls about tokens.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.path_template.as_str() {
        "/api/jwt/validate" | "/oauth2/userinfo" => Some(claims(call)),
        "/api/jwt/refresh" if call.method == Method::Get => Some(list(call)),
        "/api/jwt/refresh" if call.method == Method::Delete => Some(revoke(call)),
        "/api/jwt/refresh/{tokenId}" => Some(refresh_token(call)),
        _ => None,
    }
}

fn claims(call: &Call<'_>) -> Answer {
    let id = call.bearer_user_id.clone().unwrap_or_default();
    let user = call.state.get("user", &id).ok_or_else(|| Response::empty(401))?;
    let claims = json!({ "sub": id, "email": text(user, "email") });
    let is_userinfo = call.path_template == "/oauth2/userinfo";
    Ok(Response::ok(if is_userinfo { claims } else { json!({ "jwt": claims }) }))
}

fn list(call: &Call<'_>) -> Answer {
    let id = call.query_value("userId").unwrap_or_default();
    let tokens: Vec<_> = call.state.all("refresh-token").iter().filter(|token| text(token, "userId") == id).collect();
    Ok(Response::ok(json!({ "refreshTokens": tokens })))
}

/// Revokes one token, or those of a user, of an application, or of a user in an application.
fn revoke(call: &mut Call<'_>) -> Answer {
    let (user, token) = (call.query_value("userId"), call.query_value("token"));
    let application = call.query_value("applicationId");
    call.state.remove("refresh-token", |known| {
        let is_user = user.as_deref() == Some(text(known, "userId"));
        let is_application = application.as_deref() == Some(text(known, "applicationId"));
        let is_token = token.as_deref() == Some(text(known, "token"));
        is_token || (is_user && (is_application || application.is_none())) || (is_application && user.is_none())
    });
    Ok(Response::empty(200))
}

fn refresh_token(call: &mut Call<'_>) -> Answer {
    let id = call.path_value(0);
    let token = call.visible("refresh-token", &id)?;
    if call.method == Method::Delete {
        call.state.remove("refresh-token", |known| text(known, "id") == id);
        return Ok(Response::empty(200));
    }
    Ok(Response::ok(json!({ "refreshToken": token })))
}
