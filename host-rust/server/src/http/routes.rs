//! What there is, by method and path.
//!
//! Invariant: `ROUTES` has every route, and `openapi.json` describes each of them: a test compares.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, get, post, put};

use super::ask::Ask;
use super::{around, homes, live, pages, status};
use crate::app::App;
use crate::problem::Problem;

/// Method and path of every route.
pub const ROUTES: [(&str, &str); 13] = [
    ("GET", "/"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/v1/homes"),
    ("GET", "/v1/homes/{home}"),
    ("PUT", "/v1/homes/{home}"),
    ("DELETE", "/v1/homes/{home}"),
    ("POST", "/v1/homes/{home}/compute"),
    ("POST", "/v1/homes/{home}/call"),
    ("GET", "/v1/homes/{home}/live"),
    ("GET", "/v1/homes/{home}/changes"),
    ("GET", "/v1/whoami"),
];

/// The routes over that app.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for (method, path) in ROUTES {
        router = router.route(
            path,
            match (method, path) {
                ("GET", "/") => get(status::page),
                ("GET", "/healthz") => get(pages::health),
                ("GET", "/metrics") => get(pages::metrics),
                ("GET", "/openapi.json") => get(pages::openapi),
                ("GET", "/v1/whoami") => get(pages::whoami),
                ("GET", "/v1/homes") => get(homes::list),
                ("PUT", _) => put(homes::make),
                ("DELETE", _) => delete(homes::remove),
                ("POST", "/v1/homes/{home}/compute") => post(homes::compute),
                ("POST", _) => post(homes::call),
                ("GET", "/v1/homes/{home}/live") => get(live::live),
                ("GET", "/v1/homes/{home}/changes") => get(live::changes),
                _ => get(homes::look),
            },
        );
    }
    router
        .fallback(nothing)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(Arc::clone(&app), around::around))
        .with_state(app)
}

async fn nothing(State(_): State<Arc<App>>, ask: Ask) -> Response {
    let message = format!("there is nothing at {}", ask.path);
    ask.refuse(Problem::new(StatusCode::NOT_FOUND, "absent", message))
}

async fn no_method(method: Method, ask: Ask) -> Response {
    let message = format!("{method} has no meaning at {}", ask.path);
    ask.refuse(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "request", message))
}
