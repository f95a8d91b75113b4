//! The query string syntax of Elasticsearch, as far as it is documented and can be carried out here.
//!
//! Terms, phrases, wildcards, `field:value`, `field:(a OR b)`, ranges, `_exists_`, `AND`, `OR`, `NOT`, `&&`, `||`, `!`,
//! `+`, `-`, parentheses, escapes and boosts, which do not matter here. Regular expressions, fuzzy terms and fields with
//! wildcards are refused.

use super::expression::{Bound, Expression, Symbol, Term};

/// How deep parentheses may be nested.
const MAX_DEPTH: usize = 50;
/// What has to be escaped in a term.
const SPECIAL: &str = "+-=&|><!(){}[]^\"~*?:\\/";

/// How terms that nothing joins are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultOperator {
    /// All of them are wanted.
    And,
    /// One of them is enough.
    Or,
}

/// Reads a query string.
///
/// # Errors
/// What is wrong with it, or cannot be carried out.
pub fn parse(query: &str, default_operator: DefaultOperator) -> Result<Expression, String> {
    let mut parser = Parser { rest: query, default_operator, depth: 0 };
    parser.skip_space();
    if parser.rest.is_empty() {
        return Ok(Expression::All);
    }
    let expression = parser.clauses(None)?;
    match parser.rest.chars().next() {
        None => Ok(expression),
        Some(letter) => Err(format!("[{letter}] has no matching opening character.")),
    }
}

struct Parser<'a> {
    rest: &'a str,
    default_operator: DefaultOperator,
    depth: usize,
}

/// Whether a clause is wanted by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Required,
    Prohibited,
}

