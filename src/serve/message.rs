//! A line of input as a JSON-RPC 2.0 message, whatever it is.

use rmcp::{ErrorData, RoleServer, service::RxJsonRpcMessage};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{
    id::ClientId,
    scan::{Scan, replace_lone_surrogates},
};

/// How deep arrays and objects of a message may be nested.
const MAX_DEPTH: usize = 64;

/// How many values a message may have.
const MAX_VALUES: usize = 200_000;

/// The longest parameters of a request, in bytes of JSON.
const MAX_PARAMS_BYTES: usize = 4 << 20;

/// The most messages in a batch.
const MAX_BATCH: usize = 50;

/// A message from a client.
#[derive(Debug)]
pub enum Message {
    /// A request.
    Request(Request),
    /// `notifications/cancelled`, with the id of the request that is not wanted any more.
    Cancelled(ClientId),
    /// A response to a request of ours.
    Response(Box<RxJsonRpcMessage<RoleServer>>),
    /// A blank line, or a notification that means nothing here: nothing is answered.
    Nothing,
}

/// A request whose parameters are not parsed yet.
#[derive(Debug)]
pub struct Request {
    /// The id.
    pub id: ClientId,
    /// The method, whether there is one of that name or not.
    pub method: String,
    /// The parameters.
    pub params: Option<Box<RawValue>>,
}

/// An error, and the id to answer it under (JSON-RPC 2.0, section 5.1; MCP 2026-07-28, "Error Responses").
#[derive(Debug)]
pub struct Fault {
    /// The error.
    pub error: ErrorData,
    /// The id, where one can be read.
    pub id: Option<ClientId>,
}

/// What a line holds.
#[derive(Debug)]
pub enum Parsed {
    /// One message.
    One(Result<Message, Fault>),
    /// A batch (MCP 2025-03-26, "Batching").
    Batch(Vec<Result<Message, Fault>>),
}

/// Parses a line.
pub fn parse(mut line: Vec<u8>, scan: &Scan) -> Parsed {
    if line.starts_with(b"\xEF\xBB\xBF") {
        line.drain(..3);
    }
    if line.trim_ascii().is_empty() {
        return Parsed::One(Ok(Message::Nothing));
    }
    if let Err(error) = within_limits(scan) {
        return Parsed::One(refused(error, scan));
    }
    replace_lone_surrogates(&mut line);
    match std::str::from_utf8(&line).map(str::trim_ascii) {
        Ok(text) if text.starts_with('[') => batch(text),
        Ok(text) => Parsed::One(one(text, scan)),
        Err(error) => Parsed::One(refused(ErrorData::parse_error(format!("not UTF-8: {error}"), None), scan)),
    }
}

fn within_limits(scan: &Scan) -> Result<(), ErrorData> {
    let text = if scan.max_depth() > MAX_DEPTH {
        format!("the message is nested {} levels deep; expected at most {MAX_DEPTH}", scan.max_depth())
    } else if scan.values() > MAX_VALUES {
        format!("the message has more than {MAX_VALUES} values: divide the call into several")
    } else {
        return Ok(());
    };
    Err(ErrorData::invalid_request(text, None))
}

/// The error for a message that cannot be read. Nothing is answered to a notification.
pub fn refused(error: ErrorData, scan: &Scan) -> Result<Message, Fault> {
    if scan.is_notification() {
        tracing::warn!("passed over a notification: {}", error.message);
        return Ok(Message::Nothing);
    }
    Err(Fault { error, id: scan.id() })
}

fn batch(text: &str) -> Parsed {
    let fault = |error| Parsed::One(Err(Fault { error, id: None }));
    match serde_json::from_str::<Vec<&RawValue>>(text) {
        Ok(messages) if messages.is_empty() => fault(ErrorData::invalid_request("a batch without messages", None)),
        Ok(messages) if messages.len() > MAX_BATCH => Parsed::Batch(
            messages
                .into_iter()
                .filter_map(|message| Scan::of(message.get().as_bytes()).id())
                .map(|id| {
                    let text = format!("the batch has more than {MAX_BATCH} messages");
                    Err(Fault { error: ErrorData::invalid_request(text, None), id: Some(id) })
                })
                .collect(),
        ),
        Ok(messages) => {
            let messages = messages.into_iter().map(RawValue::get);
            Parsed::Batch(messages.map(|text| one(text, &Scan::of(text.as_bytes()))).collect())
        }
        Err(error) => fault(ErrorData::parse_error(format!("not JSON: {error}"), None)),
    }
}

/// The members of any JSON-RPC message.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// A member that is there, be it `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

