//! The program `fusionauth-mcp`.

use std::process::ExitCode;

fn main() -> ExitCode {
    fusionauth_mcp::cli::run()
}
