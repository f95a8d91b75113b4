//! Which tools this run offers.

use std::collections::BTreeSet;

use openapi_tools::{
    bucket::{DEFAULT_PREFIXES, OTHER, bucket_of},
    document::Document,
    input_schema::Detail,
    operation::Operation,
};

use crate::{
    config::{Mistake, Settings, Words, variable},
    export::{Format, snapshot::OPERATIONS},
    nearest::did_you_mean,
    shorten::shortened,
};

/// The header that names a tenant.
pub const TENANT_HEADER: &str = "X-FusionAuth-TenantId";

/// The word that means every tool.
const ALL: &str = "all";

/// The tools that this run offers. Any other tool does not exist for the client.
pub struct Toolset {
    document: &'static Document,
    operations: Vec<&'static Operation>,
    exports: Vec<Format>,
    /// What makes buckets.
    prefixes: Vec<String>,
    mode: Mode,
    detail: Detail,
    is_structured: bool,
    has_tenant: bool,
}

/// How a client comes to the tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All are listed.
    List,
    /// Three tools are listed, which find, describe and call the others.
    Search,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Callable {
    /// One request to the upstream.
    Operation(&'static Operation),
    /// As many as an export takes.
    Export(Format),
}

impl Toolset {
    /// Chooses from the document's operations by the settings, adding what is wrong with them to `mistakes`.
    pub fn choose(document: &'static Document, settings: &Settings, mistakes: &mut Vec<Mistake>) -> Self {
        let earlier_mistakes = mistakes.len();
        let choice = Choice::read(document, settings, mistakes);
        let mut operations: Vec<_> =
            document.operations.iter().copied().filter(|operation| choice.offers(operation)).collect();
        let exports: Vec<_> =
            Format::ALL.into_iter().filter(|format| choice.offers_export(document, *format)).collect();
        if operations.is_empty() && exports.is_empty() && mistakes.len() == earlier_mistakes {
            let sources: Vec<_> = [variable::USE_TOOLS, variable::TOOL_AREAS, variable::READ_ONLY]
                .into_iter()
                .filter_map(|variable| settings.get(variable))
                .map(|setting| format!("{} `{}`", setting.source, setting.value))
                .collect();
            mistakes.push(Mistake(format!("no tool is left by {}", sources.join(" and "))));
        }
        if settings.get(variable::TENANT_ID).is_some() {
            operations = operations.into_iter().map(without_tenant_parameter).collect();
        }
        let modes = [("list", Mode::List), ("search", Mode::Search)];
        let details = [("compact", Detail::Compact), ("full", Detail::Full)];
        Self {
            document,
            operations,
            exports,
            prefixes: choice.prefixes,
            mode: settings.choice(variable::TOOL_MODE, &modes, Mode::List, mistakes),
            detail: settings.choice(variable::TOOL_SCHEMAS, &details, Detail::Compact, mistakes),
            is_structured: settings.flag(variable::STRUCTURED_OUTPUT, mistakes),
            has_tenant: settings.get(variable::TENANT_ID).is_some(),
        }
    }

    /// How a client comes to the tools.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How much a listed tool tells of its body.
    pub fn detail(&self) -> Detail {
        self.detail
    }

    /// Whether the JSON of answers comes as structured content too, with output schemas.
    pub fn is_structured(&self) -> bool {
        self.is_structured
    }

    /// Whether one tenant is chosen for all calls, so that none chooses one.
    pub fn has_tenant(&self) -> bool {
        self.has_tenant
    }

    /// The document that the tools come from.
    pub fn document(&self) -> &'static Document {
        self.document
    }

    /// The tools, sorted by name.
    pub fn operations(&self) -> &[&'static Operation] {
        &self.operations
    }

    /// The tool of that name, or of that former name, where it is offered.
    pub fn get(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().copied().find(|operation| operation.is_called(name))
    }

    /// What a call of that name is, where it is offered.
    pub fn callable(&self, name: &str) -> Option<Callable> {
        self.get(name).map(Callable::Operation).or_else(|| self.export(name).map(Callable::Export))
    }

    /// The export whose tool has that name, where it is offered.
    pub fn export(&self, name: &str) -> Option<Format> {
        self.exports.iter().copied().find(|format| format.tool() == name)
    }

    /// The bucket of an operation in this run.
    pub fn bucket(&self, operation: &Operation) -> &str {
        bucket_of(operation.name, &self.prefixes)
    }

    /// The exports that are offered.
    pub fn exports(&self) -> &[Format] {
        &self.exports
    }

    /// What to say of a tool that is not offered.
    pub fn unknown(&self, name: &str) -> String {
        let names = self.operations.iter().map(|operation| operation.name);
        let hint = did_you_mean(name, names.chain(self.exports.iter().map(|format| format.tool())));
        format!("unknown tool `{}`{hint}", shortened(name))
    }
}

