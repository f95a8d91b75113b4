//! The formats of exports.

/// The format of an export.
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

    /// The name of the tool that exports in this format.
    pub fn tool(self) -> &'static str {
        match self {
            Self::Kickstart => "exportKickstart",
            Self::Terraform => "exportTerraform",
        }
    }

    /// Its name, for a person.
    pub fn title(self) -> &'static str {
        match self {
            Self::Kickstart => "Kickstart",
            Self::Terraform => "Terraform",
        }
    }
}
