//! What is sent to a client, before it is written.

use rmcp::{
    ErrorData, RoleServer,
    model::{ServerResult, Tool},
    service::TxJsonRpcMessage,
};
use serde::Serialize;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use super::id::ClientId;

/// A message to a client.
#[derive(Debug)]
pub enum Outgoing {
    /// The answer to a request.
    Result(ClientId, Box<ServerResult>),
    /// An error, under the id of what it answers where that could be read.
    Error(Option<ClientId>, ErrorData),
    /// A notification or a request of ours.
    Own(Box<TxJsonRpcMessage<RoleServer>>),
    /// The answers to a batch.
    Batch(Vec<Outgoing>),
}

#[derive(Serialize)]
struct Response<'a, R> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a ClientId>,
    #[serde(flatten)]
    outcome: R,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<'a> {
    Result(&'a ServerResult),
    Error(&'a ErrorData),
}

#[derive(Serialize)]
struct ListOutcome<'a> {
    result: List<'a>,
}

#[derive(Serialize)]
struct List<'a> {
    tools: &'a RawValue,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Makes lines of messages. The list of tools, by far the longest message, is made once for all that ask for it.
#[derive(Default)]
pub struct Encoder {
    list: Option<(Vec<Tool>, Box<RawValue>)>,
}

impl Encoder {
    /// The line of a message, with its end.
    ///
    /// # Errors
    /// Something in it has no form in JSON.
    pub fn line(&mut self, message: &mut Outgoing) -> serde_json::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.write(message, &mut line)?;
        line.push(b'\n');
        Ok(line)
    }

    fn write(&mut self, message: &mut Outgoing, line: &mut Vec<u8>) -> serde_json::Result<()> {
        match message {
            Outgoing::Batch(messages) => {
                line.push(b'[');
                for (index, message) in messages.iter_mut().enumerate() {
                    if index > 0 {
                        line.push(b',');
                    }
                    self.write_one(message, line)?;
                }
                line.push(b']');
                Ok(())
            }
            message => self.write_one(message, line),
        }
    }

    fn write_one(&mut self, message: &mut Outgoing, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let jsonrpc = "2.0";
        match message {
            Outgoing::Result(id, result) => {
                if let ServerResult::ListToolsResult(list) = result.as_mut() {
                    let tools = std::mem::take(&mut list.tools);
                    let mut rest: Map<String, Value> = to_map(list)?;
                    rest.remove("tools");
                    let result = List { tools: self.list(tools)?, rest };
                    return serde_json::to_writer(
                        line,
                        &Response { jsonrpc, id: Some(id), outcome: ListOutcome { result } },
                    );
                }
                serde_json::to_writer(line, &Response { jsonrpc, id: Some(id), outcome: Outcome::Result(result) })
            }
            Outgoing::Error(id, error) => {
                serde_json::to_writer(line, &Response { jsonrpc, id: id.as_ref(), outcome: Outcome::Error(error) })
            }
            Outgoing::Own(message) => serde_json::to_writer(line, message),
            // Batches hold no batches.
            Outgoing::Batch(_) => Ok(()),
        }
    }

    /// The JSON of a list of tools, kept for the next that asks for the same.
    fn list(&mut self, tools: Vec<Tool>) -> serde_json::Result<&RawValue> {
        let kept = self.list.take().filter(|(known, _)| *known == tools);
        let kept = match kept {
            Some(kept) => kept,
            None => {
                let json = to_raw_value(&tools)?;
                (tools, json)
            }
        };
        Ok(&self.list.insert(kept).1)
    }
}

fn to_map(value: &impl Serialize) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_value(serde_json::to_value(value)?)
}

#[cfg(test)]
mod tests {
    use rmcp::model::{EmptyResult, ListToolsResult};
    use serde_json::json;

    use super::*;

    fn line(encoder: &mut Encoder, mut message: Outgoing) -> String {
        String::from_utf8(encoder.line(&mut message).unwrap()).unwrap()
    }

    fn tool(name: &'static str) -> Tool {
        Tool::new(name, "does it", std::sync::Arc::default())
    }

    #[test]
    fn a_list_is_written_as_rmcp_would_also_when_it_is_another() {
        let mut encoder = Encoder::default();
        let id = ClientId::from_json("\"a\"").unwrap();
        for names in [vec!["one", "two"], vec!["one", "two"], vec!["one"], vec![]] {
            let list = ListToolsResult::with_all_items(names.into_iter().map(tool).collect()).with_ttl_ms(7);
            let result = ServerResult::ListToolsResult(list);
            let expected = json!({ "jsonrpc": "2.0", "id": "a", "result": result });
            let written = line(&mut encoder, Outgoing::Result(id.clone(), Box::new(result)));
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), expected);
        }
    }

    #[test]
    fn ids_are_written_as_they_came_or_not_at_all() {
        let mut encoder = Encoder::default();
        let id = ClientId::from_json("123456789012345678901234567890").unwrap();
        let result = || Outgoing::Result(id.clone(), Box::new(ServerResult::EmptyResult(EmptyResult {})));
        let expected = r#"{"jsonrpc":"2.0","id":123456789012345678901234567890,"result":{}}"#;
        assert_eq!(line(&mut encoder, result()), format!("{expected}\n"));
        let error = Outgoing::Error(None, ErrorData::parse_error("x", None));
        let other = r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}}"#;
        assert_eq!(line(&mut encoder, Outgoing::Batch(vec![result(), error])), format!("[{expected},{other}]\n"));
    }
}
