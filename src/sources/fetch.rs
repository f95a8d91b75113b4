//! Fetches documents from URLs, without reaching what the operator did not mean: each address is checked before anything is
//! sent there, after every redirect again, and no credential goes along.

pub mod address;

use std::{
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    time::Duration,
};

use gateway::transport::{
    decoding::{self, DecodingFault},
    proxy::Route,
    tls::{self, ExtraCertificates},
};
use reqwest::{
    Client, Response,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
        LOCATION,
    },
    redirect,
};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use self::address::is_public;
use crate::config::place::shown;

/// Redirects that are followed one after the other.
const MAX_REDIRECTS: usize = 3;

/// The largest document that is fetched, in bytes, after decompression.
pub const MAX_BYTES: usize = 32 << 20;

/// The status of what has not changed (RFC 9110, section 15.4.5).
pub const NOT_MODIFIED: u16 = 304;

/// The time that a document may take, with all redirects.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a document cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It would travel in the clear.
    #[error("{url}: expected https; {setting}=true allows http and private networks")]
    NotSecure {
        /// The URL.
        url: String,
        /// What allows it.
        setting: &'static str,
    },
    /// It has a user or password.
    #[error("{0}: the URL holds a user name or password, which are sent to nobody")]
    User(String),
    /// It leads to this machine or a private network.
    #[error("{url}: {address} is no public address; {setting}=true allows private networks")]
    NotPublic {
        /// The URL.
        url: String,
        /// Where it leads.
        address: String,
        /// What allows it.
        setting: &'static str,
    },
    /// A redirect that leads nowhere.
    #[error("{url} answers {status} without a place to go to")]
    NoLocation {
        /// The URL.
        url: String,
        /// The status.
        status: u16,
    },
    /// A redirect from https to http.
    #[error("{from} leads to {to}, which is not https")]
    Downgrade {
        /// The URL.
        from: String,
        /// Where it leads.
        to: String,
    },
    /// One redirect after the other.
    #[error("{0}: more than {MAX_REDIRECTS} redirects")]
    Redirects(String),
    /// It is not there.
    #[error("{url} answers {status}")]
    Status {
        /// The URL.
        url: String,
        /// The status.
        status: u16,
    },
    /// It is too large.
    #[error("{0}: more than {MAX_BYTES} bytes")]
    TooLarge(String),
    /// It took too long.
    #[error("{0}: not there within {seconds} s", seconds = TIMEOUT.as_secs())]
    TimedOut(String),
    /// It is not what its encoding says.
    #[error("{url}: {fault}")]
    Undecodable {
        /// The URL.
        url: String,
        /// Why.
        fault: DecodingFault,
    },
    /// No connection, or one that broke.
    #[error("{url}: {cause}")]
    Unreachable {
        /// The URL.
        url: String,
        /// Why.
        cause: String,
    },
    /// It is no text.
    #[error("{0}: not UTF-8 text")]
    NoText(String),
    /// Nothing may be fetched now.
    #[error("{0}: not fetched yet")]
    NotKept(String),
}

/// What tells whether a document has changed (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The entity tag.
    pub etag: Option<String>,
    /// The time of the last change, as it was sent.
    pub last_modified: Option<String>,
}

/// What came.
pub enum Fetched {
    /// The document is still what it was.
    Unchanged,
    /// A document.
    Document {
        /// Its bytes.
        bytes: Vec<u8>,
        /// What tells whether it changes.
        validators: Validators,
    },
}

/// Fetches documents.
pub struct Fetcher {
    /// How hosts are reached. A proxy is used only where one is configured.
    pub route: Route,
    /// Certificates that are trusted beside the system's.
    pub certificates: ExtraCertificates,
    /// Whether http, this machine and private networks are allowed.
    pub is_private: bool,
    /// What allows them.
    pub private_setting: &'static str,
}

impl Fetcher {
    /// Fetches what is at `url`, unless it is still what `known` says.
    ///
    /// # Errors
    /// It may not be fetched, or cannot be.
    pub fn fetch(&self, url: &Url, known: Option<&Validators>) -> Result<Fetched, FetchError> {
        let unreachable = |cause: io::Error| FetchError::Unreachable { url: shown(url), cause: cause.to_string() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unreachable)?;
        let fetched = runtime.block_on(async {
            tokio::time::timeout(TIMEOUT, self.follow(url.clone(), known))
                .await
                .unwrap_or_else(|_| Err(FetchError::TimedOut(shown(url))))
        });
        // A name that is still being resolved keeps nobody.
        runtime.shutdown_background();
        fetched
    }

