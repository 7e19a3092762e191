//! Everything that can be wrong, found and mended; after that nothing is wrong.

use cu_abi::tables::HOMES;
use cu_random::Random;

use super::*;
use crate::compressed::expand;
use crate::store::MemoryStore;
use crate::value::Value;
use crate::{Instance, MODULE, Module, Options};

fn key(value: impl Into<Value>) -> Vec<u8> {
    value.into().encode_key().unwrap()
}

fn encoded(value: impl Into<Value>) -> Vec<u8> {
    value.into().encode().unwrap()
}

/// A store as the module leaves it.
fn store() -> MemoryStore {
    let store = crate::SharedStore::new(MemoryStore::default());
    let options = Options::default();
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store.clone(), options).unwrap();
    let code = "_home.users = { ada = { age = 36 }, ['bob s'] = { age = 40 } } _home.text = ('x'):rep(5000)
        local n, step = 0, 2
        function _home.count() n = n + step return n end
        function _home.twice() return _home.count() + _home.count() end
        local function fib(k) if k < 2 then return k end return fib(k - 1) + fib(k - 2) end
        _home.fib = fib
        _home.self = _home";
    instance.compute(code).unwrap();
    instance.open_home("shop").unwrap();
    instance.compute("_home.prices = { apple = 3 }").unwrap();
    drop(instance);
    store.turn().unwrap().clone()
}

/// The lines of a verification, and its report.
fn verified(store: &mut MemoryStore, mends: bool) -> (Vec<String>, Report) {
    let mut lines = Vec::new();
    let mut hear = |event: Event| {
        if let Event::Found(finding) = event {
            lines.push(finding.to_string());
        }
    };
    let report = verify(store, mends, &mut hear).unwrap();
    assert_eq!(report.wrong, lines.len() as u64);
    (lines, report)
}

/// Finds these things, leaves the store as it is, mends it, and finds nothing more.
#[track_caller]
fn finds(store: &mut MemoryStore, expected: &[(&str, &str)]) {
    let before = store.clone();
    let (found, report) = verified(store, false);
    assert_eq!(report.mended, 0);
    assert!(*store == before, "nothing changes without the order");
    let (mended, report) = verified(store, true);
    assert_eq!((report.wrong, report.mended), (expected.len() as u64, expected.len() as u64), "{mended:?}");
    for ((line, mended), (start, end)) in found.iter().zip(&mended).zip(expected) {
        assert!(line.starts_with(start), "{line} does not start with {start}");
        assert_eq!(mended.strip_prefix(line.as_str()), Some(&*format!("; {end}")), "{mended}");
    }
    assert_eq!(verified(store, true).0, [""; 0]);
}

/// The id of the table or function under a key.
fn id(store: &mut MemoryStore, table: u32, name: impl Into<Value>) -> u32 {
    match Value::decode(&store.get(table, &key(name)).unwrap().unwrap()).unwrap() {
        Value::External(id) | Value::Function(id) => id,
        other => panic!("{other}"),
    }
}

/// Where the first bytes of the bytecode of a function lie, as table, key and offset.
fn record(store: &mut MemoryStore, name: &str) -> Vec<u8> {
    let id = id(store, 1, name);
    store.get(FUNCTIONS, &key(id)).unwrap().unwrap().into_owned()
}

fn cell(store: &mut MemoryStore, name: &str, at: usize) -> u32 {
    let record = record(store, name);
    u32::from_le_bytes(*record[10..].as_chunks().0.get(at).unwrap())
}

#[test]
fn what_the_module_writes_is_right() {
    let mut store = store();
    let (lines, report) = verified(&mut store, true);
    assert_eq!(lines, [""; 0]);
    assert_eq!((report.functions, report.tables, report.unreachable), (3, 7, 0), "{report:?}");
    assert!(report.variables >= 3, "{report:?}");
}

#[test]
fn metatables_are_reached_and_bad_ones_found() {
    let shared = crate::SharedStore::new(MemoryStore::default());
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), shared.clone(), Options::default()).unwrap();
    let code =
        "local Base = { __index = { base = { 1 } } } local Class = setmetatable({ __index = function() end }, Base)
        _home.a, _home.b = setmetatable({}, Class), { setmetatable({}, Class) }";
    instance.compute(code).unwrap();
    drop(instance);
    let mut store = shared.turn().unwrap().clone();
    let (lines, report) = verified(&mut store, true);
    assert_eq!((lines, report.unreachable), (Vec::new(), 0));
    // _home, _io, two objects, the list, two classes and what they inherit.
    assert_eq!(report.tables, 9, "{report:?}");
    let (a, b) = (id(&mut store, 1, "a"), id(&mut store, 1, "b"));
    let in_b = id(&mut store, b, 1);
    store.set(METATABLES, &key(a), &encoded(5)).unwrap();
    store.set(METATABLES, &key(in_b), &encoded(Value::External(0x8000_0003))).unwrap();
    store.set(NOTES, &key("collections"), &encoded("x")).unwrap();
    finds(
        &mut store,
        &[
            ("the notes of collections: ", "it counts from the beginning"),
            ("_home.a[metatable]: it is no reference to a table", "deleted"),
            ("_home.b[1][metatable]: ", "deleted"),
        ],
    );
}

