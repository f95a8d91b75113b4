//! The exports as MCP tools: the report, then the files, in as many answers as it takes.

use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::{JsonObject, Tool, ToolAnnotations, sha256_digest};
use serde_json::{Value, json};

use super::{Export, Format, Order, kickstart::Layout, snapshot::Progress, terraform::Purpose};
use crate::{
    call::{Caller, cut},
    nearest::did_you_mean,
    numerals::thousands,
};

/// The part of the first answer that the report may take; the rest of it comes after the files.
const REPORT_SHARE: usize = 4;

/// What the rest of the report is called among the files.
const REPORT: &str = "report";

/// Characters of the digest in a cursor.
const DIGEST_LENGTH: usize = 16;

/// What `tools/list` says of an export.
pub fn listed(format: Format) -> Tool {
    let mut properties = json!({
        "application": { "type": "string", "description": "Only this application and all it refers to: name or id." },
        "tenant": { "type": "string", "description": "Only this tenant and all it refers to: name or id." },
        "cursor": { "type": "string", "description": "nextCursor of the last answer, for the next part." },
    });
    let description = match format {
        Format::Kickstart => {
            "Writes the configuration down as a FusionAuth Kickstart file, which makes it again in a new instance. Secrets \
             become variables. Answers a report and the file, in parts where it is long; write it down as it is."
        }
        Format::Terraform => {
            if let Some(properties) = properties.as_object_mut() {
                let purpose = "adopt (default): manage this instance; clone: make the same in a new one.";
                properties.insert(
                    "purpose".to_owned(),
                    json!({ "type": "string", "enum": ["adopt", "clone"], "description": purpose }),
                );
            }
            "Writes the configuration down as Terraform for the provider fusionauth/fusionauth. Secrets become variables. \
             Answers a report and the files, in parts where they are long; write them down as they are."
        }
    };
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), properties);
    Tool::new(format.tool(), description, schema)
        .with_title(format!("Export to {}", format.title()))
        .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

/// Makes exports, and keeps the last one for the parts that are still to be asked for.
#[derive(Default)]
pub struct Exporter {
    last: Mutex<Option<Arc<Made>>>,
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

impl Exporter {
    /// Answers a call of the tool: texts for the model, together at most about `most_tokens` (o200k).
    ///
    /// # Errors
    /// A wrong argument, a cursor of an export that came out otherwise since, a failure to read; for the model.
    pub async fn call(
        &self,
        caller: &Caller,
        format: Format,
        arguments: &JsonObject,
        most_tokens: usize,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<String>, String> {
        let (order, cursor) = read(format, arguments)?;
        let kept = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Models leave the other arguments out when they go on, which is clear enough.
        let is_meant = |made: &Arc<Made>| made.order == order || (order.is_bare() && made.order.format == format);
        let kept =
            kept.filter(|made| cursor.as_ref().is_some_and(|cursor| made.digest == cursor.digest) && is_meant(made));
        let made = match kept {
            Some(made) => made,
            None => {
                let export = order.carry_out(caller, progress).await?;
                Arc::new(Made { digest: digest(&export), order, export })
            }
        };
        if let Some(cursor) = &cursor
            && cursor.digest != made.digest
        {
            return Err(
                "cursor: it belongs to an export with other arguments, or the configuration has changed since; give \
                        the same arguments again, or export again without a cursor"
                    .to_owned(),
            );
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        Parts::of(&made, &made.report(), most_tokens).answer(cursor.as_ref())
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
    sha256_digest(text.concat().as_bytes()).chars().skip("sha256:".len()).take(DIGEST_LENGTH).collect()
}

fn read(format: Format, arguments: &JsonObject) -> Result<(Order, Option<Cursor>), String> {
    let names: &[&str] = match format {
        Format::Kickstart => &["application", "tenant", "cursor"],
        Format::Terraform => &["application", "tenant", "purpose", "cursor"],
    };
    if let Some(name) = arguments.keys().find(|name| !names.contains(&name.as_str())) {
        let hint = did_you_mean(name, names.iter().copied());
        return Err(format!("{name}: unknown argument{hint} (this tool takes: {})", names.join(", ")));
    }
    let text = |name: &str| match arguments.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(format!("{name}: expected a text")),
    };
    let purpose = match text("purpose")?.as_deref() {
        None | Some("adopt") => Purpose::Adopt,
        Some("clone") => Purpose::Clone,
        Some(other) => return Err(format!("purpose: expected adopt or clone, got {other:?}")),
    };
    let cursor = match text("cursor")? {
        Some(text) => Some(
            Cursor::read(&text)
                .ok_or_else(|| format!("cursor: expected nextCursor of the last answer, got {text:?}"))?,
        ),
        None => None,
    };
    let (application, tenant) = (text("application")?, text("tenant")?);
    Ok((Order { format, application, tenant, layout: Layout::OneFile, purpose }, cursor))
}

/// An export as texts that are answered one after another.
struct Parts<'a> {
    digest: &'a str,
    most_tokens: usize,
    report: &'a str,
    /// The start of the report, in bytes, that the first answer has.
    report_start: usize,
    /// By name, in order; last the report, where it is not over yet.
    texts: Vec<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn of(made: &'a Made, report: &'a str, most_tokens: usize) -> Self {
        let report_start = fitting(report, most_tokens / REPORT_SHARE).len();
        let mut texts: Vec<_> = made.export.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        if report_start < report.len() {
            texts.push((REPORT, report));
        }
        Self { digest: &made.digest, most_tokens, report, report_start, texts }
    }

    /// The start of the report, where this is the first part, and as much of the texts as there is room for.
    fn answer(&self, cursor: Option<&Cursor>) -> Result<Vec<String>, String> {
        // For what is said of a part, and the cursor.
        let mut room = self.most_tokens.saturating_sub(100);
        let mut said = Vec::new();
        let (mut number, mut byte) = (0, 0);
        match cursor {
            Some(cursor) if self.begins(cursor) => (number, byte) = (cursor.file, cursor.byte),
            Some(_) => return Err("cursor: expected nextCursor of the last answer".to_owned()),
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

/// As many whole lines as `most_tokens` hold, and at least a part of one.
fn fitting(text: &str, most_tokens: usize) -> &str {
    let Some(cut) = cut::text(text, most_tokens) else { return text };
    let start = text.get(..cut.text.len()).unwrap_or_default();
    match start.rfind('\n') {
        Some(end) => start.get(..=end).unwrap_or(start),
        None => start,
    }
}
