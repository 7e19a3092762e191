//! The server's side of HTTP.
//!
//! - `routes`: what there is, by method and path
//! - `around`: what happens around each request: its id, its time, its figures
//! - `ask`: who asks, and what for
//! - `homes`: computes and calls, and the homes themselves
//! - `events`: answers that come in pieces, as server-sent events; `live`: those that go on as a home changes
//! - `pages`: health, figures, the description of all this
//! - `status`: a page for people

mod around;
mod ask;
mod events;
mod homes;
mod live;
mod pages;
mod routes;
mod status;

pub use routes::{ROUTES, router};
