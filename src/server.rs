//! The MCP server: rmcp's requests to our toolset and back.

use std::sync::OnceLock;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, DiscoverResult,
        Implementation, ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig,
        Tool,
    },
    service::RequestContext,
};

use crate::{
    call::Caller,
    discovery::{self, Index},
    listing,
    toolset::{Mode, Toolset},
};

/// How long a client may keep a list, in milliseconds: the lists do not change while the server runs.
const LIST_TTL_MS: u64 = 60 * 60 * 1000;

const START: &str = "Tools for one FusionAuth instance: users, applications, tenants and their settings. A tool is one API \
    operation: `retrieve…` reads, `search…` finds, `create…`, `update…` (replaces the whole object), `patch…` (changes only \
    what is given; null removes; arrays are replaced), `delete…`.";

const DESCRIBED: &str = "Bodies are listed in short: describe_tool shows all of a tool's arguments and types.";

const FOUND: &str = "Take find_tools with a few words, describe_tool for the arguments, then call_tool.";

const INSTRUCTIONS: &str = "Path and query parameters are arguments of their own; the body goes into `requestBody`, wrapped, \
    such as {\"user\": {…}}. Ids are UUIDs, instants milliseconds since 1970. Searches take numberOfResults, startRow and \
    orderBy: ask for few. With several tenants, give X-FusionAuth-TenantId. An answer begins with the HTTP status. Secrets \
    are replaced by a text: patch, and leave them out, rather than write it back. Read an object before changing it, and \
    ask the person before deleting.";

/// One server, for as many connections as there are.
pub struct Server {
    toolset: Toolset,
    caller: Caller,
    tools: OnceLock<Vec<Tool>>,
    index: OnceLock<Index>,
}

impl Server {
    /// A server that offers `toolset` and calls through `caller`.
    pub fn new(toolset: Toolset, caller: Caller) -> Self {
        Self { toolset, caller, tools: OnceLock::new(), index: OnceLock::new() }
    }

    /// Made at the first search.
    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.toolset))
    }

    /// Made at the first list, not at the start: a client that only calls needs none.
    fn tools(&self) -> &[Tool] {
        self.tools.get_or_init(|| listing::tools(&self.toolset))
    }
}

/// An answer of a tool that asks nothing of the upstream.
fn told(answer: Result<String, String>) -> CallToolResponse {
    match answer {
        Ok(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
        Err(text) => CallToolResult::error(vec![ContentBlock::text(text)]),
    }
    .into()
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(
                Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).with_title("FusionAuth tools"),
            )
            .with_instructions(match self.toolset.mode() {
                Mode::List => format!("{START} {DESCRIBED} {INSTRUCTIONS}"),
                Mode::Search => format!("{START} {FOUND} {INSTRUCTIONS}"),
            })
    }

    async fn discover(&self, _context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        if let Some(cursor) = request.and_then(|request| request.cursor) {
            return Err(ErrorData::invalid_params(format!("unknown cursor {cursor:?}: the list has one page"), None));
        }
        let result = ListToolsResult::with_all_items(self.tools().to_vec());
        // Older clients do not know the hints.
        let has_cache_hints =
            context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        Ok(if has_cache_hints { result.with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Private) } else { result })
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let is_searching = self.toolset.mode() == Mode::Search;
        let (operation, arguments) = match &*request.name {
            discovery::DESCRIBE => return Ok(told(discovery::describe(&self.toolset, &arguments))),
            discovery::FIND if is_searching => return Ok(told(self.index().find(&self.toolset, &arguments))),
            discovery::CALL if is_searching => match discovery::called(&self.toolset, arguments) {
                Ok(call) => call,
                Err(error) => return Ok(told(Err(error))),
            },
            name => match self.toolset.get(name) {
                Some(operation) => (operation, arguments),
                None => return Err(ErrorData::invalid_params(self.toolset.unknown(name), None)),
            },
        };
        tracing::info!(tool = operation.name, "call");
        let answer = tokio::select! {
            answer = self.caller.call(operation, arguments) => answer,
            // Dropping the call aborts its request; the client does not wait for an answer any more.
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("cancelled", None)),
        };
        tracing::info!(tool = operation.name, failed = answer.is_error, "answer");
        let is_error = answer.is_error;
        let content = vec![ContentBlock::text(answer.into_text())];
        Ok(if is_error { CallToolResult::error(content) } else { CallToolResult::success(content) }.into())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools().iter().find(|tool| tool.name == name).cloned()
    }
}
