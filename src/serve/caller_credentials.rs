//! Whose credential goes upstream: the caller's own, or else the source's where the operator shares it.

use std::sync::{Arc, OnceLock};

use access::{sealing::Purpose, vault::Vault};
use futures_util::future::BoxFuture;
use gateway::{
    authorization::Authorization,
    credentials::{Credentials, applied},
    principal::Principal,
    transport::{Failure, MissingCredential},
};
use openapi_tools::model::security::SecurityScheme;
use secrecy::ExposeSecret;

/// What a model reads where neither is there.
const MISSING: MissingCredential = MissingCredential {
    what: "a credential of this caller's own",
    setting: "one with `fusionauth-mcp credentials set`, or SHARED_UPSTREAM=true",
};

/// What a model reads where the caller's own cannot be read. Another is never sent in its place.
const UNREADABLE: MissingCredential = MissingCredential {
    what: "this caller's credential, which cannot be read",
    setting: "it anew: see the server's log",
};

/// The secrets of callers, once the store is open.
pub type Secrets = Arc<OnceLock<Vault>>;

/// The credentials of a source for several callers.
pub struct CallerCredentials {
    source: String,
    secrets: Secrets,
    shared: Arc<dyn Credentials>,
    is_shared: bool,
}

impl CallerCredentials {
    /// Of a source with credentials of its own, which may be shared.
    pub fn new(source: String, secrets: Secrets, shared: Arc<dyn Credentials>, is_shared: bool) -> Self {
        Self { source, secrets, shared, is_shared }
    }
}

impl Credentials for CallerCredentials {
    fn authorize<'a>(
        &'a self,
        scheme: &'static SecurityScheme,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Authorization, Failure>> {
        let Principal::Caller { id, .. } = principal else { return self.shared.authorize(scheme, principal) };
        Box::pin(async move {
            let purpose = Purpose { caller: id.clone(), source: self.source.clone(), scheme: scheme.name.to_owned() };
            let own = match self.secrets.get() {
                Some(vault) => vault.secret(&purpose).await.map_err(|error| {
                    tracing::error!("the credential of {} for {}: {error}", principal.name(), self.source);
                    Failure::MissingCredential(vec![UNREADABLE])
                })?,
                None => None,
            };
            match own {
                Some(secret) => Ok(applied(scheme, secret.expose_secret())),
                None if self.is_shared => self.shared.authorize(scheme, principal).await,
                None => Err(Failure::MissingCredential(vec![MISSING])),
            }
        })
    }

    fn renews(&self) -> bool {
        self.shared.renews()
    }

    fn refused<'a>(&'a self, authorization: &'a Authorization) -> BoxFuture<'a, bool> {
        self.shared.refused(authorization)
    }
}
