//! Figures that README and documentation name, held against the program and the simulated instance.

use std::fs;

use fusionauth_mcp::mcp::confirmation::TIME_TO_DECIDE;
use gateway::{
    call::targets::MAX_IDS,
    generate::BYTES,
    transport::{
        breaker::{MAX_FAULTS, MAX_OPEN, MIN_OPEN},
        retry::{MAX_WAIT, MIN_WAIT},
    },
};
use serde_json::{Value, json};

use crate::support::{
    client::{Client, command},
    sandbox::Sandbox,
};

/// A page of the repository, in one line.
fn page(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_says(name: &str, sentences: &[String]) {
    let page = page(name);
    for sentence in sentences {
        assert!(page.contains(sentence), "{name} does not say \"{sentence}\"");
    }
}

/// A number in words, as prose has it.
fn words(number: u64) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(number as usize).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

fn read(client: &mut Client, tool: &str, filter: &str) -> Value {
    let answer = client.call(tool, json!({ "jq": filter }));
    assert!(!answer.is_error, "{tool}: {}", answer.text);
    serde_json::from_str(answer.text.split_once('\n').unwrap().1).unwrap()
}

#[test]
fn the_readme_compares_with_the_programs_own_figures() {
    let output = command(&[]).args(["tools", "--tokens", "--format", "markdown"]).output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    let default = table.lines().find(|row| row.contains("(the default)")).unwrap();
    let tokens = default.trim_matches([' ', '|']).rsplit(" | ").next().unwrap();
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/fusionauth.json");
    let published: Value = serde_json::from_str(&fs::read_to_string(document).unwrap()).unwrap();
    let paths = published["paths"].as_object().unwrap().values();
    let operations: usize = paths.map(|path| path.as_object().unwrap().len()).sum();
    assert_says(
        "README.md",
        &[
            format!("| tokens of the whole list of tools | 185,149 | {tokens} |"),
            format!(
                "| correct requests, of the {operations} published operations with full bodies | 259 | {operations} |"
            ),
        ],
    );
}

#[test]
fn the_page_of_the_sandbox_counts_what_is_in_it() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let tenants = read(&mut client, "retrieveTenants", ".tenants|length").as_u64().unwrap();
    let applications = read(&mut client, "retrieveApplication", ".applications | length").as_u64().unwrap();
    let users = read(&mut client, "retrieveTotalReportWithExcludesWithId", ".globalRegistrations");
    let roles =
        read(&mut client, "retrieveApplication", ".applications[] | select(.name == \"FusionAuth\") | .roles | length");
    assert_says(
        "docs/sandbox.md",
        &[
            format!(
                "{} tenants, {} applications (FusionAuth, Tenant Manager, and {} with",
                words(tenants),
                words(applications),
                words(applications - 2)
            ),
            format!("{users} users"),
            format!("its {roles} roles cannot be changed"),
        ],
    );
}

#[test]
fn every_limit_of_a_fault_is_the_programs_own() {
    let seconds = |limit: std::time::Duration| limit.as_secs();
    let (min, max) = (MIN_WAIT.as_millis() as f64 / 1000.0, 2.0 * MIN_WAIT.as_millis() as f64 / 1000.0);
    assert_says(
        "docs/reliability.md",
        &[
            format!("After {MAX_FAULTS} failed calls in a row"),
            format!("calls fail at once for {} s", seconds(MIN_OPEN)),
            format!("up to {} min", seconds(MAX_OPEN) / 60),
            format!("a random time from {min} to {max} s"),
            format!("is honoured up to {} s", seconds(MAX_WAIT)),
        ],
    );
    assert_says(
        "docs/safety.md",
        &[
            format!("within {} minutes", words(seconds(TIME_TO_DECIDE) / 60)),
            format!("{BYTES} random bytes"),
            format!("at most {MAX_IDS} for each"),
        ],
    );
}
