//! A store in one file, a database of the crate redb: tables outlive the process, also one that is killed.
//!
//! Invariant: the file holds the state after a whole number of units (see [`Store::begin`]), and `sizes` agrees with
//! `entries`.
//!
//! ```text
//! database table   key                                     value
//! cu.meta          "format"                                u64, 1
//! cu.entries       table id, u32 big-endian; key bytes     value bytes
//! cu.sizes         table id, u32                           number of keys, u32; no row for an empty table
//! ```
//!
//! The entries of one table lie together, in the order of their keys.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{Metadata, OpenOptions};
use std::ops::Bound;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{
    Builder, Database, ReadOnlyTable, ReadableDatabase, ReadableTable, TableDefinition, TableHandle, WriteTransaction,
};

use super::{Store, StoreError};
use crate::error::Error;
use crate::imports::STORE_FAILED;

const META: TableDefinition<&str, u64> = TableDefinition::new("cu.meta");
const ENTRIES: TableDefinition<&[u8], &[u8]> = TableDefinition::new("cu.entries");
const SIZES: TableDefinition<u32, u32> = TableDefinition::new("cu.sizes");

/// Key of the format's version in `cu.meta`.
const FORMAT_KEY: &str = "format";
/// The version of the drawing above.
const FORMAT: u64 = 1;

/// Memory for pages of the file, filled as they are used. redb's own default, 1 GiB, is much for one of many instances.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Tables in a file.
///
/// The changes of a compute are on the disk when it is answered. One process at a time has the file open, and one
/// instance at a time is in a call.
pub struct RedbStore {
    /// Whether a unit has begun. Its transaction begins with its first change, so that reading costs no commit.
    in_unit: bool,
    /// The last committed state, opened when it is first read.
    reading: Option<Reading>,
    writing: Option<Writing>,
    /// Dropped last: closes the file.
    database: Database,
}

struct Reading {
    entries: ReadOnlyTable<&'static [u8], &'static [u8]>,
    sizes: ReadOnlyTable<u32, u32>,
}

struct Writing {
    transaction: WriteTransaction,
    /// Sizes that changed, written at the commit.
    sizes: BTreeMap<u32, u32>,
    /// A change failed halfway: there is nothing whole to commit.
    failure: Option<StoreError>,
}

impl RedbStore {
    /// Opens the file, or creates it when there is none.
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

    /// Number of keys of every table that has any, by its id.
    pub fn sizes(&mut self) -> Result<BTreeMap<u32, u32>, StoreError> {
        self.read(|tables| tables.sizes())
    }

    /// Gives what the file does not need any more back to the file system; whether there was anything. It takes time in
    /// proportion to the file, and is refused while changes of a unit are not committed.
    pub fn compact(&mut self) -> Result<bool, StoreError> {
        if self.in_unit {
            return Err(failure_text("a file is not compacted during a call".to_owned()));
        }
        self.reading = None;
        self.database.compact().map_err(failure)
    }

    /// The store in a database: a new one is prepared, one of another format or another program is refused.
    fn over(database: Database) -> Result<RedbStore, String> {
        match format(&database).map_err(|error| cause(&error))? {
            Found::Nothing => prepare(&database).map_err(|error| cause(&error))?,
            Found::Format(FORMAT) => {}
            Found::Format(format) => return Err(format!("it has format {format}, and this cu reads format {FORMAT}")),
            Found::Other => return Err("it is a redb database of another program".to_owned()),
        }
        Ok(RedbStore { in_unit: false, reading: None, writing: None, database })
    }

    /// Reads in the unit's transaction, or in the last committed state.
    fn read<T>(&mut self, act: impl FnOnce(&dyn Tables) -> Result<T, redb::Error>) -> Result<T, StoreError> {
        let state: &dyn Tables = match (&self.writing, &mut self.reading) {
            (Some(writing), _) => writing,
            (None, Some(reading)) => reading,
            (None, reading) => reading.insert(Reading::begin(&self.database).map_err(failure)?),
        };
        act(state).map_err(failure)
    }

