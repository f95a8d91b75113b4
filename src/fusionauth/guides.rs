//! The guides of `guides/`, and the searches that complete their arguments.

use gateway::guide::{
    Guide, Part,
    arguments::{Argument, Lookup},
};
use serde_json::{Map, Value, json};

include!(concat!(env!("OUT_DIR"), "/guides.rs"));

/// An application's name.
pub static APPLICATION: Lookup = Lookup {
    operation: "searchApplicationsWithId",
    arguments: search_by_name,
    list: "applications",
    properties: &["name"],
};

/// A tenant's name.
pub static TENANT: Lookup =
    Lookup { operation: "searchTenantsWithId", arguments: search_by_name, list: "tenants", properties: &["name"] };

/// A user's email, or username where there is no email.
static USER: Lookup = Lookup {
    operation: "searchUsersByQueryWithId",
    arguments: search_users,
    list: "users",
    properties: &["email", "username"],
};

fn search_by_name(typed: &str, results: usize) -> Map<String, Value> {
    search(json!({ "name": format!("*{typed}*"), "numberOfResults": results, "orderBy": "name ASC" }))
}

fn search_users(typed: &str, results: usize) -> Map<String, Value> {
    search(json!({ "queryString": format!("*{}*", escaped(typed)), "numberOfResults": results }))
}

fn search(criteria: Value) -> Map<String, Value> {
    Map::from_iter([("requestBody".to_owned(), json!({ "search": criteria }))])
}

/// The text in a query string of the search engine, which has operators of its own. A space would begin another word.
fn escaped(typed: &str) -> String {
    let mut text = String::new();
    for character in typed.chars() {
        match character {
            ' ' => text.push('?'),
            character if character.is_alphanumeric() || "@._".contains(character) => text.push(character),
            character => text.extend(['\\', character]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guides_have_text_after_their_heads() {
        for guide in GUIDES {
            assert!(guide.source.starts_with("---\nname: ") && !guide.text().starts_with("---"), "{}", guide.name);
        }
    }
}
