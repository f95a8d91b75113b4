//! Carrying out an export: read the instance once, then write it down.

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

/// What to write down, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// As what.
    pub format: Format,
    /// Only this application, by name or id, with all that it refers to.
    pub application: Option<String>,
    /// Only this tenant, by name or id, with all that it refers to.
    pub tenant: Option<String>,
    /// How a Kickstart is laid out.
    pub layout: Layout,
    /// What Terraform files are for.
    pub purpose: Purpose,
}

impl Order {
    /// Whether nothing is said but the format.
    pub fn is_bare(&self) -> bool {
        self.application.is_none() && self.tenant.is_none() && self.purpose == Purpose::Adopt
    }

    /// Reads the instance and writes it down. `progress` is called after each kind of object.
    ///
    /// # Errors
    /// An application or tenant that is not there, a request that failed.
    pub async fn carry_out(&self, upstream: &dyn Upstream, progress: OnProgress<'_>) -> Result<Export, ExportError> {
        let reader = Reader::new(upstream);
        let scope = match (&self.application, &self.tenant) {
            (Some(_), Some(_)) => return Err(ExportError::TwoScopes),
            (Some(application), None) => Scope::Application(find(&reader, Family::Application, application).await?),
            (None, Some(tenant)) => Scope::Tenant(find(&reader, Family::Tenant, tenant).await?),
            // What is another tenant's is not seen, so everything is this tenant.
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
