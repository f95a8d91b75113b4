//! Every count is that of the reference implementation.
#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;

fn reference(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len()
}

#[test]
fn texts_of_many_kinds() {
    let texts = [
        "",
        " ",
        "  \n\n  a  b\t\tc \r\n",
        "It's the user's; THEY'RE we'll I'D",
        r#"{"applications":[{"id":"3c219e58-ed0e-4b18-ad48-f4f92793ae32","active":true,"n":1767226478000}]}"#,
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
        "日本語の文章はここに空白なしで続いています。とても長い文になることもあります。",
        "😀👩‍👩‍👧‍👦 emoji \u{200b} and e\u{301} combining ǅ",
        "////\\\\\\\"\"\"\" --- === ####",
    ];
    for text in texts.iter().map(|text| (*text).to_owned()).chain(["a".repeat(5_000), " ".repeat(999), "=".repeat(777)])
    {
        assert_eq!(o200k::count(&text), reference(&text), "{text:?}");
    }
}

#[test]
fn counting_ends_at_the_limit() {
    let text = "one two three four";
    assert_eq!(o200k::count_up_to(text, 4), Some(4));
    assert_eq!(o200k::count_up_to(text, 3), None);
    assert_eq!(o200k::count_up_to(&"word ".repeat(10_000_000), 100), None);
}

#[test]
fn a_long_run_counts_its_bytes() {
    for run in ["a", "=", " ", "acegikm", "語"] {
        let text = run.repeat(20_000);
        assert!(o200k::count(&text) <= text.len());
        assert_eq!(o200k::count_up_to(&text, usize::MAX), Some(text.len()));
        assert_eq!(o200k::count_up_to(&text, 1_000), None);
        let short = run.repeat(500);
        assert_eq!(o200k::count_up_to(&short, usize::MAX), Some(o200k::count(&short)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text(text in any::<String>()) {
        prop_assert_eq!(o200k::count(&text), reference(&text));
    }

    #[test]
    fn text_of_words_and_signs(text in "([a-zA-Z]{1,12}|[0-9]{1,5}|[ \t\r\n]{1,3}|[-_/.,:;'\"{}\\[\\]]{1,4}){0,60}") {
        prop_assert_eq!(o200k::count(&text), reference(&text));
    }
}
