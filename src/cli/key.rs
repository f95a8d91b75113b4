//! `fusionauth-mcp key`

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    io::{self, IsTerminal, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime},
};

use clap::{Subcommand, ValueEnum};
use gateway::{
    call::{arguments::JsonObject, explain},
    composite::no_progress,
    generate,
    session::Session,
    toolset::{
        Toolset,
        selection::{Origin, Selection, Words},
    },
};
use openapi_tools::model::operation::Method;
use serde_json::{Value, json};
use tokio::runtime::Builder;

use super::{
    confirmation::{self, Terminal},
    output::{fail, misused, print},
    start::Start,
};
use crate::{
    clients::{file, table::key_folder},
    config::{
        given::time,
        settings::{API_KEY, USE_TOOLS},
    },
    fusionauth::permissions::{Endpoints, needed, needs_key_manager},
    logging::report,
};

/// The tool that makes the key.
const TOOL: &str = "createAPIKey";

/// The tool that says whether an instance is there.
const STATUS: &str = "retrieveStatus";

/// Methods in the order in which FusionAuth's own page shows them.
const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];

/// What to do about keys.
#[derive(clap::Args)]
pub struct KeyArguments {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Print the permissions that an API key needs for the chosen tools
    ///
    /// They are printed as a list to tick in FusionAuth (Settings, API Keys), or in the format of the API. No instance is
    /// needed.
    Plan {
        /// How to print them
        #[arg(long, value_enum, default_value_t = PlanFormat::List)]
        format: PlanFormat,
    },
    /// Create an API key that may call the chosen tools and nothing else
    ///
    /// The API key that is set creates it, so that key has to be a key manager. The value of the new key is written to a file
    /// that only you can read, and is not shown anywhere.
    Create(CreateArguments),
}

#[derive(Clone, Copy, ValueEnum)]
enum PlanFormat {
    /// One endpoint per line, with its methods
    List,
    /// The property `permissions` of an API key
    Json,
}

#[derive(clap::Args)]
struct CreateArguments {
    /// The name of the key in FusionAuth. No other key may have it
    #[arg(long, default_value = env!("CARGO_PKG_NAME"))]
    name: String,
    /// A new file for the value of the key. The default is the file in which `install` looks for a key
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// How long the key is valid: 90d, 12h
    #[arg(long, value_name = "TIME", value_parser = time)]
    expires_in: Option<Duration>,
    /// Create it without asking
    #[arg(long)]
    yes: bool,
}

/// Prints a plan or makes a key.
pub fn run(arguments: &KeyArguments, start: Start) -> ExitCode {
    if let Err(error) = start.fusionauth("key") {
        return misused(&[error]);
    }
    let endpoints = needed(&start.toolset);
    if endpoints.is_empty() {
        return misused(&[format!("none of the chosen tools needs an API key ({})", USE_TOOLS.label())]);
    }
    match &arguments.command {
        KeyCommand::Plan { format: PlanFormat::Json } => print(format!("{:#}\n", permissions(&endpoints)).as_bytes()),
        KeyCommand::Plan { format: PlanFormat::List } => {
            let text = format!("{}{}", list(&endpoints), manager_note(&start.toolset).unwrap_or_default());
            print(text.as_bytes())
        }
        KeyCommand::Create(arguments) => create(arguments, &start, &endpoints),
    }
}

/// As the API takes them.
fn permissions(endpoints: &Endpoints) -> Value {
    json!({ "endpoints": endpoints })
}

