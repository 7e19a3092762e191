//! The store over a file in memory that fails at a chosen call.

use std::io;
use std::sync::{Arc, Mutex};

use redb::{StorageBackend, TableDefinition};

use super::*;
use crate::store::redb::backend::builder;
use crate::store::redb::drawing::{FORMAT_KEY, META, VERSION_KEY};

/// A file in memory that fails from its `calls_left`-th changing call on. Earlier writes stay.
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

    fn open(&self) -> Result<RedbStore, Cause> {
        RedbStore::over(builder().create_with_backend(self.clone()).map_err(|error| cause(error.into()))?)
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
fn a_file_without_a_version_counts_from_nothing() {
    let disk = Disk::with(Vec::new(), NEVER);
    fill(&mut disk.open().unwrap(), &["old"]).unwrap();
    let database = builder().create_with_backend(disk.clone()).unwrap();
    let transaction = database.begin_write().unwrap();
    let version = transaction.open_table(META).unwrap().remove(VERSION_KEY).unwrap().map(|version| version.value());
    assert_eq!(version, Some(1));
    transaction.commit().unwrap();
    drop(database);
    let mut store = disk.open().unwrap();
    assert_eq!((store.version(), store.size(7)), (Ok(0), Ok(1)));
    fill(&mut store, &["new"]).unwrap();
    assert_eq!((store.version(), store.size(7)), (Ok(1), Ok(2)));
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
        // The process was killed, so it does nothing more.
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
                assert!(
                    opened.is_err() && cause.to_string().ends_with("was interrupted"),
                    "after {calls} calls: {cause}"
                )
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
    assert!(store.roll_back());
    assert_eq!(keys(&mut store), (vec![b"a".to_vec()], 1));
    assert_eq!(store.size(8), Ok(1));
    store.begin().unwrap();
    assert!(!store.roll_back(), "there was nothing to undo");
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
    let transaction = store.database.as_ref().unwrap().begin_write().unwrap();
    transaction.open_table(META).unwrap().insert(FORMAT_KEY, 9).unwrap();
    transaction.commit().unwrap();
    drop(store);
    assert_eq!(disk.open().err().unwrap(), "it has format 9, and this cu reads format 1".into());

    let disk = Disk::with(Vec::new(), NEVER);
    let database = builder().create_with_backend(disk.clone()).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(TableDefinition::<u32, u32>::new("other")).unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert_eq!(disk.open().err().unwrap(), "it is a redb database of another program".into());
    assert!(Disk::with(vec![1; 5000], NEVER).open().is_err());
}

/// A file that is too large for the check when it is opened: redb finds its damage later, often with a panic.
#[test]
fn no_panic_of_redb_leaves_a_store_over_a_damaged_file() {
    let disk = Disk::with(Vec::new(), NEVER);
    let mut store = disk.open().unwrap();
    for number in 0..400_u32 {
        store.set(7, &number.to_be_bytes(), &[number as u8; 100]).unwrap();
    }
    drop(store);
    let whole = disk.bytes();
    let mut panics = 0;
    for round in 0..600 {
        let mut bytes = whole.clone();
        // Damages up to 40 bytes. Their place moves through the file, and its offset in the page changes.
        let at = round * 257 * 13 % whole.len();
        let end = (at + 1 + round % 40).min(whole.len());
        bytes[at..end].iter_mut().for_each(|byte| *byte ^= round as u8 | 1);
        let disk = Disk::with(bytes, NEVER);
        let opened = caught(|| builder().create_with_backend(disk));
        let Ok(Ok(mut store)) = opened.map(|opened| opened.map(RedbStore::over)) else { continue };
        let Ok(store) = &mut store else { continue };
        let mut count = 0;
        let _ = store.keys(7, None, false, &mut |_| {
            count += 1;
            true
        });
        let _ = store.get(7, &1_u32.to_be_bytes());
        let _ = store.begin().and_then(|()| store.set(7, b"new", b"value")).and_then(|()| store.commit());
        if store.failure.is_some() {
            panics += 1;
            assert!(store.get(7, b"new").is_err() && store.compact().is_err());
        }
    }
    assert!(panics > 0, "redb panicked at nothing");
}

/// A host's own panic is not taken for one of redb.
#[test]
fn a_panic_of_the_visitor_goes_on() {
    let mut store = Disk::with(Vec::new(), NEVER).open().unwrap();
    store.set(7, b"key", b"value").unwrap();
    let visit = std::panic::AssertUnwindSafe(|| store.keys(7, None, false, &mut |_| panic!("of the host")));
    let panic = std::panic::catch_unwind(visit).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of the host"));
}
