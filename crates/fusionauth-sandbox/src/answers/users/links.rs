//! Links between users and their accounts at identity providers.

use serde_json::json;

use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{Object, default, into_object, set, text},
};

/// Answers calls about links to identity providers.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "identity-provider/link" => Some(link(call)),
        _ => None,
    }
}

fn link(call: &mut Call<'_>) -> Answer {
    let given = call.body.get("identityProviderLink").cloned().map(into_object).unwrap_or_default();
    let named = |name: &str| call.query_value(name).unwrap_or_else(|| text(&given, name).to_owned());
    let (provider, user) = (named("identityProviderId"), named("userId"));
    let provider_user = call.query_value("identityProviderUserId");
    let is_wanted = |link: &Object| {
        (provider.is_empty() || text(link, "identityProviderId") == provider)
            && (user.is_empty() || text(link, "userId") == user)
            && provider_user.as_deref().is_none_or(|id| text(link, "identityProviderUserId") == id)
    };
    match call.method {
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
            set(&mut link, "id", id);
            default(&mut link, "insertInstant", now);
            call.state.put("link", link.clone());
            link.remove("id");
            Ok(Response::ok(json!({ "identityProviderLink": link })))
        }
    }
}
