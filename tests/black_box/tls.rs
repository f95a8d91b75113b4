//! Certificates: whose are trusted, and what is said of the others.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer},
};

use crate::support::{USER_ID, client::command, recorder::Recorder};

/// A certificate with its key.
struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    pem: String,
}

fn parameters(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn self_signed(parameters: &CertificateParams) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let pem = certificate.pem();
    Identity { certificate: certificate.der().clone(), key: key.serialize_der().try_into().unwrap(), pem }
}

/// An authority's PEM, and an identity that it issued for `localhost`.
fn issued() -> (String, Identity) {
    let mut parameters = parameters(&["authority"]);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = parameters.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(parameters, key);
    let key = KeyPair::generate().unwrap();
    let certificate = self::parameters(&["localhost"]).signed_by(&key, &issuer).unwrap();
    let pem = certificate.pem();
    (authority, Identity { certificate: certificate.der().clone(), key: key.serialize_der().try_into().unwrap(), pem })
}

/// A server that answers everything with 200 and `{}`. It lives as long as the tests.
fn serve(identity: Identity) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![identity.certificate], identity.key).unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
            thread::spawn(move || {
                let mut line = String::new();
                while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
                    line.clear();
                }
                let response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
                let _ = stream.get_mut().write_all(response);
                stream.get_mut().conn.send_close_notify();
                let _ = stream.get_mut().flush();
            });
        }
    });
    address
}

fn file(name: &str, contents: impl AsRef<[u8]>) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    fs::write(&path, contents).unwrap();
    path
}