/// As FusionAuth's own page has them: a row for each endpoint, a column for each method.
fn list(endpoints: &Endpoints) -> String {
    let width = endpoints.keys().map(String::len).max().unwrap_or_default();
    let mut text = format!("{:width$}", "endpoint");
    for method in METHODS {
        text.push_str(&format!("  {}", method.as_str()));
    }
    text.push('\n');
    for (endpoint, methods) in endpoints {
        let mut line = format!("{endpoint:width$}");
        for method in METHODS.map(Method::as_str) {
            let (mark, width) = (if methods.contains(method) { "x" } else { "" }, method.len());
            line.push_str(&format!("  {mark:^width$}"));
        }
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let count: usize = endpoints.values().map(BTreeSet::len).sum();
    let _ = writeln!(text, "{} endpoints, {count} permissions", endpoints.len());
    text
}

/// What no permission is enough for.
fn manager_note(toolset: &Toolset) -> Option<String> {
    let tools = toolset.tools().iter().filter(|tool| needs_key_manager(tool.operation)).map(|tool| tool.name());
    let names: Vec<_> = tools.collect();
    (!names.is_empty()).then(|| {
        format!(
            "These tools also need a key with the setting \"Key manager\", which can only be set in FusionAuth's admin UI: {}. \
             If you do not need them, leave them out with {}=-{}.\n",
            names.join(", "),
            USE_TOOLS.label(),
            names.join(",-")
        )
    })
}

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
enum CreateError {
    #[error("the folder for the file is not known, because there is no home folder; name the file with --out FILE")]
    NoHome,
    #[error("{}: {cause}", path.display())]
    File { path: PathBuf, cause: io::Error },
    #[error("{} already exists; move it away, or name another file with --out FILE", .0.display())]
    IsThere(PathBuf),
    #[error("there is no terminal to ask on; --yes creates the key without asking")]
    NobodyToAsk,
    #[error(
        "--sandbox ends with this command, and the key with it; to try the command out, name a file with --out FILE"
    )]
    Simulated,
    #[error("--expires-in: that is later than FusionAuth can store")]
    TooLate,
    #[error("no key was created")]
    Declined,
    #[error(transparent)]
    NoRandomness(#[from] generate::NoRandomness),
    #[error("no runtime: {0}")]
    NoRuntime(io::Error),
    #[error("{0}")]
    Refused(String),
    #[error("{headline}\nIt is not known whether the key was created. Its value is kept in {}.", path.display())]
    Unknown { headline: String, path: PathBuf },
}

fn create(arguments: &CreateArguments, start: &Start, endpoints: &Endpoints) -> ExitCode {
    match try_create(arguments, start, endpoints) {
        Ok(()) => ExitCode::SUCCESS,
        Err(
            error @ (CreateError::NobodyToAsk
            | CreateError::NoHome
            | CreateError::IsThere(_)
            | CreateError::Simulated
            | CreateError::TooLate),
        ) => misused(&[error]),
        Err(error) => fail(&error),
    }
}

fn try_create(arguments: &CreateArguments, start: &Start, endpoints: &Endpoints) -> Result<(), CreateError> {
    let is_dry_run = start.config.safety.is_dry_run;
    let path = match &arguments.out {
        Some(path) => path.clone(),
        // `install` would give a client the key of an instance that is gone.
        None if start.config.sandbox.is_some() => return Err(CreateError::Simulated),
        None => key_folder().ok_or(CreateError::NoHome)?.join("fusionauth.key"),
    };
    if path.exists() {
        return Err(CreateError::IsThere(path));
    }
    let about = format!(
        "{}The API key \"{}\" is created in {} with these permissions. Its value is written to {}.\n{}",
        list(endpoints),
        arguments.name,
        start.config.upstream.base_url,
        path.display(),
        manager_note(&start.toolset).unwrap_or_default()
    );
    if !arguments.yes && !is_dry_run {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err(CreateError::NobodyToAsk);
        }
        confirmation::ask(&about, &mut io::stdin().lock(), &mut io::stderr().lock())
            .map_err(|_| CreateError::Declined)?;
    }
    let session = session(start)?;
    // Where it cannot be reached, nothing has to be undone.
    block_on_value(check_reachable(&session))??;
    let value = generate::secret()?;
    let mut key = json!({
        "name": arguments.name,
        "key": value,
        "retrievable": false,
        "permissions": permissions(endpoints),
        "metaData": { "attributes": { "description": "Created by fusionauth-mcp for the chosen tools" } },
    });
    if let (Some(time), Some(key)) = (arguments.expires_in, key.as_object_mut()) {
        key.insert("expirationInstant".to_owned(), json!(expiration(time)?));
    }
    // Before anything is made: a key whose value nobody has is of no use.
    if !is_dry_run {
        write_new(&path, &value)?;
    }
    let id = match block_on_value(send(start, &session, key))? {
        Ok(id) => id,
        Err(error @ CreateError::Unknown { .. }) => return Err(with_path(error, path)),
        Err(error) => {
            let _ = fs::remove_file(&path);
            return Err(error);
        }
    };
    if is_dry_run {
        return Ok(());
    }
    report(format_args!(
        "Created the API key \"{}\" ({id}) with {} endpoints. FusionAuth may refuse it during its first minute.\n\
         Its value is in {path}, which only you can read. Use it with --api-key-file, or: {} install CLIENT --api-key-file {path}\n",
        arguments.name,
        endpoints.len(),
        env!("CARGO_PKG_NAME"),
        path = shown(&path),
    ));
    Ok(())
}

