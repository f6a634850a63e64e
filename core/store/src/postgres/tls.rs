//! TLS to the server: asked for before anything else is said, with the certificate looked at as `sslmode` says.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme, StreamOwned};

use super::url::{Config, Ssl};
use super::wire::away;
use crate::StoreError;

pub(super) type Encrypted = Box<StreamOwned<ClientConnection, TcpStream>>;

/// What a server answers to the question for TLS.
const YES: u8 = b'S';
const NO: u8 = b'N';
/// It has no process left for us, says why, and closes.
const FULL: u8 = b'E';

/// What became of the question.
pub(super) enum Asked {
    Plain(TcpStream),
    Encrypted(Encrypted),
}

/// Asks the server at `host` for TLS, as far as that is wanted.
pub(super) fn ask(config: &Config, host: &str, mut stream: TcpStream) -> Result<Asked, StoreError> {
    if config.ssl == Ssl::Disable {
        return Ok(Asked::Plain(stream));
    }
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    // Just the one byte: what a stranger put behind it must not be taken for the server's.
    let mut answer = [0];
    stream.write_all(&request).and_then(|()| stream.read_exact(&mut answer)).map_err(|e| away(config, &e))?;
    match answer {
        [YES] => encrypt(config, host, stream).map(Asked::Encrypted),
        [NO] if config.ssl == Ssl::Prefer => Ok(Asked::Plain(stream)),
        [NO] => Err(StoreError::Place(format!("{config} has no TLS, which sslmode={} asks for", config.ssl.name()))),
        [FULL] => Err(StoreError::Unavailable(format!("{config} takes nobody in at the moment"))),
        _ => Err(StoreError::Place(format!("{config} does not answer like PostgreSQL"))),
    }
}

fn encrypt(config: &Config, host: &str, mut stream: TcpStream) -> Result<Encrypted, StoreError> {
    let place = |why: &dyn std::fmt::Display| StoreError::Place(format!("{config}: {why}"));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Arc::new(Verifier::of(config, Arc::clone(&provider))?);
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let client = client.map_err(|e| place(&e))?.dangerous().with_custom_certificate_verifier(verifier);
    let name = ServerName::try_from(host.to_owned()).map_err(|e| place(&e))?;
    let mut session = ClientConnection::new(Arc::new(client.with_no_client_auth()), name).map_err(|e| place(&e))?;
    while session.is_handshaking() {
        session.complete_io(&mut stream).map_err(|error| told(config, &error))?;
    }
    Ok(Box::new(StreamOwned::new(session, stream)))
}

/// A certificate that is not trusted stays so, however often it is asked; the rest may go away by itself.
fn told(config: &Config, error: &io::Error) -> StoreError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(why)) => {
            StoreError::Place(format!("{config}: its certificate is not trusted: {why}"))
        }
        _ => away(config, error),
    }
}

/// Looks at the server's certificate.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// None where any certificate will do: nobody listens, but who answers is not known.
    roots: Option<RootCertStore>,
    /// The same as they were given: a server's own certificate may be among them.
    given: Vec<CertificateDer<'static>>,
    names: bool,
}

impl Verifier {
    fn of(config: &Config, provider: Arc<CryptoProvider>) -> Result<Verifier, StoreError> {
        let mut verifier = Verifier { provider, roots: None, given: Vec::new(), names: config.ssl == Ssl::VerifyFull };
        let Some(path) = config.root.as_ref().filter(|_| config.ssl != Ssl::Prefer) else { return Ok(verifier) };
        let wrong = |why: &dyn std::fmt::Display| StoreError::Place(format!("sslrootcert={}: {why}", path.display()));
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|e| wrong(&e))? {
            let certificate = certificate.map_err(|e| wrong(&e))?;
            roots.add(certificate.clone()).map_err(|e| wrong(&e))?;
            verifier.given.push(certificate);
        }
        if roots.is_empty() {
            return Err(wrong(&"holds no certificate"));
        }
        verifier.roots = Some(roots);
        Ok(verifier)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(roots) = &self.roots else { return Ok(ServerCertVerified::assertion()) };
        let server = ParsedCertificate::try_from(certificate)?;
        // One that signed itself is no authority; given as it is, it is trusted as it is.
        if !self.given.contains(certificate) {
            let all = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&server, roots, between, now, all)?;
        }
        if self.names {
            verify_server_name(&server, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
