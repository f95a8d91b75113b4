//! Models believe the guides: each tool, argument, property, value and name in them is held against the document, and
//! each filter is run on what the sandbox answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{collections::BTreeSet, sync::LazyLock, time::Duration};

use fusionauth_mcp::{
    call::{
        Caller,
        answer::Answer,
        arguments::{JsonObject, check},
    },
    config::UpstreamConfig,
    export::{Format, tool::listed},
    filter::evaluate::evaluate,
    guides::{Argument, Completes, GUIDES, Guide},
    secrets::Secrets,
    tools::DOCUMENT,
    upstream::Upstream,
};
use fusionauth_sandbox::{
    instance::{API_KEY, DEFAULT_TENANT_ID, Instance},
    seed::{
        ANTON_ID, PIED_PIPER_APPLICATION_ID, PIED_PIPER_THEME_ID, PLAIN_WEBHOOK_ID, REGISTRATION_FORM_ID, RICHARD_ID,
        RS256_KEY_ID, UNRESTRICTED_API_KEY_ID,
    },
    step::Step,
};
use openapi_tools::{
    input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
    operation::Operation,
    schema::{Kind, Schema},
};
use serde_json::{Value, json};

/// The most that a text may cost its reader.
const MOST_TOKENS: usize = 900;

/// How the block of a call begins, after the fence.
const CALL: &str = "call ";

const EMAIL: &str = "richard@piedpiper.example";
const SON_OF_ANTON_ID: &str = "00000016-5eed-4000-8000-000000000002";
/// For what is only made on the way.
const ANY_ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae33";

/// What stands for `<name>` while a guide is checked: objects of the seed where something is read of them.
const SAMPLES: [(&str, &str); 21] = [
    ("actionId", ANY_ID),
    ("administratorUserId", RICHARD_ID),
    ("applicationId", PIED_PIPER_APPLICATION_ID),
    ("callerEntityId", SON_OF_ANTON_ID),
    ("colourFieldId", ANY_ID),
    ("email", EMAIL),
    ("emailFieldId", ANY_ID),
    ("entityTypeId", ANY_ID),
    ("firstNameFieldId", ANY_ID),
    ("formId", REGISTRATION_FORM_ID),
    ("keyId", UNRESTRICTED_API_KEY_ID),
    ("newKeyId", RS256_KEY_ID),
    ("nextCursor", "0123456789abcdef.0.1"),
    ("oldKeyId", RS256_KEY_ID),
    ("passwordFieldId", ANY_ID),
    ("sourceThemeId", PIED_PIPER_THEME_ID),
    ("targetEntityId", ANTON_ID),
    ("tenantId", DEFAULT_TENANT_ID),
    ("themeId", PIED_PIPER_THEME_ID),
    ("userId", RICHARD_ID),
    ("webhookId", PLAIN_WEBHOOK_ID),
];

/// What stands in backticks besides names of the document: words of the exports, of OAuth, Terraform and Kickstart.
const OTHER_WORDS: [&str; 10] = [
    "FA_API_KEY",
    "FA_DOMAIN",
    "FUSIONAUTH_APP_KICKSTART_FILE",
    "acme.com",
    "apply",
    "destroy",
    "import",
    "nextCursor",
    "offline_access",
    "report",
];

/// Every name that the document has: of tools, arguments and properties, and the values that are one of a few.
static NAMES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let mut names = BTreeSet::from([BODY_ARGUMENT, FILTER_ARGUMENT]);
    names.extend(Format::ALL.map(Format::tool));
    for operation in DOCUMENT.operations {
        names.insert(operation.name);
        for parameter in operation.parameters {
            names.insert(parameter.name);
            collect(&parameter.schema, &mut names);
        }
        for schema in operation.body.iter().map(|body| &body.schema).chain(&operation.answer) {
            collect(schema, &mut names);
        }
    }
    for named in DOCUMENT.schemas {
        collect(&named.schema, &mut names);
    }
    names
});

fn collect(schema: &Schema, names: &mut BTreeSet<&'static str>) {
    match schema.kind {
        Kind::Object { properties } => {
            for property in properties {
                names.insert(property.name);
                collect(&property.schema, names);
            }
        }
        Kind::Array { items: inner, .. } | Kind::Map { values: inner } => collect(inner, names),
        Kind::String { values, .. } => names.extend(values),
        Kind::OneOf { discriminator, variants } => {
            names.insert(discriminator);
            names.extend(variants.iter().map(|variant| variant.value));
        }
        Kind::Any | Kind::Boolean | Kind::Integer { .. } | Kind::Number | Kind::Reference(_) => {}
    }
}

