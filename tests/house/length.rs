//! Code files have at most 500 lines.

use std::fs;

use crate::files::{root, tracked};

const MAX_LINES: usize = 500;

const CODE: [&str; 5] = [".rs", ".mjs", ".js", ".sh", ".py"];

/// Code files that may be longer because they are generated or hold data. None at present.
const EXEMPT: [&str; 0] = [];

#[test]
fn code_files_are_short() {
    let too_long = |path: &String| {
        let lines = fs::read_to_string(root().join(path)).unwrap().lines().count();
        (lines > MAX_LINES).then(|| format!("{path}: {lines} lines"))
    };
    let files = tracked();
    let code: Vec<_> = files.iter().filter(|path| CODE.iter().any(|suffix| path.ends_with(suffix))).collect();
    assert!(code.len() > 100, "{code:?}");
    let found: Vec<_> =
        code.iter().filter(|path| !EXEMPT.contains(&path.as_str())).filter_map(|it| too_long(it)).collect();
    assert!(found.is_empty(), "longer than {MAX_LINES} lines: {found:#?}");
    for exempt in EXEMPT {
        assert!(files.iter().any(|path| path == exempt && too_long(path).is_some()), "{exempt} needs no exemption");
    }
}
