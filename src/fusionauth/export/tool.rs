//! The exports as tools. They answer the report, then the files, in several parts where an answer has no room for all.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use gateway::{
    answer::{Answer, Body},
    call::arguments::JsonObject,
    composite::{Composite, OnProgress, Upstream},
    cut,
    redact::one_line,
    text::{nearest::did_you_mean, numerals::thousands, shorten::shortened},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    format::Format,
    kickstart::layout::Layout,
    options::{ExportError, ExportOptions},
    report::Export,
    snapshot::families::OPERATIONS,
    terraform::purpose::Purpose,
};

/// The report takes at most this fraction of the first answer; the rest of it comes after the files.
const REPORT_DIVISOR: usize = 4;

/// The tokens that are kept free for the headings of parts and the cursor.
const RESERVED_TOKENS: usize = 100;

/// How a client takes the files out of an answer.
const PARTS_RULE: &str = "Each follows a line `--- NAME ---`: everything after that line is its content, byte for \
                          byte, except for one newline at the end.";

/// The heading of the rest of the report, which comes after the files.
const REPORT: &str = "report";

/// How many characters of the digest a cursor has.
const DIGEST_LENGTH: usize = 16;

/// What people say when they want an export.
const WISHES: &[&str] = &[
    "configuration as code",
    "backup of the configuration",
    "save the settings before a change",
    "copy an instance",
    "write a tenant or an application to a file",
];

/// The tool of an export format.
pub struct ExportTool {
    format: Format,
}

impl ExportTool {
    /// The tool of that format.
    pub fn new(format: Format) -> Self {
        Self { format }
    }

    /// The next part as texts, together at most as long as an answer may be.
    async fn answer(
        &self,
        upstream: &dyn Upstream,
        arguments: &JsonObject,
        progress: OnProgress<'_>,
    ) -> Result<Vec<String>, ToolError> {
        let (options, cursor) = parse(self.format, arguments)?;
        // The last export is kept for its next parts.
        let cached = upstream.memory().get::<CachedExport>(self.name());
        // Models often omit the other arguments when they ask for the next part.
        let has_options = |cached: &Arc<CachedExport>| cached.options == options || options.is_default();
        let is_at_cursor =
            |cached: &Arc<CachedExport>| cursor.as_ref().is_some_and(|cursor| cached.digest == cursor.digest);
        let export = match cached.filter(|cached| is_at_cursor(cached) && has_options(cached)) {
            Some(cached) => cached,
            None => {
                let export = options.run(upstream, progress).await?;
                Arc::new(CachedExport { digest: digest(&export), options, export })
            }
        };
        if let Some(cursor) = &cursor
            && cursor.digest != export.digest
        {
            return Err(ToolError::StaleCursor);
        }
        upstream.memory().keep(self.name(), Arc::clone(&export));
        Parts::of(&export, &export.report(), upstream.max_answer_tokens()).answer(cursor.as_ref())
    }
}

impl Composite for ExportTool {
    fn name(&self) -> &'static str {
        self.format.tool()
    }

    fn title(&self) -> &'static str {
        match self.format {
            Format::Kickstart => "Export to Kickstart",
            Format::Terraform => "Export to Terraform",
        }
    }

    fn description(&self) -> &'static str {
        match self.format {
            Format::Kickstart => {
                "Exports the configuration as a FusionAuth Kickstart file, which recreates it in a new instance. Secrets \
                 become variables. Returns a report and the file, in parts if it is long; save it unchanged."
            }
            Format::Terraform => {
                "Exports the configuration as Terraform for the provider fusionauth/fusionauth. Secrets become variables. \
                 Returns a report and the files, in parts if they are long; save them unchanged."
            }
        }
    }

    fn wishes(&self) -> &'static [&'static str] {
        WISHES
    }

    fn input_schema(&self) -> Map<String, Value> {
        let text = |description: &str| json!({ "type": "string", "description": description });
        let mut properties = Map::from_iter([
            ("application".to_owned(), text("Only this application and everything it refers to: name or id.")),
            ("tenant".to_owned(), text("Only this tenant and everything it refers to: name or id.")),
            ("cursor".to_owned(), text("nextCursor of the last answer, for the next part.")),
        ]);
        if self.format == Format::Terraform {
            let purpose = "adopt (default): manage this instance; clone: create the same in a new one.";
            let purpose = json!({ "type": "string", "enum": ["adopt", "clone"], "description": purpose });
            properties.insert("purpose".to_owned(), purpose);
        }
        Map::from_iter([("type".to_owned(), json!("object")), ("properties".to_owned(), Value::Object(properties))])
    }

    fn reads(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn call<'a>(
        &'a self,
        upstream: &'a dyn Upstream,
        arguments: JsonObject,
        progress: OnProgress<'a>,
    ) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            match self.answer(upstream, &arguments, progress).await {
                Ok(texts) => Answer { body: Body::Blocks(texts), ..Answer::text(String::new()) },
                // It may have names of objects in it.
                Err(error) => Answer::failure(one_line(&error.to_string())),
            }
        })
    }
}

/// Why a call of the tool has no answer.
#[derive(Debug, thiserror::Error)]
enum ToolError {
    #[error("{name}: unknown argument{hint} (this tool takes: {known})")]
    UnknownArgument { name: String, hint: String, known: String },
    #[error("{0}: expected a text")]
    NotText(&'static str),
    #[error("purpose: expected adopt or clone, got {0:?}")]
    Purpose(String),
    #[error("cursor: expected nextCursor of the last answer, got {0:?}")]
    Cursor(String),
    #[error("cursor: expected nextCursor of the last answer")]
    CursorPosition,
    #[error(
        "cursor: it belongs to an export with other arguments, or the configuration has changed since; give the same \
         arguments again, or export again without a cursor"
    )]
    StaleCursor,
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// An export that is kept for its next parts.
struct CachedExport {
    options: ExportOptions,
    export: Export,
    /// The start of the SHA-256 digest of the files, in hexadecimal digits.
    digest: String,
}

