//! Requests to upstreams, with a secret in a header, and what comes back, without it.
//!
//! Invariant: every byte that an upstream answers goes through a redactor here, before anything else sees it: headers, bodies,
//! pieces of streams. What a redactor could not read, such as compressed bodies, is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use cu_host::Value;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, timeout, timeout_at};

use crate::redact::Redactor;
use crate::vault::{Secret, Use};

/// Idle connections of one upstream that are kept.
const IDLE: usize = 32;

/// Headers that say how a message is framed, where it goes, or which part of it is wanted: a part of an echo may be a part of
/// a secret. A script sets none of them.
const OURS: [&str; 15] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-range",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-http-method-override",
];

/// Asks upstreams.
pub struct Upstreams {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// How long an upstream may be silent.
    silence: Duration,
}

/// What a script asks for.
pub struct Asked {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    /// Whether the answer is wanted as it comes.
    pub is_stream: bool,
}

/// The beginning of an answer.
pub struct Answer {
    pub status: u16,
    pub headers: Value,
    pub body: Body,
}

/// The rest of an answer.
pub struct Body {
    incoming: Option<Incoming>,
    redactor: Redactor,
    silence: Duration,
    deadline: Instant,
}

impl Asked {
    /// Reads the table that a script gave: `{ method, path, headers, body, stream }`.
    pub fn read(table: &Value) -> Result<Asked, String> {
        const NAMES: [&str; 5] = ["method", "path", "headers", "body", "stream"];
        let fields = table.as_table().ok_or("the request is a table with the path")?;
        if let Some((name, _)) =
            fields.iter().find(|(name, _)| !name.as_str().is_some_and(|name| NAMES.contains(&name)))
        {
            return Err(format!("a request has no field {name}; it has {}", NAMES.join(", ")));
        }
        let text = |name: &str, otherwise| match table.get(name) {
            None => Ok(otherwise),
            Some(value) => value.as_str().ok_or_else(|| format!("{name} is a text, not {value}")),
        };
        let method = text("method", "GET")?;
        let body = match table.get("body") {
            None => Bytes::new(),
            Some(body) => body.as_bytes().ok_or_else(|| format!("body is a text, not {body}"))?.to_vec().into(),
        };
        Ok(Asked {
            method: Method::from_bytes(method.as_bytes()).map_err(|_| format!("'{method}' is no method"))?,
            path: checked_path(text("path", "/")?)?,
            headers: headers(table.get("headers"))?,
            body,
            is_stream: table.get("stream").and_then(Value::as_bool).unwrap_or(false),
        })
    }
}

/// A path that stays below the upstream's own.
fn checked_path(path: &str) -> Result<String, String> {
    let wrong = |why: &str| Err(format!("the path '{path}' {why}"));
    if !path.starts_with('/') {
        return wrong("does not begin with /");
    }
    if let Some(byte) = path.bytes().find(|byte| !byte.is_ascii_graphic() || matches!(byte, b'#' | b'\\')) {
        return wrong(&format!("has the byte {byte}; write it with %"));
    }
    let way = path
        .split('?')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .replace("%2e", ".")
        .replace("%2f", "/")
        .replace("%5c", "/");
    if way.split('/').any(|part| matches!(part, "." | "..")) {
        return wrong("leads upwards");
    }
    Ok(path.to_owned())
}

fn headers(table: Option<&Value>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    let Some(table) = table else { return Ok(headers) };
    for (name, value) in table.as_table().ok_or("headers are a table of texts")? {
        let name: HeaderName =
            name.as_str().and_then(|name| name.parse().ok()).ok_or_else(|| format!("{name} is no header"))?;
        if OURS.contains(&name.as_str()) {
            return Err(format!("a script may not set the header {name}"));
        }
        let value = value.as_bytes().and_then(|value| HeaderValue::from_bytes(value).ok());
        headers.insert(&name, value.ok_or_else(|| format!("the header {name} is no text of one line"))?);
    }
    Ok(headers)
}

