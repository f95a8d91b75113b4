//! What a call needs to be allowed: the security schemes of a document, and which of them an operation asks for.

/// An entry of the document's `components.securitySchemes` (OpenAPI 3.0.3, "Security Scheme Object").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityScheme {
    /// The key under `components.securitySchemes`.
    pub name: &'static str,
    /// How the credential is obtained and sent.
    pub kind: SchemeKind,
}

/// The kinds of security schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// A key that is sent as it is.
    ApiKey {
        /// Where it travels.
        location: KeyLocation,
        /// The name of the header, query parameter or cookie.
        name: &'static str,
    },
    /// A credential in `Authorization`, after the name of an HTTP authentication scheme (RFC 9110, section 11).
    Http {
        /// The scheme in lower case: `bearer`, `basic`, …
        scheme: &'static str,
    },
    /// An access token of an OAuth 2.0 authorization server (RFC 6749), sent as a bearer token.
    OAuth2 {
        /// The ways to get a token.
        flows: &'static [OAuth2Flow],
    },
    /// An access token of an OpenID provider, sent as a bearer token.
    OpenIdConnect {
        /// The URL of the provider's metadata (OpenID Connect Discovery 1.0).
        url: &'static str,
    },
}

/// Where an API key travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyLocation {
    /// A header.
    Header,
    /// The query string.
    Query,
    /// A cookie.
    Cookie,
}

/// A way to get an access token (OpenAPI 3.0.3, "OAuth Flow Object").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OAuth2Flow {
    /// The grant, with the endpoints that it uses.
    pub grant: Grant,
    /// Where a refresh token is exchanged, if that is another endpoint.
    pub refresh_url: Option<&'static str>,
    /// The scopes that can be asked for.
    pub scopes: &'static [Scope],
}

/// The grants of OAuth 2.0 (RFC 6749, section 1.3) that OpenAPI names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// The token comes back from the authorization endpoint.
    Implicit {
        /// The authorization endpoint.
        authorization_url: &'static str,
    },
    /// The user's password is exchanged for a token.
    Password {
        /// The token endpoint.
        token_url: &'static str,
    },
    /// The client's own credentials are exchanged for a token.
    ClientCredentials {
        /// The token endpoint.
        token_url: &'static str,
    },
    /// A code from the authorization endpoint is exchanged for a token.
    AuthorizationCode {
        /// The authorization endpoint.
        authorization_url: &'static str,
        /// The token endpoint.
        token_url: &'static str,
    },
}

/// A scope of an OAuth 2.0 flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// What a client asks for.
    pub name: &'static str,
    /// What it allows.
    pub description: Option<&'static str>,
}

/// The schemes that a call must satisfy together (OpenAPI 3.0.3, "Security Requirement Object").
///
/// An operation lists its requirements as alternatives. An empty requirement is satisfied by a call without credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement(pub &'static [SchemeUse]);

impl Requirement {
    /// Whether a call without credentials satisfies it.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One scheme of a [`Requirement`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemeUse {
    /// The index of the scheme in the document's
    /// [`security_schemes`](crate::model::document::Document::security_schemes).
    pub scheme: usize,
    /// The scopes that the token must have. Empty for schemes without scopes.
    pub scopes: &'static [&'static str],
}

impl SchemeUse {
    /// The scheme at that index, without scopes.
    pub const fn new(scheme: usize) -> Self {
        Self { scheme, scopes: &[] }
    }

    /// The same with these scopes.
    pub const fn scopes(self, scopes: &'static [&'static str]) -> Self {
        Self { scopes, ..self }
    }
}
