//! Long texts as separate files, which the Kickstart includes by `@{path}`.

use std::collections::{BTreeMap, BTreeSet};

use super::{names, text};
use crate::fusionauth::export::{
    line::is_device_name,
    snapshot::object::{Family, Object},
};
use gateway::redact::REDACTED;

/// The longest key of a map (a language, a template) that a file is named after, in bytes.
const MAX_KEY: usize = 60;

/// The files that a Kickstart includes.
#[derive(Debug, Default)]
pub struct IncludedFiles {
    /// The folder or file name of each object whose texts may have files, by the object's number.
    names: BTreeMap<usize, String>,
    /// Contents by path.
    files: BTreeMap<String, String>,
    /// The paths in lower case, since some file systems ignore case.
    taken: BTreeSet<String>,
}

impl IncludedFiles {
    /// No files yet. Objects are given by their index in `objects`.
    pub fn of(objects: &[&Object]) -> Self {
        let mut named = BTreeMap::new();
        for family in [Family::EmailTemplate, Family::MessageTemplate, Family::Lambda, Family::Theme] {
            let of_family: Vec<_> = objects.iter().enumerate().filter(|(_, object)| object.family == family).collect();
            let candidates: Vec<_> = of_family
                .iter()
                .map(|(_, object)| {
                    let name = names::slug(object.label(), '-');
                    // The id is no device's name.
                    let name = Some(name).filter(|name| !name.is_empty() && !is_device_name(name));
                    names::NameCandidate { name, id: names::slug(object.id.as_deref().unwrap_or_default(), '-') }
                })
                .collect();
            let distinct = names::distinct(&candidates, '-');
            named.extend(of_family.iter().map(|(number, _)| *number).zip(distinct));
        }
        Self { names: named, ..Self::default() }
    }

    /// Puts a text of an object into a file, and returns the substitution that includes it; `None` where the text has to
    /// stay in the Kickstart.
    ///
    /// It has to stay where it is no template, code, message or style sheet, where it has what looks like a substitution
    /// (whether FusionAuth replaces those in included files is not documented), and where a file might not keep every
    /// character.
    pub fn include(&mut self, number: usize, family: Family, path: &[String], content: &str) -> Option<String> {
        let is_plain = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
        if content.is_empty()
            || text::has_opener(content)
            || content.contains(REDACTED)
            || content.starts_with('\u{feff}')
            || !content.chars().all(is_plain)
        {
            return None;
        }
        let file = path_of(family, self.names.get(&number)?, path)?;
        if self.files.get(&file).is_none_or(|known| known != content) {
            if !self.taken.insert(file.to_lowercase()) {
                return None;
            }
            self.files.insert(file.clone(), content.to_owned());
        }
        Some(format!("@{{{file}}}"))
    }

    /// Contents by path.
    pub fn into_files(self) -> BTreeMap<String, String> {
        self.files
    }
}

/// The file for the text at `path`; `None` where such texts have no files.
fn path_of(family: Family, name: &str, path: &[String]) -> Option<String> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let key = |key: &str| is_file_name(key).then(|| key.to_owned());
    Some(match (family, path.as_slice()) {
        (Family::Lambda, ["lambda", "body"]) => format!("lambdas/{name}.js"),
        (Family::EmailTemplate, ["emailTemplate", "defaultHtmlTemplate"]) => format!("emails/{name}/body.html"),
        (Family::EmailTemplate, ["emailTemplate", "defaultTextTemplate"]) => format!("emails/{name}/body.txt"),
        (Family::EmailTemplate, ["emailTemplate", "localizedHtmlTemplates", language]) => {
            format!("emails/{name}/body.{}.html", key(language)?)
        }
        (Family::EmailTemplate, ["emailTemplate", "localizedTextTemplates", language]) => {
            format!("emails/{name}/body.{}.txt", key(language)?)
        }
        (Family::MessageTemplate, ["messageTemplate", "defaultTemplate"]) => format!("messages/{name}/message.txt"),
        (Family::MessageTemplate, ["messageTemplate", "localizedTemplates", language]) => {
            format!("messages/{name}/message.{}.txt", key(language)?)
        }
        (Family::Theme, ["theme", "stylesheet"]) => format!("themes/{name}/stylesheet.css"),
        (Family::Theme, ["theme", "defaultMessages"]) => format!("themes/{name}/messages.properties"),
        (Family::Theme, ["theme", "localizedMessages", language]) => {
            format!("themes/{name}/messages_{}.properties", key(language)?)
        }
        (Family::Theme, ["theme", "templates", template]) => {
            format!("themes/{name}/templates/{}.ftl", key(template)?)
        }
        _ => return None,
    })
}

fn is_file_name(key: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !key.is_empty() && key.len() <= MAX_KEY && key.bytes().all(is_safe) && !is_device_name(&key.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lambda(id: &str, name: &str) -> Object {
        let value = json!({ "name": name }).as_object().cloned().unwrap();
        Object { family: Family::Lambda, id: Some(id.to_owned()), value }
    }

    fn body() -> Vec<String> {
        vec!["lambda".to_owned(), "body".to_owned()]
    }

    #[test]
    fn file_names_are_safe_and_distinct() {
        let long = "x".repeat(10_000);
        let names = ["../../etc", "CON", "A b", "a B", "😀", "\"`$(x)`\"", &long];
        let objects: Vec<Object> =
            names.iter().enumerate().map(|(number, name)| lambda(&format!("id-{number}"), name)).collect();
        let objects: Vec<&Object> = objects.iter().collect();
        let mut files = IncludedFiles::of(&objects);
        for number in 0..objects.len() {
            assert!(files.include(number, Family::Lambda, &body(), "code").is_some());
        }
        let paths: Vec<String> = files.into_files().into_keys().collect();
        let long = format!("lambdas/{}.js", "x".repeat(40));
        let expected = [
            "lambdas/a-b-id-2.js",
            "lambdas/a-b-id-3.js",
            "lambdas/etc.js",
            "lambdas/id-1.js",
            "lambdas/id-4.js",
            "lambdas/x.js",
            &long,
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn texts_that_a_file_might_not_keep_stay() {
        let object = lambda("1", "code");
        let mut files = IncludedFiles::of(&[&object]);
        let secret = format!("a {REDACTED}");
        for content in ["", "#{x}", "@{x}", "\r\n", "\0", "\u{feff}a", &secret] {
            assert_eq!(files.include(0, Family::Lambda, &body(), content), None, "{content}");
        }
        let name = ["lambda".to_owned(), "name".to_owned()];
        assert_eq!(files.include(0, Family::Lambda, &name, "code"), None);
        let included = files.include(0, Family::Lambda, &body(), "${x}\n\té😀\\");
        assert_eq!(included.as_deref(), Some("@{lambdas/code.js}"));
    }

    #[test]
    fn keys_that_are_no_file_names_stay() {
        let value = json!({ "name": "Theme" }).as_object().cloned().unwrap();
        let theme = Object { family: Family::Theme, id: Some("1".to_owned()), value };
        let mut files = IncludedFiles::of(&[&theme]);
        let mut include = |key: &str| {
            let path = ["theme", "templates", key].map(str::to_owned);
            files.include(0, Family::Theme, &path, key)
        };
        assert_eq!(include("oauth2Authorize").as_deref(), Some("@{themes/theme/templates/oauth2Authorize.ftl}"));
        for key in ["OAuth2Authorize", "../x", "a.b", "nul", "COM1", "é"] {
            assert_eq!(include(key), None, "{key}");
        }
    }
}
