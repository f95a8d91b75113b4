//! Names in all other texts: of tools, properties, guides and settings.

use std::{collections::BTreeSet, fs, path::Path, sync::LazyLock};

use fusionauth_mcp::{
    config::{server_settings::SERVER_SETTINGS, settings::SETTINGS},
    fusionauth::{dialect::DIALECT, guides::GUIDES, tools::DOCUMENT},
};
use openapi_tools::model::schema::Kind;

use crate::{names::NAMES, text::words};

/// Variables that the documents speak of and that are no settings: of the system, of Terraform, Kickstart, tests and CI, and
/// those that a file in an example names.
const OTHER_VARIABLES: [&str; 23] = [
    "ALL_PROXY",
    "BIN_DIR",
    "CREDENTIAL_HOSTS",
    "FA_API_KEY",
    "FA_DOMAIN",
    "FUSIONAUTH_API_KEY",
    "FUSIONAUTH_APP_KICKSTART_FILE",
    "FUSIONAUTH_DEFAULT_SIGNING_KEY_ID",
    "FUSIONAUTH_FORM",
    "FUSIONAUTH_LAMBDA",
    "FUSIONAUTH_MCP_BINARY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "INSTA_UPDATE",
    "KEY_WEBHOOK_SIGNATURES_SECRET",
    "KICKSTART_API_KEY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "PRIVATE_DOCUMENT",
    "REQUESTS_CA_BUNDLE",
    "RUST_LOG",
    "SSL_CERT_FILE",
    "UPDATE_DOCS",
];

/// What tools' names begin with.
static VERBS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| DOCUMENT.operations.iter().map(|operation| first_word(operation.name)).collect());

static VARIABLES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let of = |setting: &&'static fusionauth_mcp::config::settings::Setting| {
        setting.variable.into_iter().chain(setting.other_variables.iter().copied())
    };
    SETTINGS.iter().chain(&SERVER_SETTINGS).flat_map(of).chain(OTHER_VARIABLES).collect()
});

fn first_word(name: &str) -> &str {
    &name[..name.find(|character: char| !character.is_ascii_lowercase()).unwrap_or(name.len())]
}

/// Whether the word is formed as the names of tools and properties are.
fn is_camel_case(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.contains(|character: char| character.is_ascii_uppercase())
}

/// Whether it looks like a tool: a verb that tools begin with, and a capital after it.
fn looks_like_a_tool(word: &str) -> bool {
    let verb = first_word(word);
    VERBS.contains(verb) && word[verb.len()..].starts_with(|first: char| first.is_ascii_uppercase())
}

fn is_variable(word: &str) -> bool {
    word.trim_matches('_').contains('_')
        && !word.ends_with('_')
        && word.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
}

/// Every text that the program says of the API, with where it stands.
fn own_texts() -> Vec<(String, &'static str)> {
    let mut texts = vec![
        ("the introduction".to_owned(), DIALECT.introduction),
        ("the conventions".to_owned(), DIALECT.conventions),
        ("the convention of tenants".to_owned(), DIALECT.tenant_convention),
    ];
    texts.extend(DIALECT.change_conventions.iter().map(|(word, text)| (format!("the convention of {word}"), *text)));
    texts.extend(DIALECT.verbs.iter().map(|(verb, text)| (format!("the verb {verb}"), *text)));
    texts.extend(DIALECT.statuses.iter().map(|(status, text)| (format!("status {status}"), *text)));
    texts.extend(DIALECT.absent.iter().map(|absent| ("absent.yaml".to_owned(), absent.answer)));
    for operation in DOCUMENT.operations {
        let name = operation.name;
        texts.extend(operation.description.map(|text| (name.to_owned(), text)));
        texts.extend(operation.statuses.iter().map(|(status, text)| (format!("{name} {status}"), *text)));
        texts.extend(operation.irreversible.and_then(|what| what.lost).map(|text| (format!("{name}: lost"), text)));
        let parameters = operation.parameters.iter();
        texts.extend(parameters.filter_map(|one| Some((format!("{name} {}", one.name), one.description?))));
    }
    for schema in DOCUMENT.schemas {
        let Kind::Object { properties } = schema.schema.kind else { continue };
        let of = |text, name| (format!("{}.{name}", schema.name), text);
        texts.extend(properties.iter().filter_map(|one| Some(of(one.schema.description?, one.name))));
        texts.extend(properties.iter().filter_map(|one| Some(of(one.schema.never_generated?, one.name))));
    }
    for guide in GUIDES {
        texts.push((format!("guide {}", guide.name), guide.description));
        texts
            .extend(guide.arguments.iter().map(|one| (format!("guide {}: {}", guide.name, one.name), one.description)));
    }
    texts
}

