//! The command line: what is asked for, carried out, and its exit status.

mod call;
mod doctor;
mod export;
mod sandbox;
mod tools;

use std::{
    env,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use rmcp::ServiceExt;
use tokio::runtime::{Builder, Runtime};

use crate::{
    call::Caller,
    config::{Mistake, Setting, Settings, UpstreamConfig, api_key_file, most_answer_tokens, variable},
    filter, logging,
    secrets::Secrets,
    server::Server,
    stdio,
    tools::DOCUMENT,
    toolset::Toolset,
    upstream::Upstream,
};

/// The exit status for a wrong configuration or command line, as `clap` has it.
const USAGE: u8 = 2;

/// What answers may still take after stdin has ended.
const LAST_ANSWERS: Duration = Duration::from_millis(700);

const EXAMPLES: &str = "\
Examples:
  fusionauth-mcp                                        serve MCP on stdin and stdout (a client starts it so)
  fusionauth-mcp tools user search                      the tools whose name or path has both words
  fusionauth-mcp --use-tools retrieve,search tools      the tools that only read
  fusionauth-mcp call retrieveUser email=a@example.com  one call from the shell
  fusionauth-mcp export kickstart --out kickstart.json  the configuration as code
  fusionauth-mcp doctor                                 what to do when it does not work
  fusionauth-mcp --sandbox call retrieveApplication     the same without a FusionAuth instance

Exit status: 0 done, 1 the call or the server failed, 2 wrong flags or configuration.";

/// The FusionAuth API as MCP tools. Not a product of FusionAuth.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Subcommand)]
enum Command {
    /// Serve MCP on stdin and stdout (the default)
    Stdio,
    /// List the tools that a client would see
    Tools(tools::Arguments),
    /// Call one tool and print its answer
    ///
    /// The answer's body goes to stdout, its first line (the HTTP status and what it means) to stderr.
    Call(call::Arguments),
    /// Write the configuration of an instance down as a Kickstart or as Terraform files
    ///
    /// Only reads. No secret is written: each is a variable, named on stderr with what is left out.
    Export(export::Arguments),
    /// Check configuration, instance and protocol, and say what to do about what does not work
    ///
    /// Nothing is written anywhere. Exit status 1 where something needs attention.
    Doctor(doctor::Arguments),
    /// Serve a simulated FusionAuth instance, for trying things out
    Sandbox(sandbox::Arguments),
    #[command(name = filter::COMMAND, hide = true)]
    EvaluateFilter,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Each flag stands for an environment variable, and wins over it.
#[derive(Args)]
#[command(next_help_heading = "Configuration (a flag wins over its environment variable)")]
struct Flags {
    /// The FusionAuth instance [env: API_BASE_URL] [default: http://localhost:9011]
    #[arg(long, value_name = "URL", global = true)]
    base_url: Option<String>,
    /// A file that holds the API key [env: API_KEY_APIKEYAUTH holds the key itself]
    #[arg(long, value_name = "FILE", global = true)]
    api_key_file: Option<PathBuf>,
    /// Buckets (create, delete, patch, update, retrieve, search, other, all) and tools to offer; -NAME leaves one out
    /// [env: USE_TOOLS] [default: all]
    #[arg(long, value_name = "LIST", global = true, allow_hyphen_values = true)]
    use_tools: Option<String>,
    /// The prefixes of tool names that make buckets [env: TOOL_BUCKETS] [default: create,delete,patch,update,retrieve,search]
    #[arg(long, value_name = "LIST", global = true)]
    tool_buckets: Option<String>,
    /// Only tools of these areas, such as user,group,application [env: TOOL_AREAS] [default: all]
    #[arg(long, value_name = "LIST", global = true)]
    tool_areas: Option<String>,
    /// `list` every tool, or `search`: three tools that find, describe and call the others [env: TOOL_MODE] [default: list]
    #[arg(long, value_name = "MODE", global = true)]
    tool_mode: Option<String>,
    /// What a listed tool tells of its body: `compact` or `full` [env: TOOL_SCHEMAS] [default: compact]
    #[arg(long, value_name = "DETAIL", global = true)]
    tool_schemas: Option<String>,
    /// Only tools that change nothing, whatever else is chosen [env: READ_ONLY] [default: false]
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    read_only: Option<String>,
    /// Show secrets in answers instead of a text in their place [env: REVEAL_SECRETS] [default: false]
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    reveal_secrets: Option<String>,
    /// Send this tenant with every call, and let no call choose one [env: FUSIONAUTH_TENANT_ID]
    #[arg(long, value_name = "UUID", global = true)]
    tenant_id: Option<String>,
    /// The time that a request may take: 30, 500ms, 2m [env: REQUEST_TIMEOUT] [default: 30s]
    #[arg(long, value_name = "TIME", global = true)]
    request_timeout: Option<String>,
    /// The largest answer that is read: 1048576, 16MiB [env: MAX_RESPONSE_BYTES] [default: 16MiB]
    #[arg(long, value_name = "BYTES", global = true)]
    max_response_bytes: Option<String>,
    /// The longest answer in tokens (o200k); what is longer is cut [env: MAX_ANSWER_TOKENS] [default: 20000]
    #[arg(long, value_name = "NUMBER", global = true)]
    max_answer_tokens: Option<String>,
    /// Give the JSON of answers as structured content too, with output schemas [env: STRUCTURED_OUTPUT] [default: false]
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    structured_output: Option<String>,
    /// Requests at a time; more wait [env: MAX_CONCURRENT_CALLS] [default: 32]
    #[arg(long, value_name = "NUMBER", global = true)]
    max_concurrent_calls: Option<String>,
    /// Instead of an instance, simulate one in this process: with the seed data, `empty`, or what a Kickstart file makes
    #[arg(long, value_name = "CONTENTS", global = true, num_args = 0..=1, require_equals = true, default_missing_value = "seed")]
    sandbox: Option<String>,
    /// Read more environment variables from a file of NAME=value lines; the environment itself wins
    #[arg(long, value_name = "FILE", global = true)]
    env_file: Option<PathBuf>,
    /// Say more on stderr; twice for more still [env: LOG or RUST_LOG, a level] [default: warn]
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
}

impl Flags {
    fn settings(self, mistakes: &mut Vec<Mistake>) -> Settings {
        let texts = [
            (variable::BASE_URL, "--base-url", self.base_url),
            (variable::USE_TOOLS, "--use-tools", self.use_tools),
            (variable::TOOL_BUCKETS, "--tool-buckets", self.tool_buckets),
            (variable::TOOL_AREAS, "--tool-areas", self.tool_areas),
            (variable::TOOL_MODE, "--tool-mode", self.tool_mode),
            (variable::TOOL_SCHEMAS, "--tool-schemas", self.tool_schemas),
            (variable::READ_ONLY, "--read-only", self.read_only),
            (variable::REVEAL_SECRETS, "--reveal-secrets", self.reveal_secrets),
            (variable::TENANT_ID, "--tenant-id", self.tenant_id),
            (variable::REQUEST_TIMEOUT, "--request-timeout", self.request_timeout),
            (variable::MAX_RESPONSE_BYTES, "--max-response-bytes", self.max_response_bytes),
            (variable::MAX_ANSWER_TOKENS, "--max-answer-tokens", self.max_answer_tokens),
            (variable::STRUCTURED_OUTPUT, "--structured-output", self.structured_output),
            (variable::MAX_CONCURRENT_CALLS, "--max-concurrent-calls", self.max_concurrent_calls),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(variable, flag, value)| Some((variable, Setting { value: value?, source: flag.to_owned() })));
        let key = self.api_key_file.and_then(|path| match api_key_file(&path) {
            Ok(setting) => Some((variable::API_KEY, setting)),
            Err(mistake) => {
                mistakes.push(mistake);
                None
            }
        });
        // A variable that is not UTF-8 cannot be one of ours.
        let environment =
            env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut settings = Settings::new(texts.chain(key), environment);
        if let Some(path) = self.env_file
            && let Err(mistake) = settings.read_file(&path)
        {
            mistakes.push(mistake);
        }
        settings
    }
}

/// Carries out the command line of this process.
pub fn run() -> ExitCode {
    let CommandLine { command, flags } = CommandLine::parse();
    if let Some(Command::Completions { shell }) = command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut CommandLine::command(), env!("CARGO_PKG_NAME"), &mut script);
        return print(&script);
    }
    if matches!(command, Some(Command::EvaluateFilter)) {
        filter::evaluate::run();
    }
    let (verbosity, sandbox) = (flags.verbose, flags.sandbox.clone());
    let mut mistakes = Vec::new();
    let settings = flags.settings(&mut mistakes);
    let log = settings.get(variable::LOG).or_else(|| settings.get("RUST_LOG"));
    mistakes.extend(logging::start(log.as_ref(), verbosity).err());
    let mut config = UpstreamConfig::read(&settings, &mut mistakes);
    let most_answer_tokens = most_answer_tokens(&settings, &mut mistakes);
    let toolset = Toolset::choose(&DOCUMENT, &settings, &mut mistakes);
    let secrets = Secrets::read(&DOCUMENT, &settings, &mut mistakes);
    if !mistakes.is_empty() {
        for mistake in &mistakes {
            eprintln!("error: {mistake}");
        }
        return ExitCode::from(USAGE);
    }
    let command = command.unwrap_or(Command::Stdio);
    if let Command::Tools(arguments) = command {
        return tools::run(&arguments, &toolset);
    }
    if let Command::Sandbox(arguments) = command {
        return with_runtime(|runtime| runtime.block_on(sandbox::run(&arguments)));
    }
    let upstream = match sandbox {
        Some(contents) => sandbox::instance(&contents).map(|instance| {
            sandbox::configure(&mut config);
            Upstream::sandbox(config.clone(), instance)
        }),
        None => Upstream::new(config.clone()),
    };
    let caller = match upstream {
        Ok(upstream) => Caller { document: &DOCUMENT, upstream, secrets: secrets.with_own(&config) },
        Err(error) => return fail(&error),
    };
    with_runtime(|runtime| match command {
        Command::Call(arguments) => runtime.block_on(call::run(&arguments, &toolset, &caller)),
        Command::Export(arguments) => runtime.block_on(export::run(arguments, &caller)),
        Command::Doctor(arguments) => {
            runtime.block_on(doctor::run(&arguments, toolset, caller, &config, most_answer_tokens))
        }
        _ => {
            announce(&toolset, &config);
            runtime.block_on(serve(Server::new(toolset, caller, most_answer_tokens)))
        }
    })
}

