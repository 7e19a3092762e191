//! The store: units over the committed state, and its behaviour after redb fails.
//!
//! Invariant: after a panic of redb, the store does not use the file again.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};

use cu_abi::tables;
use redb::Database;

use super::backend::Access;
use super::drawing::FORMAT;
use super::file::{Found, Opening, Refused, cause, database, format, prepare};
use super::options::{FileMode, RedbOptions};
use super::panics::{caught, not_caught};
use super::transaction::{Range, Reading, View, Writing, entry_key};
use crate::error::{Cause, Error};
use crate::store::{BUSY, READ_ONLY, STORE_FAILED, Store, StoreError, Wait};

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
    /// The file is read; only `_io` may change, in memory.
    is_read_only: bool,
    /// The file that is opened for each turn, and how long another process is waited for.
    each_turn: Option<(PathBuf, Wait)>,
    /// The turn outlives units.
    holds: bool,
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
        RedbStore::open_with(file, RedbOptions::default())
    }

    /// Opens the file in this way. A file that is only read must be there.
    pub fn open_with(file: impl AsRef<Path>, options: RedbOptions) -> Result<RedbStore, Error> {
        let file = file.as_ref();
        let is_read_only = options.mode == FileMode::ReadOnly;
        let access = if is_read_only { Access::Read } else { Access::Write };
        let opened = database(file, Opening { access, is_checked: false }, options.wait).map_err(Refused::cause);
        let refused = |cause| Error::Open { file: file.to_owned(), cause };
        let mut store = opened.and_then(RedbStore::over).map_err(refused)?;
        store.is_read_only = is_read_only;
        if options.mode == FileMode::EachTurn {
            // The working folder may change later.
            let file = std::path::absolute(file).map_err(|error| refused(Cause::of(error)))?;
            store.each_turn = Some((file, options.wait));
            store.end_turn();
        }
        Ok(store)
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
        self.may_change(None)?;
        self.begin_turn()?;
        let compacted = self.guarded(|store| {
            store.reading = None;
            store.database.as_mut().map_or(Ok(false), |database| Ok(database.compact()?))
        });
        self.end_turn();
        compacted
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
        Ok(RedbStore {
            in_unit: false,
            reading: None,
            writing: None,
            failure: None,
            is_read_only: false,
            each_turn: None,
            holds: false,
            database: Some(database),
        })
    }

    /// Opens the file, if that is done for each turn.
    fn begin_turn(&mut self) -> Result<(), StoreError> {
        let Some((file, wait)) = self.each_turn.as_ref().filter(|_| self.database.is_none() && self.failure.is_none())
        else {
            return Ok(());
        };
        // A process that died in its turn left whole transactions, so the content is not checked again.
        let opened = database(file, Opening { access: Access::Write, is_checked: true }, *wait);
        self.database = Some(opened.map_err(|refused| {
            let code = if matches!(refused, Refused::Busy(_)) { BUSY } else { STORE_FAILED };
            let cause = refused.cause();
            let message = format!("cannot open {}: {cause}", file.display());
            StoreError::new(code, message).caused_by(std::io::Error::other(cause.to_string()))
        })?);
        Ok(())
    }

    /// Closes the file, if that is done after each turn and this is the end of one.
    fn end_turn(&mut self) {
        if self.each_turn.is_some() && !self.in_unit && !self.holds {
            self.leave();
        }
    }

    /// Refuses changes of a file that is only read.
    fn may_change(&self, table: Option<u32>) -> Result<(), StoreError> {
        if self.is_read_only && table != Some(tables::IO) {
            return Err(StoreError::new(READ_ONLY, "the file is open for reading, and nothing in it can be changed"));
        }
        Ok(())
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
        self.begin_turn()?;
        let answer = self.guarded(|store| {
            let database = store.database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
            let state: &dyn View = match (&store.writing, &mut store.reading) {
                (Some(writing), _) => writing,
                (None, Some(reading)) => reading,
                (None, reading) => reading.insert(Reading::begin(database)?),
            };
            act(state)
        });
        self.end_turn();
        answer
    }

    /// Changes in the unit's transaction, or in a separate one.
    fn change(
        &mut self,
        table: u32,
        act: impl FnOnce(&mut Writing) -> Result<(), redb::Error>,
    ) -> Result<(), StoreError> {
        self.may_change(Some(table))?;
        self.begin_turn()?;
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
        if self.in_unit {
            return changed;
        }
        let finished = self.finish();
        self.end_turn();
        finished.and(changed)
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
        self.change(table, |writing| writing.set(table, key, value))
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        // A removal that changes nothing begins no transaction.
        if self.writing.is_none() && self.get(table, key)?.is_none() {
            return Ok(());
        }
        self.change(table, |writing| writing.delete(table, key))
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
        self.change(table, |writing| writing.clear(table))
    }

    fn version(&mut self) -> Result<u64, StoreError> {
        self.read(|tables| Ok(tables.version()))
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        self.begin_turn()?;
        self.holds = true;
        Ok(())
    }

    fn release(&mut self) {
        self.holds = false;
        self.end_turn();
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.in_unit {
            return Err(failure_text("another call has begun a unit of this store and not ended it".to_owned()));
        }
        self.begin_turn()?;
        self.in_unit = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.in_unit = false;
        let finished = self.finish();
        self.end_turn();
        finished
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
        self.end_turn();
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
