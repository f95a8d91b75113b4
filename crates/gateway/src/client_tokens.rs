//! Access tokens that this process gets for itself: the grant of client credentials of OAuth 2.0 (RFC 6749, section 4.4).

use std::{borrow::Cow, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::BoxFuture;
use openapi_tools::model::{
    operation::Method,
    security::{KeyLocation, SecurityScheme},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::{
    authorization::Authorization,
    credentials::{AUTHORIZATION, Credentials, StaticCredentials, applied},
    principal::Principal,
    redact::{Learned, one_line},
    transport::{Deadline, Failure, Request, Response, Transport},
};

/// The time before its end at which a token is no longer used: a call takes some.
const MARGIN: Duration = Duration::from_secs(60);

/// The longest description of an error that is quoted, in characters.
const MAX_DESCRIPTION: usize = 200;

/// Credentials that the operator configured, and clients that get tokens for some schemes.
pub struct ClientTokens {
    configured: StaticCredentials,
    clients: Vec<Client>,
}

/// A client of an authorization server, for one security scheme.
pub struct Client {
    /// The scheme's name in the document.
    pub scheme: &'static str,
    /// The client's id.
    pub id: SecretString,
    /// Its secret.
    pub secret: SecretString,
    /// The scopes to ask for. Without any, the server decides.
    pub scopes: Option<String>,
    /// The host of the token endpoint, for people.
    pub server: String,
    /// The way to the token endpoint, whose URL is its base URL.
    pub endpoint: Arc<dyn Transport>,
    /// The time that a token may take.
    pub timeout: Duration,
    /// Where tokens are made known, to keep them out of answers.
    pub learned: Learned,
    /// What there is by now.
    pub state: Mutex<State>,
}

/// What a client has by now. Who asks for a token while another call gets one waits for that.
#[derive(Default)]
pub struct State {
    token: Option<Token>,
    previous: Option<SecretString>,
    /// Whether the server wants the client's id and secret in the body.
    is_in_body: bool,
    failed: Option<(Instant, Failure)>,
}

struct Token {
    value: SecretString,
    /// `None` where the server does not say.
    end: Option<Instant>,
}

impl ClientTokens {
    /// The credentials of a source. What is configured for a scheme counts before its client.
    pub fn new(configured: StaticCredentials, clients: Vec<Client>) -> Self {
        Self { configured, clients }
    }

    /// Whether there is one for the scheme.
    pub fn has(&self, scheme: &str) -> bool {
        self.configured.has(scheme) || self.clients.iter().any(|client| client.scheme == scheme)
    }
}

impl Credentials for ClientTokens {
    fn authorize<'a>(
        &'a self,
        scheme: &'static SecurityScheme,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Authorization, Failure>> {
        let client = self.clients.iter().find(|client| client.scheme == scheme.name);
        match client.filter(|_| !self.configured.has(scheme.name)) {
            Some(client) => Box::pin(async move {
                let token = client.token().await?;
                Ok(applied(scheme, token.expose_secret()))
            }),
            None => self.configured.authorize(scheme, principal),
        }
    }

    fn renews(&self) -> bool {
        !self.clients.is_empty()
    }

    fn refused<'a>(&'a self, authorization: &'a Authorization) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let mut has_other = false;
            for client in &self.clients {
                has_other |= client.refused(authorization).await;
            }
            has_other
        })
    }
}