/// What stands before a clause.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    None,
    And,
    Or,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a word that stands by itself.
    fn take_word(&mut self, word: &str) -> bool {
        let is_word = self.rest.strip_prefix(word).is_some_and(|after| {
            after.chars().next().is_none_or(|next| next.is_whitespace() || next == '(' || next == ')')
        });
        is_word && self.take(word)
    }

    /// Clauses joined by OR, AND, or nothing, up to the end or a closing parenthesis.
    fn clauses(&mut self, field: Option<&str>) -> Result<Expression, String> {
        let mut clauses: Vec<(Joint, Sign, Expression)> = Vec::new();
        loop {
            self.skip_space();
            if self.rest.is_empty() || self.rest.starts_with(')') {
                break;
            }
            let joint = if self.take_word("OR") || self.take("||") {
                Joint::Or
            } else if self.take_word("AND") || self.take("&&") {
                Joint::And
            } else {
                Joint::None
            };
            if joint != Joint::None && clauses.is_empty() {
                return Err("AND and OR stand between two terms.".to_owned());
            }
            let is_all_wanted = self.default_operator == DefaultOperator::And;
            let joint = if joint == Joint::None && is_all_wanted { Joint::And } else { joint };
            self.skip_space();
            let (sign, expression) = self.clause(field)?;
            clauses.push((joint, sign, expression));
        }
        if clauses.is_empty() {
            return Err("There is nothing between the parentheses.".to_owned());
        }
        Ok(joined(clauses))
    }

    fn clause(&mut self, field: Option<&str>) -> Result<(Sign, Expression), String> {
        let mut sign = Sign::None;
        loop {
            self.skip_space();
            let negates = self.take_word("NOT") || self.take("!") || self.take("-");
            if negates {
                sign = if sign == Sign::Prohibited { Sign::None } else { Sign::Prohibited };
            } else if self.take("+") {
                sign = Sign::Required;
            } else {
                break;
            }
        }
        self.skip_space();
        Ok((sign, self.operand(field)?))
    }

    fn operand(&mut self, field: Option<&str>) -> Result<Expression, String> {
        let operand = match self.rest.chars().next() {
            None | Some(')') => return Err("A term is missing at the end.".to_owned()),
            Some('(') => self.group(field)?,
            Some('"') => Expression::Is(field.map(str::to_owned), Term::Phrase(self.phrase()?)),
            Some('[' | '{') => self.range(field)?,
            Some('>' | '<') => self.comparison(field)?,
            Some('/') => return Err("Regular expressions are not simulated.".to_owned()),
            Some(_) => self.term(field)?,
        };
        if self.take("^") {
            self.number()?;
        }
        if self.rest.starts_with('~') {
            return Err("Fuzzy terms (~) are not simulated.".to_owned());
        }
        Ok(operand)
    }

    fn group(&mut self, field: Option<&str>) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("Parentheses are nested more than {MAX_DEPTH} deep."));
        }
        self.take("(");
        let inner = self.clauses(field)?;
        self.depth -= 1;
        if self.take(")") { Ok(inner) } else { Err("A parenthesis is not closed.".to_owned()) }
    }

    fn number(&mut self) -> Result<(), String> {
        let end = self.rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        number.parse::<f64>().map(|_| ()).map_err(|_| "A number has to follow ^.".to_owned())
    }

    fn phrase(&mut self) -> Result<String, String> {
        self.take("\"");
        let mut phrase = String::new();
        let mut letters = self.rest.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(phrase);
                }
                '\\' => phrase.extend(letters.next().map(|(_, escaped)| escaped)),
                other => phrase.push(other),
            }
        }
        Err("A quotation mark is not closed.".to_owned())
    }

    fn term(&mut self, field: Option<&str>) -> Result<Expression, String> {
        let (pattern, is_escape_open) = self.word();
        if is_escape_open {
            return Err("A backslash has to stand before what it escapes.".to_owned());
        }
        if pattern.is_empty() {
            let letter = self.rest.chars().next().unwrap_or_default();
            return Err(format!("[{letter}] has to be escaped with a backslash, or to stand in quotation marks."));
        }
        let is_plain = pattern.iter().all(|symbol| matches!(symbol, Symbol::Literal(_)));
        if self.take(":") {
            if field.is_some() {
                return Err("A field cannot stand within another field.".to_owned());
            }
            if !is_plain {
                return Err("Fields with wildcards are not simulated.".to_owned());
            }
            let name = literal(&pattern);
            self.skip_space();
            if name == "_exists_" {
                let (path, _) = self.word();
                return if path.is_empty() {
                    Err("_exists_ needs a field.".to_owned())
                } else {
                    Ok(Expression::Exists(literal(&path)))
                };
            }
            return self.operand(Some(&name));
        }
        // Any value at all.
        if let ([Symbol::Any], field) = (pattern.as_slice(), field) {
            return Ok(field.map_or(Expression::All, |field| Expression::Exists(field.to_owned())));
        }
        Ok(Expression::Is(field.map(str::to_owned), Term::Pattern(pattern)))
    }

    /// The symbols up to white space or a special character, and whether a backslash ends the query.
    fn word(&mut self) -> (Vec<Symbol>, bool) {
        let mut pattern = Vec::new();
        let mut letters = self.rest.char_indices();
        let mut end = self.rest.len();
        let mut is_escape_open = false;
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some((_, escaped)) => pattern.push(Symbol::Literal(escaped)),
                    None => is_escape_open = true,
                },
                '*' => pattern.push(Symbol::Any),
                '?' => pattern.push(Symbol::One),
                // Within a term these stand for themselves.
                '-' | '+' | '=' | '/' | '&' | '|' | '!' if !pattern.is_empty() => pattern.push(Symbol::Literal(letter)),
                other if other.is_whitespace() || SPECIAL.contains(other) => {
                    end = at;
                    break;
                }
                other => pattern.push(Symbol::Literal(other)),
            }
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
        (pattern, is_escape_open)
    }

    fn range(&mut self, field: Option<&str>) -> Result<Expression, String> {
        let field = field.ok_or("A range needs a field.")?.to_owned();
        let from_inclusive = self.take("[");
        if !from_inclusive {
            self.take("{");
        }
        let from = self.bound()?;
        self.skip_space();
        if !self.take_word("TO") {
            return Err("A range is written [a TO b].".to_owned());
        }
        let to = self.bound()?;
        self.skip_space();
        let to_inclusive = self.take("]");
        if !to_inclusive && !self.take("}") {
            return Err("A range is not closed.".to_owned());
        }
        let bound = |value: Option<String>, is_inclusive| value.map(|value| Bound { value, is_inclusive });
        Ok(Expression::Between(field, bound(from, from_inclusive), bound(to, to_inclusive)))
    }

    /// One end of a range; `*` stands for none.
    fn bound(&mut self) -> Result<Option<String>, String> {
        self.skip_space();
        let value = if self.rest.starts_with('"') {
            self.phrase()?
        } else {
            let end = self.rest.find(|letter: char| letter.is_whitespace() || letter == ']' || letter == '}');
            let (value, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
            self.rest = rest;
            value.replace('\\', "")
        };
        match value.as_str() {
            "" => Err("A range has two ends; * stands for none.".to_owned()),
            "*" => Ok(None),
            _ => Ok(Some(value)),
        }
    }

    fn comparison(&mut self, field: Option<&str>) -> Result<Expression, String> {
        let field = field.ok_or("A comparison needs a field.")?.to_owned();
        let is_lower = self.take(">");
        if !is_lower {
            self.take("<");
        }
        let is_inclusive = self.take("=");
        self.skip_space();
        let end = self.rest.find(|letter: char| letter.is_whitespace() || letter == ')').unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        if value.is_empty() {
            return Err("A comparison needs a value.".to_owned());
        }
        let bound = Some(Bound { value: value.trim_matches('"').replace('\\', ""), is_inclusive });
        Ok(if is_lower { Expression::Between(field, bound, None) } else { Expression::Between(field, None, bound) })
    }
}