    /// Changes in the unit's transaction, or in one of its own.
    fn change(&mut self, act: impl FnOnce(&mut Writing) -> Result<(), redb::Error>) -> Result<(), StoreError> {
        // A state that is still read would keep its pages from being used again.
        self.reading = None;
        let writing = match &mut self.writing {
            Some(writing) => writing,
            none => none.insert(Writing::begin(&self.database).map_err(failure)?),
        };
        let changed = act(writing).map_err(failure);
        if let Err(error) = &changed {
            writing.failure.get_or_insert_with(|| error.clone());
        }
        if self.in_unit { changed } else { self.finish() }
    }

    /// Commits what was changed, if anything was.
    fn finish(&mut self) -> Result<(), StoreError> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        match writing.failure {
            None => writing.commit().map_err(failure),
            Some(error) => Err(error),
        }
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
        // What changes nothing begins no transaction.
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
        self.read(|tables| tables.keys(&Range::after(table, after, descending), descending, visit))
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
            return Err(failure_text("another call has begun changes of the same store and not ended them".to_owned()));
        }
        self.in_unit = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.in_unit = false;
        self.finish()
    }

    fn rollback(&mut self) -> bool {
        self.in_unit = false;
        // A transaction that is dropped has not been.
        self.writing.take().is_some()
    }
}

/// What is asked of a state, committed or not.
trait Tables {
    fn get(&self, entry_key: &[u8]) -> Result<Option<Vec<u8>>, redb::Error>;
    fn size(&self, table: u32) -> Result<u32, redb::Error>;
    fn sizes(&self) -> Result<BTreeMap<u32, u32>, redb::Error>;
    fn next_table(&self, after: Option<u32>) -> Result<Option<u32>, redb::Error>;
    fn keys(&self, range: &Range, descending: bool, visit: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), redb::Error>;
}

impl Reading {
    fn begin(database: &Database) -> Result<Reading, redb::Error> {
        let transaction = database.begin_read()?;
        Ok(Reading { entries: transaction.open_table(ENTRIES)?, sizes: transaction.open_table(SIZES)? })
    }
}

impl Tables for Reading {
    fn get(&self, entry_key: &[u8]) -> Result<Option<Vec<u8>>, redb::Error> {
        value_in(&self.entries, entry_key)
    }

    fn size(&self, table: u32) -> Result<u32, redb::Error> {
        size_in(&self.sizes, table)
    }

    fn sizes(&self) -> Result<BTreeMap<u32, u32>, redb::Error> {
        sizes_in(&self.sizes)
    }

    fn next_table(&self, after: Option<u32>) -> Result<Option<u32>, redb::Error> {
        next_table_in(&self.sizes, after)
    }

    fn keys(&self, range: &Range, descending: bool, visit: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), redb::Error> {
        keys_in(&self.entries, range, descending, visit)
    }
}

impl Writing {
    fn begin(database: &Database) -> Result<Writing, redb::Error> {
        Ok(Writing { transaction: database.begin_write()?, sizes: BTreeMap::new(), failure: None })
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), redb::Error> {
        let is_new = self.transaction.open_table(ENTRIES)?.insert(&entry_key(table, key)[..], value)?.is_none();
        if is_new { self.resize(table, 1) } else { Ok(()) }
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), redb::Error> {
        let was_there = self.transaction.open_table(ENTRIES)?.remove(&entry_key(table, key)[..])?.is_some();
        if was_there { self.resize(table, -1) } else { Ok(()) }
    }

    fn clear(&mut self, table: u32) -> Result<(), redb::Error> {
        let range = Range::after(table, None, false);
        self.transaction.open_table(ENTRIES)?.retain_in::<&[u8], _>(range.bounds(), |_, _| false)?;
        self.sizes.insert(table, 0);
        Ok(())
    }

    fn resize(&mut self, table: u32, change: i32) -> Result<(), redb::Error> {
        let size = self.size(table)?;
        let resized = size.checked_add_signed(change);
        let resized =
            resized.ok_or_else(|| redb::Error::Corrupted(format!("table {table} has {size}{change:+} keys")))?;
        self.sizes.insert(table, resized);
        Ok(())
    }