#[test]
fn bad_values_are_found_by_their_way_and_deleted() {
    let mut store = store();
    let users = id(&mut store, 1, "users");
    let bob = id(&mut store, users, "bob s");
    store.set(1, &key("cut"), &[4, 9, 0, 0, 0, b'x']).unwrap();
    store.set(1, b"no key", &encoded(1)).unwrap();
    store.set(bob, &key(7), &[0x0c]).unwrap();
    store.set(bob, &key(8), &encoded(Value::External(0x8000_0003))).unwrap();
    store.set(bob, &key("x".repeat(100)), &[]).unwrap();
    let text = store.get(1, &key("text")).unwrap().unwrap().into_owned();
    store.set(1, &key("text"), &text[..text.len() - 1]).unwrap();
    assert!(expand(&text).is_ok());
    let bad = "_home.users[\"bob s\"]";
    finds(
        &mut store,
        &[
            ("_home.cut: the value is no value: malformed at byte 1: ", "deleted"),
            ("_home.text: the value is no value: malformed at byte ", "deleted"),
            ("_home[?]: the key is no key: malformed at byte 0: ", "deleted"),
            (&format!("{bad}.{}...: the value is no value: malformed at byte 0", "x".repeat(59)), "deleted"),
            (&format!("{bad}[7]: the value is no value: malformed at byte 0: "), "deleted"),
            (&format!("{bad}[8]: it is table 2147483651, which no script may hold"), "deleted"),
        ],
    );
    assert_eq!(store.size(bob), Ok(1));
}

#[test]
fn functions_that_cannot_be_used_are_found_wherever_they_lie() {
    for (how, what) in [("gone", "which is gone"), ("cut", "whose "), ("changed", "whose ")] {
        let mut store = store();
        let count = id(&mut store, 1, "count");
        let users = id(&mut store, 1, "users");
        store.set(users, &key("run"), &encoded(Value::Function(count))).unwrap();
        let mut bytes = record(&mut store, "count");
        match how {
            "gone" => store.delete(FUNCTIONS, &key(count)).unwrap(),
            "cut" => store.set(FUNCTIONS, &key(count), &bytes[..bytes.len() - 2]).unwrap(),
            _ => {
                *bytes.last_mut().unwrap() ^= 1;
                store.set(FUNCTIONS, &key(count), &bytes).unwrap();
            }
        }
        let expected = [
            (&*format!("_home.count: it is function {count}, {what}"), "deleted"),
            (&*format!("_home.users.run: it is function {count}, {what}"), "deleted"),
        ];
        finds(&mut store, &expected);
        assert_eq!(store.get(1, &key("fib")).map(|fib| fib.is_some()), Ok(true));
    }
}

#[test]
fn a_function_with_code_of_its_own_row_is_followed() {
    let mut store = store();
    let count = id(&mut store, 1, "count");
    let old = record(&mut store, "count");
    let row = |version: u8, rest: &[u8]| [&[version][..], &function::hash(rest).to_le_bytes(), rest].concat();
    let place = (CODES, key(900_000));
    let rest = [&[0][..], &900_000_u32.to_le_bytes()].concat();
    store.set(0x8000_0000, &key("next_table"), &encoded(1_000_000)).unwrap();
    store.set(FUNCTIONS, &key(count), &row(2, &rest)).unwrap();
    store.set(place.0, &place.1, &row(1, b"bytecode")).unwrap();
    let sound = store.clone();
    assert_eq!(verified(&mut store, true).0, [""; 0]);
    for (bytes, what) in [
        (None, "code 900000 is gone"),
        (Some(row(1, b"bytecode")[..12].to_vec()), "code 900000 is cut off or was changed"),
        (Some(vec![1]), "code 900000 is cut off or was changed"),
    ] {
        let mut store = sound.clone();
        match bytes {
            None => store.delete(place.0, &place.1).unwrap(),
            Some(bytes) => store.set(place.0, &place.1, &bytes).unwrap(),
        }
        finds(&mut store, &[(&format!("_home.count: it is function {count}, whose {what}"), "deleted")]);
    }
    // What a later cu wrote is named and left.
    for (table, id, bytes) in [(place.0, 900_000, row(9, b"bytecode")), (FUNCTIONS, count, row(9, &old[9..]))] {
        let mut store = sound.clone();
        store.set(table, &key(id), &bytes).unwrap();
        let (lines, report) = verified(&mut store, true);
        assert_eq!((report.wrong, report.mended), (1, 0));
        assert!(lines[0].contains("has version 9, which this cu does not know"), "{lines:?}");
        assert!(lines[0].ends_with("; left as it is"), "{lines:?}");
        assert_eq!(store.get(1, &key("count")).map(|count| count.is_some()), Ok(true));
    }
}

