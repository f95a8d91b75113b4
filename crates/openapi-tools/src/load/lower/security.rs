//! Security schemes, and the requirements that refer to them.

use openapiv3::{APIKeyLocation, OAuth2Flows, ReferenceOr, SecurityRequirement};

use super::{
    context::Context,
    leak::{optional_text, text},
};
use crate::model::security::{
    Grant, KeyLocation, OAuth2Flow, Requirement, SchemeKind, SchemeUse, Scope, SecurityScheme,
};

/// The document's schemes, and what it requires of operations that say nothing themselves.
pub(super) struct Security {
    schemes: Vec<SecurityScheme>,
    default: &'static [Requirement],
}

impl Security {
    /// Lowers `components.securitySchemes` and the document's `security`.
    pub(super) fn new(context: &mut Context<'_>) -> Self {
        let mut schemes = Vec::new();
        for (name, source) in context.components().into_iter().flat_map(|components| &components.security_schemes) {
            match source {
                ReferenceOr::Item(source) => schemes.push(SecurityScheme { name: text(name), kind: kind_of(source) }),
                ReferenceOr::Reference { .. } => context.fault(
                    format!("components.securitySchemes.{name}"),
                    "a security scheme by reference is not supported",
                ),
            }
        }
        let mut security = Self { schemes, default: &[] };
        if let Some(sources) = &context.openapi.security {
            security.default = security.requirements(context, "security", sources);
        }
        security
    }

    /// The requirements of an operation: its own `security`, even if that is empty, or else the document's (OpenAPI 3.0.3,
    /// "Operation Object").
    pub(super) fn of_operation(
        &self,
        context: &mut Context<'_>,
        place: &str,
        own: Option<&[SecurityRequirement]>,
    ) -> &'static [Requirement] {
        match own {
            Some(sources) => self.requirements(context, &format!("{place}.security"), sources),
            None => self.default,
        }
    }

    pub(super) fn into_schemes(self) -> &'static [SecurityScheme] {
        self.schemes.leak()
    }

    /// The empty requirement is moved to the end: a credential that the caller has is sent. On its own it says the same
    /// as no requirement.
    fn requirements(
        &self,
        context: &mut Context<'_>,
        place: &str,
        sources: &[SecurityRequirement],
    ) -> &'static [Requirement] {
        let mut requirements = Vec::new();
        for source in sources.iter().filter(|source| !source.is_empty()) {
            let mut uses = Vec::new();
            for (name, scopes) in source {
                match self.schemes.iter().position(|scheme| scheme.name == name) {
                    Some(scheme) => {
                        let scopes: Vec<_> = scopes.iter().map(|scope| text(scope)).collect();
                        uses.push(SchemeUse { scheme, scopes: scopes.leak() });
                    }
                    None => context.fault(place, format!("`{name}` is not a security scheme of this document")),
                }
            }
            requirements.push(Requirement(uses.leak()));
        }
        if !requirements.is_empty() && requirements.len() < sources.len() {
            requirements.push(Requirement(&[]));
        }
        requirements.leak()
    }
}

fn kind_of(source: &openapiv3::SecurityScheme) -> SchemeKind {
    match source {
        openapiv3::SecurityScheme::APIKey { location, name, .. } => {
            let location = match location {
                APIKeyLocation::Header => KeyLocation::Header,
                APIKeyLocation::Query => KeyLocation::Query,
                APIKeyLocation::Cookie => KeyLocation::Cookie,
            };
            SchemeKind::ApiKey { location, name: text(name) }
        }
        openapiv3::SecurityScheme::HTTP { scheme, .. } => {
            SchemeKind::Http { scheme: text(&scheme.to_ascii_lowercase()) }
        }
        openapiv3::SecurityScheme::OAuth2 { flows, .. } => SchemeKind::OAuth2 { flows: flows_of(flows).leak() },
        openapiv3::SecurityScheme::OpenIDConnect { open_id_connect_url, .. } => {
            SchemeKind::OpenIdConnect { url: text(open_id_connect_url) }
        }
    }
}

fn flows_of(source: &OAuth2Flows) -> Vec<OAuth2Flow> {
    let OAuth2Flows { implicit, password, client_credentials, authorization_code, .. } = source;
    let implicit = implicit.as_ref().map(|flow| OAuth2Flow {
        grant: Grant::Implicit { authorization_url: text(&flow.authorization_url) },
        refresh_url: optional_text(flow.refresh_url.as_deref()),
        scopes: scopes_of(&flow.scopes),
    });
    let password = password.as_ref().map(|flow| OAuth2Flow {
        grant: Grant::Password { token_url: text(&flow.token_url) },
        refresh_url: optional_text(flow.refresh_url.as_deref()),
        scopes: scopes_of(&flow.scopes),
    });
    let client_credentials = client_credentials.as_ref().map(|flow| OAuth2Flow {
        grant: Grant::ClientCredentials { token_url: text(&flow.token_url) },
        refresh_url: optional_text(flow.refresh_url.as_deref()),
        scopes: scopes_of(&flow.scopes),
    });
    let authorization_code = authorization_code.as_ref().map(|flow| OAuth2Flow {
        grant: Grant::AuthorizationCode {
            authorization_url: text(&flow.authorization_url),
            token_url: text(&flow.token_url),
        },
        refresh_url: optional_text(flow.refresh_url.as_deref()),
        scopes: scopes_of(&flow.scopes),
    });
    [implicit, password, client_credentials, authorization_code].into_iter().flatten().collect()
}

fn scopes_of<'s>(source: impl IntoIterator<Item = (&'s String, &'s String)>) -> &'static [Scope] {
    let scopes = source.into_iter();
    let scopes: Vec<_> = scopes
        .map(|(name, description)| Scope { name: text(name), description: optional_text(Some(description)) })
        .collect();
    scopes.leak()
}
