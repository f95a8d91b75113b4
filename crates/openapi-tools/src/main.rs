//! `openapi-tools distil`: keeps the project's copy of an OpenAPI document.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use openapi_tools::load::{difference::Difference, distil::distil, fault::Fault, source};
use serde_json::Value;

/// Tools for the OpenAPI document that fusionauth-mcp is generated from.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take the facts of a published OpenAPI document, and say what is new, changed and gone.
    ///
    /// Paths, methods, names and types are kept, with sorted keys; descriptions, examples and servers are left out.
    /// Nothing is written when the document breaks OpenAPI 3.0.3.
    Distil {
        /// The published document, in YAML or JSON
        document: PathBuf,
        /// The file that holds the facts
        #[arg(long, default_value = "openapi/fusionauth.json")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let Command::Distil { document, out } = Arguments::parse().command;
    match run(&document, &out) {
        Ok(report) => {
            // A closed pipe is the reader's choice, not a failure.
            let _ = io::stdout().write_all(report.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Why nothing was distilled.
#[derive(Debug, thiserror::Error)]
enum DistilError {
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    /// The published document breaks its rules.
    #[error("{}: {fault}", path.display())]
    Document { path: PathBuf, fault: Fault },
    /// The file that holds the facts is not JSON.
    #[error("{}: {error}", path.display())]
    Facts { path: PathBuf, error: serde_json::Error },
}

fn run(document: &Path, out: &Path) -> Result<String, DistilError> {
    let file = |path: &Path, error| DistilError::File { path: path.to_owned(), error };
    let broken = |fault| DistilError::Document { path: document.to_owned(), fault };
    let text = fs::read_to_string(document).map_err(|error| file(document, error))?;
    let distilled = distil(&source::from_yaml(&text).map_err(broken)?);
    source::parse(&distilled.document).map_err(broken)?;
    let before = match fs::read_to_string(out) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| DistilError::Facts { path: out.to_owned(), error })?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Value::Null,
        Err(error) => return Err(file(out, error)),
    };
    let mut report: String = distilled.unknown.iter().map(|path| format!("left out {path}\n")).collect();
    report.push_str(&Difference::between(&before, &distilled.document).to_string());
    write(out, &distilled.document).map_err(|error| file(out, error))?;
    Ok(report)
}

/// Writes beside the file first, so that a failure leaves the old one whole.
fn write(out: &Path, document: &Value) -> io::Result<()> {
    let unfinished = out.with_extension("json.new");
    fs::write(&unfinished, format!("{document:#}\n"))?;
    fs::rename(&unfinished, out)
}
