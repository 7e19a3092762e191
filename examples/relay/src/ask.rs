//! A client: signs a request, sends it, and writes the answer as it comes.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::hex::hex;
use crate::place::{random, read_private, write_private};
use crate::relay::now;
use crate::signed::{Claims, body_digest};

/// What is asked, and by whom.
pub struct Ask {
    pub relay: String,
    pub key: String,
    pub method: String,
    pub url: String,
    /// Whether the body is on standard input.
    pub has_body: bool,
}

/// Makes a key pair: the private key goes into a new file, the public one is answered.
pub fn make_pair(file: &Path) -> Result<String, String> {
    let mut seed = zeroize::Zeroizing::new([0; 32]);
    random(&mut *seed)?;
    write_private(file, &zeroize::Zeroizing::new(hex(&*seed)))?;
    Ok(hex(pair(&seed)?.public_key().as_ref()))
}

fn pair(seed: &[u8; 32]) -> Result<Ed25519KeyPair, String> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| "these bytes are no private key".to_owned())
}

/// Asks a relay. The answer goes to standard output; an error unless its status is one of success.
pub fn ask(file: &Path, ask: Ask) -> Result<(), String> {
    let pair = pair(&*read_private(file)?)?;
    let uri: Uri = ask.url.parse().map_err(|_| format!("'{}' is no address", ask.url))?;
    let method = Method::from_bytes(ask.method.as_bytes()).map_err(|_| format!("'{}' is no method", ask.method))?;
    let mut body = Vec::new();
    if ask.has_body {
        std::io::stdin()
            .lock()
            .read_to_end(&mut body)
            .map_err(|error| format!("cannot read standard input: {error}"))?;
    }
    let mut nonce = [0; 16];
    random(&mut nonce)?;
    let claims = Claims {
        target: format!("{method} {}", uri.path_and_query().map_or("/", |path| path.as_str())),
        key: ask.key,
        nonce: hex(&nonce),
        time: now(),
        digest: body_digest(&body),
    };
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in claims.headers(&ask.relay, &pair) {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let connector =
            hyper_rustls::HttpsConnectorBuilder::new().with_native_roots().map_err(|error| error.to_string())?;
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::ZERO)
            .build::<_, Full<Bytes>>(connector.https_or_http().enable_http1().build());
        let response =
            client.request(request).await.map_err(|error| format!("{}: {}", ask.url, with_causes(&error)))?;
        let status = response.status();
        let mut body = response.into_body();
        let mut out = std::io::stdout().lock();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| "the answer was broken off".to_owned())?;
            let piece = frame.data_ref().map_or(&[][..], |data| data);
            out.write_all(piece).and_then(|()| out.flush()).map_err(|error| format!("standard output: {error}"))?;
        }
        if status.is_success() { Ok(()) } else { Err(format!("the relay answered {status}")) }
    })
}

/// An error and what it comes from: the outer ones do not say.
fn with_causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
