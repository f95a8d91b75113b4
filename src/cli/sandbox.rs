//! `fusionauth-mcp sandbox`, and the flag `--sandbox`

use std::{env, path::PathBuf, process::ExitCode, time::Duration};

use fusionauth_sandbox::{
    faults::Faults,
    instance::{API_KEY, Instance, built_in_variables},
    kickstart,
    serve::Listening,
};

use super::{asked_to_end, fail};
use crate::{config::UpstreamConfig, tools::DOCUMENT};

/// What to simulate.
#[derive(clap::Args)]
pub struct Arguments {
    /// The port of the loopback interface to listen on; 0 for any that is free
    #[arg(long, default_value_t = 9011)]
    port: u16,
    /// Begin with a new instance instead of the seed data
    #[arg(long, conflicts_with = "load")]
    empty: bool,
    /// Begin with a new instance, and carry out a Kickstart file
    #[arg(long, value_name = "FILE")]
    load: Option<PathBuf>,
    /// Answer so much later: 200ms, 2s
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "0s")]
    latency: Duration,
    /// Answer 500 to so many requests in a hundred
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=100))]
    errors: u64,
    /// Never answer requests whose path begins so
    #[arg(long, value_name = "PATH", default_value = "")]
    hang: String,
    /// Answer 429 to more requests than so many a second; 0 for no limit
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    rate_limit: u64,
}

/// Serves until a signal comes.
pub async fn run(arguments: &Arguments) -> ExitCode {
    let contents = match &arguments.load {
        Some(path) => path.display().to_string(),
        None if arguments.empty => "empty".to_owned(),
        None => "seed".to_owned(),
    };
    let instance = match instance(&contents) {
        Ok(instance) => instance,
        Err(error) => return fail(&error),
    };
    let faults = Faults {
        latency: arguments.latency,
        error_percent: arguments.errors,
        hang_path: arguments.hang.clone(),
        requests_a_second: arguments.rate_limit,
        ..Faults::default()
    };
    let listening = match Listening::on_port(arguments.port, instance, faults).await {
        Ok(listening) => listening,
        Err(error) => return fail(&format!("port {}: {error}; choose another with --port", arguments.port)),
    };
    match listening.address() {
        Ok(address) => eprintln!(
            "A SIMULATION of FusionAuth {} listens on http://{address}\nIts API key is {API_KEY}. Everything is gone \
             when it ends (Ctrl-C).",
            DOCUMENT.version
        ),
        Err(error) => return fail(&error.to_string()),
    }
    tokio::select! {
        result = listening.serve() => match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        },
        () = asked_to_end() => ExitCode::SUCCESS,
    }
}

/// An instance with the seed data (`seed`), a new one (`empty`), or one that a Kickstart file made.
pub fn instance(contents: &str) -> Result<Instance, String> {
    match contents {
        "seed" => Instance::seeded(&DOCUMENT),
        "empty" => Ok(Instance::empty(&DOCUMENT)),
        path => {
            let kickstart = kickstart::read(path.as_ref(), &|name| env::var(name).ok(), &built_in_variables())
                .map_err(|error| format!("{path}: {error}"))?;
            let instance = Instance::empty(&DOCUMENT);
            if let Some(id) = &kickstart.default_tenant_id {
                instance.rename_default_tenant(id);
            }
            for key in &kickstart.api_keys {
                instance.add_api_key(key);
            }
            instance.carry_out(&kickstart.steps).map_err(|error| format!("{path}: {error}"))?;
            Ok(instance)
        }
    }
}

/// The configuration for an instance in this process: a key of another instance would be refused.
pub fn configure(config: &mut UpstreamConfig) {
    config.base_url = "the sandbox (a simulation)".to_owned();
    config.api_key = Some(API_KEY.to_owned().into());
}
