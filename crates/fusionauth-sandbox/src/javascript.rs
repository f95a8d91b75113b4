//! Whether a text can be JavaScript: a check of its tokens, not of its grammar.
//!
//! It refuses what no engine takes: brackets that do not match, strings, comments, templates and regular expressions
//! without an end, two operands side by side on a line, operators without an operand, a `function` without its
//! parentheses and braces. It never refuses what an engine takes; what a parser alone can see passes.

mod error;
mod tokens;

pub use self::error::SyntaxError;
use self::tokens::{Kind, Slashes, Token, tokens};

/// Checks a text.
///
/// # Errors
/// The first thing that no engine takes.
pub fn check(text: &str) -> Result<(), SyntaxError> {
    // After `}` and a few words, only a parser can tell a division from a regular expression. Any reading will do.
    let first = check_tokens(text, Slashes::Guessed);
    first.or_else(|error| {
        let others = [Slashes::Divisions, Slashes::Expressions];
        if others.into_iter().any(|slashes| check_tokens(text, slashes).is_ok()) { Ok(()) } else { Err(error) }
    })
}

fn check_tokens(text: &str, slashes: Slashes) -> Result<(), SyntaxError> {
    let tokens = tokens(text, slashes)?;
    check_brackets(&tokens)?;
    for (index, pair) in tokens.windows(2).enumerate() {
        if let [left, right] = pair {
            check_pair(left, right)?;
            let before = index.checked_sub(1).and_then(|before| tokens.get(before));
            if left.is("function") && before.is_none_or(|before| !before.is(".") && !before.is("?.")) && !right.is(":")
            {
                check_function(tokens.get(index + 1..).unwrap_or_default(), left.line)?;
            }
        }
    }
    match tokens.last() {
        Some(last) if last.kind == Kind::Operator && needs_right_operand(last.text) => {
            Err(SyntaxError::new(last.line, format!("nothing follows [{}]", last.text)))
        }
        _ => Ok(()),
    }
}

fn check_brackets(tokens: &[Token<'_>]) -> Result<(), SyntaxError> {
    let mut open: Vec<&Token<'_>> = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Bracket) {
        let opening = match token.text {
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => {
                open.push(token);
                continue;
            }
        };
        match open.pop() {
            Some(last) if last.text.ends_with(opening) => {}
            Some(last) => {
                let problem = format!("[{}] does not close [{}] of line {}", token.text, last.text, last.line);
                return Err(SyntaxError::new(token.line, problem));
            }
            None => return Err(SyntaxError::new(token.line, format!("[{}] closes nothing", token.text))),
        }
    }
    match open.last() {
        Some(last) => Err(SyntaxError::new(last.line, format!("[{}] is never closed", last.text))),
        None => Ok(()),
    }
}

/// Words that can stand before an operand or a name: keywords, and names that are keywords in some places.
const PREFIXES: [&str; 50] = [
    "accessor",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "finally",
    "for",
    "from",
    "function",
    "get",
    "if",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "of",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "set",
    "static",
    "super",
    "switch",
    "throw",
    "try",
    "typeof",
    "using",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

fn check_pair(left: &Token<'_>, right: &Token<'_>) -> Result<(), SyntaxError> {
    let is_operand = |token: &Token<'_>| match token.kind {
        Kind::Word => !PREFIXES.contains(&token.text),
        Kind::Number | Kind::String => true,
        _ => false,
    };
    // A line break may end a statement. `while` and the like may follow `do x`.
    if right.line == left.line_at_end && is_operand(left) && is_operand(right) {
        let problem = format!("[{}] cannot follow [{}]", right.text, left.text);
        return Err(SyntaxError::new(right.line, problem));
    }
    let is_operator = |token: &Token<'_>| token.kind == Kind::Operator;
    let ends = right.kind == Kind::Bracket && [")", "]", "}"].contains(&right.text) || right.text == ";";
    if is_operator(left) && needs_right_operand(left.text) && ends {
        return Err(SyntaxError::new(right.line, format!("[{}] cannot follow [{}]", right.text, left.text)));
    }
    if is_operator(left) && is_operator(right) && needs_right_operand(left.text) && is_binary_only(right.text) {
        return Err(SyntaxError::new(right.line, format!("[{}] cannot follow [{}]", right.text, left.text)));
    }
    Ok(())
}

/// Operators that something has to follow.
fn needs_right_operand(operator: &str) -> bool {
    // `*` may end the name of an import, `++` and `--` may follow their operand, and `:` ends a label.
    !matches!(operator, "++" | "--" | ":" | ";" | "," | "*" | "?" | "@" | "#")
}

/// Operators that something has to stand before.
fn is_binary_only(operator: &str) -> bool {
    !matches!(operator, "++" | "--" | "+" | "-" | "!" | "~" | ":" | ";" | "," | "*" | "..." | "@" | "#" | "=>")
}

