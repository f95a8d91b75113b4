//! The MCP server: rmcp's requests to our toolset and back.

use std::sync::OnceLock;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        ArgumentInfo, CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, CompletionInfo, ContentBlock, DiscoverResult, GetPromptRequestParams, GetPromptResponse,
        GetPromptResult, GetSkillRequestParams, GetSkillResult, Implementation, JsonObject, ListPromptsResult,
        ListResourceTemplatesResult, ListResourcesResult, ListSkillsResult, ListToolsResult, PaginatedRequestParams,
        ProgressNotificationParam, PromptMessage, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
        ReadResourceResult, Reference, Role, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    call::Caller,
    discovery::{self, Index},
    export::{Format, snapshot::Progress, tool::Exporter},
    listing, prompts, resources, skills,
    toolset::{Callable, Mode, Toolset},
};

/// How long a client may keep a list, in milliseconds: the lists do not change while the server runs.
const LIST_TTL_MS: u64 = 60 * 60 * 1000;

const START: &str = "Tools for one FusionAuth instance: users, applications, tenants and their settings. A tool is one API \
    operation: `retrieve…` reads, `search…` finds, `create…`, `update…` (replaces the whole object), `patch…` (changes only \
    what is given; null removes; arrays are replaced), `delete…`.";

const DESCRIBED: &str = "Bodies are listed in short: describe_tool shows all of a tool's arguments and types, and guides for whole \
    jobs (names: [\"guides\"]).";

const FOUND: &str = "Take find_tools with a few words, describe_tool for the arguments, then call_tool.";

const INSTRUCTIONS: &str = "Path and query parameters are arguments of their own; the body goes into `requestBody`, wrapped, \
    such as {\"user\": {…}}. Ids are UUIDs, instants milliseconds since 1970. Searches take numberOfResults, startRow and \
    orderBy. Reading tools take jq, a filter for the answer: take what you need, such as .applications[]|{id,name}. With several tenants, give X-FusionAuth-TenantId. An answer begins with the HTTP status. Secrets \
    are replaced by a text: patch, and leave them out, rather than write it back. Read an object before changing it, and \
    ask the person before deleting.";

/// One server, for as many connections as there are.
pub struct Server {
    toolset: Toolset,
    caller: Caller,
    most_answer_tokens: usize,
    exporter: Exporter,
    tools: OnceLock<Vec<Tool>>,
    index: OnceLock<Index>,
}

impl Server {
    /// A server that offers `toolset`, calls through `caller`, and cuts answers to `most_answer_tokens` (o200k).
    pub fn new(toolset: Toolset, caller: Caller, most_answer_tokens: usize) -> Self {
        Self {
            toolset,
            caller,
            most_answer_tokens,
            exporter: Exporter::default(),
            tools: OnceLock::new(),
            index: OnceLock::new(),
        }
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

impl Server {
    /// Makes an export, or goes on with one, telling the client how far it is where it wants to know.
    async fn export(
        &self,
        format: Format,
        arguments: &JsonObject,
        context: &RequestContext<RoleServer>,
    ) -> CallToolResponse {
        tracing::info!(tool = format.tool(), "call");
        let (sender, mut receiver) = mpsc::unbounded_channel::<Progress>();
        let progress = move |progress| {
            // Nobody listens any more where the call was cancelled.
            let _ = sender.send(progress);
        };
        let made = async move {
            self.exporter.call(&self.caller, format, arguments, self.most_answer_tokens, &progress).await
        };
        let token = context.meta.get_progress_token();
        let tell = async {
            while let Some(Progress { done, total, what }) = receiver.recv().await {
                let Some(token) = token.clone() else { continue };
                #[allow(clippy::cast_precision_loss, reason = "there are some twenty kinds of object")]
                let (done, total) = (done as f64, total as f64);
                let told = ProgressNotificationParam::new(token, done).with_total(total).with_message(what);
                // A client that is gone needs no progress.
                let _ = context.peer.notify_progress(told).await;
            }
        };
        let made = tokio::select! {
            (made, ()) = async { tokio::join!(made, tell) } => made,
            () = context.ct.cancelled() => Err("cancelled".to_owned()),
        };
        match made {
            Ok(texts) => CallToolResult::success(texts.into_iter().map(ContentBlock::text).collect()),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error)]),
        }
        .into()
    }
}

/// No list here is so long that it has more than one page.
fn one_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        Some(cursor) => {
            Err(ErrorData::invalid_params(format!("unknown cursor {cursor:?}: the list has one page"), None))
        }
        None => Ok(()),
    }
}

/// How long and for whom a list may be kept; older clients do not know these hints.
fn cache_hints(context: &RequestContext<RoleServer>) -> (Option<u64>, Option<CacheScope>) {
    let are_known = context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    (are_known.then_some(LIST_TTL_MS), are_known.then_some(CacheScope::Private))
}

