//! Random operations on a store, and on a model that is too simple to be wrong.

use std::collections::BTreeMap;
use std::ops::Bound;

use cu_host::Store;
use cu_random::Random;

use crate::place::Place;
use crate::{keys, value};

/// Tables, by id.
type Model = BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>>;

const STEPS: usize = 300;
const TABLES: [u32; 4] = [1, 2, 300, 0x8000_0001];

fn key(random: &mut Random) -> Vec<u8> {
    // Few different ones, so that most are there already; now and then one that is long.
    match random.below(12) {
        0 => Vec::new(),
        1 => vec![random.below(3) as u8; 2000 + random.below(3)],
        length => (0..length % 3 + 1).map(|_| [0, 1, b'a', 0xff][random.below(4)]).collect(),
    }
}

fn content(random: &mut Random) -> Vec<u8> {
    let length = if random.one_in(20) { 10_000 } else { random.below(40) };
    vec![random.below(256) as u8; length]
}

/// The keys of the model, as a store lists them.
fn listed(model: &Model, table: u32, after: Option<&[u8]>, descending: bool, most: usize) -> Vec<Vec<u8>> {
    let Some(rows) = model.get(&table) else { return Vec::new() };
    let bound = after.map_or(Bound::Unbounded, Bound::Excluded);
    if descending {
        rows.range::<[u8], _>((Bound::Unbounded, bound)).rev().take(most).map(|(key, _)| key.clone()).collect()
    } else {
        rows.range::<[u8], _>((bound, Bound::Unbounded)).take(most).map(|(key, _)| key.clone()).collect()
    }
}

fn same(store: &mut dyn Store, model: &Model) {
    for table in TABLES {
        assert_eq!(store.size(table), Ok(model.get(&table).map_or(0, BTreeMap::len) as u32), "size of {table}");
        for descending in [false, true] {
            let expected = listed(model, table, None, descending, usize::MAX);
            assert!(keys(store, table, None, descending, usize::MAX) == expected, "keys of {table}, {descending}");
        }
        for (key, content) in model.get(&table).into_iter().flatten() {
            assert!(value(store, table, key).as_ref() == Some(content), "table {table}, key {key:?}");
        }
    }
}

/// Does the same to both, and compares every answer.
pub fn compare(place: &Place, seed: u64) {
    let mut random = Random::new(seed);
    let mut store = place.open();
    let mut model = Model::new();
    // The state at the beginning of the unit, if one has begun.
    let mut before: Option<Model> = None;
    for step in 0..STEPS {
        let store_ = &mut *store;
        let table = TABLES[random.below(TABLES.len())];
        let key = key(&mut random);
        let at = format!("CU_SEED={seed} CU_ROUNDS=1, step {step}, table {table}, key {:?}", &key[..key.len().min(9)]);
        match random.below(20) {
            0..6 => {
                let content = content(&mut random);
                store_.set(table, &key, &content).unwrap();
                model.entry(table).or_default().insert(key, content);
            }
            6..9 => {
                store_.delete(table, &key).unwrap();
                if let Some(rows) = model.get_mut(&table) {
                    rows.remove(&key);
                }
                // A table without keys is one that was never there.
                model.retain(|_, rows| !rows.is_empty());
            }
            9..12 => {
                let expected = model.get(&table).and_then(|rows| rows.get(&key));
                assert!(value(store_, table, &key).as_ref() == expected, "{at}: the value");
            }
            12..15 => {
                let after = (!random.one_in(4)).then_some(&key[..]);
                let (descending, most) = (random.one_in(2), 1 + random.below(9));
                let found = keys(store_, table, after, descending, most);
                assert_eq!(found, listed(&model, table, after, descending, most), "{at}: {most} keys, {descending}");
            }
            15 => {
                let size = model.get(&table).map_or(0, BTreeMap::len) as u32;
                assert_eq!(store_.size(table), Ok(size), "{at}: the size");
            }
            16 => {
                if let Ok(next) = store_.next_table(Some(table)) {
                    let expected = model.range(table + 1..).next().map(|(id, _)| *id);
                    assert_eq!(next, expected, "{at}: the next table");
                }
            }
            17 if random.one_in(4) => {
                store_.clear(table).unwrap();
                model.remove(&table);
            }
            18 => match before.take() {
                None => {
                    store_.begin().unwrap();
                    before = Some(model.clone());
                }
                Some(undone) if random.one_in(3) && store_.can_roll_back() => {
                    let is_undone = store_.roll_back();
                    assert!(is_undone || model == undone, "{at}: nothing was undone");
                    model = undone;
                }
                Some(_) => store_.commit().unwrap(),
            },
            19 if before.is_none() && random.one_in(4) => place.reopen(&mut store),
            _ => {}
        }
    }
    store.commit().unwrap();
    same(&mut *store, &model);
    place.reopen(&mut store);
    same(&mut *store, &model);
}
