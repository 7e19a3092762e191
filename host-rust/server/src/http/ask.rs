//! Who asks, and what for.
//!
//! Invariant: nothing of a body is read before the caller is known to have the right, and the body the size.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::FromRequestParts;
use axum::extract::{FromRequest, RawPathParams, Request};
use axum::http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use cu_host::Value;

use super::around::RequestId;
use crate::app::App;
use crate::limits::Running;
use crate::name::HomeName;
use crate::problem::Problem;
use crate::tokens::{Caller, Scope};

/// A request.
pub struct Ask {
    pub app: Arc<App>,
    pub id: Arc<str>,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    /// The home in the path, as text.
    home: Result<Option<String>, String>,
    /// Behind a lock only because a body is not for several threads.
    body: Mutex<Body>,
}

impl FromRequest<Arc<App>> for Ask {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Ask, Infallible> {
        let (mut parts, body) = request.into_parts();
        let home = match RawPathParams::from_request_parts(&mut parts, app).await {
            Ok(params) => Ok(params.iter().find(|(name, _)| *name == "home").map(|(_, home)| home.to_owned())),
            Err(error) => Err(error.to_string()),
        };
        let id = parts.extensions.get::<RequestId>().map_or_else(|| "none".into(), |id| Arc::clone(&id.0));
        let query = parts.uri.query().map(super::pages::pairs).unwrap_or_default();
        let path = parts.uri.path().to_owned();
        Ok(Ask { app: Arc::clone(app), id, path, query, headers: parts.headers, home, body: Mutex::new(body) })
    }
}

/// The one encoding of a body that is known.
const PLAIN: &str = "identity";

/// A request that may go on, until this is dropped.
pub struct Allowed {
    pub caller: Arc<Caller>,
    pub home: HomeName,
    _running: Running,
}