/// What the user chose.
struct Choice {
    prefixes: Vec<String>,
    /// Buckets and tool names; `None` for all.
    wanted: Option<BTreeSet<String>>,
    /// Buckets and tool names that stay out, whatever else is chosen.
    unwanted: BTreeSet<String>,
    /// `None` for all.
    areas: Option<BTreeSet<String>>,
    /// Whether only operations that change nothing are offered, whatever else is chosen.
    read_only: bool,
}

impl Choice {
    fn read(document: &Document, settings: &Settings, mistakes: &mut Vec<Mistake>) -> Self {
        let prefixes = prefixes(document, settings.words(variable::TOOL_BUCKETS), mistakes);
        let (mut wanted, mut unwanted, mut all) = (BTreeSet::new(), BTreeSet::new(), true);
        if let Some(Words { words, source }) = settings.words(variable::USE_TOOLS) {
            if words.is_empty() {
                mistakes.push(Mistake(format!("{source}: no bucket or tool in it; leave it out, or say `all`")));
            }
            let names = document.operations.iter().flat_map(|operation| [operation.name, operation.former_name]);
            let names = names.filter(|name| !name.is_empty()).chain(Format::ALL.map(Format::tool));
            let known: Vec<_> = prefixes.iter().map(String::as_str).chain([OTHER, ALL]).chain(names).collect();
            for typed in &words {
                let (word, leave_out) = match typed.strip_prefix('-') {
                    Some(word) => (word.trim(), true),
                    None => (typed.as_str(), false),
                };
                let Some(word) = exactly(word, &known) else {
                    let hint = did_you_mean(word, known.iter().copied());
                    mistakes.push(Mistake(format!(
                        "{source}: unknown bucket or tool `{word}`{hint} (buckets: {}, {OTHER}, {ALL})",
                        prefixes.join(", ")
                    )));
                    continue;
                };
                if leave_out {
                    unwanted.insert(word.to_owned());
                } else {
                    wanted.insert(word.to_owned());
                }
            }
            all = wanted.is_empty() || wanted.contains(ALL);
        }
        Self {
            wanted: (!all).then_some(wanted),
            unwanted,
            areas: areas(document, settings.words(variable::TOOL_AREAS), mistakes),
            read_only: settings.flag(variable::READ_ONLY, mistakes),
            prefixes,
        }
    }

    /// The one predicate: what the list shows, what a call may name, and whatever else asks for tools.
    fn offers(&self, operation: &Operation) -> bool {
        self.allows(operation) && self.wanted.as_ref().is_none_or(|words| self.is_among(operation, words))
    }

    /// Whether nothing that was chosen forbids it.
    fn allows(&self, operation: &Operation) -> bool {
        (operation.effect.read_only || !self.read_only)
            && !self.is_among(operation, &self.unwanted)
            && !self.unwanted.contains(ALL)
            && self.areas.as_ref().is_none_or(|areas| areas.contains(operation.area))
    }

    fn is_among(&self, operation: &Operation, words: &BTreeSet<String>) -> bool {
        words.contains(bucket_of(operation.name, &self.prefixes)) || words.iter().any(|word| operation.is_called(word))
    }

    /// An export only reads: it is offered where all that it reads with is, or where it is named and nothing forbids what
    /// it reads with.
    fn offers_export(&self, document: &Document, format: Format) -> bool {
        let is_named = |words: &BTreeSet<String>| words.contains(format.tool());
        let is_wanted = self.wanted.as_ref().is_some_and(is_named);
        let may_read = |operation: &Operation| if is_wanted { self.allows(operation) } else { self.offers(operation) };
        !is_named(&self.unwanted) && OPERATIONS.iter().filter_map(|name| document.operation(name)).all(may_read)
    }
}

