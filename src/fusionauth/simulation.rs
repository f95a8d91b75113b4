//! A simulated instance in this process in the place of a real one.

use std::{borrow::Cow, sync::Arc};

use fusionauth_sandbox::{exchange, installation::API_KEY, instance::Instance};
use futures_util::future::BoxFuture;
use gateway::{
    authorization::Authorization,
    session::Session,
    transport::{Deadline, Failure, Request, Response, Transport},
};
use openapi_tools::model::security::KeyLocation;
use secrecy::ExposeSecret;

use super::{dialect::TENANT_HEADER, source};
use crate::config::{Config, given::Settings};

/// What stands for the base URL of a simulated instance.
pub const ADDRESS: &str = "the sandbox (a simulation)";

/// A transport to an instance in this process.
pub struct Simulation(Instance);

impl Simulation {
    /// A transport to that instance.
    pub fn new(instance: Instance) -> Self {
        Self(instance)
    }

    fn answer(&self, request: Request, authorization: &Authorization) -> Response {
        let header = |name: &str| request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let mut headers = authorization.parts_in(KeyLocation::Header);
        let (content_type, body) = request.body.unzip();
        let answered = self.0.handle(&exchange::Request {
            method: request.method,
            authorization: match headers.next() {
                Some((_, value)) => Some(value.expose_secret().to_owned()),
                None => header("Authorization").cloned(),
            },
            tenant_id: header(TENANT_HEADER).cloned(),
            content_type: content_type.map(Cow::into_owned),
            target: request.target,
            body: body.unwrap_or_default(),
        });
        let json = answered.body.map(|body| ("application/json", body.to_string().into_bytes()));
        let (content_type, body) = json.or(answered.file).unzip();
        Response {
            status: answered.status,
            content_type: content_type.map(str::to_owned),
            location: None,
            retry_after: None,
            body: body.unwrap_or_default(),
            tries: 1,
        }
    }
}

impl Transport for Simulation {
    fn send(
        &self,
        request: Request,
        authorization: Authorization,
        _: Deadline,
    ) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move { Ok(self.answer(request, &authorization)) })
    }
}

/// A session that offers every tool of that instance, with the default configuration.
pub fn session(instance: Instance) -> Session {
    let mut config = Config::read(&mut Settings::default());
    config.upstream.api_key = Some(API_KEY.to_owned().into());
    source::session(&config, Arc::new(Simulation::new(instance)))
}
