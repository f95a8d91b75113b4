//! The entries of an IP access control list.

use std::net::Ipv4Addr;

use serde_json::Value;

use crate::{
    exchange::{Refusal, Response},
    object::{Object, items, text},
};

/// The start of the entry for every address that no other entry has.
const ANY: &str = "*";

/// Checks that a list has one entry for all other addresses, and that each of the others is a range of IPv4.
///
/// # Errors
/// 400 that names the first entry that is wrong.
pub fn check(one: &str, list: &Object) -> Result<(), Refusal> {
    let entries: Vec<&Object> = items(list, "entries").iter().filter_map(Value::as_object).collect();
    let field = format!("{one}.entries");
    if entries.is_empty() {
        return Err(Response::missing(&field));
    }
    for (index, entry) in entries.iter().enumerate() {
        check_entry(&format!("{field}[{index}]"), entry)?;
    }
    let defaults = entries.iter().filter(|entry| text(entry, "startIPAddress") == ANY).count();
    if defaults != 1 {
        let message = format!("One entry, and only one, has to begin with [{ANY}], for the default action.");
        return Err(Response::field("invalid", &field, message));
    }
    Ok(())
}

fn check_entry(field: &str, entry: &Object) -> Result<(), Refusal> {
    if text(entry, "action").is_empty() {
        return Err(Response::blank(&format!("{field}.action")));
    }
    let start = text(entry, "startIPAddress");
    if start == ANY {
        return Ok(());
    }
    let (start, end) = (address(field, "startIPAddress", entry)?, address(field, "endIPAddress", entry)?);
    if end < start {
        let message = format!("The range ends with [{end}], which is before its start [{start}].");
        return Err(Response::field("invalid", &format!("{field}.endIPAddress"), message));
    }
    Ok(())
}

fn address(field: &str, property: &str, entry: &Object) -> Result<Ipv4Addr, Refusal> {
    let field = format!("{field}.{property}");
    match text(entry, property) {
        "" => Err(Response::blank(&field)),
        address => address
            .parse()
            .map_err(|_| Response::field("invalid", &field, format!("[{address}] is not an IPv4 address."))),
    }
}