    async fn follow(&self, start: Url, known: Option<&Validators>) -> Result<Fetched, FetchError> {
        let mut url = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.ask(&url, known).await?;
            let status = response.status().as_u16();
            let header = |name: HeaderName| response.headers().get(name)?.to_str().ok().map(str::to_owned);
            match status {
                200 => {
                    let validators = Validators { etag: header(ETAG), last_modified: header(LAST_MODIFIED) };
                    let bytes = read(&url, response).await?;
                    return Ok(Fetched::Document { bytes, validators });
                }
                NOT_MODIFIED if known.is_some() => return Ok(Fetched::Unchanged),
                301 | 302 | 303 | 307 | 308 => {
                    let next = header(LOCATION).and_then(|location| url.join(&location).ok());
                    let next = next.ok_or_else(|| FetchError::NoLocation { url: shown(&url), status })?;
                    if url.scheme() == "https" && next.scheme() != "https" || !matches!(next.scheme(), "http" | "https")
                    {
                        return Err(FetchError::Downgrade { from: shown(&url), to: shown(&next) });
                    }
                    url = next;
                }
                status => return Err(FetchError::Status { url: shown(&url), status }),
            }
        }
        Err(FetchError::Redirects(shown(&start)))
    }

    async fn ask(&self, url: &Url, known: Option<&Validators>) -> Result<Response, FetchError> {
        let addresses = self.check(url).await?;
        let unreachable = |error: reqwest::Error| FetchError::Unreachable { url: shown(url), cause: cause(error) };
        let tls = if url.scheme() == "https" { tls::client(&self.certificates) } else { tls::client_of_nobody() };
        let tls = tls.map_err(|error| FetchError::Unreachable { url: shown(url), cause: error.to_string() })?;
        let builder = Client::builder()
            .user_agent(concat!("fusionauth-mcp/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .tls_backend_preconfigured(tls);
        let builder = match &self.route {
            Route::Through(proxy) => builder.proxy(proxy.rule().map_err(unreachable)?),
            Route::Direct | Route::System => builder.no_proxy(),
        };
        // What was checked is what is connected to, whatever the name stands for a moment later.
        let builder = match url.domain() {
            Some(name) if !addresses.is_empty() => builder.resolve_to_addrs(name, &addresses),
            _ => builder,
        };
        let client = builder.build().map_err(unreachable)?;
        let mut request = client
            .get(url.clone())
            .header(ACCEPT, "application/json, application/yaml, */*")
            .header(ACCEPT_ENCODING, decoding::ACCEPTED);
        if let Some(Validators { etag, last_modified }) = known {
            request = etag.iter().fold(request, |request, etag| request.header(IF_NONE_MATCH, etag));
            request = last_modified.iter().fold(request, |request, time| request.header(IF_MODIFIED_SINCE, time));
        }
        request.send().await.map_err(unreachable)
    }

    /// The addresses of the host, all of them allowed. None where a proxy resolves it.
    async fn check(&self, url: &Url) -> Result<Vec<SocketAddr>, FetchError> {
        let setting = self.private_setting;
        if url.scheme() != "https" && !self.is_private {
            return Err(FetchError::NotSecure { url: shown(url), setting });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::User(shown(url)));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![SocketAddr::new(IpAddr::V4(address), port)],
            Some(Host::Ipv6(address)) => vec![SocketAddr::new(IpAddr::V6(address), port)],
            Some(Host::Domain(_)) if matches!(self.route, Route::Through(_)) => Vec::new(),
            Some(Host::Domain(name)) => {
                let host = (name.to_owned(), port);
                let resolve = move || host.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
                let resolved = tokio::task::spawn_blocking(resolve).await;
                let resolved = resolved.unwrap_or_else(|error| Err(io::Error::other(error)));
                resolved.map_err(|error| FetchError::Unreachable { url: shown(url), cause: error.to_string() })?
            }
            None => Vec::new(),
        };
        match addresses.iter().find(|address| !self.is_private && !is_public(address.ip())) {
            Some(address) => {
                let address = address.ip().to_string();
                Err(FetchError::NotPublic { url: shown(url), address, setting })
            }
            None => Ok(addresses),
        }
    }
}

async fn read(url: &Url, mut response: Response) -> Result<Vec<u8>, FetchError> {
    let encodings = response.headers().get_all(CONTENT_ENCODING).iter();
    let encodings: Vec<_> = encodings.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    let encoding = encodings.join(", ");
    let too_large = || FetchError::TooLarge(shown(url));
    let is_too_long = |length: u64| usize::try_from(length).is_ok_and(|length| length > MAX_BYTES);
    if response.content_length().is_some_and(is_too_long) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let broken = |error: reqwest::Error| FetchError::Unreachable { url: shown(url), cause: cause(error) };
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() || decoding::is_plain(&encoding) {
        return Ok(bytes);
    }
    decoding::decode(&encoding, bytes, MAX_BYTES).map_err(|fault| match fault {
        DecodingFault::TooLarge => too_large(),
        fault => FetchError::Undecodable { url: shown(url), fault },
    })
}

/// The innermost cause, without the URL, which may hold a secret.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
