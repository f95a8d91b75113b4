//! docs/clients.md: every configuration in it is the one that `install` prints, and starts the server. Not on Windows, where npx
//! has another form.

use std::{collections::BTreeSet, env, fs, process::Stdio};

use base64::{Engine, engine::general_purpose::STANDARD};
use fusionauth_mcp::clients::table::{CLIENTS, Location, OTHER_LIMITS};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::support::{
    client::command,
    install::{parsed, started_tools},
};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/clients.md");

/// What `install CLIENT --print` prints for a published package.
fn printed(client: &str) -> String {
    let output = command(&[("HOME", "/srv/you")])
        .args(["install", client, "--npx", "--print"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{client}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The line for a link that adds the server by a click.
fn link(client: &str) -> String {
    let value = parsed(client, &printed(client));
    let encoded = |value: &Value| utf8_percent_encode(&value.to_string(), NON_ALPHANUMERIC).to_string();
    match client {
        "vscode" => format!(
            "[Add to VS Code](https://vscode.dev/redirect/mcp/install?name=fusionauth&inputs={}&config={})",
            encoded(&value["inputs"]),
            encoded(&value["servers"]["fusionauth"])
        ),
        "cursor" => {
            let server = STANDARD.encode(value["mcpServers"]["fusionauth"].to_string());
            let server = utf8_percent_encode(&server, NON_ALPHANUMERIC);
            format!("[Add to Cursor](https://cursor.com/en/install-mcp?name=fusionauth&config={server})")
        }
        other => panic!("{other} has no link"),
    }
}

/// The page with its generated parts as they have to be.
fn fresh(page: &str) -> String {
    let mut text = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let mark = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"));
        match mark.and_then(|mark| mark.split_once(' ')) {
            Some(("install", client)) => {
                let fence = lines.next().unwrap();
                assert!(fence.starts_with("```"), "{line}: {fence}");
                text.push_str(&format!("{fence}\n{}```\n", printed(client)));
                assert!(lines.any(|line| line == "```"), "{line}: the block does not end");
            }
            Some(("link", client)) => {
                lines.next();
                text.push_str(&format!("{}\n", link(client)));
            }
            _ => {}
        }
    }
    text
}

/// `UPDATE_DOCS=1` writes them.
#[test]
fn the_configurations_on_the_page_are_the_ones_that_install_prints() {
    let page = fs::read_to_string(PAGE).unwrap();
    let fresh = fresh(&page);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, fresh).unwrap();
    } else {
        assert_eq!(page, fresh, "UPDATE_DOCS=1 cargo test --test black_box client_docs:: writes it");
    }
}

#[test]
fn every_configuration_on_the_page_starts_the_server() {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut tried = BTreeSet::new();
    for part in page.split("<!-- install ").skip(1) {
        let (client, rest) = part.split_once(" -->\n").unwrap();
        let text = rest.split_once('\n').unwrap().1.split("```").next().unwrap();
        let tools = started_tools(client, text, "fusionauth");
        let limit = CLIENTS.iter().find(|row| row.name == client).unwrap().max_tools.unwrap_or(usize::MAX);
        assert!((3..=limit).contains(&tools.len()), "{client}: {} tools", tools.len());
        tried.insert(client);
    }
    assert_eq!(tried, CLIENTS.iter().map(|client| client.name).collect());
}

#[test]
fn the_page_names_every_client_with_its_file_and_its_limit() {
    let page = fs::read_to_string(PAGE).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|row| row.split(" | ").collect())
        .collect();
    for client in &CLIENTS {
        let file = match client.location {
            Location::Home(path) => format!("~/{path}"),
            // Files of an extension are named from the editor's folder on.
            Location::Config(path) if client.name == "cline" => path.replace("Code/User/", ""),
            Location::Config(path) => format!("~/.config/{path}"),
            Location::Xdg { unix, .. } => format!("~/.config/{unix}"),
        };
        assert!(page.contains(&file), "{}: {file} is not on the page", client.title);
        let limit = client.max_tools.map_or("no limit known".to_owned(), |limit| limit.to_string());
        let has_limit = rows.iter().any(|row| row[0].split(", ").any(|name| name == client.title) && row[1] == limit);
        assert!(has_limit, "{}: {limit}: {rows:?}", client.title);
    }
    for (limit, name) in OTHER_LIMITS {
        assert!(rows.contains(&vec![name, &limit.to_string()]), "{name}: {limit}");
    }
}
