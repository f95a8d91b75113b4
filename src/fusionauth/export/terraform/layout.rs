//! Prints HCL as `terraform fmt` does: two spaces, `=` aligned in consecutive single lines.
//!
//! The formatter of `hcl-rs` is not used: it aligns nothing, and escapes only the first marker of `${a} $${b}`.

use std::fmt::Write;

use hcl::{
    Block, Body, Expression, ObjectKey, Structure,
    expr::{TemplateExpr, TraversalOperator},
};

use crate::fusionauth::export::line::whole_line;
use gateway::redact::is_invisible;

/// The longest list in one line, in characters. A longer one has a line per item.
const MAX_LIST: usize = 80;

/// The text of a file.
pub fn print(body: &Body) -> String {
    let mut out = String::new();
    print_structures(&body.0, 0, &mut out);
    out
}

/// A block or an attribute, and the lines of comment above it.
#[derive(Debug)]
pub struct Noted {
    /// The lines.
    pub notes: Vec<String>,
    /// What stands below them.
    pub structure: Structure,
}

impl From<Structure> for Noted {
    fn from(structure: Structure) -> Self {
        Self { notes: Vec::new(), structure }
    }
}

/// The text of a file with comments.
pub fn print_noted(structures: &[Noted]) -> String {
    let mut out = String::new();
    for Noted { notes, structure } in structures {
        if !out.is_empty() {
            out.push('\n');
        }
        for note in notes {
            // Writing to a string does not fail.
            let _ = writeln!(out, "# {}", whole_line(note));
        }
        print_structures(std::slice::from_ref(structure), 0, &mut out);
    }
    out
}

/// The text as a quoted string of Terraform.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    // `$` and `%` that may be followed by a brace.
    let mut signs = String::new();
    for letter in text.chars() {
        if matches!(letter, '$' | '%') {
            signs.push(letter);
            continue;
        }
        if letter == '{'
            && let Some(sign) = signs.pop()
        {
            // `$${` is a literal `${`. Signs before it must not become a part of it.
            signs.drain(..).for_each(|sign| push_escape(sign, &mut out));
            out.push(sign);
            out.push(sign);
        } else {
            out.push_str(&signs);
            signs.clear();
        }
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if is_invisible(letter) => push_escape(letter, &mut out),
            letter => out.push(letter),
        }
    }
    out.push_str(&signs);
    out.push('"');
    out
}

fn push_escape(letter: char, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match u32::from(letter) {
        code @ ..=0xffff => write!(out, "\\u{code:04x}"),
        code => write!(out, "\\U{code:08x}"),
    };
}

fn print_structures(structures: &[Structure], depth: usize, out: &mut String) {
    let mut attributes = Vec::new();
    let mut is_first = true;
    for structure in structures {
        match structure {
            Structure::Attribute(attribute) => {
                attributes.push((attribute.key.to_string(), expression(&attribute.expr, depth)));
            }
            Structure::Block(block) => {
                is_first &= attributes.is_empty();
                print_entries(&std::mem::take(&mut attributes), depth, out);
                if !is_first {
                    out.push('\n');
                }
                is_first = false;
                print_block(block, depth, out);
            }
        }
    }
    print_entries(&attributes, depth, out);
}

fn print_block(block: &Block, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    out.push_str(&indent);
    out.push_str(block.identifier.as_str());
    for label in &block.labels {
        out.push(' ');
        out.push_str(&quoted(label.as_str()));
    }
    if block.body.0.is_empty() {
        out.push_str(" {}\n");
        return;
    }
    out.push_str(" {\n");
    print_structures(&block.body.0, depth + 1, out);
    out.push_str(&indent);
    out.push_str("}\n");
}

/// Prints `key = value` lines, with `=` aligned. A value of several lines ends the aligned group.
fn print_entries(entries: &[(String, String)], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let mut rest = entries;
    while let Some(((key, value), others)) = rest.split_first() {
        if value.contains('\n') {
            let _ = writeln!(out, "{indent}{key} = {value}");
            rest = others;
            continue;
        }
        let length = rest.iter().take_while(|(_, value)| !value.contains('\n')).count();
        let (row, after) = rest.split_at(length);
        let width = row.iter().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
        for (key, value) in row {
            let gap = " ".repeat(width.saturating_sub(key.chars().count()));
            let _ = writeln!(out, "{indent}{key}{gap} = {value}");
        }
        rest = after;
    }
}

