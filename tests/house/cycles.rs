//! Files do not import each other in a cycle.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
};

use crate::{
    files::{root, tracked},
    imports::{Imports, imports},
};

/// For each file on a cycle, unless a cycle before has it: its shortest one, as `a -(path)-> b -(path)-> a`.
fn cycles(imports: &Imports) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut cycles = Vec::new();
    for file in imports.keys() {
        if found.contains(file) {
            continue;
        }
        if let Some(cycle) = cycle(imports, file) {
            let mut text = file.clone();
            for pair in cycle.windows(2) {
                text.push_str(&format!(" -({})-> {}", imports[pair[0]][pair[1]], pair[1]));
            }
            cycles.push(text);
            found.extend(cycle.into_iter().cloned());
        }
    }
    cycles
}

/// The shortest way from a file back to itself. The file is at both ends.
fn cycle<'a>(imports: &'a Imports, start: &'a String) -> Option<Vec<&'a String>> {
    let mut came_from = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(file) = waiting.pop_front() {
        for next in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let mut way = vec![start, file];
                while let Some(before) = came_from.get(way[way.len() - 1]) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next, file);
                waiting.push_back(next);
            }
        }
    }
    None
}

#[test]
fn files_import_each_other_in_no_cycle() {
    let roots: Vec<_> =
        tracked().into_iter().filter(|path| path.ends_with("src/lib.rs") || path.ends_with("/main.rs")).collect();
    assert!(roots.contains(&"src/lib.rs".to_owned()) && roots.len() > 5, "{roots:?}");
    let mut found = Vec::new();
    for file in &roots {
        let imports = imports(file, |path| fs::read_to_string(root().join(path)).ok()).unwrap();
        if file == "src/lib.rs" {
            let count: usize = imports.values().map(BTreeMap::len).sum();
            assert!(count > imports.len(), "too few imports were found: {imports:#?}");
        }
        found.extend(cycles(&imports));
    }
    assert!(found.is_empty(), "{} cycles: {found:#?}", found.len());
}

/// The imports of a made-up crate, given by the paths and texts of its files.
fn imports_of(files: &[(&str, &str)]) -> Imports {
    let read = |path: &str| files.iter().find(|(known, _)| *known == path).map(|(_, text)| (*text).to_owned());
    imports("src/lib.rs", read).unwrap()
}

fn assert_cycles(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(cycles(&imports_of(files)), expected, "{files:#?}");
}

#[test]
fn files_in_one_direction_have_no_cycle() {
    assert_cycles(
        &[
            ("src/lib.rs", "mod a; mod b; mod c; pub use a::Z;"),
            ("src/a.rs", "use crate::{b::{self, Y}, c}; use std::fmt; fn f() { serde_json::to_string(&crate::c::X) }"),
            ("src/b.rs", "mod d; use super::c::X; pub struct Y;"),
            ("src/b/d.rs", "use crate::c::X;"),
            ("src/c.rs", "pub struct X; enum E { A } use self::E::A; fn f() { E::A }"),
        ],
        &[],
    );
}

#[test]
fn a_cycle_of_two_is_found_and_printed() {
    assert_cycles(
        &[
            ("src/lib.rs", "mod a; mod b; mod c;"),
            ("src/a.rs", "use crate::{c::C, b::{B, D as E}};"),
            ("src/b.rs", "use super::a::{A};"),
            ("src/c.rs", ""),
        ],
        &["src/a.rs -(crate::b::B)-> src/b.rs -(super::a::A)-> src/a.rs"],
    );
}

#[test]
fn a_cycle_of_three_is_found_behind_braces_names_globs_and_paths_in_code() {
    for (first, path) in [
        ("use crate::{x::{y::{Y, Z}}};", "crate::x::y::Y"),
        ("use crate::x::y; fn f() { y::f(); }", "crate::x::y"),
        ("use crate::x as w; fn f() { w::y::f(); }", "w::y::f"),
        ("use crate::*; fn f() { x::y::f(); }", "x::y::f"),
        ("use w::y; use crate::x as w;", "w::y"),
        ("fn f() -> Vec<crate::x::y::Y> { Vec::new() }", "crate::x::y::Y"),
        ("fn f() { println!(\"{}\", crate::x::y::f::<u8>()); }", "crate::x::y::f"),
        ("fn f(it: &impl super::x::y::Trait) {}", "super::x::y::Trait"),
        ("mod inner { use super::super::x::y::Y; }", "super::super::x::y::Y"),
        ("#[cfg(not(test))] mod inner { use super::super::x::y::Y; }", "super::super::x::y::Y"),
        ("#[cfg(test)] mod tests { fn f() {} } use crate::x::y::*;", "crate::x::y"),
        ("fn f() { use crate::r#x::y::Y; }", "crate::x::y::Y"),
    ] {
        let found = cycles(&imports_of(&[
            ("src/lib.rs", "mod a; mod x; mod b;"),
            ("src/a.rs", first),
            ("src/x/mod.rs", "pub mod y;"),
            ("src/x/y.rs", "use crate::b::B;"),
            ("src/b.rs", "impl crate::a::A {}"),
        ]));
        let expected = format!("src/a.rs -({path})-> src/x/y.rs -(crate::b::B)-> src/b.rs -(crate::a::A)-> src/a.rs");
        assert_eq!(found, [expected], "{first}");
    }
}

