//! `fusionauth-mcp install`

use std::{
    env,
    fmt::Write as _,
    io::{self, IsTerminal},
    path::{Path, PathBuf, absolute},
    process::ExitCode,
};

use clap::builder::{PossibleValue, PossibleValuesParser};
use gateway::listing::list;
use secrecy::{ExposeSecret, SecretString};

use super::{
    confirmation,
    flags::Flags,
    output::{fail, misused, print},
    start::Choice,
};
use crate::{
    clients::{
        edit::{outcome::EditError, put, remove},
        file,
        launch::{Launch, Prompt},
        table::{CLIENTS, Client, Shape, key_folder},
    },
    config::{
        Config,
        given::{Given, Settings},
        secrets,
        settings::{
            API_KEY, BASE_URL, DRY_RUN, ENV_FILE, Flag, READ_ONLY, SANDBOX, SETTINGS, SOURCE, Setting, TOOL_MODE,
            USE_TOOLS, ValueKind,
        },
        sources::ChosenSource,
    },
    logging::report,
};

const PACKAGE: &str = env!("CARGO_PKG_NAME");

/// What stands for the key in a configuration that is printed without one.
const PLACEHOLDER: &str = "your-api-key";

/// What to install, and where.
#[derive(clap::Args)]
pub struct InstallArguments {
    /// The client. If it is left out, all clients are listed with their files
    #[arg(value_parser = clients())]
    client: Option<String>,
    /// Change this file instead of the user's, such as a project's
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// The server's name in the client. Choose different names for several instances
    #[arg(long, default_value = "fusionauth", value_parser = server_name)]
    name: String,
    /// Make the client start the server with npx
    #[arg(long)]
    npx: bool,
    /// Print the configuration to paste, and write nothing
    #[arg(long, conflicts_with_all = ["uninstall", "file", "yes"])]
    print: bool,
    /// Remove the server from the configuration
    #[arg(long)]
    uninstall: bool,
    /// Write without asking
    #[arg(long)]
    yes: bool,
}

/// Why nothing was installed.
#[derive(Debug, thiserror::Error)]
enum InstallError {
    #[error(
        "the folder of {0}'s configuration is not known, because there is no home folder; name the file with --file PATH"
    )]
    NoHome(&'static str),
    #[error("{}: {cause}", path.display())]
    File { path: PathBuf, cause: io::Error },
    #[error("{}: {cause}", path.display())]
    Edit { path: PathBuf, cause: EditError },
    #[error("the path of this program is not known: {0}")]
    NoProgram(io::Error),
    #[error("the API key cannot be asked for: {0}")]
    NoPrompt(io::Error),
    #[error("{0}")]
    Key(String),
    #[error(
        "there is no API key: name a file that contains it (--api-key-file FILE), or run this in a terminal to be asked for it"
    )]
    NoKey,
    #[error("there is no terminal to ask on; --yes writes without asking, and --dry-run shows what would be written")]
    NobodyToAsk,
    #[error("nothing was written")]
    Declined,
}

fn clients() -> PossibleValuesParser {
    PossibleValuesParser::new(CLIENTS.iter().map(|client| PossibleValue::new(client.name).help(client.title)))
}

/// Clients make names of tools with it, of which some take only these characters.
fn server_name(name: &str) -> Result<String, &'static str> {
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    if !name.is_empty() && name.len() <= 20 && name.chars().all(is_name) {
        Ok(name.to_owned())
    } else {
        Err("expected 1 to 20 letters, digits, - or _")
    }
}

/// Installs or removes the server.
pub fn run(arguments: &InstallArguments, flags: Flags) -> ExitCode {
    let Some(client) = arguments.client.as_deref().and_then(Client::named) else { return print_clients() };
    let is_chosen = |setting: &Setting| flags.given().iter().any(|(given, _)| given.name == setting.name);
    let flags = if is_chosen(&USE_TOOLS) || is_chosen(&READ_ONLY) { flags } else { flags.with(&READ_ONLY, "true") };
    Choice::with(flags.clone().settings_in([]), |choice| {
        let installed = if arguments.uninstall {
            uninstall(arguments, client, choice.config.safety.is_dry_run)
        } else {
            install(arguments, client, &flags, &choice)
        };
        match installed {
            Ok(()) => ExitCode::SUCCESS,
            Err(error @ (InstallError::NobodyToAsk | InstallError::NoKey)) => misused(&[error]),
            Err(error) => fail(&error),
        }
    })
}

