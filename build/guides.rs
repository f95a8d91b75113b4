//! Lays the guides out as Rust: what stands at the head of each file, and the files themselves.

use std::{error::Error, fmt::Write, fs, path::Path};

use serde::Deserialize;

/// The head of a guide, between two lines of dashes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    title: String,
    description: String,
    wishes: Vec<String>,
    arguments: Vec<Argument>,
    tools: Vec<String>,
    writes: bool,
    parts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    name: String,
    description: String,
    required: bool,
    #[serde(default)]
    completes: Option<Completes>,
    #[serde(default)]
    values: Vec<String>,
}

/// What the upstream completes the value of an argument with: a `static` beside the guides.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Completes {
    Application,
    Tenant,
    User,
}

impl Completes {
    fn lookup(&self) -> &'static str {
        match self {
            Self::Application => "APPLICATION",
            Self::Tenant => "TENANT",
            Self::User => "USER",
        }
    }
}

/// A `static` of all guides in `folder`, sorted by name.
///
/// # Errors
/// A file that cannot be read, a head of another form, a part that is not there.
pub fn emit(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let mut text = "/// All guides, sorted by name.\npub static GUIDES: &[Guide] = &[\n".to_owned();
    for path in paths {
        guide(&mut text, folder, &path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    text.push_str("];\n");
    Ok(text)
}

fn guide(text: &mut String, folder: &Path, path: &Path) -> Result<(), Box<dyn Error>> {
    let source = fs::read_to_string(path)?;
    let head = source.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map(|(head, _)| head);
    let head = head.ok_or("expected a head between two lines of dashes")?;
    let text_after = source.get(head.len() + "---\n\n---\n".len()..).unwrap_or_default();
    let shown = shown_head(head);
    let as_json: serde_json::Value = serde_saphyr::from_str(&shown)?;
    let as_json = as_json.to_string();
    let head_length = shown.len() + "---\n---\n".len();
    let served = format!("---\n{shown}---\n{text_after}");
    let head: Head = serde_saphyr::from_str(head)?;
    if path.file_stem().is_none_or(|stem| stem != &*head.name) {
        return Err(format!("it is named {} inside", head.name).into());
    }
    let arguments: String = head
        .arguments
        .iter()
        .map(|Argument { name, description, required, completes, values }| {
            let lookup = completes.as_ref().map_or("None".to_owned(), |it| format!("Some(&{})", it.lookup()));
            format!(
                "Argument {{ name: {name:?}, description: {description:?}, required: {required}, lookup: {lookup}, \
                 values: &{values:?} }}, "
            )
        })
        .collect();
    let mut parts = String::new();
    for part in &head.parts {
        let file = folder.join("parts").join(part);
        write!(parts, "Part {{ name: {part:?}, text: {} }}, ", included(&file)?)?;
    }
    let Head { name, title, description, wishes, tools, writes, .. } = head;
    writeln!(
        text,
        "Guide {{ name: {name:?}, title: {title:?}, description: {description:?}, wishes: &{wishes:?}, arguments: &[{arguments}], tools: \
         &{tools:?}, writes: {writes}, source: {served:?}, head: {as_json:?}, head_length: {head_length}, parts: &[{parts}] }},"
    )?;
    Ok(())
}

/// The lines of a head that clients are shown: they are told what a guide is for, not by which phrases it is found.
fn shown_head(head: &str) -> String {
    let mut is_shown = true;
    let mut shown = String::new();
    for line in head.lines() {
        if !line.starts_with([' ', '-']) {
            is_shown = !line.starts_with("wishes:");
        }
        if is_shown {
            shown.push_str(line);
            shown.push('\n');
        }
    }
    shown
}

fn included(path: &Path) -> Result<String, Box<dyn Error>> {
    let path = fs::canonicalize(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(format!("include_str!({path:?})"))
}