impl Ask {
    /// The value of a name in the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Refuses names that have no meaning here, and those that are there twice: who misspells one wants to know.
    pub fn only(&self, names: &[&str]) -> Result<(), Problem> {
        let twice = |index: &usize| self.query[..*index].iter().any(|(own, _)| *own == self.query[*index].0);
        if let Some(index) = (0..self.query.len()).find(twice) {
            return Err(Problem::request(format!("'{}' is given more than once", self.query[index].0)));
        }
        match self.query.iter().find(|(own, _)| !names.contains(&own.as_str())) {
            Some((name, _)) if names.is_empty() => Err(Problem::request(format!("nothing is asked here by '{name}'"))),
            Some((name, _)) => {
                Err(Problem::request(format!("'{name}' has no meaning here; there is {}", names.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// Who asks, if that is allowed to.
    pub fn caller(&self, scope: Scope) -> Result<Arc<Caller>, Problem> {
        let Some(tokens) = &self.app.tokens else { return Ok(Arc::clone(&self.app.anybody)) };
        let wrong = |message: &str| Problem::new(StatusCode::UNAUTHORIZED, "token", message);
        let token = self.token().ok_or_else(|| wrong("a token is needed: Authorization: Bearer TOKEN"))?;
        let found = tokens.find(&token);
        let caller = found.ok_or_else(|| wrong("there is no such token")).inspect_err(|_| self.denied("token", ""))?;
        if !caller.may(scope) {
            self.denied("scope", &caller.name);
            let message = format!("the token '{}' is not for this: it needs the scope {}", caller.name, scope.name());
            return Err(Problem::new(StatusCode::FORBIDDEN, "scope", message));
        }
        Ok(Arc::clone(caller))
    }

    /// The token, also as the password that a browser asks for.
    fn token(&self) -> Option<Vec<u8>> {
        let text = self.headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, rest) = text.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(rest.trim().into());
        }
        let pair = scheme.eq_ignore_ascii_case("basic").then(|| base64(rest.trim()))??;
        let colon = pair.iter().position(|byte| *byte == b':')?;
        Some(pair[colon + 1..].to_vec())
    }

    /// Begins a request for the home in the path.
    pub fn begin(&self, scope: Scope) -> Result<Allowed, Problem> {
        let caller = self.caller(scope)?;
        let text = self.home.clone().map_err(|error| Problem::request(format!("the path is not UTF-8: {error}")))?;
        let home = HomeName::new(text.unwrap_or_default()).map_err(Problem::request)?;
        if !caller.reaches(home.as_str()) {
            self.denied("home", &caller.name);
            let message = format!("the token '{}' is not for the home '{}'", caller.name, home.as_str());
            return Err(Problem::new(StatusCode::FORBIDDEN, "scope", message));
        }
        let running = caller.tenant.begin(Instant::now())?;
        Ok(Allowed { caller, home, _running: running })
    }

    /// The body, if it is sent as it is and not longer than the caller's may be.
    pub async fn body(&mut self, caller: &Caller) -> Result<Bytes, Problem> {
        self.is_not_encoded()?;
        let most = caller.tenant.limits.body.unwrap_or(usize::MAX);
        let too_long = |length: String| {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "size",
                format!("the body has {length} bytes; {most} are the most"),
            )
        };
        let length = self.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if let Some(length) = length.filter(|length| *length > most as u64) {
            return Err(too_long(length.to_string()));
        }
        let body = std::mem::take(self.body.get_mut().unwrap_or_else(PoisonError::into_inner));
        let time = 3 * self.app.patience;
        match tokio::time::timeout(time, to_bytes(body, most)).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) if is_too_long(&error) => Err(too_long(format!("more than {most}"))),
            Ok(Err(error)) => Err(Problem::request(format!("the body ended early: {error}"))),
            Err(_) => Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "request",
                format!("the body did not come within {} s", time.as_secs_f64()),
            )),
        }
    }

    /// Refuses a body that is compressed: what is short may become long.
    fn is_not_encoded(&self) -> Result<(), Problem> {
        let known = |encoding: &&HeaderValue| !encoding.as_bytes().eq_ignore_ascii_case(PLAIN.as_bytes());
        let Some(encoding) = self.headers.get_all(CONTENT_ENCODING).iter().find(known) else { return Ok(()) };
        let encoding = String::from_utf8_lossy(encoding.as_bytes());
        let message = format!("the body has the encoding '{encoding}'; known is {PLAIN} alone, a body as it is");
        Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request", message))
    }

    /// Writes into the audit log that somebody was refused.
    fn denied(&self, why: &str, name: &str) {
        self.app.metrics.denied.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // The request is refused anyway.
        let _ = self.audit("denied", name, &[("reason".into(), why.into())]);
    }

    /// Writes an event of the server into the audit log.
    pub fn audit(&self, action: &str, token: &str, more: &[(Value, Value)]) -> Result<(), Problem> {
        let Some(audit) = &self.app.audit else { return Ok(()) };
        let home = self.home.clone().ok().flatten().unwrap_or_default();
        let context = [&context(token, &self.id, &home)[..], more].concat();
        audit.server(action, &context).map_err(Problem::from)
    }

    /// The answer of a request that is refused.
    pub fn refuse(&self, problem: Problem) -> Response {
        refusal(&self.id, &problem)
    }
}

/// What the audit log has of each event.
pub fn context(token: &str, request: &str, home: &str) -> Vec<(Value, Value)> {
    vec![("token".into(), token.into()), ("request".into(), request.into()), ("home".into(), home.into())]
}

pub fn refusal(id: &str, problem: &Problem) -> Response {
    let mut response = json(problem.status, problem.body(id) + "\n");
    let headers = response.headers_mut();
    if let Some(wait) = problem.retry_after {
        headers.insert(
            RETRY_AFTER,
            wait.as_secs_f64().ceil().max(1.0).to_string().parse().unwrap_or(HeaderValue::from_static("1")),
        );
    }
    if problem.status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(PLAIN));
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"cu\", charset=\"UTF-8\""));
    }
    response
}

pub fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// The bytes that a text in base64 stands for.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        for (text, bytes) in [("", &b""[..]), ("Og==", b":"), ("YTpi", b"a:b"), ("YTpi/+8=", b"a:b\xff\xef")] {
            assert_eq!(base64(text).as_deref(), Some(bytes), "{text}");
        }
        assert_eq!(base64("a b"), None);
    }
}