impl Upstreams {
    /// With the certificates that the system trusts.
    pub fn new(silence: Duration) -> Result<Upstreams, String> {
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| format!("cannot read the system's certificates: {error}"))?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(IDLE).build(connector);
        Ok(Upstreams { client, silence })
    }

    /// Asks the upstream of a secret. Redirections are not followed: they would take the secret elsewhere.
    pub async fn ask(&self, secret: &Secret, asked: Asked, deadline: Instant) -> Result<Answer, String> {
        let Use::Header { upstream, header, prefix } = &secret.purpose else {
            return Err("this secret is for signatures".to_owned());
        };
        if asked.headers.contains_key(header) {
            return Err(format!("a script may not set the header {header}: the secret is there"));
        }
        let mut request = Request::new(Full::new(asked.body));
        *request.method_mut() = asked.method;
        *request.uri_mut() = joined(upstream, &asked.path)?;
        *request.headers_mut() = asked.headers;
        request.headers_mut().insert(header, secret.header_value(prefix)?);
        request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));

        let head = timeout_at(deadline, timeout(self.silence, self.client.request(request))).await;
        let response = match head {
            Ok(Ok(Ok(response))) => response,
            // Its text may name the host, and has no part of the request.
            Ok(Ok(Err(error))) if error.is_connect() => return Err("the upstream cannot be reached".to_owned()),
            Ok(Ok(Err(_))) => return Err("the upstream broke the connection off, or speaks no HTTP".to_owned()),
            Ok(Err(_)) => return Err(format!("the upstream was silent for {} ms", self.silence.as_millis())),
            Err(_) => return Err("the time of the request is over".to_owned()),
        };
        let (head, incoming) = response.into_parts();
        let encodings = head.headers.get_all(CONTENT_ENCODING);
        if encodings.iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err("the upstream sent an encoded body, though it was asked for a plain one".to_owned());
        }
        let mut redactor = secret.redactor();
        // Of several headers of one name the last one; names are those of a table.
        let redacted = head.headers.iter().map(|(name, value)| {
            let name = redactor.whole(name.as_str().as_bytes());
            (name, redactor.whole(value.as_bytes()))
        });
        let redacted = redacted.collect::<BTreeMap<_, _>>().into_iter();
        let headers = Value::Table(redacted.map(|(name, value)| (Value::String(name), Value::String(value))).collect());
        let body = Body { incoming: Some(incoming), redactor, silence: self.silence, deadline };
        Ok(Answer { status: head.status.as_u16(), headers, body })
    }
}

/// The address at an upstream: its own path, then this one.
fn joined(upstream: &Uri, path: &str) -> Result<Uri, String> {
    let mut parts = upstream.clone().into_parts();
    let base = upstream.path().trim_end_matches('/');
    parts.path_and_query = Some(format!("{base}{path}").parse().map_err(|_| format!("'{path}' is no path"))?);
    Uri::from_parts(parts).map_err(|_| format!("'{path}' is no path"))
}

impl Body {
    /// The next piece, of any size but none; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        while let Some(incoming) = &mut self.incoming {
            let piece = match timeout_at(self.deadline, timeout(self.silence, incoming.frame())).await {
                Ok(Ok(Some(Ok(frame)))) => match frame.into_data() {
                    Ok(data) => self.redactor.push(&data),
                    // Trailers.
                    Err(_) => continue,
                },
                Ok(Ok(Some(Err(_)))) => return Err("the upstream broke its answer off".to_owned()),
                Ok(Ok(None)) => {
                    self.incoming = None;
                    self.redactor.end()
                }
                Ok(Err(_)) => {
                    return Err(format!(
                        "the upstream was silent for {} ms within its answer",
                        self.silence.as_millis()
                    ));
                }
                Err(_) => return Err("the time of the request is over".to_owned()),
            };
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    /// All of it, if it is no longer than that.
    pub async fn all(mut self, most: usize) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        while let Some(piece) = self.next().await? {
            all.extend(piece);
            if all.len() > most {
                return Err(format!("the answer has more than {most} bytes: ask for it with stream = true"));
            }
        }
        Ok(all)
    }
}

/// An upstream's address: with TLS, or on this machine.
pub fn checked_upstream(text: &str) -> Result<Uri, String> {
    let wrong = |why: &str| Err(format!("'{text}' {why}"));
    // Not shown while there may be a password in it.
    let Ok(uri) = text.parse::<Uri>() else { return Err("the address of an upstream is no address".to_owned()) };
    let Some(host) = uri.host() else { return wrong("has no host") };
    if uri.query().is_some() || uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("the address of an upstream is to have neither a query nor a user".to_owned());
    }
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if matches!(host, "127.0.0.1" | "localhost" | "[::1]") => Ok(uri),
        Some("http") => wrong("would get the secret in the clear; only this machine is asked without TLS"),
        _ => wrong("does not begin with https://"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_upstreams_own() {
        for path in
            ["/a/..", "/../a", "/%2E%2e/a", "/a/.%2e", "/a%2f..%2fb", "a", "", "//a\\", "/a b", "/a#b", "/./a", "/é"]
        {
            assert!(checked_path(path).is_err(), "{path}");
        }
        let base: Uri = "https://api.example.com/v1/".parse().unwrap();
        for path in ["/a", "/a..b/...?x=../..", "//evil.example.com/", "/@evil.example.com", "/:80"] {
            let uri = joined(&base, &checked_path(path).unwrap()).unwrap();
            assert_eq!(uri.authority().unwrap().as_str(), "api.example.com", "{path}");
            assert_eq!(uri.to_string(), format!("https://api.example.com/v1{path}"));
        }
    }

    #[test]
    fn secrets_go_out_in_the_clear_on_this_machine_only() {
        for right in ["https://a.example/x", "http://127.0.0.1:80", "http://localhost/", "http://[::1]:1"] {
            assert!(checked_upstream(right).is_ok(), "{right}");
        }
        for wrong in [
            "http://a.example",
            "ftp://a",
            "/x",
            "https://u@a.example",
            "https://a.example/?q",
            "http://127.0.0.1.a.example",
            "",
        ] {
            assert!(checked_upstream(wrong).is_err(), "{wrong}");
        }
    }
}
