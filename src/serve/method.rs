//! The methods that are served, and their parameters.

use gateway::{call::arguments, text::shorten::shortened};
use rmcp::{
    ErrorData,
    model::{
        CallToolRequest, CallToolRequestParams, ClientRequest, CompleteRequestParams, DiscoverRequest, ErrorCode,
        Extensions, GetExtensions, GetPromptRequestParams, GetSkillRequestParams, InitializeRequestParams,
        ListPromptsRequest, ListResourceTemplatesRequest, ListResourcesRequest, ListSkillsRequest, ListToolsRequest,
        PaginatedRequestParams, PingRequest, ReadResourceRequestParams, Request, RequestMetaObject, RequestParamsMeta,
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

/// The method that opens a connection before MCP 2026-07-28.
pub const INITIALIZE: &str = "initialize";

/// The method that calls a tool.
const CALL: &str = "tools/call";

/// The methods whose work waits for an upstream.
const UPSTREAM: [&str; 2] = [CALL, "completion/complete"];

/// Methods that need no connection to be opened.
const UNBOUND: [&str; 3] = [INITIALIZE, "ping", "server/discover"];

/// Whether a method's work waits for an upstream.
pub fn waits_for_upstream(method: &str) -> bool {
    UPSTREAM.contains(&method)
}

/// Whether a request may come before `initialize`: its method may, or it names its protocol version itself (MCP
/// 2026-07-28, "Request metadata").
pub fn is_unbound(method: &str, params: Option<&RawValue>) -> bool {
    #[derive(Deserialize)]
    struct Params {
        #[serde(rename = "_meta")]
        meta: Option<RequestMetaObject>,
    }
    let params = || params.and_then(|params| serde_json::from_str::<Params>(params.get()).ok());
    UNBOUND.contains(&method) || params().and_then(|params| params.meta?.protocol_version()).is_some()
}

/// The error for a request that is neither preceded by `initialize` nor names its protocol version.
pub fn unopened() -> ErrorData {
    let [version, capabilities] = RequestMetaObject::DRAFT_REQUIRED_KEYS;
    let text = format!(
        "the connection is not open: send `{INITIALIZE}` first, or name `{version}` and `{capabilities}` in `_meta` of \
         every request"
    );
    ErrorData::invalid_params(text, None)
}

/// A request of a method that is served.
///
/// # Errors
/// `-32601` for any other method, `-32602` for wrong parameters, with what is wrong.
pub fn request(method: &str, params: Option<&RawValue>) -> Result<ClientRequest, ErrorData> {
    let text = params.map_or("{}", RawValue::get);
    Ok(match method {
        INITIALIZE => ClientRequest::InitializeRequest(with_params::<_, InitializeRequestParams>(text)?),
        "ping" => {
            let mut request = PingRequest::default();
            insert(&mut request.extensions, only_meta(text)?);
            ClientRequest::PingRequest(request)
        }
        "server/discover" => {
            let mut request = DiscoverRequest::default();
            insert(request.extensions_mut(), only_meta(text)?);
            ClientRequest::DiscoverRequest(request)
        }
        "completion/complete" => ClientRequest::CompleteRequest(with_params::<_, CompleteRequestParams>(text)?),
        "prompts/get" => ClientRequest::GetPromptRequest(with_params::<_, GetPromptRequestParams>(text)?),
        "resources/read" => ClientRequest::ReadResourceRequest(with_params::<_, ReadResourceRequestParams>(text)?),
        "skills/get" => ClientRequest::GetSkillRequest(with_params::<_, GetSkillRequestParams>(text)?),
        CALL => ClientRequest::CallToolRequest(call(text)?),
        "prompts/list" => {
            let mut request = ListPromptsRequest::default();
            (request.params, request.extensions) = page(text)?;
            ClientRequest::ListPromptsRequest(request)
        }
        "resources/list" => {
            let mut request = ListResourcesRequest::default();
            (request.params, request.extensions) = page(text)?;
            ClientRequest::ListResourcesRequest(request)
        }
        "resources/templates/list" => {
            let mut request = ListResourceTemplatesRequest::default();
            (request.params, request.extensions) = page(text)?;
            ClientRequest::ListResourceTemplatesRequest(request)
        }
        "skills/list" => {
            let mut request = ListSkillsRequest::default();
            (request.params, request.extensions) = page(text)?;
            ClientRequest::ListSkillsRequest(request)
        }
        "tools/list" => {
            let mut request = ListToolsRequest::default();
            (request.params, request.extensions) = page(text)?;
            ClientRequest::ListToolsRequest(request)
        }
        _ => {
            let text = format!("unknown method `{}`", shortened(method));
            return Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, text, None));
        }
    })
}

