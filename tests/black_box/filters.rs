//! Hostile filters: whatever is evaluated, the process answers or ends by itself, in one of the ways it is meant to, and never
//! by a panic. `PROPTEST_CASES=10000` tries for longer.

use std::{io::Write, process::Stdio};

use gateway::filter::{message::Request, worker::COMMAND};
use proptest::prelude::*;

use crate::support::client::command;

const JSON: &str = r#"{"applications":[{"name":"a","n":1.5,"roles":["x","y"],"data":{"é":null}},{"name":"b\u0000","n":-3}],"total":2}"#;

/// The exit status of the process, `None` for a signal, and what it said.
fn ended(filter: &str) -> (Option<i32>, String) {
    let mut child =
        command(&[]).arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let request = format!("{}{filter}{JSON}", Request::head(filter, JSON));
    // One that has ended takes no more.
    let _ = child.stdin.take().unwrap().write_all(request.as_bytes());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Filters by their grammar, with all that can be endless, deep or large.
fn filters() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(".".to_owned()),
        Just("..".to_owned()),
        Just(".applications[]".to_owned()),
        Just(".applications[0].name".to_owned()),
        Just("empty".to_owned()),
        Just("input".to_owned()),
        Just("infinite".to_owned()),
        Just("nan".to_owned()),
        Just("now".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        "[a-zé\"\\\\ ]{0,6}".prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    let name = prop_oneof![
        Just("length"),
        Just("keys"),
        Just("tojson"),
        Just("fromjson"),
        Just("explode"),
        Just("implode"),
        Just("add"),
        Just("sort"),
        Just("reverse"),
        Just("floor"),
        Just("sqrt"),
        Just("tostring"),
        Just("tonumber"),
        Just("ascii"),
        Just("todate"),
        Just("fromdate"),
        Just("gmtime"),
        Just("mktime"),
        Just("@base64d"),
        Just("@uri"),
        Just("@sh"),
        Just("halt"),
        Just("error"),
        Just("debug"),
        Just("transpose"),
        Just("flatten"),
        Just("to_entries"),
        Just("env"),
        Just("significand"),
        Just("getpath([\"a\",0])"),
        Just("splits(\"\")"),
        Just("test(\"(a*)*b\")"),
        Just("ltrimstr(1)"),
    ];
    leaf.prop_recursive(6, 64, 4, move |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(left, right)| format!("{left} | {right}")),
            two.clone().prop_map(|(left, right)| format!("({left}), ({right})")),
            (two.clone(), "[-+*/%]|//|==|<=|and|or|\\|=|\\+=|//=")
                .prop_map(|((left, right), sign)| format!("({left}) {sign} ({right})")),
            two.clone().prop_map(|(left, right)| format!("{{({left}): ({right})}}")),
            two.clone().prop_map(|(left, right)| format!("if {left} then {right} else . end")),
            two.clone().prop_map(|(left, right)| format!("reduce ({left}) as $x (null; [., $x, {right}])")),
            two.clone().prop_map(|(left, right)| format!("foreach ({left}) as $x (0; {right})")),
            two.clone().prop_map(|(left, right)| format!("limit(3; {left} | {right})")),
            two.clone().prop_map(|(left, right)| format!("path({left}), [paths({right})]")),
            two.clone().prop_map(|(left, right)| format!("def f: {left} | f; {right}")),
            two.prop_map(|(left, right)| format!("def f(g): [g, {left}]; f({right})")),
            inner.clone().prop_map(|inner| format!("[{inner}]")),
            inner.clone().prop_map(|inner| format!("[range({inner})]")),
            inner.clone().prop_map(|inner| format!("repeat({inner})")),
            inner.clone().prop_map(|inner| format!("recurse({inner})")),
            inner.clone().prop_map(|inner| format!("try ({inner}) catch .")),
            inner.clone().prop_map(|inner| format!("\"x\" * ({inner})")),
            inner.clone().prop_map(|inner| format!("\"\\({inner})\"")),
            inner.clone().prop_map(|inner| format!(".[{inner}:]")),
            (inner, name.clone()).prop_map(|(inner, name)| format!("({inner}) | {name}")),
        ]
    })
}

fn assert_ended_well(filter: &str) -> Result<(), TestCaseError> {
    let (status, said) = ended(filter);
    prop_assert!(matches!(status, Some(0 | 4) | None), "{filter}: {status:?} {said}");
    prop_assert!(!said.contains("panicked"), "{filter}: {said}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn filters_by_their_grammar_end_well(filter in filters()) {
        assert_ended_well(&filter)?;
    }

    #[test]
    fn any_text_ends_well(filter in "[-a-z.\\[\\](){}|,;:$@\"'\\\\#?*/+=<> 0-9é\n]{0,60}") {
        assert_ended_well(&filter)?;
    }
}

#[test]
fn deep_nesting_of_the_filter_itself_ends() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{a:", "}"), ("-", ""), ("if . then ", " end"), ("try ", "")] {
        let filter = format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
        assert_ended_well(&filter).unwrap();
    }
}