/// The instant at which a key of that age ends, in milliseconds.
fn expiration(time: Duration) -> Result<i64, CreateError> {
    let expires = SystemTime::now().checked_add(time).ok_or(CreateError::TooLate)?;
    let instant = expires.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    i64::try_from(instant).map_err(|_| CreateError::TooLate)
}

/// A path as one word of a command line.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text }
}

fn with_path(error: CreateError, path: PathBuf) -> CreateError {
    match error {
        CreateError::Unknown { headline, .. } => CreateError::Unknown { headline, path },
        error => error,
    }
}

fn write_new(path: &Path, value: &str) -> Result<(), CreateError> {
    let failed = |cause| CreateError::File { path: path.to_owned(), cause };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = file::create(path).map_err(failed)?;
    file.write_all(format!("{value}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// A session with the tools that make a key. The chosen tools are what the new key is for, the present key makes it.
fn session(start: &Start) -> Result<Session, CreateError> {
    let origin = Origin { source: "key create".to_owned(), typed: TOOL.to_owned() };
    let words = [TOOL, STATUS].map(str::to_owned).to_vec();
    let selection = Selection { tools: Some(Words { words, origin }), ..Selection::default() };
    let fusionauth = start.fusionauth("key").map_err(CreateError::Refused)?;
    let toolset = Toolset::choose(vec![Arc::clone(fusionauth)], &selection, start.config.presentation);
    match toolset {
        Ok(toolset) => Ok(start.session_with(Arc::new(toolset))),
        Err(errors) => Err(CreateError::Refused(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))),
    }
}

async fn check_reachable(session: &Session) -> Result<(), CreateError> {
    let Err(error) = session.ask(STATUS, JsonObject::new()).await else { return Ok(()) };
    let headline = match session.toolset().tool(STATUS) {
        Some(tool) => explain::failed(tool.operation, &tool.source, &error).headline,
        None => error.to_string(),
    };
    Err(CreateError::Refused(headline))
}

/// Sends the key and returns its id. A dry run prints the request.
async fn send(start: &Start, session: &Session, key: Value) -> Result<String, CreateError> {
    let mut arguments = JsonObject::new();
    arguments.insert("requestBody".to_owned(), json!({ "apiKey": key }));
    let terminal = Terminal { is_confirmed: true };
    let answer = match session.call(TOOL, arguments, &no_progress, &terminal).await {
        Ok(answer) => answer,
        Err(unknown) => return Err(CreateError::Refused(unknown.to_string())),
    };
    if answer.is_error {
        return Err(match answer.status {
            Some(401) => CreateError::Refused(format!(
                "{}\nOnly a key manager may create API keys: set {} to the value of one for this command. You can create it \
                 in FusionAuth: Settings, API Keys, \"Key manager\".",
                answer.headline,
                API_KEY.label()
            )),
            Some(_) => CreateError::Refused(answer.headline),
            None => CreateError::Unknown { headline: answer.headline, path: PathBuf::new() },
        });
    }
    if start.config.safety.is_dry_run {
        report(format_args!("{}\n", answer.headline));
        print(format!("{}\n", answer.body_text()).as_bytes());
    }
    let body: Value = answer.json().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    Ok(body.pointer("/apiKey/id").and_then(Value::as_str).unwrap_or_default().to_owned())
}

fn block_on_value<T>(run: impl Future<Output = T>) -> Result<T, CreateError> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(CreateError::NoRuntime)?;
    Ok(runtime.block_on(run))
}
