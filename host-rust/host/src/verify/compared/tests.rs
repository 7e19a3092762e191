//! What is attached to tables, damaged in each way, found by name and mended.

use cu_random::Random;

use super::*;
use crate::store::MemoryStore;
use crate::verify::CELLS;
use crate::{MODULE, ReadOptions};

const LINKS: u32 = SYSTEM_FIRST + 12;

fn module() -> Module {
    Module::new(MODULE).unwrap()
}

/// A store with every kind of index, a schema, and rows that are tables with tables.
fn store() -> MemoryStore {
    let store = SharedStore::new(MemoryStore::default());
    let mut instance = Instance::new(&module(), store.clone(), Options::default()).unwrap();
    let code = "_home.users = {} local users = _home.users
        ext.index(users, 'age') ext.index(users, 'address.city', { kind = 'hash' }) ext.index(users, 'tags', { multi = true })
        ext.index(users, { 'city', 'age' }, { where = { age = { '>', 20 } } })
        ext.schema(users, { fields = { age = 'integer' } })
        for n = 1, 20 do users['user' .. n] = { age = 10 + n, address = { city = 'c' .. n % 3 }, tags = { 'a', 'b' .. n } } end
        _home.plain = { 1, 2 } ext.schema(_home.plain, { type = 'number', max = 5 })";
    instance.compute(code).unwrap();
    drop(instance);
    let turn = store.turn().unwrap();
    turn.clone()
}

fn key(value: impl Into<Value>) -> Vec<u8> {
    value.into().encode_key().unwrap()
}

fn encoded(value: impl Into<Value>) -> Vec<u8> {
    value.into().encode().unwrap()
}

/// The id of a table in a table.
fn id(store: &mut MemoryStore, table: u32, name: &str) -> u32 {
    match Value::decode(&store.get(table, &key(name)).unwrap().unwrap()).unwrap() {
        Value::External(id) => id,
        other => panic!("{other}"),
    }
}

/// The table with the entries of an index of `_home.users`.
fn entries(store: &mut MemoryStore, index: &str) -> u32 {
    let users = id(store, 1, "users");
    let row = store.get(CATALOGUE, &key(users)).unwrap().unwrap().into_owned();
    let row = Value::decode(&crate::compressed::expand(&row).unwrap()).unwrap();
    match row.get("indexes").and_then(|all| all.get(index)).and_then(|index| index.get("table")) {
        Some(Value::External(id)) => *id,
        _ => panic!("{row}"),
    }
}

fn keys(store: &mut MemoryStore, table: u32) -> Vec<Vec<u8>> {
    store.entries().filter(|(of, ..)| *of == table).map(|(_, key, _)| key.to_vec()).collect()
}

/// The store after a verification, its lines and its report.
fn verified(store: MemoryStore, mends: bool) -> (MemoryStore, Vec<String>, Report) {
    let shared = SharedStore::new(store);
    let mut lines = Vec::new();
    let report = verify_with(&module(), &shared, mends, &mut |event| {
        if let Event::Found(finding) = event {
            lines.push(finding.to_string());
        }
    })
    .unwrap();
    assert_eq!(report.wrong, lines.len() as u64, "{lines:#?}");
    let store = shared.turn().unwrap().clone();
    (store, lines, report)
}

/// Finds one thing, leaves the store as it is, and mends it if that is possible.
#[track_caller]
fn finds(store: MemoryStore, problem: &str, end: &str) -> MemoryStore {
    let (after, found, _) = verified(store.clone(), false);
    assert!(after == store, "nothing changes without the order");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(problem), "{found:#?}");
    let (after, mended, report) = verified(store, true);
    assert_eq!(mended[0], format!("{}; {end}", found[0]));
    let is_mended = end != "left as it is";
    assert_eq!(report.mended, u64::from(is_mended));
    let (after, again, _) = verified(after, false);
    assert_eq!(again.is_empty(), is_mended, "{again:#?}");
    after
}

#[test]
fn what_the_module_writes_is_right() {
    let (after, lines, _) = verified(store(), true);
    assert_eq!((lines.len(), after == store()), (0, true), "{lines:#?}");
}