/// The seed, and a grant between two entities.
static SANDBOX: LazyLock<Caller> = LazyLock::new(|| {
    let config = UpstreamConfig {
        base_url: "http://sandbox".to_owned(),
        api_key: Some(API_KEY.to_owned().into()),
        bearer_token: None,
        tenant_id: None,
        request_timeout: Duration::from_secs(5),
        max_response_bytes: 1 << 24,
        max_concurrent_calls: 4,
    };
    let instance = Instance::seeded(&DOCUMENT).unwrap();
    let grant = json!({ "grant": { "recipientEntityId": SON_OF_ANTON_ID, "permissions": ["read"] } });
    let grant = Step::post(format!("/api/entity/{ANTON_ID}/grant"), grant).in_tenant(DEFAULT_TENANT_ID);
    instance.carry_out(&[grant]).unwrap();
    let upstream = Upstream::sandbox(config, instance);
    Caller { document: &DOCUMENT, upstream, secrets: Secrets::hiding(&DOCUMENT) }
});

fn answered(operation: &Operation, arguments: JsonObject) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(SANDBOX.call(operation, arguments))
}

/// What a text of a guide is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Main,
    Part,
}

/// A fenced block: what follows the fence, and the lines.
struct Block<'a> {
    info: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Block<'a> {
    /// The tool that it calls.
    fn tool(&self) -> Option<&'a str> {
        self.info.strip_prefix(CALL)
    }
}

/// The prose and the blocks of a text.
fn parted(text: &str) -> (String, Vec<Block<'_>>) {
    let (mut prose, mut blocks, mut open) = (String::new(), Vec::new(), None);
    for line in text.lines() {
        open = match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => Some(Block { info, lines: Vec::new() }),
            (Some(_), Some(block)) => {
                blocks.push(block);
                None
            }
            (None, Some(mut block)) => {
                block.lines.push(line);
                Some(block)
            }
            (None, None) => {
                prose.push_str(line);
                prose.push('\n');
                None
            }
        };
    }
    (prose, blocks)
}

fn is_in_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.chars().all(is_in_name)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !is_in_name(character)).filter(|word| !word.is_empty())
}

/// The names that stand between `open` and `close`.
fn placeholders<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open)
        .skip(1)
        .filter_map(move |rest| rest.split_once(close))
        .map(|(name, _)| name)
        .filter(|it| is_name(it))
}

fn sample(argument: &Argument) -> &'static str {
    match argument.completes {
        Completes::Application | Completes::Tenant => "Pied Piper",
        Completes::User => EMAIL,
        Completes::None => argument.values.first().copied().unwrap_or("A sample"),
    }
}

/// The text with a sample for each placeholder that is known.
fn filled(text: &str, guide: &Guide) -> String {
    let arguments = guide.arguments.iter().map(|argument| (format!("{{{{{}}}}}", argument.name), sample(argument)));
    let others = SAMPLES.iter().map(|(name, value)| (format!("<{name}>"), *value));
    arguments.chain(others).fold(text.to_owned(), |text, (placeholder, value)| text.replace(&placeholder, value))
}

/// What is wrong with a text of a guide.
fn faults(text: &str, guide: &Guide, place: Place) -> Vec<String> {
    let mut faults = Vec::new();
    let tokens = o200k::count(text);
    if tokens > MOST_TOKENS {
        faults.push(format!("{tokens} tokens, more than {MOST_TOKENS}"));
    }
    if place == Place::Part && text.contains("{{") {
        faults.push("{{: a part takes no arguments".to_owned());
    }
    let (prose, blocks) = parted(text);
    for block in &blocks {
        match (block.tool(), block.lines.as_slice()) {
            (Some(tool), [line]) => {
                faults.extend(call_faults(tool, line, guide).into_iter().map(|fault| format!("{tool}: {fault}")));
            }
            (Some(tool), _) => faults.push(format!("{tool}: a call is one line of JSON")),
            (None, lines) if block.info == "json" => {
                if let Err(error) = serde_json::from_str::<Value>(&lines.join("\n")) {
                    faults.push(format!("a block of JSON: {error}"));
                }
            }
            (None, _) => {}
        }
    }
    faults.extend(prose_faults(&prose, &own_words(guide, &blocks)));
    faults.extend(pointer_faults(&prose, guide));
    if place == Place::Main {
        faults.extend(head_faults(text, guide, &blocks));
    }
    faults
}

