//! The files that Git tracks.

use std::{path::Path, process::Command};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The tracked files that exist, as paths relative to the root with `/` as the separator.
pub fn tracked() -> Vec<String> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).unwrap();
    // Git also lists a file whose deletion is not committed yet.
    let paths: Vec<_> = paths.split_terminator('\0').filter(|path| root().join(path).is_file()).collect();
    assert!(paths.contains(&"Cargo.toml"), "{paths:?}");
    paths.into_iter().map(str::to_owned).collect()
}
