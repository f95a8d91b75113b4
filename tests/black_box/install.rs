//! `install` on copies of clients' files, with comments and other servers in them.

use std::{
    fs,
    path::Path,
    process::{Output, Stdio},
};

use tempfile::TempDir;

use crate::support::{
    client::{BINARY, command},
    install::started_tools,
};

/// A file as its user has it: comments, other servers, an order of its own.
#[cfg(target_os = "linux")]
struct Sample {
    client: &'static str,
    /// Below the home folder, on Linux.
    path: &'static str,
    before: &'static str,
    /// What stands in the new text before and after the new server.
    kept: &'static [&'static str],
}

#[cfg(target_os = "linux")]
const JSON: &str = "{\n  \"theme\": \"dark\",\n  \"mcpServers\": {\n    \"weather\": {\n      \"command\": \"uvx\",\n      \
                    \"args\": [\"weather\"],\n      \"env\": { \"KEY\": \"theirs\" }\n    }\n  },\n  \"last\": [1, 2]\n}\n";

#[cfg(target_os = "linux")]
const SAMPLES: [Sample; 12] = [
    Sample {
        client: "claude-desktop",
        path: ".config/Claude/claude_desktop_config.json",
        before: JSON,
        kept: &["\"theme\": \"dark\"", "\"last\": [1, 2]\n}\n"],
    },
    Sample {
        client: "claude-code",
        path: ".claude.json",
        before: "{\n\t\"numStartups\": 7,\n\t\"mcpServers\": {},\n\t\"projects\": {\"/a\": {\"mcpServers\": {\"x\": {}}}}\n}",
        kept: &["\"numStartups\": 7", "\"projects\": {\"/a\": {\"mcpServers\": {\"x\": {}}}}\n}"],
    },
    Sample {
        client: "vscode",
        path: ".config/Code/User/mcp.json",
        before: "{\n  // our servers\n  \"servers\": {\n    \"git\": { \"type\": \"stdio\", \"command\": \"git-mcp\" }, // theirs\n  },\n  \
                 \"inputs\": [\n    { \"type\": \"promptString\", \"id\": \"token\", \"password\": true },\n  ],\n}\n",
        kept: &["// our servers", "\"command\": \"git-mcp\" }", "// theirs", "\"id\": \"token\""],
    },
    Sample { client: "cursor", path: ".cursor/mcp.json", before: "", kept: &[] },
    Sample {
        client: "windsurf",
        path: ".codeium/windsurf/mcp_config.json",
        before: "{\r\n  \"mcpServers\": {\r\n    \"a\": {\"command\": \"a\"}\r\n  }\r\n}\r\n",
        kept: &["\"a\": {\"command\": \"a\"}"],
    },
    Sample {
        client: "zed",
        path: ".config/zed/settings.json",
        before: "// Zed settings\n//\n// For information, see the documentation.\n{\n  \"ui_font_size\": 16, // points\n  \
                 \"context_servers\": {\n    /* one of ours */\n    \"ours\": { \"command\": \"ours\", \"args\": [], },\n  },\n  \
                 \"theme\": { \"mode\": \"system\" },\n}\n",
        kept: &[
            "// Zed settings\n//\n",
            "16, // points",
            "/* one of ours */",
            "\"theme\": { \"mode\": \"system\" },\n}\n",
        ],
    },
    Sample {
        client: "codex",
        path: ".codex/config.toml",
        before: "# my settings\nmodel = \"o4\" # the good one\n\n[mcp_servers.docs] # theirs\ncommand = \"docs\"\nargs = [\n  \"a\", \
                 # first\n]\n\n[tui]\nnotifications = true\n",
        kept: &[
            "# my settings\nmodel = \"o4\" # the good one\n\n[mcp_servers.docs] # theirs\n",
            "\"a\", # first\n]",
            "[tui]\n",
        ],
    },
    Sample { client: "gemini", path: ".gemini/settings.json", before: JSON, kept: &["\"theme\": \"dark\""] },
    Sample {
        client: "antigravity",
        path: ".gemini/antigravity/mcp_config.json",
        before: "{\n  \"mcpServers\": {}\n}",
        kept: &[],
    },
    Sample {
        client: "opencode",
        path: ".config/opencode/opencode.jsonc",
        before: "{\n  \"$schema\": \"https://opencode.ai/config.json\",\n  // quiet\n  \"mcp\": { \"jira\": { \"type\": \"remote\", \
                 \"url\": \"https://jira.example.com/mcp\", \"enabled\": true } }\n}\n",
        kept: &["// quiet", "\"url\": \"https://jira.example.com/mcp\", \"enabled\": true }"],
    },
    Sample {
        client: "cline",
        path: ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
        before: JSON,
        kept: &["\"last\": [1, 2]"],
    },
    Sample {
        client: "jetbrains",
        path: ".junie/mcp/mcp.json",
        before: "\u{feff}{\n    \"mcpServers\": {}\n}\n",
        kept: &["\u{feff}{"],
    },
];

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    #[cfg(target_os = "linux")]
    fn key_file(&self) -> std::path::PathBuf {
        let path = self.path().join("a key");
        fs::write(&path, "bf69486b-4733-4470-a592-f1bfce7af580\n").unwrap();
        path
    }

    #[cfg(target_os = "linux")]
    fn write(&self, sample: &Sample) -> std::path::PathBuf {
        let path = self.path().join(sample.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if !sample.before.is_empty() {
            fs::write(&path, sample.before).unwrap();
        }
        path
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = command(&[("HOME", self.path().to_str().unwrap())]);
        command.arg("install").args(arguments).stdin(Stdio::null()).current_dir(self.path()).output().unwrap()
    }

    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = texts(&output);
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }
}

