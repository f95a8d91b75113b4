//! Connections: accepted, served, and let go at the end.

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore};

use super::{address::Peer, in_progress::InProgress, tls::Tls};

/// Connections at a time. More wait until one ends.
const MAX_CONNECTIONS: usize = 1_000;

/// How long a connection may go without the whole head of a request. Proxies keep idle connections for a minute.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a client may take to shake hands.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// After a connection that could not be accepted, for instance where no file is left to open.
const PAUSE: Duration = Duration::from_millis(100);

/// Once all requests are answered, how long connections have to send their last bytes. Those that never sent a whole request
/// are not waited for.
const LAST_BYTES: Duration = Duration::from_secs(1);

/// Serves until `end` is ready; then takes no more connections, and returns once all requests are answered.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    routes: Router,
    requests: &InProgress,
    end: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_HEAD_BYTES);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut end = pin!(end);
    loop {
        let accept = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accept => accepted,
            () = &mut end => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_connection(&error) => continue,
            Err(error) => {
                tracing::error!("no connection can be accepted: {error}");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Answers are written whole; waiting for more would delay them.
        let _ = stream.set_nodelay(true);
        let routes = routes.clone().layer(Extension(Peer(address)));
        let (http, tls, watcher) = (http.clone(), tls.clone(), connections.watcher());
        tokio::spawn(async move {
            let service = TowerToHyperService::new(routes);
            let ended = match tls {
                None => watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await,
                Some(tls) => match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
                    Ok(Ok(stream)) => watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await,
                    Ok(Err(error)) => {
                        tracing::debug!("no handshake with a client: {error}");
                        Ok(())
                    }
                    Err(_) => Ok(()),
                },
            };
            if let Err(error) = ended {
                tracing::debug!("a connection broke: {error}");
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = async {
            requests.none().await;
            tokio::time::sleep(LAST_BYTES).await;
        } => {}
    }
}

/// Whether the client is gone already, which is no trouble of ours.
fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