#[test]
fn an_index_that_does_not_fit_its_rows_is_named_and_built_anew() {
    for index in ["age", "address.city", "tags"] {
        let mut damaged = store();
        let table = entries(&mut damaged, index);
        let rows = keys(&mut damaged, table);
        damaged.delete(table, &rows[3]).unwrap();
        let line = format!("_home.users: the index '{index}' does not fit the rows: entries missing: 1, of no row: 0");
        finds(damaged, &line, "built anew");
        let mut damaged = store();
        damaged.set(table, &[&rows[3][..], b"x"].concat(), &encoded(true)).unwrap();
        let line = format!("_home.users: the index '{index}' does not fit the rows: entries missing: 0, of no row: 1");
        finds(damaged, &line, "built anew");
    }
    // A row that was changed behind the index.
    let mut damaged = store();
    let users = id(&mut damaged, 1, "users");
    let user = id(&mut damaged, users, "user7");
    damaged.set(user, &key("age"), &encoded(90)).unwrap();
    let (after, lines, report) = verified(damaged, true);
    assert_eq!((report.wrong, report.mended), (2, 2), "{lines:#?}");
    let mut instance = Instance::new(&module(), after, Options::default()).unwrap();
    let code = "return ext.query(_home.users, { where = { age = 90 }, select = 'age' })[1].age, ext.explain(_home.users, { where = { age = 90 } }).plan";
    let response = instance.compute(code).unwrap();
    assert_eq!(response.values, [Value::from(90), Value::from("index")]);
}

#[test]
fn rows_that_are_not_linked_are_found_and_linked() {
    let mut damaged = store();
    let links = keys(&mut damaged, LINKS);
    assert!(links.len() >= 40, "{}", links.len());
    damaged.clear(LINKS).unwrap();
    let after = finds(damaged, "_home.users: 60 rows are not linked to it", "built anew");
    let mut instance = Instance::new(&module(), after, Options::default()).unwrap();
    let code = "_home.users.user3.address.city = 'Oslo' return #ext.query(_home.users, { where = { ['address.city'] = 'Oslo' } })";
    assert_eq!(instance.compute(code).unwrap().value().as_i64(), Some(1));
}

#[test]
fn a_row_that_its_schema_refuses_is_named() {
    let mut damaged = store();
    let plain = id(&mut damaged, 1, "plain");
    damaged.set(plain, &key(2), &encoded(9)).unwrap();
    finds(damaged, "_home.plain: the schema refuses 2: 9 is more than 5", "left as it is");
}

#[test]
fn a_change_of_indexes_that_did_not_end_is_ended() {
    let mut damaged = store();
    let users = id(&mut damaged, 1, "users");
    damaged.set(CHANGING, &key(users), &encoded(true)).unwrap();
    finds(damaged, "_home.users: a change of its indexes did not end", "built anew");
}

#[test]
fn a_definition_that_is_no_value_is_left_and_nothing_is_compared() {
    let mut damaged = store();
    let users = id(&mut damaged, 1, "users");
    damaged.set(CATALOGUE, &key(users), &[0x06, 1]).unwrap();
    finds(damaged, "what is attached to _home.users: the value is no value", "left as it is");
    // One that is a value, and no definition.
    let mut damaged = store();
    damaged.set(CATALOGUE, &key(users), &encoded("text")).unwrap();
    let (_, lines, _) = verified(damaged, true);
    assert!(
        lines.iter().any(|line| line.starts_with("_home.users: what is attached to it cannot be used: ")),
        "{lines:#?}"
    );
}

#[test]
fn damage_anywhere_around_indexes_is_found_and_mended_so_far_as_rows_are_there() {
    let sound = store();
    let rows: Vec<(u32, Vec<u8>, Vec<u8>)> =
        sound.entries().map(|(table, key, value)| (table, key.to_vec(), value.to_vec())).collect();
    let module = module();
    for round in 0..100 {
        let mut random = Random::from_environment(round);
        let mut store = sound.clone();
        for _ in 0..1 + random.below(3) {
            let (table, key, mut value) = rows[random.below(rows.len())].clone();
            // Captured variables are another test's.
            assert!(table != CELLS);
            match random.below(3) {
                0 => store.delete(table, &key).unwrap(),
                1 => store.set(table, &[&key[..], b"x"].concat(), &value).unwrap(),
                _ => {
                    let at = random.below(value.len());
                    value[at] ^= 1 << random.below(8);
                    store.set(table, &key, &value).unwrap();
                }
            }
        }
        let (after, first, _) = verified(store, true);
        let (after, second, _) = verified(after, true);
        assert!(second.iter().all(|line| line.ends_with("left as it is")), "{first:#?}, then {second:#?}");
        if second.is_empty() {
            let mut instance = Instance::new(&module, after, Options::default()).unwrap();
            let code = "if not _home.users then return true end
                assert(ext.check(_home.users)) local n = 0 for _ in ext.each(_home.users, {}) do n = n + 1 end return n";
            instance.compute(code).unwrap_or_else(|error| panic!("{error}, after {first:#?}"));
            instance.read_home(ReadOptions { limit: usize::MAX, ..ReadOptions::default() }).unwrap();
        }
    }
}
