//! FusionAuth Kickstart files: the API keys and the requests that a new instance starts with.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::iter::repeat_n;
use std::path::{Component, Path, PathBuf};

use openapi_tools::operation::Method;
use serde_json::{Map, Value};

use crate::step::Step;

/// The keys that a file may have. The licence and the settings mean nothing to an instance in memory.
const FILE_KEYS: [&str; 6] = ["apiKeys", "license", "licenseId", "requests", "settings", "variables"];

/// The keys that a request may have.
const REQUEST_KEYS: [&str; 5] = ["body", "contentType", "method", "tenantId", "url"];

/// The keys that an API key may have: what Kickstart documents, then the rest of the API's own object.
const API_KEY_KEYS: [&str; 11] = [
    "description",
    "ipAccessControlListId",
    "key",
    "keyManager",
    "permissions",
    "tenantId",
    "expirationInstant",
    "id",
    "metaData",
    "name",
    "retrievable",
];

/// The variable that chooses the default tenant's id.
const DEFAULT_TENANT_ID: &str = "defaultTenantId";

/// The provided variable that holds the default tenant's id.
const TENANT_ID: &str = "FUSIONAUTH_TENANT_ID";

/// The only function.
const UUID_FUNCTION: &str = "UUID()";

/// How many JSON files may be included one in another.
const MAX_INCLUDES: usize = 16;

/// How deep objects and arrays may be nested, includes counted: what serde_json reads in one file.
const MAX_DEPTH: usize = 128;

/// A Kickstart file with its files included and its variables replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Kickstart {
    /// The API keys as the file writes them, at least one. Each has a `key`; the first is global and unrestricted.
    pub api_keys: Vec<Value>,
    /// The id that the default tenant is to have, where the file chooses one.
    pub default_tenant_id: Option<String>,
    /// The requests, in order. One without a body has `null` for it.
    pub steps: Vec<Step>,
}

/// Why a Kickstart file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KickstartError {
    /// The JSON path from the file's root, such as `requests[3].body.user.email`; empty for the file as a whole.
    pub path: String,
    /// What is wrong there, and what was expected.
    pub message: String,
}

impl KickstartError {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }

    fn in_file(self, name: &str) -> Self {
        Self { message: format!("{} (in `{name}`)", self.message), path: self.path }
    }
}

impl fmt::Display for KickstartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            formatter.write_str(&self.message)
        } else {
            write!(formatter, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for KickstartError {}

/// Reads the Kickstart file at `path` and the files that it includes.
///
/// `environment` gives the value of an environment variable, `built_in` holds the variables that FusionAuth provides.
/// `FUSIONAUTH_TENANT_ID` is the file's `defaultTenantId` where it has one.
///
/// # Errors
///
/// Where a file cannot be read or is not of the documented shape, a variable is unknown, or an include is not of a
/// file below the Kickstart file's folder. The first fault ends the reading.
pub fn read(
    path: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    built_in: &BTreeMap<String, String>,
) -> Result<Kickstart, KickstartError> {
    let unreadable =
        |fault: std::io::Error| KickstartError::new("", format!("cannot read `{}`: {fault}", path.display()));
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let file: Value = serde_json::from_str(&text)
        .map_err(|fault| KickstartError::new("", format!("`{}` is not JSON: {fault}", path.display())))?;
    let Value::Object(mut file) = file else {
        let message = format!("`{}` is not a Kickstart file: expected an object, got {}", path.display(), kind(&file));
        return Err(KickstartError::new("", message));
    };

    // The parent of a bare file name is an empty path, which is no folder to the operating system.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut reader = Reader {
        folder: folder.canonicalize().map_err(unreadable)?,
        environment,
        variables: BTreeMap::new(),
        open: vec![Open { name: path.display().to_string(), file: path.canonicalize().map_err(unreadable)? }],
    };
    reader.check_keys(&file, &FILE_KEYS, "")?;

    let own = reader.read_variables(file.remove("variables"))?;
    let default_tenant_id = own.get(DEFAULT_TENANT_ID).cloned();
    reader.variables = built_in.clone();
    reader.variables.extend(own);
    if let Some(id) = &default_tenant_id {
        reader.check_uuid(id, &format!("variables.{DEFAULT_TENANT_ID}"))?;
        reader.variables.insert(TENANT_ID.to_owned(), id.clone());
    }

    Ok(Kickstart {
        api_keys: reader.read_api_keys(file.remove("apiKeys"))?,
        default_tenant_id,
        steps: reader.read_requests(file.remove("requests"))?,
    })
}

/// A JSON file being read.
struct Open {
    /// As it was included.
    name: String,
    /// Where it is, without symbolic links.
    file: PathBuf,
}

/// What stands before a brace that opens a substitution.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    /// `#{`
    Variable,
    /// `@{`
    Text,
    /// `&{`
    Json,
}

impl Opener {
    fn of(sign: char) -> Option<Self> {
        match sign {
            '#' => Some(Self::Variable),
            '@' => Some(Self::Text),
            '&' => Some(Self::Json),
            _ => None,
        }
    }

    const fn sign(self) -> char {
        match self {
            Self::Variable => '#',
            Self::Text => '@',
            Self::Json => '&',
        }
    }
}

/// Where a string stands, which decides what may be substituted in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// The value of a variable.
    Variable,
    /// The name of a property.
    Name,
    /// Any other value.
    Value,
}

