//! How a Kickstart is laid out.

/// How a Kickstart is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All in `kickstart.json`.
    OneFile,
    /// Templates, lambdas and the texts of themes in files of their own, which `kickstart.json` includes.
    Split,
}
