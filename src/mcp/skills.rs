//! The guides as Agent Skills (MCP Skills extension, SEP-2640): the same files, with digests.

use gateway::{
    guide::{
        Guide,
        arguments::{ArgumentError, with_arguments},
        with_switched_off,
    },
    source::Source,
    toolset::Toolset,
};
use rmcp::model::{ResourceContents, SKILL_MD, Skill, SkillFrontmatter, SkillResource, SkillResources};

/// What the URIs of a source's skills begin with.
fn base(source: &Source) -> String {
    format!("{}skills/", source.dialect.uri_base)
}

/// What `skills/list` answers, sorted by name.
pub fn list(toolset: &Toolset) -> Vec<Skill> {
    toolset.guides().map(|(source, guide)| skill(toolset, source, guide)).collect()
}

/// The skill whose `SKILL.md` has that URI, where it is offered.
pub fn get(toolset: &Toolset, uri: &str) -> Option<Skill> {
    list(toolset).into_iter().find(|skill| skill.uri == uri)
}

/// The file of that URI, where it is one of a skill's that is offered. Arguments behind a `?` are put into its text. What is
/// switched off in this session is said to be so in it, too.
///
/// # Errors
/// Arguments that the guide does not take.
pub fn read(toolset: &Toolset, uri: &str) -> Result<Option<ResourceContents>, ArgumentError> {
    let (plain, given) = with_arguments(uri).map_or((uri, None), |(plain, given)| (plain, Some(given)));
    let inner = toolset.sources().iter().find_map(|source| plain.strip_prefix(&base(source)));
    let Some((name, file)) = inner.and_then(|inner| inner.split_once('/')) else { return Ok(None) };
    let Some((_, guide)) = toolset.guide(name) else { return Ok(None) };
    let text = match given.filter(|_| file == SKILL_MD) {
        Some(given) => {
            let given = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            Some(guide.file(Some(&guide.values(given)?), &|name| toolset.switched_off_by(name)))
        }
        None => files(toolset, guide).find(|(known, _)| *known == file).map(|(_, text)| text),
    };
    Ok(text.map(|text| ResourceContents::text(text, uri).with_mime_type("text/markdown")))
}

fn files<'a>(toolset: &'a Toolset, guide: &'static Guide) -> impl Iterator<Item = (&'static str, String)> + use<'a> {
    let is_off = |name: &str| toolset.switched_off_by(name);
    let parts = guide.parts.iter().map(move |part| (part.name, with_switched_off(part.text, &is_off)));
    [(SKILL_MD, guide.file(None, &is_off))].into_iter().chain(parts)
}

fn skill(toolset: &Toolset, source: &Source, guide: &'static Guide) -> Skill {
    let uri = |file: &str| format!("{}{}/{file}", base(source), guide.name);
    // The head is JSON with a name and a description: the build has read it so.
    let head = serde_json::from_str(guide.head);
    let head = head.unwrap_or_else(|_| SkillFrontmatter::new(guide.name, guide.description));
    let files = files(toolset, guide);
    let resources = files.map(|(file, text)| SkillResource::from_bytes(uri(file), text.as_bytes())).collect();
    Skill::new(uri(SKILL_MD), head, SkillResources::Files(resources))
}
