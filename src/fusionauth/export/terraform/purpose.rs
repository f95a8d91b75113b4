//! What Terraform files are for.

/// What the configuration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To manage the instance that was read: there is an `import` block for each resource, and no resource sets its id.
    Adopt,
    /// To make the same in a new instance: resources keep their ids where the provider can set them.
    Clone,
}
