//! Encryption: against a plain store as the model, with damage, over failing stores, and between hosts.

use serde_json::Value as Json;

use super::*;
use crate::store::encrypted::*;
use crate::store::{MemoryStore, SharedStore};
use crate::{Instance, MODULE, Module, Options};

fn key(byte: u8) -> EncryptionKey {
    EncryptionKey::new(&[byte; KEY_BYTES])
}

fn open(inner: MemoryStore, keys: impl Into<Keys>) -> EncryptedStore<MemoryStore> {
    EncryptedStore::open(inner, keys).unwrap()
}

fn refused(inner: MemoryStore, keys: impl Into<Keys>) -> StoreError {
    EncryptedStore::open(inner, keys).unwrap_err()
}

/// An encrypted store with a few values in a few tables.
fn filled(keys: impl Into<Keys>) -> EncryptedStore<MemoryStore> {
    let mut store = open(MemoryStore::default(), keys);
    for (table, name, value) in ENTRIES {
        store.set(table, name, value).unwrap();
    }
    store
}

const ENTRIES: [(u32, &[u8], &[u8]); 5] = [
    (1, b"a", b"first"),
    (1, b"b", b""),
    (1, b"", b"of the empty key"),
    (7, b"a", b"first"),
    (u32::MAX, b"z", &[7; 300]),
];

#[track_caller]
fn holds_all(store: &mut impl Store) {
    for (table, name, value) in ENTRIES {
        assert_eq!(store.get(table, name).unwrap().as_deref(), Some(value));
    }
}

/// The encrypted store gives the same answers as a plain one.
fn agrees_with_a_plain_store(store: &mut dyn Store) {
    let mut model = MemoryStore::default();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % limit
    };
    for _ in 0..4000 {
        let table = [1, 2, 0x8000_0000, u32::MAX][below(4) as usize];
        let name: Vec<u8> = (0..below(4)).map(|_| [0, 1, 0x7f, 0xff][below(4) as usize]).collect();
        match below(20) {
            0..8 => {
                let value = vec![below(256) as u8; below(200) as usize];
                store.set(table, &name, &value).unwrap();
                model.set(table, &name, &value).unwrap();
            }
            8..13 => assert_eq!(store.get(table, &name), model.get(table, &name)),
            13..16 => {
                store.delete(table, &name).unwrap();
                model.delete(table, &name).unwrap();
            }
            16 if below(8) == 0 => {
                store.clear(table).unwrap();
                model.clear(table).unwrap();
            }
            _ => {
                let after = (below(3) > 0).then_some(&name[..]);
                let descending = below(2) == 1;
                assert_eq!(keys(store, table, after, descending), keys(&mut model, table, after, descending));
                let next = (below(3) > 0).then_some(table);
                assert_eq!(store.next_table(next), model.next_table(next));
            }
        }
        assert_eq!(store.size(table), model.size(table));
    }
}

fn keys(store: &mut dyn Store, table: u32, after: Option<&[u8]>, descending: bool) -> Vec<Vec<u8>> {
    let mut seen = Vec::new();
    let visit = &mut |key: &[u8]| {
        seen.push(key.to_vec());
        true
    };
    store.keys(table, after, descending, visit).unwrap();
    seen
}

#[test]
fn random_operations_agree_with_a_plain_store() {
    agrees_with_a_plain_store(&mut open(MemoryStore::default(), key(1)));
    agrees_with_a_plain_store(&mut SharedStore::new(open(MemoryStore::default(), key(1))));
}

#[test]
fn the_table_of_the_marker_is_hidden() {
    let mut store = filled(key(1));
    assert!(is_encrypted(store.inner_mut()).unwrap());
    assert!(!is_encrypted(&mut MemoryStore::default()).unwrap());
    let (own, name) = (marker::PLACE.table, marker::PLACE.key);
    assert_eq!(store.get(own, name), Ok(None));
    assert_eq!(store.size(own), Ok(0));
    assert_eq!(keys(&mut store, own, None, false), Vec::<Vec<u8>>::new());
    assert_eq!(store.next_table(Some(7)), Ok(Some(u32::MAX)));
    store.delete(own, name).unwrap();
    store.clear(own).unwrap();
    assert_eq!(
        store.set(own, b"k", b"v").unwrap_err(),
        StoreError::new(RESERVED, "table 4278190080, key 6b: the table belongs to the encryption")
    );
    holds_all(&mut open(store.into_inner(), key(1)));
}

