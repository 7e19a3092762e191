//! A server that keeps stores, and the one of them that a URL names.

use std::fmt::{self, Display, Formatter};

use cu_host::{Error, Store, StoreError};
use cu_remote::{Namespaces, RemoteOptions};

#[cfg(not(all(feature = "postgres", feature = "etcd")))]
use crate::place::wrong;

/// A server, and a namespace there.
#[derive(Clone)]
pub struct Server {
    kind: Kind,
    names_namespace: bool,
}

#[derive(Clone)]
enum Kind {
    #[cfg(feature = "postgres")]
    Postgres(Box<cu_postgres::PostgresOptions>),
    #[cfg(feature = "etcd")]
    Etcd(Box<cu_etcd::EtcdOptions>),
    /// A build may know none.
    #[cfg(not(any(feature = "postgres", feature = "etcd")))]
    #[expect(dead_code, reason = "nobody makes one")]
    None(std::convert::Infallible, RemoteOptions),
}

/// Does the same for each kind.
macro_rules! each {
    ($server:expr, $options:ident => $act:expr) => {
        match $server {
            #[cfg(feature = "postgres")]
            Kind::Postgres($options) => $act,
            #[cfg(feature = "etcd")]
            Kind::Etcd($options) => $act,
            #[cfg(not(any(feature = "postgres", feature = "etcd")))]
            Kind::None(never, _) => match *never {},
        }
    };
}

impl Server {
    #[cfg(any(feature = "postgres", feature = "etcd"))]
    fn of(url: &str, kind: Kind) -> Server {
        let (_, query) = url.split_once('?').unwrap_or_default();
        Server { kind, names_namespace: query.split('&').any(|pair| pair.starts_with("namespace=")) }
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn postgres(url: &str) -> Result<Server, Error> {
        Ok(Server::of(url, Kind::Postgres(Box::new(cu_postgres::PostgresOptions::from_url(url)?))))
    }

    #[cfg(not(feature = "postgres"))]
    pub(crate) fn postgres(url: &str) -> Result<Server, Error> {
        Err(wrong(url, "PostgreSQL is not built in; it is the feature postgres"))
    }

    #[cfg(feature = "etcd")]
    pub(crate) fn etcd(url: &str) -> Result<Server, Error> {
        Ok(Server::of(url, Kind::Etcd(Box::new(cu_etcd::EtcdOptions::from_url(url)?))))
    }

    #[cfg(not(feature = "etcd"))]
    pub(crate) fn etcd(url: &str) -> Result<Server, Error> {
        Err(wrong(url, "etcd is not built in; it is the feature etcd"))
    }

    /// Waiting, connecting again, and memory of each store.
    pub fn remote(&mut self) -> &mut RemoteOptions {
        each!(&mut self.kind, options => &mut options.remote)
    }

    /// The name of the namespace; `default` if the URL names none.
    pub fn namespace(&self) -> &str {
        each!(&self.kind, options => &options.namespace)
    }

    /// The same, if the URL names one.
    pub fn given_namespace(&self) -> Option<&str> {
        self.names_namespace.then(|| self.namespace())
    }

    /// All stores of the server.
    pub fn namespaces(&self) -> Result<Box<dyn Namespaces>, Error> {
        Ok(self.connect()?)
    }

    fn connect(&self) -> Result<Box<dyn Namespaces>, StoreError> {
        match &self.kind {
            #[cfg(feature = "postgres")]
            Kind::Postgres(options) => Ok(Box::new(cu_postgres::Database::open(options.as_ref().clone())?)),
            #[cfg(feature = "etcd")]
            Kind::Etcd(options) => Ok(Box::new(cu_etcd::Cluster::open(options.as_ref().clone())?)),
            #[cfg(not(any(feature = "postgres", feature = "etcd")))]
            Kind::None(never, _) => match *never {},
        }
    }

    pub(crate) fn open(&self) -> Result<Box<dyn Store>, Error> {
        let store = self.connect()?.open(self.namespace(), true)?;
        store.ok_or_else(|| Error::Option(format!("the store {self} was not made").into()))
    }

    pub(crate) fn exists(&self) -> Result<bool, Error> {
        Ok(self.connect()?.exists(self.namespace())?)
    }

    /// The server alone, as people read it.
    pub fn machine(&self) -> String {
        match &self.kind {
            #[cfg(feature = "postgres")]
            Kind::Postgres(options) => options.to_string(),
            #[cfg(feature = "etcd")]
            Kind::Etcd(options) => format!("etcd at {}", options.nodes.join(", ")),
            #[cfg(not(any(feature = "postgres", feature = "etcd")))]
            Kind::None(never, _) => match *never {},
        }
    }
}

impl Display for Server {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "the namespace '{}' in {}", self.namespace(), self.machine())
    }
}
