//! What a setting is: how it is given, and what its value may be.

/// One setting.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The name. The flag is `--name`.
    pub name: &'static str,
    /// The environment variable, where there is one.
    pub variable: Option<&'static str>,
    /// Other variables that count where the ones before are not set.
    pub other_variables: &'static [&'static str],
    /// How it is given on the command line.
    pub flag: Flag,
    /// What its value is.
    pub value: ValueKind,
    /// The value where it is not set, as a person would type it.
    pub default: Option<&'static str>,
    /// What it does, for help and documentation.
    pub help: &'static str,
}

/// How a setting is given on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Not at all.
    None,
    /// `--name VALUE`.
    Value {
        /// What stands for the value in help.
        placeholder: &'static str,
    },
    /// A flag that names a file, which holds the value.
    File {
        /// The flag's name.
        name: &'static str,
    },
    /// `--name` or `--name=VALUE`.
    Optional {
        /// What stands for the value in help.
        placeholder: &'static str,
        /// The value where none is given.
        missing: &'static str,
    },
    /// `--name VALUE`, perhaps several times. The values are one list.
    Repeated {
        /// What stands for a value in help.
        placeholder: &'static str,
    },
    /// `-x` or `--name`, perhaps several times.
    Count {
        /// The letter.
        short: char,
    },
}

/// What the value of a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// `true` or `false`.
    Bool,
    /// A number of bytes over 0, perhaps with its unit.
    Bytes,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A time over 0, in seconds or with its unit.
    Duration,
    /// Words with commas between them.
    List,
    /// A whole number within limits, the limits included.
    Number {
        /// The least.
        min: usize,
        /// The greatest.
        max: usize,
    },
    /// A file.
    Path,
    /// Files with commas between them.
    Paths,
    /// One line that must not be shown.
    Secret,
    /// Any text.
    Text,
    /// An HTTP or HTTPS URL.
    Url,
    /// A UUID.
    Uuid,
}

impl Setting {
    pub(super) const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    pub(super) const fn or(self, other_variables: &'static [&'static str]) -> Self {
        Self { other_variables, ..self }
    }

    pub(super) const fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    /// What messages call it: its variable, or its flag where it has none.
    pub const fn label(&self) -> &'static str {
        match self.variable {
            Some(variable) => variable,
            None => self.name,
        }
    }

    /// What the flag means without a value, where it may have none.
    pub const fn missing_value(&self) -> Option<&'static str> {
        match self.flag {
            Flag::Optional { missing, .. } => Some(missing),
            _ => None,
        }
    }

    /// The flag's name without its dashes, where there is a flag.
    pub const fn flag_name(&self) -> Option<&'static str> {
        match self.flag {
            Flag::None => None,
            Flag::File { name } => Some(name),
            Flag::Value { .. } | Flag::Repeated { .. } | Flag::Optional { .. } | Flag::Count { .. } => Some(self.name),
        }
    }
}