    fn commit(self) -> Result<(), redb::Error> {
        let mut sizes = self.transaction.open_table(SIZES)?;
        for (table, size) in self.sizes {
            match size {
                0 => sizes.remove(table)?,
                size => sizes.insert(table, size)?,
            };
        }
        drop(sizes);
        Ok(self.transaction.commit()?)
    }
}

impl Tables for Writing {
    fn get(&self, entry_key: &[u8]) -> Result<Option<Vec<u8>>, redb::Error> {
        value_in(&self.transaction.open_table(ENTRIES)?, entry_key)
    }

    fn size(&self, table: u32) -> Result<u32, redb::Error> {
        match self.sizes.get(&table) {
            Some(size) => Ok(*size),
            None => size_in(&self.transaction.open_table(SIZES)?, table),
        }
    }

    fn sizes(&self) -> Result<BTreeMap<u32, u32>, redb::Error> {
        let mut sizes = sizes_in(&self.transaction.open_table(SIZES)?)?;
        sizes.extend(&self.sizes);
        sizes.retain(|_, size| *size > 0);
        Ok(sizes)
    }

    fn next_table(&self, after: Option<u32>) -> Result<Option<u32>, redb::Error> {
        let committed = self.transaction.open_table(SIZES)?;
        let mut next = next_table_in(&committed, after)?;
        // Those that became empty in this transaction have none any more.
        while let Some(table) = next.filter(|table| self.sizes.get(table) == Some(&0)) {
            next = next_table_in(&committed, Some(table))?;
        }
        let changed = self.sizes.range((after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded));
        let changed = changed.filter(|(_, size)| **size > 0).map(|(table, _)| *table).next();
        Ok(next.into_iter().chain(changed).min())
    }

    fn keys(&self, range: &Range, descending: bool, visit: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), redb::Error> {
        keys_in(&self.transaction.open_table(ENTRIES)?, range, descending, visit)
    }
}

fn value_in(
    entries: &impl ReadableTable<&'static [u8], &'static [u8]>,
    entry_key: &[u8],
) -> Result<Option<Vec<u8>>, redb::Error> {
    Ok(entries.get(entry_key)?.map(|value| value.value().to_vec()))
}

fn size_in(sizes: &impl ReadableTable<u32, u32>, table: u32) -> Result<u32, redb::Error> {
    Ok(sizes.get(table)?.map_or(0, |size| size.value()))
}

fn sizes_in(sizes: &impl ReadableTable<u32, u32>) -> Result<BTreeMap<u32, u32>, redb::Error> {
    sizes.iter()?.map(|row| row.map(|(table, size)| (table.value(), size.value())).map_err(Into::into)).collect()
}

fn next_table_in(sizes: &impl ReadableTable<u32, u32>, after: Option<u32>) -> Result<Option<u32>, redb::Error> {
    let bound = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut rows = sizes.range::<u32>((bound, Bound::Unbounded))?;
    rows.next().map(|row| row.map(|(table, _)| table.value()).map_err(Into::into)).transpose()
}

fn keys_in(
    entries: &impl ReadableTable<&'static [u8], &'static [u8]>,
    range: &Range,
    descending: bool,
    visit: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<(), redb::Error> {
    let mut rows = entries.range::<&[u8]>(range.bounds())?;
    while let Some(row) = if descending { rows.next_back() } else { rows.next() } {
        if !visit(&row?.0.value()[TABLE_ID_BYTES..]) {
            break;
        }
    }
    Ok(())
}

/// Length of the table id at the head of an entry's key.
const TABLE_ID_BYTES: usize = size_of::<u32>();

fn entry_key(table: u32, key: &[u8]) -> Vec<u8> {
    [&table.to_be_bytes(), key].concat()
}

/// A part of one table's entries.
struct Range {
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
}

impl Range {
    /// The keys behind `after` in that direction; all of them without it.
    fn after(table: u32, after: Option<&[u8]>, descending: bool) -> Range {
        let mut range = Range {
            lower: Bound::Included(entry_key(table, b"")),
            upper: table.checked_add(1).map_or(Bound::Unbounded, |next| Bound::Excluded(entry_key(next, b""))),
        };
        if let Some(after) = after {
            let end = if descending { &mut range.upper } else { &mut range.lower };
            *end = Bound::Excluded(entry_key(table, after));
        }
        range
    }

    fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (self.lower.as_ref().map(Vec::as_slice), self.upper.as_ref().map(Vec::as_slice))
    }
}

