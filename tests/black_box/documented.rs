//! What README and documentation show is what the program does: every command line runs as it is written, and every number
//! of tools and tokens is the program's own.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use fusionauth_mcp::{
    clients::table::{CLIENTS, OTHER_LIMITS},
    config::settings::{MAX_ANSWER_TOKENS, MAX_WHOLE_OBJECTS},
};
use gateway::{
    brief::MAX_WHOLE_TOKENS,
    filter::{
        error::{MAX_MILLISECONDS, MAX_OUTPUT_BYTES},
        worker::MAX_MEMORY,
    },
};

use crate::support::{client::command, document::Document, install::started_tools, thousands};

/// Numbers that are none of ours: what was measured elsewhere or in another place, each with its file.
const REVIEWED_NUMBERS: [(&str, &str); 1] = [("docs/guides.md", "900")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README and documentation, without the pages that are generated whole.
fn pages() -> Vec<(String, String)> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut paths: Vec<PathBuf> = docs.filter(|path| !path.ends_with("tools.md")).collect();
    let others = ["README.md", "npm/README.md", "openapi/README.md", "CONTRIBUTING.md", "SECURITY.md"];
    paths.extend(others.map(|path| root().join(path)));
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(named).collect()
}

/// The lines of the blocks in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in page.lines().map(str::trim_start) {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(name)) => open = Some((name == language, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take().filter(|(is_chosen, _)| *is_chosen).map(|(_, text)| text)),
            (Some((_, text)), None) => text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    blocks
}

#[cfg(unix)]
mod command_lines {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

    use super::{blocks, pages};
    use crate::support::{
        client::BINARY,
        sandbox::{API_KEY, Sandbox},
    };

    /// What cannot run here, and why. The shell parses it all the same.
    const REVIEWED: [(&str, &str); 28] = [
        ("fusionauth-mcp diff current production.env", "needs another instance"),
        ("fusionauth-mcp --source github.yaml", "needs a document of somebody else"),
        ("fusionauth-mcp --source https://", "needs the network"),
        ("fusionauth-mcp --config", "needs a file of the reader's own"),
        ("fusionauth-mcp config check", "needs a file of the reader's own; config_files.rs checks the one on the page"),
        ("fusionauth-mcp inspect github.yaml", "needs a document of somebody else"),
        ("cargo test --workspace", "runs this test"),
        ("cargo install --git", "needs the network"),
        ("cargo run -p openapi-tools -- distil", "needs FusionAuth's published document"),
        ("cargo build", "builds this program"),
        (".ci/run", "runs this test"),
        (".ci/clients", "needs Python packages"),
        (".ci/completions", "needs three shells"),
        (".ci/sdks", "needs Python packages"),
        (".ci/jq-compare", "needs npm packages"),
        (".ci/packages", "needs npm packages"),
        (".ci/deny", "needs a program that it installs"),
        (".ci/fuzz", "needs a program that it installs"),
        ("node benches/compare.mjs", "needs a build of another profile"),
        ("node benches/soak.mjs", "takes a minute"),
        ("cargo bench", "builds another profile"),
        ("fusionauth-mcp serve", "serves until it is stopped; tests/black_box/support/server.rs starts it"),
        ("fusionauth-mcp sandbox", "serves until it is stopped; tests/black_box/support/sandbox.rs starts it"),
        ("export FA_DOMAIN=", "has a placeholder"),
        ("export TF_VAR_", "has a placeholder"),
        ("terraform init", "needs Terraform"),
        ("terraform plan", "needs Terraform"),
        ("KICKSTART_API_KEY=try …", "has a placeholder"),
    ];

