//! Exports of logs as zip archives, and metrics as text.

use std::io::{self, Write};

use rawzip::ZipArchiveWriter;
use serde_json::Value;

use crate::{
    answers::logs,
    call::{Answer, Call},
    exchange::Response,
    object::{Object, into_object},
};

/// Answers calls whose answer is no JSON.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    Some(match call.api_path()? {
        "system/audit-log/export" => {
            let columns = [("Id", "id"), ("User", "insertUser"), ("Time", "insertInstant"), ("Message", "message")];
            archive("audit-log.csv", &table(call, "audit-log", &columns))
        }
        "system/login-record/export" => {
            let columns = [
                ("User Id", "userId"),
                ("Identity value", "loginId"),
                ("Identity type", "loginIdType"),
                ("Time", "instant"),
                ("Application Id", "applicationId"),
                ("IP Address", "ipAddress"),
            ];
            archive("login-records.csv", &table(call, "login", &columns))
        }
        "system/log/export" => archive("fusionauth-app.log", "A simulation of FusionAuth writes no system log.\n"),
        "prometheus/metrics" => Ok(Response::file("text/plain; version=0.0.4", metrics(call).into_bytes())),
        _ => return None,
    })
}

/// The entries that meet the criteria of an export, as CSV. Times are in ms since 1970.
fn table(call: &Call<'_>, collection: &str, columns: &[(&str, &str)]) -> String {
    let criteria = call.body.get("criteria").cloned().map(into_object).unwrap_or_default();
    let line = |cells: Vec<String>| format!("{}\n", cells.join(","));
    let head = line(columns.iter().map(|(name, _)| quoted(name)).collect());
    let cell = |entry: &Object, key: &str| match entry.get(key) {
        Some(Value::String(text)) => quoted(text),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let entries = logs::exported(call.state, collection, &criteria);
    let rows = entries.into_iter().map(|entry| line(columns.iter().map(|(_, key)| cell(entry, key)).collect()));
    std::iter::once(head).chain(rows).collect()
}

/// A cell of CSV (RFC 4180).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A zip archive of one file.
fn archive(name: &str, content: &str) -> Answer {
    let bytes = zip(name, content.as_bytes());
    bytes.map(|bytes| Response::file("application/zip", bytes)).map_err(|_| Response::empty(500))
}

fn zip(name: &str, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    let (mut entry, config) = archive.new_file(name).start().map_err(io::Error::other)?;
    let mut writer = config.wrap(&mut entry);
    writer.write_all(content)?;
    let (_, descriptor) = writer.finish().map_err(io::Error::other)?;
    entry.finish(descriptor).map_err(io::Error::other)?;
    archive.finish().map_err(io::Error::other)?;
    Ok(bytes)
}

fn metrics(call: &Call<'_>) -> String {
    let users = call.state.all("user").len();
    format!(
        "# HELP simulation_users The users of this simulation of FusionAuth.\n# TYPE simulation_users gauge\n\
         simulation_users {users}\n"
    )
}
