//! What commands print, and their exit status.

use std::{
    env,
    fmt::Display,
    io::{self, IsTerminal, Write},
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

/// The widest text that is easy to read.
const MAX_WIDTH: usize = 120;

/// The least width that text is wrapped to.
const MIN_WIDTH: usize = 40;

/// The width that text on stdout is wrapped to: the terminal's, or what `COLUMNS` says of it. `None` where stdout is none,
/// since programs read lines.
pub fn width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let named = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = named.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.map(|columns| columns.clamp(MIN_WIDTH, MAX_WIDTH))
}
