//! What there is, by method and path.
//!
//! Invariant: `ROUTES` has every route, and `openapi.json` describes each of them: a test compares.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, State};
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, get, post, put};

use super::ask::{Ask, json};
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
    let hint = if ask.path.ends_with('/') { "; no path ends with a slash" } else { "" };
    let message = format!("there is nothing at {}{hint}", ask.path);
    ask.refuse(Problem::new(StatusCode::NOT_FOUND, "absent", message))
}

/// `OPTIONS`, which is answered everywhere, and what is not.
async fn no_method(method: Method, path: MatchedPath, ask: Ask) -> Response {
    let methods = methods_of(path.as_str());
    let mut response = match method {
        Method::OPTIONS => json(StatusCode::NO_CONTENT, ""),
        method => {
            let message = format!("{method} has no meaning at {}; there is {methods}", ask.path);
            ask.refuse(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "request", message))
        }
    };
    // Names of methods are no bytes that a header refuses.
    response.headers_mut().extend(HeaderValue::from_str(&methods).ok().map(|methods| (ALLOW, methods)));
    response
}

/// The methods of a path; what can be got is also answered without its body.
fn methods_of(path: &str) -> String {
    let own = ROUTES.iter().filter(|(_, own)| *own == path).map(|(method, _)| *method);
    let mut methods: Vec<_> = own.flat_map(|method| [method, if method == "GET" { "HEAD" } else { "" }]).collect();
    methods.push("OPTIONS");
    methods.retain(|method| !method.is_empty());
    methods.join(", ")
}
