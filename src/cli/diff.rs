//! `fusionauth-mcp diff`

use std::{cell::Cell, path::PathBuf, process::ExitCode};

use clap_complete::ArgValueCompleter;
use gateway::{composite::Progress, redact::one_line};

use super::{
    completions,
    digest_key::DigestKeyFile,
    flags::Flags,
    output::{misused, print},
    part::Part,
    progress::Bar,
    start::{Start, block_on},
};
use crate::{
    config::comparisons::{CURRENT, SANDBOX},
    fusionauth::{
        compare::{
            comparison::Comparison,
            open::{OpenError, Opener, Target},
            scope::{ScopeError, narrow},
        },
        export::snapshot::families::OPERATIONS,
    },
    logging::report,
};

const EXAMPLES: &str = "\
Examples:
  fusionauth-mcp diff current production.env                  two instances
  fusionauth-mcp diff current kickstart.json                  an instance and what a Kickstart makes
  fusionauth-mcp export snapshot --out before.json            and later:
  fusionauth-mcp diff before.json current --json              what has changed since then
  fusionauth-mcp diff current production.env --application 'Pied Piper'

Exit status: 0 nothing differs, 1 something differs, 2 wrong flags, configuration or files, 3 an instance could not be read.";

/// Something differs.
const DIFFERENT: u8 = 1;

/// An instance could not be read.
const UNREADABLE: u8 = 3;

/// What to compare.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArguments {
    /// `current`, `sandbox`, a name of COMPARE_WITH, or a file: environment file, Kickstart or snapshot
    #[arg(value_name = "A", add = ArgValueCompleter::new(completions::comparable))]
    a: String,
    /// The other side, given in the same way
    #[arg(value_name = "B", add = ArgValueCompleter::new(completions::comparable))]
    b: String,
    #[command(flatten)]
    part: Part,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    digest_key: DigestKeyFile,
}

/// Why two sides cannot be compared.
#[derive(Debug, thiserror::Error)]
enum DiffError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Scope(#[from] ScopeError),
}

/// Reads both sides, and prints what differs.
pub fn run(arguments: DiffArguments, flags: Flags) -> ExitCode {
    let is_started = Cell::new(false);
    let status = Start::with(flags, |start| {
        is_started.set(true);
        compare(&arguments, &start)
    });
    // A configuration that leads nowhere must not be taken for a difference.
    if status == ExitCode::FAILURE && !is_started.get() { ExitCode::from(UNREADABLE) } else { status }
}

fn compare(arguments: &DiffArguments, start: &Start) -> ExitCode {
    if let Err(error) = start.fusionauth("diff") {
        return misused(&[error]);
    }
    let digest_key = match arguments.digest_key.key() {
        Ok(key) => key,
        Err(error) => return misused(&[error]),
    };
    let session = start.session();
    let upstream = match session.upstream_for(OPERATIONS) {
        Ok(upstream) => upstream,
        Err(unknown) => return misused(&[unknown]),
    };
    let target = |name: &str| match name {
        CURRENT => Target::Current,
        SANDBOX => Target::Sandbox,
        name => Target::File(start.config.compare_with.get(name).cloned().unwrap_or_else(|| PathBuf::from(name))),
    };
    let bar = Bar::new();
    let step = |progress: Progress| bar.show(progress);
    block_on(async {
        let opener = Opener { current: &upstream, digest_key: digest_key.as_ref(), progress: &step };
        let compared = async {
            let (a, b) = (target(&arguments.a), target(&arguments.b));
            let (a, b) = opener.open_both((&arguments.a, &a), (&arguments.b, &b)).await?;
            let (a, b) = narrow(a, b, arguments.part.application.as_deref(), arguments.part.tenant.as_deref())?;
            Ok::<_, DiffError>(Comparison::of(&a, &b))
        };
        let compared = compared.await;
        bar.finish();
        match compared {
            Ok(comparison) => print_comparison(&comparison, arguments.json),
            // It may have names of objects in it.
            Err(DiffError::Open(error)) if !error.is_misuse() => {
                report(format_args!("error: {}\n", one_line(&error.to_string())));
                ExitCode::from(UNREADABLE)
            }
            Err(error) => misused(&[one_line(&error.to_string())]),
        }
    })
}

fn print_comparison(comparison: &Comparison, json: bool) -> ExitCode {
    let text = match json {
        true => format!("{:#}\n", comparison.json()),
        false => format!("{}{}\n", comparison.lists(), comparison.result()),
    };
    if print(text.as_bytes()) != ExitCode::SUCCESS {
        return ExitCode::from(UNREADABLE);
    }
    if comparison.is_same() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) }
}
