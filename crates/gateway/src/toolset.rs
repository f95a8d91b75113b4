//! What one session offers.

mod schemas;
pub mod selection;

use std::{collections::BTreeSet, sync::Arc};

use openapi_tools::{
    describe::input_schema::Detail,
    model::{document::Document, operation::Operation},
};

use self::selection::{Origin, Rules, Scope, Selection, SelectionError, bucket, is_meant_by};
use crate::{
    composite::Composite,
    guide::{Guide, Part},
    source::Source,
    text::{
        mentions::{names_in, without_mentions},
        nearest::nearest,
        shorten::shortened,
    },
    tool::Tool,
};

/// The tool that finds tools by words.
pub const FIND: &str = "find_tools";
/// The tool that shows the arguments and types of tools.
pub const DESCRIBE: &str = "describe_tool";
/// The tool that calls a tool.
pub const CALL: &str = "call_tool";

/// What a comment begins with in the notation of arguments and types.
const COMMENT: &str = "  // ";

/// What one session offers. Any other tool does not exist for the client.
pub struct Toolset {
    sources: Vec<Arc<Source>>,
    tools: Vec<Tool>,
    composites: Vec<OfferedComposite>,
    /// The tools that the operator has switched off.
    left_out: Vec<Tool>,
    /// Their names, and those of the composites.
    switched_off: BTreeSet<&'static str>,
    /// The prefixes of tool names that make buckets.
    prefixes: Arc<[String]>,
    /// By source.
    rules: Vec<Arc<Rules>>,
    /// The names of the tools and composites that the caller has no right to.
    withheld: Arc<BTreeSet<&'static str>>,
    presentation: Presentation,
}

/// What stands for the settings where a caller's rights leave a tool out.
const RIGHTS: &str = "the rights of this caller";

/// A composite and the source that it calls.
#[derive(Clone)]
pub struct OfferedComposite {
    /// The source.
    pub source: Arc<Source>,
    /// The composite.
    pub composite: Arc<dyn Composite>,
}

/// How tools and answers are shown to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presentation {
    /// How a client comes to the tools.
    pub mode: Mode,
    /// How much a listed tool says about its body.
    pub detail: Detail,
    /// Whether the JSON of answers comes as structured content too, with output schemas.
    pub is_structured: bool,
}

impl Default for Presentation {
    fn default() -> Self {
        Self { mode: Mode::List, detail: Detail::Compact, is_structured: false }
    }
}

/// How a client comes to the tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All are listed.
    List,
    /// Three tools are listed, which find, describe and call the others.
    Search,
}

/// What a call by name does.
#[derive(Clone)]
pub enum Callable {
    /// One request to the upstream.
    Tool(Tool),
    /// As many requests as it takes.
    Composite(OfferedComposite),
}

/// A name that is not offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// There is no such tool.
    #[error("unknown tool `{name}`{hint}")]
    NoSuchTool {
        /// The name.
        name: String,
        /// The nearest right name.
        hint: String,
    },
    /// There is such a tool, and the operator has switched it off. No more than its name is shown.
    #[error("`{name}` is switched off by {}", by.join(" and "))]
    SwitchedOff {
        /// The tool's name.
        name: &'static str,
        /// The settings that leave it out.
        by: Vec<String>,
    },
    /// There is no such tool, and the nearest one is switched off.
    #[error("unknown tool `{name}`; `{nearest}` is switched off by {}", by.join(" and "))]
    NearestSwitchedOff {
        /// The name.
        name: String,
        /// The nearest tool's name.
        nearest: &'static str,
        /// The settings that leave it out.
        by: Vec<String>,
    },
}

impl Toolset {
    /// Chooses from the operations and composites of `sources`, of each by the same selection.
    ///
    /// # Errors
    /// Everything that is wrong with the selection.
    pub fn choose(
        sources: Vec<Arc<Source>>,
        selection: &Selection,
        presentation: Presentation,
    ) -> Result<Self, Vec<SelectionError>> {
        Self::choose_each(sources.into_iter().map(|source| (source, selection.clone())).collect(), presentation)
    }