    /// Programs that stand for others. npx, cargo and clients start the binary under test, `install` writes nothing, and
    /// nobody has to agree.
    const PROGRAMS: [(&str, &str); 4] = [
        (
            "fusionauth-mcp",
            "case \" $* \" in *\" install \"*) exec \"$BINARY\" \"$@\" --dry-run;; \
             *\" key create\"*) exec \"$BINARY\" \"$@\" --yes;; *) exec \"$BINARY\" \"$@\";; esac",
        ),
        (
            "npx",
            "[ \"$1\" = -y ] || exit 90; shift; case \"$1\" in fusionauth-mcp) exec \"$@\";; \
             @modelcontextprotocol/inspector) shift; while [ \"$1\" = -e ]; do export \"$2\"; shift 2; done; exec \"$@\";; \
             *) exit 91;; esac",
        ),
        (
            "claude",
            "[ \"$1 $2\" = \"mcp add\" ] || exit 92; shift 3; while [ \"$1\" = --env ]; do export \"$2\"; shift 2; done; \
             [ \"$1\" = -- ] || exit 93; shift; exec \"$@\"",
        ),
        (
            "cargo",
            "[ \"$1\" = run ] || exit 94; while [ \"$1\" != -- ]; do shift; done; shift; exec fusionauth-mcp \"$@\"",
        ),
    ];

    /// A line without its comment.
    fn without_comment(line: &str) -> &str {
        line.split(" #").next().unwrap_or(line).trim()
    }