struct Reader<'a> {
    /// The Kickstart file's folder, without symbolic links. Every include is relative to it, nested ones too.
    folder: PathBuf,
    environment: &'a dyn Fn(&str) -> Option<String>,
    variables: BTreeMap<String, String>,
    /// The Kickstart file, then the JSON files included one in another down to where the reader is.
    open: Vec<Open>,
}

impl Reader<'_> {
    fn error(&self, path: &str, message: impl Into<String>) -> KickstartError {
        let fault = KickstartError::new(path, message);
        match self.open.last() {
            Some(open) if self.open.len() > 1 => fault.in_file(&open.name),
            _ => fault,
        }
    }

    fn read_variables(&self, variables: Option<Value>) -> Result<BTreeMap<String, String>, KickstartError> {
        let entries = match variables {
            None | Some(Value::Null) => return Ok(BTreeMap::new()),
            Some(Value::Object(entries)) => entries,
            Some(other) => {
                return Err(self.error("variables", format!("expected an object, got {}", kind(&other))));
            }
        };
        let mut variables = BTreeMap::new();
        for (name, value) in entries {
            let path = format!("variables.{name}");
            let Value::String(text) = &value else {
                return Err(self.error(&path, format!("expected a string, got {}", kind(&value))));
            };
            let text = self.replace(text, &path, Within::Variable)?;
            variables.insert(name, text);
        }
        Ok(variables)
    }

    fn read_api_keys(&mut self, keys: Option<Value>) -> Result<Vec<Value>, KickstartError> {
        let keys = match keys {
            Some(Value::Array(keys)) if !keys.is_empty() => keys,
            None | Some(Value::Null | Value::Array(_)) => {
                let message = "a Kickstart file needs at least one API key: expected an array of objects with a `key`";
                return Err(self.error("apiKeys", message));
            }
            Some(other) => {
                return Err(self.error("apiKeys", format!("expected an array of objects, got {}", kind(&other))));
            }
        };
        let mut read = Vec::with_capacity(keys.len());
        for (index, key) in keys.into_iter().enumerate() {
            let path = format!("apiKeys[{index}]");
            let included = included_name(&key);
            let key = self.expand(key, &path, 2)?;
            self.check_api_key(&key, &path, index == 0).map_err(|fault| in_included(fault, included.as_deref()))?;
            read.push(key);
        }
        Ok(read)
    }

    fn check_api_key(&self, key: &Value, path: &str, first: bool) -> Result<(), KickstartError> {
        let Value::Object(key) = key else {
            return Err(self.error(path, format!("expected an object with a `key`, got {}", kind(key))));
        };
        self.check_keys(key, &API_KEY_KEYS, path)?;
        if self.optional_text(key, "key", path)?.is_none_or(|text| text.is_empty()) {
            return Err(self.error(&join(path, "key"), "an API key needs a `key`: expected a string that is not empty"));
        }
        for name in ["tenantId", "ipAccessControlListId"] {
            if let Some(id) = self.optional_text(key, name, path)? {
                self.check_uuid(&id, &join(path, name))?;
            }
        }
        if !first {
            return Ok(());
        }
        // The first key makes the requests, so that a limit on it would make some of them fail.
        if key.get("tenantId").is_some_and(|id| !id.is_null()) {
            let message = "the first API key makes the requests and must be global: expected no `tenantId`";
            return Err(self.error(&join(path, "tenantId"), message));
        }
        let endpoints = key.get("permissions").and_then(|permissions| permissions.get("endpoints"));
        if endpoints.and_then(Value::as_object).is_some_and(|endpoints| !endpoints.is_empty()) {
            let message = "the first API key makes the requests and must be unrestricted: expected no endpoints";
            return Err(self.error(&join(path, "permissions.endpoints"), message));
        }
        Ok(())
    }

    fn read_requests(&mut self, requests: Option<Value>) -> Result<Vec<Step>, KickstartError> {
        let requests = match requests {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(requests)) => requests,
            Some(other) => return Err(self.error("requests", format!("expected an array, got {}", kind(&other)))),
        };
        let mut steps = Vec::with_capacity(requests.len());
        for (index, request) in requests.into_iter().enumerate() {
            let path = format!("requests[{index}]");
            let included = included_name(&request);
            let request = self.expand(request, &path, 2)?;
            let step = self.read_request(request, &path).map_err(|fault| in_included(fault, included.as_deref()))?;
            steps.push(step);
        }
        Ok(steps)
    }

    fn read_request(&self, request: Value, path: &str) -> Result<Step, KickstartError> {
        let Value::Object(mut request) = request else {
            let message = format!("expected a request, an object or the string \"&{{file}}\", got {}", kind(&request));
            return Err(self.error(path, message));
        };
        self.check_keys(&request, &REQUEST_KEYS, path)?;

        let method = match self.required_text(&request, "method", path)?.as_str() {
            "PATCH" => Method::Patch,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            other => {
                let message = format!("expected POST, PUT or PATCH, got `{other}`");
                return Err(self.error(&join(path, "method"), message));
            }
        };
        let url = self.required_text(&request, "url", path)?;
        let before_query = url.split_once('?').map_or(url.as_str(), |(before, _)| before);
        if before_query.is_empty() || before_query.contains("://") || before_query.starts_with("//") {
            let message = format!("expected a relative URL such as /api/user/registration, got `{url}`");
            return Err(self.error(&join(path, "url"), message));
        }
        let target = if url.starts_with('/') { url } else { format!("/{url}") };
        let tenant_id = self.optional_text(&request, "tenantId", path)?;
        if let Some(id) = &tenant_id {
            self.check_uuid(id, &join(path, "tenantId"))?;
        }
        let content_type = self.optional_text(&request, "contentType", path)?;
        let body = match request.remove("body") {
            None => Value::Null,
            // The body of a JSON Patch is an array.
            Some(body @ (Value::Null | Value::Array(_) | Value::Object(_))) => body,
            Some(other) => {
                let message = format!("expected an object or the string \"&{{file}}\", got {}", kind(&other));
                return Err(self.error(&join(path, "body"), message));
            }
        };
        Ok(Step { method, target, tenant_id, content_type, body })
    }

    /// The value with its variables replaced and its files included; `depth` is how many others it lies in.
    fn expand(&mut self, value: Value, path: &str, depth: usize) -> Result<Value, KickstartError> {
        if depth > MAX_DEPTH {
            return Err(self.error(path, format!("nested too deep: expected {MAX_DEPTH} levels at the most")));
        }
        match value {
            Value::String(text) => match alone(&text) {
                Some(name) => self.include_json(name, path, depth),
                None => self.replace(&text, path, Within::Value).map(Value::String),
            },
            Value::Array(items) => {
                let mut expanded = Vec::with_capacity(items.len());
                for (index, item) in items.into_iter().enumerate() {
                    expanded.push(self.expand(item, &format!("{path}[{index}]"), depth + 1)?);
                }
                Ok(Value::Array(expanded))
            }
            Value::Object(entries) => {
                let mut expanded = Map::new();
                for (name, value) in entries {
                    let path = join(path, &name);
                    let name = self.replace(&name, &path, Within::Name)?;
                    let value = self.expand(value, &path, depth + 1)?;
                    if expanded.contains_key(&name) {
                        return Err(self.error(&path, format!("the object has another property named `{name}`")));
                    }
                    expanded.insert(name, value);
                }
                Ok(Value::Object(expanded))
            }
            other => Ok(other),
        }
    }

    fn include_json(&mut self, name: &str, path: &str, depth: usize) -> Result<Value, KickstartError> {
        let file = self.locate(name, path)?;
        if self.open.iter().any(|open| open.file == file) {
            let chain: Vec<&str> = self.open.iter().map(|open| open.name.as_str()).chain([name]).collect();
            return Err(self.error(path, format!("`{name}` includes itself: {}", chain.join(" -> "))));
        }
        if self.open.len() > MAX_INCLUDES {
            let message = format!("cannot include `{name}`: expected {MAX_INCLUDES} files one in another at the most");
            return Err(self.error(path, message));
        }
        let text = self.read_text(&file, name, path)?;
        let value: Value =
            serde_json::from_str(&text).map_err(|fault| self.error(path, format!("`{name}` is not JSON: {fault}")))?;
        self.open.push(Open { name: name.to_owned(), file });
        let expanded = self.expand(value, path, depth);
        self.open.pop();
        expanded
    }

    /// The text with its variables replaced and its text files included. What is put in is not looked at again.
    ///
    /// Backslashes count only right before an opener: each pair is one backslash, an odd one makes the opener plain
    /// text.
    fn replace(&self, text: &str, path: &str, within: Within) -> Result<String, KickstartError> {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, opener, after)) = next_opener(rest) {
            let kept = before.trim_end_matches('\\');
            let backslashes = before.len() - kept.len();
            replaced.push_str(kept);
            replaced.extend(repeat_n('\\', backslashes / 2));
            if backslashes % 2 == 1 {
                replaced.extend([opener.sign(), '{']);
                rest = after;
                continue;
            }
            let Some((name, after)) = after.split_once('}') else {
                let sign = opener.sign();
                let message =
                    format!("`{sign}{{` is not closed: expected `}}` after it, or `\\{sign}{{` for plain text");
                return Err(self.error(path, message));
            };
            replaced.push_str(&self.substitute(opener, name, path, within)?);
            rest = after;
        }
        replaced.push_str(rest);
        Ok(replaced)
    }

    fn substitute(&self, opener: Opener, name: &str, path: &str, within: Within) -> Result<String, KickstartError> {
        let sign = opener.sign();
        match (opener, within) {
            (Opener::Variable, _) => self.variable(name, path, within),
            (Opener::Text, Within::Value) => {
                let file = self.locate(name, path)?;
                self.read_text(&file, name, path)
            }
            (Opener::Json, Within::Value) => {
                let message =
                    format!("`&{{{name}}}` is JSON: expected it alone in its string, or `\\&{{` for plain text");
                Err(self.error(path, message))
            }
            (Opener::Text | Opener::Json, Within::Variable | Within::Name) => {
                let place = if within == Within::Variable { "a variable" } else { "a property's name" };
                let message = format!(
                    "`{sign}{{{name}}}` is a file, which {place} cannot hold: expected `\\{sign}{{` for plain text"
                );
                Err(self.error(path, message))
            }
        }
    }

    fn variable(&self, name: &str, path: &str, within: Within) -> Result<String, KickstartError> {
        if name == UUID_FUNCTION {
            return Ok(new_uuid());
        }
        if let Some(variable) = name.strip_prefix("ENV.") {
            return (self.environment)(variable)
                .ok_or_else(|| self.error(path, format!("the environment variable `{variable}` is not set")));
        }
        if within == Within::Variable {
            let message = format!(
                "a variable cannot refer to another, here `{name}`: expected #{{ENV.NAME}} or #{{{UUID_FUNCTION}}}"
            );
            return Err(self.error(path, message));
        }
        self.variables.get(name).cloned().ok_or_else(|| {
            let known = self.variables.keys().map(String::as_str).chain([UUID_FUNCTION]);
            self.error(path, format!("unknown variable `{name}`{}", did_you_mean(name, known)))
        })
    }

    /// The file of that name below the folder, without symbolic links.
    fn locate(&self, name: &str, path: &str) -> Result<PathBuf, KickstartError> {
        let expected = "expected the relative path of a file below the Kickstart file's folder";
        let refused = |why: &str| self.error(path, format!("cannot include `{name}`, {why}: {expected}"));
        if name.contains("://") {
            return Err(refused("which is a URL"));
        }
        let mut relative = PathBuf::new();
        for component in Path::new(name).components() {
            match component {
                Component::Normal(part) => relative.push(part),
                Component::CurDir => {}
                Component::ParentDir => {
                    if !relative.pop() {
                        return Err(refused("which leaves the folder"));
                    }
                }
                Component::RootDir | Component::Prefix(_) => return Err(refused("which is absolute")),
            }
        }
        let file = self
            .folder
            .join(&relative)
            .canonicalize()
            .map_err(|fault| self.error(path, format!("cannot include `{name}`: {fault}")))?;
        // A symbolic link may lead out of the folder although its name does not.
        if !file.starts_with(&self.folder) {
            return Err(refused("which leaves the folder"));
        }
        if !file.is_file() {
            return Err(refused("which is not a file"));
        }
        Ok(file)
    }

    fn read_text(&self, file: &Path, name: &str, path: &str) -> Result<String, KickstartError> {
        fs::read_to_string(file).map_err(|fault| self.error(path, format!("cannot include `{name}`: {fault}")))
    }

    fn check_keys(&self, object: &Map<String, Value>, known: &[&str], path: &str) -> Result<(), KickstartError> {
        match object.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                let meant = did_you_mean(key, known.iter().copied());
                let message = format!("unknown key `{key}`{meant}; expected one of {}", known.join(", "));
                Err(self.error(&join(path, key), message))
            }
        }
    }

    fn optional_text(
        &self,
        object: &Map<String, Value>,
        key: &str,
        path: &str,
    ) -> Result<Option<String>, KickstartError> {
        match object.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.error(&join(path, key), format!("expected a string, got {}", kind(other)))),
        }
    }

    fn required_text(&self, object: &Map<String, Value>, key: &str, path: &str) -> Result<String, KickstartError> {
        self.optional_text(object, key, path)?
            .ok_or_else(|| self.error(&join(path, key), format!("a request needs a `{key}`: expected a string")))
    }

    fn check_uuid(&self, text: &str, path: &str) -> Result<(), KickstartError> {
        if is_uuid(text) { Ok(()) } else { Err(self.error(path, format!("expected a UUID, got `{text}`"))) }
    }
}

