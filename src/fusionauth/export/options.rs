//! What to export and how; runs the export: reads the instance once, then makes the files.

use gateway::composite::{OnProgress, Upstream};

use super::{
    format::Format,
    kickstart::{self, layout::Layout},
    report::Export,
    snapshot::{
        find::{FindError, find},
        object::{Family, Scope, Snapshot},
        read::{ReadError, Reader},
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
        let reader = Reader::new(upstream);
        let scope = match (&self.application, &self.tenant) {
            (Some(_), Some(_)) => return Err(ExportError::TwoScopes),
            (Some(application), None) => Scope::Application(find(&reader, Family::Application, application).await?),
            (None, Some(tenant)) => Scope::Tenant(find(&reader, Family::Tenant, tenant).await?),
            // A server for one tenant sees no others, so everything means this tenant.
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
        Ok(match self.format {
            Format::Kickstart => kickstart::export(&snapshot, self.layout),
            Format::Terraform => terraform::export(&snapshot, self.purpose),
        })
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
    /// The application or tenant was not found.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The instance could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
