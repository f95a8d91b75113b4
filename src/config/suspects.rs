//! Variables that are nearly called like a setting, which nothing reads.

use std::fmt;

use super::{server_settings::SERVER_SETTINGS, settings::SETTINGS};

/// The most edits between the name of a setting's variable and one that may have been meant.
const MAX_EDITS: usize = 2;

/// Names shorter than that are like too many others for two edits.
const MIN_LENGTH: usize = 6;

/// Variables of other programs that are nearly called like ours.
const OTHERS: [&str; 2] = ["FTP_PROXY", "ftp_proxy"];

/// A variable that is set and that nothing reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspectVariable {
    /// Its name, and the file that it is in, where it is in one.
    pub source: String,
    /// The variable that may have been meant.
    pub meant: &'static str,
}

impl fmt::Display for SuspectVariable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is set, but no setting has that name; did you mean {}?", self.source, self.meant)
    }
}

/// The variable of a setting, or one of those of sources, that a name may have been meant for. Its value is not looked at.
pub fn meant(name: &str, of_sources: &[&'static str]) -> Option<&'static str> {
    let all = || SETTINGS.iter().chain(&SERVER_SETTINGS);
    let own = || all().flat_map(|setting| setting.variable.iter().chain(setting.other_variables));
    if OTHERS.contains(&name) || own().chain(of_sources).any(|variable| *variable == name) {
        return None;
    }
    let typed = name.to_uppercase();
    let edits = |variable: &str| strsim::osa_distance(&typed, &variable.to_uppercase());
    let is_near = |variable: &&str| {
        // Most variables of a shell have another length, which saves the comparison.
        let limit = if variable.len() < MIN_LENGTH { 1 } else { MAX_EDITS };
        variable.len().abs_diff(typed.len()) <= limit && edits(variable) <= limit
    };
    let variables = all().filter_map(|setting| setting.variable).chain(of_sources.iter().copied());
    variables.filter(is_near).min_by_key(|variable| edits(variable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found() {
        for (name, expected) in [
            ("USE_TOOL", "USE_TOOLS"),
            ("USETOOLS", "USE_TOOLS"),
            ("use_tools", "USE_TOOLS"),
            ("API_BASEURL", "API_BASE_URL"),
            ("API_KEY_APIKEYAUHT", "API_KEY_APIKEYAUTH"),
            ("FUSIONAUTH_TENANTID", "FUSIONAUTH_TENANT_ID"),
            ("READONLY", "READ_ONLY"),
            ("DRYRUN", "DRY_RUN"),
            ("LOGG", "LOG"),
        ] {
            assert_eq!(meant(name, &[]), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_shells_export_is_no_slip() {
        for name in [
            "USE_TOOLS",
            "https_proxy",
            "RUST_LOG",
            "PATH",
            "HOME",
            "PWD",
            "LANG",
            "LC_ALL",
            "TERM",
            "SHELL",
            "USER",
            "LOGNAME",
            "EDITOR",
            "DISPLAY",
            "TZ",
            "SHLVL",
            "OLDPWD",
            "MAIL",
            "PAGER",
            "LESS",
            "FTP_PROXY",
            "SSL_CERT_DIR",
            "NODE_ENV",
            "CI",
            "TMPDIR",
            "HOSTNAME",
            "LS_COLORS",
            "XDG_CONFIG_HOME",
            "APPDATA",
            "SYSTEMROOT",
            "COMSPEC",
            "JAVA_HOME",
        ] {
            assert_eq!(meant(name, &[]), None, "{name}");
        }
    }

    #[test]
    fn variables_of_sources_are_known() {
        let of_sources = ["ZOO_USE_TOOLS", "ZOO_READ_ONLY", "API_KEY_APIKEY"];
        assert_eq!(meant("ZOO_USE_TOOL", &of_sources), Some("ZOO_USE_TOOLS"));
        assert_eq!(meant("ZOO_READONLY", &of_sources), Some("ZOO_READ_ONLY"));
        for name in ["ZOO_USE_TOOLS", "API_KEY_APIKEY", "ZOO_HOME"] {
            assert_eq!(meant(name, &of_sources), None, "{name}");
        }
    }
}