fn literal(pattern: &[Symbol]) -> String {
    pattern
        .iter()
        .filter_map(|symbol| if let Symbol::Literal(letter) = symbol { Some(*letter) } else { None })
        .collect()
}

/// AND binds before OR. A clause with a sign that nothing joins holds for all clauses beside it; where one is required,
/// those without a sign do not matter.
fn joined(clauses: Vec<(Joint, Sign, Expression)>) -> Expression {
    let mut is_next_joined: Vec<bool> = clauses.iter().skip(1).map(|(joint, ..)| *joint != Joint::None).collect();
    is_next_joined.push(false);
    let (mut all, mut alternatives): (Vec<Expression>, Vec<Vec<Expression>>) = (Vec::new(), Vec::new());
    let mut is_one_required = false;
    for ((joint, sign, expression), is_next_joined) in clauses.into_iter().zip(is_next_joined) {
        let signed = match sign {
            Sign::Prohibited => Expression::Not(Box::new(expression)),
            Sign::None | Sign::Required => expression,
        };
        if sign != Sign::None && joint == Joint::None && !is_next_joined {
            is_one_required |= sign == Sign::Required;
            all.push(signed);
            continue;
        }
        match alternatives.last_mut() {
            Some(last) if joint == Joint::And => last.push(signed),
            _ => alternatives.push(vec![signed]),
        }
    }
    if !is_one_required && !alternatives.is_empty() {
        all.push(Expression::AtLeast(1, alternatives.into_iter().map(Expression::And).collect()));
    }
    Expression::And(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::object::into_object;

    const NOW: u64 = 1_767_225_600_000;

    fn finds(query: &str) -> bool {
        let user = json!({
            "email": "Richard@piedpiper.example", "fullName": "Richard Hendricks", "active": true,
            "insertInstant": 1_767_000_000_000_u64, "birthDate": "1990-05-01", "data": { "score": 7, "a:b": "c" },
            "registrations": [{ "applicationId": "a1", "roles": ["admin"] }, { "applicationId": "a2", "roles": [] }],
        });
        parse(query, DefaultOperator::Or)
            .unwrap_or_else(|error| panic!("{query}: {error}"))
            .matches(&into_object(user), NOW)
    }

    #[test]
    fn what_is_documented_is_carried_out() {
        for query in [
            "",
            "*",
            "richard@piedpiper.example",
            "email:richard*",
            "email:*@piedpiper.example",
            "Hendricks",
            "nobody hendricks",
            "registrations.applicationId:a1",
            "registrations.roles:admin AND active:true",
            "nobody OR hendricks",
            "nobody || hendricks",
            "\"Richard Hendricks\"",
            "fullName:\"richard hendricks\"",
            "(email:richard* active:true)",
            "-email:jared*",
            "NOT active:false",
            "!active:false",
            "active:true AND NOT email:jared*",
            "nobody OR NOT jared",
            "email:(jared* OR richard*)",
            "+hendricks nobody",
            "-jared hendricks",
            "_exists_:data.score",
            "NOT _exists_:mobilePhone",
            "insertInstant:[2025-12-01 TO 2026-01-01]",
            "insertInstant:[1766000000000 TO *]",
            "insertInstant:>=now-7d",
            "data.score:{6 TO 8}",
            "data.score:<=7",
            "birthDate:[1990-01-01 TO 1991-01-01]",
            "data.a\\:b:c",
            "email:r?chard*^2",
            "hendricks^2 AND active:true",
        ] {
            assert!(finds(query), "{query}");
        }
        for query in [
            "jared",
            "NOT active:true",
            "-active:true",
            "email:richard* AND active:false",
            "-richard* hendricks",
            "hendricks -active:true",
            "+nobody hendricks",
            "registrations.applicationId:a3",
            "insertInstant:[* TO 2025-01-01}",
            "data.score:{7 TO 8}",
            "_exists_:nothing",
            "\"Hendricks Richard\"",
            "(nobody OR jared) AND active:true",
        ] {
            assert!(!finds(query), "{query}");
        }
    }

    #[test]
    fn what_cannot_be_carried_out_is_refused() {
        for query in [
            "/reg.*/",
            "jared~",
            "\"a b\"~2",
            "da*:x",
            "(a",
            "a)",
            "\"a",
            "a:[1 TO",
            "a:[1 2]",
            "AND a",
            "a AND",
            "[1 TO 2]",
            "a:",
            "()",
            "a\\",
            "a:b:c",
            "a:>",
            "^2",
        ] {
            assert!(parse(query, DefaultOperator::Or).is_err(), "{query}");
        }
        assert!(parse(&"(".repeat(100_000), DefaultOperator::Or).is_err());
    }
}
