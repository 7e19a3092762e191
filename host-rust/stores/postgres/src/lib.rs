//! Tables in PostgreSQL, or in what speaks its protocol: CockroachDB, YugabyteDB.
//!
//! ```no_run
//! use cu_host::{Error, Instance, MODULE, Module, Options};
//!
//! let store = cu_postgres::open("postgres://cu@db.example/app?namespace=shop")?;
//! let mut instance = Instance::new(&Module::new(MODULE)?, store, Options::default())?;
//! instance.compute("_home.visits = (_home.visits or 0) + 1")?; // kept by the server when this returns
//! # Ok::<(), Error>(())
//! ```
//!
//! - `url`: what a URL says
//! - `drawing`: the tables of the database, and every statement
//! - `split`: keys that are too long for an index
//! - `link`: a connection, and waiting for its answers; `tls`: who the server has to be
//! - `connections`: those that wait, for the next unit; [`Database`]: many namespaces over them
//! - `failure`: what an error of the server means
//! - `server`: the turn, reads and writes
#![forbid(unsafe_code)]

mod connections;
mod database;
mod drawing;
mod failure;
mod link;
mod server;
mod split;
mod tls;
mod url;

use cu_host::StoreError;
use cu_remote::RemoteStore;

pub use database::Database;
pub use server::Postgres;
pub use url::PostgresOptions;

/// A store in PostgreSQL. Its units, its cache and its connections are those of [`cu_remote`].
pub type PostgresStore = RemoteStore<Postgres>;

/// Opens the store that a URL names, and makes its tables if there are none.
pub fn open(url: &str) -> Result<PostgresStore, StoreError> {
    open_with(PostgresOptions::from_url(url)?)
}

/// Opens a store in this way.
pub fn open_with(options: PostgresOptions) -> Result<PostgresStore, StoreError> {
    let namespace = options.namespace.clone();
    Database::open(options)?.store(&namespace)
}
