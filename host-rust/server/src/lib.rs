//! Serves homes of cu over HTTP: computes and calls with JSON in and out, for many homes and many tenants.
//!
//! ```
//! use cu_server::{MemoryStores, Server};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let server = Server::builder().stores(MemoryStores::default()).bind("127.0.0.1:0".parse().unwrap()).await?;
//! println!("http://{}", server.address().unwrap());
//! let end = async { /* a signal, say */ };
//! server.run(end).await;
//! # Ok::<(), cu_host::Error>(())
//! # }).unwrap();
//! ```
//!
//! The files, in the order in which a request meets them:
//!
//! - `server`: what a server is made of, and its life; `linger`: how a connection ends
//! - `http`: routes, and what they do
//! - [`tokens`], [`limits`]: who may do what, and how much of it
//! - [`name`]: names of homes; [`stores`]: where homes are kept; [`namespaces`]: on another server
//! - `app`: what all requests share; brings work to a home
//! - [`pool`]: threads for many homes, those of `cu_host`
//! - `call`: a call in JSON; `home`: a home that is open; `heard`: what the module reports meanwhile
//! - `problem`: answers
//! - `changed`: tells live queries of changes; `audit`, `metrics`: what is kept of requests
#![forbid(unsafe_code)]

mod app;
mod audit;
mod call;
mod changed;
mod heard;
mod home;
mod http;
pub mod limits;
mod linger;
mod metrics;
pub mod name;
pub mod namespaces;
mod problem;
mod server;
pub mod stores;
pub mod tokens;

pub use cu_host::threads as pool;
pub use http::ROUTES;
pub use limits::Limits;
pub use name::HomeName;
pub use namespaces::NamespaceStores;
pub use server::{Builder, Server};
pub use stores::{FolderStores, MemoryStores, Missing, Stores};
pub use tokens::{Scope, new_token};
