//! The exports as MCP tools: the report, then the files, in as many answers as it takes.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use gateway::{
    answer::{Answer, Body},
    call::arguments::JsonObject,
    composite::{Composite, OnProgress, Upstream},
    cut,
    text::{nearest::did_you_mean, numerals::thousands, shorten::shortened},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    format::Format,
    kickstart::layout::Layout,
    order::{ExportError, Order},
    report::Export,
    snapshot::families::OPERATIONS,
    terraform::purpose::Purpose,
};

/// The part of the first answer that the report may take; the rest of it comes after the files.
const REPORT_SHARE: usize = 4;

/// What the rest of the report is called among the files.
const REPORT: &str = "report";

/// Characters of the digest in a cursor.
const DIGEST_LENGTH: usize = 16;

/// More words that an export is found by.
const KEYWORDS: &str = "configuration as code file instance tenant application backup infrastructure";

/// The tool of an export format.
pub struct ExportTool {
    format: Format,
}

impl ExportTool {
    /// The tool of that format.
    pub fn new(format: Format) -> Self {
        Self { format }
    }

    /// Texts for the model, together about as long as an answer may be.
    async fn answer(
        &self,
        upstream: &dyn Upstream,
        arguments: &JsonObject,
        progress: OnProgress<'_>,
    ) -> Result<Vec<String>, ToolError> {
        let (order, cursor) = read(self.format, arguments)?;
        // The last export is kept for the parts that are still to be asked for.
        let kept = upstream.memory().get::<Made>(self.name());
        // Models leave the other arguments out when they go on, which is clear enough.
        let is_meant = |made: &Arc<Made>| made.order == order || order.is_bare();
        let kept =
            kept.filter(|made| cursor.as_ref().is_some_and(|cursor| made.digest == cursor.digest) && is_meant(made));
        let made = match kept {
            Some(made) => made,
            None => {
                let export = order.carry_out(upstream, progress).await?;
                Arc::new(Made { digest: digest(&export), order, export })
            }
        };
        if let Some(cursor) = &cursor
            && cursor.digest != made.digest
        {
            return Err(ToolError::StaleCursor);
        }
        upstream.memory().keep(self.name(), Arc::clone(&made));
        Parts::of(&made, &made.report(), upstream.max_answer_tokens()).answer(cursor.as_ref())
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
                "Writes the configuration down as a FusionAuth Kickstart file, which makes it again in a new instance. Secrets \
                 become variables. Answers a report and the file, in parts where it is long; write it down as it is."
            }
            Format::Terraform => {
                "Writes the configuration down as Terraform for the provider fusionauth/fusionauth. Secrets become variables. \
                 Answers a report and the files, in parts where they are long; write them down as they are."
            }
        }
    }

    fn keywords(&self) -> &'static str {
        KEYWORDS
    }

    fn input_schema(&self) -> Map<String, Value> {
        let text = |description: &str| json!({ "type": "string", "description": description });
        let mut properties = Map::from_iter([
            ("application".to_owned(), text("Only this application and all it refers to: name or id.")),
            ("tenant".to_owned(), text("Only this tenant and all it refers to: name or id.")),
            ("cursor".to_owned(), text("nextCursor of the last answer, for the next part.")),
        ]);
        if self.format == Format::Terraform {
            let purpose = "adopt (default): manage this instance; clone: make the same in a new one.";
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
                Err(error) => Answer::failure(error.to_string()),
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
    NoText(&'static str),
    #[error("purpose: expected adopt or clone, got {0:?}")]
    Purpose(String),
    #[error("cursor: expected nextCursor of the last answer, got {0:?}")]
    Cursor(String),
    #[error("cursor: expected nextCursor of the last answer")]
    CursorPlace,
    #[error(
        "cursor: it belongs to an export with other arguments, or the configuration has changed since; give the same \
         arguments again, or export again without a cursor"
    )]
    StaleCursor,
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// An export and what it was made of.
struct Made {
    order: Order,
    export: Export,
    digest: String,
}

impl Made {
    fn report(&self) -> String {
        let Self { order, export, .. } = self;
        let bytes = export.files.values().map(String::len).sum();
        let count = match export.files.len() {
            1 => "1 file".to_owned(),
            count => format!("{} files", thousands(count)),
        };
        format!("{}: {count}, {} bytes.\n{}", order.format.title(), thousands(bytes), export.report.text())
    }
}

/// Where the next part begins.
struct Cursor {
    digest: String,
    file: usize,
    byte: usize,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let (digest, file, byte) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { digest: digest.to_owned(), file: file.parse().ok()?, byte: byte.parse().ok()? })
    }
}

