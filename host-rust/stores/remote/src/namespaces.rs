//! Many stores on one server, told apart by name.

use cu_host::{Store, StoreError};

/// What a server does with the stores that it keeps. A name has 1 to 255 bytes and no zero.
///
/// Whoever has a store open that another one removes gets an error at the next unit; if one of that name was made since, it sees
/// that one, whose version is another, so that nothing is remembered of the old one.
pub trait Namespaces: Send + Sync {
    /// Opens a store. One that is not there is made if `make` says so, and else there is none.
    fn open(&self, name: &str, make: bool) -> Result<Option<Box<dyn Store>>, StoreError>;

    /// Whether there is one of that name.
    fn exists(&self, name: &str) -> Result<bool, StoreError>;

    /// Up to `most` names after one, in the order of their bytes; fewer are the last ones.
    fn list(&self, after: Option<&str>, most: usize) -> Result<Vec<String>, StoreError>;

    /// Removes a store in a turn of its own; answers whether it was there.
    fn remove(&self, name: &str) -> Result<bool, StoreError>;
}