/// All clients with their files, and whether this server is in them.
fn print_clients() -> ExitCode {
    let mut text = String::new();
    for client in &CLIENTS {
        let file = client.file();
        let state = match &file {
            Some(path) if path.exists() => "",
            _ => " (not there yet)",
        };
        let path = file.map_or_else(|| "no home folder".to_owned(), |path| path.display().to_string());
        // Writing to a String does not fail.
        let _ = writeln!(text, "{:15} {:18} {path}{state}", client.name, client.title);
    }
    print(text.as_bytes())
}

fn install(
    arguments: &InstallArguments,
    client: &'static Client,
    flags: &Flags,
    choice: &Choice,
) -> Result<(), InstallError> {
    let is_dry_run = choice.config.safety.is_dry_run;
    let has_fusionauth = choice.config.has_fusionauth();
    let key = if has_fusionauth { key(arguments, client, flags)? } else { Key::NotNeeded };
    let mut environment = variables(flags, &choice.config);
    let count = list(&choice.toolset).len();
    let has_mode = flags.given().iter().any(|(setting, _)| setting.name == TOOL_MODE.name);
    let is_too_long = client.max_tools.is_some_and(|limit| count > limit);
    if is_too_long && !has_mode {
        environment.push((TOOL_MODE.label().to_owned(), "search".to_owned()));
    }
    let (command, mut words) = command(arguments.npx)?;
    words.extend(flag_words(flags));
    let mut prompt = None;
    match &key {
        Key::NotNeeded => {}
        Key::File(path) | Key::New(path) => {
            words.extend(["--api-key-file".to_owned(), path.to_string_lossy().into_owned()]);
        }
        Key::Prompt(asked) => {
            environment.push((API_KEY.label().to_owned(), asked.reference()));
            prompt = Some(asked.clone());
        }
        Key::Placeholder => environment.push((API_KEY.label().to_owned(), PLACEHOLDER.to_owned())),
    }
    let launch = Launch { command, arguments: words, environment, prompt };
    let alone = |path: &Path| put(client, "", &arguments.name, &launch).map_err(|cause| edit_error(path, cause));
    if arguments.print {
        print(alone(Path::new(client.name))?.text.as_bytes());
        return Ok(());
    }
    let path = path(arguments, client)?;
    let before = file::read(&path).map_err(|cause| file_error(&path, cause))?;
    let edited = put(client, &before, &arguments.name, &launch).map_err(|cause| edit_error(&path, cause))?;
    if edited.text == before {
        report(format_args!("{}: `{}` is already installed with the same settings.\n", path.display(), arguments.name));
        return Ok(());
    }
    let verb = if edited.is_replaced { "changed" } else { "added" };
    let mut about = format!("{}: `{}` is {verb} in {}:\n\n", client.title, arguments.name, path.display());
    about.push_str(&alone(&path)?.text);
    about.push('\n');
    if flags.given().iter().any(|(setting, value)| setting.name == READ_ONLY.name && value == "true") {
        about.push_str("The server can only read. --read-only=false or --use-tools LIST allows more.\n");
    }
    if let Some(limit) = client.max_tools.filter(|_| is_too_long) {
        let and = if has_mode {
            "choose fewer with --use-tools"
        } else {
            "so only the three tools of search mode are listed"
        };
        about.push_str(&format!("{} accepts at most {limit} tools, and {count} are chosen: {and}.\n", client.title));
    }
    let dropped = if edited.is_replaced { dropped(&before, &edited.text) } else { Vec::new() };
    if !dropped.is_empty() {
        about.push_str(&format!("No longer set: {}. The whole entry is replaced.\n", dropped.join(", ")));
    }
    if let Key::New(path) = &key {
        about.push_str(&format!("The API key is stored in {}, which only you can read.\n", path.display()));
    }
    if is_dry_run {
        print(format!("{about}Nothing was written (--dry-run).\n").as_bytes());
        return Ok(());
    }
    if !arguments.yes && !has_terminal() {
        return Err(InstallError::NobodyToAsk);
    }
    confirm(arguments.yes, &about)?;
    if let Key::New(path) = &key
        && let Some(key) = asked_key(path)?
    {
        file::write_private(path, &format!("{}\n", key.expose_secret())).map_err(|cause| file_error(path, cause))?;
    }
    write(&path, &edited.text)?;
    report(format_args!("{}\n", client.next_step));
    Ok(())
}

/// The settings that a file names less often than before. Other servers of the file name what they named.
fn dropped(before: &str, after: &str) -> Vec<&'static str> {
    let count = |text: &str, setting: &Setting| {
        let flag = setting.flag_name().map(|flag| format!("\"--{flag}\""));
        let variable = setting.variable.map(str::to_owned);
        // A name that another one ends in or begins with is not this one.
        let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let names = [flag, variable].into_iter().flatten();
        let found = names.flat_map(|name| {
            let bytes = text.as_bytes();
            let ends: Vec<_> = text.match_indices(&name).map(|(at, found)| (at, at + found.len())).collect();
            ends.into_iter()
                .filter(|(start, end)| {
                    !is_part(start.checked_sub(1).and_then(|at| bytes.get(at))) && !is_part(bytes.get(*end))
                })
                .collect::<Vec<_>>()
        });
        found.count()
    };
    SETTINGS.into_iter().filter(|setting| count(before, setting) > count(after, setting)).map(Setting::label).collect()
}

