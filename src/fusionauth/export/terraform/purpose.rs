//! What Terraform files are for.

/// What the configuration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To take over the instance that was read: there is an `import` block for each resource, and no resource chooses
    /// its id.
    Adopt,
    /// To make the same in a new instance: resources have the ids that they were read with, where the provider lets
    /// them choose.
    Clone,
}
