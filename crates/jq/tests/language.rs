//! What filters make, family by family, beyond what the comparison with jq has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::atomic::AtomicBool;

use jq::evaluation::{Bounds, Fault, Results, evaluate};

fn run(filter: &str, json: &str) -> Result<Results, Fault> {
    evaluate(filter, json, &Bounds { interrupt: &AtomicBool::new(false), max_output: 1 << 20 }, || ())
}

/// The results on one line.
fn made(filter: &str, json: &str) -> String {
    run(filter, json).unwrap_or_else(|fault| panic!("{filter}: {fault:?}")).text.replace('\n', " ")
}

fn fault(filter: &str) -> String {
    run(filter, r#"{"a":[1],"b":"x"}"#).unwrap_err().to_string()
}

fn assert_all(cases: &[(&str, &str, &str)]) {
    for (filter, json, expected) in cases {
        assert_eq!(made(filter, json), *expected, "{filter} on {json}");
    }
}

#[test]
fn syntax() {
    assert_all(&[
        ("", "1", "1"),
        ("# all\n.a # b\n", r#"{"a":2}"#, "2"),
        (".a.[0]?, .a?//3, .\"a\"[0], .a.\"b\"?", r#"{"a":[1]}"#, "1 [1] 1"),
        (
            ". as [$a, {b: $c}] | {$a, $c, d: 0, e: 1 + 2, if: 3}",
            r#"[1,{"b":2}]"#,
            "{\"a\":1,\"c\":2,\"d\":0,\"e\":3,\"if\":3}",
        ),
        ("1 - 1, 1 -1, -1 - -1, 2 * -3, -(1, 2)", "null", "0 0 0 -6 -1 -2"),
        ("1 + 2 * 3 == 7 and true or false", "null", "true"),
        ("1, 2 | . as $x | def f(g; $y): g + $y; f($x; 10)", "null", "11 12"),
        ("reduce .[] as $x (0; . + $x) | . + 1", "[1,2]", "4"),
        ("try error(\"a\") catch . + \"b\"", "null", "\"ab\""),
        ("\"\\u00e9\\ud83d\\ude00\\ud83d\\\"\\(1 + 1)\\(\"in\\(2)\")\"", "null", "\"é😀\u{fffd}\\\"2in2\""),
        ("[.[] | if . > 2 then \"a\" elif . > 1 then \"b\" end]", "[1,2,3]", "[1,\"b\",\"a\"]"),
        ("label $a | 1, (label $b | 2, break $b, 3), break $a, 4", "null", "1 2"),
        (".[] as [$a] ?// {b: $a} | $a", r#"[[1],{"b":2}]"#, "1 2"),
    ]);
}

#[test]
fn paths_and_updates() {
    assert_all(&[
        ("del(.a.b)", "null", "null"),
        ("del(.[1, 0], .[-1:])", "[1,2,3,4]", "[3]"),
        (".a[1:] |= map(. * 2) | .b.c[1] = 1", r#"{"a":[1,2,3]}"#, "{\"a\":[1,4,6],\"b\":{\"c\":[null,1]}}"),
        ("(.. | numbers) |= . + 1", "[1,{\"a\":2}]", "[2,{\"a\":3}]"),
        ("(.a, .b) += (1, 10)", r#"{"a":1}"#, "{\"a\":2,\"b\":1} {\"a\":11,\"b\":10}"),
        ("(first(.[] | select(. > 1))) = 9", "[1,2,3]", "[1,9,3]"),
        ("[path(..)], [paths], [paths(type == \"number\")]", "[[1]]", "[[],[0],[0,0]] [[0],[0,0]] [[0,0]]"),
        ("pick(.a, .c.d)", r#"{"a":1,"b":2}"#, "{\"a\":1,\"c\":{\"d\":null}}"),
        (
            "to_entries, with_entries(.value += 1), map_values(empty)",
            r#"{"a":1}"#,
            "[{\"key\":\"a\",\"value\":1}] {\"a\":2} {}",
        ),
        ("[{k: \"a\", v: 1}, {key: 2, value: false}] | from_entries", "null", "{\"a\":1,\"2\":false}"),
        ("[tostream], fromstream(tostream)", "[1,[]]", "[[[0],1],[[1],[]],[[1]]] [1,[]]"),
        ("limit(1; .[]) |= 5, (getpath([1]) |= 6)", "[1,2]", "[5,2] [1,6]"),
    ]);
}

#[test]
fn strings_formats_and_regular_expressions() {
    assert_all(&[
        ("trim, ltrim, rtrim", "\" a \"", "\"a\" \"a \" \" a\""),
        ("@base32, (@base32 | @base32d), (@uri | @urid)", "\"é!\"", "\"YOUSC===\" \"é!\" \"é!\""),
        (
            "@csv \"\\(.)\", @tsv, @sh",
            "[1,\"a\\\"b\",null]",
            "\"1,\\\"a\\\"\\\"b\\\",\" \"1\\ta\\\"b\\t\" \"1 'a\\\"b' null\"",
        ),
        (
            "sub(\"(?<x>b)\"; \"[\\(.x)]\"), gsub(\"\"; \"-\"), [splits(\"b\")]",
            "\"abc\"",
            "\"a[b]c\" \"-a-b-c-\" [\"a\",\"c\"]",
        ),
        (
            "[scan(\"a(b)?\")], (capture(\"(?<x>a)\") | .x), test(\"B\"; \"i\")",
            "\"abac\"",
            "[[\"b\"],[null]] \"a\" true",
        ),
        ("test(\"(?<!a)c\"), test(\"(b)\\\\1\"), [match(\"é\").offset]", "\"abécc\"", "true false [2]"),
        ("ascii_upcase, explode[1], .[1:], utf8bytelength", "\"aé\"", "\"Aé\" 233 \"é\" 3"),
        (
            "[.[] | tostring], [.[] | tojson]",
            "[1.50,\"a\",null]",
            "[\"1.50\",\"a\",\"null\"] [\"1.50\",\"\\\"a\\\"\",\"null\"]",
        ),
    ]);
}

#[test]
fn numbers_keep_their_text_until_they_are_computed_with() {
    assert_all(&[
        (".", "[1.50,12345678901234567890,1e2,-0]", "[1.50,12345678901234567890,1E+2,-0]"),
        ("map(. + 0)", "[1.50,12345678901234567890,1e2,-0]", "[1.5,12345678901234567000,100,0]"),
        (
            ".[0] == .[1], .[2] == .[3], unique",
            "[12345678901234567890,12345678901234567891,1.0,1]",
            "false true [1.0,12345678901234567890,12345678901234567891]",
        ),
        (
            "[nan, infinite, -infinite], (nan < nan), ([nan] | sort)",
            "null",
            "[null,1.7976931348623157e+308,-1.7976931348623157e+308] true [null]",
        ),
        ("5 % 3, -5 % 3, 1 / 3, pow(2; 10), (10 | log10)", "null", "2 -2 0.3333333333333333 1024 1"),
    ]);
}

#[test]
fn times() {
    assert_all(&[
        (
            "todate, (gmtime | mktime), strftime(\"%A %d %B %Y %j %U %V %p\")",
            "1700000000",
            "\"2023-11-14T22:13:20Z\" 1700000000 \"Tuesday 14 November 2023 318 46 46 PM\"",
        ),
        (
            "fromdate, (strptime(\"%Y-%m-%dT%H:%M:%SZ\") | todate)",
            "\"2024-02-29T12:34:56Z\"",
            "1709210096 \"2024-02-29T12:34:56Z\"",
        ),
        ("strptime(\"%d %b %Y %I:%M %p %z\") | mktime", "\"05 Mar 2021 03:04 PM +0200\"", "1614956640"),
        ("-1 | todate", "null", "\"1969-12-31T23:59:59Z\""),
    ]);
}

#[test]
fn a_failure_names_the_term_and_keeps_the_results_before() {
    let failed = |filter: &str| match run(filter, r#"{"a":[1],"b":"x"}"#) {
        Err(Fault::Failed { message, span, results }) => {
            (message, span.map_or("", |span| span.of(filter)).to_owned(), results.text)
        }
        other => panic!("{filter}: {other:?}"),
    };
    let expect = |filter: &str, message: &str, piece: &str, results: &str| {
        assert_eq!(failed(filter), (message.to_owned(), piece.to_owned(), results.to_owned()), "{filter}");
    };
    expect(".b, .a.c", "Cannot index array with string \"c\"", ".a.c", "\"x\"");
    expect("1, 2, (.b | . + 1)", "string (\"x\") and number (1) cannot be added", ". + 1", "1\n2");
    expect(".a | map(.x.y)", "Cannot index number with string \"x\"", ".x", "");
    expect(".a[] | ascii_downcase", "explode input must be a string", "ascii_downcase", "");
    expect("def f: .z; .a | f", "Cannot index array with string \"z\"", ".z", "");
    expect(
        "{x: (.b | tonumber)}",
        "Invalid numeric literal at EOF at line 1, column 1 (while parsing 'x')",
        "tonumber",
        "",
    );
    // What another term hands on fails where it is taken, and not there.
    expect(".a[].x.y", "Cannot index number with string \"x\"", ".a[].x", "");
    expect(".b, .a[].x[]", "Cannot index number with string \"x\"", ".a[].x", "\"x\"");
    expect(".a[][]", "Cannot iterate over number (1)", ".a[][]", "");
    expect(".a[] | .[1:]", "Cannot index number with object", ".[1:]", "");
    expect(".a[][1:]", "Cannot index number with object", ".a[][1:]", "");
    expect(".a[] + \"x\"", "number (1) and string (\"x\") cannot be added", ".a[] + \"x\"", "");
    expect("-(.a[] | tostring)", "string (\"1\") cannot be negated", "-(.a[] | tostring)", "");
    expect("{(.a[]): 1}", "Cannot use number (1) as object key", "{(.a[]): 1}", "");
    expect(".b | test(1, 2)", "number not a string or array", "test(1, 2)", "");
    expect("getpath([\"a\", \"b\"])", "Cannot index array with string \"b\"", "getpath([\"a\", \"b\"])", "");
    expect("getpath(.a[] | [.])", "Cannot index object with number", "getpath(.a[] | [.])", "");
    expect("range(.b, 2)", "Range bounds must be numeric", "range(.b, 2)", "");
    expect(".b as [$x] | $x", "Cannot index string with number", ".b as [$x] | $x", "");
    expect("error({code: 1})", "(not a string): {\"code\":1}", "error({code: 1})", "");
}

#[test]
fn faults_of_the_text_say_where_and_what_was_meant() {
    assert_eq!(fault(".a["), "expected a term at character 4, the end");
    assert_eq!(fault(".a |"), "expected a term at character 5, the end");
    assert_eq!(fault(".a .b)"), "expected an operator, such as `|`, or the end at character 6: `)`");
    assert_eq!(fault("{a: 1"), "expected `,` or `}` at character 6, the end");
    assert_eq!(fault("if .a then 1"), "expected `elif`, `else` or `end` at character 13, the end");
    assert_eq!(fault("\"abc"), "the string has no end: expected `\"` at character 5, the end");
    assert_eq!(fault(".a | lenght"), "unknown function `lenght`; did you mean `length`?");
    assert_eq!(fault("map()"), "expected a term at character 5: `)`");
    assert_eq!(fault("map(1; 2)"), "`map` takes 1 arguments, and was given 2 arguments");
    assert_eq!(fault(". as $name | $nam"), "unknown variable `$nam`; did you mean `$name`?");
    assert_eq!(fault("break $out"), "there is no `label $out` around it");
    for (filter, reason) in [
        ("import \"a\" as a; .", "there are no modules"),
        ("include \"a\"; .", "there are no modules"),
        ("a::b", "there are no modules"),
        ("input", "the only input"),
        ("[inputs]", "the only input"),
        ("input_filename", "the only input"),
        ("env.HOME", "no environment"),
        ("$ENV.HOME", "no environment"),
        ("halt_error", "error(message)"),
        ("\"a\" | halt_error(1)", "error(message)"),
        ("$__prog_args", "no arguments"),
        ("get_search_list", "no modules"),
        ("modulemeta", "no modules"),
    ] {
        assert!(fault(filter).contains(reason), "{filter}: {}", fault(filter));
    }
    assert_eq!(made("1, debug, (2 | debug(\"x\")), (3 | stderr), halt, 4", "0"), "1 0 2 3");
}

#[test]
fn lookups_that_only_found_null_are_named() {
    let json = r#"{"users":[{"id":1,"email":null},{"id":2,"email":"a","data":{}}],"none":[]}"#;
    let only_null = |filter: &str| {
        let results = run(filter, json).unwrap();
        results.only_null.iter().map(|span| span.of(filter).to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(only_null(".users[] | {id, mail}"), "mail");
    assert_eq!(only_null(".users[].email, .users[0].email"), ".users[0].email");
    assert_eq!(only_null(".users[] | select(.emial == \"a\") | .id"), ".emial .emial == \"a\"");
    assert_eq!(only_null(".users[] | select(\"a\" == .email, .email != \"b\") | .id"), ".email != \"b\"");
    assert_eq!(only_null(".users[] | has(\"mail\", \"email\"), has(\"emial\")"), "has(\"emial\")");
    assert_eq!(only_null("getpath([\"users\", 1, \"data\", \"plan\"]), getpath([\"none\", 0])"), "\"plan\"");
    assert_eq!(only_null(".users[] as {id: $i, emial: $e} | $i, (. as {$none, $nnoe} | $none)"), "emial $nnoe");
    assert_eq!(only_null(".users[1] | to_entries | map(select(.key == \"data\", .key == \"dta\"))"), ".key == \"dta\"");
    assert_eq!(only_null(".users[].data.plan"), ".users[].data.plan");
    assert_eq!(only_null(".none[].x"), "");
    assert_eq!(only_null(".users | pick(.[].mail)"), ".[].mail");
    assert_eq!(only_null("del(.nothing) | .new = 1 | .users[0].new |= 2 | .id"), ".id");
}

#[test]
fn what_is_endless_or_deep_ends() {
    let interrupted = AtomicBool::new(true);
    let bounds = Bounds { interrupt: &interrupted, max_output: 1 << 20 };
    assert!(matches!(evaluate("[range(infinite)]", "1", &bounds, || ()), Err(Fault::Interrupted { .. })));
    assert!(matches!(run("range(infinite)", "1"), Err(Fault::TooMuchOutput)));
    assert!(matches!(run("def f: 1 + f; 1, f", "1"), Err(Fault::TooDeep { results }) if results.text == "1"));
    assert_eq!(made("def f: if . > 100000 then . else . + 1 | f end; f", "0"), "100001");
    assert_eq!(made("[recurse(if . < 50000 then . + 1 else empty end)] | length", "0"), "50001");
    assert_eq!(made("reduce range(100000) as $i (0; [.]) | [limit(3; ..)] | length", "0"), "3");
    assert_eq!(made("last(range(100000) as $x | $x)", "0"), "99999");
    assert!(run("\"x\" * 1000000000", "0").is_err());
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{a:", "}"), ("-", ""), ("if . then ", " end"), ("try ", ""), ("[.]|", "")]
    {
        let _ = run(&format!("{}1{}", open.repeat(5_000), close.repeat(5_000)), "1");
    }
    let deep = format!("{}{}", "[".repeat(9_000), "]".repeat(9_000));
    assert_eq!(made("tojson | length", &deep), "18000");
    assert_eq!(made(". == ., ([..] | length), (flatten | length)", &deep), "true 9000 0");
}
