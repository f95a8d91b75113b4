//! Serves an instance over HTTP.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, Response as HttpResponse, header},
};
use tokio::net::TcpListener;

use crate::{
    exchange::{Method, Request, Response},
    faults::{FaultInjector, Faults, Outcome},
    installation::API_KEY,
    instance::Instance,
};

/// The largest request body, in bytes.
const MAX_BODY_BYTES: usize = 64 << 20;

/// Where the sandbox itself is controlled. FusionAuth has nothing under this path.
pub const CONTROL_PATH: &str = "/.sandbox/";

/// Makes the instance again as it was at the start, or says why that cannot be done.
pub type Restart = Box<dyn Fn() -> Result<Instance, String> + Send + Sync>;

struct Served {
    instance: RwLock<Arc<Instance>>,
    restart: Restart,
    faults: FaultInjector,
    started: Instant,
}

impl Served {
    fn instance(&self) -> Arc<Instance> {
        Arc::clone(&self.instance.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers a request about the sandbox itself. No fault meets it.
    fn control(&self, order: &str, method: &str, authorization: Option<String>) -> Response {
        if authorization.as_deref() != Some(API_KEY) {
            return Response::empty(401);
        }
        match (order, method) {
            ("dump", "GET") => Response::ok(self.instance().dump()),
            ("reset", "POST") => match (self.restart)() {
                Ok(instance) => {
                    *self.instance.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(instance);
                    Response::empty(204)
                }
                Err(error) => Response { status: 500, ..Response::general("restart", error) },
            },
            ("dump" | "reset", _) => Response::empty(405),
            _ => Response::not_found(),
        }
    }
}

/// An instance that listens on a port.
pub struct Listening {
    listener: TcpListener,
    served: Arc<Served>,
}

impl Listening {
    /// Listens on a port of the loopback interface; port 0 stands for any free one.
    ///
    /// # Errors
    /// If the port is taken or not permitted.
    pub async fn on_port(port: u16, instance: Instance, restart: Restart, faults: Faults) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let instance = RwLock::new(Arc::new(instance));
        let faults = FaultInjector::new(faults);
        Ok(Self { listener, served: Arc::new(Served { instance, restart, faults, started: Instant::now() }) })
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// If the operating system cannot tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers requests until the future is dropped.
    ///
    /// # Errors
    /// If the operating system takes the port away.
    pub async fn serve(self) -> io::Result<()> {
        let router = Router::new().fallback(answer).with_state(self.served);
        axum::serve(self.listener, router).await
    }
}

async fn answer(State(served): State<Arc<Served>>, request: HttpRequest) -> HttpResponse<Body> {
    let path = request.uri().path().to_owned();
    if let Some(order) = path.strip_prefix(CONTROL_PATH) {
        return to_http(served.control(order, request.method().as_str(), text(request.headers(), "authorization")));
    }
    match served.faults.next(&path, served.started.elapsed().as_secs()) {
        Outcome::Never => std::future::pending().await,
        Outcome::Instead(response) => return to_http(response),
        Outcome::Usual => {}
    }
    let latency = served.faults.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let methods = [Method::Delete, Method::Get, Method::Patch, Method::Post, Method::Put];
    let Some(method) = methods.into_iter().find(|method| method.as_str() == request.method().as_str()) else {
        return to_http(Response::empty(405));
    };
    let target = request.uri().path_and_query().map_or(path, ToString::to_string);
    let headers = request.headers();
    let (authorization, tenant_id) = (text(headers, "authorization"), text(headers, "x-fusionauth-tenantid"));
    let content_type = text(headers, "content-type");
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY_BYTES).await else { return to_http(Response::empty(413)) };
    let request = Request { method, target, authorization, tenant_id, content_type, body: body.to_vec() };
    to_http(served.instance().handle(&request))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn to_http(response: Response) -> HttpResponse<Body> {
    let builder = HttpResponse::builder().status(response.status);
    let response = match (response.body, response.file) {
        (Some(body), _) => {
            builder.header(header::CONTENT_TYPE, "application/json;charset=UTF-8").body(Body::from(body.to_string()))
        }
        (None, Some((media_type, bytes))) => builder.header(header::CONTENT_TYPE, media_type).body(Body::from(bytes)),
        (None, None) => builder.body(Body::empty()),
    };
    // Every status in this crate is valid, so building the response cannot fail.
    response.unwrap_or_default()
}
