//! Generated code compiles, and is the document that it was made from. `tests/generated.rs` keeps the code up to date.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use common::{lowered, secured_in_all_ways};

mod security {
    include!("emitted/security.rs");
}

#[test]
fn security_is_the_same_in_generated_code() {
    assert_eq!(security::DOCUMENT, lowered(&secured_in_all_ways()));
}
