//! What happens around each request: its id, its time, its figures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

/// The id of a request, in the answer and in the audit log.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of an id that a caller chose.
const MOST: usize = 128;

pub async fn around(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = RequestId(given(request.headers()).unwrap_or_else(|| new(&app)));
    request.extensions_mut().insert(id.clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let headers = response.headers_mut();
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.entry("cache-control").or_insert(HeaderValue::from_static("no-store"));
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    app.metrics.request(route, response.status().as_u16(), began.elapsed());
    response
}

/// The caller's own id, if it is one that can be written anywhere.
fn given(headers: &HeaderMap) -> Option<Arc<str>> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    ((1..=MOST).contains(&id.len()) && id.bytes().all(plain)).then(|| id.into())
}

/// One that no other request has: which start of the server, and which request since.
fn new(app: &App) -> Arc<str> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", app.run, COUNT.fetch_add(1, Ordering::Relaxed) + 1).into()
}