    /// Chooses from the operations and composites of each source by a selection of its own. What several of them share was
    /// typed for all of these: a word of it is right where one of them knows it. The buckets are those of the first.
    ///
    /// # Errors
    /// Everything that is wrong with the selections.
    pub fn choose_each(
        chosen: Vec<(Arc<Source>, Selection)>,
        presentation: Presentation,
    ) -> Result<Self, Vec<SelectionError>> {
        let mut errors = Vec::new();
        let (sources, selections): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
        let documents: Vec<_> = sources.iter().map(|source| source.document).collect();
        let buckets = selections.first().and_then(|selection| selection.buckets.as_ref());
        let prefixes = selection::prefixes(&documents, buckets, &mut errors);
        let mut rules = Vec::new();
        for selection in &selections {
            let scope = |is_shared: &dyn Fn(&Selection) -> bool| {
                let sharing = sources.iter().zip(&selections).filter(|(_, other)| is_shared(other));
                let sharing: Vec<_> = sharing.map(|(source, _)| source).collect();
                let composites = sharing.iter().flat_map(|source| &source.composites);
                Scope {
                    documents: sharing.iter().map(|source| source.document).collect(),
                    composites: composites.map(|one| one.name()).collect(),
                }
            };
            let tools = scope(&|other| other.tools == selection.tools);
            let areas = scope(&|other| other.areas == selection.areas);
            let mut found = Vec::new();
            rules.push(Rules::new(Arc::clone(&prefixes), selection, &tools, &areas, &mut found));
            // What several share is wrong once.
            errors.extend(found.into_iter().filter(|error| !errors.contains(error)).collect::<Vec<_>>());
        }
        let mut tools = Vec::new();
        let (mut composites, mut left_out) = (Vec::new(), Vec::new());
        for (source, rules) in sources.iter().zip(&rules) {
            let before = tools.len();
            for operation in source.document.operations.iter().copied() {
                let tool = Tool { source: Arc::clone(source), operation };
                if rules.offers(operation) { tools.push(tool) } else { left_out.push(tool) }
            }
            let own = source.composites.iter();
            let own = own.filter(|composite| rules.offers_composite(source.document, composite.as_ref()));
            let own: Vec<_> = own
                .map(|composite| OfferedComposite { source: Arc::clone(source), composite: Arc::clone(composite) })
                .collect();
            // Who typed a choice for one source wants some of it.
            let is_own = |words: Option<&Origin>| {
                let sharing = selections.iter().filter(|other| other.origins().any(|origin| Some(origin) == words));
                words.is_some() && sharing.count() == 1
            };
            if errors.is_empty()
                && tools.len() == before
                && own.is_empty()
                && rules.selection().origins().any(|origin| is_own(Some(origin)))
            {
                errors.push(SelectionError::NothingLeft(joined(rules.selection())));
            }
            composites.extend(own);
        }
        tools.sort_by_key(Tool::name);
        if tools.is_empty() && composites.is_empty() && errors.is_empty() {
            errors.extend(selections.first().map(|selection| SelectionError::NothingLeft(joined(selection))));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let offered: BTreeSet<_> = composites.iter().map(|offered| offered.composite.name()).collect();
        let names = sources.iter().flat_map(|source| &source.composites).map(|one| one.name());
        let switched_off = left_out.iter().map(Tool::name).chain(names.filter(|name| !offered.contains(name)));
        let switched_off = switched_off.collect();
        let rules = rules.into_iter().map(Arc::new).collect();
        let withheld = Arc::default();
        Ok(Self { sources, tools, composites, left_out, switched_off, prefixes, rules, withheld, presentation })
    }

    /// The same for a caller who may use less. What it has no right to does not exist for it: unlike what the operator has
    /// switched off, its name is not even told. A composite needs the right to all that it reads.
    #[must_use]
    pub fn narrowed(&self, is_permitted: &dyn Fn(&Tool) -> bool) -> Self {
        let mut withheld = BTreeSet::clone(&self.withheld);
        let (mut sources, mut rules) = (Vec::new(), Vec::new());
        for (source, own) in self.sources.iter().zip(&self.rules) {
            let operations = source.document.operations.iter();
            let tools = operations.map(|operation| Tool { source: Arc::clone(source), operation });
            withheld.extend(tools.filter(|tool| !is_permitted(tool)).map(|tool| tool.name()));
            let is_refused =
                |composite: &&Arc<dyn Composite>| composite.reads().iter().any(|name| withheld.contains(name));
            let refused: Vec<_> =
                source.composites.iter().filter(is_refused).map(|composite| composite.name()).collect();
            withheld.extend(refused);
            if source.document.operations.iter().any(|operation| !withheld.contains(operation.name)) {
                sources.push(Arc::clone(source));
                rules.push(Arc::clone(own));
            }
        }
        let is_there = |tool: &&Tool| !withheld.contains(tool.name());
        Self {
            tools: self.tools.iter().filter(is_there).cloned().collect(),
            left_out: self.left_out.iter().filter(is_there).cloned().collect(),
            composites: self
                .composites
                .iter()
                .filter(|one| !withheld.contains(one.composite.name()))
                .cloned()
                .collect(),
            switched_off: self.switched_off.iter().filter(|name| !withheld.contains(*name)).copied().collect(),
            withheld: Arc::new(withheld),
            prefixes: Arc::clone(&self.prefixes),
            presentation: self.presentation,
            sources,
            rules,
        }
    }

    /// The same with another way for a client to come to the tools.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.presentation.mode = mode;
        self
    }

