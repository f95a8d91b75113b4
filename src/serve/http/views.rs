//! The server as each caller sees it: with the tools that its key permits, and that its request wants.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use access::{
    scope::{Scope, Target},
    store::records::Key,
};
use axum::http::HeaderMap;
use gateway::{
    principal::Principal,
    source::Source,
    tool::Tool,
    toolset::{
        Toolset,
        selection::{is_meant_by, known_words},
    },
};

use crate::mcp::server::Server;

/// The header by which a request wants tools that only read.
const READ_ONLY: &str = "x-mcp-readonly";

/// The header by which a request wants some tools only: buckets, marks and names.
const TOOLS: &str = "x-mcp-tools";

/// The longest list of tools that a request may want, in bytes.
const MAX_LIST_BYTES: usize = 4 << 10;

/// Views that are kept for the next request. The one that was used the longest ago is forgotten for a new one.
const MAX_KEPT: usize = 1_000;

/// What a request wants to see less of than it may. It can never see more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Narrowing {
    is_read_only: bool,
    tools: Option<Vec<String>>,
}

/// A header that narrows what a request sees, and cannot be read. To pass over it would show too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NarrowingError {
    /// No switch.
    #[error("X-MCP-Readonly: expected true or false")]
    ReadOnly,
    /// No list.
    #[error("X-MCP-Tools: expected buckets, marks and names of tools with commas between them, at most 4096 bytes")]
    Tools,
}

impl Narrowing {
    /// What the headers of a request say.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn of(headers: &HeaderMap) -> Result<Self, NarrowingError> {
        let mut all = Self::default();
        for value in headers.get_all(READ_ONLY) {
            match value.to_str().map(|value| value.trim().to_ascii_lowercase()).as_deref() {
                Ok("true" | "1" | "yes") => all.is_read_only = true,
                Ok("false" | "0" | "no") => {}
                _ => return Err(NarrowingError::ReadOnly),
            }
        }
        for value in headers.get_all(TOOLS) {
            let text = value.to_str().ok().filter(|text| text.len() <= MAX_LIST_BYTES).ok_or(NarrowingError::Tools)?;
            let words = text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
            all.tools.get_or_insert_default().extend(words);
        }
        Ok(all)
    }

    fn permits(&self, toolset: &Toolset, tool: &Tool) -> bool {
        let is_meant = |word: &String| {
            let is_known = known_words().contains(&word.as_str());
            word == tool.name()
                || word == toolset.bucket(tool.operation)
                || is_known && is_meant_by(word, tool.operation)
        };
        (!self.is_read_only || tool.operation.effect.read_only)
            && self.tools.as_ref().is_none_or(|words| words.iter().any(is_meant))
    }
}

/// What makes tools the same for several callers: the scopes of a key, where there is one, and what a request wants.
type Rights = (Option<Vec<Scope>>, Narrowing);

/// The server as each caller sees it.
pub struct Views {
    /// As the operator configured it.
    all: Arc<Server>,
    sources: Vec<(String, Arc<Source>)>,
    by_rights: Mutex<Kept<Rights, Arc<Server>>>,
    by_caller: Mutex<Kept<(String, Rights), Arc<Server>>>,
}

impl Views {
    /// Views of a server, whose sources have these names.
    pub fn new(server: Server, sources: Vec<(String, Arc<Source>)>) -> Self {
        Self { all: Arc::new(server), sources, by_rights: Mutex::default(), by_caller: Mutex::default() }
    }

    /// The server for whoever started it.
    pub fn of_operator(&self, narrowing: Narrowing) -> Arc<Server> {
        self.with_rights((None, narrowing))
    }

    /// The server for the owner of a key.
    pub fn of_key(&self, key: &Key, narrowing: Narrowing) -> Arc<Server> {
        let rights = (Some(key.scopes.clone()), narrowing);
        let caller = (key.caller.id.clone(), rights);
        if let Some(known) = lock(&self.by_caller).get(&caller) {
            return known;
        }
        let principal = Principal::Caller { id: key.caller.id.clone(), name: key.caller.name.clone() };
        let server = Arc::new(self.with_rights(caller.1.clone()).of(Arc::new(principal)));
        lock(&self.by_caller).keep(caller, server)
    }

