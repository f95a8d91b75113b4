//! What finding costs: the time in which the index is made, the memory that it keeps, and the time of a search.
//!
//! ```console
//! cargo bench --bench finding
//! ```
//!
//! The limits are those of a published build: 20 ms, 3 MB and 1 ms. A build without optimisation is some ten times slower.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use fusionauth_mcp::{
    config::{Config, given::Settings},
    fusionauth::{simulation::Simulation, source::source, tools::DOCUMENT},
};
use fusionauth_sandbox::instance::Instance;
use gateway::{find::Index, toolset::Toolset};
use serde_json::{Map, Value};

/// Wishes of several lengths, with slips, which cost most.
const WISHES: [&str; 6] = [
    "webhook",
    "list users",
    "crete a webhok for delted acounts",
    "how long does an access token live in this tenant",
    "let people sign in with their company account from Entra ID in one application only",
    "accounts that were never used, of people whose email address is in the old domain, without a second factor",
];
const TRIES: u32 = 20;
const PAGE: usize = 4096;
const OTHERS: usize = 10;

/// The resident memory of this process in bytes, on Linux; 0 elsewhere.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * PAGE
}

/// The shortest of some tries: what the machine does beside it only adds.
fn shortest<T>(mut work: impl FnMut() -> T) -> Duration {
    let one = |_| {
        let begun = Instant::now();
        black_box(work());
        begun.elapsed()
    };
    (0..TRIES).map(one).min().unwrap_or_default()
}

fn main() {
    // Cargo passes `--bench`; `cargo test` does not, and has nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let config = Config::read(&mut Settings::default());
    let source = Arc::new(source(&config, Arc::new(Simulation::new(Instance::empty(&DOCUMENT)))));
    let toolset = Toolset::choose(vec![source], &config.selection, config.presentation);
    let toolset = toolset.unwrap_or_else(|_| unreachable!("an empty selection offers everything"));
    let begun = Instant::now();
    let index = Index::of(&toolset);
    let first = begun.elapsed();
    // What is needed only while an index is made is there from the first one on.
    let before = resident();
    let others: Vec<_> = (0..OTHERS).map(|_| Index::of(&toolset)).collect();
    let kept = resident().saturating_sub(before) / others.len();
    println!("index: {first:?} at the first use, {:?} at best", shortest(|| Index::of(&toolset)));
    println!("memory: {:.2} MB", kept as f64 / 1e6);
    for wish in WISHES {
        let arguments = Map::from_iter([("query".to_owned(), Value::from(wish))]);
        println!("{:?}  {wish}", shortest(|| index.find(&toolset, &arguments)));
    }
}