fn call_faults(tool: &str, line: &str, guide: &Guide) -> Vec<String> {
    let line = filled(line, guide);
    let unfilled = placeholders(&line, "{{", "}}").chain(placeholders(&line, "<", ">"));
    let mut faults: Vec<_> = unfilled.map(|name| format!("nothing is known to stand for `{name}`")).collect();
    let arguments: JsonObject = match serde_json::from_str(&line) {
        Ok(arguments) => arguments,
        Err(error) => return vec![format!("no JSON object: {error}")],
    };
    if let Some(format) = Format::ALL.into_iter().find(|format| format.tool() == tool) {
        return export_faults(format, &arguments);
    }
    let Some(operation) = DOCUMENT.operation(tool).filter(|operation| operation.name == tool) else {
        return vec!["there is no such tool".to_owned()];
    };
    match check(&DOCUMENT, operation, arguments.clone()) {
        Ok(checked) if checked.body.as_ref() != arguments.get(BODY_ARGUMENT) => {
            faults.push(format!("{BODY_ARGUMENT}: passes only because it is repaired"));
        }
        Ok(_) => {}
        Err(found) => faults.extend(found.iter().map(ToString::to_string)),
    }
    if let (Some(body), Some(value)) = (&operation.body, arguments.get(BODY_ARGUMENT)) {
        unknown_properties(&body.schema, value, BODY_ARGUMENT, &mut faults);
    }
    let mut unfiltered = arguments;
    if let Some(Value::String(filter)) = unfiltered.remove(FILTER_ARGUMENT)
        && faults.is_empty()
    {
        faults.extend(filter_faults(operation, unfiltered, &filter));
    }
    faults
}

fn export_faults(format: Format, arguments: &JsonObject) -> Vec<String> {
    let tool = listed(format);
    let known = tool.input_schema["properties"].as_object().unwrap();
    let fault = |(name, value): (&String, &Value)| match known.get(name) {
        None => Some(format!("{name}: unknown argument")),
        Some(schema) => {
            let values = schema.get("enum").and_then(Value::as_array)?;
            (!values.contains(value)).then(|| format!("{name}: {value} is none of its values"))
        }
    };
    arguments.iter().filter_map(fault).collect()
}

/// The check of arguments passes on what the document does not know, since the API may; a guide has no such thing.
fn unknown_properties(schema: &Schema, value: &Value, path: &str, faults: &mut Vec<String>) {
    match (schema.kind, value) {
        (Kind::Reference(name), _) => unknown_properties(DOCUMENT.schema(name).unwrap(), value, path, faults),
        (Kind::Array { items, .. }, Value::Array(list)) => {
            list.iter().for_each(|item| unknown_properties(items, item, path, faults));
        }
        (Kind::Map { values }, Value::Object(entries)) => {
            entries.iter().for_each(|(key, inner)| unknown_properties(values, inner, &format!("{path}.{key}"), faults));
        }
        (Kind::Object { properties }, Value::Object(entries)) => {
            for (key, inner) in entries {
                let path = format!("{path}.{key}");
                match properties.iter().find(|property| property.name == key) {
                    Some(property) => unknown_properties(&property.schema, inner, &path, faults),
                    None => faults.push(format!("{path}: the document has no such property")),
                }
            }
        }
        (Kind::OneOf { discriminator, variants }, Value::Object(entries)) => {
            let kind = entries.get(discriminator).and_then(Value::as_str);
            match variants.iter().find(|variant| Some(variant.value) == kind) {
                Some(variant) => {
                    unknown_properties(DOCUMENT.schema(variant.reference).unwrap(), value, path, faults);
                }
                None => faults.push(format!("{path}.{discriminator}: missing, so its properties are not known")),
            }
        }
        _ => {}
    }
}

