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

/// What is wrong with one of the two files.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
struct FileError {
    path: PathBuf,
    problem: FileProblem,
}

/// Why a file is of no use.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
enum FileProblem {
    /// It cannot be read or written.
    Io(#[from] io::Error),
    /// It is no OpenAPI document.
    Document(#[from] Fault),
    /// It is no JSON.
    Json(#[from] serde_json::Error),
}

impl FileError {
    /// Makes an error of `path` from a problem with it.
    fn at<P: Into<FileProblem>>(path: &Path) -> impl Fn(P) -> Self + '_ {
        move |problem| Self { path: path.to_owned(), problem: problem.into() }
    }
}

fn run(document: &Path, out: &Path) -> Result<String, FileError> {
    let text = fs::read_to_string(document).map_err(FileError::at(document))?;
    let distilled = distil(&source::from_yaml(&text).map_err(FileError::at(document))?);
    source::check(&distilled.document).map_err(FileError::at(document))?;
    let before = match fs::read_to_string(out) {
        Ok(text) => serde_json::from_str(&text).map_err(FileError::at(out))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Value::Null,
        Err(error) => return Err(FileError::at(out)(error)),
    };
    let mut report: String = distilled.unknown.iter().map(|path| format!("left out {path}\n")).collect();
    report.push_str(&Difference::between(&before, &distilled.document).to_string());
    write(out, &distilled.document).map_err(FileError::at(out))?;
    Ok(report)
}

/// Replaces the file in one step, so that a failure leaves the old one whole.
fn write(out: &Path, document: &Value) -> io::Result<()> {
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // Temporary files are the owner's alone by default. This one gets the rights of any new file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(parent)?;
    writeln!(file, "{document:#}")?;
    file.persist(out)?;
    Ok(())
}
