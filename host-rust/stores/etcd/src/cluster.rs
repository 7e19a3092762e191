//! A cluster with many namespaces.

use cu_host::store::LOST;
use cu_host::{Store, StoreError};
use cu_remote::{Failure, Namespaces, RemoteStore};
use serde_json::json;

use crate::EtcdStore;
use crate::drawing::{self, Kept, Keys};
use crate::gateway::{Gateway, encoded};
use crate::server::Etcd;
use crate::url::{EtcdOptions, check_name};

/// Keys that are listed at once to find namespaces.
const LISTED: usize = 1000;

/// The namespaces of a cluster.
pub struct Cluster {
    options: EtcdOptions,
    gateway: Gateway,
}

impl Cluster {
    /// Asks the cluster for the state of the namespace in the options.
    pub fn open(options: EtcdOptions) -> Result<Cluster, StoreError> {
        let mut gateway = Gateway::new(options.nodes.clone());
        let mut last = None;
        // Each node once: who starts something wants to know that its URL is wrong.
        for _ in 0..options.nodes.len() {
            match gateway.range(&json!({ "key": encoded(&Keys::new(&options.namespace).state()) })) {
                Ok((found, _)) => {
                    found.first().map(|entry| Kept::from_bytes(&entry.value)).transpose()?;
                    return Ok(Cluster { options, gateway });
                }
                Err(failure) => last = Some(failure.error()),
            }
        }
        Err(last.unwrap_or_else(|| StoreError::new(LOST, "the cluster has no nodes")))
    }

    /// The store of a namespace, which is there from its first change on.
    pub fn store(&self, name: &str) -> Result<EtcdStore, StoreError> {
        Ok(RemoteStore::new(self.server(name)?, self.options.remote))
    }

    fn server(&self, name: &str) -> Result<Etcd, StoreError> {
        check_name(name)?;
        Etcd::over(self.gateway.clone(), EtcdOptions { namespace: name.to_owned(), ..self.options.clone() })
    }

    /// Asks another node if one does not answer.
    fn ask<T>(&self, mut act: impl FnMut(&mut Gateway) -> Result<T, Failure>) -> Result<T, StoreError> {
        let mut gateway = self.gateway.clone();
        cu_remote::insist(&self.options.remote, || act(&mut gateway))
    }
}

impl Namespaces for Cluster {
    fn open(&self, name: &str, make: bool) -> Result<Option<Box<dyn Store>>, StoreError> {
        let mut server = self.server(name)?;
        if make {
            cu_remote::insist(&self.options.remote, || server.make())?;
        } else if !self.exists(name)? {
            return Ok(None);
        }
        Ok(Some(Box::new(RemoteStore::new(server, self.options.remote))))
    }

    fn exists(&self, name: &str) -> Result<bool, StoreError> {
        check_name(name)?;
        let request = json!({ "key": encoded(&Keys::new(name).state()), "keys_only": true });
        Ok(!self.ask(|gateway| gateway.range(&request))?.0.is_empty())
    }

    fn list(&self, after: Option<&str>, most: usize) -> Result<Vec<String>, StoreError> {
        let mut from = after.map_or(drawing::FIRST.to_vec(), |after| Keys::new(after).all().1);
        let mut names: Vec<String> = Vec::new();
        while names.len() < most {
            let end = encoded(drawing::END);
            let request =
                json!({ "key": encoded(&from), "range_end": end, "keys_only": true, "limit": LISTED.to_string() });
            let (found, _) = self.ask(|gateway| gateway.range(&request))?;
            for entry in &found {
                // A key that is no store's may be there, too: the turn of one that was removed, say.
                let is_state = |name: &&str| Keys::new(name).state() == entry.key;
                names.extend(drawing::namespace(&entry.key).filter(is_state).map(str::to_owned));
            }
            match found.last() {
                // A namespace with more rows than that is not read through: its state comes behind them.
                Some(last) if found.len() == LISTED => from = self.behind(&last.key, &mut names)?,
                _ => break,
            }
        }
        names.truncate(most);
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<bool, StoreError> {
        let mut server = self.server(name)?;
        let mut was_there = false;
        cu_remote::insist(&self.options.remote, || {
            // If the answer is lost, there is nothing at the next try.
            was_there |= server.remove()?;
            Ok(())
        })?;
        Ok(was_there)
    }
}

impl Cluster {
    /// Where to go on behind the namespace of a key, which is listed if it is there and has not been.
    fn behind(&self, key: &[u8], names: &mut Vec<String>) -> Result<Vec<u8>, StoreError> {
        if let Some(name) = drawing::namespace(key)
            && names.last().map(String::as_str) != Some(name)
            && self.exists(name)?
        {
            names.push(name.to_owned());
        }
        Ok(drawing::behind_namespace(key))
    }
}