impl CachedExport {
    fn report(&self) -> String {
        let Self { options, export, .. } = self;
        let bytes = export.files.values().map(String::len).sum();
        let count = match export.files.len() {
            1 => "1 file".to_owned(),
            count => format!("{} files", thousands(count)),
        };
        let title = options.format.title();
        format!("{title}: {count}, {} bytes. {PARTS_RULE}\n{}", thousands(bytes), export.report.text())
    }
}

/// Where the next part begins.
struct Cursor {
    /// The digest of the export that it belongs to.
    digest: String,
    /// The index of the text.
    text: usize,
    /// The byte in that text.
    byte: usize,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let (digest, index, byte) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { digest: digest.to_owned(), text: index.parse().ok()?, byte: byte.parse().ok()? })
    }
}

fn digest(export: &Export) -> String {
    let text: Vec<_> = export.files.iter().flat_map(|(path, text)| [path.as_str(), "\0", text, "\0"]).collect();
    let digest = Sha256::digest(text.concat().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().chars().take(DIGEST_LENGTH).collect()
}

fn parse(format: Format, arguments: &JsonObject) -> Result<(ExportOptions, Option<Cursor>), ToolError> {
    let names: &[&str] = match format {
        Format::Kickstart => &["application", "tenant", "cursor"],
        Format::Terraform => &["application", "tenant", "purpose", "cursor"],
    };
    if let Some(name) = arguments.keys().find(|name| !names.contains(&name.as_str())) {
        let hint = did_you_mean(name, names.iter().copied());
        return Err(ToolError::UnknownArgument { name: shortened(name).into_owned(), hint, known: names.join(", ") });
    }
    let text = |name: &'static str| match arguments.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(ToolError::NotText(name)),
    };
    let purpose = match text("purpose")?.as_deref() {
        None | Some("adopt") => Purpose::Adopt,
        Some("clone") => Purpose::Clone,
        Some(other) => return Err(ToolError::Purpose(shortened(other).into_owned())),
    };
    let cursor = match text("cursor")? {
        Some(text) => Some(Cursor::parse(&text).ok_or_else(|| ToolError::Cursor(shortened(&text).into_owned()))?),
        None => None,
    };
    let (application, tenant) = (text("application")?, text("tenant")?);
    Ok((ExportOptions { format, application, tenant, layout: Layout::OneFile, purpose }, cursor))
}

/// An export as texts that are answered one after another.
struct Parts<'a> {
    digest: &'a str,
    max_tokens: usize,
    report: &'a str,
    /// How many bytes of the report the first answer has.
    report_start: usize,
    /// Names and texts in their order; last the report, where the first answer has not all of it.
    texts: Vec<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn of(export: &'a CachedExport, report: &'a str, max_tokens: usize) -> Self {
        let report_start = fit(report, max_tokens / REPORT_DIVISOR).len();
        let mut texts: Vec<_> = export.export.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        if report_start < report.len() {
            texts.push((REPORT, report));
        }
        Self { digest: &export.digest, max_tokens, report, report_start, texts }
    }

    /// The part at the cursor: as much of the texts as there is room for. The first part begins with the report.
    fn answer(&self, cursor: Option<&Cursor>) -> Result<Vec<String>, ToolError> {
        let mut room = self.max_tokens.saturating_sub(RESERVED_TOKENS);
        let mut blocks = Vec::new();
        let (mut index, mut byte) = (0, 0);
        match cursor {
            Some(cursor) if self.is_valid(cursor) => (index, byte) = (cursor.text, cursor.byte),
            Some(_) => return Err(ToolError::CursorPosition),
            None => {
                let start = self.report.get(..self.report_start).unwrap_or_default();
                room = room.saturating_sub(o200k::count(start));
                blocks.push(start.to_owned());
            }
        }
        for (name, text) in self.texts.iter().skip(index) {
            if *name == REPORT && byte == 0 {
                byte = self.report_start;
            }
            let rest = text.get(byte..).unwrap_or_default();
            let part = fit(rest, room);
            if part.is_empty() && !rest.is_empty() {
                break;
            }
            let heading =
                if part.len() == text.len() { (*name).to_owned() } else { format!("{name}, from byte {byte} on") };
            let block = format!("--- {heading} ---\n{part}\n");
            room = room.saturating_sub(o200k::count(&block));
            blocks.push(block);
            byte += part.len();
            if byte < text.len() {
                break;
            }
            (index, byte) = (index + 1, 0);
        }
        if index < self.texts.len() {
            blocks.push(format!("More follows. nextCursor: {}.{index}.{byte}", self.digest));
        }
        Ok(blocks)
    }

    /// Whether the cursor is in one of the texts.
    fn is_valid(&self, cursor: &Cursor) -> bool {
        let rest = self.texts.get(cursor.text).and_then(|(_, text)| text.get(cursor.byte..));
        rest.is_some_and(|rest| cursor.byte == 0 || !rest.is_empty())
    }
}

/// The start of a text that has at most `max_tokens`, in whole lines where it has any.
fn fit(text: &str, max_tokens: usize) -> &str {
    let Some(cut) = cut::text(text, max_tokens) else { return text };
    let start = text.get(..cut.text.len()).unwrap_or_default();
    match start.rfind('\n') {
        Some(end) => start.get(..=end).unwrap_or(start),
        None => start,
    }
}
