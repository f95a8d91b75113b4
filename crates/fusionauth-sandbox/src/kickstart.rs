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
    error::{IncludeRefusal, KickstartError, MissingVariable, Problem},
    place::Place,
    variables::Given,
};
use self::{
    expansion::{Expansion, OpenFile},
    folder::{Folder, without_mark},
    properties::check_keys,
    uuid::check_uuid,
    variables::Variables,
};
use crate::{
    installation::{TENANT_MANAGER_VARIABLES, TENANT_VARIABLE},
    step::Step,
};

/// The keys that a file may have. The licence and the settings have no effect on a simulated instance.
const FILE_KEYS: &[&str] = &["apiKeys", "license", "licenseId", "requests", "settings", "variables"];

/// The variable of a file that chooses the default tenant's id.
const DEFAULT_TENANT_ID: &str = "defaultTenantId";

/// The variable of a file that chooses the id of the application Tenant Manager.
const TENANT_MANAGER_APPLICATION_ID: &str = "tenantManagerApplicationId";

/// A Kickstart file with its files included and its variables replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Kickstart {
    /// The API keys as the file writes them, at least one. Each has a `key`; the first is global and unrestricted.
    pub api_keys: Vec<Value>,
    /// The id that the file chooses for the default tenant.
    pub default_tenant_id: Option<String>,
    /// The id that the file chooses for the application Tenant Manager.
    pub tenant_manager_id: Option<String>,
    /// The requests, in order.
    pub steps: Vec<Step>,
}

/// Reads the Kickstart file at `path` and the files that it includes.
///
/// `given` are the variables that come from outside, `provided` those that FusionAuth provides. The ids that the file
/// itself chooses, such as `defaultTenantId`, take the place of the provided ones.
///
/// # Errors
/// If a file cannot be read or does not have the documented shape, if variables have no value, or if an included file is
/// not below the Kickstart file's folder. The first problem ends the reading; variables without a value are reported
/// together.
pub fn read(path: &Path, given: &Given<'_>, provided: BTreeMap<String, String>) -> Result<Kickstart, KickstartError> {
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
    let mut variables = Variables::new(given, provided);
    variables.define(file.remove("variables"), &place)?;
    let mut chosen = |variable: &str, provided: &[&str]| {
        let id = variables.get(variable);
        for name in provided {
            id.iter().for_each(|id| variables.provide(name, id));
        }
        id.map(|id| (id, place.property(variable)))
    };
    let default_tenant_id = chosen(DEFAULT_TENANT_ID, &[TENANT_VARIABLE]);
    let tenant_manager_id = chosen(TENANT_MANAGER_APPLICATION_ID, &TENANT_MANAGER_VARIABLES);

    let mut expansion = Expansion::new(folder, variables, OpenFile { name: name(), path: canonical_path });
    let place = root.property("apiKeys");
    let keys = expansion.items(api_keys::list(file.remove("apiKeys"), &place)?, &place)?;
    let place = root.property("requests");
    let requests = expansion.items(requests::list(file.remove("requests"), &place)?, &place)?;
    // Before the checks, which take nothing for a variable without a value.
    expansion.check_variables()?;
    let checked = |(id, place): (String, Place)| check_uuid(&id, &place).map(|()| id);
    Ok(Kickstart {
        api_keys: api_keys::read(keys)?,
        default_tenant_id: default_tenant_id.map(checked).transpose()?,
        tenant_manager_id: tenant_manager_id.map(checked).transpose()?,
        steps: requests::read(requests)?,
    })
}

#[cfg(test)]
mod tests;
