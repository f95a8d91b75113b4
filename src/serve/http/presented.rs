//! The key that a request presents.

use axum::http::{HeaderMap, header::AUTHORIZATION};

/// The headers that hold nothing but a key. Rights come from the key, whichever header it is in.
const PLAIN: [&str; 2] = ["x-client-key", "x-service-key"];

/// Why nobody can tell which key is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// There are several.
    #[error("the request presents different keys; send one")]
    Several,
    /// A header that holds no key.
    #[error("a header for keys cannot be read; send Authorization: Bearer KEY, X-Client-Key or X-Service-Key")]
    Malformed,
}

/// The key that a request presents; `None` where it presents none. The same key may come several times.
///
/// # Errors
/// Which key is meant is not clear.
pub fn presented(headers: &HeaderMap) -> Result<Option<&str>, Unclear> {
    let plain = PLAIN.iter().flat_map(|name| headers.get_all(*name));
    let plain = plain.map(|value| value.to_str().ok().map(str::trim));
    let bearer = headers.get_all(AUTHORIZATION).iter().map(|value| bearer(value.to_str().ok()?));
    let mut found = None;
    for key in bearer.chain(plain) {
        let key = key.filter(|key| !key.is_empty()).ok_or(Unclear::Malformed)?;
        match found {
            Some(other) if other != key => return Err(Unclear::Several),
            _ => found = Some(key),
        }
    }
    Ok(found)
}

/// The token of a header of the scheme `Bearer`.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn any_of_the_headers_will_do_and_all_have_to_agree() {
        for (headers, expected) in [
            (&[] as &[(&str, &str)], Ok(None)),
            (&[("authorization", "Bearer a")], Ok(Some("a"))),
            (&[("authorization", "bearer  a ")], Ok(Some("a"))),
            (&[("x-client-key", "a")], Ok(Some("a"))),
            (&[("x-service-key", " a ")], Ok(Some("a"))),
            (&[("authorization", "Bearer a"), ("x-client-key", "a")], Ok(Some("a"))),
            (&[("authorization", "Bearer a"), ("x-client-key", "b")], Err(Unclear::Several)),
            (&[("x-client-key", "a"), ("x-service-key", "b")], Err(Unclear::Several)),
            (&[("authorization", "Bearer a"), ("authorization", "Bearer b")], Err(Unclear::Several)),
            (&[("authorization", "Basic YTpi")], Err(Unclear::Malformed)),
            (&[("authorization", "Bearer")], Err(Unclear::Malformed)),
            (&[("authorization", "Bearer a"), ("x-client-key", "")], Err(Unclear::Malformed)),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(presented(&map), expected, "{headers:?}");
        }
    }
}
