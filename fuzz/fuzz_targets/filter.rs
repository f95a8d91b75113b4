//! Any filter over any JSON gives results, each of which is JSON, or a message, and ends soon after it is interrupted.
#![no_main]

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use gateway::filter::evaluate::evaluate_watched;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

/// The longest that a filter runs.
const PATIENCE: Duration = Duration::from_millis(100);

static INTERRUPT: AtomicBool = AtomicBool::new(false);

/// A thread that interrupts whatever runs, again and again.
static WATCH: LazyLock<()> = LazyLock::new(|| {
    thread::spawn(|| {
        loop {
            thread::sleep(PATIENCE);
            INTERRUPT.store(true, Ordering::Relaxed);
        }
    });
});

fuzz_target!(|text: &str| {
    LazyLock::force(&WATCH);
    INTERRUPT.store(false, Ordering::Relaxed);
    let (filter, json) = text.split_once('\n').unwrap_or((text, "null"));
    if let Ok(results) = evaluate_watched(filter, json, &INTERRUPT, || ()) {
        for result in results.text.lines() {
            serde_json::from_str::<&RawValue>(result).unwrap();
        }
    }
});
