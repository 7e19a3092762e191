//! A database with many namespaces, which share connections.

use std::sync::Arc;

use cu_host::store::STORE_FAILED;
use cu_host::{Store, StoreError};
use cu_remote::{Failure, Namespaces, RemoteStore, first_version};
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::connections::Connections;
use crate::drawing;
use crate::failure::failure;
use crate::link::{Link, Parameters};
use crate::server::Postgres;
use crate::url::{PostgresOptions, check_name};

/// The namespaces of a database. As many connections are open as units were at once, however many namespaces are open.
pub struct Database(Arc<Connections>);

impl Database {
    /// Connects, and makes the tables if there are none. The namespace of the options has no meaning here.
    pub fn open(options: PostgresOptions) -> Result<Database, StoreError> {
        let connections = Connections::new(options);
        // At once, or not at all: who starts something wants to know that its URL is wrong.
        let link = connections.take().map_err(Failure::error)?;
        connections.give_back(link);
        Ok(Database(Arc::new(connections)))
    }

    /// The store of a namespace, which is made if it is not there.
    pub fn store(&self, name: &str) -> Result<PostgresStore, StoreError> {
        check_name(name)?;
        let version = i64::try_from(first_version()?).unwrap_or_default();
        self.with(|link| link.change(drawing::MAKE_NAMESPACE, &[&name, &version]))?;
        Ok(self.over(name))
    }

    fn over(&self, name: &str) -> PostgresStore {
        RemoteStore::new(Postgres::over(Arc::clone(&self.0), name.to_owned()), self.0.options().remote)
    }

    /// Does something with a connection, again over another one if that is lost.
    fn with<T>(&self, mut act: impl FnMut(&mut Link) -> Result<T, Failure>) -> Result<T, StoreError> {
        let once = || {
            let mut link = self.0.take()?;
            let done = act(&mut link);
            match &done {
                Err(Failure::Lost(_)) => self.0.forget(),
                _ => self.0.give_back(link),
            }
            done
        };
        cu_remote::insist(&self.0.options().remote, once)
    }
}

impl Namespaces for Database {
    fn open(&self, name: &str, make: bool) -> Result<Option<Box<dyn Store>>, StoreError> {
        if make {
            return Ok(Some(Box::new(self.store(name)?)));
        }
        Ok(self.exists(name)?.then(|| Box::new(self.over(name)) as _))
    }

    fn exists(&self, name: &str) -> Result<bool, StoreError> {
        check_name(name)?;
        Ok(!self.with(|link| link.find(drawing::FIND_NAMESPACE, &[&name]))?.is_empty())
    }

    fn list(&self, after: Option<&str>, most: usize) -> Result<Vec<String>, StoreError> {
        let (after, most) = (after.unwrap_or_default(), i64::try_from(most).unwrap_or(i64::MAX));
        let rows = self.with(|link| link.find(drawing::LIST_NAMESPACES, &[&after, &most]))?;
        rows.iter()
            .map(|row| {
                let wrong = |error| StoreError::new(STORE_FAILED, format!("the name of a namespace: {error}"));
                row.try_get(0).map_err(wrong)
            })
            .collect()
    }

    fn remove(&self, name: &str) -> Result<bool, StoreError> {
        check_name(name)?;
        let parameters: &Parameters = &[&name as &(dyn ToSql + Sync)];
        let mut was_there = false;
        self.with(|link| {
            let removed = link.text(drawing::BEGIN_HOLD).and_then(|()| {
                let rows = link.find(drawing::LOCK_NAMESPACE, parameters)?;
                link.change(drawing::REMOVE_ENTRIES, parameters)?;
                link.change(drawing::REMOVE_NAMESPACE, parameters)?;
                // If the answer to the commit is lost, there is nothing at the next try.
                was_there |= !rows.is_empty();
                link.text(drawing::COMMIT)
            });
            if removed.is_err() {
                link.send(drawing::ROLLBACK);
            }
            removed
        })?;
        Ok(was_there)
    }
}

impl Link {
    /// The rows that a statement finds which is not prepared.
    fn find(&mut self, text: &str, parameters: &Parameters<'_>) -> Result<Vec<tokio_postgres::Row>, Failure> {
        self.together(async |link| link.find_unprepared(text, parameters).await).map_err(failure)
    }

    fn change(&mut self, text: &str, parameters: &Parameters<'_>) -> Result<(), Failure> {
        self.find(text, parameters).map(drop)
    }
}
