//! The transport for standard input and output: one JSON-RPC message a line.
//!
//! rmcp has such a transport, and a service loop that expects well-behaved clients. Ours stands between: what is no
//! request is answered under its own id where it has one, requests begin when there is room for their answers, and no
//! message that rmcp's loop would end at reaches it.

use std::{convert::Infallible, io, sync::Arc};

use rmcp::{
    ErrorData, RoleServer,
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use tokio::{
    io::{AsyncBufRead, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    sync::{mpsc, watch},
};
use tokio_util::sync::CancellationToken;

use super::{
    connection::Connection,
    lines::{Line, MAX_MESSAGE_BYTES, next_line},
    message::{Parsed, parse, refused},
    outgoing::{Encoder, Outgoing},
};

/// The server's end of standard input and output.
pub struct Stdio {
    connection: Arc<Connection>,
    changes: watch::Receiver<()>,
}

/// An open transport.
pub struct Opened {
    /// For rmcp.
    pub transport: Stdio,
    /// What goes on in it.
    pub connection: Arc<Connection>,
    /// Cancelled when the client reads no more.
    pub output_closed: CancellationToken,
}

/// Opens a transport over two streams.
pub fn open(
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> Opened {
    let (connection, messages) = Connection::new();
    let connection = Arc::new(connection);
    let output_closed = CancellationToken::new();
    tokio::spawn(read(BufReader::new(input), Arc::clone(&connection)));
    tokio::spawn(write(output, messages, Arc::clone(&connection), output_closed.clone()));
    let changes = connection.changes();
    Opened { transport: Stdio { connection: Arc::clone(&connection), changes }, connection, output_closed }
}

impl Transport<RoleServer> for Stdio {
    type Error = Infallible;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.connection.send(item);
        std::future::ready(Ok(()))
    }

    /// Never ends: who serves knows when all is answered.
    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(message) = self.connection.next() {
                return Some(message);
            }
            if self.changes.changed().await.is_err() {
                return None;
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

async fn read(mut input: impl AsyncBufRead + Unpin, connection: Arc<Connection>) {
    let mut changes = connection.changes();
    loop {
        while !connection.has_room() && changes.changed().await.is_ok() {}
        match next_line(&mut input).await {
            Ok(Line::Whole(line, scan)) => match parse(line, &scan) {
                Parsed::One(message) => connection.take(message),
                Parsed::Batch(messages) => connection.take_batch(messages),
            },
            Ok(Line::TooLong(scan)) => {
                let text = format!("the message is longer than {MAX_MESSAGE_BYTES} bytes");
                connection.take(refused(ErrorData::invalid_request(text, None), &scan));
            }
            Ok(Line::End) => break,
            Err(error) => {
                tracing::error!("stdin cannot be read: {error}");
                break;
            }
        }
    }
    connection.end();
}

async fn write(
    mut output: impl AsyncWrite + Unpin,
    mut messages: mpsc::UnboundedReceiver<Outgoing>,
    connection: Arc<Connection>,
    closed: CancellationToken,
) {
    let mut encoder = Encoder::default();
    while let Some(mut message) = messages.recv().await {
        let line = match encoder.line(&mut message) {
            Ok(line) => line,
            Err(error) => {
                tracing::error!("an answer has no form in JSON: {error}");
                connection.wrote();
                continue;
            }
        };
        if let Err(error) = write_line(&mut output, &line).await {
            if error.kind() != io::ErrorKind::BrokenPipe {
                tracing::error!("stdout cannot be written: {error}");
            }
            break;
        }
        connection.wrote();
    }
    closed.cancel();
}

async fn write_line(output: &mut (impl AsyncWrite + Unpin), line: &[u8]) -> io::Result<()> {
    output.write_all(line).await?;
    output.flush().await
}
