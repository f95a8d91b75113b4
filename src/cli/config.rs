//! `fusionauth-mcp config`

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use gateway::listing::count;

use super::{
    flags::Flags,
    output::{fail, misused, print},
    start::Overview,
};
use crate::config::{
    Fetching,
    file::schema::schema,
    settings::{CONFIG, ENV_FILE},
};

/// What to do with configuration files.
#[derive(clap::Args)]
pub struct ConfigArguments {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Check configuration files, and report all mistakes with line and column
    ///
    /// Documents are read too, and nothing is sent. Exit status 2 if the configuration is wrong, 1 if a source cannot be
    /// used.
    Check {
        /// The files, as --config takes them
        files: Vec<PathBuf>,
    },
    /// Print the JSON Schema of configuration files, for editors
    Schema,
}

/// Checks or describes configuration files.
pub fn run(arguments: &ConfigArguments, flags: Flags) -> ExitCode {
    match &arguments.command {
        ConfigCommand::Schema => print(format!("{:#}\n", schema()).as_bytes()),
        ConfigCommand::Check { files } => check(files, flags),
    }
}

fn check(files: &[PathBuf], flags: Flags) -> ExitCode {
    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    let flags = if files.is_empty() { flags } else { flags.adding(&CONFIG, &files.join(",")) };
    if flags.clone().settings().get(&CONFIG).is_none() {
        let (flag, variable, other) = (CONFIG.name, CONFIG.label(), ENV_FILE.name);
        return misused(&[format!("no file to check: name one, or set --{flag} or {variable} (also in --{other})")]);
    }
    Overview::with(flags, Fetching::default(), |overview| {
        let tools = overview.toolset.as_ref().map_or(0, count);
        let broken: Vec<_> = overview.broken.iter().map(|broken| broken.error.to_string()).collect();
        if !broken.is_empty() {
            return fail(&broken.join("\nerror: "));
        }
        let sources: Vec<_> = overview.sources.iter().map(|open| open.name.as_str()).collect();
        print(format!("right: {} ({}), {tools} tools\n", numbered(sources.len()), sources.join(", ")).as_bytes())
    })
}

fn numbered(sources: usize) -> String {
    if sources == 1 { "1 source".to_owned() } else { format!("{sources} sources") }
}
