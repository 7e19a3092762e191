//! The stores of cu-host keep the contract.

use std::sync::Arc;

use cu_host::{EncryptedStore, EncryptionKey, FileMode, MemoryStore, RedbOptions, RedbStore, SharedStore, Store, Wait};
use cu_testkit::folder::Folder;
use cu_testkit::{Kills, Place, conformance, handles, killed};

fn key() -> EncryptionKey {
    EncryptionKey::new(&[7; 32])
}

fn each_turn(file: &str) -> RedbStore {
    RedbStore::open_with(file, RedbOptions { mode: FileMode::EachTurn, wait: Wait::Forever }).unwrap()
}

/// Places over new files of a folder, which goes with the last of them.
fn files(name: &str, open: fn(&str) -> Box<dyn Store>) -> impl Fn() -> Place {
    let folder = Arc::new(Folder::new(name));
    let number = std::cell::Cell::new(0);
    move || {
        number.set(number.get() + 1);
        let (file, folder) = (folder.file(&format!("{}.redb", number.get())), Arc::clone(&folder));
        Place::new(move || {
            let _ = &folder;
            open(&file)
        })
    }
}

#[test]
fn memory() {
    conformance(|| Place::fleeting(|| Box::new(MemoryStore::default())));
}

#[test]
fn shared_memory() {
    let make = || {
        let store = SharedStore::new(MemoryStore::default());
        Place::new(move || Box::new(store.clone()))
    };
    conformance(make);
    handles(make);
}

#[test]
fn encrypted() {
    let make = || {
        let store = SharedStore::new(MemoryStore::default());
        Place::new(move || Box::new(EncryptedStore::open(store.clone(), key()).unwrap()))
    };
    conformance(make);
    handles(make);
    let make = || {
        let store = SharedStore::new(EncryptedStore::open(MemoryStore::default(), key()).unwrap());
        Place::new(move || Box::new(store.clone()))
    };
    conformance(make);
    handles(make);
}

#[test]
fn a_file() {
    conformance(files("kit-kept", |file| Box::new(RedbStore::open(file).unwrap())));
    let open = |file: &str| -> Box<dyn Store> {
        Box::new(EncryptedStore::open(RedbStore::open(file).unwrap(), key()).unwrap())
    };
    conformance(files("kit-encrypted", open));
}

#[test]
fn a_file_that_is_open_in_turns() {
    let make = files("kit-turns", |file| Box::new(each_turn(file)));
    conformance(|| make().slow());
}

#[test]
fn processes_over_a_file_are_killed() {
    let file = std::env::var("CU_TEST_FILE").ok();
    let folder = file.is_none().then(|| Folder::new("kit-killed"));
    let file = file.or_else(|| Some(folder.as_ref()?.file("home.redb"))).unwrap();
    let path = file.clone();
    let place = Place::new(move || Box::new(each_turn(&path)));
    let variables = [("CU_TEST_FILE", &*file)];
    let kills = Kills { test: "processes_over_a_file_are_killed", variables: &variables, workers: 2, kills: 6 };
    killed(&place, kills, |_| {});
}
