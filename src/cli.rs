//! The command line: what is asked for, carried out, and its exit status.

mod call;
mod callers;
mod candidates;
mod completions;
mod config;
mod confirmation;
mod contents;
mod costs;
mod credentials;
mod diff;
mod digest_key;
mod doctor;
mod export;
mod filters;
mod flags;
mod inspect;
mod install;
mod key;
mod keys;
mod output;
mod part;
mod progress;
mod safety;
mod sandbox;
mod serve;
mod snapshot;
mod sources;
mod start;
mod stdio;
mod store;
mod summary;
mod tools;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_mangen::Man;

use self::{
    completions::Shell,
    flags::{Flags, ServerFlags},
    start::Start,
};

const EXAMPLES: &str = "\
Examples:
  fusionauth-mcp                                        serve MCP on stdin and stdout
  fusionauth-mcp keys create --name anna --scopes '*'   a key for a caller of a server
  fusionauth-mcp serve                                  serve MCP over HTTP to callers with keys
  fusionauth-mcp tools user search                      the tools whose name or path has both words
  fusionauth-mcp tools show createUser                  all arguments of a tool, and an example
  fusionauth-mcp --use-tools retrieve,search tools      the tools that only read
  fusionauth-mcp call retrieveUser email=a@example.com  one call from the shell
  fusionauth-mcp export kickstart --out kickstart.json  the configuration as code
  fusionauth-mcp diff current production.env            what differs between two instances
  fusionauth-mcp install cursor                         add this server to a client's configuration
  fusionauth-mcp key plan                               the permissions that an API key needs
  fusionauth-mcp doctor                                 find out why something does not work
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
    /// Serve MCP over HTTP, at /mcp, for several people
    ///
    /// It ends on SIGTERM or Ctrl-C, when the calls in progress are done or --drain-timeout is over. /health/live and
    /// /health/ready are for probes.
    Serve(ServerFlags),
    /// Create, list, rotate and revoke the keys of a server's callers
    ///
    /// A server that is running takes a new key at once, and refuses a revoked one within seconds.
    Keys(keys::KeysArguments),
    /// Add, list and delete the callers of a server, who own its keys
    Callers(callers::CallersArguments),
    /// Keep, list and forget what callers of a server send upstream as their own
    ///
    /// They are sealed in the store. A server that is running uses a new one within seconds.
    Credentials(credentials::CredentialsArguments),
    /// List the tools that a client would see
    Tools(tools::ToolsArguments),
    /// Call one tool and print its answer
    ///
    /// The answer's body goes to stdout, its first line (the HTTP status and what it means) to stderr.
    Call(call::CallArguments),
    /// Export the configuration of an instance as a Kickstart, as Terraform files or as a snapshot
    ///
    /// Changes nothing in the instance. Secrets are not written: each becomes a variable. stderr lists these, and what is
    /// left out.
    Export(export::ExportArguments),
    /// Show what differs between two instances
    ///
    /// Only reads. A and B are each `current` (the configured instance), `sandbox` (the simulation with sample data), a name of
    /// COMPARE_WITH, or a file: an environment file of another instance, a Kickstart file, or a snapshot that `export
    /// snapshot` wrote. Exit status: 0 nothing differs, 1 something differs, 2 wrong flags, configuration or files, 3 an
    /// instance could not be read.
    Diff(diff::DiffArguments),
    /// Check the configuration, the instance and the protocol, and say how to fix problems
    ///
    /// Changes nothing. The exit status is 1 if something needs attention.
    Doctor(doctor::DoctorArguments),
    /// Add this server to an MCP client's configuration, or remove it
    ///
    /// The client gets the settings that you give as flags, such as --base-url and --use-tools; variables of this shell are
    /// ignored. Unless you choose tools, the server can only read. A backup of the file is kept beside it, and everything
    /// else in it stays as it is, including comments. With --dry-run, nothing is written.
    Install(install::InstallArguments),
    /// Print the permissions that an API key needs for the chosen tools, or create such a key
    Key(key::KeyArguments),
    /// Serve a simulated FusionAuth instance to try things out
    ///
    /// For tests: POST /.sandbox/reset restores the initial state of the instance (a Kickstart file is read again), and GET
    /// /.sandbox/dump returns everything that it holds. Both need its API key in the header Authorization.
    Sandbox(sandbox::SandboxArguments),
    /// List the sources: document, address, operations, tools, credentials and filters
    ///
    /// Nothing is sent, and no secret is printed. The exit status is 1 if a source cannot be used.
    Sources(sources::SourcesArguments),
    /// Show the tools that an OpenAPI document makes, their tokens, what is left out and why
    Inspect(inspect::InspectArguments),
    /// Check configuration files, or print their JSON Schema
    Config(config::ConfigArguments),
    #[command(name = gateway::filter::worker::COMMAND, hide = true)]
    EvaluateFilters,
    /// Print a completion script for a shell
    ///
    /// Bash: source <(fusionauth-mcp completions bash) in ~/.bashrc. Zsh: the same with zsh, in ~/.zshrc after compinit.
    /// fish: fusionauth-mcp completions fish | source in ~/.config/fish/config.fish.
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the man page (roff)
    Man,
}

/// Carries out the command line of this process.
pub fn run() -> ExitCode {
    if let Some(status) = completions::answer(CommandLine::command) {
        return status;
    }
    let CommandLine { command, flags } = CommandLine::parse();
    match command.unwrap_or(Command::Stdio) {
        Command::Completions { shell } => completions::print_script(shell),
        Command::Man => print_man_page(),
        Command::Sources(arguments) => sources::run(&arguments, flags),
        Command::Config(arguments) => config::run(&arguments, flags),
        Command::Inspect(arguments) => inspect::run(&arguments, flags),
        Command::EvaluateFilters => filters::run(),
        Command::Stdio => Start::with(flags, stdio::run),
        Command::Serve(server) => Start::with_server(flags.and(server), serve::run),
        Command::Keys(arguments) => keys::run(arguments, flags),
        Command::Callers(arguments) => callers::run(arguments, flags),
        Command::Credentials(arguments) => credentials::run(arguments, flags),
        Command::Tools(arguments) => Start::with(flags, |start| tools::run(&arguments, &start)),
        Command::Call(arguments) => Start::with(flags, |start| call::run(&arguments, start)),
        Command::Export(arguments) => Start::with(flags, |start| export::run(arguments, start)),
        Command::Diff(arguments) => diff::run(arguments, flags),
        Command::Install(arguments) => install::run(&arguments, flags),
        Command::Doctor(arguments) => Start::with(flags, |start| doctor::run(&arguments, start)),
        Command::Key(arguments) => Start::with(flags, |start| key::run(&arguments, start)),
        Command::Sandbox(arguments) => Start::with(flags, |start| sandbox::run(&arguments, start.config)),
    }
}

fn print_man_page() -> ExitCode {
    let mut page = Vec::new();
    match Man::new(CommandLine::command()).render(&mut page) {
        Ok(()) => output::print(&page),
        Err(error) => output::fail(&error),
    }
}
