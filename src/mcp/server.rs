//! The MCP server: rmcp's requests to our toolset and back.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use gateway::{
    answer::Answer,
    composite::Progress,
    confirmation::Level,
    dialect::Dialect,
    listing::{api_names, list},
    principal::Principal,
    session::Session,
    text::shorten::shortened,
    toolset::{Mode, Toolset},
};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
        ContentBlock, DiscoverResult, GetPromptRequestParams, GetPromptResponse, GetPromptResult,
        GetSkillRequestParams, GetSkillResult, Implementation, InitializeRequestParams, InitializeResult, JsonObject,
        ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListSkillsResult, ListToolsResult,
        PaginatedRequestParams, ProgressNotificationParam, PromptMessage, ProtocolVersion, ReadResourceRequestParams,
        ReadResourceResponse, ReadResourceResult, Role, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use serde_json::json;
use tokio::sync::mpsc;

use super::{completion, confirmation::Client, listing, prompts, resources, skills};

/// How long a client may keep a list, in milliseconds: the lists do not change while the server runs.
const LIST_TTL_MS: u64 = 60 * 60 * 1000;

const DESCRIBED: &str = "Bodies are listed in short: describe_tool shows all of a tool's arguments and types, and guides for \
    complete tasks (names: [\"guides\"]).";

const FOUND: &str = "Use find_tools with a few words, describe_tool for the arguments, then call_tool.";

/// The server of one connection, or of one caller.
pub struct Server {
    session: Arc<Session>,
    /// Made at the first list, not at the start: a client that only calls needs none.
    tools: Arc<OnceLock<Vec<Tool>>>,
}

impl Server {
    /// A server for the caller of that session.
    pub fn new(session: Arc<Session>) -> Self {
        Self { session, tools: Arc::default() }
    }

    /// The server of another caller with the same tools.
    #[must_use]
    pub fn of(&self, principal: Arc<Principal>) -> Self {
        Self { session: Arc::new(self.session.of(principal)), tools: Arc::clone(&self.tools) }
    }

    /// The session that it serves.
    pub fn session(&self) -> &Session {
        &self.session
    }

    fn toolset(&self) -> &Toolset {
        self.session.toolset()
    }

    fn tools(&self) -> &[Tool] {
        self.tools.get_or_init(|| list(self.toolset()).into_iter().map(listing::tool).collect())
    }

    /// Calls a tool, and reports progress where the client wants to know.
    async fn call(
        &self,
        name: &str,
        arguments: JsonObject,
        context: &RequestContext<RoleServer>,
        client: &Client<'_>,
    ) -> Result<Answer, ErrorData> {
        let (sender, mut receiver) = mpsc::unbounded_channel::<Progress>();
        let progress = move |progress| {
            // Nobody listens any more where the call was cancelled.
            let _ = sender.send(progress);
        };
        // The sender goes with the call, which ends the notifications.
        let call = async move { self.session.call(name, arguments, &progress, client).await };
        let token = context.meta.get_progress_token();
        let notify = async {
            while let Some(Progress { done, total, what }) = receiver.recv().await {
                let Some(token) = token.clone() else { continue };
                #[allow(clippy::cast_precision_loss, reason = "there are some twenty kinds of object")]
                let (done, total) = (done as f64, total as f64);
                let parameters = ProgressNotificationParam::new(token, done).with_total(total).with_message(what);
                // A client that is gone needs no progress.
                let _ = context.peer.notify_progress(parameters).await;
            }
        };
        tokio::select! {
            (answer, ()) = async { tokio::join!(call, notify) } => {
                answer.map_err(|unknown| ErrorData::invalid_params(unknown.to_string(), None))
            }
            // Dropping the call gives its request up. The client does not wait for an answer any more.
            () = context.ct.cancelled() => Err(cancelled()),
        }
    }
}

/// What a model is told before it sees the tools.
fn instructions(toolset: &Toolset, level: Level) -> String {
    let way = match toolset.presentation().mode {
        Mode::List => DESCRIBED,
        Mode::Search => FOUND,
    };
    let is_changing = toolset.tools().iter().any(|tool| !tool.operation.effect.read_only);
    let mut parts: Vec<String> = toolset.sources().iter().map(|source| introduction(toolset, source.dialect)).collect();
    parts.extend(toolset.limits());
    parts.push(way.to_owned());
    for source in toolset.sources() {
        parts.push(source.dialect.conventions.to_owned());
        if source.tenant_id.is_none() {
            parts.push(source.dialect.tenant_convention.to_owned());
        }
        if is_changing {
            let conventions = source.dialect.change_conventions.iter();
            let conventions = conventions.filter(|(word, _)| toolset.offers_any(word));
            parts.extend(conventions.map(|(_, sentence)| (*sentence).to_owned()));
        }
    }
    let asked = match level {
        Level::Off => None,
        Level::Irreversible => Some("A person is asked before irreversible calls."),
        Level::Writes => Some("A person is asked before changes."),
    };
    parts.extend(asked.filter(|_| is_changing).map(str::to_owned));
    // Several sources may have the same to say.
    let mut said = BTreeSet::new();
    parts.retain(|part| !part.is_empty() && said.insert(part.clone()));
    parts.join(" ")
}