fn prefixes(document: &Document, words: Option<Words>, mistakes: &mut Vec<Mistake>) -> Vec<String> {
    let Some(Words { words, source }) = words else { return DEFAULT_PREFIXES.map(str::to_owned).to_vec() };
    let verbs: BTreeSet<_> = document.operations.iter().map(|operation| first_word(operation.name)).collect();
    for word in &words {
        let makes_a_bucket = |operation: &&Operation| bucket_of(operation.name, &[word]) != OTHER;
        if !document.operations.iter().copied().any(|operation| makes_a_bucket(&operation)) {
            let hint = did_you_mean(word, verbs.iter().copied());
            mistakes.push(Mistake(format!("{source}: no tool's name starts with `{word}`{hint}")));
        }
    }
    words
}

fn areas(document: &Document, words: Option<Words>, mistakes: &mut Vec<Mistake>) -> Option<BTreeSet<String>> {
    let Words { words, source } = words?;
    if words.is_empty() {
        mistakes.push(Mistake(format!("{source}: no area in it; leave it out for all")));
    }
    let known: BTreeSet<_> = document.operations.iter().map(|operation| operation.area).collect();
    for word in words.iter().filter(|word| !known.contains(word.as_str())) {
        let hint = did_you_mean(word, known.iter().copied());
        let areas: Vec<_> = known.iter().copied().collect();
        mistakes.push(Mistake(format!("{source}: unknown area `{word}`{hint} (areas: {})", areas.join(", "))));
    }
    (!words.is_empty()).then(|| words.into_iter().collect())
}

/// The known word that was typed; buckets may be typed in any case.
fn exactly<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let same = known.iter().find(|word| **word == typed);
    same.or_else(|| known.iter().find(|word| word.eq_ignore_ascii_case(typed))).copied()
}

fn first_word(name: &str) -> &str {
    let end = name.find(|character: char| !character.is_ascii_lowercase()).unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}

