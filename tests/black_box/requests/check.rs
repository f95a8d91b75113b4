//! Every operation of a document is called twice, with little and with much, and what arrives is held against the document.

use std::{collections::BTreeMap, env, fs, path::Path};

use serde_json::{Map, Value, json};

use super::{
    document::{At, Parameter, Reader, Site},
    expected::{body_fault, in_header, in_path, in_query},
    sample::{Wish, sample},
};
use crate::support::{
    client::{BINARY, Client},
    recorder::{Recorded, Recorder, Reply},
};

/// A folder of documents, for a check by hand.
const FOLDER: &str = "CHECKED_DOCUMENTS";

#[derive(Debug, Default)]
struct Report {
    operations: usize,
    right: usize,
    /// Operations without a tool.
    missing: Vec<String>,
    /// Calls that sent nothing.
    refused: Vec<String>,
    wrong: Vec<String>,
}

/// A security scheme, and what it adds to a request.
struct Scheme {
    variables: Vec<(String, String)>,
    header: Option<(String, String)>,
    pair: Option<String>,
    cookie: Option<String>,
}

fn schemes(reader: &Reader) -> BTreeMap<String, Scheme> {
    let root = reader.root();
    let holder = if root.value["swagger"].is_string() { root.clone() } else { reader.child(&root, "components") };
    let key = if root.value["swagger"].is_string() { "securityDefinitions" } else { "securitySchemes" };
    let mut schemes = BTreeMap::new();
    for (number, (name, value)) in holder.value[key].as_object().into_iter().flatten().enumerate() {
        let value = reader.resolved(&At { file: holder.file.clone(), value: value.clone() }).value;
        let suffix: String =
            name.chars().map(|one| if one.is_ascii_alphanumeric() { one.to_ascii_uppercase() } else { '_' }).collect();
        let secret = format!("secret-number-{number}");
        let text = |key: &str| value[key].as_str().unwrap_or_default();
        let mut scheme = Scheme { variables: Vec::new(), header: None, pair: None, cookie: None };
        let authorization = |value: String| Some(("authorization".to_owned(), value));
        match (text("type"), text("in"), text("scheme").to_lowercase().as_str()) {
            ("apiKey", place, _) => {
                scheme.variables.push((format!("API_KEY_{suffix}"), secret.clone()));
                match place {
                    "header" => scheme.header = Some((text("name").to_lowercase(), secret)),
                    "query" => scheme.pair = Some(format!("{}={secret}", text("name"))),
                    _ => scheme.cookie = Some(format!("{}={secret}", text("name"))),
                }
            }
            ("basic", ..) | ("http", _, "basic") => {
                scheme.variables.push((format!("BASIC_USERNAME_{suffix}"), "user".to_owned()));
                scheme.variables.push((format!("BASIC_PASSWORD_{suffix}"), "pass".to_owned()));
                scheme.header = authorization("Basic dXNlcjpwYXNz".to_owned());
            }
            ("mutualTLS", ..) => continue,
            _ => {
                scheme.variables.push((format!("BEARER_TOKEN_{suffix}"), secret.clone()));
                scheme.header = authorization(format!("Bearer {secret}"));
            }
        }
        schemes.insert(name.clone(), scheme);
    }
    schemes
}

/// The path without what is sent in the query or nowhere.
fn bare(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

fn allowed(name: &str) -> String {
    name.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '_' }).collect()
}

fn argument_name(site: &Site, index: usize) -> String {
    let parameter = &site.parameters[index];
    let name = allowed(&parameter.name);
    let name = if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name };
    let is_taken = |other: &Parameter| allowed(&other.name) == name;
    if site.parameters[..index].iter().any(is_taken) || ["jq", "requestBody"].contains(&name.as_str()) {
        return format!("{name}_{}", parameter.place);
    }
    name.chars().take(64).collect()
}