/// A call. Some clients encode its arguments as a string, or send an empty list for none.
fn call(text: &str) -> Result<CallToolRequest, ErrorData> {
    with_params::<_, CallToolRequestParams>(text).or_else(|error| match mended_arguments(text) {
        Some(Ok(text)) => with_params(&text),
        Some(Err(fault)) => Err(ErrorData::invalid_params(format!("params.arguments: {}", shortened(&fault)), None)),
        None => Err(error),
    })
}

/// The parameters in the form that rmcp takes, where clients write them in another.
pub fn mended_params(method: &str, params: &RawValue) -> Option<Box<RawValue>> {
    let text = (method == CALL).then(|| mended_arguments(params.get()))??.ok()?;
    RawValue::from_string(text).ok()
}

/// The parameters with an object in the place of arguments that were given in another form; `None` where they were not.
fn mended_arguments(text: &str) -> Option<Result<String, String>> {
    let mut params: Value = serde_json::from_str(text).ok()?;
    let slot = params.get_mut("arguments").filter(|arguments| !arguments.is_object())?;
    match arguments::object(slot.take()) {
        Ok(object) => *slot = Value::Object(object),
        Err(fault) => return Some(Err(fault)),
    }
    Some(Ok(params.to_string()))
}

/// A request with its parameters, and with its metadata where rmcp looks for them.
fn with_params<M: Default, P: DeserializeOwned + RequestParamsMeta>(text: &str) -> Result<Request<M, P>, ErrorData> {
    let mut params: P = read(text)?;
    let meta = params.meta_mut().take();
    let mut request = Request::new(params);
    insert(&mut request.extensions, meta);
    Ok(request)
}

fn page(text: &str) -> Result<(Option<PaginatedRequestParams>, Extensions), ErrorData> {
    let mut params: PaginatedRequestParams = read(text)?;
    let mut extensions = Extensions::new();
    insert(&mut extensions, params.meta_mut().take());
    Ok((Some(params), extensions))
}

fn only_meta(text: &str) -> Result<Option<RequestMetaObject>, ErrorData> {
    let mut params: PaginatedRequestParams = read(text)?;
    Ok(params.meta_mut().take())
}

fn insert(extensions: &mut Extensions, meta: Option<RequestMetaObject>) {
    if let Some(meta) = meta {
        extensions.insert(meta);
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ErrorData> {
    if !text.starts_with('{') {
        return Err(ErrorData::invalid_params("params: expected an object", None));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner().to_string();
        // The place is of no use to somebody who made the message by program.
        let inner = inner.rsplit_once(" at line ").map_or(inner.as_str(), |(what, _)| what);
        let inner = shortened(inner);
        let text =
            if path == "." { format!("params: {inner}") } else { format!("params.{}: {inner}", shortened(&path)) };
        ErrorData::invalid_params(text, None)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(method: &str, params: &str) -> (i32, String) {
        let params = RawValue::from_string(params.to_owned()).unwrap();
        let error = request(method, Some(&params)).unwrap_err();
        (error.code.0, error.message.into_owned())
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (method, params, expected) in [
            ("tools/call", r#"{"arguments":{}}"#, "params: missing field `name`"),
            ("tools/call", r#"{"name":"x","arguments":7}"#, "params.arguments: expected an object, got 7"),
            ("tools/call", r#"{"name":"x","arguments":{"a":1e400}}"#, "params.arguments.a: number out of range"),
            ("tools/list", r#"{"cursor":7}"#, "params.cursor: invalid type: integer `7`, expected a string"),
            ("resources/read", "[]", "params: expected an object"),
            ("initialize", r#"{"capabilities":{}}"#, "params: missing field `protocolVersion`"),
            ("ping", r#"{"_meta":7}"#, "params._meta: invalid type: integer `7`, expected a map"),
        ] {
            let (code, message) = error(method, params);
            assert_eq!(code, -32602, "{method} {params}: {message}");
            assert!(message.starts_with(expected), "{method} {params}: {message}");
        }
        assert!(error("prompts/get", &format!(r#"{{"name":{{"{}":1}}}}"#, "x".repeat(9_999))).1.len() < 1_000);
    }

    #[test]
    fn other_methods_are_unknown() {
        let (code, message) = error(&"x".repeat(9_999), "{}");
        assert!(code == -32601 && message.len() < 1_000, "{message}");
        assert_eq!(error("resources/subscribe", "7").0, -32601);
    }

    #[test]
    fn metadata_is_kept() {
        let params = r#"{"cursor":"","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#;
        let params = RawValue::from_string(params.to_owned()).unwrap();
        assert!(is_unbound("tools/list", Some(&params)));
        assert!(!is_unbound("tools/list", None));
        let request = request("tools/list", Some(&params)).unwrap();
        let meta = request.extensions().get::<RequestMetaObject>().unwrap();
        assert_eq!(meta.protocol_version().unwrap().as_str(), "2026-07-28");
    }
}
