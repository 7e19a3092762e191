//! Who the server has to be: TLS by rustls, and its certificate signed by one that is trusted.
//!
//! Invariant: a connection that uses TLS checks the server's name and certificate; there is no way to leave that out.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use cu_host::StoreError;
use cu_host::store::STORE_FAILED;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// TLS with the system's certificates, and those of a file.
pub fn tls(certificates: Option<&Path>) -> Result<MakeRustlsConnect, StoreError> {
    let mut roots = RootCertStore::empty();
    // A system without certificates is one whose TLS connections fail, and that says why.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = certificates {
        let wrong = |problem: &dyn Display| {
            StoreError::new(STORE_FAILED, format!("the certificates of {} cannot be read: {problem}", file.display()))
        };
        let mut count = 0;
        for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
            roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
            count += 1;
        }
        if count == 0 {
            return Err(wrong(&"there are none in it"));
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::new(STORE_FAILED, format!("TLS cannot be used: {error}")).caused_by(error))?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
}