/// What the tools are for, and what the verbs mean that they begin with.
fn introduction(toolset: &Toolset, dialect: &Dialect) -> String {
    let verbs = dialect.verbs.iter().filter(|(bucket, _)| toolset.offers_any(bucket)).map(|(_, meaning)| *meaning);
    let verbs = verbs.collect::<Vec<_>>().join(", ");
    if verbs.is_empty() { format!("{}.", dialect.introduction) } else { format!("{}: {verbs}.", dialect.introduction) }
}

fn cancelled() -> ErrorData {
    ErrorData::internal_error("cancelled", None)
}

/// No list here is so long that it has more than one page.
fn one_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        // Clients send an empty one for none.
        Some(cursor) if !cursor.is_empty() => {
            let text = format!("unknown cursor {:?}: the list has one page", shortened(&cursor));
            Err(ErrorData::invalid_params(text, None))
        }
        _ => Ok(()),
    }
}

/// How long and for whom a list may be kept; older clients do not know these hints.
fn cache_hints(context: &RequestContext<RoleServer>) -> (Option<u64>, Option<CacheScope>) {
    let are_known = context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    (are_known.then_some(LIST_TTL_MS), are_known.then_some(CacheScope::Private))
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
            Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
                .with_title(format!("{} tools", api_names(self.toolset()))),
        )
        .with_instructions(instructions(self.toolset(), self.session.safety().confirmation.level))
    }

    /// As by default, but what the client is known by holds the version that was agreed on, not the one it asked for.
    async fn initialize(
        &self,
        mut request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        let result = self.negotiate_initialize(&request)?;
        request.protocol_version = result.protocol_version.clone();
        context.peer.set_peer_info(request);
        Ok(result)
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
        let mut result = ListResourcesResult::with_all_items(resources::list(self.toolset()));
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        one_page(request)?;
        let mut result = ListResourceTemplatesResult::with_all_items(resources::templates(self.toolset()));
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let contents = resources::read(self.toolset(), &request.uri).map_err(|error| {
            let data = json!({ "uri": shortened(&request.uri) });
            ErrorData::resource_not_found(error.to_string(), Some(data))
        })?;
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
        let mut result = ListPromptsResult::with_all_items(prompts::list(self.toolset()));
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let prompt = prompts::get(self.toolset(), &request.name, &arguments);
        let (guide, text) = prompt.map_err(|error| ErrorData::invalid_params(error.to_string(), None))?;
        let messages = vec![PromptMessage::new_text(Role::User, text)];
        Ok(GetPromptResult::new(messages).with_description(guide.description).into())
    }

    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        one_page(request)?;
        let mut result = ListSkillsResult::with_all_items(skills::list(self.toolset()));
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        let skill = skills::get(self.toolset(), &request.uri)
            .ok_or_else(|| ErrorData::invalid_params(format!("unknown skill `{}`", shortened(&request.uri)), None))?;
        let mut result = GetSkillResult::new(skill);
        (result.ttl_ms, result.cache_scope) = cache_hints(&context);
        Ok(result)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let completed = tokio::select! {
            completed = completion::complete(&self.session, &request) => completed,
            () = context.ct.cancelled() => return Err(cancelled()),
        };
        let completed = completed.map_err(|error| ErrorData::invalid_params(error.to_string(), None))?;
        Ok(CompleteResult::new(completed))
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let client = Client::new(&context, &mut request);
        let arguments = request.arguments.unwrap_or_default();
        let mut answer = self.call(&request.name, arguments, &context, &client).await?;
        if let Some(asked) = client.into_asked() {
            return Ok(asked.into());
        }
        let (is_error, structured) = (answer.is_error, answer.structured.take());
        let content = answer.into_blocks().into_iter().map(ContentBlock::text).collect();
        let mut result = if is_error { CallToolResult::error(content) } else { CallToolResult::success(content) };
        result.structured_content = structured;
        Ok(result.into())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools().iter().find(|tool| tool.name == name).cloned()
    }
}
