//! What commands print, and their exit status.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use crate::logging::report;

/// The exit status for a wrong configuration or command line, as `clap` has it.
const USAGE: u8 = 2;

/// Reports what is wrong with the command line or the configuration.
pub fn misused(errors: &[impl Display]) -> ExitCode {
    for error in errors {
        report(format_args!("error: {error}\n"));
    }
    ExitCode::from(USAGE)
}

/// Reports what failed.
pub fn fail(error: &dyn Display) -> ExitCode {
    report(format_args!("error: {error}\n"));
    ExitCode::FAILURE
}

/// Writes to stdout. A reader that has closed the pipe wants no more, which is no failure.
pub fn print(text: &[u8]) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&format_args!("stdout: {error}")),
        _ => ExitCode::SUCCESS,
    }
}
