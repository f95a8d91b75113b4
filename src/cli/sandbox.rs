//! `fusionauth-mcp sandbox`, and the flag `--sandbox`

use std::{num::NonZeroU64, path::PathBuf, process::ExitCode, time::Duration};

use fusionauth_sandbox::{faults::Faults, installation::API_KEY, serve::Listening};

use super::{contents::instance, output::fail, start::block_on};
use crate::{
    config::{Config, given::time},
    fusionauth::tools::DOCUMENT,
    logging::report,
    serve::signals::asked_to_end,
};

/// What to simulate.
#[derive(clap::Args)]
pub struct SandboxArguments {
    /// The port of the loopback interface to listen on; 0 for any free port
    #[arg(long, default_value_t = 9011)]
    port: u16,
    /// Start with a new instance instead of the sample data
    #[arg(long, conflicts_with = "load")]
    empty: bool,
    /// Start with a new instance, and run a Kickstart file
    #[arg(long, value_name = "FILE")]
    load: Option<PathBuf>,
    /// Delay each response by this time: 200ms, 2s
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "0s")]
    latency: Duration,
    /// Return 500 for this percentage of the requests
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=100))]
    errors: u64,
    /// Never respond to requests whose path starts with this
    #[arg(long, value_name = "PATH", default_value = "")]
    hang: String,
    /// Return 429 for more requests per second than this; 0 for no limit
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    rate_limit: u64,
}

/// Serves until a signal comes.
pub fn run(arguments: &SandboxArguments, config: Config) -> ExitCode {
    block_on(serve(arguments, config))
}

async fn serve(arguments: &SandboxArguments, config: Config) -> ExitCode {
    let contents = match &arguments.load {
        Some(path) => path.display().to_string(),
        None if arguments.empty => "empty".to_owned(),
        None => "seed".to_owned(),
    };
    let instance = match instance(&contents, &config) {
        Ok(instance) => instance,
        Err(error) => return fail(&error),
    };
    let faults = Faults {
        latency: arguments.latency,
        error_percent: arguments.errors,
        hang_path: Some(arguments.hang.clone()).filter(|path| !path.is_empty()),
        max_requests_per_second: NonZeroU64::new(arguments.rate_limit),
    };
    let restart = Box::new(move || self::instance(&contents, &config).map_err(|error| error.to_string()));
    let listening = match Listening::on_port(arguments.port, instance, restart, faults).await {
        Ok(listening) => listening,
        Err(error) => return fail(&format_args!("port {}: {error}; choose another with --port", arguments.port)),
    };
    match listening.address() {
        Ok(address) => report(format_args!(
            "A SIMULATION of FusionAuth {} listens on http://{address}\nIts API key is {API_KEY}. All data is lost \
             when it stops (Ctrl-C).\n",
            DOCUMENT.version
        )),
        Err(error) => return fail(&error),
    }
    tokio::select! {
        result = listening.serve() => match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        },
        () = asked_to_end() => ExitCode::SUCCESS,
    }
}