    /// How tools and answers are shown.
    pub fn presentation(&self) -> Presentation {
        self.presentation
    }

    /// The name of the tool by which a client calls the others, where it does not call them directly.
    pub fn calling_tool(&self) -> Option<&'static str> {
        (self.presentation.mode == Mode::Search).then_some(CALL)
    }

    /// The APIs that the tools come from.
    pub fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    /// The tools that the operator has switched off. Nothing but their names may be shown.
    pub fn left_out(&self) -> &[Tool] {
        &self.left_out
    }

    /// The settings that leave a tool out, as assignments. Empty where it is offered.
    pub fn left_out_by(&self, tool: &Tool) -> Vec<String> {
        self.rules_of(tool.source.document).map(|rules| rules.left_out_by(tool.operation)).unwrap_or_default()
    }

    fn rules_of(&self, document: &Document) -> Option<&Rules> {
        let index = self.sources.iter().position(|source| std::ptr::eq(source.document, document))?;
        self.rules.get(index).map(Arc::as_ref)
    }

    /// The tools, sorted by name.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// The composites, source by source.
    pub fn composites(&self) -> &[OfferedComposite] {
        &self.composites
    }

    /// The tool of that name, where it is offered, or else the only one that had that name once.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        let mut former = self.tools.iter().filter(|tool| tool.operation.former_name == Some(name));
        let mut by_name = self.tools.iter().filter(|tool| tool.name() == name);
        by_name.next().or_else(|| former.next().filter(|_| former.next().is_none()))
    }

    /// The composite of that name, where it is offered.
    pub fn composite(&self, name: &str) -> Option<&OfferedComposite> {
        self.composites.iter().find(|offered| offered.composite.name() == name)
    }

    /// What a call of that name does, where it is offered.
    pub fn callable(&self, name: &str) -> Option<Callable> {
        let tool = self.tool(name).cloned().map(Callable::Tool);
        tool.or_else(|| self.composite(name).cloned().map(Callable::Composite))
    }

    /// Whether nothing that was chosen forbids the operation of that document. A composite may call more than is offered by
    /// itself.
    pub fn allows(&self, document: &Document, operation: &Operation) -> bool {
        !self.withheld.contains(operation.name) && self.rules_of(document).is_some_and(|rules| rules.allows(operation))
    }

    /// The bucket of an operation in this session.
    pub fn bucket(&self, operation: &Operation) -> &str {
        bucket(operation, &self.prefixes)
    }

    /// The error for a name that is not offered.
    pub fn unknown(&self, name: &str) -> Unknown {
        if let Some((known, by)) = self.known_but_left_out(name) {
            return Unknown::SwitchedOff { name: known, by };
        }
        let shown = shortened(name).into_owned();
        if [FIND, CALL].contains(&name) {
            return Unknown::NoSuchTool { name: shown, hint: "; it exists only in search mode".to_owned() };
        }
        let operations = self.sources.iter().flat_map(|source| source.document.operations);
        let composites = self.sources.iter().flat_map(|source| &source.composites).map(|composite| composite.name());
        // Another tool than the one that was meant is no help, so the nearest is looked for among all.
        match nearest(name, operations.map(|operation| operation.name).chain(composites)) {
            Some(nearest) if self.callable(nearest).is_some() => {
                Unknown::NoSuchTool { name: shown, hint: format!("; did you mean `{nearest}`?") }
            }
            Some(nearest) => match self.known_but_left_out(nearest) {
                Some((nearest, by)) => Unknown::NearestSwitchedOff { name: shown, nearest, by },
                None => Unknown::NoSuchTool { name: shown, hint: String::new() },
            },
            None => Unknown::NoSuchTool { name: shown, hint: String::new() },
        }
    }

    /// The tool of that name that the operator has switched off, and the settings that did.
    fn known_but_left_out(&self, name: &str) -> Option<(&'static str, Vec<String>)> {
        if self.withheld.contains(name) {
            return None;
        }
        for (source, rules) in self.sources.iter().zip(&self.rules) {
            let operation = source.document.operation(name).filter(|operation| !rules.offers(operation));
            if let Some(operation) = operation {
                return Some((operation.name, rules.left_out_by(operation)));
            }
            let composite = source.composites.iter().find(|composite| composite.name() == name);
            if let Some(composite) = composite.filter(|_| self.composite(name).is_none()) {
                return Some((composite.name(), rules.narrowed_by()));
            }
        }
        None
    }

    /// The tools that a text names and the operator has switched off, with the settings that did so to the first of them; the
    /// others are those that the same settings leave out. A name that is a plain word, such as `register`, is one where it is all
    /// of the text.
    pub fn switched_off_in(&self, text: &str) -> Option<(Vec<&'static str>, Vec<String>)> {
        let mut found: Option<(Vec<&'static str>, Vec<String>)> = None;
        for name in std::iter::once(text.trim()).chain(names_in(text)) {
            let Some((name, by)) = self.known_but_left_out(name) else { continue };
            let (names, first) = found.get_or_insert_with(|| (Vec::new(), by.clone()));
            if *first == by && !names.contains(&name) {
                names.push(name);
            }
        }
        found
    }

    /// Why the tool of that name is not offered, for texts that name it: the settings by which the operator has switched it
    /// off, or the caller's rights; `None` where it is offered, or is none.
    pub fn switched_off_by(&self, name: &str) -> Option<Vec<String>> {
        if self.withheld.contains(name) {
            return Some(vec![RIGHTS.to_owned()]);
        }
        self.known_but_left_out(name).map(|(_, by)| by)
    }

    /// Whether there is a tool of that name that is not offered.
    pub fn is_switched_off(&self, name: &str) -> bool {
        self.switched_off.contains(name) || self.withheld.contains(name)
    }

    fn offers_all(&self) -> bool {
        self.switched_off.is_empty() && self.withheld.is_empty()
    }

    /// A text about tools, without what it says about those that are switched off.
    pub fn about_offered(&self, text: &str) -> String {
        if self.offers_all() {
            return text.to_owned();
        }
        without_mentions(text, |word| self.is_switched_off(word))
    }

    /// Lines about tools, each with its comment after `//` as [`Self::about_offered`] has it.
    pub fn lines_about_offered(&self, lines: &str) -> String {
        if self.offers_all() {
            return lines.to_owned();
        }
        let line = |line: &str| match line.split_once(COMMENT) {
            Some((code, comment)) => match self.about_offered(comment) {
                comment if comment.is_empty() => format!("{code}\n"),
                comment => format!("{code}{COMMENT}{comment}\n"),
            },
            None => format!("{line}\n"),
        };
        lines.lines().map(line).collect()
    }

    /// Whether a tool is offered that such a word means: `all`, a bucket, or a mark.
    pub fn offers_any(&self, word: &str) -> bool {
        self.tools.iter().any(|tool| is_meant_by(word, tool.operation))
    }

    /// What this session leaves out, in a sentence for a model; `None` where it offers everything.
    pub fn limits(&self) -> Option<String> {
        if self.switched_off.is_empty() {
            return None;
        }
        let by = distinct(self.rules.iter().flat_map(|rules| rules.narrowed_by()));
        let is_reading = self.tools.iter().all(|tool| tool.operation.effect.read_only);
        let what = if is_reading { "This server only reads; everything else is" } else { "Other tools are" };
        Some(format!("{what} switched off by {}.", by.join(" and ")))
    }

    /// The guides whose tools are all offered, sorted by name, each with its source.
    pub fn guides(&self) -> impl Iterator<Item = (&Arc<Source>, &'static Guide)> {
        let all = self.sources.iter().flat_map(|source| source.guides.iter().map(move |guide| (source, guide)));
        all.filter(|(_, guide)| guide.tools.iter().all(|tool| self.callable(tool).is_some()))
    }

    /// The guide of that name, where it is offered.
    pub fn guide(&self, name: &str) -> Option<(&Arc<Source>, &'static Guide)> {
        self.guides().find(|(_, guide)| guide.name == name)
    }

    /// The part of that name of a guide that is offered.
    pub fn guide_part(&self, name: &str) -> Option<(&Arc<Source>, &'static Part)> {
        let mut parts = self.guides().flat_map(|(source, guide)| guide.parts.iter().map(move |part| (source, part)));
        parts.find(|(_, part)| part.name == name)
    }

    /// The types that the offered tools take or answer with, and all that these refer to.
    pub fn type_names(&self) -> BTreeSet<&'static str> {
        let mut names = BTreeSet::new();
        for tool in &self.tools {
            schemas::collect(tool.source.document, tool.operation, &mut names);
        }
        names
    }

    /// The types of one source that its offered tools lead to.
    pub fn type_names_of(&self, source: &Source) -> BTreeSet<&'static str> {
        let mut names = BTreeSet::new();
        for tool in self.tools.iter().filter(|tool| std::ptr::eq(tool.source.document, source.document)) {
            schemas::collect(source.document, tool.operation, &mut names);
        }
        names
    }
}

/// Everything that narrows a choice, as it was typed.
fn joined(selection: &Selection) -> String {
    selection.origins().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// The texts, each once, in their order.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = Vec::new();
    texts.for_each(|text| {
        if !all.contains(&text) {
            all.push(text);
        }
    });
    all
}
