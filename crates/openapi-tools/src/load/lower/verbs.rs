//! What the name of a foreign operation says of its effect.

use crate::model::{
    bucket::OTHER,
    operation::{Effect, Method},
};

/// Verbs of operations that change nothing, whatever their method.
const READING: [&str; 24] = [
    "calculate",
    "check",
    "compare",
    "count",
    "describe",
    "discover",
    "estimate",
    "explain",
    "export",
    "fetch",
    "find",
    "get",
    "list",
    "lookup",
    "preview",
    "query",
    "read",
    "resolve",
    "retrieve",
    "search",
    "select",
    "show",
    "summarize",
    "view",
];

/// Verbs of operations that change something, whatever their method.
const CHANGING: [&str; 44] = [
    "accept",
    "activate",
    "add",
    "answer",
    "approve",
    "archive",
    "ban",
    "cancel",
    "clear",
    "close",
    "copy",
    "create",
    "deactivate",
    "delete",
    "disable",
    "edit",
    "enable",
    "execute",
    "forward",
    "import",
    "invoke",
    "kick",
    "leave",
    "mark",
    "move",
    "pin",
    "post",
    "publish",
    "remove",
    "rename",
    "reset",
    "restart",
    "revoke",
    "rotate",
    "run",
    "send",
    "set",
    "start",
    "stop",
    "trigger",
    "unban",
    "unpin",
    "update",
    "upload",
];

/// Verbs of operations after which something is gone.
const DESTROYING: [&str; 14] = [
    "archive",
    "ban",
    "cancel",
    "clear",
    "delete",
    "destroy",
    "drop",
    "erase",
    "purge",
    "remove",
    "reset",
    "revoke",
    "terminate",
    "wipe",
];

/// Whether the operation changes nothing. A reading verb makes a POST a reading one if a body has to say what is wanted; a
/// changing verb makes a GET a changing one.
pub(super) fn reads(name: &str, method: Method, has_body: bool) -> bool {
    let words = words(name);
    let verb = verb(&words);
    match method {
        Method::Get | Method::Head | Method::Options | Method::Query => {
            !verb.is_some_and(|verb| CHANGING.contains(&verb))
                || words.iter().any(|word| word == "get" || word == "list")
        }
        Method::Post => {
            let is_reading = verb.is_some_and(|verb| READING.contains(&verb)) || is_last(&words, &["search", "query"]);
            is_reading && has_body && !words.iter().any(|word| CHANGING.contains(&word.as_str()))
        }
        Method::Delete | Method::Patch | Method::Put => false,
    }
}

/// Whether something may be gone afterwards.
pub(super) fn destroys(name: &str) -> bool {
    let words = words(name);
    verb(&words).is_some_and(|verb| DESTROYING.contains(&verb))
        || words.last().is_some_and(|last| DESTROYING.contains(&last.as_str()))
}

/// The bucket, by what the operation does: its name may begin with anything.
pub(super) fn bucket(name: &str, method: Method, path: &str, effect: Effect) -> &'static str {
    let words = words(name);
    let verb = verb(&words);
    if effect.read_only {
        let is_search = verb.is_some_and(|verb| matches!(verb, "search" | "query" | "find" | "lookup"))
            || is_last(&words, &["search", "query"]);
        let is_one = path.trim_end_matches('/').ends_with('}');
        let is_list = verb.is_some_and(|verb| verb == "list") || !is_one && method == Method::Get;
        return if is_search || (is_list && !is_one) { "search" } else { "retrieve" };
    }
    match (method, verb) {
        (Method::Delete, _) | (_, Some("delete" | "remove" | "destroy")) => "delete",
        (Method::Patch, _) => "patch",
        (Method::Put, _) | (_, Some("update" | "edit" | "set" | "replace" | "modify")) => "update",
        (_, Some("create" | "add" | "insert" | "new" | "post" | "upload" | "import")) => "create",
        (Method::Post, _) if !path.trim_end_matches('/').ends_with('}') && verb.is_none() => "create",
        _ => OTHER,
    }
}

/// The first word that is a verb known here.
fn verb(words: &[String]) -> Option<&str> {
    let is_known = |word: &&str| {
        READING.contains(word)
            || CHANGING.contains(word)
            || DESTROYING.contains(word)
            || matches!(*word, "insert" | "replace" | "modify" | "new")
    };
    words.iter().map(String::as_str).find(is_known)
}

fn is_last(words: &[String], wanted: &[&str]) -> bool {
    words.last().is_some_and(|last| wanted.contains(&last.as_str()))
}

/// The words of a name in any usual spelling, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let begins_word = !character.is_ascii_alphanumeric() || (was_lower && character.is_ascii_uppercase());
        if begins_word {
            words.push(String::new());
        }
        if character.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(character.to_ascii_lowercase());
        }
        was_lower = character.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_corrects_what_the_method_says() {
        for (name, method, has_body, expected) in [
            ("listPets", Method::Get, false, true),
            ("searchIssues", Method::Post, true, true),
            ("post_database_query", Method::Post, true, false),
            ("databaseQuery", Method::Post, true, true),
            ("createPet", Method::Post, true, false),
            ("getUpdates", Method::Post, true, true),
            ("sendMessage", Method::Get, false, false),
            ("get_deleted_items", Method::Get, false, true),
            ("restartServer", Method::Get, false, false),
            ("getPet", Method::Delete, false, false),
            ("startSession", Method::Post, false, false),
            ("getToken", Method::Post, false, false),
        ] {
            assert_eq!(reads(name, method, has_body), expected, "{name}");
        }
    }

    #[test]
    fn a_bucket_is_what_the_operation_does() {
        let reading = Effect { read_only: true, destructive: false, idempotent: true };
        let changing = Effect { read_only: false, destructive: false, idempotent: false };
        for (name, method, path, effect, expected) in [
            ("listPets", Method::Get, "/pets", reading, "search"),
            ("get_pets_petId", Method::Get, "/pets/{petId}", reading, "retrieve"),
            ("repos_get", Method::Get, "/repos/{owner}/{repo}", reading, "retrieve"),
            ("issues_search", Method::Post, "/issues", reading, "search"),
            ("pets_create", Method::Post, "/pets", changing, "create"),
            ("post_pets", Method::Post, "/pets", changing, "create"),
            ("PetRemove", Method::Post, "/pets/{petId}/remove", changing, "delete"),
            ("updatePet", Method::Post, "/pets/{petId}", changing, "update"),
            ("pets", Method::Patch, "/pets/{petId}", changing, "patch"),
            ("restart", Method::Post, "/server/restart", changing, OTHER),
        ] {
            assert_eq!(bucket(name, method, path, effect), expected, "{name}");
        }
    }
}
