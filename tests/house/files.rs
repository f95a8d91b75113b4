//! The files of the repository.

use std::{path::Path, process::Command};

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The paths of all files that Git tracks, from the top, with `/` between folders.
pub fn tracked() -> Vec<String> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).unwrap();
    // A file that is deleted but not committed as such is listed too.
    let paths: Vec<_> = paths.split_terminator('\0').filter(|path| root().join(path).is_file()).collect();
    assert!(paths.contains(&"Cargo.toml"), "{paths:?}");
    paths.into_iter().map(str::to_owned).collect()
}