/// The text of an expression that begins in a line of that depth.
fn expression(value: &Expression, depth: usize) -> String {
    match value {
        Expression::Null => "null".to_owned(),
        Expression::Bool(value) => value.to_string(),
        Expression::Number(number) => number.to_string(),
        Expression::String(text) => quoted(text),
        Expression::Array(items) => array(items, depth),
        Expression::Object(entries) => {
            if entries.is_empty() {
                return "{}".to_owned();
            }
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| (object_key(key), expression(value, depth + 1))).collect();
            let mut out = "{\n".to_owned();
            print_entries(&entries, depth + 1, &mut out);
            out.push_str(&"  ".repeat(depth));
            out.push('}');
            out
        }
        Expression::TemplateExpr(template) => match template.as_ref() {
            TemplateExpr::QuotedString(text) => format!("\"{text}\""),
            TemplateExpr::Heredoc(_) => value.to_string(),
        },
        Expression::Variable(variable) => variable.as_str().to_owned(),
        Expression::Traversal(traversal) => {
            let mut out = expression(&traversal.expr, depth);
            for operator in &traversal.operators {
                match operator {
                    TraversalOperator::GetAttr(name) => {
                        out.push('.');
                        out.push_str(name.as_str());
                    }
                    TraversalOperator::Index(index) => {
                        let _ = write!(out, "[{}]", expression(index, depth));
                    }
                    TraversalOperator::AttrSplat => out.push_str(".*"),
                    TraversalOperator::FullSplat => out.push_str("[*]"),
                    TraversalOperator::LegacyIndex(index) => {
                        let _ = write!(out, ".{index}");
                    }
                }
            }
            out
        }
        Expression::FuncCall(call) => {
            let arguments: Vec<_> = call.args.iter().map(|argument| expression(argument, depth)).collect();
            format!("{}({})", call.name, arguments.join(", "))
        }
        Expression::Parenthesis(inner) => format!("({})", expression(inner, depth)),
        other => other.to_string(),
    }
}

fn array(items: &[Expression], depth: usize) -> String {
    let printed: Vec<_> = items.iter().map(|item| expression(item, depth + 1)).collect();
    let length: usize = printed.iter().map(|item| item.chars().count() + 2).sum();
    if length <= MAX_LIST && printed.iter().all(|item| !item.contains('\n')) {
        return format!("[{}]", printed.join(", "));
    }
    let indent = "  ".repeat(depth);
    let lines: String = printed.iter().map(|item| format!("{indent}  {item},\n")).collect();
    format!("[\n{lines}{indent}]")
}

fn object_key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Identifier(name) => name.as_str().to_owned(),
        ObjectKey::Expression(key) => expression(key, 0),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use hcl::{Attribute, expr::FuncCall};
    use proptest::prelude::*;

    use super::*;

    fn read_back(text: &str) -> Expression {
        let body = hcl::parse(&format!("a = {}\n", quoted(text))).unwrap();
        body.attributes().next().unwrap().expr.clone()
    }

    #[test]
    fn markers_are_escaped_wherever_they_stand() {
        assert_eq!(quoted("${a} %{b} $ % {"), "\"$${a} %%{b} $ % {\"");
        assert_eq!(quoted("${a} $${b}"), "\"$${a} \\u0024$${b}\"");
        assert_eq!(quoted("%${a}$%{b}$"), "\"\\u0025$${a}\\u0024%%{b}$\"");
        assert_eq!(quoted("\"\\\n\r\t\u{0}\u{202e}"), "\"\\\"\\\\\\n\\r\\t\\u0000\\u202e\"");
        assert_eq!(quoted("\u{e0041}"), "\"\\U000e0041\"");
    }

    proptest! {
        #[test]
        fn a_text_means_itself(text in "([$%{}\"\\\\\n]|[a-c]|\\PC){0,40}") {
            prop_assert_eq!(read_back(&text), Expression::String(text));
        }
    }

    #[test]
    fn prints_as_terraform_does() {
        let data: Expression =
            Expression::Object([(ObjectKey::from("a b"), Expression::from(1))].into_iter().collect());
        let inner = Block::builder("inner").add_attribute(("x", true)).build();
        let block = Block::builder("resource")
            .add_labels(["fusionauth_x", "y"])
            .add_attribute(("a", "1"))
            .add_attribute(("longer", vec!["b", "c"]))
            .add_attribute(Attribute::new("data", FuncCall::builder("jsonencode").arg(data).build()))
            .add_attribute(("bc", Expression::Array(vec!["d".repeat(60).into(), "e".repeat(60).into()])))
            .add_attribute(("z", 1.5))
            .add_block(inner.clone())
            .add_block(inner)
            .build();
        let body = Body::from(vec![block, Block::new("empty")]);
        let long = ["d".repeat(60), "e".repeat(60)];
        let expected = format!(
            "\
resource \"fusionauth_x\" \"y\" {{
  a      = \"1\"
  longer = [\"b\", \"c\"]
  data = jsonencode({{
    \"a b\" = 1
  }})
  bc = [
    \"{}\",
    \"{}\",
  ]
  z = 1.5

  inner {{
    x = true
  }}

  inner {{
    x = true
  }}
}}

empty {{}}
",
            long[0], long[1]
        );
        assert_eq!(print(&body), expected);
        assert_eq!(hcl::parse(&print(&body)).unwrap(), body);
    }
}