    fn with_rights(&self, rights: Rights) -> Arc<Server> {
        let is_everything = |scopes: &Vec<Scope>| scopes.contains(&Scope::Everything);
        if rights.0.as_ref().is_none_or(is_everything) && rights.1 == Narrowing::default() {
            return Arc::clone(&self.all);
        }
        if let Some(known) = lock(&self.by_rights).get(&rights) {
            return known;
        }
        let session = self.all.session();
        let toolset = session.toolset();
        let narrowed = toolset.narrowed(&|tool| {
            rights.0.as_ref().is_none_or(|scopes| self.permits(scopes, toolset, tool))
                && rights.1.permits(toolset, tool)
        });
        let server = Arc::new(Server::new(Arc::new(session.narrowed(narrowed))));
        lock(&self.by_rights).keep(rights, server)
    }

    fn permits(&self, scopes: &[Scope], toolset: &Toolset, tool: &Tool) -> bool {
        let named = self.sources.iter().find(|(_, source)| Arc::ptr_eq(source, &tool.source));
        let target = Target {
            source: named.map_or("", |(name, _)| name),
            area: tool.operation.area,
            bucket: toolset.bucket(tool.operation),
            name: tool.name(),
            is_read_only: tool.operation.effect.read_only,
        };
        scopes.iter().any(|scope| scope.permits(&target))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Values that are kept, at most [`MAX_KEPT`].
struct Kept<K, V> {
    values: HashMap<K, (V, u64)>,
    uses: u64,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { values: HashMap::new(), uses: 0 }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Kept<K, V> {
    fn get(&mut self, key: &K) -> Option<V> {
        self.uses += 1;
        let (value, used) = self.values.get_mut(key)?;
        *used = self.uses;
        Some(value.clone())
    }

    /// Keeps a value, unless another was kept meanwhile, and returns what is kept.
    fn keep(&mut self, key: K, value: V) -> V {
        if let Some(known) = self.get(&key) {
            return known;
        }
        if self.values.len() >= MAX_KEPT {
            let oldest = self.values.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone());
            oldest.and_then(|key| self.values.remove(&key));
        }
        self.values.insert(key, (value.clone(), self.uses));
        value
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn narrowing(name: &'static str, values: &[&'static str]) -> Result<Narrowing, NarrowingError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_static(value));
        }
        Narrowing::of(&headers)
    }

    #[test]
    fn headers_that_cannot_be_read_are_refused() {
        assert_eq!(narrowing(READ_ONLY, &[]), Ok(Narrowing::default()));
        assert_eq!(narrowing(READ_ONLY, &["false"]), Ok(Narrowing::default()));
        assert_eq!(narrowing(READ_ONLY, &["false", "TRUE"]), Ok(Narrowing { is_read_only: true, tools: None }));
        assert_eq!(narrowing(READ_ONLY, &["maybe"]), Err(NarrowingError::ReadOnly));
        assert_eq!(narrowing(READ_ONLY, &[""]), Err(NarrowingError::ReadOnly));
        let words = Some(vec!["search".to_owned(), "retrieveUser".to_owned()]);
        assert_eq!(narrowing(TOOLS, &["search, retrieveUser ,"]), Ok(Narrowing { is_read_only: false, tools: words }));
        assert_eq!(narrowing(TOOLS, &[""]), Ok(Narrowing { is_read_only: false, tools: Some(Vec::new()) }));
        let long: &'static str = "x".repeat(MAX_LIST_BYTES + 1).leak();
        assert_eq!(narrowing(TOOLS, &[long]), Err(NarrowingError::Tools));
    }

    #[test]
    fn what_was_used_the_longest_ago_is_forgotten() {
        let mut kept = Kept::default();
        for key in 0..MAX_KEPT {
            kept.keep(key, key);
        }
        assert_eq!((kept.get(&0), kept.keep(0, 7)), (Some(0), 0));
        kept.keep(MAX_KEPT, MAX_KEPT);
        assert_eq!((kept.get(&0), kept.get(&1), kept.get(&2), kept.values.len()), (Some(0), None, Some(2), MAX_KEPT));
    }
}
