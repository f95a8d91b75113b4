//! Security schemes, and the requirements that refer to them.

use serde_json::{Map, Value};

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
        for (name, source) in context.components("securitySchemes").into_iter().flatten() {
            let place = format!("components.securitySchemes.{name}");
            let Some(source) = context.resolved(&place, source) else { continue };
            match kind_of(source) {
                Ok(kind) => schemes.push(SecurityScheme { name: text(name), kind }),
                Err(message) => context.note(place, message),
            }
        }
        let mut security = Self { schemes, default: &[] };
        if let Some(sources) = context.document.get("security").and_then(Value::as_array) {
            security.default = security.requirements(context, "security", sources).unwrap_or_default();
        }
        security
    }

    /// The requirements of an operation: its own `security`, even if that is empty, or else the document's (OpenAPI 3.0.3,
    /// "Operation Object").
    pub(super) fn of_operation(
        &self,
        context: &mut Context<'_>,
        place: &str,
        own: Option<&Vec<Value>>,
    ) -> &'static [Requirement] {
        match own {
            Some(sources) => {
                let place = format!("{place}.security");
                self.requirements(context, &place, sources).unwrap_or_else(|| {
                    // In a document of our own each alternative is a fault by itself.
                    if context.is_foreign() {
                        context.fault(place, "none of the alternatives can be satisfied");
                    }
                    &[]
                })
            }
            None => self.default,
        }
    }

    pub(super) fn into_schemes(self) -> &'static [SecurityScheme] {
        self.schemes.leak()
    }

    /// The empty requirement is moved to the end: a credential that the caller has is sent. On its own it says the same
    /// as no requirement. `None` where there are alternatives, and none can be satisfied.
    fn requirements(
        &self,
        context: &mut Context<'_>,
        place: &str,
        sources: &[Value],
    ) -> Option<&'static [Requirement]> {
        let mut requirements = Vec::new();
        let mut is_optional = false;
        for source in sources.iter().filter_map(Value::as_object) {
            if source.is_empty() {
                is_optional = true;
                continue;
            }
            let uses: Option<Vec<_>> = source
                .iter()
                .map(|(name, scopes)| match self.schemes.iter().position(|scheme| scheme.name == name) {
                    Some(scheme) => {
                        let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(text);
                        Some(SchemeUse { scheme, scopes: scopes.collect::<Vec<_>>().leak() })
                    }
                    None => {
                        context.note(place, format!("`{name}` is not a security scheme of this document"));
                        None
                    }
                })
                .collect();
            requirements.extend(uses.map(|uses| Requirement(uses.leak())));
        }
        if requirements.is_empty() && !is_optional && !sources.is_empty() {
            return None;
        }
        if !requirements.is_empty() && is_optional {
            requirements.push(Requirement(&[]));
        }
        Some(requirements.leak())
    }
}

fn kind_of(source: &Map<String, Value>) -> Result<SchemeKind, String> {
    let string =
        |key: &str| source.get(key).and_then(Value::as_str).ok_or_else(|| format!("expected `{key}`, a string"));
    Ok(match string("type")? {
        "apiKey" => {
            let location = match string("in")? {
                "header" => KeyLocation::Header,
                "query" => KeyLocation::Query,
                "cookie" => KeyLocation::Cookie,
                other => return Err(format!("`in: {other}`: expected `header`, `query` or `cookie`")),
            };
            SchemeKind::ApiKey { location, name: text(string("name")?) }
        }
        "http" => SchemeKind::Http { scheme: text(&string("scheme")?.to_ascii_lowercase()) },
        "oauth2" => {
            let flows = source.get("flows").and_then(Value::as_object).ok_or("expected `flows`")?;
            let flows: Vec<_> = FLOWS.iter().filter_map(|name| flow_of(name, flows.get(*name)?)).collect();
            SchemeKind::OAuth2 { flows: flows.leak() }
        }
        "openIdConnect" => SchemeKind::OpenIdConnect { url: text(string("openIdConnectUrl")?) },
        other => return Err(format!("`type: {other}` is not supported")),
    })
}

/// The flows that have a grant of this model.
const FLOWS: [&str; 4] = ["implicit", "password", "clientCredentials", "authorizationCode"];

fn flow_of(name: &str, source: &Value) -> Option<OAuth2Flow> {
    let url = |key: &str| source.get(key).and_then(Value::as_str).map_or("", text);
    let grant = match name {
        "implicit" => Grant::Implicit { authorization_url: url("authorizationUrl") },
        "password" => Grant::Password { token_url: url("tokenUrl") },
        "clientCredentials" => Grant::ClientCredentials { token_url: url("tokenUrl") },
        _ => Grant::AuthorizationCode { authorization_url: url("authorizationUrl"), token_url: url("tokenUrl") },
    };
    let scopes = source.get("scopes").and_then(Value::as_object).into_iter().flatten();
    let scopes: Vec<_> = scopes
        .map(|(name, description)| Scope { name: text(name), description: optional_text(description.as_str()) })
        .collect();
    Some(OAuth2Flow {
        grant,
        refresh_url: optional_text(source.get("refreshUrl").and_then(Value::as_str)),
        scopes: scopes.leak(),
    })
}
