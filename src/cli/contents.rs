//! What a simulated instance begins with.

use std::env;

use fusionauth_sandbox::{
    instance::{Instance, LoadError},
    step::StepError,
};

use crate::fusionauth::tools::DOCUMENT;

/// An instance that cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    /// The seed data were refused.
    #[error(transparent)]
    Seed(#[from] StepError),
    /// The Kickstart file cannot be read, or was refused.
    #[error(transparent)]
    Kickstart(#[from] LoadError),
}

/// An instance with the seed data (`seed`), a new one (`empty`), or one that a Kickstart file made.
///
/// # Errors
/// A Kickstart file that cannot be read or carried out.
pub fn instance(contents: &str) -> Result<Instance, ContentsError> {
    Ok(match contents {
        "seed" => Instance::seeded(&DOCUMENT)?,
        "empty" => Instance::empty(&DOCUMENT),
        path => Instance::from_kickstart(&DOCUMENT, path.as_ref(), &|name| env::var(name).ok())?,
    })
}
