//! The guides as Agent Skills (MCP Skills extension, SEP-2640): the same files, with digests.

use gateway::{guide::Guide, source::Source, toolset::Toolset};
use rmcp::model::{ResourceContents, SKILL_MD, Skill, SkillFrontmatter, SkillResource, SkillResources};

/// What the URIs of a source's skills begin with.
fn base(source: &Source) -> String {
    format!("{}skills/", source.dialect.uri_base)
}

/// What `skills/list` answers, sorted by name.
pub fn list(toolset: &Toolset) -> Vec<Skill> {
    toolset.guides().map(|(source, guide)| skill(source, guide)).collect()
}

/// The skill whose `SKILL.md` has that URI, where it is offered.
pub fn get(toolset: &Toolset, uri: &str) -> Option<Skill> {
    list(toolset).into_iter().find(|skill| skill.uri == uri)
}

/// The file of that URI, where it is one of a skill's that is offered.
pub fn read(toolset: &Toolset, uri: &str) -> Option<ResourceContents> {
    let inner = toolset.sources().iter().find_map(|source| uri.strip_prefix(&base(source)))?;
    let (name, file) = inner.split_once('/')?;
    let (_, guide) = toolset.guide(name)?;
    let (_, text) = files(guide).find(|(known, _)| *known == file)?;
    Some(ResourceContents::text(text, uri).with_mime_type("text/markdown"))
}

fn files(guide: &'static Guide) -> impl Iterator<Item = (&'static str, &'static str)> {
    [(SKILL_MD, guide.source)].into_iter().chain(guide.parts.iter().map(|part| (part.name, part.text)))
}

fn skill(source: &Source, guide: &'static Guide) -> Skill {
    let uri = |file: &str| format!("{}{}/{file}", base(source), guide.name);
    // The head is JSON with a name and a description: the build has read it so.
    let head = serde_json::from_str(guide.head);
    let head = head.unwrap_or_else(|_| SkillFrontmatter::new(guide.name, guide.description));
    let resources = files(guide).map(|(file, text)| SkillResource::from_bytes(uri(file), text.as_bytes())).collect();
    Skill::new(uri(SKILL_MD), head, SkillResources::Files(resources))
}