#[test]
fn every_changed_byte_and_every_truncation_is_an_error_that_names_its_place() {
    let mut store = filled(key(1));
    for (table, name, _) in ENTRIES {
        let whole = store.inner_mut().get(table, name).unwrap().unwrap().into_owned();
        let changed = (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, 1 << bit)).chain([(at, 0xff)]));
        let changed = changed.map(|(at, mask)| {
            let mut bytes = whole.clone();
            bytes[at] ^= mask;
            bytes
        });
        let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
        let longer = [[&whole[..], &[0]].concat()];
        let damaged: Vec<Vec<u8>> = changed.chain(cut).chain(longer).collect();
        for bytes in damaged {
            store.inner_mut().set(table, name, &bytes).unwrap();
            let error = store.get(table, name).unwrap_err();
            let expected = match &bytes[..] {
                [0xe1, b'c', b'u', rest @ ..] if rest.len() + 3 >= OVERHEAD_BYTES && rest[0] == 1 => {
                    if rest[1..9] == key(1).id().0 { DAMAGED } else { KEY_MISSING }
                }
                [0xe1, b'c', b'u', ..] => DAMAGED,
                _ => NOT_ENCRYPTED,
            };
            let place = format!("table {table}, key {}: ", name.iter().map(|b| format!("{b:02x}")).collect::<String>());
            assert!(error.code == expected && error.message.starts_with(&place), "{error} for {bytes:02x?}");
        }
        store.inner_mut().set(table, name, &whole).unwrap();
    }
    holds_all(&mut store);
}

#[test]
fn a_value_is_good_for_its_table_and_key_only() {
    let mut store = filled(key(1));
    let sealed: Vec<Vec<u8>> = ENTRIES
        .iter()
        .map(|(table, name, _)| store.inner_mut().get(*table, name).unwrap().unwrap().into_owned())
        .collect();
    for (from, bytes) in sealed.iter().enumerate() {
        for (to, (table, name, _)) in ENTRIES.iter().enumerate() {
            store.inner_mut().set(*table, name, bytes).unwrap();
            let got = store.get(*table, name);
            if from == to {
                assert!(got.is_ok());
            } else {
                let error = got.unwrap_err();
                assert!(error.code == DAMAGED && error.message.ends_with("or it was moved"), "{error}");
            }
        }
    }
    // Different pairs of table id and key must not have the same authenticated bytes.
    store.set(0x0061_0001, b"b", b"1").unwrap();
    let bytes = store.inner_mut().get(0x0061_0001, b"b").unwrap().unwrap().into_owned();
    store.inner_mut().set(1, b"\x61\x00b", &bytes).unwrap();
    assert_eq!(store.get(1, b"\x61\x00b").unwrap_err().code, DAMAGED);
}

#[test]
fn equal_values_are_encrypted_differently() {
    let mut store = filled(key(1));
    let first = store.inner_mut().get(1, b"a").unwrap().unwrap().into_owned();
    store.set(1, b"a", b"first").unwrap();
    assert_ne!(store.inner_mut().get(1, b"a").unwrap().as_deref(), Some(&first[..]));
    assert_eq!(first.len(), b"first".len() + OVERHEAD_BYTES);
}

#[test]
fn another_key_is_refused_with_both_ids() {
    let inner = filled(key(1)).into_inner();
    let (right, wrong) = (key(1).id(), key(2).id());
    let error = refused(inner.clone(), key(2));
    let named = "table 4278190080, key 656e63727970746564: the value needs the key with id";
    assert_eq!(error, StoreError::new(KEY_MISSING, format!("{named} {right}; given is {wrong}")));
    holds_all(&mut open(inner, Keys::new(key(2)).with_older(key(1))));
}

#[test]
fn a_store_with_plain_values_is_refused() {
    let mut plain = MemoryStore::default();
    plain.set(7, b"a", b"\x01\x01").unwrap();
    let error = refused(plain.clone(), key(1));
    let message = "the store is not encrypted, or has lost the record of it; entries in table 7: 1".to_owned();
    assert_eq!(error, StoreError::new(NOT_ENCRYPTED, message));
    // One value that was written directly to the store below.
    let mut store = filled(key(1));
    store.inner_mut().set(7, b"a", b"\x01\x01").unwrap();
    let error = store.get(7, b"a").unwrap_err();
    assert_eq!(error.to_string(), "the store failed with code -7: table 7, key 61: the value is not encrypted");
    assert_eq!(store.rotate(&mut |_| {}).unwrap_err().code, NOT_ENCRYPTED);
}

