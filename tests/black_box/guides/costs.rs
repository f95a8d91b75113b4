//! The table of docs/guides.md has what each guide cost when it was followed.

use std::{
    env, fs,
    sync::{Mutex, PoisonError},
};

use crate::support::thousands;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides.md");

/// Several tests may write the page at the same time.
static WRITING: Mutex<()> = Mutex::new(());

/// Instants that are relative to now, and ids of new objects, have another number of tokens each time: by so many in a hundred
/// the answers may differ where objects are made, and by so many tokens in any case.
const MAX_PERCENT: usize = 6;
const MAX_TOKENS: usize = 12;

/// What a guide cost.
pub struct Cost {
    /// The tokens of its text, where they count.
    pub guide: Option<usize>,
    /// The calls.
    pub calls: usize,
    /// The tokens of their answers.
    pub answers: usize,
    /// Whether no object is made, so that the answers are nearly the same each time.
    pub is_reading: bool,
}

/// Compares with the page; `UPDATE_DOCS=1` writes the row of the guide instead.
pub fn check(name: &str, cost: &Cost) {
    let lock = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let page = fs::read_to_string(PAGE).unwrap();
    let start = format!("| `{name}` |");
    let row = page.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no row for {name}"));
    let cells: Vec<_> = row.trim_matches(['|', ' ']).split(" | ").collect();
    let [title, outcome, guide, calls, answers] = cells.as_slice() else { panic!("{row}") };
    let number = |cell: &str| cell.replace(',', "").parse::<usize>().unwrap();
    let slack = if cost.is_reading { MAX_TOKENS } else { (number(answers) * MAX_PERCENT / 100).max(MAX_TOKENS) };
    let is_right = cost.guide.is_none_or(|tokens| tokens == number(guide))
        && cost.calls == number(calls)
        && cost.answers.abs_diff(number(answers)) <= slack;
    if is_right {
        return;
    }
    let tokens = cost.guide.unwrap_or_else(|| number(guide));
    let (tokens, answers) = (thousands(tokens), thousands(cost.answers));
    let fresh = format!("| {title} | {outcome} | {tokens} | {} | {answers} |", cost.calls);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, page.replace(row, &fresh)).unwrap();
    } else {
        drop(lock);
        panic!("UPDATE_DOCS=1 cargo test --test black_box guides:: writes it:\n{row}\n{fresh}");
    }
}
