//! The address that a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap},
    middleware::Next,
    response::Response,
};

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address that a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address of a request with these extensions, or one that nobody has.
    pub fn of(extensions: &Extensions) -> IpAddr {
        extensions.get::<Self>().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.0)
    }
}

/// The header in which proxies note whom they speak for; the last address is the one that our own proxy saw.
const FORWARDED: &str = "x-forwarded-for";

/// Notes the address that a request comes from.
pub async fn located(State(is_behind_proxy): State<bool>, mut request: Request, next: Next) -> Response {
    if let Some(peer) = request.extensions().get::<Peer>().copied() {
        let address = client(peer, request.headers(), is_behind_proxy);
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// The address of the client. Only a proxy of ours is believed what it says of others.
fn client(peer: Peer, headers: &HeaderMap, is_behind_proxy: bool) -> IpAddr {
    let forwarded = || {
        let last = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
        last.parse::<IpAddr>().ok().or_else(|| Some(last.parse::<SocketAddr>().ok()?.ip()))
    };
    let address = is_behind_proxy.then(forwarded).flatten().unwrap_or_else(|| peer.0.ip());
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_our_proxy_is_believed() {
        let peer = Peer("10.0.0.1:1234".parse().unwrap());
        for (forwarded, is_behind_proxy, expected) in [
            (&[] as &[&'static str], true, "10.0.0.1"),
            (&["192.0.2.1"], false, "10.0.0.1"),
            (&["192.0.2.1"], true, "192.0.2.1"),
            (&["6.6.6.6, 192.0.2.1"], true, "192.0.2.1"),
            (&["6.6.6.6", "192.0.2.1:80"], true, "192.0.2.1"),
            (&["[2001:db8::1]:80"], true, "2001:db8::1"),
            (&["::ffff:192.0.2.1"], true, "192.0.2.1"),
            (&["garbage"], true, "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED, HeaderValue::from_static(value));
            }
            assert_eq!(client(peer, &headers, is_behind_proxy).to_string(), expected, "{forwarded:?}");
        }
    }
}
