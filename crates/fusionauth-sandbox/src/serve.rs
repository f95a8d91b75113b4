//! An instance over HTTP.

use std::{io, net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, Response as HttpResponse, header},
};
use openapi_tools::operation::Method;
use tokio::net::TcpListener;

use crate::{
    exchange::{Request, Response},
    faults::{Faults, Outcome},
    instance::Instance,
};

/// The largest body that is read, in bytes.
const MAX_BODY_BYTES: usize = 64 << 20;

struct Served {
    instance: Instance,
    faults: Faults,
    since: Instant,
}

/// An instance that listens.
pub struct Listening {
    listener: TcpListener,
    served: Arc<Served>,
}

impl Listening {
    /// Listens on a port of the loopback interface; 0 for any that is free.
    ///
    /// # Errors
    /// A port that is taken or not allowed.
    pub async fn on_port(port: u16, instance: Instance, faults: Faults) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        Ok(Self { listener, served: Arc::new(Served { instance, faults, since: Instant::now() }) })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Where the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until it is dropped.
    ///
    /// # Errors
    /// Where the system takes the port away.
    pub async fn serve(self) -> io::Result<()> {
        let router = Router::new().fallback(answer).with_state(self.served);
        axum::serve(self.listener, router).await
    }
}

async fn answer(State(served): State<Arc<Served>>, request: HttpRequest) -> HttpResponse<Body> {
    let path = request.uri().path().to_owned();
    match served.faults.next(&path, served.since.elapsed().as_secs()) {
        Outcome::Never => std::future::pending().await,
        Outcome::Instead(response) => return written(response),
        Outcome::Usual => {}
    }
    if !served.faults.latency.is_zero() {
        tokio::time::sleep(served.faults.latency).await;
    }
    let methods = [Method::Delete, Method::Get, Method::Patch, Method::Post, Method::Put];
    let Some(method) = methods.into_iter().find(|method| method.as_str() == request.method().as_str()) else {
        return written(Response::empty(405));
    };
    let target = request.uri().path_and_query().map_or(path, ToString::to_string);
    let headers = request.headers();
    let (authorization, tenant_id) = (text(headers, "authorization"), text(headers, "x-fusionauth-tenantid"));
    let content_type = text(headers, "content-type");
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY_BYTES).await else { return written(Response::empty(413)) };
    let request = Request { method, target, authorization, tenant_id, content_type, body: body.to_vec() };
    written(served.instance.handle(&request))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn written(response: Response) -> HttpResponse<Body> {
    let builder = HttpResponse::builder().status(response.status);
    let response = match response.body {
        Some(body) => {
            builder.header(header::CONTENT_TYPE, "application/json;charset=UTF-8").body(Body::from(body.to_string()))
        }
        None => builder.body(Body::empty()),
    };
    // The status is one of ours, so there is a response.
    response.unwrap_or_default()
}
