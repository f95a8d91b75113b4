//! What is wrong with the configuration, in the words of the person who wrote it.

use gateway::toolset::selection::SelectionError;

use super::{env_file::EnvFileError, file::fault::FileFault};

/// Something that the operator has to mend before the program can start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value of another form than expected.
    #[error("{source_name}: `{value}`: expected {expected}")]
    Value {
        /// The flag or variable.
        source_name: String,
        /// The value as typed.
        value: String,
        /// What was expected.
        expected: String,
    },
    /// A value that is not shown, since it is or may hold a secret.
    #[error("{source_name}: {fault}")]
    HiddenValue {
        /// The flag or variable.
        source_name: String,
        /// What is wrong, and what was expected.
        fault: String,
    },
    /// A file of settings that cannot be read.
    #[error("{source_name}: {cause}; expected a file that can be read")]
    UnreadableFile {
        /// The flag with the path.
        source_name: String,
        /// What the system reported.
        cause: String,
    },
    /// An entry of an environment file that is none.
    #[error("{source_name}: {fault}")]
    EnvironmentEntry {
        /// The flag with the path.
        source_name: String,
        /// What is wrong, and in which line.
        fault: EnvFileError,
    },
    /// A mistake in a configuration file.
    #[error("{place}: {fault}")]
    InFile {
        /// The file, line and column.
        place: String,
        /// What is wrong there.
        fault: FileFault,
    },
    /// A file of certificates that cannot be used.
    #[error("{source_name}: {path}: {cause}")]
    CertificateFile {
        /// The flag or variable.
        source_name: String,
        /// The file.
        path: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A file for a secret that cannot be read.
    #[error("{source_name}: {cause}")]
    SecretFile {
        /// The flag with the path.
        source_name: String,
        /// What the system reported.
        cause: String,
    },
    /// A file for a secret that holds nothing.
    #[error("{source_name}: the file is empty; expected a file with the secret")]
    EmptySecretFile {
        /// The flag with the path.
        source_name: String,
    },
    /// A choice of tools that cannot be meant.
    #[error(transparent)]
    Selection(#[from] SelectionError),
}