#[test]
fn captured_variables_that_cannot_be_used_become_nil() {
    let mut store = store();
    let (first, fib) = (cell(&mut store, "count", 0), cell(&mut store, "fib", 0));
    let gone = id(&mut store, 1, "twice");
    store.delete(CELLS, &key(first)).unwrap();
    store.set(CELLS, &key(fib), &[9, 9]).unwrap();
    store.delete(FUNCTIONS, &key(gone)).unwrap();
    finds(
        &mut store,
        &[
            (&format!("_home.twice: it is function {gone}, which is gone"), "deleted"),
            (&format!("_home.count (captured variable 1): variable {first} is gone"), "it is nil now"),
            ("_home.fib (captured variable 1): the value is no value: malformed at byte ", "it is nil now"),
        ],
    );
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store, Options::default()).unwrap();
    let error = instance.compute("return _home.count()").unwrap_err().to_string();
    assert!(error.contains("attempt to perform arithmetic on a nil value"), "{error}");
}

#[test]
fn homes_whose_rows_do_not_belong_together_stay_homes() {
    let mut store = store();
    let shop = id_of_shop(&mut store);
    let mut set = |name: Value, value: Value| store.set(HOMES, &key(name), &encoded(value)).unwrap();
    set("alias".into(), shop.into());
    set("lonely".into(), 90.into());
    set(91.into(), "unknown".into());
    set(92.into(), 7.into());
    set(93.into(), "shop".into());
    set("nothing".into(), "x".into());
    set((-3).into(), true.into());
    set(1.5.into(), true.into());
    store.set(90, &key("x"), &encoded(1)).unwrap();
    let (_, report) = verified(&mut store.clone(), false);
    assert_eq!(report.unreachable, 0);
    store.set(0x8000_0000, &key("next_table"), &encoded(1000)).unwrap();
    finds(
        &mut store,
        &[
            ("home 'nothing': the name has no table", "deleted"),
            ("a row of the homes: it names no home", "deleted"),
            ("home 92: its name is none", "it has no name now"),
            ("a row of the homes: it names no home", "deleted"),
            ("home 'alias': the home has another name", "deleted"),
            ("home 'lonely': the home does not know this name", "it has the name now"),
            ("home 'unknown': it cannot be found by its name", "it can be found now"),
            ("home 93: another home has its name", "it has no name now"),
        ],
    );
    let ids: Vec<u32> = crate::homes::list(&mut store).unwrap().iter().map(|home| home.id).collect();
    assert_eq!(ids, [1, shop, 90, 91, 92, 93]);
}

fn id_of_shop(store: &mut MemoryStore) -> u32 {
    let shop = Value::decode(&store.get(HOMES, &key("shop")).unwrap().unwrap()).unwrap();
    shop.as_i64().unwrap() as u32
}

#[test]
fn ids_that_would_be_given_twice_are_found() {
    let mut store = store();
    let users = id(&mut store, 1, "users");
    store.set(FREE, &key(i64::from(users) << 32 | i64::from(users + 1)), &encoded(true)).unwrap();
    store.set(FREE, &key(500_i64 << 32 | 510), &encoded(true)).unwrap();
    store.set(1, &key("gone"), &encoded(Value::External(509))).unwrap();
    store.set(FREE, &key(7), &encoded(true)).unwrap();
    store.set(NOTES, &key("collections"), &encoded("\u{1}short")).unwrap();
    store.set(NOTES, &key("next_table"), &encoded(5)).unwrap();
    finds(
        &mut store,
        &[
            ("the notes of collections: they have no meaning", "deleted"),
            ("free ids: the row is no range of ids", "deleted"),
            (&format!("free ids: ids are noted as free, and table {users} of them has rows"), "deleted"),
            ("_home.gone: it is table 509, which is gone", "deleted"),
            ("the counter of ids: ids from 5 on count as never given, and ", "ids are given behind it now"),
        ],
    );
}

