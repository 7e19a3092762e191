//! The store: units over the committed state, and its behaviour after redb fails.
//!
//! Invariant: after a panic of redb, the store does not use the file again.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::Path;

use redb::Database;

use super::drawing::FORMAT;
use super::file::{Found, cause, database, format, prepare};
use super::panics::{caught, not_caught};
use super::transaction::{Range, Reading, View, Writing, entry_key};
use crate::error::{Cause, Error};
use crate::store::{STORE_FAILED, Store, StoreError};

/// A store in one file.
///
/// The changes of a compute are on the disk before the answer. One process at a time has the file open, and one
/// instance at a time is in a call.
pub struct RedbStore {
    /// Whether a unit has begun. Its transaction begins with its first change, so that a unit that only reads needs no
    /// commit.
    in_unit: bool,
    /// The last committed state, opened at its first read.
    reading: Option<Reading>,
    writing: Option<Writing>,
    /// Why the file is not used again: redb panicked.
    failure: Option<StoreError>,
    /// The database; it is dropped last, which closes the file.
    database: Option<Database>,
}

impl RedbStore {
    /// Opens the file, or creates it if there is none. A file of up to 32 MiB is read and checked as a whole, so that
    /// damage is an error here; in a larger file, damage is found when it is read.
    ///
    /// ```
    /// use cu_host::{Instance, MODULE, Module, Options, RedbStore};
    ///
    /// # let folder = std::env::temp_dir().join(format!("cu-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # let file = folder.join("home.redb");
    /// let module = Module::new(MODULE)?;
    /// for run in 1..=3 {
    ///     let mut instance = Instance::new(&module, RedbStore::open(&file)?, Options::default())?;
    ///     let response = instance.compute("_home.runs = (_home.runs or 0) + 1 return _home.runs")?;
    ///     assert_eq!(response.value().as_i64(), Some(run));
    /// }
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok::<(), cu_host::Error>(())
    /// ```
    pub fn open(file: impl AsRef<Path>) -> Result<RedbStore, Error> {
        let file = file.as_ref();
        database(file).and_then(RedbStore::over).map_err(|cause| Error::Open { file: file.to_owned(), cause })
    }

    /// Number of keys of every table that has keys, by its id.
    pub fn sizes(&mut self) -> Result<BTreeMap<u32, u32>, StoreError> {
        self.read(|tables| tables.sizes())
    }

    /// Gives unused space of the file back to the file system; answers whether there was any. It takes time in
    /// proportion to the file, and is refused while changes of a unit are not committed.
    pub fn compact(&mut self) -> Result<bool, StoreError> {
        if self.in_unit {
            return Err(failure_text("a file is not compacted during a call".to_owned()));
        }
        self.guarded(|store| {
            store.reading = None;
            store.database.as_mut().map_or(Ok(false), |database| Ok(database.compact()?))
        })
    }

    /// The store in a database: a new database is prepared; a database of another format or another program is refused.
    fn over(database: Database) -> Result<RedbStore, Cause> {
        let asked = |answer: Result<Result<_, redb::Error>, redb::Error>| answer.flatten().map_err(cause);
        match asked(caught(|| format(&database)))? {
            Found::Nothing => asked(caught(|| prepare(&database).map(|()| Found::Nothing))).map(drop)?,
            Found::Format(FORMAT) => {}
            Found::Format(format) => {
                return Err(format!("it has format {format}, and this cu reads format {FORMAT}").into());
            }
            Found::Other => return Err("it is a redb database of another program".into()),
        }
        Ok(RedbStore { in_unit: false, reading: None, writing: None, failure: None, database: Some(database) })
    }

    /// Calls redb. After a panic of redb, every call answers the message of that panic.
    fn guarded<T>(&mut self, call: impl FnOnce(&mut RedbStore) -> Result<T, redb::Error>) -> Result<T, StoreError> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        match caught(|| call(self)) {
            Ok(answer) => answer.map_err(failure),
            Err(panic) => {
                let error = failure(panic);
                self.failure = Some(error.clone());
                self.leave();
                Err(error)
            }
        }
    }

    /// Drops everything without a call that could fail.
    fn leave(&mut self) {
        let (reading, writing, database) = (self.reading.take(), self.writing.take(), self.database.take());
        let _ = caught(|| drop(reading));
        let _ = caught(|| drop(writing));
        let _ = caught(|| drop(database));
    }

    /// Reads in the unit's transaction, or in the last committed state.
    fn read<T>(&mut self, act: impl FnOnce(&dyn View) -> Result<T, redb::Error>) -> Result<T, StoreError> {
        self.guarded(|store| {
            let database = store.database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
            let state: &dyn View = match (&store.writing, &mut store.reading) {
                (Some(writing), _) => writing,
                (None, Some(reading)) => reading,
                (None, reading) => reading.insert(Reading::begin(database)?),
            };
            act(state)
        })
    }

    /// Changes in the unit's transaction, or in a separate one.
    fn change(&mut self, act: impl FnOnce(&mut Writing) -> Result<(), redb::Error>) -> Result<(), StoreError> {
        let changed = self.guarded(|store| {
            // While a state is open for reading, redb cannot use its pages again.
            store.reading = None;
            let database = store.database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
            let writing = match &mut store.writing {
                Some(writing) => writing,
                none => none.insert(Writing::begin(database)?),
            };
            act(writing)
        });
        if let (Err(error), Some(writing)) = (&changed, &mut self.writing) {
            writing.failure.get_or_insert_with(|| error.clone());
        }
        if self.in_unit { changed } else { self.finish().and(changed) }
    }

    /// Commits the changes, if there are any.
    fn finish(&mut self) -> Result<(), StoreError> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        let Some(writing) = self.writing.take() else { return Ok(()) };
        match writing.failure.clone() {
            None => self.guarded(|_| writing.commit()),
            Some(error) => {
                let _ = caught(|| drop(writing));
                Err(error)
            }
        }
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Store for RedbStore {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.read(|tables| tables.get(&entry_key(table, key))).map(|value| value.map(Cow::Owned))
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.change(|writing| writing.set(table, key, value))
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        // A removal that changes nothing begins no transaction.
        if self.writing.is_none() && self.get(table, key)?.is_none() {
            return Ok(());
        }
        self.change(|writing| writing.delete(table, key))
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.read(|tables| tables.size(table))
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let mut panic = None;
        let visited = self.read(|tables| {
            let visit = &mut |key: &[u8]| {
                not_caught(|| visit(key)).unwrap_or_else(|caught| {
                    panic = Some(caught);
                    false
                })
            };
            tables.keys(&Range::after(table, after, descending), descending, visit)
        });
        panic.map_or(visited, |panic| resume_unwind(panic))
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        self.read(|tables| tables.next_table(after))
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        if self.size(table)? == 0 {
            return Ok(());
        }
        self.change(|writing| writing.clear(table))
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.in_unit {
            return Err(failure_text("another call has begun a unit of this store and not ended it".to_owned()));
        }
        self.in_unit = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.in_unit = false;
        self.finish()
    }

    fn can_roll_back(&self) -> bool {
        true
    }

    fn roll_back(&mut self) -> bool {
        self.in_unit = false;
        let writing = self.writing.take();
        let is_undone = writing.is_some();
        // A dropped transaction changes nothing.
        let _ = caught(|| drop(writing));
        is_undone
    }
}

fn failure(error: redb::Error) -> StoreError {
    StoreError::new(STORE_FAILED, error.to_string()).caused_by(error)
}

fn failure_text(message: String) -> StoreError {
    StoreError::new(STORE_FAILED, message)
}

#[cfg(test)]
mod tests;
