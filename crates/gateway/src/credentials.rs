//! What a request is authorized with.

use futures_util::future::BoxFuture;
use openapi_tools::model::{
    document::Document,
    operation::Operation,
    security::{KeyLocation, Requirement, SchemeKind, SecurityScheme},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    authorization::Authorization,
    principal::Principal,
    transport::{Failure, MissingCredential, Request},
};

/// The name of the header that HTTP authentication uses (RFC 9110, section 11.6.2).
pub(crate) const AUTHORIZATION: &str = "Authorization";

/// The credentials of one source.
pub trait Credentials: Send + Sync {
    /// What `scheme` asks for, from this caller.
    ///
    /// # Errors
    /// [`Failure::MissingCredential`] when there is none.
    fn authorize<'a>(
        &'a self,
        scheme: &'static SecurityScheme,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Authorization, Failure>>;

    /// Whether a credential that the API refuses may be renewed.
    fn renews(&self) -> bool {
        false
    }

    /// Drops what the API has refused with 401. Whether another try has another credential.
    fn refused<'a>(&'a self, _authorization: &'a Authorization) -> BoxFuture<'a, bool> {
        Box::pin(std::future::ready(false))
    }
}

/// Whether a request has its credentials among its own headers: an argument holds them.
pub fn are_given(request: &Request) -> bool {
    request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(AUTHORIZATION))
}

/// What `operation` wants: of its alternatives (OpenAPI 3.0.3, "Security Requirement Object") the first whose
/// credentials are all there, or nothing where that is allowed.
///
/// # Errors
/// What is missing of each alternative.
pub async fn authorize(
    document: &'static Document,
    operation: &Operation,
    credentials: &dyn Credentials,
    principal: &Principal,
) -> Result<Authorization, Failure> {
    let mut missing = Vec::new();
    for alternative in operation.security {
        match all_of(document, alternative, credentials, principal).await {
            Ok(authorization) => return Ok(authorization),
            Err(Failure::MissingCredential(one)) => {
                let new = one.into_iter().filter(|one| !missing.contains(one)).collect::<Vec<_>>();
                missing.extend(new);
            }
            Err(failure) => return Err(failure),
        }
    }
    if missing.is_empty() { Ok(Authorization::default()) } else { Err(Failure::MissingCredential(missing)) }
}

async fn all_of(
    document: &'static Document,
    alternative: &Requirement,
    credentials: &dyn Credentials,
    principal: &Principal,
) -> Result<Authorization, Failure> {
    let mut authorization = Authorization::default();
    for scheme in alternative.0.iter().filter_map(|used| document.security_schemes.get(used.scheme)) {
        authorization.add(credentials.authorize(scheme, principal).await?);
    }
    Ok(authorization)
}

/// Credentials that the operator configured, the same for every caller.
#[derive(Debug, Default)]
pub struct StaticCredentials(Vec<StaticCredential>);

/// The secret for one security scheme.
#[derive(Debug)]
pub struct StaticCredential {
    /// The scheme's name in the document.
    pub scheme: &'static str,
    /// What kind of credential it is, for a person.
    pub what: &'static str,
    /// The setting that holds it.
    pub setting: &'static str,
    /// The secret, where it is set.
    pub secret: Option<SecretString>,
}

impl StaticCredentials {
    /// One row per scheme.
    pub fn new(rows: Vec<StaticCredential>) -> Self {
        Self(rows)
    }

    /// Whether there is one for the scheme.
    pub fn has(&self, scheme: &str) -> bool {
        self.0.iter().any(|row| row.scheme == scheme && row.secret.is_some())
    }
}

impl Credentials for StaticCredentials {
    fn authorize<'a>(
        &'a self,
        scheme: &'static SecurityScheme,
        _principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Authorization, Failure>> {
        let row = self.0.iter().find(|row| row.scheme == scheme.name);
        let (what, setting) = row.map_or(("a credential", scheme.name), |row| (row.what, row.setting));
        let secret = row.and_then(|row| row.secret.as_ref());
        let secret = secret
            .map(ExposeSecret::expose_secret)
            .ok_or_else(|| Failure::MissingCredential(vec![MissingCredential { what, setting }]));
        Box::pin(std::future::ready(secret.map(|secret| applied(scheme, secret))))
    }
}

/// A secret in the place and form that the scheme wants.
pub fn applied(scheme: &SecurityScheme, secret: &str) -> Authorization {
    let in_header = |value: String| Authorization::part(KeyLocation::Header, AUTHORIZATION, value.into());
    match scheme.kind {
        SchemeKind::ApiKey { location, name } => Authorization::part(location, name, secret.to_owned().into()),
        SchemeKind::Http { scheme: "basic" } => in_header(format!("Basic {secret}")),
        SchemeKind::Http { .. } | SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect { .. } => {
            in_header(format!("Bearer {secret}"))
        }
    }
}
