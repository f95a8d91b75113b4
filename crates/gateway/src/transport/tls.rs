//! Whose certificates are trusted: the system's authorities, and the certificates of a file beside them.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use super::TlsFault;

/// Certificates that are trusted beside the system's: those of authorities, and those of servers themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtraCertificates(Vec<CertificateDer<'static>>);

/// A file that holds no usable certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFileError {
    /// There is none in it.
    #[error("there is no certificate in it; expected PEM: `-----BEGIN CERTIFICATE-----` and so on")]
    Missing,
    /// It holds a certificate, but not as PEM.
    #[error("it is DER; expected PEM: `openssl x509 -inform der -in FILE -out FILE.pem` converts it")]
    Der,
    /// One of them is broken.
    #[error("certificate {number} in it is broken ({cause}); expected PEM: `-----BEGIN CERTIFICATE-----` and so on")]
    Broken {
        /// Which one, from 1.
        number: usize,
        /// What is wrong.
        cause: String,
    },
}

impl ExtraCertificates {
    /// The certificates in a PEM text (RFC 7468, section 5). Other sections and text between them are passed over.
    ///
    /// # Errors
    /// There is none, or one is broken.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateFileError> {
        let mut store = RootCertStore::empty();
        let mut certificates = Vec::new();
        for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
            let broken = |cause: String| CertificateFileError::Broken { number: index + 1, cause };
            let certificate = certificate.map_err(|error| broken(error.to_string()))?;
            store.add(certificate.clone()).map_err(|error| broken(error.to_string()))?;
            certificates.push(certificate);
        }
        match (certificates.is_empty(), pem) {
            // A sequence with a long length (X.690, section 8.1), as every certificate begins.
            (true, [0x30, 0x82, ..]) => Err(CertificateFileError::Der),
            (true, _) => Err(CertificateFileError::Missing),
            (false, _) => Ok(Self(certificates)),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// A client that trusts the system's authorities and `extra`.
///
/// # Errors
/// The system has no certificates, and there are no extra ones.
pub fn client(extra: &ExtraCertificates) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = if extra.0.is_empty() {
        system_verifier(&provider, false)?
    } else {
        Arc::new(Verifier::new(extra, &provider)?)
    };
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// A client that trusts nobody: a plain HTTP upstream needs no certificates, which a small container may not have.
///
/// # Errors
/// None that is known.
pub fn client_of_nobody() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// The system's authorities. On Linux, the libraries that find them take `SSL_CERT_FILE` in their place; a file that is
/// to be trusted beside them says so by `beside_file`.
fn system_verifier(
    provider: &Arc<CryptoProvider>,
    beside_file: bool,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let extra = if beside_file { bundles() } else { Vec::new() };
    Ok(Arc::new(rustls_platform_verifier::Verifier::new_with_extra_roots(extra, Arc::clone(provider))?))
}

/// Where distributions of Linux keep the certificates of authorities.
#[cfg(all(unix, not(target_vendor = "apple")))]
const BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The system's certificates, where `SSL_CERT_FILE` hides them.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn bundles() -> Vec<CertificateDer<'static>> {
    if std::env::var_os("SSL_CERT_FILE").is_none() {
        return Vec::new();
    }
    let bundle = BUNDLES.iter().find_map(|path| std::fs::read(path).ok()).unwrap_or_default();
    let usable = |certificate: &CertificateDer<'static>| RootCertStore::empty().add(certificate.clone()).is_ok();
    CertificateDer::pem_slice_iter(&bundle).filter_map(Result::ok).filter(usable).collect()
}

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn bundles() -> Vec<CertificateDer<'static>> {
    Vec::new()
}

/// Trusts what the file says, then what the system says.
#[derive(Debug)]
struct Verifier {
    extra: Vec<CertificateDer<'static>>,
    file: Arc<WebPkiServerVerifier>,
    /// None on a system without certificates, such as a small container.
    system: Option<Arc<dyn ServerCertVerifier>>,
}

impl Verifier {
    fn new(extra: &ExtraCertificates, provider: &Arc<CryptoProvider>) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        for certificate in &extra.0 {
            roots.add(certificate.clone())?;
        }
        let file = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
        let file = file.map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Self { extra: extra.0.clone(), file, system: system_verifier(provider, true).ok() })
    }

    /// Whether the file holds the server's own certificate, and its issuer is all that there is against it.
    fn is_listed(&self, certificate: &CertificateDer<'_>, error: &rustls::Error) -> bool {
        let is_about_issuer = match error {
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => true,
            // `openssl req -x509` makes a certificate that is its own authority.
            rustls::Error::InvalidCertificate(CertificateError::Other(other)) => {
                matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
            }
            _ => false,
        };
        is_about_issuer && self.extra.iter().any(|listed| listed == certificate)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let by_file = self.file.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(error) = by_file else { return by_file };
        // Its dates have been checked before its issuer; its name has not.
        if self.is_listed(end_entity, &error) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let Some(system) = &self.system else { return Err(error) };
        let by_system = system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        by_system.map_err(|own| match own {
            // The file knows the issuer, so its objection says more.
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => error,
            own => own,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.file.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.file.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.file.supported_verify_schemes()
    }
}

/// What is wrong with a secure connection.
pub fn fault(error: &rustls::Error) -> TlsFault {
    use rustls::Error::{InvalidCertificate, InvalidMessage};
    match error {
        InvalidCertificate(certificate) => match certificate {
            // An authority of that name is known, but it has another key: one that was made anew, for example.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsFault::UnknownIssuer,
            CertificateError::Other(other) => match other.0.downcast_ref() {
                Some(webpki::Error::CaUsedAsEndEntity) => TlsFault::UnknownIssuer,
                _ => TlsFault::Other,
            },
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFault::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsFault::NotYetValid,
            CertificateError::NotValidForName => TlsFault::WrongName { presented: Vec::new() },
            CertificateError::NotValidForNameContext { presented, .. } => {
                TlsFault::WrongName { presented: presented.clone() }
            }
            _ => TlsFault::Other,
        },
        InvalidMessage(_) => TlsFault::NoTls,
        _ => TlsFault::Other,
    }
}
