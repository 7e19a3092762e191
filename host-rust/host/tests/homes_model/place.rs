//! Where the homes are: one store, as often as it is opened.

use cu_host::{EncryptedStore, EncryptionKey, FileMode, MemoryStore, RedbOptions, RedbStore, SharedStore, Store, Wait};

/// What an instance or the host gets of the one store.
pub type Handle = Box<dyn Store>;

pub enum Place {
    Memory(SharedStore<MemoryStore>),
    /// Values are encrypted below the turns.
    EncryptedMemory(SharedStore<EncryptedStore<MemoryStore>>),
    /// Each instance encrypts what it gives to the turns.
    EncryptedHandles(SharedStore<MemoryStore>),
    /// A file that is open as long as the store.
    Kept(String, Option<SharedStore<RedbStore>>),
    EncryptedKept(String, Option<SharedStore<EncryptedStore<RedbStore>>>),
    /// A file that each instance opens for its turns.
    EachTurn(String),
    EncryptedEachTurn(String),
}

fn key() -> EncryptionKey {
    EncryptionKey::new(&[7; 32])
}

/// A file that is open in each turn only.
pub fn each_turn(file: &str) -> RedbStore {
    RedbStore::open_with(file, RedbOptions { mode: FileMode::EachTurn, wait: Wait::Forever }).unwrap()
}

fn kept(file: &str) -> SharedStore<RedbStore> {
    SharedStore::new(RedbStore::open(file).unwrap())
}

fn encrypted_kept(file: &str) -> SharedStore<EncryptedStore<RedbStore>> {
    SharedStore::new(EncryptedStore::open(RedbStore::open(file).unwrap(), key()).unwrap())
}

impl Place {
    pub fn memory() -> Place {
        Place::Memory(SharedStore::new(MemoryStore::default()))
    }

    pub fn encrypted_memory() -> Place {
        Place::EncryptedMemory(SharedStore::new(EncryptedStore::open(MemoryStore::default(), key()).unwrap()))
    }

    pub fn encrypted_handles() -> Place {
        Place::EncryptedHandles(SharedStore::new(MemoryStore::default()))
    }

    pub fn kept(file: String) -> Place {
        let store = kept(&file);
        Place::Kept(file, Some(store))
    }

    pub fn encrypted_kept(file: String) -> Place {
        let store = encrypted_kept(&file);
        Place::EncryptedKept(file, Some(store))
    }

    pub fn open(&self) -> Handle {
        const OPEN: &str = "it is closed only to be opened again";
        match self {
            Place::Memory(store) => Box::new(store.clone()),
            Place::EncryptedMemory(store) => Box::new(store.clone()),
            Place::EncryptedHandles(store) => Box::new(EncryptedStore::open(store.clone(), key()).unwrap()),
            Place::Kept(_, store) => Box::new(store.as_ref().expect(OPEN).clone()),
            Place::EncryptedKept(_, store) => Box::new(store.as_ref().expect(OPEN).clone()),
            Place::EachTurn(file) => Box::new(each_turn(file)),
            Place::EncryptedEachTurn(file) => Box::new(EncryptedStore::open(each_turn(file), key()).unwrap()),
        }
    }

    /// Closes a file that is kept open and opens it again, when no instance has it any more.
    pub fn reopen(&mut self) {
        match self {
            Place::Kept(file, store) => {
                *store = None;
                *store = Some(kept(file));
            }
            Place::EncryptedKept(file, store) => {
                *store = None;
                *store = Some(encrypted_kept(file));
            }
            _ => {}
        }
    }
}
