//! Units of every store against a naive model: committed changes stay; changes that were rolled back or killed are not
//! there.
#![cfg(all(feature = "redb", feature = "encryption"))]

mod faulty;
#[path = "../../testkit/src/folder.rs"]
mod folder;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cu_host::{
    EncryptedStore, EncryptionKey, Engine, Error, Instance, MemoryStore, Module, Options, RedbStore, SharedStore, Store,
};
use cu_random::Random;
use faulty::{Faulty, Plan};
use folder::Folder;

/// The content of a store, by table and key.
type Model = BTreeMap<(u32, Vec<u8>), Vec<u8>>;

/// A kind of store; each opening finds the content that the last store left.
struct Kind {
    name: &'static str,
    open: Box<dyn Fn() -> Box<dyn Store>>,
    /// Whether a store that is dropped within a unit loses the unit's changes.
    forgets_units: bool,
}

impl Kind {
    fn new(name: &'static str, forgets_units: bool, open: impl Fn() -> Box<dyn Store> + 'static) -> Kind {
        Kind { name, open: Box::new(open), forgets_units }
    }
}

fn kinds(folder: &Folder) -> Vec<Kind> {
    let key = || EncryptionKey::new(&[7; 32]);
    let (memory, sealed) = (SharedStore::<MemoryStore>::default(), SharedStore::<MemoryStore>::default());
    let (file, sealed_file) = (folder.file("plain.redb"), folder.file("encrypted.redb"));
    vec![
        Kind::new("memory", false, move || Box::new(memory.clone())),
        Kind::new("redb", true, move || Box::new(RedbStore::open(&file).unwrap())),
        Kind::new("encrypted memory", false, move || Box::new(EncryptedStore::open(sealed.clone(), key()).unwrap())),
        Kind::new("encrypted redb", true, move || {
            Box::new(EncryptedStore::open(RedbStore::open(&sealed_file).unwrap(), key()).unwrap())
        }),
    ]
}

fn content(store: &mut dyn Store) -> Model {
    let mut model = Model::new();
    let mut next = store.next_table(None).unwrap();
    while let Some(table) = next {
        let mut keys = Vec::new();
        let visit = &mut |key: &[u8]| {
            keys.push(key.to_vec());
            true
        };
        store.keys(table, None, false, visit).unwrap();
        assert_eq!(store.size(table), Ok(keys.len() as u32));
        for key in keys {
            let value = store.get(table, &key).unwrap().unwrap().into_owned();
            model.insert((table, key), value);
        }
        next = store.next_table(Some(table)).unwrap();
    }
    model
}

fn place(random: &mut Random) -> (u32, Vec<u8>) {
    let key = vec![b'k'; random.below(3)];
    (random.one_of(&[1, 2, 0x8000_0000]), [&key[..], &[random.below(4) as u8]].concat())
}

/// Makes the same random change in both.
fn change(random: &mut Random, store: &mut dyn Store, model: &mut Model) {
    let (table, key) = place(random);
    match random.below(8) {
        0 => {
            store.clear(table).unwrap();
            model.retain(|(other, _), _| *other != table);
        }
        1..4 => {
            store.delete(table, &key).unwrap();
            model.remove(&(table, key));
        }
        _ => {
            let value = vec![random.below(256) as u8; random.below(20)];
            store.set(table, &key, &value).unwrap();
            model.insert((table, key), value);
        }
    }
}

fn run(kind: &Kind, random: &mut Random) {
    let mut store = (kind.open)();
    assert!(store.can_roll_back());
    let mut model = content(&mut *store);
    for _ in 0..20 {
        let before = model.clone();
        // One change outside of a unit, or a unit of several changes.
        if random.one_in(4) {
            change(random, &mut *store, &mut model);
        } else {
            store.begin().unwrap();
            for _ in 0..random.below(8) {
                change(random, &mut *store, &mut model);
                if random.one_in(4) {
                    assert!(store.begin().is_err(), "units do not nest");
                }
            }
            assert_eq!(content(&mut *store), model, "changes are seen at once");
            match random.below(3) {
                0 => store.commit().unwrap(),
                1 if kind.forgets_units => {
                    drop(store);
                    store = (kind.open)();
                    model = before;
                }
                _ => {
                    let is_changed = model != before;
                    assert!(store.roll_back() || !is_changed, "it says that nothing was undone");
                    model = before;
                }
            }
        }
        if random.one_in(3) {
            drop(store);
            store = (kind.open)();
        }
        assert_eq!(content(&mut *store), model);
    }
}

