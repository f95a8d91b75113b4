//! `fusionauth-mcp completions`, and the answers to the scripts that it prints.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use clap::{Command, ValueEnum};
use clap_complete::{
    CompletionCandidate, PathCompleter,
    engine::ValueCompleter as _,
    env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh},
};
use gateway::{guide::arguments::Lookup, listing, toolset::Toolset};
use serde_json::Value;

use super::{
    flags::Flags,
    output::{fail, print},
    start::{Choice, block_on},
};
use crate::{
    config::{
        comparisons::{CURRENT, SANDBOX},
        settings::{MAX_TRIES, REQUEST_TIMEOUT},
    },
    fusionauth::{
        guides::{APPLICATION, TENANT},
        tools::DOCUMENT,
    },
};

/// The variable by which a script asks; its value is the shell.
const VARIABLE: &str = "FUSIONAUTH_MCP_COMPLETE";

const PROGRAM: &str = env!("CARGO_PKG_NAME");

/// How long the instance may take: somebody waits at the prompt.
const PATIENCE: &str = "1s";

/// Names of the instance that are offered at most.
const MAX_NAMES: usize = 50;

/// A shell.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash
    Bash,
    /// Elvish
    Elvish,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// Zsh
    Zsh,
}

impl Shell {
    fn completer(self) -> &'static dyn EnvCompleter {
        match self {
            Self::Bash => &Bash,
            Self::Elvish => &Elvish,
            Self::Fish => &Fish,
            Self::Powershell => &Powershell,
            Self::Zsh => &Zsh,
        }
    }
}

/// Prints the script for a shell. It asks this program each time.
pub fn print_script(shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    match shell.completer().write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script) {
        Ok(()) => print(&script),
        Err(error) => fail(&error),
    }
}

/// Answers a script that asks; `None` where none does.
pub fn answer(command: impl FnOnce() -> Command) -> Option<ExitCode> {
    let shell = asking_shell()?;
    let mut candidates = Vec::new();
    let folder = env::current_dir().ok();
    let written = shell.completer().write_complete(&mut command(), typed(), folder.as_deref(), &mut candidates);
    Some(match written {
        Ok(()) => print(&candidates),
        // A shell shows nothing better than nothing.
        Err(_) => ExitCode::FAILURE,
    })
}

fn asking_shell() -> Option<Shell> {
    Shell::from_str(&env::var(VARIABLE).ok()?, false).ok()
}

/// The words on the command line that is completed.
fn typed() -> Vec<OsString> {
    env::args_os().skip_while(|word| word != "--").skip(1).collect()
}

/// What is chosen by the flags on the command line that is completed, and by the environment.
fn with_choice<T: Default>(run: impl FnOnce(&Choice) -> T) -> T {
    let words: Vec<_> = typed().into_iter().filter_map(|word| word.into_string().ok()).collect();
    let flags = Flags::scan(&words).with(&REQUEST_TIMEOUT, PATIENCE).with(&MAX_TRIES, "1");
    Choice::quiet(flags.settings()).map(|choice| run(&choice)).unwrap_or_default()
}

/// The names of tools. Where the configuration is wrong, those of all tools.
pub fn tools() -> Vec<CompletionCandidate> {
    let candidate = |name: &str, title: Option<String>| CompletionCandidate::new(name).help(title.map(Into::into));
    let offered = with_choice(|choice| {
        let mut listed = listing::callables(&choice.toolset);
        listed.extend(
            listing::list(&choice.toolset).into_iter().filter(|listed| choice.toolset.callable(listed.name).is_none()),
        );
        listed.sort_by_key(|listed| listed.name);
        listed.into_iter().map(|listed| candidate(listed.name, listed.title)).collect::<Vec<_>>()
    });
    if offered.is_empty() {
        let all = DOCUMENT.operations.iter();
        return all.map(|operation| candidate(operation.name, operation.title.map(str::to_owned))).collect();
    }
    offered
}

/// The areas that have tools.
pub fn areas() -> Vec<CompletionCandidate> {
    let mut areas: Vec<_> = DOCUMENT.operations.iter().map(|operation| operation.area).collect();
    areas.sort_unstable();
    areas.dedup();
    areas.into_iter().map(CompletionCandidate::new).collect()
}

/// The arguments of the tool that is called, as `name=`.
pub fn arguments(current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy().into_owned();
    let words: Vec<_> = typed().into_iter().filter_map(|word| word.into_string().ok()).collect();
    let tool = words.iter().skip_while(|word| *word != "call").skip(1).find(|word| !word.starts_with('-'));
    let Some(tool) = tool else { return Vec::new() };
    with_choice(|choice| {
        let names = argument_names(&choice.toolset, tool).into_iter().filter(|name| name.starts_with(&current));
        names.map(CompletionCandidate::new).collect()
    })
}

fn argument_names(toolset: &Toolset, tool: &str) -> Vec<String> {
    let listed = listing::callables(toolset).into_iter().find(|listed| listed.name == tool);
    let schema = listed.map(|listed| listed.input_schema).unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    let name = |(name, schema): (&String, &Value)| {
        // A dot leads into an object.
        let sign = if schema.get("type").is_some_and(|kind| kind == "object") { '.' } else { '=' };
        format!("{name}{sign}")
    };
    properties.into_iter().flatten().map(name).collect()
}

/// The names of the instance's applications, where it answers fast.
pub fn applications(current: &OsStr) -> Vec<CompletionCandidate> {
    names(&APPLICATION, current)
}

/// The names of the instance's tenants, where it answers fast.
pub fn tenants(current: &OsStr) -> Vec<CompletionCandidate> {
    names(&TENANT, current)
}

/// What can be compared: what is always there, what the operator named, and files.
pub fn comparable(current: &OsStr) -> Vec<CompletionCandidate> {
    let named = with_choice(|choice| choice.config.compare_with.keys().cloned().collect::<Vec<_>>());
    let names = [CURRENT, SANDBOX].into_iter().map(str::to_owned).chain(named);
    let typed = current.to_string_lossy();
    let names = names.filter(|name| name.starts_with(&*typed)).map(CompletionCandidate::new);
    names.chain(PathCompleter::file().complete(current)).collect()
}

fn names(lookup: &'static Lookup, current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy().into_owned();
    with_choice(|choice| {
        let session = choice.session();
        let mut names = Vec::new();
        block_on(async {
            let asked = session.ask(lookup.operation, (lookup.arguments)(&current, MAX_NAMES)).await;
            let body: Value = asked
                .ok()
                .and_then(|answer| serde_json::from_str(answer.json().filter(|_| !answer.is_error)?).ok())
                .unwrap_or_default();
            let objects = body.get(lookup.list).and_then(Value::as_array).into_iter().flatten();
            let named = objects.filter_map(|object| {
                lookup.properties.iter().find_map(|property| object.get(property)?.as_str().map(str::to_owned))
            });
            let typed = current.to_lowercase();
            names = named.filter(|name| name.to_lowercase().starts_with(&typed)).collect();
            ExitCode::SUCCESS
        });
        names.into_iter().map(|name| CompletionCandidate::new(quoted(&name))).collect()
    })
}

/// A word as the shell wants it: Bash puts it on the command line as it is.
fn quoted(name: &str) -> String {
    if asking_shell() != Some(Shell::Bash) {
        return name.to_owned();
    }
    let mut text = String::new();
    for sign in name.chars() {
        if !(sign.is_alphanumeric() || "-_./@:+".contains(sign)) {
            text.push('\\');
        }
        text.push(sign);
    }
    text
}
