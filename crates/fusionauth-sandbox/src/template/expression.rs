//! The expressions of a template.

/// How deep an expression may be nested.
const MAX_DEPTH: usize = 64;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A text, which may have interpolations of its own.
    Text {
        text: String,
        is_raw: bool,
    },
    Number(f64),
    Boolean(bool),
    Variable(String),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    /// `a.b`, `a["b"]`, `a[0]`
    Member(Box<Expression>, Box<Expression>),
    /// `a!b`; without `b`, nothing.
    Default(Box<Expression>, Option<Box<Expression>>),
    /// `a??`
    Exists(Box<Expression>),
    /// `a?name(arguments)`
    BuiltIn(Box<Expression>, String, Vec<Expression>),
    Group(Box<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Binary(Box<Expression>, Operator, Box<Expression>),
}

/// An operator with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// By how strongly they bind, the weakest first. Longer ones come before their beginnings.
const OPERATORS: [&[(&str, Operator)]; 6] = [
    &[("||", Operator::Or)],
    &[("&&", Operator::And)],
    &[("==", Operator::Equal), ("!=", Operator::Different), ("=", Operator::Equal)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("lte ", Operator::LessOrEqual),
        ("gte ", Operator::GreaterOrEqual),
        ("lt ", Operator::Less),
        ("gt ", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
];

/// Reads a whole expression; `None` if it is none, or has what is not supported.
pub fn read(text: &str) -> Option<Expression> {
    let mut reader = Reader { rest: text, depth: 0 };
    let expression = reader.binary(0)?;
    reader.skip_space();
    reader.rest.is_empty().then_some(expression)
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, text: &str) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn binary(&mut self, level: usize) -> Option<Expression> {
        let Some(operators) = OPERATORS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        loop {
            self.skip_space();
            let found = operators.iter().find(|(text, _)| self.rest.starts_with(text));
            let Some((text, operator)) = found else { return Some(left) };
            self.eat(text);
            let right = self.binary(level + 1)?;
            left = Expression::Binary(Box::new(left), *operator, Box::new(right));
        }
    }

    fn unary(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.skip_space();
        let expression = if self.eat("!") {
            Expression::Not(Box::new(self.unary()?))
        } else if self.eat("-") {
            Expression::Negative(Box::new(self.unary()?))
        } else {
            self.postfix()?
        };
        self.depth -= 1;
        Some(expression)
    }

    fn postfix(&mut self) -> Option<Expression> {
        let mut expression = self.primary()?;
        loop {
            let inner = Box::new(expression);
            // `a != b` is no default.
            let is_comparison = self.rest.trim_start().starts_with("!=");
            expression = if self.eat("??") {
                Expression::Exists(inner)
            } else if self.eat("?") {
                let name = self.name()?;
                let arguments = if self.rest.starts_with('(') && self.eat("(") { self.items(")")? } else { Vec::new() };
                Expression::BuiltIn(inner, name, arguments)
            } else if self.eat(".") {
                let name = self.name()?;
                Expression::Member(inner, Box::new(Expression::Text { text: name, is_raw: true }))
            } else if self.eat("[") {
                let index = self.binary(0)?;
                if !self.eat("]") {
                    return None;
                }
                Expression::Member(inner, Box::new(index))
            } else if !is_comparison && self.eat("!") {
                Expression::Default(inner, self.default_value()?)
            } else if self.rest.starts_with('(') {
                // Methods are not supported.
                return None;
            } else {
                return Some(*inner);
            };
        }
    }

    /// What follows `!`, if anything does.
    #[expect(clippy::option_option, reason = "no expression is not the same as one that cannot be read")]
    fn default_value(&mut self) -> Option<Option<Box<Expression>>> {
        let begins = |letter: char| letter.is_alphanumeric() || matches!(letter, '\'' | '"' | '(' | '[' | '{' | '_');
        self.skip_space();
        if !self.rest.starts_with(begins) {
            return Some(None);
        }
        self.unary().map(|value| Some(Box::new(value)))
    }

    fn primary(&mut self) -> Option<Expression> {
        self.skip_space();
        let first = self.rest.chars().next()?;
        if self.eat("(") {
            let inner = self.binary(0)?;
            return self.eat(")").then(|| Expression::Group(Box::new(inner)));
        }
        if self.eat("[") {
            return Some(Expression::List(self.items("]")?));
        }
        if self.eat("{") {
            return self.map();
        }
        if matches!(first, '\'' | '"') {
            return self.string(false);
        }
        if self.rest.starts_with("r'") || self.rest.starts_with("r\"") {
            self.eat("r");
            return self.string(true);
        }
        if first.is_ascii_digit() {
            let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
            let length = self.rest.find(|letter| !is_part(letter)).unwrap_or(self.rest.len());
            let (number, rest) = self.rest.split_at_checked(length)?;
            self.rest = rest;
            return number.parse().ok().map(Expression::Number);
        }
        let name = self.name()?;
        Some(match name.as_str() {
            "true" => Expression::Boolean(true),
            "false" => Expression::Boolean(false),
            _ => Expression::Variable(name),
        })
    }

    fn name(&mut self) -> Option<String> {
        let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '@');
        let length = self.rest.find(|letter| !is_part(letter)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn items(&mut self, end: &str) -> Option<Vec<Expression>> {
        let mut items = Vec::new();
        while !self.eat(end) {
            if !items.is_empty() && !self.eat(",") {
                return None;
            }
            items.push(self.binary(0)?);
        }
        Some(items)
    }

    fn map(&mut self) -> Option<Expression> {
        let mut entries = Vec::new();
        while !self.eat("}") {
            if !entries.is_empty() && !self.eat(",") {
                return None;
            }
            let key = self.binary(0)?;
            if !self.eat(":") {
                return None;
            }
            entries.push((key, self.binary(0)?));
        }
        Some(Expression::Map(entries))
    }

    fn string(&mut self, is_raw: bool) -> Option<Expression> {
        let mut letters = self.rest.char_indices();
        let quote = letters.next()?.1;
        let mut text = String::new();
        loop {
            let (place, letter) = letters.next()?;
            match letter {
                '\\' if !is_raw => text.push(match letters.next()?.1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'l' => '<',
                    'g' => '>',
                    'a' => '&',
                    other => other,
                }),
                _ if letter == quote => {
                    self.rest = self.rest.get(place + 1..)?;
                    return Some(Expression::Text { text, is_raw });
                }
                _ => text.push(letter),
            }
        }
    }
}