#[test]
fn random_units_agree_with_the_model_over_every_store() {
    let folder = Folder::new("units");
    for kind in kinds(&folder) {
        for round in 0..8 {
            println!("{}", kind.name);
            run(&kind, &mut Random::from_environment(round));
        }
    }
}

/// Panics after so many calls.
fn panic_after(mut calls_left: usize) -> Plan {
    Box::new(move |_, _| {
        calls_left = calls_left.checked_sub(1).expect("the store panics");
        None
    })
}

const CHANGES: &str =
    "_home.a = { 1, 2, { 3 } } _home.b = nil local n = 0 function _home.count() n = n + 1 return n end
     _home.count() for i = 1, 20 do _home.list[i] = i end return #_home.list";

#[test]
fn a_host_that_panics_at_any_call_leaves_the_state_before_the_compute_or_the_one_after() {
    for engine in Engine::ALL {
        let module = Module::with_engine(*engine, cu_host::MODULE).unwrap();
        let mut panics = 0;
        for calls in 0.. {
            let store = SharedStore::new(MemoryStore::default());
            let mut first = Instance::new(&module, store.clone(), Options::default()).unwrap();
            first.compute("_home.b = 1 _home.list = {}").unwrap();
            drop(first);
            // The calls of `init` are allowed.
            let panicking = SharedStore::new(Faulty::new(store.clone(), |_, _| None));
            panicking.turn().unwrap().has_units = true;
            let mut instance = Instance::new(&module, panicking.clone(), Options::default()).unwrap();
            panicking.turn().unwrap().plan = panic_after(calls);
            let before = content(&mut *store.turn().unwrap());
            let answer = catch_unwind(AssertUnwindSafe(|| instance.compute(CHANGES)));
            let after = content(&mut *store.turn().unwrap());
            match answer {
                Err(_) => {
                    panics += 1;
                    assert_eq!(after, before, "{}, after {calls} calls", engine.name());
                }
                Ok(answer) => {
                    assert_eq!(answer.unwrap().value().as_i64(), Some(20));
                    assert_ne!(after, before);
                    break;
                }
            }
        }
        assert!(panics > 20, "{}: {panics}", engine.name());
    }
}

/// Code of the stand-in: an import that sets "k" of table 7, after `B` before a trap.
fn setting(how: u8) -> Vec<u8> {
    const KEY_AT: u32 = 65_536 + 22;
    let arguments = [7, KEY_AT, 1, KEY_AT, 1].map(u32::to_le_bytes).concat();
    [&[how, 0][..], &arguments, b"k"].concat()
}

#[test]
fn a_trap_undoes_the_compute_where_the_store_can_and_keeps_it_where_it_cannot() {
    for engine in Engine::ALL {
        let stand_in = wat::parse_str(include_str!("stand_in.wat")).unwrap();
        let module = Module::with_engine(*engine, &stand_in).unwrap();
        for can_roll_back in [false, true] {
            let inner = SharedStore::new(MemoryStore::default());
            let mut store = Faulty::new(inner.clone(), |_, _| None);
            store.has_units = can_roll_back;
            let mut instance = Instance::new(&module, store, Options::default()).unwrap();
            assert!(matches!(instance.compute(setting(b'B')), Err(Error::Trap(_))));
            assert!(instance.is_dead());
            let kept = content(&mut *inner.turn().unwrap());
            assert_eq!(kept.is_empty(), can_roll_back, "{kept:?}");
            let mut next = Instance::new(&module, instance.into_store(), Options::default()).unwrap();
            next.compute(setting(b'I')).unwrap();
            assert_eq!(content(&mut *inner.turn().unwrap()), Model::from([((7, b"k".to_vec()), b"k".to_vec())]));
        }
    }
}