fn uninstall(arguments: &InstallArguments, client: &'static Client, is_dry_run: bool) -> Result<(), InstallError> {
    let path = path(arguments, client)?;
    let before = file::read(&path).map_err(|cause| file_error(&path, cause))?;
    let after = remove(client, &before, &arguments.name).map_err(|cause| edit_error(&path, cause))?;
    let Some(after) = after else {
        report(format_args!("{}: there is no server `{}`.\n", path.display(), arguments.name));
        return Ok(());
    };
    let about = format!("{}: `{}` is removed from {}.\n", client.title, arguments.name, path.display());
    if is_dry_run {
        print(format!("{about}Nothing was written (--dry-run).\n").as_bytes());
        return Ok(());
    }
    if !arguments.yes && !has_terminal() {
        return Err(InstallError::NobodyToAsk);
    }
    confirm(arguments.yes, &about)?;
    write(&path, &after)?;
    if let Some(key) = own_key_file(&arguments.name).filter(|key| key.exists()) {
        report(format_args!("The API key is still in {}; delete it if no other client uses it.\n", key.display()));
    }
    report(format_args!("If {} is running, restart it to stop the server.\n", client.title));
    Ok(())
}

fn path(arguments: &InstallArguments, client: &'static Client) -> Result<PathBuf, InstallError> {
    arguments.file.clone().or_else(|| client.file()).ok_or(InstallError::NoHome(client.title))
}

fn file_error(path: &Path, cause: io::Error) -> InstallError {
    InstallError::File { path: path.to_owned(), cause }
}

fn edit_error(path: &Path, cause: EditError) -> InstallError {
    InstallError::Edit { path: path.to_owned(), cause }
}

fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn confirm(is_confirmed: bool, about: &str) -> Result<(), InstallError> {
    if is_confirmed {
        report(format_args!("{about}"));
        return Ok(());
    }
    confirmation::ask(about, &mut io::stdin().lock(), &mut io::stderr().lock()).map_err(|_| InstallError::Declined)
}

fn write(path: &Path, text: &str) -> Result<(), InstallError> {
    let backup = file::replace(path, text).map_err(|cause| file_error(path, cause))?;
    report(format_args!("Written: {}\n", path.display()));
    if let Some(backup) = backup {
        report(format_args!("Backup of the file: {}\n", backup.display()));
    }
    Ok(())
}

/// Where the API key is.
enum Key {
    /// A simulated instance has its own, and an environment file may have one.
    NotNeeded,
    /// In a file that is there.
    File(PathBuf),
    /// It is asked for here, and goes to this file.
    New(PathBuf),
    /// The client asks for it.
    Prompt(Prompt),
    /// Whoever pastes the configuration puts it in.
    Placeholder,
}

fn key(arguments: &InstallArguments, client: &Client, flags: &Flags) -> Result<Key, InstallError> {
    let given = |setting: &Setting| flags.given().iter().find(|(given, _)| given.name == setting.name);
    if let Some((_, path)) = given(&API_KEY) {
        return Ok(Key::File(absolute(path).map_err(|cause| file_error(Path::new(path), cause))?));
    }
    if given(&SANDBOX).is_some() || given(&ENV_FILE).is_some() {
        return Ok(Key::NotNeeded);
    }
    if client.shape == Shape::Prompting {
        let description = "FusionAuth API key".to_owned();
        return Ok(Key::Prompt(Prompt { id: format!("{}-api-key", arguments.name), description }));
    }
    if arguments.print {
        return Ok(Key::Placeholder);
    }
    let path = own_key_file(&arguments.name).ok_or(InstallError::NoHome(client.title))?;
    let is_dry_run = given(&DRY_RUN).is_some_and(|(_, value)| value != "false");
    match (has_terminal() || is_dry_run, path.exists()) {
        (true, _) => Ok(Key::New(path)),
        (false, true) => Ok(Key::File(path)),
        (false, false) => Err(InstallError::NoKey),
    }
}

/// Where the key of a server of that name is kept.
fn own_key_file(name: &str) -> Option<PathBuf> {
    key_folder().map(|folder| folder.join(format!("{name}.key")))
}