/// What a database holds.
enum Found {
    Nothing,
    /// Tables of cu in this format.
    Format(u64),
    /// Something else.
    Other,
}

fn format(database: &Database) -> Result<Found, redb::Error> {
    let transaction = database.begin_read()?;
    let mut names = transaction.list_tables()?;
    if !names.any(|table| table.name() == META.name()) {
        let is_empty =
            transaction.list_tables()?.next().is_none() && transaction.list_multimap_tables()?.next().is_none();
        return Ok(if is_empty { Found::Nothing } else { Found::Other });
    }
    let format = transaction.open_table(META)?.get(FORMAT_KEY)?.map(|format| format.value());
    Ok(format.map_or(Found::Other, Found::Format))
}

/// Puts version and empty tables into a new database.
fn prepare(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.open_table(ENTRIES)?;
    transaction.open_table(SIZES)?;
    Ok(transaction.commit()?)
}

/// The database in a file, locked.
fn database(file: &Path) -> Result<Database, String> {
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file);
    let opened = opened.map_err(|error| error.to_string())?;
    let found = opened.metadata().map_err(|error| error.to_string())?;
    let database = FileBackend::new(opened).and_then(|backend| builder().create_with_backend(backend));
    let database = database.map_err(|error| cause(&error.into()))?;
    // Whoever renamed another file over it had the lock until then: changes would go to a file without a name.
    if !std::fs::metadata(file).is_ok_and(|named| is_same(&found, &named)) {
        return Err("it was replaced while it was opened".to_owned());
    }
    Ok(database)
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Why a file cannot be opened, in words for the one who named it.
fn cause(error: &redb::Error) -> String {
    match error {
        redb::Error::DatabaseAlreadyOpen => "another process has it open".to_owned(),
        // redb writes its mark last, so a file without it holds nothing of a store.
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            "it is no redb database, or one whose creation was interrupted".to_owned()
        }
        redb::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn failure(error: impl Into<redb::Error>) -> StoreError {
    failure_text(error.into().to_string())
}

fn failure_text(message: String) -> StoreError {
    StoreError { code: STORE_FAILED, message }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use redb::StorageBackend;

    use super::*;

    /// A file in memory that fails from its `calls_left`-th changing call on. What was written before stays.
    #[derive(Clone, Debug)]
    struct Disk {
        bytes: Arc<Mutex<Vec<u8>>>,
        calls_left: Arc<Mutex<u32>>,
    }

    const NEVER: u32 = u32::MAX;

    impl Disk {
        fn with(bytes: Vec<u8>, calls_left: u32) -> Disk {
            Disk { bytes: Arc::new(Mutex::new(bytes)), calls_left: Arc::new(Mutex::new(calls_left)) }
        }

        fn open(&self) -> Result<RedbStore, String> {
            RedbStore::over(builder().create_with_backend(self.clone()).map_err(|error| cause(&error.into()))?)
        }

        fn bytes(&self) -> Vec<u8> {
            self.bytes.lock().unwrap().clone()
        }

        fn fail_after(&self, calls: u32) {
            *self.calls_left.lock().unwrap() = calls;
        }

        fn count(&self) -> io::Result<()> {
            let mut left = self.calls_left.lock().unwrap();
            *left = left.checked_sub(1).ok_or_else(|| io::Error::other("the disk is gone"))?;
            Ok(())
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            Ok(self.bytes.lock().unwrap().len() as u64)
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            out.copy_from_slice(&self.bytes.lock().unwrap()[offset as usize..][..out.len()]);
            Ok(())
        }

        fn set_len(&self, length: u64) -> io::Result<()> {
            self.count()?;
            self.bytes.lock().unwrap().resize(length as usize, 0);
            Ok(())
        }

        fn sync_data(&self) -> io::Result<()> {
            self.count()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.count()?;
            self.bytes.lock().unwrap()[offset as usize..][..data.len()].copy_from_slice(data);
            Ok(())
        }
    }

    /// The keys of table 7, and its size.
    fn keys(store: &mut RedbStore) -> (Vec<Vec<u8>>, u32) {
        let mut keys = Vec::new();
        let visit = &mut |key: &[u8]| {
            keys.push(key.to_vec());
            true
        };
        store.keys(7, None, false, visit).unwrap();
        (keys, store.size(7).unwrap())
    }

    fn fill(store: &mut RedbStore, names: &[&str]) -> Result<(), StoreError> {
        store.begin()?;
        for name in names {
            store.set(7, name.as_bytes(), &[7; 10_000])?;
        }
        store.commit()
    }

    #[test]
    fn a_commit_interrupted_at_any_write_leaves_the_old_state_or_the_new() {
        let disk = Disk::with(Vec::new(), NEVER);
        fill(&mut disk.open().unwrap(), &["old"]).unwrap();
        let before = disk.bytes();
        let (old, new) = ((vec![b"old".to_vec()], 1), (vec![b"new".to_vec(), b"old".to_vec(), b"two".to_vec()], 3));
        let mut outcomes = [0, 0];
        for calls in 0.. {
            let disk = Disk::with(before.clone(), NEVER);
            let mut store = disk.open().unwrap();
            disk.fail_after(calls);
            let committed = fill(&mut store, &["new", "two"]);
            // What the process would still do is not done: it was killed.
            disk.fail_after(0);
            let found = keys(&mut Disk::with(disk.bytes(), NEVER).open().unwrap());
            assert!(found == old || found == new, "after {calls} calls: {found:?}");
            outcomes[usize::from(found == new)] += 1;
            match committed {
                Ok(()) => {
                    assert_eq!(found, new);
                    break;
                }
                Err(error) => assert!(error.message.contains("the disk is gone"), "{error}"),
            }
        }
        assert!(outcomes[0] > 2 && outcomes[1] > 0, "{outcomes:?}");
    }

    #[test]
    fn a_creation_interrupted_at_any_write_can_be_done_again_or_is_named() {
        for calls in 0.. {
            let disk = Disk::with(Vec::new(), calls);
            let opened = disk.open().map(drop);
            disk.fail_after(0);
            match Disk::with(disk.bytes(), NEVER).open() {
                Ok(mut store) => assert_eq!(keys(&mut store), (Vec::new(), 0), "after {calls} calls"),
                Err(cause) => {
                    assert!(opened.is_err() && cause.ends_with("was interrupted"), "after {calls} calls: {cause}")
                }
            }
            if opened.is_ok() {
                break;
            }
        }
    }

    #[test]
    fn after_a_failed_commit_the_store_says_so_until_it_is_opened_again() {
        let disk = Disk::with(Vec::new(), NEVER);
        let mut store = disk.open().unwrap();
        fill(&mut store, &["kept"]).unwrap();
        disk.fail_after(0);
        assert!(fill(&mut store, &["lost"]).is_err());
        disk.fail_after(NEVER);
        let error = fill(&mut store, &["late"]).unwrap_err();
        assert!(error.message.contains("close and re-open"), "{error}");
        drop(store);
        assert_eq!(keys(&mut disk.open().unwrap()), (vec![b"kept".to_vec()], 1));
    }

    #[test]
    fn a_unit_is_seen_at_once_and_undone_whole() {
        let disk = Disk::with(Vec::new(), NEVER);
        let mut store = disk.open().unwrap();
        store.set(7, b"a", b"1").unwrap();
        store.set(8, b"a", b"1").unwrap();
        store.begin().unwrap();
        store.set(7, b"b", b"2").unwrap();
        store.delete(7, b"a").unwrap();
        store.clear(8).unwrap();
        assert_eq!(keys(&mut store), (vec![b"b".to_vec()], 1));
        assert_eq!(store.get(7, b"a"), Ok(None));
        assert_eq!(store.size(8), Ok(0));
        assert!(store.begin().unwrap_err().message.contains("another call"));
        assert!(store.rollback());
        assert_eq!(keys(&mut store), (vec![b"a".to_vec()], 1));
        assert_eq!(store.size(8), Ok(1));
        store.begin().unwrap();
        assert!(!store.rollback(), "there was nothing to undo");
    }

    #[test]
    fn compacting_keeps_what_is_stored_and_is_refused_during_a_unit() {
        let disk = Disk::with(Vec::new(), NEVER);
        let mut store = disk.open().unwrap();
        for table in 7..200 {
            store.set(table, b"k", &[7; 10_000]).unwrap();
        }
        store.begin().unwrap();
        (8..200).for_each(|table| store.clear(table).unwrap());
        store.set(9, b"new", b"").unwrap();
        assert_eq!(store.sizes(), Ok(BTreeMap::from([(7, 1), (9, 1)])));
        assert!(store.compact().unwrap_err().message.contains("during a call"));
        store.commit().unwrap();
        assert_eq!(store.sizes(), Ok(BTreeMap::from([(7, 1), (9, 1)])));
        let before = disk.bytes().len();
        assert_eq!(store.compact(), Ok(true));
        assert!(disk.bytes().len() < before / 4, "{before} {}", disk.bytes().len());
        assert_eq!(keys(&mut store), (vec![b"k".to_vec()], 1));
        drop(store);
        let mut again = Disk::with(disk.bytes(), NEVER).open().unwrap();
        assert_eq!(again.get(7, b"k").unwrap().as_deref(), Some(&[7; 10_000][..]));
        assert_eq!(again.sizes(), Ok(BTreeMap::from([(7, 1), (9, 1)])));
    }

    #[test]
    fn a_compaction_interrupted_at_any_write_loses_nothing() {
        let disk = Disk::with(Vec::new(), NEVER);
        let mut store = disk.open().unwrap();
        fill(&mut store, &["a", "b", "c", "d", "e", "f", "g", "h"]).unwrap();
        (b'a'..b'h').for_each(|name| store.delete(7, &[name]).unwrap());
        drop(store);
        let before = disk.bytes();
        for calls in 0.. {
            let disk = Disk::with(before.clone(), NEVER);
            let mut store = disk.open().unwrap();
            disk.fail_after(calls);
            let compacted = store.compact();
            disk.fail_after(0);
            let mut found = Disk::with(disk.bytes(), NEVER).open().unwrap();
            assert_eq!(keys(&mut found), (vec![b"h".to_vec()], 1), "after {calls} calls");
            assert_eq!(found.get(7, b"h").unwrap().as_deref(), Some(&[7; 10_000][..]));
            if compacted.is_ok() {
                assert!(calls > 2);
                break;
            }
        }
    }

    #[test]
    fn what_changes_nothing_writes_nothing() {
        let disk = Disk::with(Vec::new(), NEVER);
        let mut store = disk.open().unwrap();
        store.set(7, b"k", b"v").unwrap();
        disk.fail_after(0);
        store.begin().unwrap();
        assert_eq!(store.get(7, b"k").unwrap().as_deref(), Some(&b"v"[..]));
        store.delete(7, b"absent").unwrap();
        store.clear(9).unwrap();
        store.commit().unwrap();
    }

    #[test]
    fn another_format_or_program_is_refused() {
        let disk = Disk::with(Vec::new(), NEVER);
        let store = disk.open().unwrap();
        let transaction = store.database.begin_write().unwrap();
        transaction.open_table(META).unwrap().insert(FORMAT_KEY, 9).unwrap();
        transaction.commit().unwrap();
        drop(store);
        assert_eq!(disk.open().err().unwrap(), "it has format 9, and this cu reads format 1");

        let disk = Disk::with(Vec::new(), NEVER);
        let database = builder().create_with_backend(disk.clone()).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(TableDefinition::<u32, u32>::new("other")).unwrap();
        transaction.commit().unwrap();
        drop(database);
        assert_eq!(disk.open().err().unwrap(), "it is a redb database of another program");
        assert!(Disk::with(vec![1; 5000], NEVER).open().is_err());
    }
}