/// The file's name where the string is nothing but the include of a JSON file.
fn alone(text: &str) -> Option<&str> {
    text.strip_prefix("&{")?.strip_suffix('}').filter(|name| !name.contains('}'))
}

/// The name of the JSON file that stands in the value's place.
fn included_name(value: &Value) -> Option<String> {
    value.as_str().and_then(alone).map(str::to_owned)
}

fn in_included(fault: KickstartError, included: Option<&str>) -> KickstartError {
    match included {
        Some(name) => fault.in_file(name),
        None => fault,
    }
}

/// What stands before the first opener, the opener, and what follows its brace.
fn next_opener(text: &str) -> Option<(&str, Opener, &str)> {
    text.match_indices('{').find_map(|(brace, _)| {
        let (before, after) = text.split_at_checked(brace)?;
        let opener = Opener::of(before.chars().next_back()?)?;
        Some((before.strip_suffix(opener.sign())?, opener, after.strip_prefix('{')?))
    })
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8_usize, 4, 4, 4, 12])
        && text.chars().all(|character| character == '-' || character.is_ascii_hexdigit())
}

/// A UUID of version 4. The standard library's hash keys are random enough to tell objects apart, which is its use.
fn new_uuid() -> String {
    let random = RandomState::new();
    let high = (random.hash_one(0_u8) & 0xffff_ffff_ffff_0fff) | 0x4000;
    let low = (random.hash_one(1_u8) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// `; did you mean `name`?`, or nothing where no name is like `typed`.
fn did_you_mean<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let lower = typed.to_lowercase();
    names
        .into_iter()
        .map(|name| (distance(&lower, &name.to_lowercase()), name))
        // At least three letters of five are right; less would be a guess.
        .filter(|(distance, name)| distance * 5 <= name.chars().count().max(lower.chars().count()) * 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

/// Levenshtein's distance: how many letters must be put in, taken out or changed.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = index;
        let mut last = index + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(last);
        for (other, above) in right.iter().zip(row.iter().skip(1)) {
            let changed = diagonal + usize::from(letter != *other);
            last = changed.min(last + 1).min(*above + 1);
            diagonal = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "30663132-6464-6665-3032-326466613934";

    /// A folder of its own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let folder = std::env::temp_dir().join(format!("kickstart-{}-{}", std::process::id(), new_uuid()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn write(&self, name: &str, text: &str) {
            let file = self.0.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }

        fn read(&self, file: &Value) -> Result<Kickstart, KickstartError> {
            self.write("kickstart.json", &file.to_string());
            read(&self.0.join("kickstart.json"), &environment, &built_in())
        }

        /// What the body of the only request becomes.
        fn body(&self, body: Value) -> Result<Value, KickstartError> {
            self.read(&with_body(body)).map(|kickstart| kickstart.steps[0].body.clone())
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn environment(name: &str) -> Option<String> {
        match name {
            "EDITOR" => Some("vi #{adminEmail}".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    fn built_in() -> BTreeMap<String, String> {
        [(TENANT_ID, "tenant"), ("FUSIONAUTH_LAMBDA[OpenIDReconcile]_ID", "lambda")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    fn with_requests(requests: Value) -> Value {
        json!({
            "variables": {"adminEmail": "admin@example.com", "user.name": "Erlich", "editor": "#{ENV.EDITOR}"},
            "apiKeys": [{"key": "secret"}],
            "requests": requests
        })
    }

    fn with_body(body: Value) -> Value {
        with_requests(json!([{"method": "POST", "url": "/api/user", "body": body}]))
    }

    fn fault(result: Result<impl fmt::Debug, KickstartError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_file_with_a_key_alone_is_enough() {
        let kickstart = Folder::new().read(&json!({"apiKeys": [{"key": "secret"}]})).unwrap();
        let expected =
            Kickstart { api_keys: vec![json!({"key": "secret"})], default_tenant_id: None, steps: Vec::new() };
        assert_eq!(kickstart, expected);
    }

    #[test]
    fn a_request_becomes_a_step() {
        let steps = Folder::new()
            .read(&with_requests(json!([
                {"method": "POST", "url": "/api/group?x=https://a.example", "body": {"group": {}}, "tenantId": ID},
                {"method": "PATCH", "url": "api/user", "body": [], "contentType": "application/json-patch+json"},
                {"method": "PUT", "url": "/api/user/#{user.name}", "tenantId": null}
            ])))
            .unwrap()
            .steps;
        let expected = [
            Step::post("/api/group?x=https://a.example", json!({"group": {}})).in_tenant(ID),
            Step {
                method: Method::Patch,
                target: "/api/user".to_owned(),
                tenant_id: None,
                content_type: Some("application/json-patch+json".to_owned()),
                body: json!([]),
            },
            Step { method: Method::Put, ..Step::post("/api/user/Erlich", Value::Null) },
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn what_is_wrong_with_a_request_is_said() {
        let folder = Folder::new();
        for (request, expected) in [
            (json!({"method": "GET", "url": "/a"}), "requests[0].method: expected POST, PUT or PATCH, got `GET`"),
            (json!({"method": "post", "url": "/a"}), "requests[0].method: expected POST, PUT or PATCH, got `post`"),
            (json!({"url": "/a"}), "requests[0].method: a request needs a `method`: expected a string"),
            (json!({"method": "POST"}), "requests[0].url: a request needs a `url`: expected a string"),
            (json!({"method": "POST", "url": 1}), "requests[0].url: expected a string, got a number"),
            (json!({"method": "POST", "url": ""}), "requests[0].url: expected a relative URL such as"),
            (
                json!({"method": "POST", "url": "https://a.example/b"}),
                "requests[0].url: expected a relative URL such as",
            ),
            (json!({"method": "POST", "url": "//a.example/b"}), "requests[0].url: expected a relative URL such as"),
            (json!({"method": "POST", "url": "/a", "tenantId": "x"}), "requests[0].tenantId: expected a UUID, got `x`"),
            (json!({"method": "POST", "url": "/a", "body": "x"}), "requests[0].body: expected an object or the string"),
            (
                json!({"method": "POST", "url": "/a", "tenantID": ID}),
                "requests[0].tenantID: unknown key `tenantID`; did you mean `tenantId`?; expected one of body, ",
            ),
            (json!("x"), "requests[0]: expected a request, an object or the string \"&{file}\", got a string"),
            (json!([]), "requests[0]: expected a request, an object or the string \"&{file}\", got an array"),
        ] {
            let message = fault(folder.read(&with_requests(json!([request]))));
            assert!(message.starts_with(expected), "{message}");
        }
        assert_eq!(fault(folder.read(&with_requests(json!({})))), "requests: expected an array, got an object");
    }

    #[test]
    fn a_file_needs_its_keys_right() {
        let folder = Folder::new();
        for (file, expected) in [
            (json!([]), "is not a Kickstart file: expected an object, got an array"),
            (json!({}), "apiKeys: a Kickstart file needs at least one API key"),
            (json!({"apiKeys": []}), "apiKeys: a Kickstart file needs at least one API key"),
            (json!({"apiKeys": {}}), "apiKeys: expected an array of objects, got an object"),
            (json!({"apiKeys": ["x"]}), "apiKeys[0]: expected an object with a `key`, got a string"),
            (json!({"apiKeys": [{}]}), "apiKeys[0].key: an API key needs a `key`"),
            (json!({"apiKeys": [{"key": ""}]}), "apiKeys[0].key: an API key needs a `key`"),
            (json!({"apiKeys": [{"key": "a", "tenantId": ID}]}), "apiKeys[0].tenantId: the first API key"),
            (json!({"apiKeys": [{"key": "a"}, {"key": "b", "tenantId": "x"}]}), "apiKeys[1].tenantId: expected a UUID"),
            (json!({"apiKeys": [{"key": "a", "permission": {}}]}), "apiKeys[0].permission: unknown key `permission`"),
            (
                json!({"apiKeys": [{"key": "a", "permissions": {"endpoints": {"/api/user": ["GET"]}}}]}),
                "apiKeys[0].permissions.endpoints: the first API key",
            ),
            (
                json!({"apiKeys": [{"key": "a"}], "request": []}),
                "request: unknown key `request`; did you mean `requests`?; expected one of apiKeys, license, licenseId",
            ),
            (json!({"apiKeys": [{"key": "a"}], "variables": []}), "variables: expected an object, got an array"),
            (json!({"apiKeys": [{"key": "a"}], "variables": {"a": 1}}), "variables.a: expected a string, got a number"),
        ] {
            let message = fault(folder.read(&file));
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn api_keys_are_kept_with_their_variables_replaced() {
        let keys = json!([
            {"key": "#{adminEmail}", "description": "First", "keyManager": true, "permissions": {"endpoints": {}}},
            {"key": "b", "tenantId": ID, "permissions": {"endpoints": {"/api/#{user.name}": ["GET"]}}}
        ]);
        let mut file = with_requests(json!([]));
        file["apiKeys"] = keys;
        let expected = vec![
            json!({
                "key": "admin@example.com",
                "description": "First",
                "keyManager": true,
                "permissions": {"endpoints": {}}
            }),
            json!({"key": "b", "tenantId": ID, "permissions": {"endpoints": {"/api/Erlich": ["GET"]}}}),
        ];
        assert_eq!(Folder::new().read(&file).unwrap().api_keys, expected);
    }

    #[test]
    fn licence_and_settings_are_ignored() {
        let mut file = with_requests(json!([]));
        file["license"] = json!("#{ENV.MISSING}");
        file["licenseId"] = json!("@{missing.txt}");
        file["settings"] = json!({"connectTimeout": 7000});
        assert!(Folder::new().read(&file).is_ok());
    }

    #[test]
    fn variables_are_replaced_anywhere_in_a_string() {
        let body = json!({
            "#{user.name}": ["<#{adminEmail}> #{user.name}", 1, null, true],
            "lambda": "#{FUSIONAUTH_LAMBDA[OpenIDReconcile]_ID}",
            "environment": "#{ENV.EDITOR}#{ENV.EMPTY}",
            "through": "#{editor}",
            "plain": "${user.email} { # } #a{b} 100% \\ \\d C:\\temp {{"
        });
        let expected = json!({
            "Erlich": ["<admin@example.com> Erlich", 1, null, true],
            "lambda": "lambda",
            // What a variable holds is not looked at again.
            "environment": "vi #{adminEmail}",
            "through": "vi #{adminEmail}",
            "plain": "${user.email} { # } #a{b} 100% \\ \\d C:\\temp {{"
        });
        assert_eq!(Folder::new().body(body).unwrap(), expected);
    }

    #[test]
    fn a_uuid_is_new_each_time_but_a_variable_keeps_its_own() {
        let mut file = with_body(json!(["#{UUID()}", "#{UUID()}", "#{id}", "#{id}"]));
        file["variables"]["id"] = json!("#{UUID()}");
        let body = Folder::new().read(&file).unwrap().steps[0].body.clone();
        let ids: Vec<&str> = body.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        assert!(ids.iter().all(|id| is_uuid(id) && id.as_bytes()[14] == b'4'), "{ids:?}");
        assert_ne!(ids[0], ids[1]);
        assert_ne!(ids[1], ids[2]);
        assert_eq!(ids[2], ids[3]);
    }

    #[test]
    fn an_unknown_variable_is_named_with_its_place_and_the_nearest() {
        let folder = Folder::new();
        assert_eq!(
            fault(folder.body(json!({"user": {"email": "#{adminEmial}"}}))),
            "requests[0].body.user.email: unknown variable `adminEmial`; did you mean `adminEmail`?"
        );
        assert_eq!(fault(folder.body(json!(["#{xyzzy}"]))), "requests[0].body[0]: unknown variable `xyzzy`");
        assert_eq!(
            fault(folder.body(json!({"a": "#{uuid()}"}))),
            "requests[0].body.a: unknown variable `uuid()`; did you mean `UUID()`?"
        );
        assert_eq!(
            fault(folder.body(json!({"a": "#{ENV.MISSING}"}))),
            "requests[0].body.a: the environment variable `MISSING` is not set"
        );
        assert_eq!(
            fault(folder.body(json!({"a": "x #{adminEmail"}))),
            "requests[0].body.a: `#{` is not closed: expected `}` after it, or `\\#{` for plain text"
        );
    }

    #[test]
    fn a_variable_does_not_refer_to_another() {
        let folder = Folder::new();
        for name in ["adminEmail", TENANT_ID] {
            let mut file = with_body(json!({}));
            file["variables"]["login"] = json!(format!("<#{{{name}}}>"));
            let expected = format!("variables.login: a variable cannot refer to another, here `{name}`");
            let message = fault(folder.read(&file));
            assert!(message.starts_with(&expected), "{message}");
        }
        let mut file = with_body(json!({}));
        file["variables"]["text"] = json!("@{a.txt}");
        let message = fault(folder.read(&file));
        assert!(message.starts_with("variables.text: `@{a.txt}` is a file, which a variable cannot hold"), "{message}");
    }

    #[test]
    fn the_default_tenant_id_is_the_tenant_variable() {
        let folder = Folder::new();
        let mut file = with_body(json!({"id": "#{FUSIONAUTH_TENANT_ID}", "same": "#{defaultTenantId}"}));
        file["variables"]["defaultTenantId"] = json!(ID);
        let kickstart = folder.read(&file).unwrap();
        assert_eq!(kickstart.default_tenant_id.as_deref(), Some(ID));
        assert_eq!(kickstart.steps[0].body, json!({"id": ID, "same": ID}));

        assert_eq!(folder.body(json!({"id": "#{FUSIONAUTH_TENANT_ID}"})).unwrap(), json!({"id": "tenant"}));
        file["variables"]["defaultTenantId"] = json!("default");
        assert_eq!(fault(folder.read(&file)), "variables.defaultTenantId: expected a UUID, got `default`");
    }

    #[test]
    fn a_backslash_makes_an_opener_plain_text() {
        let folder = Folder::new();
        folder.write("a.txt", "text");
        for (text, expected) in [
            ("\\#{adminEmail}", "#{adminEmail}"),
            ("\\#{UUID()}", "#{UUID()}"),
            ("\\@{a.txt}", "@{a.txt}"),
            ("\\&{a.json}", "&{a.json}"),
            ("\\#{ \\@{ \\&{", "#{ @{ &{"),
            ("\\\\#{user.name}", "\\Erlich"),
            ("\\\\@{a.txt}", "\\text"),
            ("\\\\\\#{user.name}", "\\#{user.name}"),
            ("\\\\\\\\#{user.name}", "\\\\Erlich"),
            ("#{user.name}\\#{user.name}#{user.name}", "Erlich#{user.name}Erlich"),
            ("é\\#{é} \\\\ \\n", "é#{é} \\\\ \\n"),
        ] {
            assert_eq!(folder.body(json!({"a": text})).unwrap(), json!({"a": expected}), "{text}");
        }
        assert_eq!(folder.body(json!({"\\#{a}": 1})).unwrap(), json!({"#{a}": 1}));
        let mut file = with_body(json!({"a": "#{escaped}"}));
        file["variables"]["escaped"] = json!("\\#{user.name}");
        assert_eq!(folder.read(&file).unwrap().steps[0].body, json!({"a": "#{user.name}"}));
    }

    #[test]
    fn a_text_file_is_taken_as_it_is() {
        let folder = Folder::new();
        folder.write("emails/a.html", "<p>\r\n\"#{adminEmail}\" @{b} \\#{c}\n");
        let expected = "<p>\r\n\"#{adminEmail}\" @{b} \\#{c}\n";
        assert_eq!(folder.body(json!({"a": "@{emails/a.html}"})).unwrap(), json!({"a": expected}));
        let around = format!("a{expected}b");
        assert_eq!(folder.body(json!({"a": "a@{./emails/../emails/a.html}b"})).unwrap(), json!({"a": around}));
        let message = fault(folder.body(json!({"@{emails/a.html}": 1})));
        assert!(message.contains("is a file, which a property's name cannot hold"), "{message}");
    }

    #[test]
    fn a_json_file_is_a_body_a_value_or_a_request() {
        let folder = Folder::new();
        folder.write("a.txt", "text");
        folder.write("json/user.json", &json!({"email": "#{adminEmail}", "data": "&{json/data.json}"}).to_string());
        // Paths count from the Kickstart file's folder, not from that of the file which includes.
        folder.write("json/data.json", &json!(["@{a.txt}", 1]).to_string());
        folder.write(
            "request.json",
            &json!({"method": "PUT", "url": "/#{user.name}", "body": "&{json/user.json}"}).to_string(),
        );
        let user = json!({"email": "admin@example.com", "data": ["text", 1]});
        assert_eq!(folder.body(json!("&{json/user.json}")).unwrap(), user);
        assert_eq!(folder.body(json!({"user": "&{json/user.json}"})).unwrap(), json!({"user": user}));
        let steps = folder.read(&with_requests(json!(["&{request.json}"]))).unwrap().steps;
        assert_eq!(steps, [Step { method: Method::Put, ..Step::post("/Erlich", user) }]);

        for text in ["x &{json/user.json}", "&{json/user.json}&{json/user.json}", "\\\\&{json/user.json}"] {
            let message = fault(folder.body(json!({"a": text})));
            assert!(message.contains("expected it alone in its string"), "{message}");
        }
    }

    #[test]
    fn a_fault_in_an_included_file_names_the_file() {
        let folder = Folder::new();
        folder.write("body.json", &json!({"a": "#{xyzzy}"}).to_string());
        folder.write("request.json", &json!({"method": "GET", "url": "/a"}).to_string());
        folder.write("broken.json", "{");
        assert_eq!(
            fault(folder.body(json!("&{body.json}"))),
            "requests[0].body.a: unknown variable `xyzzy` (in `body.json`)"
        );
        assert_eq!(
            fault(folder.read(&with_requests(json!(["&{request.json}"])))),
            "requests[0].method: expected POST, PUT or PATCH, got `GET` (in `request.json`)"
        );
        let message = fault(folder.body(json!("&{broken.json}")));
        assert!(message.starts_with("requests[0].body: `broken.json` is not JSON: "), "{message}");
    }

    #[test]
    fn only_files_below_the_folder_are_included() {
        let folder = Folder::new();
        folder.write("a.txt", "text");
        fs::write(folder.0.join("latin1.txt"), b"\xe9").unwrap();
        fs::create_dir(folder.0.join("empty")).unwrap();
        let absolute = folder.0.join("a.txt").display().to_string();
        for (name, expected) in [
            ("../a.txt", "which leaves the folder"),
            ("empty/../../a.txt", "which leaves the folder"),
            (absolute.as_str(), "which is absolute"),
            ("https://a.example/a.txt", "which is a URL"),
            ("empty", "which is not a file"),
            ("", "which is not a file"),
            ("missing.txt", "cannot include `missing.txt`: "),
            ("latin1.txt", "cannot include `latin1.txt`: "),
        ] {
            for sign in ['@', '&'] {
                let message = fault(folder.body(json!({"a": format!("{sign}{{{name}}}")})));
                assert!(message.starts_with("requests[0].body.a: cannot include `"), "{message}");
                assert!(message.contains(expected), "{message}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_stays_below_the_folder() {
        let (outside, folder) = (Folder::new(), Folder::new());
        outside.write("a.txt", "outside");
        folder.write("a.txt", "inside");
        std::os::unix::fs::symlink(outside.0.join("a.txt"), folder.0.join("out.txt")).unwrap();
        std::os::unix::fs::symlink("a.txt", folder.0.join("in.txt")).unwrap();
        assert_eq!(folder.body(json!({"a": "@{in.txt}"})).unwrap(), json!({"a": "inside"}));
        let message = fault(folder.body(json!({"a": "@{out.txt}"})));
        assert!(message.contains("which leaves the folder"), "{message}");
    }

    #[test]
    fn a_file_does_not_include_itself() {
        let folder = Folder::new();
        folder.write("a.json", &json!({"b": "&{b.json}"}).to_string());
        folder.write("b.json", &json!({"a": "&{./a.json}"}).to_string());
        let message = fault(folder.body(json!("&{a.json}")));
        assert!(message.starts_with("requests[0].body.b.a: `./a.json` includes itself: "), "{message}");
        assert!(message.contains("kickstart.json -> a.json -> b.json -> ./a.json"), "{message}");
        let message = fault(folder.body(json!("&{kickstart.json}")));
        assert!(message.contains("`kickstart.json` includes itself"), "{message}");
        // Twice side by side is no cycle.
        folder.write("c.json", "1");
        assert_eq!(folder.body(json!(["&{c.json}", "&{c.json}"])).unwrap(), json!([1, 1]));
    }

    #[test]
    fn nesting_has_a_limit() {
        let folder = Folder::new();
        for index in 0..MAX_INCLUDES {
            folder.write(&format!("{index}.json"), &format!("\"&{{{}.json}}\"", index + 1));
        }
        folder.write(&format!("{MAX_INCLUDES}.json"), "{}");
        assert_eq!(folder.body(json!("&{1.json}")).unwrap(), json!({}));
        let message = fault(folder.body(json!("&{0.json}")));
        assert!(message.contains("expected 16 files one in another at the most"), "{message}");

        let nested = |depth: usize, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
        folder.write("inner.json", &nested(100, "1"));
        folder.write("outer.json", &nested(100, "\"&{inner.json}\""));
        folder.write("bottomless.json", &nested(100_000, ""));
        assert!(folder.body(json!("&{inner.json}")).is_ok());
        let message = fault(folder.body(json!("&{outer.json}")));
        assert!(message.contains("nested too deep: expected 128 levels at the most"), "{message}");
        let message = fault(folder.body(json!("&{bottomless.json}")));
        assert!(message.contains("`bottomless.json` is not JSON: recursion limit exceeded"), "{message}");
    }

    #[test]
    fn two_names_do_not_become_one() {
        let message = fault(Folder::new().body(json!({"Erlich": 1, "#{user.name}": 2})));
        assert!(message.contains("the object has another property named `Erlich`"), "{message}");
    }

    #[test]
    fn a_missing_or_broken_file_is_named() {
        let folder = Folder::new();
        let file = folder.0.join("kickstart.json");
        let message = fault(read(&file, &environment, &built_in()));
        assert!(message.starts_with("cannot read `") && message.contains("kickstart.json`: "), "{message}");
        folder.write("kickstart.json", "{ // no comments\n}");
        let message = fault(read(&file, &environment, &built_in()));
        assert!(message.contains("kickstart.json` is not JSON: "), "{message}");
    }

    #[test]
    fn distances() {
        for (left, right, expected) in [("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("kitten", "sitting", 3)] {
            assert_eq!(distance(left, right), expected);
            assert_eq!(distance(right, left), expected);
        }
    }

    #[test]
    fn the_sample_is_read() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kickstart/kickstart.json");
        let environment = |name: &str| match name {
            "KICKSTART_API_KEY" => Some("an-api-key".to_owned()),
            "KICKSTART_USER_PASSWORD" => Some("a-password".to_owned()),
            _ => None,
        };
        let kickstart = read(&sample, &environment, &built_in()).unwrap();
        let tenant = "5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a01";
        assert_eq!(kickstart.default_tenant_id.as_deref(), Some(tenant));
        assert_eq!(kickstart.api_keys.len(), 2);
        assert_eq!(kickstart.api_keys[0]["key"], "an-api-key");
        assert_eq!(kickstart.api_keys[1]["permissions"], json!({"endpoints": {"/api/user": ["GET"]}}));
        assert_eq!(kickstart.steps.len(), 10);

        // Of the two requests for the lambda the last decides.
        let step = |target: &str| kickstart.steps.iter().rfind(|step| step.target == target).unwrap();
        let default = step(&format!("/api/tenant/{tenant}"));
        assert_eq!(default.method, Method::Patch);
        assert_eq!(default.content_type.as_deref(), Some("application/merge-patch+json"));
        let application = step("/api/application/5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a03");
        assert_eq!(application.tenant_id.as_deref(), Some("5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a02"));
        assert_eq!(
            application.body["application"]["data"]["escapes"],
            json!({
                "file": "@{a.txt}",
                "json": "&{a.json}",
                "separator": "\\erlich@hooli.example",
                "variable": "#{user.email}"
            })
        );
        let user = step("/api/user/registration/5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a09");
        assert_eq!(user.body["user"]["password"], "a-password");
        let lambda = step("/api/lambda/5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a06");
        assert!(lambda.body["lambda"]["body"].as_str().unwrap().contains("#{notAVariable}"));
    }
}
