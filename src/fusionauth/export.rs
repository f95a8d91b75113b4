//! Configuration as code: an instance, read once, written down as a Kickstart or as Terraform.
//!
//! [`snapshot`] reads, [`kickstart`] and [`terraform`] write files from what was read. Nothing here changes an instance.

pub mod folder;
mod installation;
pub mod kickstart;
pub mod snapshot;
pub mod terraform;
pub mod tool;

use std::{collections::BTreeMap, fmt::Write};

use gateway::{
    composite::{OnProgress, Upstream},
    text::numerals::thousands,
};

use self::{
    kickstart::Layout,
    snapshot::{Family, FindError, ReadError, Reader, Scope, Snapshot, find},
    terraform::{Purpose, whole_line},
};
use crate::config::settings::TENANT_ID;

/// What configuration is written down as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The requests that a new instance makes when it starts.
    Kickstart,
    /// Resources for the provider `fusionauth/fusionauth`.
    Terraform,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Kickstart, Self::Terraform];

    /// The name of its tool.
    pub fn tool(self) -> &'static str {
        match self {
            Self::Kickstart => "exportKickstart",
            Self::Terraform => "exportTerraform",
        }
    }

    /// What a person calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Kickstart => "Kickstart",
            Self::Terraform => "Terraform",
        }
    }
}

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

/// What an export makes: files, and what to know of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Contents by relative path, with `/` between folders.
    pub files: BTreeMap<String, String>,
    /// What was written.
    pub report: Report,
}

/// What a person has to know of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Objects written, by the family's name, in the order of the file.
    pub objects: Vec<(&'static str, usize)>,
    /// Secrets that are to be set before the file is used.
    pub secrets: Vec<SecretToSet>,
    /// What is not in the file, and why.
    pub left_out: Vec<LeftOut>,
}

/// A secret that the file names and does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretToSet {
    /// The variable to set: an environment variable for a Kickstart, an input variable for Terraform.
    pub variable: String,
    /// What it is, for a person: the object's name and the property's path.
    pub what: String,
}

/// Something that is not in the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The family or object, with its id where it has one.
    pub what: String,
    /// Why.
    pub why: String,
}

impl Report {
    /// The report for a person or a model. What people named things stays in its line.
    pub fn text(&self) -> String {
        let objects: Vec<_> =
            self.objects.iter().map(|(family, count)| format!("{family}: {}", thousands(*count))).collect();
        let mut text =
            format!("Objects: {}\n", if objects.is_empty() { "none".to_owned() } else { objects.join(", ") });
        // Writing to a String does not fail.
        if !self.secrets.is_empty() {
            text.push_str("Secrets to set, which the files name and do not hold:\n");
        }
        for SecretToSet { variable, what } in &self.secrets {
            let _ = writeln!(text, "- {variable}: {}", whole_line(what));
        }
        if !self.left_out.is_empty() {
            text.push_str("Left out:\n");
        }
        for LeftOut { what, why } in &self.left_out {
            let _ = writeln!(text, "- {}: {}", whole_line(what), whole_line(why));
        }
        text
    }
}
