//! Serving several clients over HTTP.
#![allow(clippy::result_large_err, reason = "a refusal is an answer, and is made once for its request")]

mod access_log;
mod address;
pub mod door;
pub mod early;
pub mod endpoint;
pub mod gate;
mod holding;
mod in_progress;
pub mod incoming;
mod listener;
pub mod page;
mod presented;
mod refusal;
mod routes;
pub mod tls;
pub mod views;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::net::TcpListener;

use self::{
    door::Door,
    endpoint::Endpoint,
    gate::{Gate, Local},
    in_progress::InProgress,
    incoming::Limits,
    page::About,
    routes::{Readiness, routes},
    tls::{Tls, renewing},
};
use super::signals::EndSignals;
use crate::config::server::ServerConfig;

/// A server that listens already, and serves once [`serve`](Self::serve) is called.
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    signals: EndSignals,
}

impl Listening {
    /// Begins to listen.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn on(address: SocketAddr) -> io::Result<Self> {
        let signals = EndSignals::listen();
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, signals })
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until a signal comes and the calls in progress have ended, or their time is over, or a second signal comes.
    pub async fn serve(self, door: Door, about: About, config: &ServerConfig, tls: Option<Tls>) {
        let tls = tls.map(Arc::new);
        let is_loopback = self.address.ip().is_loopback();
        // A proxy may name this machine, but pages on other people's machines are none of ours.
        let local = Local { hosts: is_loopback, pages: is_loopback && !config.is_behind_proxy };
        let gate = Gate::new(config.hosts.clone(), config.origins.clone(), local);
        let limits = Limits { max_bytes: config.max_message_bytes, timeout: config.read_timeout };
        let readiness = Readiness::default();
        let requests = InProgress::default();
        let endpoint = Arc::new(Endpoint::new(door, limits));
        let routes = routes(gate, Arc::clone(&endpoint), about, readiness.clone(), requests.clone(), config);
        let (drain, mut signals) = (config.drain_timeout, self.signals);
        let (ending, ended) = tokio::sync::oneshot::channel::<()>();
        let end = async {
            // An error is an end, too.
            let _ = ended.await;
        };
        let deadline = async {
            signals.asked().await;
            readiness.end();
            drop(ending);
            tokio::select! {
                () = tokio::time::sleep(drain) => tracing::warn!("calls in progress are given up: their time is over"),
                () = signals.asked() => tracing::warn!("calls in progress are given up: a second signal came"),
            }
        };
        tokio::select! {
            () = listener::serve(self.listener, tls.clone(), routes, &requests, end) => {}
            () = deadline => {}
            () = forgetting(&endpoint) => {}
            () = renewing(tls.as_deref()) => {}
        }
    }
}

/// How often the counts of quiet callers and addresses are forgotten.
const IDLE: Duration = Duration::from_secs(60);

/// Keeps the counts of callers and addresses few, for ever.
async fn forgetting(endpoint: &Endpoint) {
    loop {
        tokio::time::sleep(IDLE).await;
        endpoint.door().forget_idle();
    }
}
