//! Operations that are served elsewhere than the rest of their API.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::BoxFuture;

use super::{Circuit, Deadline, Failure, Request, Response, TlsFault, Transport, http::TlsError};
use crate::authorization::Authorization;

/// Makes the transport to another server.
pub type Connect = dyn Fn(&str) -> Result<Arc<dyn Transport>, TlsError> + Send + Sync;

/// A transport to the API, and one to each other server that its operations name. These are made when they are needed.
pub struct Servers {
    main: Arc<dyn Transport>,
    connect: Box<Connect>,
    others: Mutex<BTreeMap<&'static str, Arc<dyn Transport>>>,
}

impl Servers {
    /// Requests that name no server go through `main`.
    pub fn new(main: Arc<dyn Transport>, connect: Box<Connect>) -> Self {
        Self { main, connect, others: Mutex::default() }
    }

    fn transport(&self, server: Option<&'static str>) -> Result<Arc<dyn Transport>, Failure> {
        let Some(server) = server else { return Ok(Arc::clone(&self.main)) };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = others.get(server) {
            return Ok(Arc::clone(known));
        }
        let made = (self.connect)(server).map_err(|error| Failure::Insecure {
            base_url: server.to_owned(),
            fault: TlsFault::Other,
            cause: error.to_string(),
        })?;
        others.insert(server, Arc::clone(&made));
        Ok(made)
    }
}

impl Transport for Servers {
    fn send(
        &self,
        request: Request,
        authorization: Authorization,
        deadline: Deadline,
    ) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move { self.transport(request.server)?.send(request, authorization, deadline).await })
    }

    fn circuit(&self) -> Option<Circuit> {
        self.main.circuit()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{
        super::script::{Script, read, response},
        *,
    };

    #[tokio::test]
    async fn each_server_has_a_transport_of_its_own() {
        let script = |statuses: &[u16]| Arc::new(Script::new(statuses.iter().copied().map(response).collect()));
        let (main, other) = (script(&[200]), script(&[201, 202]));
        let made = Arc::new(AtomicUsize::new(0));
        let (counter, shared) = (Arc::clone(&made), Arc::clone(&other));
        let connect = move |server: &str| {
            assert_eq!(server, "https://files.example");
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(Arc::clone(&shared) as Arc<dyn Transport>)
        };
        let servers = Servers::new(main.clone(), Box::new(connect));
        let deadline = Deadline::after(std::time::Duration::from_secs(1));
        let mut statuses = Vec::new();
        for server in [Some("https://files.example"), None, Some("https://files.example")] {
            let request = Request { server, ..read() };
            statuses.push(servers.send(request, Authorization::default(), deadline).await.unwrap().status);
        }
        assert_eq!(statuses, [201, 200, 202]);
        assert_eq!((main.sent(), other.sent(), made.load(Ordering::SeqCst)), (1, 2, 1));
    }
}
