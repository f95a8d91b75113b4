//! Who comes in.

use std::{net::IpAddr, sync::Arc, time::SystemTime};

use access::{
    authenticator::{Authenticator, Denied},
    limits::{Full, InFlight, Network, PerMinute, Place},
    store::records::Key,
};
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
use crate::{config::server::Quotas, mcp::server::Server};

/// How soon a client may try again where the store does not answer, in seconds.
const STORE_PAUSE: u64 = 5;

/// How soon a client may try again where requests are in progress, in seconds.
const BUSY_PAUSE: u64 = 1;

/// What stands between requests and the server.
pub struct Door {
    /// `None` where everybody may come in.
    authenticator: Option<Arc<Authenticator>>,
    views: Views,
    /// By the caller's id.
    requests: PerMinute<String>,
    wrong_keys: PerMinute<Network>,
    in_flight: InFlight,
}

/// Somebody who came in.
pub struct Entered {
    /// The server as it is for this caller.
    pub server: Arc<Server>,
    /// The place of the request, until it is answered.
    pub place: Place,
    /// The key, where one was needed.
    pub key: Option<Arc<Key>>,
}

impl Door {
    /// A door for everybody, or for the owners of keys.
    pub fn new(authenticator: Option<Arc<Authenticator>>, views: Views, quotas: Quotas) -> Self {
        // Without keys there is one caller.
        let each = if authenticator.is_some() { quotas.in_progress_each } else { quotas.in_progress };
        Self {
            authenticator,
            views,
            requests: PerMinute::new(quotas.requests),
            wrong_keys: PerMinute::new(quotas.wrong_keys),
            in_flight: InFlight::new(each, quotas.in_progress),
        }
    }

    /// The server as whoever sends these headers sees it.
    ///
    /// # Errors
    /// The answer to somebody who may not come in, or not now.
    pub async fn enter(&self, headers: &HeaderMap, address: IpAddr) -> Result<Entered, Response> {
        let bad = |error: &dyn std::fmt::Display| refused(StatusCode::BAD_REQUEST, error.to_string());
        let Some(authenticator) = &self.authenticator else {
            let narrowing = Narrowing::of(headers).map_err(|error| bad(&error))?;
            let place = self.in_flight.place("").map_err(full)?;
            return Ok(Entered { server: self.views.of_operator(narrowing), place, key: None });
        };
        let Some(text) = presented(headers).map_err(|error| bad(&error))? else {
            return Err(challenge("Bearer", "this server wants a key: send Authorization: Bearer KEY"));
        };
        let key = match authenticator.authenticate(text, SystemTime::now()).await {
            Ok(key) => key,
            Err(denied) => return Err(self.denial(&denied, address)),
        };
        self.requests
            .take(&key.caller.id)
            .map_err(|many| later(StatusCode::TOO_MANY_REQUESTS, format!("requests: {many}"), many.seconds()))?;
        let narrowing = Narrowing::of(headers).map_err(|error| bad(&error))?;
        let place = self.in_flight.place(&key.caller.id).map_err(full)?;
        Ok(Entered { server: self.views.of_key(&key, narrowing), place, key: Some(key) })
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

    /// Forgets callers and addresses that have been quiet for a while.
    pub fn forget_idle(&self) {
        self.requests.forget_idle();
        self.wrong_keys.forget_idle();
    }

    /// The same for each wrong key: nobody learns which of them were good once. An address that sends many is told to wait;
    /// a good key from there comes in all the same.
    fn denial(&self, denied: &Denied, address: IpAddr) -> Response {
        match denied {
            Denied::Unknown | Denied::Revoked | Denied::Expired => {
                tracing::info!("a key was refused: {denied}");
                match self.wrong_keys.take(&Network::of(address)) {
                    Ok(()) => challenge("Bearer error=\"invalid_token\"", "the key is not valid"),
                    Err(many) => later(StatusCode::TOO_MANY_REQUESTS, format!("wrong keys: {many}"), many.seconds()),
                }
            }
            Denied::Store(error) => {
                tracing::error!("{error}");
                let text = "keys cannot be checked at the moment".to_owned();
                later(StatusCode::SERVICE_UNAVAILABLE, text, STORE_PAUSE)
            }
        }
    }
}

fn challenge(challenge: &'static str, text: &str) -> Response {
    let mut response = refused(StatusCode::UNAUTHORIZED, text);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

fn full(full: Full) -> Response {
    let status = match full {
        Full::OfCaller(_) => StatusCode::TOO_MANY_REQUESTS,
        Full::OfAll(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    later(status, full.to_string(), BUSY_PAUSE)
}

/// A refusal that says when to try again.
fn later(status: StatusCode, text: String, seconds: u64) -> Response {
    let mut response = refused(status, text);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
