//! What one session offers.

mod schemas;
pub mod selection;

use std::{collections::BTreeSet, sync::Arc};

use openapi_tools::{
    describe::input_schema::Detail,
    model::{bucket::bucket_of, document::Document, operation::Operation},
};

use self::selection::{Rules, Selection, SelectionError};
use crate::{
    composite::Composite,
    guide::{Guide, Part},
    source::Source,
    text::{nearest::did_you_mean, shorten::shortened},
    tool::Tool,
};

/// The tool that finds tools by words.
pub const FIND: &str = "find_tools";
/// The tool that shows the arguments and types of tools.
pub const DESCRIBE: &str = "describe_tool";
/// The tool that calls a tool.
pub const CALL: &str = "call_tool";

/// What one session offers. Any other tool does not exist for the client.
pub struct Toolset {
    sources: Vec<Arc<Source>>,
    tools: Vec<Tool>,
    composites: Vec<OfferedComposite>,
    rules: Rules,
    presentation: Presentation,
}

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
#[error("unknown tool `{name}`{hint}")]
pub struct Unknown {
    name: String,
    hint: String,
}

impl Toolset {
    /// Chooses from the operations and composites of `sources`.
    ///
    /// # Errors
    /// Everything that is wrong with the selection.
    pub fn choose(
        sources: Vec<Arc<Source>>,
        selection: &Selection,
        presentation: Presentation,
    ) -> Result<Self, Vec<SelectionError>> {
        let mut errors = Vec::new();
        let documents: Vec<_> = sources.iter().map(|source| source.document).collect();
        let names: Vec<_> = sources.iter().flat_map(|source| &source.composites).map(|one| one.name()).collect();
        let rules = Rules::new(&documents, &names, selection, &mut errors);
        let mut tools = Vec::new();
        let mut composites = Vec::new();
        for source in &sources {
            let operations = source.document.operations.iter().copied().filter(|operation| rules.offers(operation));
            tools.extend(operations.map(|operation| Tool { source: Arc::clone(source), operation }));
            let own = source.composites.iter();
            let own = own.filter(|composite| rules.offers_composite(source.document, composite.as_ref()));
            composites.extend(
                own.map(|composite| OfferedComposite { source: Arc::clone(source), composite: Arc::clone(composite) }),
            );
        }
        tools.sort_by_key(Tool::name);
        if tools.is_empty() && composites.is_empty() && errors.is_empty() {
            let words = [&selection.tools, &selection.areas].into_iter().flatten().map(|words| &words.origin);
            let origins: Vec<_> = words.chain(&selection.read_only).map(ToString::to_string).collect();
            errors.push(SelectionError::NothingLeft(origins.join(" and ")));
        }
        if errors.is_empty() { Ok(Self { sources, tools, composites, rules, presentation }) } else { Err(errors) }
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

    /// The tools, sorted by name.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// The composites, source by source.
    pub fn composites(&self) -> &[OfferedComposite] {
        &self.composites
    }

    /// The tool of that name, or of that former name, where it is offered.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.operation.is_called(name))
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

    /// Whether nothing that was chosen forbids the operation. A composite may call more than is offered by itself.
    pub fn allows(&self, operation: &Operation) -> bool {
        self.rules.allows(operation)
    }

    /// The bucket of an operation in this session.
    pub fn bucket(&self, operation: &Operation) -> &str {
        bucket_of(operation.name, &self.rules.prefixes)
    }

    /// The error for a name that is not offered.
    pub fn unknown(&self, name: &str) -> Unknown {
        let tools = self.tools.iter().map(Tool::name);
        let hint = did_you_mean(name, tools.chain(self.composites.iter().map(|offered| offered.composite.name())));
        Unknown { name: shortened(name).into_owned(), hint }
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

    /// The document that has the type of that name, where an offered tool leads to it.
    pub fn document_of_type(&self, name: &str) -> Option<&'static Document> {
        if !self.type_names().contains(name) {
            return None;
        }
        self.sources.iter().map(|source| source.document).find(|document| document.schema(name).is_some())
    }
}