/// The key as typed, without an echo; `None` where the one that is there is to stay.
fn asked_key(path: &Path) -> Result<Option<SecretString>, InstallError> {
    let keep = if path.exists() { " (Enter keeps the stored one)" } else { "" };
    let typed = rpassword::prompt_password(format!("FusionAuth API key{keep}: ")).map_err(InstallError::NoPrompt)?;
    if typed.trim().is_empty() {
        return if path.exists() { Ok(None) } else { Err(InstallError::NoKey) };
    }
    checked_key(typed.trim()).map(Some)
}

/// A key, or why it is none.
fn checked_key(typed: &str) -> Result<SecretString, InstallError> {
    let given = Given { value: typed.to_owned(), source: "the API key".to_owned() };
    let mut settings = Settings::new([(API_KEY.name, given)], []);
    let key = secrets::read(&mut settings, &API_KEY);
    let faults: Vec<_> = settings.into_errors().iter().map(ToString::to_string).collect();
    key.ok_or_else(|| InstallError::Key(faults.join("; ")))
}

/// The program that a client starts, with its first arguments.
fn command(is_npx: bool) -> Result<(String, Vec<String>), InstallError> {
    let program = env::current_exe().map_err(InstallError::NoProgram)?;
    if !is_npx && !is_fleeting(&program) {
        return Ok((program.to_string_lossy().into_owned(), Vec::new()));
    }
    let npx = ["npx", "-y", PACKAGE].map(str::to_owned);
    // On Windows npx is a script, which not every client can start.
    let words: Vec<_> =
        if cfg!(windows) { ["cmd", "/c"].map(str::to_owned).into_iter().chain(npx).collect() } else { npx.into() };
    let mut words = words.into_iter();
    Ok((words.next().unwrap_or_default(), words.collect()))
}

/// Whether a package runner keeps the program for as long as it likes.
fn is_fleeting(program: &Path) -> bool {
    let mut parts = program.components().map(|part| part.as_os_str().to_string_lossy());
    parts.any(|part| part == "_npx" || part.starts_with("dlx"))
}

/// The variables of the settings that were given as flags. The address of FusionAuth is always among them.
fn variables(flags: &Flags, config: &Config) -> Vec<(String, String)> {
    let given = flags.given().iter().filter(|(setting, _)| {
        ![BASE_URL.name, DRY_RUN.name, SOURCE.name].contains(&setting.name)
            && !matches!(setting.flag, Flag::File { .. })
    });
    let mut variables: Vec<_> =
        given.filter_map(|(setting, value)| Some((setting.variable?.to_owned(), shown(setting, value)))).collect();
    let given = |name: &str| flags.given().iter().find(|(setting, _)| setting.name == name).map(|(_, value)| value);
    let own = config.has_fusionauth().then_some(&config.upstream.base_url);
    if let Some(base_url) = own.or(given(BASE_URL.name)).filter(|_| given(SANDBOX.name).is_none()) {
        variables.insert(0, (BASE_URL.label().to_owned(), base_url.to_owned()));
    }
    if given(SOURCE.name).is_some() {
        let words: Vec<_> = config.sources.iter().map(source_word).collect();
        variables.insert(0, (SOURCE.label().to_owned(), words.join(",")));
    }
    variables
}

/// The flags that were given and have no variable.
fn flag_words(flags: &Flags) -> Vec<String> {
    let mut words = Vec::new();
    for (setting, value) in flags.given().iter().filter(|(setting, _)| setting.variable.is_none()) {
        match setting.flag {
            Flag::Optional { missing, .. } if missing == value => words.push(format!("--{}", setting.name)),
            Flag::Optional { .. } => words.push(format!("--{}={}", setting.name, shown(setting, value))),
            _ => words.extend([format!("--{}", setting.name), shown(setting, value)]),
        }
    }
    if flags.verbosity() > 0 {
        words.push(format!("-{}", "v".repeat(flags.verbosity().into())));
    }
    words
}

/// A source as another process in another folder understands it.
fn source_word(ChosenSource { name, document }: &ChosenSource) -> String {
    document.as_ref().map_or_else(|| name.clone(), |place| format!("{name}={}", place.whole()))
}

/// A value as another process understands it: a client starts the server in another folder.
fn shown(setting: &Setting, value: &str) -> String {
    if setting.value == ValueKind::Paths {
        let paths = value.split(',').map(|path| absolute(path.trim()).unwrap_or_else(|_| PathBuf::from(path)));
        return paths.map(|path| path.to_string_lossy().into_owned()).collect::<Vec<_>>().join(",");
    }
    let is_path = setting.value == ValueKind::Path || setting.name == SANDBOX.name && Path::new(value).exists();
    let path = is_path.then(|| absolute(value).ok()).flatten();
    path.map_or_else(|| value.to_owned(), |path| path.to_string_lossy().into_owned())
}