fn filter_faults(operation: &Operation, arguments: JsonObject, filter: &str) -> Vec<String> {
    let (read, made) = filter_names(filter);
    let unknown = read.iter().filter(|name| !NAMES.contains(name.as_str()) && !made.contains(*name));
    // To jq a property that is not there is null, and no fault.
    let mut faults: Vec<_> = unknown.map(|name| format!("jq: the document has no `{name}`")).collect();
    let answer = answered(operation, arguments);
    if answer.is_error {
        faults.push(format!("the sandbox refuses it: {}", answer.headline));
    } else if let Err(fault) = evaluate(filter, &answer.body) {
        faults.push(format!("jq: {fault}"));
    }
    faults
}

/// The names that a filter reads, `.name` and `{name}`, and those that it makes, `name:`.
fn filter_names(filter: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    // Between quotes are strings; those of the guides have no quotes in them.
    let code = filter.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    // `to_entries` makes these.
    let (mut read, mut made) = (BTreeSet::new(), BTreeSet::from(["key", "value"].map(str::to_owned)));
    let mut position = 0;
    while let Some(start) = code[position..].find(is_in_name).map(|offset| position + offset) {
        let end =
            code[start..].find(|character: char| !is_in_name(character)).map_or(code.len(), |offset| start + offset);
        let (before, word, after) = (code[..start].trim_end(), &code[start..end], code[end..].trim_start());
        position = end;
        if !is_name(word) {
            continue;
        }
        if after.starts_with(':') {
            made.insert(word.to_owned());
        } else if before.ends_with('.') || (before.ends_with(['{', ',']) && after.starts_with(['}', ','])) {
            read.insert(word.to_owned());
        }
    }
    (read, made)
}

/// Names that this text may speak of besides those of the document: what its filters make, and what it asks for.
fn own_words(guide: &Guide, blocks: &[Block]) -> BTreeSet<String> {
    let calls = blocks.iter().filter(|block| block.tool().is_some()).flat_map(|block| &block.lines);
    let arguments = calls.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let filters = arguments.filter_map(|arguments| Some(arguments.get(FILTER_ARGUMENT)?.as_str()?.to_owned()));
    let made = filters.flat_map(|filter| filter_names(&filter).1);
    let asked = guide.arguments.iter().flat_map(|argument| [&[argument.name], argument.values].concat());
    let samples = SAMPLES.iter().map(|(name, _)| *name);
    made.chain(asked.chain(samples).map(str::to_owned)).collect()
}

