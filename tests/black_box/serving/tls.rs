//! HTTPS by the server itself.
#![cfg(unix)]

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    sync::Arc,
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, pki_types::CertificateDer};

use crate::support::{HANG_GUARD, client::command, server::Server};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

/// Writes a new certificate for `localhost` and its key into a folder.
fn write_identity(folder: &std::path::Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    certificate.der().clone()
}

/// The status of a ping over TLS by a client that trusts this certificate alone; `None` where it does not trust the server.
fn ping(server: &Server, trusted: &CertificateDer<'static>) -> Option<u16> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let connection = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(HANG_GUARD)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(server.request("POST", "/mcp", &[], PING).as_bytes()).ok()?;
    let mut answer = Vec::new();
    // It may end without a farewell.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap().split(' ').nth(1)?.parse().ok()
}

#[test]
fn certificates_are_served_and_renewed() {
    let folder = tempfile::tempdir().unwrap();
    let first = write_identity(folder.path());
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name).display().to_string());
    let server = Server::start(&[], &["--no-auth", "--tls-cert", &certificate, "--tls-key", &key]);
    assert!(server.said().contains("MCP is at https://127.0.0.1:"), "{}", server.said());
    assert_eq!(ping(&server, &first), Some(200));
    // Without TLS, nothing is answered.
    let mut plain = server.connection(server.request("POST", "/mcp", &[], PING).as_bytes());
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    // Half a handshake holds nobody up.
    let _half = server.connection(b"\x16\x03\x01");
    let hang_up = || {
        let status = Command::new("kill").args(["-HUP", &server.process_id().to_string()]).status();
        assert!(status.unwrap().success());
    };
    let second = write_identity(folder.path());
    hang_up();
    let start = std::time::Instant::now();
    while ping(&server, &second) != Some(200) {
        assert!(start.elapsed() < HANG_GUARD, "the certificate is not read again");
    }
    assert_eq!(ping(&server, &first), None);
    fs::write(&certificate, "garbage").unwrap();
    hang_up();
    assert_eq!(ping(&server, &second), Some(200), "what cannot be used is not taken");
    server.terminate();
    assert!(server.ended().0.success());
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    write_identity(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("empty.pem"), "").unwrap();
    fs::write(path("other.key"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    for (certificate, key, named) in [
        ("missing.pem", "key.pem", "missing.pem"),
        ("empty.pem", "key.pem", "empty.pem: there is no certificate in it"),
        ("cert.pem", "empty.pem", "empty.pem"),
        ("cert.pem", "other.key", "cannot be used"),
    ] {
        let output = command(&[])
            .args(["serve", "--no-auth", "--listen", "127.0.0.1:0"])
            .args(["--tls-cert", &path(certificate), "--tls-key", &path(key)])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(named), "{certificate} {key}: {said}");
    }
}