fn one(text: &str, scan: &Scan) -> Result<Message, Fault> {
    let malformed = |text: &str| Err(Fault { error: ErrorData::invalid_request(text.to_owned(), None), id: scan.id() });
    let envelope = match serde_json::from_str::<Envelope>(text) {
        // An array would do for a structure, by the order of its members.
        Ok(envelope) if text.starts_with('{') => envelope,
        Err(error) if !error.is_data() => {
            // Whether it was meant as a notification is not known where it is not JSON.
            let error = ErrorData::parse_error(format!("not JSON: {error}"), None);
            return Err(Fault { error, id: scan.id() });
        }
        _ => return malformed("not a JSON-RPC 2.0 message: expected one object in which no member comes twice"),
    };
    let is_json_rpc = envelope.jsonrpc.is_some_and(|version| version.get() == r#""2.0""#);
    let Some(method) = envelope.method else {
        return if envelope.result.is_some() || envelope.error.is_some() {
            Ok(response(text))
        } else {
            malformed("not a JSON-RPC 2.0 request: expected one object with `jsonrpc`, `id`, `method` and `params`")
        };
    };
    let method = serde_json::from_str::<String>(method.get());
    let Some(id) = envelope.id else {
        return Ok(method
            .ok()
            .filter(|_| is_json_rpc)
            .map_or(Message::Nothing, |method| notification(&method, envelope.params)));
    };
    // As it was written: what comes from the scan has lone surrogates still in it.
    let Some(id) = scan.id().or_else(|| ClientId::from_json(id.get())) else {
        return malformed("id: expected a string or a number, of at most 1024 bytes");
    };
    let fault = |error| Err(Fault { error, id: Some(id.clone()) });
    if !is_json_rpc {
        return fault(ErrorData::invalid_request("jsonrpc: expected \"2.0\"", None));
    }
    let Ok(method) = method else { return fault(ErrorData::invalid_request("method: expected a string", None)) };
    if let Some(params) = envelope.params.filter(|params| params.get().len() > MAX_PARAMS_BYTES) {
        let length = params.get().len();
        let text = format!("params: {length} bytes; expected at most {MAX_PARAMS_BYTES}: divide the call into several");
        return fault(ErrorData::invalid_params(text, None));
    }
    let params = envelope.params.filter(|params| params.get() != "null").map(ToOwned::to_owned);
    Ok(Message::Request(Request { id, method, params }))
}

fn response(text: &str) -> Message {
    // An error is never answered to a response.
    serde_json::from_str(text).map_or(Message::Nothing, |response| Message::Response(Box::new(response)))
}

/// Of all notifications only cancellations mean something to a server that asks nothing of its client.
fn notification(method: &str, params: Option<&RawValue>) -> Message {
    #[derive(Deserialize)]
    struct Cancelled<'a> {
        #[serde(borrow, rename = "requestId")]
        request_id: &'a RawValue,
    }
    let cancelled = params.filter(|_| method == "notifications/cancelled");
    let cancelled = cancelled.and_then(|params| serde_json::from_str::<Cancelled>(params.get()).ok());
    let id = cancelled.and_then(|cancelled| ClientId::from_json(cancelled.request_id.get()));
    id.map_or(Message::Nothing, Message::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Parsed {
        parse(text.as_bytes().to_vec(), &Scan::of(text.as_bytes()))
    }

    fn fault(text: &str) -> (i32, Option<String>) {
        match parsed(text) {
            Parsed::One(Err(Fault { error, id })) => (error.code.0, id.map(|id| id.to_string())),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn faults_are_answered_under_their_id() {
        let deep = format!(
            r#"{{"jsonrpc":"2.0","id":4,"method":"x","params":{{"a":{}{}}}}}"#,
            "[".repeat(200),
            "]".repeat(200)
        );
        let many = format!(r#"{{"jsonrpc":"2.0","id":4,"method":"x","params":[{}0]}}"#, "0,".repeat(MAX_VALUES));
        let long = format!(r#"{{"jsonrpc":"2.0","id":4,"method":"x","params":"{}"}}"#, "x".repeat(MAX_PARAMS_BYTES));
        for (text, code, id) in [
            ("{", -32700, None),
            ("[]", -32600, None),
            ("[1", -32700, None),
            (r#"{"jsonrpc":"2.0","method":"ping","params":{"a":{},"id":1}"#, -32700, None),
            (r#"{"jsonrpc":"2.0","method":"ping","params":{}},"id":1}"#, -32700, None),
            ("7", -32600, None),
            (r#"{"id":7}"#, -32600, Some("7")),
            (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, -32600, Some(r#""a""#)),
            (r#"{"jsonrpc":"2.0","id":"a","method":7}"#, -32600, Some(r#""a""#)),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, None),
            (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32600, Some("1")),
            (r#"{"jsonrpc":"2.0","id":3,"method":"ping",}"#, -32700, Some("3")),
            (deep.as_str(), -32600, Some("4")),
            (many.as_str(), -32600, Some("4")),
            (long.as_str(), -32602, Some("4")),
        ] {
            assert_eq!(fault(text), (code, id.map(str::to_owned)), "{text:.80}");
        }
    }

    #[test]
    fn requests_keep_id_and_parameters() {
        let text =
            "\u{FEFF}{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"a\":\"\\ud83d\"},\"\\u0069d\":1e400} \r";
        let Parsed::One(Ok(Message::Request(request))) = parsed(text) else { panic!("{text}") };
        assert_eq!((request.id.to_string().as_str(), request.method.as_str()), ("1e400", "x"));
        assert_eq!(request.params.unwrap().get(), r#"{"a":"\ufffd"}"#);
        let none = parsed(r#"{"jsonrpc":"2.0","id":1,"method":"x","params":null}"#);
        assert!(matches!(none, Parsed::One(Ok(Message::Request(Request { params: None, .. })))));
    }

    #[test]
    fn what_is_answered_nothing() {
        let deep =
            format!(r#"{{"jsonrpc":"2.0","method":"notifications/x","params":{}{}}}"#, "[".repeat(99), "]".repeat(99));
        for text in [
            " \r",
            r#"{"method":"notifications/odd","params":7}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":null}}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"id":7,"result":{}}"#,
            &deep,
        ] {
            assert!(matches!(parsed(text), Parsed::One(Ok(Message::Nothing))), "{text}");
        }
        let text = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}}"#;
        assert!(matches!(parsed(text), Parsed::One(Ok(Message::Cancelled(_)))));
    }
}
