//! TOML files.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, value};

use super::{
    outcome::{EditError, Edited},
    text::{with_ends_of, without_mark},
};
use crate::clients::launch::Launch;

/// Puts a server in.
pub fn put(section: &[&str], text: &str, name: &str, launch: &Launch) -> Result<Edited, EditError> {
    let (mark, text) = without_mark(text);
    let mut document = parse(text)?;
    let servers = servers(&mut document, section, true)?.ok_or_else(|| form(section))?;
    let is_replaced = servers.contains_key(name);
    let is_inline = servers.get(name).is_some_and(Item::is_inline_table);
    match servers.get_mut(name).and_then(Item::as_table_like_mut) {
        Some(entry) => {
            for (key, item) in items(launch, is_inline) {
                replace(entry, key, item);
            }
        }
        None => {
            let mut table = Table::new();
            for (key, item) in items(launch, false) {
                table.insert(key, item);
            }
            servers.insert(name, Item::Table(table));
        }
    }
    Ok(Edited { text: format!("{mark}{}", with_ends_of(text, &document.to_string())), is_replaced })
}

/// Takes a server out.
pub fn remove(section: &[&str], text: &str, name: &str) -> Result<Option<String>, EditError> {
    let (mark, text) = without_mark(text);
    let mut document = parse(text)?;
    let Some(servers) = servers(&mut document, section, false)? else { return Ok(None) };
    let is_removed = servers.remove(name).is_some();
    Ok(is_removed.then(|| format!("{mark}{}", with_ends_of(text, &document.to_string()))))
}

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        // Its display shows the line, which may hold somebody's secret.
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        EditError::Syntax { language: "TOML", fault: format!("{} on line {line}", error.message()) }
    })
}

fn form(section: &[&str]) -> EditError {
    EditError::Form { key: format!("`{}`", section.join(".")), expected: "a table" }
}

/// The table that holds the servers, made where it is not there and `is_made` says so.
fn servers<'a>(
    document: &'a mut DocumentMut,
    section: &[&str],
    is_made: bool,
) -> Result<Option<&'a mut dyn TableLike>, EditError> {
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for key in section {
        if !table.contains_key(key) {
            if !is_made {
                return Ok(None);
            }
            // Its own header would say nothing.
            let mut made = Table::new();
            made.set_implicit(true);
            table.insert(key, Item::Table(made));
        }
        table = table.get_mut(key).and_then(Item::as_table_like_mut).ok_or_else(|| form(section))?;
    }
    Ok(Some(table))
}

fn items(launch: &Launch, is_inline: bool) -> [(&'static str, Item); 3] {
    let mut environment = Table::new();
    for (name, text) in &launch.environment {
        environment.insert(name, value(text.as_str()));
    }
    let environment = if is_inline { value(environment.into_inline_table()) } else { Item::Table(environment) };
    [
        ("command", value(launch.command.as_str())),
        ("args", value(launch.arguments.iter().map(String::as_str).collect::<Array>())),
        ("env", environment),
    ]
}

/// Sets a value and keeps the comments around it.
fn replace(table: &mut dyn TableLike, key: &str, mut item: Item) {
    match (table.get_mut(key), &mut item) {
        (Some(Item::Value(old)), Item::Value(new)) => *new.decor_mut() = old.decor().clone(),
        (Some(Item::Table(old)), Item::Table(new)) => {
            *new.decor_mut() = old.decor().clone();
            new.set_position(old.position());
        }
        _ => {}
    }
    // In its place.
    match table.get_mut(key) {
        Some(old) => *old = item,
        None => drop(table.insert(key, item)),
    }
}
