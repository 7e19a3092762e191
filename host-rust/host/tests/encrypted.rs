//! Encryption over a file: scripts across restarts, units, compaction, and whether the file shows its content.
#![cfg(all(feature = "redb", feature = "encryption"))]

use std::collections::BTreeMap;

use cu_host::{EncryptedStore, EncryptionKey, Instance, Keys, MODULE, Module, Options, RedbStore, Store};

fn key(byte: u8) -> EncryptionKey {
    EncryptionKey::new(&[byte; 32])
}

struct File(std::path::PathBuf);

impl File {
    fn new(name: &str) -> File {
        File(std::env::temp_dir().join(format!("cu-encrypted-{name}-{}.redb", std::process::id())))
    }

    fn contains(&self, bytes: &[u8]) -> bool {
        std::fs::read(&self.0).unwrap().windows(bytes.len()).any(|window| window == bytes)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_script_goes_on_after_a_restart_and_the_file_has_nothing_in_the_clear() {
    let file = File::new("script");
    let module = Module::new(MODULE).unwrap();
    let text = "local count = 0
        function _home.counter() count = count + 1 return count, 'MARKER-in-code' end
        _home.secret = 'MARKER-as-value' _home.nested = { { text = 'MARKER-nested' } }
        _home.long = ('MARKER-long '):rep(20)
        return _home.counter()";
    for run in 1..=3 {
        let store = EncryptedStore::open(RedbStore::open(&file.0).unwrap(), key(1)).unwrap();
        let mut instance = Instance::new(&module, store, Options::default()).unwrap();
        let code = if run == 1 { text } else { "return _home.counter()" };
        assert_eq!(instance.compute(code).unwrap().value().as_i64(), Some(run));
        assert!(instance.compute("_home.failed = 'MARKER' error('no')").is_err());
        instance.run_gc().unwrap();
        assert_eq!(instance.compute("return _home.failed").unwrap().value().as_str(), Some("MARKER"));
    }
    assert!(!file.contains(b"MARKER"));
    assert!(file.contains(b"secret"), "keys are in the clear, and the test looks at the right bytes");
}

#[test]
fn units_sizes_and_compaction_are_those_of_the_file() {
    let file = File::new("units");
    let mut store = EncryptedStore::open(RedbStore::open(&file.0).unwrap(), key(1)).unwrap();
    store.set(7, b"a", b"1").unwrap();
    store.begin().unwrap();
    assert!(store.begin().is_err());
    store.set(7, b"b", b"2").unwrap();
    store.clear(7).unwrap();
    assert_eq!(store.next_table(None), Ok(None));
    store.set(8, b"b", b"2").unwrap();
    assert_eq!((store.next_table(None), store.sizes()), (Ok(Some(8)), Ok(BTreeMap::from([(8, 1)]))));
    assert!(store.roll_back() && !store.roll_back());
    assert_eq!(store.sizes(), Ok(BTreeMap::from([(7, 1)])));
    assert_eq!(store.get(7, b"a").unwrap().as_deref(), Some(&b"1"[..]));
    for table in 10..100 {
        store.set(table, b"k", &[7; 10_000]).unwrap();
    }
    (11..100).for_each(|table| store.clear(table).unwrap());
    assert_eq!(store.compact(), Ok(true));
    drop(store);
    let mut store = EncryptedStore::open(RedbStore::open(&file.0).unwrap(), key(1)).unwrap();
    assert_eq!(store.get(10, b"k").unwrap().as_deref(), Some(&[7; 10_000][..]));
}

#[test]
fn a_plain_file_is_encrypted_and_rotated() {
    let file = File::new("rotated");
    let mut plain = RedbStore::open(&file.0).unwrap();
    plain.begin().unwrap();
    for number in 0..3000_u32 {
        plain.set(1 + number % 5, &number.to_be_bytes(), b"MARKER").unwrap();
    }
    plain.commit().unwrap();
    let refused = EncryptedStore::open(plain, key(1)).map(drop).unwrap_err();
    assert_eq!(refused.message, "the store is not encrypted, or has lost the record of it; entries in table 1: 600");
    let mut steps = Vec::new();
    let plain = RedbStore::open(&file.0).unwrap();
    let mut store = EncryptedStore::encrypt_all(plain, key(1), &mut |step| steps.push(step)).unwrap();
    assert!(steps.len() > 3 && steps.last().unwrap().rewritten == 3000, "{steps:?}");
    store.begin().unwrap();
    assert!(store.rotate(&mut |_| {}).unwrap_err().message.contains("another call"), "not during a call");
    store.roll_back();
    drop(store);
    let keys = Keys::new(key(2)).with_older(key(1));
    let mut store = EncryptedStore::open(RedbStore::open(&file.0).unwrap(), keys).unwrap();
    store.rotate(&mut |_| {}).unwrap();
    store.compact().unwrap();
    drop(store);
    let mut store = EncryptedStore::open(RedbStore::open(&file.0).unwrap(), key(2)).unwrap();
    assert_eq!(store.get(3, &2_u32.to_be_bytes()).unwrap().as_deref(), Some(&b"MARKER"[..]));
    assert_eq!(store.sizes().unwrap().values().sum::<u32>(), 3000);
}
