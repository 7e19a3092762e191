//! Homes on a server, each a namespace of its own.
//!
//! Invariant: the beginning of every namespace is that of these homes, so what else the server keeps is no home here.

use cu_host::{Error, Store};
use cu_remote::Namespaces;

use crate::name::HomeName;
use crate::stores::{Missing, Stores};

/// Homes on a server that keeps stores by name, PostgreSQL or etcd. Any number of servers of homes may share it: the turns of a home
/// are those of its store.
pub struct NamespaceStores {
    namespaces: Box<dyn Namespaces>,
    prefix: String,
}

/// Names that are asked for at once.
const PAGE: usize = 1_000;

impl NamespaceStores {
    /// Homes whose namespace is `prefix` and their name. Without a prefix every namespace is a home.
    pub fn new(namespaces: Box<dyn Namespaces>, prefix: impl Into<String>) -> NamespaceStores {
        NamespaceStores { namespaces, prefix: prefix.into() }
    }

    fn namespace(&self, name: &HomeName) -> Result<String, Error> {
        let namespace = format!("{}{}", self.prefix, name.as_str());
        if namespace.len() > NAMESPACE_BYTES {
            let length = namespace.len();
            let message =
                format!("the home's namespace has {length} bytes with its prefix, {NAMESPACE_BYTES} are the most");
            return Err(Error::Home(message));
        }
        Ok(namespace)
    }
}

/// The longest name of a namespace.
const NAMESPACE_BYTES: usize = 255;

impl Stores for NamespaceStores {
    fn open(&self, name: &HomeName, missing: Missing) -> Result<Option<Box<dyn Store>>, Error> {
        Ok(self.namespaces.open(&self.namespace(name)?, missing == Missing::Make)?)
    }

    fn list(&self, after: Option<&HomeName>, limit: usize) -> Result<Vec<HomeName>, Error> {
        let mut after = match after {
            Some(after) => Some(self.namespace(after)?),
            None => (!self.prefix.is_empty()).then(|| self.prefix.clone()),
        };
        let mut found = Vec::new();
        loop {
            let page = self.namespaces.list(after.as_deref(), PAGE)?;
            let is_last = page.len() < PAGE;
            for namespace in &page {
                let Some(name) = namespace.strip_prefix(&self.prefix) else { return Ok(found) };
                // A program may have made a namespace that is no name of a home.
                found.extend(HomeName::new(name));
                if found.len() == limit {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
            after = page.into_iter().next_back();
        }
    }

    fn remove(&self, name: &HomeName) -> Result<bool, Error> {
        Ok(self.namespaces.remove(&self.namespace(name)?)?)
    }

    fn exists(&self, name: &HomeName) -> Result<bool, Error> {
        Ok(self.namespaces.exists(&self.namespace(name)?)?)
    }
}
