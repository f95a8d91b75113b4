//! What a comparison may be made with: the words of the setting `COMPARE_WITH`.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    error::ConfigError,
    given::{Given, Settings},
    settings::COMPARE_WITH,
};

/// The configured instance.
pub const CURRENT: &str = "current";

/// The simulated instance with sample data.
pub const SANDBOX: &str = "sandbox";

/// The files that the operator named, by their names. What is wrong is noted in `settings`.
pub fn read(settings: &mut Settings) -> BTreeMap<String, PathBuf> {
    let Some(Given { value, source: source_name }) = settings.get(&COMPARE_WITH) else { return BTreeMap::new() };
    let mut named = BTreeMap::new();
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let mistake = |expected: &str| ConfigError::Value {
            source_name: source_name.clone(),
            value: word.to_owned(),
            expected: expected.to_owned(),
        };
        match word.split_once('=').filter(|(name, path)| is_name(name) && !path.is_empty()) {
            None => settings.mistake(mistake("NAME=FILE with a name of letters, digits, `-` and `_`")),
            Some((CURRENT | SANDBOX, _)) => {
                settings.mistake(mistake(&format!("another name: {CURRENT} and {SANDBOX} are always there")));
            }
            Some((name, _)) if named.contains_key(name) => {
                settings.mistake(mistake("a name that no other file has"));
            }
            Some((name, path)) => drop(named.insert(name.to_owned(), PathBuf::from(path))),
        }
    }
    named
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_files_and_mistakes_are_told() {
        let read_of = |value: &str| {
            let mut settings = Settings::new([], [("COMPARE_WITH".to_owned(), value.to_owned())]);
            let named = read(&mut settings);
            let named: Vec<_> = named.into_iter().map(|(name, path)| format!("{name}:{}", path.display())).collect();
            (named, settings.into_errors().len())
        };
        assert_eq!(read_of(" prod = no"), (Vec::new(), 1));
        assert_eq!(
            read_of("prod=/a/b=c.env, stage_2=s.json,"),
            (vec!["prod:/a/b=c.env".to_owned(), "stage_2:s.json".to_owned()], 0)
        );
        for wrong in ["prod", "=x", "prod=", "../a=x", "current=x", "sandbox=x"] {
            assert_eq!(read_of(wrong), (Vec::new(), 1), "{wrong}");
        }
        assert_eq!(read_of("a=x,a=y"), (vec!["a:x".to_owned()], 1));
    }
}