/// The one line that says on stderr what has started.
fn announce(toolset: &Toolset, config: &UpstreamConfig) {
    let key = if config.api_key.is_some() { "" } else { "; no API key, so calls that need one are refused" };
    let (version, count) = (env!("CARGO_PKG_VERSION"), toolset.operations().len());
    eprintln!("fusionauth-mcp {version}: {count} tools for {}{key}", config.base_url);
    if io::stdin().is_terminal() {
        eprintln!("An MCP client is expected on stdin; `fusionauth-mcp --help` says what else there is. Ctrl-C ends.");
    }
}

/// One thread: a proxy waits for the network most of its time, and hand-offs between threads cost more than they bring.
fn with_runtime(run: impl FnOnce(&Runtime) -> ExitCode) -> ExitCode {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}")),
    };
    let status = run(&runtime);
    // Neither a blocked read of stdin nor a call in flight keeps the process.
    runtime.shutdown_background();
    status
}

/// Serves until stdin ends or a signal comes.
async fn serve(server: Server) -> ExitCode {
    let (transport, stdin_ended) = stdio::open();
    let service = async {
        match server.serve(transport).await {
            Ok(running) => running.waiting().await.map(|_| ()).map_err(|error| error.to_string()),
            // The client left before it began.
            Err(_) if stdin_ended.is_cancelled() => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    };
    let too_late = async {
        stdin_ended.cancelled().await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        result = service => match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        },
        () = too_late => ExitCode::SUCCESS,
        () = asked_to_end() => ExitCode::SUCCESS,
    }
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            () = interrupted() => {}
        },
        Err(_) => interrupted().await,
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // No handler: the system ends the process by itself.
        std::future::pending::<()>().await;
    }
}

/// Says what is wrong with the command line.
fn misused(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(USAGE)
}

/// Says what failed.
fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}

/// Writes to stdout. A reader that has closed the pipe wants no more, which is no failure.
fn print(text: &[u8]) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&format!("stdout: {error}")),
        _ => ExitCode::SUCCESS,
    }
}
