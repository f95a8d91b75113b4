//! From a template to its parts.

use super::{
    error::TemplateError,
    expression::{Expression, read},
};

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Text(String),
    /// `${…}`
    Output(Part),
    /// The branches of an `if`, with a condition each but for the last one.
    If(Vec<(Option<Part>, Vec<Node>)>),
    List {
        source: Part,
        names: Vec<String>,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// What stands between the items of a list.
    Separator(Vec<Node>),
    Assign {
        name: String,
        value: Part,
    },
    /// A directive that can be in a template but is not rendered here.
    Unknown {
        line: usize,
        name: String,
    },
}

/// An expression as it is written, with its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub line: usize,
    pub text: String,
    /// What it means; `None` if it cannot be read.
    pub meaning: Option<Expression>,
}

impl Part {
    fn new(line: usize, text: &str) -> Self {
        let text = text.trim();
        Self { line, text: text.to_owned(), meaning: read(text) }
    }
}

/// The parts of a template.
///
/// # Errors
/// Something is begun and never ended.
pub fn parse(template: &str) -> Result<Vec<Node>, TemplateError> {
    let mut parser =
        Parser { rest: template, line: 1, is_square: is_square(template), open: Vec::new(), nodes: Vec::new() };
    while !parser.rest.is_empty() {
        parser.step()?;
    }
    match parser.open.last() {
        Some(open) => Err(open.error(format!("[{}] is never closed", open.name))),
        None => Ok(parser.nodes),
    }
}

/// Which of the two tag syntaxes a template has: FreeMarker goes by the first directive.
fn is_square(template: &str) -> bool {
    let first = |starts: &[&str]| starts.iter().filter_map(|start| template.find(start)).min().unwrap_or(usize::MAX);
    first(&["[#", "[@", "[/#", "[/@"]) <= first(&["<#", "<@", "</#", "</@"])
}

/// Directives that have an end.
const BLOCKS: [&str; 18] = [
    "if",
    "list",
    "items",
    "macro",
    "function",
    "switch",
    "attempt",
    "escape",
    "noescape",
    "compress",
    "autoesc",
    "noautoesc",
    "outputformat",
    "foreach",
    "transform",
    "assign",
    "local",
    "global",
];

/// A directive that is not closed yet.
struct Open<'t> {
    line: usize,
    /// As it is written: `#if`, `@helpers.body`.
    name: &'t str,
    arguments: &'t str,
    /// The parts before it.
    outer: Vec<Node>,
    /// The finished branches, and the condition of the one that is being read.
    branches: Vec<(Option<Part>, Vec<Node>)>,
    condition: Option<Part>,
    /// The place of the separator in the body of a list.
    separator: Option<usize>,
}

impl Open<'_> {
    fn error(&self, problem: String) -> TemplateError {
        TemplateError { line: self.line, problem }
    }
}

struct Parser<'t> {
    rest: &'t str,
    line: usize,
    is_square: bool,
    open: Vec<Open<'t>>,
    nodes: Vec<Node>,
}

impl<'t> Parser<'t> {
    fn error(&self, problem: impl Into<String>) -> TemplateError {
        TemplateError { line: self.line, problem: problem.into() }
    }

    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn step(&mut self) -> Result<(), TemplateError> {
        let [start, comment, end_of_comment] = if self.is_square { ["[", "[#--", "--]"] } else { ["<", "<#--", "-->"] };
        if self.rest.starts_with(comment) {
            let end = self.rest.find(end_of_comment).ok_or_else(|| self.error("a comment is never closed"))?;
            self.take(end + end_of_comment.len());
            return Ok(());
        }
        if self.rest.starts_with("${") {
            let length = self.inside(2, '}').ok_or_else(|| self.error("[${] is never closed"))?;
            let line = self.line;
            let text = self.take(length);
            let inner = text.get(2..length.saturating_sub(1)).unwrap_or_default();
            self.nodes.push(Node::Output(Part::new(line, inner)));
            return Ok(());
        }
        if let Some(after) = self.rest.strip_prefix(start) {
            let (slash, after) = after.strip_prefix('/').map_or(("", after), |after| ("/", after));
            if after.starts_with(['#', '@']) {
                return self.tag(start.len() + slash.len(), !slash.is_empty());
            }
        }
        let next = self.rest.char_indices().skip(1).find(|(_, letter)| matches!(letter, '$' | '[' | '<'));
        let text = self.take(next.map_or(self.rest.len(), |(place, _)| place)).to_owned();
        match self.nodes.last_mut() {
            Some(Node::Text(before)) => before.push_str(&text),
            _ => self.nodes.push(Node::Text(text)),
        }
        Ok(())
    }

