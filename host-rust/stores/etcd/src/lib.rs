//! Tables in etcd: every unit is one transaction, guarded by the revisions of what it began with.
//!
//! ```no_run
//! use cu_host::{Error, Instance, MODULE, Module, Options};
//!
//! let store = cu_etcd::open("etcd://a.example:2379,b.example:2379,c.example:2379?namespace=shop")?;
//! let mut instance = Instance::new(&Module::new(MODULE)?, store, Options::default())?;
//! instance.compute("_home.visits = (_home.visits or 0) + 1")?; // kept by most of the nodes when this returns
//! # Ok::<(), Error>(())
//! ```
//!
//! - `url`: what a URL says
//! - `drawing`: the keys in etcd
//! - `gateway`: requests to etcd's gateway, JSON over HTTP, and its answers
//! - `lease`: what frees the turn of a process that died
//! - `journal`: units that are too large for one transaction
//! - [`Cluster`]: many namespaces
//! - `server`: the turn, reads and writes
#![forbid(unsafe_code)]

mod cluster;
mod drawing;
mod gateway;
mod journal;
mod lease;
mod server;
mod url;

use cu_host::StoreError;
use cu_remote::RemoteStore;

pub use cluster::Cluster;
pub use server::Etcd;
pub use url::EtcdOptions;

/// A store in etcd. Its units and its cache are those of [`cu_remote`].
pub type EtcdStore = RemoteStore<Etcd>;

/// Opens the store that a URL names.
pub fn open(url: &str) -> Result<EtcdStore, StoreError> {
    open_with(EtcdOptions::from_url(url)?)
}

/// Opens a store in this way.
pub fn open_with(options: EtcdOptions) -> Result<EtcdStore, StoreError> {
    let namespace = options.namespace.clone();
    Cluster::open(options)?.store(&namespace)
}