fn check(path: &Path) -> Report {
    let reader = Reader::of(path);
    let schemes = schemes(&reader);
    let upstream = Recorder::start(|_| Reply::empty(204));
    let base = format!("{}/base", upstream.url());
    let source = format!("checked={}", path.display());
    let mut environment =
        vec![("SOURCE", source.as_str()), ("API_BASE_URL", &base), ("TOOL_MODE", "list"), ("CONFIRM", "off")];
    let variables = schemes.values().flat_map(|scheme| &scheme.variables);
    environment.extend(variables.map(|(name, value)| (name.as_str(), value.as_str())));
    let folder = tempfile::tempdir().unwrap();
    let downloads = folder.path().display().to_string();
    environment.push(("DOWNLOAD_DIR", &downloads));
    let mut client = Client::connect(&environment);
    let mut tools = tools(path);
    let mut report = Report::default();
    for site in reader.sites() {
        report.operations += 1;
        let key = (site.method.clone(), bare(&site.path).trim_end_matches('/').to_owned());
        let place = format!("{} {}", site.method, site.path);
        let names = tools.get_mut(&key).filter(|names| !names.is_empty());
        let Some(tool) = names.map(|names| taken(names, &site.id)) else {
            report.missing.push(place);
            continue;
        };
        for is_full in [false, true] {
            let arguments = arguments(&reader, &site, is_full);
            let answer = client.call(&tool, Value::Object(arguments.clone()));
            let mut requests = upstream.take();
            if requests.len() != 1 {
                report.refused.push(format!("{place} ({tool}, full: {is_full}): {}", answer.text));
                continue;
            }
            match fault(&reader, &schemes, &site, &arguments, &requests.remove(0)) {
                None => report.right += 1,
                Some(fault) => report.wrong.push(format!("{place} ({tool}, full: {is_full}): {fault}")),
            }
        }
    }
    report
}

/// Of several tools, the one that is called like the operation.
fn taken(names: &mut Vec<String>, id: &str) -> String {
    let kept = |one: char| if one.is_ascii_alphanumeric() || matches!(one, '-' | '_') { one } else { '_' };
    let id: String = id.chars().map(kept).collect();
    let index = names.iter().position(|name| *name == id).unwrap_or_default();
    names.remove(index)
}

/// The names of tools by method and path, as clients of a server with these sources see them.
fn tools(path: &Path) -> BTreeMap<(String, String), Vec<String>> {
    let mut command = std::process::Command::new(BINARY);
    let output = command.env_clear().arg("inspect").arg(path).arg("--json").output().unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut tools: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for tool in shown["tools"].as_array().unwrap() {
        let text = |key: &str| tool[key].as_str().unwrap().to_owned();
        let path = text("path").trim_end_matches('/').to_owned();
        tools.entry((text("method"), path)).or_default().push(text("name"));
    }
    tools
}

fn arguments(reader: &Reader, site: &Site, is_full: bool) -> Map<String, Value> {
    let mut arguments = Map::new();
    for (index, parameter) in site.parameters.iter().enumerate().filter(|(_, one)| one.required || is_full) {
        let is_any_text = matches!(parameter.place.as_str(), "path" | "query");
        let wish = Wish { is_full, is_any_text, has_two: true };
        arguments.insert(argument_name(site, index), sample(reader, &parameter.schema, wish, 0));
    }
    if let Some(body) = site.body.as_ref().filter(|body| body.required || is_full) {
        let wish = Wish { is_full, is_any_text: true, has_two: false };
        arguments.insert("requestBody".to_owned(), sample(reader, &body.schema, wish, 0));
    }
    arguments
}

