//! What one API means by a status, an error or a word.

use openapi_tools::model::operation::Operation;
use serde_json::Value;

/// What one API means beyond its document.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// What people call the API.
    pub api_name: &'static str,
    /// What the URIs of this API's resources begin with: `fusionauth://` in `fusionauth://tools/{name}`.
    pub uri_base: &'static str,
    /// What the tools are for, for a model's instructions.
    pub introduction: &'static str,
    /// What the verbs that tools' names begin with mean, by bucket, for a model's instructions.
    pub verbs: &'static [(&'static str, &'static str)],
    /// How to call the tools and read their answers, for a model's instructions.
    pub conventions: &'static str,
    /// How to choose a tenant, where none is bound.
    pub tenant_convention: &'static str,
    /// How to change objects, for a model that may: sentences, each after the word (`all`, a bucket or a mark) of which a tool
    /// has to be there for it.
    pub change_conventions: &'static [(&'static str, &'static str)],
    /// The header that names a tenant, where the API has tenants. A session with a bound tenant sends it by itself.
    pub tenant_header: Option<&'static str>,
    /// What tenants are called in bodies and answers, where the API has tenants.
    pub tenants: Option<TenantWords>,
    /// Statuses that mean something of their own in every operation, as documented by the API.
    pub statuses: &'static [(u16, &'static str)],
    /// Why a call was answered 401.
    pub unauthorized: fn(&Operation) -> String,
    /// The errors in the JSON body of a failure, where they are of a form that this API alone has.
    pub errors: fn(&Value) -> Option<ErrorWords>,
    /// Properties whose texts are content, such as templates and message bundles: names of secrets mean nothing in them.
    pub content_properties: &'static [&'static str],
    /// The field's other words and phrases for this API's words, by which tools are found.
    pub synonyms: &'static [Synonym],
    /// What the API does not have, and what there is instead.
    pub absent: &'static [Absent],
    /// The document's schema of instants, which travel as milliseconds since 1970, where it has one.
    pub instant_schema: Option<&'static str>,
    /// Areas whose answers are what the caller came for, such as those of logins and keys, and are never shortened.
    pub whole_answers: &'static [&'static str],
    /// Whether a PATCH only merges its body into an object, so that one without properties changes nothing.
    pub patches_merge: bool,
    /// Properties that the document has in a schema of several bodies, and that the API takes in some of them only.
    pub ignored_properties: &'static [IgnoredProperty],
}

/// What an API calls tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantWords {
    /// The property that holds the id of an object's tenant. A longer name that ends so holds one too.
    pub id: &'static str,
    /// The property that holds a tenant.
    pub object: &'static str,
    /// The property that holds a list of tenants.
    pub list: &'static str,
    /// The path that tenants are made at.
    pub path: &'static str,
    /// The property that holds what callers like, such as ids that mean nothing to the API.
    pub free_form: &'static str,
    /// Switches that make an object one of every tenant: the property that holds the switch, and the switch.
    pub everywhere: &'static [(&'static str, &'static str)],
}

/// The errors in the JSON body of a failure, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorWords {
    /// Messages and codes.
    pub text: String,
    /// Whether they say all that the body says.
    pub is_whole: bool,
}

/// A property that most operations ignore.
#[derive(Debug, Clone, Copy)]
pub struct IgnoredProperty {
    /// The document's name of the schema.
    pub schema: &'static str,
    /// The property.
    pub property: &'static str,
    /// The operations that take it.
    pub taken_by: &'static [&'static str],
    /// The operations that do what it was meant for.
    pub instead: &'static [&'static str],
}

/// Something that people look for and that the API does not have.
#[derive(Debug, Clone, Copy)]
pub struct Absent {
    /// What people say when they look for it.
    pub wishes: &'static [&'static str],
    /// That it is not there, and what to do.
    pub answer: &'static str,
    /// The tools to take instead, the best first.
    pub instead: &'static [&'static str],
}

/// Words and phrases of people, and the API's words for them.
#[derive(Debug, Clone, Copy)]
pub struct Synonym {
    /// What people type, in lower case.
    pub phrases: &'static [&'static str],
    /// What the API calls it.
    pub words: &'static str,
}

/// Shorthand for a table of synonyms.
pub const fn synonym(phrases: &'static [&'static str], words: &'static str) -> Synonym {
    Synonym { phrases, words }
}