/// With a tenant chosen for the server, no call chooses one.
fn without_tenant_parameter(operation: &'static Operation) -> &'static Operation {
    if operation.parameter(TENANT_HEADER).is_none() {
        return operation;
    }
    let parameters: Vec<_> =
        operation.parameters.iter().copied().filter(|parameter| parameter.name != TENANT_HEADER).collect();
    // Once for each tool and start: it lives as long as the document, which is as long as the process.
    Box::leak(Box::new(Operation { parameters: parameters.leak(), ..*operation }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::DOCUMENT;

    fn choose(environment: &[(&str, &str)]) -> Result<Toolset, Vec<String>> {
        let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut mistakes = Vec::new();
        let toolset = Toolset::choose(&DOCUMENT, &Settings::new([], pairs), &mut mistakes);
        if mistakes.is_empty() { Ok(toolset) } else { Err(mistakes.iter().map(ToString::to_string).collect()) }
    }

    fn count(environment: &[(&str, &str)]) -> usize {
        choose(environment).unwrap().operations().len()
    }

    fn mistake(environment: &[(&str, &str)]) -> String {
        choose(environment).err().unwrap().join("\n")
    }

    #[test]
    fn unset_empty_and_all_offer_everything() {
        let all = DOCUMENT.operations.len();
        assert_eq!(count(&[]), all);
        assert_eq!(count(&[("USE_TOOLS", "")]), all);
        assert_eq!(count(&[("USE_TOOLS", " all ")]), all);
    }

    #[test]
    fn buckets_tools_and_exceptions_combine() {
        let reading = count(&[("USE_TOOLS", "retrieve, search")]);
        assert_eq!(reading, 125);
        assert_eq!(count(&[("USE_TOOLS", "retrieve,search,createUser")]), reading + 1);
        assert_eq!(count(&[("USE_TOOLS", "retrieve,search,-retrieveUser")]), reading - 1);
        assert_eq!(count(&[("USE_TOOLS", "-delete")]), DOCUMENT.operations.len() - count(&[("USE_TOOLS", "delete")]));
        assert!(choose(&[("USE_TOOLS", "retrieve")]).unwrap().get("deleteUserWithId").is_none());
    }

    #[test]
    fn exports_are_offered_where_they_may_read() {
        let exports = |environment: &[(&str, &str)]| choose(environment).map_or(0, |toolset| toolset.exports().len());
        assert_eq!(exports(&[]), 2);
        assert_eq!(exports(&[("USE_TOOLS", "retrieve,search"), ("READ_ONLY", "true")]), 2);
        assert_eq!(exports(&[("USE_TOOLS", "retrieve,search,-exportTerraform")]), 1);
        assert_eq!(exports(&[("USE_TOOLS", "exportKickstart")]), 1);
        assert_eq!(exports(&[("USE_TOOLS", "create,update")]), 0);
        assert_eq!(exports(&[("USE_TOOLS", "exportKickstart,createUser,-retrieveTenants")]), 0);
        assert_eq!(exports(&[("USE_TOOLS", "exportKickstart,retrieve"), ("TOOL_AREAS", "user")]), 0);
    }

    #[test]
    fn a_list_without_a_word_is_a_mistake() {
        assert!(mistake(&[("USE_TOOLS", ",")]).contains("USE_TOOLS: no bucket or tool in it"));
        assert!(mistake(&[("TOOL_AREAS", " , ")]).contains("TOOL_AREAS: no area in it"));
    }

    #[test]
    fn read_only_wins_over_everything() {
        let marked = DOCUMENT.operations.iter().filter(|operation| operation.effect.read_only).count();
        assert_eq!(count(&[("READ_ONLY", "true")]), marked);
        assert_eq!(count(&[("READ_ONLY", "true"), ("USE_TOOLS", "all")]), marked);
        assert!(mistake(&[("READ_ONLY", "true"), ("USE_TOOLS", "deleteUserWithId")]).contains("no tool is left"));
        assert!(mistake(&[("READ_ONLY", "perhaps")]).contains("READ_ONLY: `perhaps`: expected true or false"));
    }

    #[test]
    fn a_former_name_is_the_same_tool() {
        let operation = DOCUMENT.operations.iter().find(|operation| !operation.former_name.is_empty()).unwrap();
        let toolset = choose(&[("USE_TOOLS", operation.former_name)]).unwrap();
        assert_eq!(toolset.operations(), [*operation]);
        assert_eq!(toolset.get(operation.former_name), toolset.get(operation.name));
    }

    #[test]
    fn every_tool_is_in_one_bucket() {
        let sum: usize = DEFAULT_PREFIXES.iter().chain([&OTHER]).map(|bucket| count(&[("USE_TOOLS", bucket)])).sum();
        assert_eq!(sum, DOCUMENT.operations.len());
    }

    #[test]
    fn own_prefixes_make_own_buckets() {
        let environment = [("TOOL_BUCKETS", "import,login"), ("USE_TOOLS", "import")];
        let toolset = choose(&environment).unwrap();
        assert!(toolset.operations().iter().all(|operation| operation.name.starts_with("import")));
        assert!(mistake(&[("TOOL_BUCKETS", "retreive")]).contains("did you mean `retrieve`?"));
    }

    #[test]
    fn areas_narrow_the_choice() {
        let toolset = choose(&[("TOOL_AREAS", "user, group"), ("USE_TOOLS", "retrieve")]).unwrap();
        assert!(toolset.operations().iter().all(|operation| ["user", "group"].contains(&operation.area)));
        assert!(mistake(&[("TOOL_AREAS", "usr")]).contains("TOOL_AREAS: unknown area `usr`; did you mean `user`?"));
    }

    #[test]
    fn misspelt_words_are_mistakes_and_so_is_nothing_left() {
        let text = mistake(&[("USE_TOOLS", "retreive,createUsr")]);
        assert!(text.contains("unknown bucket or tool `retreive`; did you mean `retrieve`?"), "{text}");
        assert!(text.contains("`createUsr`; did you mean `createUser`?"), "{text}");
        assert!(mistake(&[("USE_TOOLS", "-")]).contains("unknown bucket or tool ``"));
        assert!(mistake(&[("USE_TOOLS", "createUser"), ("TOOL_AREAS", "theme")]).contains("no tool is left"));
        assert!(mistake(&[("USE_TOOLS", "all,-all")]).contains("no tool is left"));
    }

    #[test]
    fn a_chosen_tenant_takes_the_parameter_away() {
        let tenant = [("FUSIONAUTH_TENANT_ID", "00000000-0000-0000-0000-000000000001")];
        assert!(choose(&[]).unwrap().get("createUser").unwrap().parameter(TENANT_HEADER).is_some());
        assert!(choose(&tenant).unwrap().get("createUser").unwrap().parameter(TENANT_HEADER).is_none());
    }
}
