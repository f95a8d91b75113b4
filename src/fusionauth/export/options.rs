//! What to export and how; runs the export: reads the instance once, then makes the files.

use gateway::{
    composite::{OnProgress, Upstream},
    redact::DigestKey,
};
use serde_json::Value;

use super::{
    format::Format,
    kickstart::{self, layout::Layout},
    line::one_line,
    report::Export,
    snapshot::{
        find::{FindError, find},
        object::{Family, Object, Scope, Snapshot},
        read::{ReadError, Reader},
        references::is_opaque,
        selection::without_shared,
    },
    terraform::{self, purpose::Purpose},
};
use crate::config::settings::TENANT_ID;

/// What to export, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOptions {
    /// The format of the files.
    pub format: Format,
    /// Only this application, by name or id, with everything it refers to.
    pub application: Option<String>,
    /// Only this tenant, by name or id, with everything it refers to.
    pub tenant: Option<String>,
    /// How a Kickstart is laid out.
    pub layout: Layout,
    /// What Terraform files are for.
    pub purpose: Purpose,
}

impl ExportOptions {
    /// Whether all options but the format have their defaults.
    pub fn is_default(&self) -> bool {
        self.application.is_none() && self.tenant.is_none() && self.purpose == Purpose::Adopt
    }

    /// Reads the instance and makes the files. `progress` is called after each kind of object.
    ///
    /// # Errors
    /// The application or tenant does not exist, or a request failed.
    pub async fn run(&self, upstream: &dyn Upstream, progress: OnProgress<'_>) -> Result<Export, ExportError> {
        let snapshot = read(upstream, self.application.as_deref(), self.tenant.as_deref(), None, progress).await?;
        let own = upstream.tenant_id().map(str::to_owned);
        let mut export = match (self.format, self.purpose) {
            (Format::Kickstart, _) => kickstart::export(&snapshot, self.layout),
            (Format::Terraform, Purpose::Adopt) if own.is_some() => {
                terraform::export(&without_shared(snapshot), self.purpose)
            }
            (Format::Terraform, _) => terraform::export(&snapshot, self.purpose),
        };
        export.report.confined_to = own;
        Ok(export)
    }
}

/// Reads an application, a tenant or everything, with the digest of each secret in its place where there is a key.
/// `progress` is called after each kind of object.
///
/// # Errors
/// The application or tenant does not exist, a request failed, or what was read holds a credential of this server.
pub async fn read(
    upstream: &dyn Upstream,
    application: Option<&str>,
    tenant: Option<&str>,
    digest_key: Option<&DigestKey>,
    progress: OnProgress<'_>,
) -> Result<Snapshot, ExportError> {
    let reader = Reader::new(upstream).with_digests(digest_key);
    let scope = match (application, tenant) {
        (Some(_), Some(_)) => return Err(ExportError::TwoScopes),
        (Some(application), None) => Scope::Application(find(&reader, Family::Application, application).await?),
        (None, Some(tenant)) => match (find(&reader, Family::Tenant, tenant).await, upstream.tenant_id()) {
            // A server for one tenant sees no others.
            (Err(FindError::NotFound { .. }), Some(own)) => {
                return Err(ExportError::OtherTenant { bound: own.to_owned() });
            }
            (found, _) => Scope::Tenant(found?),
        },
        // To a server for one tenant, this tenant is everything.
        (None, None) => match upstream.tenant_id() {
            Some(own) => Scope::Tenant(own.to_owned()),
            None => Scope::Everything,
        },
    };
    if let (Scope::Tenant(id), Some(own)) = (&scope, upstream.tenant_id())
        && id != own
    {
        return Err(ExportError::OtherTenant { bound: own.to_owned() });
    }
    let snapshot = Snapshot::read(&reader, scope, progress).await?;
    refuse_own_credential(&snapshot, upstream)?;
    Ok(snapshot)
}

/// Refuses what holds a credential of this server.
///
/// # Errors
/// It does.
pub fn refuse_own_credential(snapshot: &Snapshot, upstream: &dyn Upstream) -> Result<(), ExportError> {
    let Some((object, path)) = own_credential(snapshot, upstream) else { return Ok(()) };
    let object = format!("{} {}", object.family.singular(), object.id.as_deref().unwrap_or_default());
    Err(ExportError::OwnCredential { object: object.trim_end().to_owned(), path })
}

/// The first object that holds a credential of this server, and where.
fn own_credential<'a>(snapshot: &'a Snapshot, upstream: &dyn Upstream) -> Option<(&'a Object, String)> {
    snapshot.objects.iter().chain(&snapshot.foreign).find_map(|object| {
        let mut properties = object.value.iter();
        let found = properties.find_map(|(name, value)| credential_in(name, value, is_opaque(name), upstream));
        found.map(|path| (object, path))
    })
}

/// The path of a text in the value that holds a credential. In free-form objects, the names of properties are texts too.
fn credential_in(path: &str, value: &Value, is_free: bool, upstream: &dyn Upstream) -> Option<String> {
    match value {
        Value::String(text) => upstream.holds_credential(text).then(|| path.to_owned()),
        Value::Array(items) => items.iter().find_map(|item| credential_in(path, item, is_free, upstream)),
        Value::Object(entries) => entries.iter().find_map(|(name, value)| {
            if is_free && upstream.holds_credential(name) {
                return Some(path.to_owned());
            }
            credential_in(&format!("{path}.{}", one_line(name)), value, is_free || is_opaque(name), upstream)
        }),
        _ => None,
    }
}

/// Why there is no export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Both an application and a tenant were asked for.
    #[error("application, tenant: give one of them, or none for everything")]
    TwoScopes,
    /// Another tenant than the bound one was asked for.
    #[error("tenant: this server works for the tenant {bound} only ({})", TENANT_ID.label())]
    OtherTenant {
        /// The bound tenant's id.
        bound: String,
    },
    /// A credential of this server would be written.
    #[error(
        "nothing is written: {path} of {object} contains a credential of this server, such as its API key; remove it \
         from the instance, or use another key"
    )]
    OwnCredential {
        /// The kind and id of the object that holds it.
        object: String,
        /// The path of the property.
        path: String,
    },
    /// The application or tenant was not found.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The instance could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
