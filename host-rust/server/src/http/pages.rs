//! Health, figures, the description of the server, and who one is.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::ask::{Ask, json};
use crate::app::App;
use crate::problem::Problem;
use crate::tokens::Scope;
use cu_host::json::quoted;

const OPENAPI: &str = include_str!("openapi.json");

/// `GET /healthz`: whether requests can be sent here.
pub async fn health(State(app): State<Arc<App>>, ask: Ask) -> Response {
    if app.is_closing() { ask.refuse(Problem::closing()) } else { json(StatusCode::OK, "{\"status\":\"ok\"}\n") }
}

/// `GET /metrics`: figures for Prometheus.
pub async fn metrics(State(app): State<Arc<App>>, ask: Ask) -> Response {
    match ask.caller(Scope::Status) {
        Ok(_) => {
            let mut response = Response::new(app.metrics.text(app.pool.figures()).into());
            let kind = HeaderValue::from_static("text/plain; version=0.0.4");
            response.headers_mut().insert(CONTENT_TYPE, kind);
            response
        }
        Err(problem) => ask.refuse(problem),
    }
}

/// `GET /openapi.json`: what there is.
pub async fn openapi() -> Response {
    json(StatusCode::OK, OPENAPI)
}

/// `GET /v1/whoami`: what a token is for.
pub async fn whoami(ask: Ask) -> Response {
    // Any scope will do.
    let caller = [Scope::Read, Scope::Status].into_iter().map(|scope| ask.caller(scope));
    match caller.reduce(|one, other| one.or(other)) {
        Some(Ok(caller)) => {
            let all = [Scope::Read, Scope::Compute, Scope::Admin, Scope::Status];
            let scopes: Vec<_> =
                all.into_iter().filter(|scope| caller.may(*scope)).map(|scope| quoted(scope.name())).collect();
            json(StatusCode::OK, format!("{{\"token\":{},\"scopes\":[{}]}}\n", quoted(&caller.name), scopes.join(",")))
        }
        Some(Err(problem)) => ask.refuse(problem),
        None => ask.refuse(Problem::request("no scope")),
    }
}

/// The names and values of a query, `a=b&c=d` with escapes.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (unescaped(name), unescaped(value))
        })
        .collect()
}

/// `%20` and `+` are a space; what is no escape stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                rest = &behind[2..];
            }
            (first, ..) => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            pairs("a=1&b=%5B1%2C+2%5D&c&=d&&e=f=g"),
            [pair("a", "1"), pair("b", "[1, 2]"), pair("c", ""), pair("", "d"), pair("e", "f=g")]
        );
        assert_eq!(
            pairs("a=%&b=%4&c=%zz&d=%ff"),
            [pair("a", "%"), pair("b", "%4"), pair("c", "%zz"), pair("d", "\u{fffd}")]
        );
    }
}
