//! Who comes in.

use std::{sync::Arc, time::SystemTime};

use access::authenticator::{Authenticator, Denied};
use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::Response,
};

use super::{
    presented::presented,
    refusal::refused,
    views::{Narrowing, Views},
};
use crate::mcp::server::Server;

/// How soon a client may try again where the store does not answer, in seconds.
const STORE_PAUSE: &str = "5";

/// What stands between requests and the server.
pub struct Door {
    /// `None` where everybody may come in.
    authenticator: Option<Arc<Authenticator>>,
    views: Views,
}

impl Door {
    /// A door for everybody, or for the owners of keys.
    pub fn new(authenticator: Option<Arc<Authenticator>>, views: Views) -> Self {
        Self { authenticator, views }
    }

    /// The server as whoever sends these headers sees it.
    ///
    /// # Errors
    /// The answer to somebody who may not come in.
    pub async fn enter(&self, headers: &HeaderMap) -> Result<Arc<Server>, Response> {
        let bad = |error: &dyn std::fmt::Display| refused(StatusCode::BAD_REQUEST, error.to_string());
        let Some(authenticator) = &self.authenticator else {
            let narrowing = Narrowing::of(headers).map_err(|error| bad(&error))?;
            return Ok(self.views.of_operator(narrowing));
        };
        let Some(text) = presented(headers).map_err(|error| bad(&error))? else {
            return Err(challenge("Bearer", "this server wants a key: send Authorization: Bearer KEY"));
        };
        let key = authenticator.authenticate(text, SystemTime::now()).await.map_err(|denied| denial(&denied))?;
        let narrowing = Narrowing::of(headers).map_err(|error| bad(&error))?;
        Ok(self.views.of_key(&key, narrowing))
    }

    /// Whether it can tell who may come in.
    pub async fn is_working(&self) -> bool {
        let Some(authenticator) = &self.authenticator else { return true };
        match authenticator.check().await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!("{error}");
                false
            }
        }
    }
}

fn challenge(challenge: &'static str, text: &str) -> Response {
    let mut response = refused(StatusCode::UNAUTHORIZED, text);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

/// The same for each bad key: nobody learns which of them were good once.
fn denial(denied: &Denied) -> Response {
    match denied {
        Denied::Unknown | Denied::Revoked | Denied::Expired => {
            tracing::info!("a key was refused: {denied}");
            challenge("Bearer error=\"invalid_token\"", "the key is not valid")
        }
        Denied::Store(error) => {
            tracing::error!("{error}");
            let mut response = refused(StatusCode::SERVICE_UNAVAILABLE, "keys cannot be checked at the moment");
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(STORE_PAUSE));
            response
        }
    }
}