/// Words that look like names of the document and are none.
fn prose_faults(prose: &str, own: &BTreeSet<String>) -> Vec<String> {
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
fn pointer_faults(prose: &str, guide: &Guide) -> Vec<String> {
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

fn writes(tool: &str) -> bool {
    DOCUMENT.operation(tool).is_some_and(|operation| !operation.effect.read_only)
}

/// Where the head and the main text do not fit.
fn head_faults(text: &str, guide: &Guide, blocks: &[Block]) -> Vec<String> {
    let mut faults = Vec::new();
    for tool in guide.tools {
        if DOCUMENT.operations.iter().all(|operation| operation.name != *tool)
            && Format::ALL.iter().all(|format| format.tool() != *tool)
        {
            faults.push(format!("head: {tool}: there is no such tool"));
        }
        if words(text).all(|word| word != *tool) {
            faults.push(format!("head: {tool}: the text does not name it"));
        }
    }
    for tool in blocks.iter().filter_map(Block::tool).filter(|tool| writes(tool) && !guide.tools.contains(tool)) {
        faults.push(format!("head: {tool}: the text calls it, and it writes; `tools` does not have it"));
    }
    if guide.writes != guide.tools.iter().any(|tool| writes(tool)) {
        faults.push(format!("head: `writes` is {}, and the tools say otherwise", guide.writes));
    }
    let used: BTreeSet<_> = placeholders(text, "{{", "}}").collect();
    let asked: BTreeSet<_> = guide.arguments.iter().map(|argument| argument.name).collect();
    for name in used.symmetric_difference(&asked) {
        faults.push(format!("head: {name}: an argument that is not used, or not asked for"));
    }
    for part in guide.parts.iter().filter(|part| !text.contains(part.name)) {
        faults.push(format!("head: {}: the text does not name it", part.name));
    }
    faults
}

#[test]
fn every_guide_is_right() {
    let mut wrong = Vec::new();
    for guide in GUIDES {
        let parts = guide.parts.iter().map(|part| (part.name, part.text, Place::Part));
        for (name, text, place) in [(guide.name, guide.text(), Place::Main)].into_iter().chain(parts) {
            wrong.extend(faults(text, guide, place).into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn guide(name: &str) -> &'static Guide {
    GUIDES.iter().find(|guide| guide.name == name).unwrap()
}

#[test]
fn a_wrong_guide_is_seen() {
    for (name, right, wrong, told) in [
        ("registration-form", "```call createForm\n", "```call createForms\n", "createForms: there is no such tool"),
        ("registration-form", "\"steps\":[", "\"pages\":[", "requestBody.form.pages: the document has no such"),
        ("registration-form", "\"type\":\"collectData\"", "\"kind\":\"collectData\"", "kind: the document has no such"),
        ("new-application", "\"ExactMatch\",\"proof", "\"Exact\",\"proof", "URLValidationPolicy: expected one"),
        ("new-application", "\"generateRefreshTokens\":true", "\"generateRefreshTokens\":\"true\"", "it is repaired"),
        ("find-user", "\"limit\":5,", "\"most\":5,", "most: unknown argument"),
        ("find-user", "{\"userId\":\"<userId>\",", "{", "userId: missing"),
        ("find-user", "\"<userId>\"", "\"<personId>\"", "nothing is known to stand for `personId`"),
        ("find-user", "\"limit\":5,", "\"limit\":5,,", "no JSON object"),
        ("export-terraform", "\"cursor\":", "\"next\":", "next: unknown argument"),
        ("export-terraform", "\"{{purpose}}\"}", "\"copy\"}", "purpose: \"copy\" is none of its values"),
        ("explore-instance", "\".status.licensed\"", "\".status.licensed |\"", "expected term"),
        ("explore-instance", "\".status.licensed\"", "\".status.licensed.id\"", "cannot index"),
        ("explore-instance", "\".status.licensed\"", "\".status.lisenced\"", "the document has no `lisenced`"),
        ("explore-instance", "{id,name,issuer,", "{id,name,isuer,", "the document has no `isuer`"),
        ("registration-form", "`patchFormFieldWithId`", "`patchFieldWithId`", "`patchFieldWithId`: the document"),
        ("registration-form", "`user.phoneNumber`", "`user.phone_number`", "`phone_number`: the document has no"),
        ("registration-form", "\"type\":\"basic\"", "\"variety\":\"basic\"", "`variety`: the document has no"),
        ("theme-login-page", "`defaultMessages` must", "defaultTexts must", "`defaultTexts`: the document has no"),
        ("find-user", "guide debug-login", "guide debug-logins", "debug-logins: there is no such guide"),
        ("debug-login", "debug-login-remedies.md", "remedies.md", "remedies.md: the guide has no such part"),
        ("debug-login", "debug-login-remedies.md", "the remedies", "remedies.md: the text does not name it"),
        ("find-user", "loginId\":\"{{user}}\"", "loginId\":\"{{email}}\"", "email: an argument that is not used"),
        ("find-user", "```call retrieveUser\n", "```call deleteUserWithId\n", "deleteUserWithId: the text calls it"),
        ("rotate-keys", "```call generateKey\n", "```call generateKeyWithId\n", "generateKey: the text does not"),
    ] {
        let guide = guide(name);
        assert!(guide.text().contains(right), "{name}: no {right}");
        let found = faults(&guide.text().replace(right, wrong), guide, Place::Main);
        assert!(found.iter().any(|fault| fault.contains(told)), "{name}, {wrong}: {found:#?}");
    }
}

#[test]
fn a_wrong_head_a_long_text_and_a_part_with_arguments_are_seen() {
    let found = faults(guide("registration-form").text(), guide("find-user"), Place::Main).join("\n");
    for told in [
        "head: retrieveUserWithId: the text does not name it",
        "head: createForm: the text calls it",
        "head: application: an argument that is not used",
        "head: user: an argument that is not used",
    ] {
        assert!(found.contains(told), "{told}: {found}");
    }
    let long = faults(&guide("find-user").text().repeat(2), guide("find-user"), Place::Main);
    assert!(long.iter().any(|fault| fault.contains("tokens, more than 900")), "{long:?}");
    let part = faults(guide("find-user").text(), guide("find-user"), Place::Part);
    assert!(part.iter().any(|fault| fault.contains("a part takes no arguments")), "{part:?}");
}
