//! `fusionauth-mcp inspect`

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    process::ExitCode,
    sync::Arc,
};

use gateway::{
    credentials::StaticCredentials,
    redact::Learned,
    toolset::{Presentation, Toolset, selection::Selection},
};
use openapi_tools::load::{fault::Fault, lower::Lowered};
use serde_json::{Value, json};

use super::{
    costs,
    flags::Flags,
    output::{fail, misused, print},
};
use crate::{
    config::{Config, given::Settings, place::Place, settings::BASE_URL},
    logging::report,
    sources::{
        open::read,
        simulation::Simulation,
        source::{Api, source},
        variables::Variables,
    },
};

/// Faults and notes that are printed, of each kind.
const MAX_SHOWN: usize = 20;

/// What to look at.
#[derive(clap::Args)]
pub struct InspectArguments {
    /// An OpenAPI document, 2.0 to 3.2, as JSON or YAML: a file or a URL
    #[arg(value_name = "FILE|URL")]
    document: String,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Shows what a document becomes.
pub fn run(arguments: &InspectArguments, flags: Flags) -> ExitCode {
    let mut settings = flags.settings();
    let config = Config::read(&mut settings);
    let mut variables = Variables::of(&mut settings, "", true);
    let overlays = variables.overlays();
    let mut notes = Vec::new();
    let place = Place::of(&arguments.document);
    let read = read(&config, &mut variables, &place, (&overlays, ""), &mut notes);
    notes.iter().for_each(|note| report(format_args!("note: {note}\n")));
    let errors = settings.into_errors();
    if !errors.is_empty() {
        return misused(&errors);
    }
    let lowered = match read {
        Ok((lowered, _)) => lowered,
        Err(error) => return fail(&error),
    };
    let inspection = Inspection::of(lowered);
    let text = if arguments.json { format!("{:#}\n", inspection.json()) } else { inspection.text() };
    print(text.as_bytes())
}

/// What a document becomes.
struct Inspection {
    lowered: Lowered,
    /// The tokens of a list of all of its tools.
    tokens: usize,
    /// Tools by bucket.
    buckets: BTreeMap<String, usize>,
    /// What the document leaves unsaid, each with the tools.
    wishes: Vec<(&'static str, Vec<&'static str>)>,
}

impl Inspection {
    fn of(lowered: Lowered) -> Self {
        let operations = lowered.document.operations;
        let document = Box::leak(Box::new(lowered.document));
        let api = Api {
            name: "document".to_owned(),
            document,
            transport: Arc::new(Simulation(document)),
            credentials: Arc::new(StaticCredentials::default()),
            own: Vec::new(),
            learned: Learned::default(),
            credential_servers: BTreeSet::new(),
            base_url_setting: BASE_URL.label(),
            hosts_setting: BASE_URL.label(),
        };
        let source = Arc::new(source(&Config::read(&mut Settings::default()), api));
        let toolset = Toolset::choose(vec![source], &Selection::default(), Presentation::default());
        let tokens = toolset.as_ref().map_or(0, costs::total);
        let mut buckets = BTreeMap::new();
        if let Ok(toolset) = &toolset {
            for operation in operations {
                *buckets.entry(toolset.bucket(operation).to_owned()).or_default() += 1;
            }
        }
        let names = |is_it: fn(&openapi_tools::model::operation::Operation) -> bool| {
            operations.iter().filter(|operation| is_it(operation)).map(|operation| operation.name).collect::<Vec<_>>()
        };
        let made = |operation: &openapi_tools::model::operation::Operation| {
            let request = format!("{} {}", operation.method.as_str(), operation.path_template());
            operation.description == Some(request.as_str())
        };
        let mut wishes = vec![
            ("without a summary or description", names(made)),
            (
                "without an operationId",
                names(|operation| {
                    operation.former_name.is_none()
                        && operation.name.starts_with(&format!("{}_", operation.method.as_str().to_ascii_lowercase()))
                }),
            ),
            (
                "without a schema of their answer",
                names(|operation| operation.answer.is_none() && operation.effect.read_only),
            ),
        ];
        wishes.retain(|(_, names)| !names.is_empty());
        Self { lowered, tokens, buckets, wishes }
    }

    fn text(&self) -> String {
        let document = &self.lowered.document;
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = writeln!(text, "{} {}", document.title, document.version);
        let reading = document.operations.iter().filter(|operation| operation.effect.read_only).count();
        let _ = writeln!(
            text,
            "{} tools, {reading} of them only read; {} tokens (o200k) as a list",
            document.operations.len(),
            self.tokens
        );
        let buckets: Vec<_> = self.buckets.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let _ = writeln!(text, "buckets: {}", buckets.join(", "));
        let _ = writeln!(text, "servers: {}", list_or_none(document.servers));
        let schemes: Vec<_> = document.security_schemes.iter().map(|scheme| scheme.name).collect();
        let _ = writeln!(text, "security schemes: {}", list_or_none(&schemes));
        let _ = writeln!(text, "{} operations left out", self.lowered.left_out);
        faults(&mut text, "left out because of", &self.lowered.faults);
        faults(&mut text, "mended", &self.lowered.notes);
        faults(&mut text, "without effect in overlays", &self.lowered.unmatched);
        for (wish, names) in &self.wishes {
            let more = names.len().saturating_sub(MAX_SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let shown: Vec<_> = names.iter().copied().take(MAX_SHOWN).collect();
            let _ = writeln!(text, "{} tools {wish}: {}{more}", names.len(), shown.join(", "));
        }
        text
    }

    fn json(&self) -> Value {
        let document = &self.lowered.document;
        let faults = |faults: &[Fault]| -> Vec<Value> {
            faults.iter().map(|fault| json!({ "path": fault.path, "message": fault.message })).collect()
        };
        let wishes: BTreeMap<_, _> = self.wishes.iter().map(|(wish, names)| (*wish, names)).collect();
        json!({
            "title": document.title,
            "version": document.version,
            "tools": document.operations.iter().map(|operation| json!({
                "name": operation.name,
                "method": operation.method.as_str(),
                "path": operation.path_template(),
                "readOnly": operation.effect.read_only,
            })).collect::<Vec<_>>(),
            "tokens": self.tokens,
            "buckets": self.buckets,
            "servers": document.servers,
            "securitySchemes": document.security_schemes.iter().map(|scheme| scheme.name).collect::<Vec<_>>(),
            "leftOut": self.lowered.left_out,
            "faults": faults(&self.lowered.faults),
            "notes": faults(&self.lowered.notes),
            "unmatched": faults(&self.lowered.unmatched),
            "wishes": wishes,
        })
    }
}

fn faults(text: &mut String, title: &str, faults: &[Fault]) {
    if faults.is_empty() {
        return;
    }
    // Writing to a String does not fail.
    let _ = writeln!(text, "{title}:");
    for fault in faults.iter().take(MAX_SHOWN) {
        let _ = writeln!(text, "  {fault}");
    }
    if faults.len() > MAX_SHOWN {
        let _ = writeln!(text, "  and {} more; --json has all of them", faults.len() - MAX_SHOWN);
    }
}

fn list_or_none(texts: &[&str]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}
