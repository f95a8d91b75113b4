//! The transport for standard input and output: one JSON-RPC message a line.
//!
//! rmcp has such a transport. Ours differs where a client would be left waiting or a server would end: a message that
//! is no request is answered under its own id where it has one, and what comes before the first request but is none is
//! passed over. And it tells when stdin ends, since the process has to end then.

use std::{io, sync::Arc};

use rmcp::{
    ErrorData, RoleServer,
    model::{JsonRpcMessage, RequestId},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::{Transport, stdio_pipes},
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    sync::{Mutex, mpsc},
};
use tokio_util::sync::CancellationToken;

/// The longest message, in bytes, that is read.
const MAX_MESSAGE_BYTES: usize = 16 << 20;

/// Messages read but not taken yet; more wait in the pipe.
const BACKLOG: usize = 64;

type Output = Arc<Mutex<dyn AsyncWrite + Send + Unpin>>;

/// The server's end of standard input and output.
pub struct Stdio {
    messages: mpsc::Receiver<RxJsonRpcMessage<RoleServer>>,
    output: Output,
}

/// Opens standard input and output. The token is cancelled when stdin ends.
pub fn open() -> (Stdio, CancellationToken) {
    let (input, output) = stdio_pipes();
    over(input, output)
}

/// The same over any two streams.
pub fn over(
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> (Stdio, CancellationToken) {
    let (sender, messages) = mpsc::channel(BACKLOG);
    let output: Output = Arc::new(Mutex::new(output));
    let ended = CancellationToken::new();
    tokio::spawn(read(BufReader::new(input), sender, Arc::clone(&output), ended.clone()));
    (Stdio { messages, output }, ended)
}

impl Transport<RoleServer> for Stdio {
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let output = Arc::clone(&self.output);
        async move { write(&output, &item).await }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        self.messages.recv().await
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.messages.close();
        self.output.lock().await.shutdown().await
    }
}

async fn write(output: &Output, message: &TxJsonRpcMessage<RoleServer>) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut output = output.lock().await;
    output.write_all(&line).await?;
    output.flush().await
}

async fn read(
    mut input: impl AsyncBufRead + Unpin,
    messages: mpsc::Sender<RxJsonRpcMessage<RoleServer>>,
    output: Output,
    ended: CancellationToken,
) {
    let mut line = Vec::new();
    let mut has_begun = false;
    loop {
        match next_line(&mut input, &mut line).await {
            Ok(Line::Whole) => {}
            Ok(Line::TooLong) => {
                let text = format!("the message is longer than {MAX_MESSAGE_BYTES} bytes");
                if reply(&output, ErrorData::invalid_request(text, None), None).await.is_err() {
                    break;
                }
                continue;
            }
            Ok(Line::End) => break,
            Err(error) => {
                tracing::error!("stdin cannot be read: {error}");
                break;
            }
        }
        match parse(&line) {
            Parsed::Message(message) => {
                has_begun = has_begun || matches!(*message, JsonRpcMessage::Request(_));
                if !has_begun {
                    tracing::warn!("passed over a message that came before the first request");
                } else if messages.send(*message).await.is_err() {
                    break;
                }
            }
            Parsed::Fault(error, id) => {
                tracing::warn!("a message on stdin is not MCP: {}", error.message);
                if reply(&output, error, id).await.is_err() {
                    break;
                }
            }
            Parsed::Nothing => {}
        }
    }
    ended.cancel();
}

async fn reply(output: &Output, error: ErrorData, id: Option<RequestId>) -> io::Result<()> {
    write(output, &JsonRpcMessage::error(error, id)).await
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads a line without its end into `line`. A line without an end, before the end of the input, is a line.
async fn next_line(input: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let limit = u64::try_from(MAX_MESSAGE_BYTES).unwrap_or(u64::MAX);
    if (&mut *input).take(limit).read_until(b'\n', line).await? == 0 {
        return Ok(Line::End);
    }
    if line.last() != Some(&b'\n') && line.len() >= MAX_MESSAGE_BYTES {
        line.clear();
        while !input.fill_buf().await?.is_empty() {
            let buffer = input.fill_buf().await?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(buffer.len(), |end| end + 1);
            input.consume(length);
            if end.is_some() {
                break;
            }
        }
        return Ok(Line::TooLong);
    }
    Ok(Line::Whole)
}

enum Parsed {
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    /// The error and the id to answer it under (JSON-RPC 2.0, section 5.1; MCP 2026-07-28, "Error Responses").
    Fault(ErrorData, Option<RequestId>),
    /// A blank line, or a notification of a form that is not known: nothing is answered.
    Nothing,
}

fn parse(line: &[u8]) -> Parsed {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Parsed::Nothing;
    }
    if let Ok(message) = serde_json::from_slice(line) {
        return Parsed::Message(Box::new(message));
    }
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => return Parsed::Fault(ErrorData::parse_error(format!("not JSON: {error}"), None), None),
    };
    let id = value.get("id").and_then(|id| serde_json::from_value(id.clone()).ok());
    if id.is_none() && value.get("method").is_some() && value.get("id").is_none() {
        tracing::warn!("passed over a notification of a form that is not known");
        return Parsed::Nothing;
    }
    let text = "not a JSON-RPC 2.0 request: expected one object with `jsonrpc`, `id`, `method` and `params`";
    Parsed::Fault(ErrorData::invalid_request(text, None), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> (i32, Option<RequestId>) {
        match parse(line.as_bytes()) {
            Parsed::Fault(error, id) => (error.code.0, id),
            Parsed::Message(message) => panic!("{message:?}"),
            Parsed::Nothing => panic!("nothing"),
        }
    }

    #[test]
    fn faults_are_answered_under_their_id() {
        assert_eq!(fault("{"), (-32700, None));
        assert_eq!(fault("[]"), (-32600, None));
        assert_eq!(fault("7"), (-32600, None));
        assert_eq!(fault(r#"{"id":7}"#), (-32600, Some(RequestId::Number(7))));
        assert_eq!(
            fault(r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#),
            (-32600, Some(RequestId::String("a".into())))
        );
    }

    #[test]
    fn blank_lines_and_strange_notifications_are_passed_over() {
        assert!(matches!(parse(b" \r\n"), Parsed::Nothing));
        assert!(matches!(parse(br#"{"method":"notifications/odd","params":7}"#), Parsed::Nothing));
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_skipped_and_the_next_one_read() {
        let mut input = vec![b'x'; MAX_MESSAGE_BYTES + 100];
        input.extend_from_slice(b"\nnext\n");
        let mut input = BufReader::new(input.as_slice());
        let mut line = Vec::new();
        assert!(matches!(next_line(&mut input, &mut line).await, Ok(Line::TooLong)));
        assert!(matches!(next_line(&mut input, &mut line).await, Ok(Line::Whole)));
        assert_eq!(line, b"next\n");
        assert!(matches!(next_line(&mut input, &mut line).await, Ok(Line::End)));
    }
}