/// What a call says on stderr, and its exit status.
fn call(base_url: &str, environment: &[(&str, &str)], flags: &[&str]) -> (String, Option<i32>) {
    let mut all = vec![("API_BASE_URL", base_url), ("API_KEY_APIKEYAUTH", "the-secret-key"), ("MAX_TRIES", "1")];
    all.extend(environment);
    let user = format!("userId={USER_ID}");
    let output = command(&all).args(flags).args(["call", "retrieveUserWithId", &user]).output().unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

fn assert_trusted(base_url: &str, environment: &[(&str, &str)], flags: &[&str]) {
    let (stderr, status) = call(base_url, environment, flags);
    assert_eq!(status, Some(0), "{environment:?} {flags:?}: {stderr}");
}

/// Errors of TLS speak of certificates, and never of whether something runs.
fn assert_refused(base_url: &str, ca_file: &str, expected: &[&str]) {
    let (stderr, status) = call(base_url, &[("API_CA_FILE", ca_file)], &[]);
    assert_eq!(status, Some(1), "{stderr}");
    for part in expected.iter().chain(&["certificate", base_url]) {
        assert!(stderr.contains(part), "{stderr:?} does not have {part:?}");
    }
    assert!(!stderr.contains("running there"), "{stderr}");
}

#[test]
fn a_self_signed_certificate_in_the_file_is_trusted_for_its_own_name() {
    let mut own_authority = parameters(&["localhost"]);
    own_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for (index, parameters) in [parameters(&["localhost"]), own_authority].iter().enumerate() {
        let identity = self_signed(parameters);
        let path = file(&format!("self-signed-{index}.pem"), format!("\u{feff}# ours\n{}", identity.pem));
        let port = serve(identity).port();
        assert_trusted(&format!("https://localhost:{port}"), &[("API_CA_FILE", &path)], &[]);
        assert_refused(&format!("https://127.0.0.1:{port}"), &path, &["localhost", "API_BASE_URL"]);
    }
}

#[test]
fn the_file_is_named_by_a_flag_or_by_any_of_its_variables() {
    let (authority, identity) = issued();
    let path = file("authority.pem", authority + &self_signed(&parameters(&["another"])).pem);
    let url = format!("https://localhost:{}", serve(identity).port());
    for variable in ["API_CA_FILE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"] {
        assert_trusted(&url, &[(variable, &path)], &[]);
    }
    assert_trusted(&url, &[], &["--ca-file", &path]);
}

/// On Linux, `SSL_CERT_FILE` is what the system is taken to trust.
#[cfg(target_os = "linux")]
#[test]
fn the_system_is_trusted_beside_the_file() {
    let (authority, identity) = issued();
    let system = file("system.pem", authority);
    let other = file("other.pem", self_signed(&parameters(&["another"])).pem);
    let url = format!("https://localhost:{}", serve(identity).port());
    assert_trusted(&url, &[("API_CA_FILE", &other), ("SSL_CERT_FILE", &system)], &[]);
}

#[test]
fn other_certificates_are_refused_with_a_remedy() {
    let other = file("unrelated.pem", self_signed(&parameters(&["localhost"])).pem);
    let (_, identity) = issued();
    let by_other = format!("https://localhost:{}", serve(identity).port());
    assert_refused(&by_other, &other, &["not trusted here", "API_CA_FILE"]);
    let self_made = format!("https://localhost:{}", serve(self_signed(&parameters(&["localhost"]))).port());
    assert_refused(&self_made, &other, &["not trusted here", "API_CA_FILE"]);

    let identity = self_signed(&parameters(&["auth.example.com"]));
    let path = file("other-name.pem", &identity.pem);
    let url = format!("https://localhost:{}", serve(identity).port());
    assert_refused(&url, &path, &["is for", "auth.example.com", "API_BASE_URL"]);

    let mut expired = parameters(&["localhost"]);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let identity = self_signed(&expired);
    let path = file("expired.pem", &identity.pem);
    assert_refused(&format!("https://localhost:{}", serve(identity).port()), &path, &["has expired", "Renew"]);

    let mut future = parameters(&["localhost"]);
    (future.not_before, future.not_after) = (date_time_ymd(3000, 1, 1), date_time_ymd(3001, 1, 1));
    let identity = self_signed(&future);
    let path = file("future.pem", &identity.pem);
    assert_refused(&format!("https://localhost:{}", serve(identity).port()), &path, &["not valid yet", "clock"]);
}

#[test]
fn a_server_without_tls_is_told() {
    let path = file("any.pem", self_signed(&parameters(&["localhost"])).pem);
    let closing = Recorder::agreeable();
    assert_refused(&closing.url().replace("http://", "https://"), &path, &["does not speak TLS", "`http://`"]);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let plain = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        // Until the client closes: a reset would take the answer away.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    assert_refused(&url, &path, &["does not speak TLS", "`http://`"]);
    plain.join().unwrap();
}

#[test]
fn a_file_that_cannot_be_used_is_a_mistake_at_start() {
    let pem = self_signed(&parameters(&["localhost"])).pem;
    let half = pem.lines().take(3).collect::<Vec<_>>().join("\n");
    let der = self_signed(&parameters(&["localhost"])).certificate;
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(pem.bytes().flat_map(|byte| [byte, 0])).collect();
    for (path, expected) in [
        ("/nowhere/ca.pem".to_owned(), "No such file"),
        (file("empty.pem", ""), "no certificate in it"),
        (file("key.pem", KeyPair::generate().unwrap().serialize_pem()), "no certificate in it"),
        (file("half.pem", half), "broken"),
        (
            file("nonsense.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "certificate 1 in it is broken",
        ),
        (
            file("second.pem", format!("{pem}-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")),
            "certificate 2",
        ),
        (file("der.pem", &der), "it is DER; expected PEM"),
        (file("utf16.pem", utf16), "UTF-16"),
    ] {
        for variable in ["API_CA_FILE", "NODE_EXTRA_CA_CERTS"] {
            let (stderr, status) = call("http://127.0.0.1:9", &[(variable, &path)], &[]);
            assert_eq!(status, Some(2), "{path}: {stderr}");
            assert!(stderr.starts_with(&format!("error: {variable}: {path}: ")), "{stderr}");
            assert!(stderr.contains(expected), "{stderr:?} does not have {expected:?}");
        }
    }
}