#[test]
fn a_damaged_marker_is_named() {
    for content in [&b""[..], b"\x02", b"\x01\x02\x03"] {
        let mut inner = MemoryStore::default();
        let sealed = sealed::seal(&key(1), getrandom::fill, marker::PLACE, content).unwrap();
        inner.set(marker::PLACE.table, marker::PLACE.key, &sealed).unwrap();
        let error = refused(inner, key(1));
        assert!(error.code == DAMAGED && error.message.ends_with("bytes, which say nothing"), "{error}");
    }
}

#[test]
fn without_random_bytes_nothing_is_written() {
    let mut store = filled(key(1));
    store.random = |_| Err(getrandom::Error::UNSUPPORTED);
    let before = store.inner.clone();
    let error = store.set(1, b"a", b"second").unwrap_err();
    assert_eq!(error.code, NO_RANDOMNESS);
    assert!(error.message.starts_with("table 1, key 61: not encrypted: the system gives no random bytes: "), "{error}");
    assert_eq!(store.inner, before);
}

#[test]
fn keys_are_in_no_text() {
    let secret = *b"this is a secret of 32 bytes....";
    let store = filled(EncryptionKey::new(&secret));
    let shown = format!("{store:?} {:?}", EncryptionKey::new(&secret));
    assert!(shown.contains(&format!("EncryptionKey({})", EncryptionKey::new(&secret).id())), "{shown}");
    for form in ["secret".to_owned(), format!("{:?}", &secret[..4]), "74686973".to_owned(), "116, 104, 105".to_owned()]
    {
        assert!(!shown.contains(form.trim_matches(['[', ']'])), "{form} in {shown}");
    }
}

#[test]
fn a_rotation_leaves_nothing_of_the_older_key() {
    let inner = filled(key(1)).into_inner();
    let mut store = open(inner, Keys::new(key(2)).with_older(key(1)));
    store.set(7, b"new", b"with the newest key").unwrap();
    let mut seen = Vec::new();
    let done = store.rotate(&mut |progress| seen.push(progress)).unwrap();
    assert_eq!(done, Progress { entries: 6, rewritten: 5, is_done: true });
    assert_eq!(seen.last(), Some(&done));
    let inner = store.into_inner();
    assert!(inner.entries().all(|(_, _, bytes)| sealed::key_id(bytes) == Some(key(2).id())));
    assert_eq!(refused(inner.clone(), key(1)).code, KEY_MISSING);
    let mut store = open(inner, key(2));
    holds_all(&mut store);
    assert_eq!(store.rotate(&mut |_| {}), Ok(Progress { entries: 6, rewritten: 0, is_done: true }));
}

#[test]
fn from_the_first_opening_with_a_newer_key_to_the_end_of_the_rotation_both_are_needed() {
    let store = open(filled(key(1)).into_inner(), Keys::new(key(2)).with_older(key(1)));
    let inner = store.into_inner();
    let error = refused(inner.clone(), key(1));
    assert!(error.code == KEY_MISSING && error.message.contains(&key(2).id().to_string()), "{error}");
    let error = refused(inner.clone(), key(2));
    let (older, newer) = (key(1).id(), key(2).id());
    let text = format!("values of this store need the key with id {older}; given is {newer}");
    assert!(error.code == KEY_MISSING && error.message.ends_with(&text), "{error}");
    // A third key, while the rotation to the second has not finished.
    let keys = || Keys::new(key(3)).with_older(key(2)).with_older(key(1));
    assert_eq!(refused(inner.clone(), Keys::new(key(3)).with_older(key(2))).code, KEY_MISSING);
    let mut store = open(inner.clone(), keys());
    store.rotate(&mut |_| {}).unwrap();
    holds_all(&mut open(store.into_inner(), key(3)));
    // And back to the first.
    let mut store = open(inner, Keys::new(key(1)).with_older(key(2)));
    store.rotate(&mut |_| {}).unwrap();
    holds_all(&mut open(store.into_inner(), key(1)));
}