fn fault(
    reader: &Reader,
    schemes: &BTreeMap<String, Scheme>,
    site: &Site,
    arguments: &Map<String, Value>,
    sent: &Recorded,
) -> Option<String> {
    if sent.method != site.method {
        return Some(format!("method {}", sent.method));
    }
    let given = |index: usize| arguments.get(&argument_name(site, index));
    let (mut path, mut pairs, mut cookies) = (bare(&site.path).to_owned(), Vec::new(), Vec::new());
    pairs.extend(site.path.split('#').next()?.split_once('?').map(|(_, query)| query.to_owned()));
    for (index, parameter) in site.parameters.iter().enumerate() {
        let Some(value) = given(index) else { continue };
        match parameter.place.as_str() {
            "path" => path = path.replace(&format!("{{{}}}", parameter.name), &in_path(parameter, value)),
            "query" | "querystring" => pairs.extend(in_query(parameter, value)),
            "cookie" => cookies.extend(in_query(parameter, value)),
            _ => {
                let (name, expected) = (parameter.name.to_lowercase(), in_header(parameter, value));
                let header = sent.header(&name);
                if header != Some(&expected) {
                    return Some(format!("header {name}: {header:?}, expected {expected}"));
                }
            }
        }
    }
    let alternatives = site.security.iter().filter(|names| !names.is_empty());
    let chosen = alternatives.into_iter().find(|names| names.iter().all(|name| schemes.contains_key(name)));
    let mut authorization = None;
    for scheme in chosen.into_iter().flatten().filter_map(|name| schemes.get(name)) {
        pairs.extend(scheme.pair.clone());
        cookies.extend(scheme.cookie.clone());
        match &scheme.header {
            // Of several in one header, the last one counts.
            Some((name, value)) if name == "authorization" => authorization = Some(value.clone()),
            Some((name, value)) if sent.header(name) != Some(value) => return Some(format!("no {name}: {value}")),
            _ => {}
        }
    }
    if sent.header("authorization").map(str::to_owned) != authorization {
        return Some(format!("authorization {:?}, expected {authorization:?}", sent.header("authorization")));
    }
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let own: Vec<_> = sent.header("cookie").into_iter().flat_map(|all| all.split("; ")).map(str::to_owned).collect();
    if sorted(own.clone()) != sorted(cookies.clone()) {
        return Some(format!("cookies {own:?}, expected {cookies:?}"));
    }
    let (target, query) = sent.target.split_once('?').unwrap_or((&sent.target, ""));
    if target != format!("/base{path}") {
        return Some(format!("path {target}, expected /base{path}"));
    }
    let query: Vec<_> = query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
    let pairs: Vec<_> = pairs.iter().flat_map(|pair| pair.split('&')).map(str::to_owned).collect();
    if sorted(query.clone()) != sorted(pairs.clone()) {
        return Some(format!("query {query:?}, expected {pairs:?}"));
    }
    match (&site.body, arguments.get("requestBody")) {
        (Some(body), Some(value)) => body_fault(reader, body, value, sent),
        _ => (!sent.body.is_empty()).then(|| format!("a body: {}", String::from_utf8_lossy(&sent.body))),
    }
}

#[test]
fn every_operation_of_our_own_documents_is_sent_as_the_document_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    for (name, left_out) in [("zoo.yaml", 1), ("shop.yaml", 0), ("everything.yaml", 0)] {
        let report = check(&folder.join(name));
        assert_eq!((&report.refused, &report.wrong), (&Vec::new(), &Vec::new()), "{name}");
        assert_eq!(report.missing.len(), left_out, "{name}: {:?}", report.missing);
        assert_eq!(report.right, 2 * (report.operations - left_out), "{name}");
    }
}

/// Of our own documents; `CHECKED_DOCUMENTS=FOLDER cargo test --test black_box wrong_request -- --nocapture` checks others and
/// prints figures.
#[test]
fn no_document_leads_to_a_wrong_request() {
    let folder = env::var(FOLDER).unwrap_or_else(|_| format!("{}/tests/documents", env!("CARGO_MANIFEST_DIR")));
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|one| ["json", "yaml", "yml"].iter().any(|known| one == *known)));
    paths.retain(|path| Reader::of(path).is_document());
    paths.sort();
    assert!(!paths.is_empty());
    let (mut figures, mut wrong) = (Vec::new(), 0);
    for path in paths {
        let report = check(&path);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (kind, lines) in [("missing", &report.missing), ("refused", &report.refused), ("wrong", &report.wrong)] {
            lines.iter().for_each(|line| eprintln!("{name}: {kind}: {}", line.chars().take(600).collect::<String>()));
        }
        wrong += report.wrong.len() + report.refused.len();
        figures.push(json!({ "document": name, "operations": report.operations, "right": report.right,
            "missing": report.missing.len(), "refused": report.refused.len(), "wrong": report.wrong.len() }));
    }
    figures.iter().for_each(|line| eprintln!("{line}"));
    assert_eq!(wrong, 0);
}
