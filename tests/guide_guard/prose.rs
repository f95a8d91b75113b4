//! Faults of a guide's prose: names that the document does not have, and guides and parts that do not exist.

use std::collections::BTreeSet;

use fusionauth_mcp::fusionauth::guides::GUIDES;
use gateway::guide::Guide;
use openapi_tools::describe::input_schema::FILTER_ARGUMENT;
use serde_json::Value;

use crate::{
    calls::filter_names,
    names::NAMES,
    samples::SAMPLES,
    text::{Block, is_name, words},
};

/// What stands in backticks besides names of the document: words of this server, of the exports, of OAuth, Terraform and Kickstart.
const OTHER_WORDS: [&str; 13] = [
    "FA_API_KEY",
    "FA_DOMAIN",
    "FUSIONAUTH_APP_KICKSTART_FILE",
    "FUSIONAUTH_TENANT_ID",
    "SECRETS_FILE",
    "about",
    "acme.com",
    "apply",
    "destroy",
    "import",
    "nextCursor",
    "offline_access",
    "report",
];

/// Names that this text may speak of besides those of the document: what its filters make, and what it asks for.
pub fn own_words(guide: &Guide, blocks: &[Block]) -> BTreeSet<String> {
    let calls = blocks.iter().filter(|block| block.tool().is_some()).flat_map(|block| &block.lines);
    let arguments = calls.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let filters = arguments.filter_map(|arguments| Some(arguments.get(FILTER_ARGUMENT)?.as_str()?.to_owned()));
    let made = filters.flat_map(|filter| filter_names(&filter).1);
    let asked = guide.arguments.iter().flat_map(|argument| [&[argument.name], argument.values].concat());
    let samples = SAMPLES.iter().map(|(name, _)| *name);
    made.chain(asked.chain(samples).map(str::to_owned)).collect()
}

/// Words that look like names of the document and are none.
pub fn prose_faults(prose: &str, own: &BTreeSet<String>) -> Vec<String> {
    let mut unknown = BTreeSet::new();
    let is_known = |name: &str| NAMES.contains(name) || OTHER_WORDS.contains(&name) || own.contains(name);
    let is_camel_case = |word: &&str| {
        word.starts_with(|first: char| first.is_ascii_lowercase()) && word.contains(|it: char| it.is_ascii_uppercase())
    };
    unknown.extend(words(prose).filter(is_camel_case).filter(|word| !is_known(word)));
    for span in prose.lines().flat_map(|line| line.split('`').skip(1).step_by(2)) {
        if OTHER_WORDS.contains(&span) {
            continue;
        }
        let path = span.trim_start_matches('.').trim_end_matches(".*").trim_end_matches("[]");
        if path.split('.').all(is_name) {
            unknown.extend(path.split('.').filter(|name| !is_known(name)));
        } else {
            let keys = span.split("\":").filter_map(|before| before.rsplit('"').next());
            let keys = keys.take(span.matches("\":").count());
            unknown.extend(keys.filter(|key| !is_known(key)));
        }
    }
    unknown.into_iter().map(|name| format!("`{name}`: the document has no such name")).collect()
}

/// Guides and parts that the text points to and that are not there.
pub fn pointer_faults(prose: &str, guide: &Guide) -> Vec<String> {
    let mut faults = Vec::new();
    let words: Vec<_> =
        prose.split_whitespace().map(|word| word.trim_matches(|it: char| !it.is_ascii_alphanumeric())).collect();
    for word in words.iter().filter(|word| word.ends_with(".md")) {
        if guide.parts.iter().all(|part| part.name != *word) {
            faults.push(format!("{word}: the guide has no such part"));
        }
    }
    for pair in words.windows(2).filter(|pair| ["guide", "guides"].contains(&pair[0]) && pair[1].contains('-')) {
        if GUIDES.iter().all(|known| known.name != pair[1]) {
            faults.push(format!("{}: there is no such guide", pair[1]));
        }
    }
    faults
}