fn digest(export: &Export) -> String {
    let text: Vec<_> = export.files.iter().flat_map(|(path, text)| [path.as_str(), "\0", text, "\0"]).collect();
    let digest = Sha256::digest(text.concat().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().chars().take(DIGEST_LENGTH).collect()
}

fn read(format: Format, arguments: &JsonObject) -> Result<(Order, Option<Cursor>), ToolError> {
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
        Some(_) => Err(ToolError::NoText(name)),
    };
    let purpose = match text("purpose")?.as_deref() {
        None | Some("adopt") => Purpose::Adopt,
        Some("clone") => Purpose::Clone,
        Some(other) => return Err(ToolError::Purpose(shortened(other).into_owned())),
    };
    let cursor = match text("cursor")? {
        Some(text) => Some(Cursor::read(&text).ok_or_else(|| ToolError::Cursor(shortened(&text).into_owned()))?),
        None => None,
    };
    let (application, tenant) = (text("application")?, text("tenant")?);
    Ok((Order { format, application, tenant, layout: Layout::OneFile, purpose }, cursor))
}

/// An export as texts that are answered one after another.
struct Parts<'a> {
    digest: &'a str,
    max_tokens: usize,
    report: &'a str,
    /// The start of the report, in bytes, that the first answer has.
    report_start: usize,
    /// By name, in order; last the report, where it is not over yet.
    texts: Vec<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn of(made: &'a Made, report: &'a str, max_tokens: usize) -> Self {
        let report_start = fitting(report, max_tokens / REPORT_SHARE).len();
        let mut texts: Vec<_> = made.export.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        if report_start < report.len() {
            texts.push((REPORT, report));
        }
        Self { digest: &made.digest, max_tokens, report, report_start, texts }
    }

    /// The start of the report, where this is the first part, and as much of the texts as there is room for.
    fn answer(&self, cursor: Option<&Cursor>) -> Result<Vec<String>, ToolError> {
        // For what is said of a part, and the cursor.
        let mut room = self.max_tokens.saturating_sub(100);
        let mut said = Vec::new();
        let (mut number, mut byte) = (0, 0);
        match cursor {
            Some(cursor) if self.begins(cursor) => (number, byte) = (cursor.file, cursor.byte),
            Some(_) => return Err(ToolError::CursorPlace),
            None => {
                let start = self.report.get(..self.report_start).unwrap_or_default();
                room = room.saturating_sub(o200k::count(start));
                said.push(start.to_owned());
            }
        }
        for (name, text) in self.texts.iter().skip(number) {
            if *name == REPORT && byte == 0 {
                byte = self.report_start;
            }
            let rest = text.get(byte..).unwrap_or_default();
            let part = fitting(rest, room);
            if part.is_empty() && !rest.is_empty() {
                break;
            }
            let head =
                if part.len() == text.len() { (*name).to_owned() } else { format!("{name}, from byte {byte} on") };
            let part_said = format!("--- {head} ---\n{part}");
            room = room.saturating_sub(o200k::count(&part_said));
            said.push(part_said);
            byte += part.len();
            if byte < text.len() {
                break;
            }
            (number, byte) = (number + 1, 0);
        }
        if number < self.texts.len() {
            said.push(format!("More follows. nextCursor: {}.{number}.{byte}", self.digest));
        }
        Ok(said)
    }

    /// Whether a part begins there.
    fn begins(&self, cursor: &Cursor) -> bool {
        let rest = self.texts.get(cursor.file).and_then(|(_, text)| text.get(cursor.byte..));
        rest.is_some_and(|rest| cursor.byte == 0 || !rest.is_empty())
    }
}

/// As many whole lines as `max_tokens` hold, and at least a part of one.
fn fitting(text: &str, max_tokens: usize) -> &str {
    let Some(cut) = cut::text(text, max_tokens) else { return text };
    let start = text.get(..cut.text.len()).unwrap_or_default();
    match start.rfind('\n') {
        Some(end) => start.get(..=end).unwrap_or(start),
        None => start,
    }
}