/// Names in a text of the program that nothing has.
fn own_faults(text: &str) -> Vec<String> {
    let is_known = |word: &str| NAMES.contains(word) || OTHER_NAMES.contains(&word) || VARIABLES.contains(word);
    let names = words(text).filter(|word| is_camel_case(word) || is_variable(word));
    let mut faults: Vec<_> = names.filter(|word| !is_known(word)).map(|word| format!("there is no `{word}`")).collect();
    if text.split(|it: char| !it.is_ascii_alphanumeric()).any(|word| ["license", "License"].contains(&word)) {
        faults.push("license: licence everywhere else".to_owned());
    }
    if text.matches("icence").count() > 1 && text.matches("eeds a").count() > 1 {
        faults.push("says twice that it needs a licence".to_owned());
    }
    faults
}

/// Names of other systems, and values that the document leaves to texts.
const OTHER_NAMES: [&str; 10] = [
    "MGF1_SHA1",
    "MGF1_SHA256",
    "RSA_OAEP",
    "RSA_OAEP_MGF1P",
    "de_CH",
    "iPhone",
    "requestId",
    "sAMAccountName",
    "samlResponse",
    "sessionTicket",
];

/// Whether it is a setting's variable, or that of one source, which begins with the source's name.
fn is_known_variable(word: &str) -> bool {
    let of_source = word.match_indices('_').any(|(place, _)| VARIABLES.contains(&word[place + 1..]));
    VARIABLES.contains(word) || of_source
}

/// Names in a document for people that nothing has. Documents speak of other programs too, so that only what looks like a
/// tool or a variable is taken for a name.
fn document_faults(text: &str) -> Vec<String> {
    let tools = words(text).filter(|word| looks_like_a_tool(word) && !NAMES.contains(word));
    let variables = words(text).filter(|word| is_variable(word) && !is_known_variable(word));
    let guides = text.split("guides/").skip(1).filter_map(|rest| rest.split_once(".md")).map(|(name, _)| name);
    let guides = guides.filter(|name| name.chars().all(|it| it.is_ascii_lowercase() || it == '-'));
    let guides = guides.filter(|name| GUIDES.iter().all(|guide| guide.name != *name));
    tools.chain(variables).chain(guides).map(|word| format!("there is no `{word}`")).collect()
}

#[test]
fn every_name_in_every_text_is_one() {
    let wrong = own_texts()
        .into_iter()
        .flat_map(|(place, text)| own_faults(text).into_iter().map(move |fault| format!("{place}: {fault}: {text}")));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_name_in_every_document_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md"), root.join("npm/README.md"), root.join("openapi/README.md")];
    for folder in ["docs", "docs/tools"] {
        let files = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        paths.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        wrong.extend(document_faults(&text).into_iter().map(|fault| format!("{}: {fault}", path.display())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The table of docs/guides.md has every guide, and no other.
#[test]
fn the_documents_list_every_guide() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(name, _)| name);
    let listed: BTreeSet<_> = rows.collect();
    assert_eq!(listed, GUIDES.iter().map(|guide| guide.name).collect());
}

#[test]
fn a_wrong_name_is_seen() {
    for (text, told) in [
        ("To list them take retrieveAllUsers.", "`retrieveAllUsers`"),
        ("Set tenant.mailConfiguration first.", "`mailConfiguration`"),
        ("Needs SECRET_FILE.", "`SECRET_FILE`"),
        ("Needs a license.", "license"),
        ("Needs a licence. It needs a licence.", "twice"),
    ] {
        assert!(own_faults(text).iter().any(|fault| fault.contains(told)), "{text}: {:?}", own_faults(text));
    }
    for (text, told) in [
        ("call searchAllUsers", "`searchAllUsers`"),
        ("set `API_URL_BASE`", "`API_URL_BASE`"),
        ("see guides/find-users.md", "`find-users`"),
    ] {
        assert!(document_faults(text).iter().any(|fault| fault.contains(told)), "{text}: {:?}", document_faults(text));
    }
    assert_eq!(own_faults("Takes tenant.emailConfiguration; see patchTenantWithId and FUSIONAUTH_TENANT_ID."), [""; 0]);
    assert_eq!(document_faults("See createUser, API_BASE_URL, GITHUB_READ_ONLY and guides/find-user.md."), [""; 0]);
}