#[test]
fn a_child_and_its_parent_are_a_cycle_when_each_uses_the_other() {
    let child = ("src/a/b.rs", "use super::*;");
    let cycle = |path: &str| format!("src/a.rs -({path})-> src/a/b.rs -(super)-> src/a.rs");
    for (parent, path) in [
        ("mod b; use b::B;", "b::B"),
        ("mod b; pub use self::b::B;", "self::b::B"),
        ("mod b; fn f() { b::f() }", "b::f"),
        ("mod b; fn f() { crate::a::b::f() }", "crate::a::b::f"),
    ] {
        assert_cycles(&[("src/lib.rs", "mod a;"), ("src/a.rs", parent), child], &[&cycle(path)]);
    }
    assert_cycles(&[("src/lib.rs", "mod a;"), ("src/a.rs", "pub mod b; pub struct A;"), child], &[]);
}

#[test]
fn modules_within_a_file_are_the_file() {
    assert_cycles(
        &[
            ("src/lib.rs", "mod a { pub mod b; pub mod c { pub mod d; } } use a::b::B;"),
            ("src/a/b.rs", "use super::c::d::D; use crate::a::c;"),
            ("src/a/c/d.rs", "use crate::a::b::B;"),
        ],
        &["src/a/b.rs -(super::c::d::D)-> src/a/c/d.rs -(crate::a::b::B)-> src/a/b.rs"],
    );
    let root = "mod a { pub mod b; pub mod c { pub struct D; } } use a::b::B;";
    for (inner, path) in [("use crate::a::c; fn f() { c::D }", "c::D"), ("use super::c::*;", "super::c")] {
        let cycle = format!("src/a/b.rs -({path})-> src/lib.rs -(a::b::B)-> src/a/b.rs");
        assert_cycles(&[("src/lib.rs", root), ("src/a/b.rs", inner)], &[&cycle]);
    }
    assert_cycles(&[("src/lib.rs", "mod a { use super::b::B; } mod b { use super::a; }")], &[]);
}

#[test]
fn what_is_no_import_makes_no_cycle() {
    for innocent in [
        "#[cfg(test)] mod tests { use super::*; use crate::b::B; fn f() {} }",
        "#[cfg(test)] #[allow(dead_code)] mod tests { use crate::b::B; }",
        "#[cfg(all(test, unix))] use crate::b::B;",
        "#[cfg(test)] fn f(it: [u8; 3]) { crate::b::f(); }",
        "// use crate::b::B;\n/* crate::b::f() */",
        "/// As `crate::b::B` does.\nfn f() {}",
        "const TEXT: &str = \"use crate::b::B;\"; const RAW: &str = r#\"crate::b::B\"#;",
        "pub(in crate::b) struct S;",
        "use ::b::B; fn f() { ::b::f(); other::b::f(); it.b::<u8>(); }",
        "fn f<'b>(it: &'b str) -> impl Sized + use<'b> { it }",
        "use crate::c::{B, C};",
    ] {
        assert_cycles(
            &[
                ("src/lib.rs", "mod a; mod b; mod c;"),
                ("src/a.rs", innocent),
                ("src/b.rs", "use crate::a::A;"),
                ("src/c.rs", ""),
            ],
            &[],
        );
    }
    let test_file = [("src/lib.rs", "mod a;"), ("src/a.rs", "#[cfg(test)]\nmod tests; pub struct A;")];
    assert_cycles(&test_file, &[]);
}

#[test]
fn each_cycle_is_printed_and_what_hangs_on_one_is_not() {
    assert_cycles(
        &[
            ("src/lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
            ("src/a.rs", "use crate::b::B;"),
            ("src/b.rs", "use crate::c::C;"),
            ("src/c.rs", "use crate::b::B; use crate::d::D;"),
            ("src/d.rs", "use crate::e::E;"),
            ("src/e.rs", "use crate::d::D;"),
        ],
        &[
            "src/b.rs -(crate::c::C)-> src/c.rs -(crate::b::B)-> src/b.rs",
            "src/d.rs -(crate::e::E)-> src/e.rs -(crate::d::D)-> src/d.rs",
        ],
    );
}

#[test]
fn a_module_without_a_file_and_a_file_that_is_no_rust_are_named() {
    let error = |text: &str| imports("src/lib.rs", |path| (path == "src/lib.rs").then(|| text.to_owned())).unwrap_err();
    assert_eq!(error("mod lost;"), "src/lib.rs: no file for `mod lost`");
    assert!(error("fn f( {").starts_with("src/lib.rs: "));
}