/// The values that begin with what was typed, then those that have it elsewhere; as many as MCP allows. `is_whole` says
/// whether all values are there.
fn completion(typed: &str, values: Vec<String>, is_whole: bool) -> CompletionInfo {
    let typed = typed.to_lowercase();
    let mut found: Vec<_> = values.into_iter().filter(|value| value.to_lowercase().contains(&typed)).collect();
    found.sort_by_key(|value| !value.to_lowercase().starts_with(&typed));
    let mut completion = CompletionInfo::default();
    let has_more = found.len() > CompletionInfo::MAX_VALUES;
    completion.has_more = Some(has_more);
    // Where there are more than could be asked for, nobody knows how many.
    completion.total = u32::try_from(found.len()).ok().filter(|_| is_whole || !has_more);
    found.truncate(CompletionInfo::MAX_VALUES);
    completion.values = found;
    completion
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
        ServerConfig::new(
            ServerCapabilities::builder()
                .enable_tools()
                .enable_prompts()
                .enable_resources()
                .enable_skills()
                .enable_completions()
                .build(),
        )
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
        one_page(request)?;
        let mut result = ListToolsResult::with_all_items(self.tools().to_vec());
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        one_page(request)?;
        let mut result = ListResourcesResult::with_all_items(resources::list());
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        one_page(request)?;
        let mut result = ListResourceTemplatesResult::with_all_items(resources::templates());
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let contents = resources::read(&self.toolset, &request.uri)
            .map_err(|error| ErrorData::resource_not_found(error, Some(json!({ "uri": request.uri }))))?;
        let mut result = ReadResourceResult::new(vec![contents]);
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result.into())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        one_page(request)?;
        let mut result = ListPromptsResult::with_all_items(prompts::list(&self.toolset));
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let guide = prompts::get(&self.toolset, &request.name);
        let text = guide.and_then(|guide| Ok((guide, prompts::text(&self.toolset, guide, &arguments)?)));
        let (guide, text) = text.map_err(|error| ErrorData::invalid_params(error, None))?;
        let messages = vec![PromptMessage::new_text(Role::User, text)];
        Ok(GetPromptResult::new(messages).with_description(guide.description).into())
    }

    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        one_page(request)?;
        let mut result = ListSkillsResult::with_all_items(skills::list(&self.toolset));
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        let skill = skills::get(&self.toolset, &request.uri)
            .ok_or_else(|| ErrorData::invalid_params(format!("unknown skill `{}`", request.uri), None))?;
        let mut result = GetSkillResult::new(skill);
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let values = match &request.r#ref {
            Reference::Resource(reference) => resources::names(&self.toolset, &reference.uri),
            Reference::Prompt(reference) => match prompts::get(&self.toolset, &reference.name) {
                Ok(guide) => {
                    let ArgumentInfo { name, value, .. } = &request.argument;
                    prompts::values(&self.toolset, &self.caller, guide, name, value).await
                }
                Err(error) => Err(error),
            },
            _ => Err("unknown reference; expected a prompt or a resource template".to_owned()),
        };
        let values = values.map_err(|error| ErrorData::invalid_params(error, None))?;
        let is_whole = matches!(request.r#ref, Reference::Resource(_));
        Ok(CompleteResult::new(completion(&request.argument.value, values, is_whole)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let is_searching = self.toolset.mode() == Mode::Search;
        let (callable, arguments) = match &*request.name {
            discovery::DESCRIBE => return Ok(told(discovery::describe(&self.toolset, &arguments))),
            discovery::FIND if is_searching => return Ok(told(self.index().find(&self.toolset, &arguments))),
            discovery::CALL if is_searching => match discovery::called(&self.toolset, arguments) {
                Ok(call) => call,
                Err(error) => return Ok(told(Err(error))),
            },
            name => match self.toolset.callable(name) {
                Some(callable) => (callable, arguments),
                None => return Err(ErrorData::invalid_params(self.toolset.unknown(name), None)),
            },
        };
        let operation = match callable {
            Callable::Operation(operation) => operation,
            Callable::Export(format) => return Ok(self.export(format, &arguments, &context).await),
        };
        tracing::info!(tool = operation.name, "call");
        let answer = tokio::select! {
            answer = self.caller.call(operation, arguments) => answer,
            // Dropping the call aborts its request; the client does not wait for an answer any more.
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("cancelled", None)),
        };
        tracing::info!(tool = operation.name, failed = answer.is_error, "answer");
        let answer = answer.cut_to(self.most_answer_tokens);
        let is_error = answer.is_error;
        let structured = (self.toolset.is_structured() && !is_error).then(|| answer.structured());
        let content = vec![ContentBlock::text(answer.into_text())];
        let mut result = if is_error { CallToolResult::error(content) } else { CallToolResult::success(content) };
        result.structured_content = structured;
        Ok(result.into())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools().iter().find(|tool| tool.name == name).cloned()
    }
}