impl Client {
    async fn token(&self) -> Result<SecretString, Failure> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        let is_good = |token: &&Token| token.end.is_none_or(|end| end > Instant::now() + MARGIN);
        if let Some(token) = state.token.as_ref().filter(is_good) {
            return Ok(token.value.clone());
        }
        // The call that this one has waited for was refused just now.
        if let Some((_, failure)) = state.failed.as_ref().filter(|(at, _)| *at >= asked) {
            return Err(failure.clone());
        }
        match self.fetch(&mut state).await {
            Ok(token) => {
                let value = token.value.clone();
                self.learned.add(value.clone());
                *state = State { token: Some(token), failed: None, ..std::mem::take(&mut *state) };
                Ok(value)
            }
            Err(failure) => {
                state.failed = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    /// Whether the token that the API has refused was one of this client's, which then has another or will get one.
    async fn refused(&self, authorization: &Authorization) -> bool {
        let mut state = self.state.lock().await;
        let mut values = authorization.parts_in(KeyLocation::Header).map(|(_, value)| value.expose_secret().to_owned());
        let is_of = |value: &str, token: &SecretString| value.ends_with(token.expose_secret());
        values.any(|value| {
            if state.token.as_ref().is_some_and(|token| is_of(&value, &token.value)) {
                state.previous = state.token.take().map(|token| token.value);
                return true;
            }
            state.previous.as_ref().is_some_and(|token| is_of(&value, token))
        })
    }

    /// Asks for a token, with the client's id and secret in the header, or in the body where the server wants them there
    /// (RFC 6749, section 2.3.1).
    async fn fetch(&self, state: &mut State) -> Result<Token, Failure> {
        let deadline = Deadline::after(self.timeout);
        let mut response =
            self.endpoint.send(self.request(state.is_in_body), self.login(state.is_in_body), deadline).await?;
        if !state.is_in_body && is_unknown_client(&response) {
            let other = self.endpoint.send(self.request(true), self.login(true), deadline).await?;
            if other.status == 200 {
                state.is_in_body = true;
                response = other;
            }
        }
        self.read(&response)
    }

    fn request(&self, is_in_body: bool) -> Request {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if let Some(scopes) = &self.scopes {
            form.append_pair("scope", scopes);
        }
        if is_in_body {
            form.append_pair("client_id", self.id.expose_secret());
            form.append_pair("client_secret", self.secret.expose_secret());
        }
        Request {
            method: Method::Post,
            server: None,
            target: String::new(),
            headers: vec![("Accept", "application/json".to_owned())],
            body: Some((Cow::Borrowed("application/x-www-form-urlencoded"), form.finish().into_bytes())),
            is_repeatable: false,
        }
    }

    fn login(&self, is_in_body: bool) -> Authorization {
        if is_in_body {
            return Authorization::default();
        }
        let encoded = |text: &SecretString| byte_serialize(text.expose_secret().as_bytes()).collect::<String>();
        let login = STANDARD.encode(format!("{}:{}", encoded(&self.id), encoded(&self.secret)));
        Authorization::part(KeyLocation::Header, AUTHORIZATION, format!("Basic {login}").into())
    }

    fn read(&self, response: &Response) -> Result<Token, Failure> {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(token) = text("access_token").filter(|_| response.status == 200) {
            let seconds = body.get("expires_in").and_then(|seconds| {
                seconds.as_f64().or_else(|| seconds.as_str()?.parse().ok()).filter(|seconds| *seconds >= 0.0)
            });
            let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            let end = life.and_then(|life| Instant::now().checked_add(life));
            return Ok(Token { value: token.to_owned().into(), end });
        }
        let mut cause = format!("it answers {}", response.status);
        let quotes = |text: &str| ![&self.id, &self.secret].iter().any(|own| text.contains(own.expose_secret()));
        for part in ["error", "error_description"].into_iter().filter_map(text).filter(|text| quotes(text)) {
            let part: String = part.chars().take(MAX_DESCRIPTION).collect();
            cause.push_str(&format!(", {}", one_line(&part)));
        }
        Err(Failure::NoToken { server: self.server.clone(), cause })
    }
}

/// Whether the server has not understood who asks.
fn is_unknown_client(response: &Response) -> bool {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let error = body.get("error").and_then(Value::as_str);
    response.status == 401 || response.status == 400 && matches!(error, Some("invalid_client" | "invalid_request"))
}
