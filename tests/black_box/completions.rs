//! What the completion scripts ask for and get, and the man page. `.ci/completions` drives the scripts in the shells.

use crate::support::{
    client::command,
    sandbox::{API_KEY, Sandbox},
};

/// The candidates for the last word, as Bash asks for them.
fn candidates(environment: &[(&str, &str)], words: &[&str]) -> Vec<String> {
    let output = command(environment)
        .env("FUSIONAUTH_MCP_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "false")
        .args(["--", "fusionauth-mcp"])
        .args(words)
        .output()
        .unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn commands_flags_and_values_are_offered() {
    for (words, expected) in [
        (&["doc"][..], &["doctor"][..]),
        (&["call", "retrieveUserW"], &["retrieveUserWithId"]),
        (&["tools", "show", "exportK"], &["exportKickstart"]),
        (&["tools", "show", "--area", "theme"], &["theme"]),
        (&["--confirm", ""], &["off", "irreversible", "writes"]),
        (&["--tool-schemas", "f"], &["full"]),
        (&["--use-tools", "retrieve,read"], &["retrieve,read-only"]),
        (&["--use-tools", "-irr"], &["-irreversible"]),
        (&["--tool-areas", "user,gro"], &["user,group"]),
        (&["install", "claude-"], &["claude-desktop", "claude-code"]),
        (&["completions", "z"], &["zsh"]),
        (&["call", "retrieveUser", "em"], &["email="]),
        (&["call", "createUser", "req"], &["requestBody."]),
        (&["export", "kickstart", "--spl"], &["--split"]),
        (&["export", "snapshot", "--dig"], &["--digest-key-file"]),
        (&["diff", "current", "sandb"], &["sandbox"]),
    ] {
        assert_eq!(candidates(&[], words), expected, "{words:?}");
    }
    let commands = candidates(&[], &[""]);
    for name in ["tools", "call", "export", "diff", "doctor", "install", "key", "sandbox", "completions", "man"] {
        assert!(commands.iter().any(|command| command == name), "{name}: {commands:?}");
    }
    assert!(!commands.iter().any(|command| command.contains("filter")), "hidden: {commands:?}");
}

#[test]
fn what_is_switched_off_is_not_offered() {
    assert_eq!(candidates(&[("READ_ONLY", "true")], &["call", "createUserW"]), Vec::<String>::new());
    assert_eq!(candidates(&[], &["--use-tools=retrieve", "call", "createUserW"]), Vec::<String>::new());
    assert_eq!(candidates(&[], &["call", "createUserW"]), ["createUserWithId"]);
    let named = [("COMPARE_WITH", "production=/nowhere.env")];
    assert_eq!(candidates(&named, &["diff", "current", "prod"]), ["production"]);
    // A wrong configuration is no reason to offer nothing.
    assert_eq!(candidates(&[("USE_TOOLS", "retreive")], &["call", "createUserW"]), ["createUserWithId"]);
}

#[test]
fn names_of_the_instance_are_offered() {
    let sandbox = Sandbox::start(&[]);
    let environment = [("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY)];
    let application = ["export", "kickstart", "--application", "pi"];
    assert_eq!(candidates(&environment, &application), ["Pied\\ Piper", "PiperChat"]);
    assert_eq!(candidates(&environment, &["export", "terraform", "--tenant", "Ho"]), ["Hooli"]);
    let flags = ["--base-url", sandbox.url(), "export", "kickstart", "--application", "Piper"];
    assert_eq!(candidates(&[environment[1]], &flags), ["PiperChat"]);
    // No instance, or a key that may not ask.
    assert_eq!(candidates(&[("API_BASE_URL", "http://127.0.0.1:9")], &application), Vec::<String>::new());
    assert_eq!(candidates(&[environment[0], ("API_KEY_APIKEYAUTH", "wrong")], &application), Vec::<String>::new());
}

#[test]
fn scripts_ask_this_program() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = command(&[]).args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("FUSIONAUTH_MCP_COMPLETE"), "{shell}: {script}");
    }
    let output = command(&[]).args(["completions", "tcsh"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    // A variable that names no shell is none of ours.
    let output = command(&[("FUSIONAUTH_MCP_COMPLETE", "")]).arg("--version").output().unwrap();
    assert!(output.status.success() && !output.stdout.is_empty());
}

#[test]
fn the_man_page_has_commands_and_settings() {
    let output = command(&[]).arg("man").output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap().replace("\\-", "-");
    assert!(output.status.success() && page.contains(".TH fusionauth-mcp 1"), "{page}");
    for text in ["--use-tools", "API_BASE_URL", "fusionauth-mcp-doctor", "Exit status"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("evaluate-filter"), "{page}");
}