    /// The length up to and with the bracket that ends what began `skipped` bytes ago, past strings and other brackets.
    fn inside(&self, skipped: usize, end: char) -> Option<usize> {
        let mut letters = self.rest.char_indices().skip_while(|(place, _)| *place < skipped);
        let mut depth = 0_usize;
        let mut before = ' ';
        while let Some((place, letter)) = letters.next() {
            match letter {
                '\'' | '"' => {
                    // The escapes of a raw string are none.
                    let is_raw = before == 'r';
                    loop {
                        match letters.next()?.1 {
                            '\\' if !is_raw => drop(letters.next()),
                            quote if quote == letter => break,
                            _ => {}
                        }
                    }
                }
                _ if letter == end && depth == 0 => return Some(place + letter.len_utf8()),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            before = letter;
        }
        None
    }

    fn tag(&mut self, start: usize, is_end: bool) -> Result<(), TemplateError> {
        let line = self.line;
        let name_length = |rest: &str| {
            rest.char_indices()
                .skip(1)
                .find(|(_, letter)| !(letter.is_alphanumeric() || matches!(letter, '_' | '.' | '$')))
                .map_or(rest.len(), |(place, _)| place)
        };
        let named = self.rest.get(start..).unwrap_or_default();
        let name = named.get(..name_length(named)).unwrap_or_default();
        let end = if self.is_square { ']' } else { '>' };
        let problem =
            || TemplateError { line, problem: format!("[{}{name}] is never closed", if is_end { "/" } else { "" }) };
        let length = self.inside(start, end).ok_or_else(problem)?;
        let whole = self.take(length);
        let arguments = whole.get(start + name.len()..length.saturating_sub(1)).unwrap_or_default().trim();
        let (arguments, is_empty) = match arguments.strip_suffix('/') {
            Some(arguments) => (arguments.trim_end(), true),
            None => (arguments, false),
        };
        if is_end {
            return self.close(line, name);
        }
        match name {
            "#noparse" => self.verbatim(line),
            "#else" | "#elseif" | "#elseIf" => self.branch(line, name, arguments),
            "#sep" => {
                let place = self.nodes.len();
                if let Some(open) = self.open.last_mut().filter(|open| open.name == "#list") {
                    open.separator = Some(place);
                }
                Ok(())
            }
            "#ftl" | "#t" | "#lt" | "#rt" | "#nt" => Ok(()),
            "#assign" | "#local" | "#global" if arguments.contains('=') => {
                let (name, value) = arguments.split_once('=').unwrap_or_default();
                let name = name.trim().to_owned();
                self.nodes.push(Node::Assign { name, value: Part::new(line, value) });
                Ok(())
            }
            _ if !is_empty && (name.starts_with('@') || BLOCKS.contains(&name.trim_start_matches('#'))) => {
                let condition = (name == "#if").then(|| Part::new(line, arguments));
                let outer = std::mem::take(&mut self.nodes);
                self.open.push(Open { line, name, arguments, outer, branches: Vec::new(), condition, separator: None });
                Ok(())
            }
            _ => {
                self.nodes.push(Node::Unknown { line, name: name.to_owned() });
                Ok(())
            }
        }
    }

    /// What stands in `[#noparse]` is text.
    fn verbatim(&mut self, line: usize) -> Result<(), TemplateError> {
        let end = if self.is_square { "[/#noparse]" } else { "</#noparse>" };
        let length = self.rest.find(end);
        let problem = "[#noparse] is never closed".to_owned();
        let length = length.ok_or(TemplateError { line, problem })?;
        let text = self.take(length).to_owned();
        self.take(end.len());
        self.nodes.push(Node::Text(text));
        Ok(())
    }

    fn branch(&mut self, line: usize, name: &str, arguments: &str) -> Result<(), TemplateError> {
        let Some(open) = self.open.last_mut().filter(|open| ["#if", "#list", "#switch"].contains(&open.name)) else {
            return Err(TemplateError { line, problem: format!("[{name}] belongs to nothing") });
        };
        let body = std::mem::take(&mut self.nodes);
        let condition = (name != "#else").then(|| Part::new(line, arguments));
        open.branches.push((std::mem::replace(&mut open.condition, condition), body));
        Ok(())
    }

    fn close(&mut self, line: usize, name: &str) -> Result<(), TemplateError> {
        // These may be closed, but need not.
        if ["#sep", "#else", "#elseif", "#case", "#default"].contains(&name) {
            return Ok(());
        }
        let Some(open) = self.open.pop() else {
            return Err(TemplateError { line, problem: format!("[/{name}] closes nothing") });
        };
        if open.name != name && !(name == "@" && open.name.starts_with('@')) {
            let problem = format!("[/{name}] closes [{}] of line {}", open.name, open.line);
            return Err(TemplateError { line, problem });
        }
        let body = std::mem::replace(&mut self.nodes, open.outer);
        let node = match open.name {
            "#if" => {
                let mut branches = open.branches;
                branches.push((open.condition, body));
                Node::If(branches)
            }
            "#list" => list(open.line, open.arguments, open.branches, open.separator, body),
            _ => Node::Unknown { line: open.line, name: open.name.to_owned() },
        };
        self.nodes.push(node);
        Ok(())
    }
}

/// A list: `names as name`, or `map as key, value`.
fn list(
    line: usize,
    arguments: &str,
    mut branches: Vec<(Option<Part>, Vec<Node>)>,
    separator: Option<usize>,
    last: Vec<Node>,
) -> Node {
    let Some((source, names)) = arguments.rsplit_once(" as ") else {
        return Node::Unknown { line, name: "#list".to_owned() };
    };
    let (mut body, otherwise) = match branches.pop() {
        Some((_, body)) => (body, last),
        None => (last, Vec::new()),
    };
    if let Some(place) = separator.filter(|place| *place <= body.len()) {
        let between = body.split_off(place);
        body.push(Node::Separator(between));
    }
    let names = names.split(',').map(|name| name.trim().to_owned()).collect();
    Node::List { source: Part::new(line, source), names, body, otherwise }
}
