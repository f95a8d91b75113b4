//! FusionAuth Kickstart files: the API keys and the requests that a new instance starts with.
//!
//! Reading goes in one direction: the file's variables, then its API keys and requests, each expanded (variables
//! replaced, files included) and then checked.

mod api_keys;
mod error;
mod expansion;
mod folder;
mod place;
mod properties;
mod requests;
mod suggestion;
mod text;
mod uuid;
mod variables;

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

pub use self::{
    error::{IncludeRefusal, KickstartError, Problem},
    place::Place,
};
use self::{
    expansion::{Expansion, OpenFile},
    folder::{Folder, without_mark},
    properties::check_keys,
    uuid::check_uuid,
    variables::Variables,
};
use crate::step::Step;

/// The keys that a file may have. The licence and the settings have no effect on a simulated instance.
const FILE_KEYS: &[&str] = &["apiKeys", "license", "licenseId", "requests", "settings", "variables"];

/// The variable of a file that chooses the default tenant's id.
const DEFAULT_TENANT_ID: &str = "defaultTenantId";

/// The provided variable that holds the default tenant's id.
const TENANT_ID: &str = "FUSIONAUTH_TENANT_ID";

/// A Kickstart file with its files included and its variables replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Kickstart {
    /// The API keys as the file writes them, at least one. Each has a `key`; the first is global and unrestricted.
    pub api_keys: Vec<Value>,
    /// The id that the file chooses for the default tenant.
    pub default_tenant_id: Option<String>,
    /// The requests, in order.
    pub steps: Vec<Step>,
}

/// Reads the Kickstart file at `path` and the files that it includes.
///
/// `environment` returns the value of an environment variable, `built_in` holds the variables that FusionAuth provides.
/// `FUSIONAUTH_TENANT_ID` is the file's `defaultTenantId` if it has one.
///
/// # Errors
/// If a file cannot be read or does not have the documented shape, if a variable is unknown, or if an included file is
/// not below the Kickstart file's folder. The first problem ends the reading.
pub fn read(
    path: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    built_in: &BTreeMap<String, String>,
) -> Result<Kickstart, KickstartError> {
    let root = Place::root();
    let name = || path.display().to_string();
    let unreadable = |cause| Problem::Unreadable { file: name(), cause }.at(&root);
    let text = without_mark(fs::read_to_string(path).map_err(unreadable)?);
    let file: Value =
        serde_json::from_str(&text).map_err(|cause| Problem::NotJson { file: name(), cause }.at(&root))?;
    let Value::Object(mut file) = file else {
        return Err(Problem::NotKickstart { file: name(), found: properties::kind(&file) }.at(&root));
    };
    let folder = Folder::of(path).map_err(unreadable)?;
    let canonical_path = path.canonicalize().map_err(unreadable)?;
    check_keys(&file, FILE_KEYS, &root)?;

    let place = root.property("variables");
    let own = variables::read(file.remove("variables"), environment, &place)?;
    let default_tenant_id = own.get(DEFAULT_TENANT_ID).cloned();
    let mut values = built_in.clone();
    values.extend(own);
    if let Some(id) = &default_tenant_id {
        check_uuid(id, &place.property(DEFAULT_TENANT_ID))?;
        values.insert(TENANT_ID.to_owned(), id.clone());
    }

    let variables = Variables::new(environment, values);
    let mut expansion = Expansion::new(folder, variables, OpenFile { name: name(), path: canonical_path });
    Ok(Kickstart {
        api_keys: api_keys::read(file.remove("apiKeys"), &mut expansion, &root.property("apiKeys"))?,
        default_tenant_id,
        steps: requests::read(file.remove("requests"), &mut expansion, &root.property("requests"))?,
    })
}

#[cfg(test)]
mod tests;