    fn write_programs(folder: &Path) {
        for (name, script) in PROGRAMS {
            let path = folder.join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    #[test]
    fn every_command_line_runs_as_it_is_written() {
        let sandbox = Sandbox::start(&[]);
        let programs = tempfile::tempdir().unwrap();
        write_programs(programs.path());
        let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
        let (mut failed, mut ran, mut used) = (Vec::new(), 0, Vec::new());
        for (name, page) in pages() {
            // The lines of a page build on each other.
            let home = tempfile::tempdir().unwrap();
            for key in ["fusionauth.key", "key-manager.key"] {
                if !page.contains(&format!("--out {key}")) {
                    fs::write(home.path().join(key), format!("{API_KEY}\n")).unwrap();
                }
            }
            for line in blocks(&page, "sh").iter().flat_map(|block| block.lines()).map(without_comment) {
                if line.is_empty() {
                    continue;
                }
                let known = REVIEWED.iter().find(|(start, _)| line.starts_with(start));
                let flag = if known.is_some() { "-nc" } else { "-c" };
                used.extend(known);
                // The placeholder for an instance is the sandbox, and nothing is written outside of the folder.
                let line = line.replace("https://auth.example.com", sandbox.url()).replace("/var/log/", "./");
                let line = line.replace("http://localhost:9011", sandbox.url());
                let output = Command::new("sh")
                    .args([flag, &line])
                    .current_dir(home.path())
                    .stdin(std::process::Stdio::null())
                    .env_clear()
                    .envs([("PATH", path.as_str()), ("BINARY", BINARY), ("HOME", home.path().to_str().unwrap())])
                    .envs([("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY)])
                    .output()
                    .unwrap();
                ran += usize::from(known.is_none());
                // The sandbox's own key is short, and doctor says so.
                let is_doctor = line.contains("doctor") && output.status.code() == Some(1);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let is_known_doctor = is_doctor && String::from_utf8_lossy(&output.stdout).matches("\n! ").count() <= 1;
                if !output.status.success() && !is_known_doctor {
                    failed.push(format!("{name}: {line}: {:?}: {said}", output.status.code()));
                }
            }
        }
        assert!(failed.is_empty(), "{failed:#?}");
        assert!(ran > 30, "{ran} lines");
        for reviewed in REVIEWED.iter().filter(|(start, _)| !["cargo insta", "fusionauth-mcp inspect "].contains(start))
        {
            assert!(used.contains(&reviewed), "{} is on no page any more", reviewed.0);
        }
    }
}

#[test]
fn every_configuration_in_the_readmes_starts_the_server() {
    for (name, page) in pages().into_iter().filter(|(name, _)| name.ends_with("README.md")) {
        for block in blocks(&page, "json").iter().filter(|block| block.contains("mcpServers")) {
            assert!(started_tools("cursor", block, "fusionauth").len() > 100, "{name}");
        }
    }
}

/// A page without the parts that other tests make.
fn without_transcripts(page: &str) -> String {
    let mut parts = page.split("<!-- transcript: ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("<!-- end of transcript -->").unwrap().1)
}

/// Numbers that stand before "tools", "tokens" or "operations", with at most two words between.
fn numbers(text: &str) -> Vec<(String, &'static str)> {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(|sign: char| "`*|().:;\"".contains(sign))).collect();
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let is_number = word.contains(|sign: char| sign.is_ascii_digit())
            && word.trim_end_matches(',').chars().all(|sign| sign.is_ascii_digit() || sign == ',');
        if !is_number || word.ends_with(',') {
            continue;
        }
        for next in words.iter().skip(index + 1).take(3) {
            let kind = ["tools", "tokens", "operations"].into_iter().find(|kind| next.trim_end_matches(',') == *kind);
            if let Some(kind) = kind {
                found.push(((*word).to_owned(), kind));
                break;
            }
            if next.contains(|sign: char| sign.is_ascii_digit()) || next.ends_with(',') {
                break;
            }
        }
    }
    found
}

#[test]
fn numbers_are_found_in_prose() {
    let text = "All 351 tools, 354 typed tools and 59,024 tokens (o200k); in 40 ms 3 tools. For 323 published operations, 5 calls.";
    let found: Vec<_> = numbers(text).into_iter().map(|(number, kind)| format!("{number} {kind}")).collect();
    assert_eq!(found, ["351 tools", "354 tools", "59,024 tokens", "3 tools", "323 operations"]);
}

#[test]
fn every_number_of_tools_and_tokens_is_the_programs_own() {
    let printed = |environment: &[(&str, &str)], arguments: &[&str]| {
        let output = command(environment).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    // One row for each usual setting: its tools and tokens.
    let table = printed(&[], &["tools", "--tokens", "--format", "markdown"]);
    let rows = table
        .lines()
        .skip(2)
        .map(|row| row.trim_matches([' ', '|']).rsplit(" | ").map(str::to_owned).collect::<Vec<_>>());
    let mut tools = BTreeSet::new();
    let mut tokens = BTreeSet::from([
        thousands(MAX_ANSWER_TOKENS.default.unwrap().parse().unwrap()),
        "185,149".to_owned(),
        MAX_WHOLE_TOKENS.to_string(),
    ]);
    for row in rows {
        tokens.insert(row[0].clone());
        tools.insert(row[1].clone());
    }
    // What clients take.
    let limits = CLIENTS.iter().filter_map(|client| client.max_tools).chain(OTHER_LIMITS.map(|(limit, _)| limit));
    tools.extend(limits.map(|limit| limit.to_string()));
    let published: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("openapi/fusionauth.json")).unwrap()).unwrap();
    let paths = published["paths"].as_object().unwrap().values();
    let published: usize = paths.map(|path| path.as_object().unwrap().len()).sum();
    let operations = BTreeSet::from([published.to_string(), Document::load().operations().len().to_string()]);
    let mut texts = pages();
    for arguments in
        [&["--help"][..], &["tools"], &["tools", "--tokens"], &["doctor", "--sandbox"], &["install", "--help"]]
    {
        texts.push((arguments.join(" "), printed(&[], arguments)));
    }
    let mut wrong = Vec::new();
    for (name, text) in texts {
        let text = without_transcripts(&text);
        // What an empty line separates belongs to other things.
        for (number, kind) in text.split("\n\n").flat_map(numbers) {
            let known = match kind {
                "tools" => &tools,
                "tokens" => &tokens,
                _ => &operations,
            };
            // The doctor says how many of the tools could be tried.
            let is_reviewed = REVIEWED_NUMBERS.contains(&(name.as_str(), number.as_str()))
                || name == "doctor --sandbox" && text.contains(&format!("of {number} tools that could be tried"));
            if !known.contains(&number) && !is_reviewed {
                wrong.push(format!("{name}: {number} {kind}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}; known: {tools:?} {tokens:?} {operations:?}");
}

#[test]
fn every_limit_of_an_answer_is_the_programs_own() {
    let objects = MAX_WHOLE_OBJECTS.default.unwrap();
    let page = fs::read_to_string(root().join("docs/answers.md")).unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for limit in [
        format!("up to {MAX_MILLISECONDS} ms of processor time"),
        format!("{} GiB of memory", MAX_MEMORY >> 30),
        format!("results of {} MiB", MAX_OUTPUT_BYTES >> 20),
        format!("a list of more than {objects} objects"),
        format!("the first {objects} whole"),
        format!("more than {MAX_WHOLE_TOKENS} tokens"),
    ] {
        assert!(page.contains(&limit), "docs/answers.md does not say \"{limit}\"");
    }
}