#[test]
fn a_rotation_goes_on_batch_by_batch_between_other_changes() {
    let mut store = open(MemoryStore::default(), key(1));
    for number in 0..5000_u32 {
        store.set(10 + number % 3, &number.to_be_bytes(), &number.to_le_bytes()).unwrap();
    }
    for number in 0..4_u8 {
        store.set(2, &[number], &vec![number; 600_000]).unwrap();
    }
    let mut store = open(store.into_inner(), Keys::new(key(2)).with_older(key(1)));
    let mut rotation = Rotation::default();
    let mut batches = 0;
    while !rotation.progress().is_done {
        let before = rotation.progress();
        let now = store.rotate_batch(&mut rotation).unwrap();
        assert!(now.entries - before.entries < 1200, "{now:?}");
        batches += 1;
        store.delete(10, &(3 * batches * 100_u32).to_be_bytes()).unwrap();
        store.set(10, &(9000 + batches).to_be_bytes(), b"meanwhile").unwrap();
        store.set(5000 + batches, b"k", b"meanwhile").unwrap();
    }
    assert!(batches > 6, "{batches} batches");
    assert_eq!(store.rotate_batch(&mut rotation), Ok(rotation.progress()), "behind the end there is nothing to do");
    let mut store = open(store.into_inner(), key(2));
    assert_eq!(store.get(11, &4000_u32.to_be_bytes()).unwrap().as_deref(), Some(&4000_u32.to_le_bytes()[..]));
    assert_eq!(store.rotate(&mut |_| {}).unwrap().rewritten, 0);
}

#[test]
fn a_damaged_value_stops_a_rotation_and_is_named() {
    let mut store = open(filled(key(1)).into_inner(), Keys::new(key(2)).with_older(key(1)));
    let mut bytes = store.inner_mut().get(7, b"a").unwrap().unwrap().into_owned();
    *bytes.last_mut().unwrap() ^= 1;
    store.inner_mut().set(7, b"a", &bytes).unwrap();
    let error = store.rotate(&mut |_| {}).unwrap_err();
    assert!(error.code == DAMAGED && error.message.starts_with("table 7, key 61: "), "{error}");
    store.delete(7, b"a").unwrap();
    assert!(store.rotate(&mut |_| {}).unwrap().is_done);
}

/// A store without units that fails from its n-th call on: earlier writes stay.
struct Failing {
    inner: MemoryStore,
    calls_left: u32,
}

impl Failing {
    fn after(calls_left: u32, inner: &MemoryStore) -> SharedStore<Failing> {
        SharedStore::new(Failing { inner: inner.clone(), calls_left })
    }

    fn count(&mut self) -> Result<(), StoreError> {
        let message = "the store is gone".to_owned();
        self.calls_left = self.calls_left.checked_sub(1).ok_or(StoreError::new(-99, message))?;
        Ok(())
    }
}

impl Store for Failing {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.count()?;
        self.inner.get(table, key)
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.count()?;
        self.inner.set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.count()?;
        self.inner.delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.count()?;
        self.inner.size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.count()?;
        self.inner.keys(table, after, descending, visit)
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        self.count()?;
        self.inner.next_table(after)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.count()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.count()
    }
}

#[test]
fn a_rotation_killed_at_any_call_is_read_with_both_keys_and_resumed() {
    let before = filled(key(1)).into_inner();
    let keys = || Keys::new(key(2)).with_older(key(1));
    for calls in 0.. {
        let failing = Failing::after(calls, &before);
        let killed = EncryptedStore::open(failing.clone(), keys()).and_then(|mut store| store.rotate(&mut |_| {}));
        let inner = failing.turn().unwrap().inner.clone();
        holds_all(&mut open(inner.clone(), keys()));
        let mut store = open(inner.clone(), keys());
        store.rotate(&mut |_| {}).unwrap();
        holds_all(&mut open(store.into_inner(), key(2)));
        match killed {
            Ok(_) => {
                assert!(calls > 20, "{calls} calls");
                holds_all(&mut open(inner, key(2)));
                break;
            }
            Err(error) => assert_eq!(error.code, -99),
        }
    }
}

#[test]
fn an_encryption_killed_at_any_call_is_resumed() {
    let mut plain = MemoryStore::default();
    for (table, name, value) in ENTRIES {
        plain.set(table, name, value).unwrap();
    }
    for calls in 0.. {
        let failing = Failing::after(calls, &plain);
        let killed = EncryptedStore::encrypt_all(failing.clone(), key(1), &mut |_| {}).map(drop);
        let inner = failing.turn().unwrap().inner.clone();
        match killed {
            Ok(()) => {
                holds_all(&mut open(inner, key(1)));
                break;
            }
            Err(error) => assert_eq!(error.code, -99),
        }
        match EncryptedStore::open(inner.clone(), key(1)).map(drop) {
            Ok(()) => {} // Only the answer to the last call was lost.
            Err(error) if is_encrypted(&mut inner.clone()).unwrap() => {
                assert_eq!(error.code, UNFINISHED, "{error}");
                let message = "the store is only half encrypted: encrypt_all has to go on";
                assert!(error.message.ends_with(message), "{error}");
            }
            Err(error) => assert_eq!((error.code, &inner), (NOT_ENCRYPTED, &plain)),
        }
        // Also with another key than before.
        let keys = Keys::new(key(2)).with_older(key(1));
        holds_all(&mut EncryptedStore::encrypt_all(inner, keys, &mut |_| {}).unwrap());
    }
    let mut again =
        EncryptedStore::encrypt_all(filled(key(1)).into_inner(), key(1), &mut |_| panic!("a step")).unwrap();
    holds_all(&mut again);
}

