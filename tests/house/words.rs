//! Committed text contains no path of a developer's machine and no host of a package registry.

use std::fs;

use crate::files::{root, tracked};

/// How absolute paths on a machine begin. Split, because this file is checked too.
const PATHS: [&str; 6] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/t", "mp/"),
    concat!("/wo", "rk/"),
    concat!("C:\\Us", "ers"),
];

/// Hosts of package registries, and the key that precedes one in a package-lock.json.
const HOSTS: [&str; 9] = [
    concat!("registry.npmjs", ".org"),
    concat!("registry.yarnpkg", ".com"),
    concat!("npm.pkg.github", ".com"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("proxy.golang", ".org"),
    concat!("\"resol", "ved\":"),
];

/// The only source that Cargo.lock may name. It is the same on every machine, whatever mirror is configured.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The patterns that a text contains.
fn found(text: &str) -> Vec<&'static str> {
    let begins_a_path = |start: usize| {
        let before = text[..start].chars().next_back();
        !before.is_some_and(|it| it.is_alphanumeric() || "._-~})".contains(it))
    };
    let paths = PATHS.into_iter().filter(|path| text.match_indices(path).any(|(start, _)| begins_a_path(start)));
    paths.chain(HOSTS.into_iter().filter(|host| text.contains(host))).collect()
}

#[test]
fn no_committed_text_names_a_machine_or_a_registry() {
    let mut wrong = Vec::new();
    for path in tracked() {
        // Binary files are skipped.
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            wrong.extend(found(line).iter().map(|word| format!("{path}:{}: {word}", number + 1)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_lock_file_names_one_source() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let sources: Vec<_> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
    assert!(sources.len() > 100, "{}", sources.len());
    for source in sources {
        assert_eq!(source.trim_matches('"'), SOURCE);
    }
}

#[test]
fn machines_and_registries_are_seen() {
    for pattern in PATHS {
        assert_eq!(found(&format!("see {pattern}a")), [pattern]);
        assert_eq!(found(&format!("{pattern}a")), [pattern]);
        assert_eq!(found(&format!("\"{pattern}a\"")), [pattern]);
    }
    for pattern in HOSTS {
        assert_eq!(found(&format!("https://{pattern}/a")), [pattern]);
    }
    for innocent in ["https://example.com/home/", "docs/work/a", "tests/root/b", "crates.io", "the registry of npm"] {
        assert_eq!(found(innocent), [] as [&str; 0], "{innocent}");
    }
}