/// What follows the word `function`: perhaps `*` and a name, parameters in parentheses, a body in braces.
fn check_function(rest: &[Token<'_>], line: usize) -> Result<(), SyntaxError> {
    let mut rest = rest.iter().peekable();
    rest.next_if(|token| token.is("*"));
    rest.next_if(|token| token.kind == Kind::Word);
    if !rest.next().is_some_and(|token| token.is("(")) {
        return Err(SyntaxError::new(line, "[function] has no parameters in parentheses"));
    }
    let mut depth = 1_usize;
    for token in rest.by_ref() {
        match token.text {
            "(" | "[" | "{" | "${" if token.kind == Kind::Bracket => depth += 1,
            ")" | "]" | "}" if token.kind == Kind::Bracket => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    match rest.next() {
        Some(token) if token.is("{") => Ok(()),
        _ => Err(SyntaxError::new(line, "[function] has no body in braces")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_takes_passes() {
        for text in [
            "",
            "function populate(jwt, user, registration) {\n  jwt.a = `Hello ${user.firstName}`;\n}\n",
            "function f({ a, b = (1, 2) }, [c], ...d) { return a + -b / c / 2; }",
            "var f = function* g() { yield* h(); yield 'a'; };",
            "const f = async (a) => ({ a, 'b': 1, [c]: d, get e() { return /[/\\]}]\\//g.test('x'); } });",
            "if (a) /x}/.test(b); while (c) /y(/.exec(d)",
            "let a = b\nlet c = 'd'\n'use strict'\ne++\nf",
            "{ } /re(/.test(a)",
            "x = { a: 1 } / 2; y = a++ / 2; z = (a) / b / c",
            "// '(\n/* \" ( ` \n */ a = `x ${ `y ${ { b: '}' }.b }` } z`;",
            "a = b ? .5 : c?.d ?? e; a ||= b; f?.(x); f(...a); [, a] = [1, , 2,];",
            "for (const a of b) { continue; } label: for (;;) { break label }",
            "do x++; while (x < 5) y = 1",
            "import a from 'b'; import * as c from 'd'; export default class E extends F { static #g = 1; *h() {} }",
            "a = 1_000n + 0xFF + 1e-5 + .5 + 5.; b = 5..toString(); c.function; d = { function: 1, if: 2 };",
            "a = 'it\\'s' + \"a\\\nb\"; b = 'x\u{2028}y'",
            "typeof 'a' in b; void 0; new Foo; delete a.b; async function c() { await 'd' }",
            "a = b\n/c/d",
            "let async; async = 1; let of = 2; get = 3; obj = { get, set, async, of };",
            "<!-- an old comment\na = 1",
            "#!/usr/bin/env node\na",
            "a = function () {}(); (function () {})(); !function () {}()",
            "if (a) { } /re(/.test(b); c = { d: 1 } / 2 / e",
            "let of = 4; of / 2; a = b.in / 2",
            "a // b\u{2028}c = ( // d\re)",
            "a = 'b\\\r\nc'\r\nd",
            "a\u{2028}b\rc",
            "a\u{a0}=\u{a0}1; \\u0061b = 2; ünïcode = 'ß'; π = 3",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_no_engine_takes_is_refused() {
        for (text, expected) in [
            ("function f(a) {\n  if (a) {\n}", "line 1: [{] is never closed"),
            ("function f(a {\n}", "line 1: [(] is never closed"),
            ("a = {\n(}", "line 2: [}] does not close [(] of line 2"),
            ("f())", "line 1: [)] closes nothing"),
            ("a = [1, 2)", "line 1: [)] does not close [[] of line 1"),
            ("a = 'x\nb'", "line 1: a string has no end"),
            ("\na = \"x", "line 2: a string has no end"),
            ("a = `x ${b} \n", "line 1: a template has no end"),
            ("a = `x ${b", "line 1: [${] is never closed"),
            ("/* a", "line 1: a comment has no end"),
            ("a = /b", "line 1: a regular expression has no end"),
            ("funtion populate(jwt) {}", "line 1: [populate] cannot follow [funtion]"),
            ("function f() { jwt.a = 'b' 'c'; }", "line 1: ['c'] cannot follow ['b']"),
            ("function f() { jwt.a = ; }", "line 1: [;] cannot follow [=]"),
            ("function f() { return a + ; }", "line 1: [;] cannot follow [+]"),
            ("function f() { return a && }", "line 1: [}] cannot follow [&&]"),
            ("a = = b", "line 1: [=] cannot follow [=]"),
            ("a = b &&", "line 1: nothing follows [&&]"),
            ("function { }", "line 1: [function] has no parameters in parentheses"),
            ("function f() return 1;", "line 1: [function] has no body in braces"),
            ("a = 5 x", "line 1: [x] cannot follow [5]"),
        ] {
            assert_eq!(check(text).map_err(|error| error.to_string()), Err(expected.to_owned()), "{text}");
        }
    }
}