#[test]
fn a_store_that_fails_answers_its_own_error() {
    let failing = Failing::after(1, &filled(key(1)).into_inner());
    let mut store = EncryptedStore::open(failing, key(1)).unwrap();
    let gone = Err(-99);
    assert_eq!(store.get(1, b"a").map(drop).map_err(|error| error.code), gone);
    assert_eq!(store.set(1, b"a", b"").map_err(|error| error.code), gone);
    assert_eq!(store.clear(1).map_err(|error| error.code), gone);
    assert_eq!(store.begin().map_err(|error| error.code), gone);
}

const VECTORS: &str = include_str!("../../../../../../abi/vectors/encrypted.json");

fn hex(text: &Json) -> Vec<u8> {
    let text = text.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn key_of(vector: &Json) -> EncryptionKey {
    EncryptionKey::new(&hex(&vector["key"]).try_into().unwrap())
}

#[test]
fn vectors_are_written_and_read() {
    let vectors: Json = serde_json::from_str(VECTORS).unwrap();
    for vector in vectors["values"].as_array().unwrap() {
        let (key, name) = (key_of(vector), hex(&vector["entry"]));
        let entry = Entry { table: vector["table"].as_u64().unwrap() as u32, key: &name };
        let (value, bytes) = (hex(&vector["value"]), hex(&vector["bytes"]));
        assert_eq!(key.id().to_string(), vector["keyId"].as_str().unwrap());
        assert_eq!(sealed::seal_with(&key, hex(&vector["nonce"]).try_into().unwrap(), entry, &value).unwrap(), bytes);
        assert_eq!(sealed::open(&key.into(), entry, &bytes).unwrap(), value);
    }
    for vector in vectors["refused"].as_array().unwrap() {
        let name = hex(&vector["entry"]);
        let entry = Entry { table: vector["table"].as_u64().unwrap() as u32, key: &name };
        let error = sealed::open(&key_of(vector).into(), entry, &hex(&vector["bytes"])).unwrap_err();
        let code = match vector["reason"].as_str().unwrap() {
            "plain" => NOT_ENCRYPTED,
            "key" => KEY_MISSING,
            "damaged" => DAMAGED,
            other => panic!("{other}"),
        };
        assert_eq!(error.code, code, "{}", vector["name"]);
    }
}

/// The script for the homes in the vectors (abi/vectors/README.md): the counter was at 41.
const QUESTION: &str = "return _home.counter(), _home.user.name, #_home.user.notes[2]";

/// This host reads a home that the other host wrote, and its functions continue.
#[test]
fn homes_of_both_hosts_are_read() {
    let vectors: Json = serde_json::from_str(VECTORS).unwrap();
    let module = Module::new(MODULE).unwrap();
    let homes = vectors["homes"].as_array().unwrap();
    assert_eq!(homes.len(), 2);
    for home in homes {
        let mut inner = MemoryStore::default();
        for row in home["rows"].as_array().unwrap() {
            inner.set(row[0].as_u64().unwrap() as u32, &hex(&row[1]), &hex(&row[2])).unwrap();
        }
        let store = open(inner, key_of(home));
        let mut instance = Instance::new(&module, store, Options::default()).unwrap();
        let answer = instance.compute(QUESTION).unwrap();
        let shown: Vec<String> = answer.values.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["42", "Ada", "2500"], "{}", home["host"]);
    }
}

#[cfg(feature = "redb")]
#[test]
fn random_operations_over_a_file_agree_with_a_plain_store() {
    let file = std::env::temp_dir().join(format!("cu-encrypted-model-{}.redb", std::process::id()));
    let mut store = EncryptedStore::open(crate::RedbStore::open(&file).unwrap(), key(1)).unwrap();
    // One transaction for all: a sync for each operation takes long.
    store.begin().unwrap();
    agrees_with_a_plain_store(&mut store);
    store.commit().unwrap();
    drop(store);
    std::fs::remove_file(file).unwrap();
}