fn texts(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn backups(path: &Path) -> Vec<String> {
    let name = format!("{}.fusionauth-mcp.bak", path.file_name().unwrap().to_str().unwrap());
    let entries = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|entry| entry.file_name().unwrap().to_str().unwrap().starts_with(&name))
        .map(|entry| fs::read_to_string(entry).unwrap())
        .collect()
}

/// On Linux, where the folders of all clients depend on `HOME`.
#[cfg(target_os = "linux")]
#[test]
fn a_server_goes_into_each_clients_file_and_out_again_and_nothing_else_changes() {
    for sample in &SAMPLES {
        let home = Home::new();
        let (path, key) = (home.write(sample), home.key_file());
        let arguments = [sample.client, "--api-key-file", key.to_str().unwrap(), "--yes"];
        let said = home.succeed(&arguments);
        assert!(!said.contains("bf69486b"), "{said}");
        let after = fs::read_to_string(&path).unwrap();
        for kept in sample.kept {
            assert!(after.contains(kept), "{}: {kept:?} is not in {after}", sample.client);
        }
        assert!(!after.contains("bf69486b"), "{after}");
        // Every line that was there is there, in its order.
        let mut lines = after.lines().map(|line| line.trim_end_matches(','));
        for line in sample.before.lines().filter(|line| !["{}", "}", "]"].contains(&line.trim())) {
            let line = line.trim_end_matches(',');
            let opened = line.trim_end_matches('}').trim_end();
            assert!(
                lines.any(|found| found == line
                    || found.trim_end() == opened
                    || line.starts_with(found) && !found.trim().is_empty()),
                "{}: {line:?} is lost or moved in {after}",
                sample.client
            );
        }
        let tools = started_tools(sample.client, &after, "fusionauth");
        assert!(!tools.is_empty() && !tools.iter().any(|tool| tool.starts_with("delete")), "{tools:?}");
        let kept = if sample.before.is_empty() { vec![] } else { vec![sample.before.to_owned()] };
        assert_eq!(backups(&path), kept, "{}", sample.client);
        // The same again changes nothing.
        home.succeed(&arguments);
        assert_eq!(fs::read_to_string(&path).unwrap(), after);
        assert_eq!(backups(&path).len(), kept.len(), "{}", sample.client);
        home.succeed(&[sample.client, "--uninstall", "--yes"]);
        let removed = fs::read_to_string(&path).unwrap();
        assert!(!removed.contains("fusionauth"), "{removed}");
        let squeezed = |text: &str| text.split_whitespace().collect::<String>().replace(",}", "}").replace(",]", "]");
        if !sample.before.is_empty() {
            assert_eq!(squeezed(&removed), squeezed(sample.before), "{}", sample.client);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_written_unasked() {
    let home = Home::new();
    let sample = &SAMPLES[0];
    let (path, key) = (home.write(sample), home.key_file());
    let key = key.to_str().unwrap();
    for (arguments, status) in [
        (&["claude-desktop", "--api-key-file", key, "--dry-run"][..], 0),
        (&["claude-desktop", "--api-key-file", key, "--dry-run", "--yes", "--audit-log", "calls.log"], 0),
        (&["claude-desktop", "--api-key-file", key, "--print"], 0),
        (&[], 0),
        (&["claude-desktop", "--print"], 0),
        (&["claude-desktop", "--uninstall", "--dry-run"], 0),
        // There is no terminal to ask on.
        (&["claude-desktop", "--api-key-file", key], 2),
        (&["claude-desktop", "--sandbox"], 2),
        (&["claude-desktop", "--yes"], 2),
        (&["claude-desktop", "--uninstall", "--name", "weather"], 2),
        (&["claude-desktop", "--use-tools", "retreive", "--sandbox", "--yes"], 2),
        (&["claude-desktop", "--name", "a b", "--sandbox", "--yes"], 2),
        (&["netscape", "--sandbox", "--yes"], 2),
    ] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", texts(&output));
        assert_eq!(fs::read_to_string(&path).unwrap(), sample.before, "{arguments:?}");
        assert!(backups(&path).is_empty() && !home.path().join("calls.log").exists(), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_broken_or_holds_something_else_stays_as_it_is() {
    let home = Home::new();
    for (client, text, named) in [
        ("cursor", "{\"mcpServers\": {\"theirs\": hunter2}}", "not valid JSON"),
        ("cursor", "{\"mcpServers\": [\"hunter2\"]}", "`mcpServers` is not an object"),
        ("cursor", "[]", "the top level is not an object"),
        ("cursor", "{'mcpServers': {}}", "not valid JSON"),
        ("vscode", "{\"inputs\": {}, \"servers\": {}}", "`inputs` is not an array"),
        ("codex", "key = hunter2\n", "not valid TOML"),
        ("codex", "\nmcp_servers = \"hunter2\"\n", "`mcp_servers` is not a table"),
        ("opencode", "{\"mcp\": null}", "`mcp` is not an object"),
    ] {
        let path = home.path().join("file");
        fs::write(&path, text).unwrap();
        let file = path.to_str().unwrap();
        let mut arguments = vec![client, "--file", file, "--yes"];
        if client != "vscode" {
            arguments.push("--sandbox");
        }
        let output = home.run(&arguments);
        let said = texts(&output);
        assert_eq!(output.status.code(), Some(1), "{client} {text}: {said}");
        assert!(said.contains(named) && said.contains(file) && !said.contains("hunter2"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert!(backups(&path).is_empty());
    }
}

#[test]
fn a_server_that_is_there_is_brought_up_to_date() {
    let home = Home::new();
    for (client, before, kept) in [
        (
            "cline",
            "{\"mcpServers\": {\"fusionauth\": {\"command\": \"old\", \"args\": [\"old\"], \"autoApprove\": [\"retrieveUser\"]}}}",
            "\"autoApprove\": [\"retrieveUser\"]",
        ),
        (
            "codex",
            "[mcp_servers.fusionauth]\ncommand = \"old\" # mine\nargs = [\"old\"]\nstartup_timeout_sec = 20\n",
            "# mine\n",
        ),
        (
            "codex",
            "mcp_servers = { fusionauth = { command = \"old\", tool_timeout_sec = 9 } }\n",
            "tool_timeout_sec = 9",
        ),
        (
            "opencode",
            "{\"mcp\": {\"servers\": {\"fusionauth\": {\"type\": \"local\", \"command\": [\"old\"], \"disabled\": true}}}}",
            "\"disabled\": true",
        ),
    ] {
        let path = home.path().join("file");
        fs::write(&path, before).unwrap();
        let file = path.to_str().unwrap();
        home.succeed(&[client, "--file", file, "--sandbox", "--use-tools", "retrieve,-retrieveUser", "--yes"]);
        let after = fs::read_to_string(&path).unwrap();
        assert!(after.contains(kept) && !after.contains("\"old\""), "{after}");
        let tools = started_tools(client, &after, "fusionauth");
        assert!(tools.iter().any(|tool| tool == "retrieveTenants") || tools.len() == 3, "{client}: {tools:?}");
        assert!(!tools.iter().any(|tool| tool == "retrieveUser"), "{client}: {tools:?}");
    }
}

#[test]
fn flags_are_carried_over_with_whole_paths() {
    let home = Home::new();
    fs::write(home.path().join("ca.pem"), "").unwrap();
    let text = home.succeed(&[
        "cursor",
        "--print",
        "--base-url",
        "https://auth.example.com/",
        "--use-tools",
        "-deletes",
        "--confirm",
        "writes",
        "--audit-log",
        "calls.log",
        "--request-timeout",
        "5s",
        "-vv",
    ]);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let server = &value["mcpServers"]["fusionauth"];
    let log = fs::canonicalize(home.path()).unwrap().join("calls.log");
    assert_eq!(server["command"], BINARY);
    assert_eq!(server["args"], serde_json::json!(["-vv"]));
    assert_eq!(server["env"]["API_BASE_URL"], "https://auth.example.com");
    assert_eq!(server["env"]["USE_TOOLS"], "-deletes");
    assert_eq!(server["env"]["CONFIRM"], "writes");
    assert_eq!(server["env"]["REQUEST_TIMEOUT"], "5s");
    assert_eq!(server["env"]["AUDIT_LOG"], log.to_str().unwrap());
    assert_eq!(server["env"]["READ_ONLY"], serde_json::Value::Null, "tools were chosen");
    assert_eq!(server["env"]["TOOL_MODE"], "search", "Cursor takes 80 tools");
}

/// An entry is replaced whole, so what it had and the command does not repeat is named; what other servers have is not.
#[test]
fn settings_that_are_not_repeated_are_named() {
    let home = Home::new();
    let path = home.path().join("mcp.json");
    let file = path.to_str().unwrap();
    let other = r#"{"mcpServers":{"other":{"command":"x","env":{"USE_TOOLS":"all","MY_API_BASE_URL":"y"}}}}"#;
    fs::write(&path, other).unwrap();
    let own = ["claude-desktop", "--file", file, "--yes"];
    let first = ["--confirm", "writes", "--max-tries", "2", "--sandbox"];
    let added = home.succeed(&[&own[..], &first].concat());
    assert!(!added.contains("No longer set"), "{added}");
    let changed = home.succeed(&[&own[..], &["--use-tools", "retrieve", "--sandbox"]].concat());
    let line = changed.lines().find(|line| line.starts_with("No longer set: ")).unwrap_or_else(|| panic!("{changed}"));
    assert!(line.contains("MAX_TRIES") && line.contains("CONFIRM") && !line.contains("USE_TOOLS"), "{line}");
    let same = home.succeed(&[&own[..], &["--use-tools", "retrieve", "--sandbox", "--confirm", "off"]].concat());
    assert!(!same.contains("No longer set"), "{same}");
}

#[test]
fn several_instances_have_several_names() {
    let home = Home::new();
    let path = home.path().join("mcp.json");
    let file = path.to_str().unwrap();
    for name in ["staging", "production"] {
        home.succeed(&["claude-desktop", "--file", file, "--name", name, "--sandbox", "--yes"]);
    }
    let text = fs::read_to_string(&path).unwrap();
    for name in ["staging", "production"] {
        assert!(!started_tools("claude-desktop", &text, name).is_empty());
    }
    home.succeed(&["claude-desktop", "--file", file, "--name", "staging", "--uninstall", "--yes"]);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("staging") && text.contains("production"), "{text}");
}

/// VS Code asks for the key itself, and what it asks for goes when nobody needs it.
#[test]
fn vs_code_asks_for_the_key() {
    let home = Home::new();
    let path = home.path().join("mcp.json");
    let file = path.to_str().unwrap();
    home.succeed(&["vscode", "--file", file, "--yes"]);
    let value: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let input = &value["inputs"][0];
    assert_eq!((&input["type"], &input["password"]), (&"promptString".into(), &true.into()));
    let reference = format!("${{input:{}}}", input["id"].as_str().unwrap());
    assert_eq!(value["servers"]["fusionauth"]["env"]["API_KEY_APIKEYAUTH"], reference);
    home.succeed(&["vscode", "--file", file, "--uninstall", "--yes"]);
    let value: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(value, serde_json::json!({ "servers": {}, "inputs": [] }));
}

#[cfg(unix)]
#[test]
fn modes_and_symbolic_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = Home::new();
    let target = home.path().join("dotfiles.json");
    fs::write(&target, "{}").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    let link = home.path().join("mcp.json");
    symlink(&target, &link).unwrap();
    home.succeed(&["cursor", "--file", link.to_str().unwrap(), "--sandbox", "--yes"]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&target).unwrap().contains("fusionauth"));
    // A link that leads to nothing yet, by way of another one.
    let (first, second) = (home.path().join("first.json"), home.path().join("second.json"));
    symlink("second.json", &first).unwrap();
    symlink("folder/third.json", &second).unwrap();
    home.succeed(&["cursor", "--file", first.to_str().unwrap(), "--sandbox", "--yes"]);
    assert!(fs::symlink_metadata(&first).unwrap().is_symlink());
    assert!(fs::symlink_metadata(&second).unwrap().is_symlink());
    assert!(fs::read_to_string(home.path().join("folder/third.json")).unwrap().contains("fusionauth"));
    // A file that must not be written.
    fs::write(&target, "{}").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o440)).unwrap();
    let said = texts(&home.run(&["cursor", "--file", link.to_str().unwrap(), "--sandbox", "--yes"]));
    assert!(said.contains("the file is read-only; nothing was changed"), "{said}");
    assert_eq!(fs::read_to_string(&target).unwrap(), "{}");
    let new = home.path().join("new.json");
    home.succeed(&["cursor", "--file", new.to_str().unwrap(), "--sandbox", "--yes"]);
    assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_mark_and_the_ends_of_lines_of_a_toml_file_stay() {
    let home = Home::new();
    let path = home.path().join("config.toml");
    let file = path.to_str().unwrap();
    for before in [
        "\u{feff}model = \"o\"\r\n",
        "model = \"o\"\r\n\r\n[mcp_servers.theirs]\r\ncommand = \"x\" # why\r\n\r\n# last\r\n[other]\r\na = 1\r\n",
        "a = 1\r\nb = 2\n\n[mcp_servers.theirs]\ncommand = \"x\"\r\n",
        "mcp_servers = { theirs = { command = \"x\" } }\nz = 1",
    ] {
        fs::write(&path, before).unwrap();
        home.succeed(&["codex", "--file", file, "--sandbox", "--yes"]);
        let with = fs::read_to_string(&path).unwrap();
        assert!(with.contains("fusionauth"), "{with}");
        if !before.contains("b = 2") && before.contains('\r') {
            assert_eq!(with.matches('\n').count(), with.matches("\r\n").count(), "{with:?}");
        }
        let said = home.succeed(&["codex", "--file", file, "--uninstall", "--yes"]);
        assert!(said.contains("If Codex is running, restart it to stop the server.\n"), "{said}");
        assert!(!said.contains("Start a new session"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
    }
}

#[test]
fn a_file_in_another_encoding_stays_as_it_is() {
    let home = Home::new();
    let path = home.path().join("mcp.json");
    for bytes in [&b"\xff\xfe{\0}\0"[..], b"{\"a\": \"\xe9\"}"] {
        fs::write(&path, bytes).unwrap();
        let said = texts(&home.run(&["cursor", "--file", path.to_str().unwrap(), "--sandbox", "--yes"]));
        assert!(said.contains("the file is not UTF-8 text"), "{said}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}