#[test]
fn an_open_journal_is_named_and_what_nothing_reaches_is_counted() {
    let mut store = store();
    let next = encoded(1_000_000);
    store.set(0x8000_0000, &key("next_table"), &next).unwrap();
    store.set(700, &key(1), &encoded(1)).unwrap();
    store.set(FUNCTIONS, &key(701), b"no record").unwrap();
    store.set(CELLS, &key(702), b"no value").unwrap();
    store.set(CODES, &key(703), b"no code").unwrap();
    let (lines, report) = verified(&mut store, true);
    assert_eq!((lines, report.unreachable), (vec![], 4));
    store.set(JOURNAL, &[0], &[1, 9, 0, 0, 0]).unwrap();
    store.set(JOURNAL, &[1, 0, 0, 0, 1, b'x'], &[0]).unwrap();
    let (lines, report) = verified(&mut store, true);
    assert_eq!((report.wrong, report.mended), (1, 0));
    assert!(lines[0].starts_with("the journal: an atomic compute did not end; the next run undoes it, with 1 notes"));
}

#[test]
fn damage_anywhere_is_mended_so_that_nothing_is_wrong() {
    let sound = store();
    let rows: Vec<(u32, Vec<u8>, Vec<u8>)> =
        sound.entries().map(|(table, key, value)| (table, key.to_vec(), value.to_vec())).collect();
    let module = Module::new(MODULE).unwrap();
    for round in 0..300 {
        let mut random = Random::from_environment(round);
        let mut store = sound.clone();
        for _ in 0..1 + random.below(4) {
            let (table, key, mut value) = rows[random.below(rows.len())].clone();
            match random.below(4) {
                0 => store.delete(table, &key).unwrap(),
                1 => store.set(table, &key, &value[..random.below(value.len())]).unwrap(),
                _ => {
                    let at = random.below(value.len());
                    value[at] ^= 1 << random.below(8);
                    store.set(table, &key, &value).unwrap();
                }
            }
        }
        let (first, report) = verified(&mut store, true);
        assert_eq!(
            report.wrong,
            report.mended + first.iter().filter(|line| line.ends_with("left as it is")).count() as u64
        );
        let (second, _) = verified(&mut store, true);
        assert!(second.iter().all(|line| line.ends_with("left as it is")), "{first:#?}, then {second:#?}");
        // The module reads what is left, and a collection frees the rest.
        let mut instance = Instance::new(&module, store, Options::default()).unwrap();
        if second.is_empty() {
            instance.run_gc().unwrap();
            assert_eq!(instance.store().size(0x8000_0001), Ok(0), "the collection ended: {first:#?}");
            let code = "local function walk(t, seen)
                    if seen[t] then return end
                    seen[t] = true
                    for _, v in pairs(t) do if type(v) == 'table' then walk(v, seen) end end
                end
                walk(_home, {})";
            instance.compute(code).unwrap_or_else(|error| panic!("{error}, after {first:#?}"));
        }
    }
}

#[test]
fn what_is_attached_to_a_table_is_reached_with_it() {
    let store = crate::SharedStore::new(MemoryStore::default());
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store.clone(), Options::default()).unwrap();
    let code = "_home.cities = { oslo = {} }
        _home.users = { ada = { age = 36, city = 'oslo', tags = { 'x' } } }
        ext.index(_home.users, 'age') ext.index(_home.users, 'city', { kind = 'hash' })
        ext.index(_home.users, 'tags', { multi = true }) ext.feed(_home.users, { values = true })
        ext.schema(_home.users, { fields = { city = { ref = _home.cities } } })
        _home.users.ada.age = 37 _home.users.bob = { age = 20 }
        ext.migrate(_home, 1, function() end)";
    instance.compute(code).unwrap();
    drop(instance);
    let mut store = store.turn().unwrap().clone();
    let (lines, report) = verified(&mut store, false);
    assert!(lines.is_empty(), "{lines:?}");
    assert_eq!(report.unreachable, 0);
    let row = key(store_id_of(&store));
    store.set(CATALOGUE, &row, &[0x06, 1]).unwrap();
    let (lines, report) = verified(&mut store, true);
    assert!(lines[0].starts_with("what is attached to _home.users: "), "{lines:?}");
    // Nothing can be put in its place, so nothing is deleted.
    assert_eq!((report.wrong, report.mended), (1, 0));
}

/// The id of the first table to which something is attached.
fn store_id_of(store: &MemoryStore) -> i64 {
    let mut found = None;
    store
        .clone()
        .keys(CATALOGUE, None, false, &mut |key| {
            found = Value::decode_key(key).ok().and_then(|id| id.as_i64());
            false
        })
        .unwrap();
    found.unwrap()
}
