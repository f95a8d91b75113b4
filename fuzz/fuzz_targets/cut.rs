//! Any JSON is cut to valid JSON, and any text to a start of itself.
#![no_main]

use gateway::cut;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let max_tokens = usize::from(*first) * 4 + 1;
    if serde_json::from_str::<Value>(text).is_ok()
        && let Some(cut) = cut::json(text, max_tokens)
    {
        // Nothing is left where not even one item fits.
        if !cut.text.is_empty() {
            serde_json::from_str::<Value>(&cut.text).unwrap();
        }
    }
    if let Some(cut) = cut::text(text, max_tokens) {
        assert!(cut.text.len() <= text.len() + 1000);
    }
});
