//! The part of an instance that a command is about.

use clap_complete::ArgValueCompleter;

use super::completions;

/// One application or tenant with what it refers to; everything without one.
#[derive(clap::Args)]
pub struct Part {
    /// Only this application, and everything that it refers to
    #[arg(
        long,
        value_name = "NAME|ID",
        conflicts_with = "tenant",
        add = ArgValueCompleter::new(completions::applications)
    )]
    pub application: Option<String>,
    /// Only this tenant, its applications, and everything that they refer to
    #[arg(long, value_name = "NAME|ID", add = ArgValueCompleter::new(completions::tenants))]
    pub tenant: Option<String>,
}
