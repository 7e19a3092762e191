//! Files whose process died while it made them: nothing was in them, so they are made anew; and files that only look so.
#![cfg(feature = "redb")]

use cu_host::{RedbStore, Store};

/// A file for one test, without what is there from an earlier run.
fn file(name: &str) -> std::path::PathBuf {
    let file = std::env::temp_dir().join(format!("cu-interrupted-{name}-{}", std::process::id()));
    let _ = std::fs::remove_file(&file);
    file
}

/// The bytes of a new file with nothing in it.
fn new_file(name: &str) -> Vec<u8> {
    let file = file(name);
    drop(RedbStore::open(&file).unwrap());
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    bytes
}

#[test]
fn a_file_whose_creation_was_interrupted_is_made_anew() {
    let (file, whole) = (file("begun"), new_file("begun-whole"));
    for head in [0, 1, 64, 320] {
        for length in [1, 9, 320, 4096, 4097, whole.len()] {
            let mut bytes = whole.clone();
            bytes[..9].fill(0);
            bytes[head.max(9)..].fill(0);
            bytes.truncate(length);
            std::fs::write(&file, &bytes).unwrap();
            let mut store = RedbStore::open(&file).unwrap_or_else(|error| panic!("{head} of {length} bytes: {error}"));
            store.set(7, b"k", b"v").unwrap();
            drop(store);
            assert_eq!(RedbStore::open(&file).unwrap().size(7), Ok(1), "{head} of {length} bytes");
        }
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_file_that_lost_its_beginning_is_refused_and_stays() {
    let file = file("lost");
    RedbStore::open(&file).unwrap().set(7, b"k", b"v").unwrap();
    let whole = std::fs::read(&file).unwrap();
    for lost in [1, 9, 64, 320, 4096] {
        let mut bytes = whole.clone();
        bytes[..lost].fill(0);
        std::fs::write(&file, &bytes).unwrap();
        assert!(RedbStore::open(&file).is_err(), "{lost}");
        assert!(std::fs::read(&file).unwrap() == bytes, "{lost}");
    }
    std::fs::remove_file(&file).unwrap();
}
