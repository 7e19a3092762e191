//! Homes as tenants of one store: a script that tries everything reaches nothing of another home. tests/lua/mallory.lua tries
//! while other tenants compute and collect.
//!
//! `CU_SEED` chooses the attempts, `CU_SECONDS` how long they go on.
#![cfg(all(feature = "redb", feature = "encryption"))]

#[path = "../../testkit/src/folder.rs"]
mod folder;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cu_host::{
    ComputeOptions, Error, Instance, MODULE, MemoryStore, Module, Options, RedbStore, SharedStore, Store, Value,
};
use cu_random::Random;
use folder::Folder;

const MALLORY: &str = include_str!("../../../tests/lua/mallory.lua");
const BEGINNING: &str = "S3CRET";

const HOMES: u32 = 0x8000_0006;
const FUNCTIONS: u32 = 0x8000_0003;
const CELLS: u32 = 0x8000_0004;
const CODES: u32 = 0x8000_0008;

type Shared = SharedStore<Box<dyn Store>>;
/// Rows by table and key.
type Rows = BTreeMap<(u32, Vec<u8>), Vec<u8>>;

fn rows(store: &mut dyn Store, table: u32) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut keys = Vec::new();
    let mut visit = |key: &[u8]| {
        keys.push(key.to_vec());
        true
    };
    store.keys(table, None, false, &mut visit).unwrap();
    let row = |key: Vec<u8>| store.get(table, &key).unwrap().map(|value| (key.clone(), value.into_owned()));
    keys.into_iter().filter_map(row).collect()
}

/// Every row that a home leads to, with the records, captured variables and code of its functions.
fn content(store: &mut dyn Store, home: &str) -> Rows {
    let id = store.get(HOMES, &Value::from(home).encode_key().unwrap()).unwrap().unwrap().into_owned();
    let mut content = Rows::new();
    let mut tables = vec![Value::decode(&id).unwrap().as_i64().unwrap() as u32];
    let mut seen = tables.clone();
    while let Some(table) = tables.pop() {
        let mut values = rows(store, table);
        while let Some((key, value)) = values.pop() {
            match value[0] {
                // References: a table, and a function with its captured variables.
                7 => {
                    let other = u32::from_le_bytes(value[1..5].try_into().unwrap());
                    if !seen.contains(&other) {
                        seen.push(other);
                        tables.push(other);
                    }
                }
                5 => values.extend(function(store, &value, &mut content)),
                _ => {}
            }
            content.insert((table, key), value);
        }
    }
    content
}

/// Adds what a function has (docs/formats.md); answers its captured variables, as rows that were not met yet.
fn function(store: &mut dyn Store, reference: &[u8], content: &mut Rows) -> Vec<(Vec<u8>, Vec<u8>)> {
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let mut row = |table: u32, id: u32| {
        let key = Value::from(id).encode_key().unwrap();
        let value = store.get(table, &key).unwrap().unwrap().into_owned();
        let is_new = content.insert((table, key.clone()), value.clone()).is_none();
        (key, value, is_new)
    };
    let (_, record, is_new) = row(FUNCTIONS, number(&reference[5..9]));
    if !is_new {
        return vec![];
    }
    assert_eq!(record[0], 2, "the version of the record");
    let ids: Vec<_> = record[10..].chunks(4).map(number).collect();
    let (code, cells) = ids.split_last().unwrap();
    row(CODES, *code);
    let cells = cells.iter().filter(|cell| **cell != 0).map(|cell| row(CELLS, *cell));
    cells.filter(|(.., is_new)| *is_new).map(|(key, value, _)| (key, value)).collect()
}

struct Tenant {
    home: String,
    secret: String,
    instance: Instance,
    before: Rows,
}

fn options(home: &str) -> Options {
    Options { home: Some(home.into()), ..Options::default() }
}

impl Tenant {
    fn new(module: &Module, store: &Shared, number: usize, random: &mut Random) -> Tenant {
        let home = if number == 0 { "victim".to_owned() } else { format!("tenant {number}") };
        let secret = format!("{BEGINNING}{:016x}", random.next());
        let mut instance = Instance::new(module, store.clone(), options(&home)).unwrap();
        // What no script changes any more is in `still`; the rest is in other tables.
        let code = format!(
            "_home.still = {{ secret = '{secret}', users = {{ {{ name = '{secret}' }} }}, ['{secret}'] = true }}
             _home.still.long = ('{secret}'):rep(500)
             local captured, table = '{secret}', {{ '{secret}' }}
             function _home.still.run() return captured, table[1] end
             function _home.still.constant() return '{secret}' end
             _home.boxes, _home.n = {{}}, 0"
        );
        instance.compute(code).unwrap();
        Tenant { home, secret, instance, before: Rows::new() }
    }

    /// What does not change: all but the table of boxes, and what is in it.
    fn still(&self, store: &mut dyn Store) -> Rows {
        let all = content(store, &self.home);
        let names = ["boxes", "n"].map(|name| Value::from(name).encode_key().unwrap());
        let boxes = all.iter().find(|((_, key), _)| *key == names[0]).unwrap().1;
        let boxes = u32::from_le_bytes(boxes[1..5].try_into().unwrap());
        let inner: Vec<_> = rows(store, boxes).into_iter().map(|(_, value)| value).collect();
        let inner: Vec<_> = inner.iter().map(|value| u32::from_le_bytes(value[1..5].try_into().unwrap())).collect();
        let is_still = |table: u32, key: &Vec<u8>| table != boxes && !inner.contains(&table) && !names.contains(key);
        all.into_iter().filter(|((table, key), _)| is_still(*table, key)).collect()
    }

    /// Makes tables with secrets in the place of others, so that ids that were free are given again, and looks for
    /// marks of others.
    fn work(&mut self, random: &mut Random) {
        let code = format!(
            "local secret = '{}'
             held = {{ secret, ext.table() }}
             held[2].secret = secret
             for i = 1, {} do _home.boxes[i] = {{ secret, box = secret }} end
             for i, box in ipairs(_home.boxes) do
                 assert(ext.size(box) == 2 and box[1] == secret and box.box == secret, 'somebody changed a box')
             end
             local captured, inner = _home.still.run()
             assert(captured == secret and inner == secret and _home.still.constant() == secret)
             _home.n = _home.n + 1
             _io.output = secret
             return secret:rep({})",
            self.secret,
            1 + random.below(20),
            // Now and then more than the buffer holds.
            random.one_of(&[1, 1, 5000])
        );
        self.instance.compute(code).unwrap();
        if random.one_in(3) {
            self.instance.compute("for i = #_home.boxes, 1, -1 do _home.boxes[i] = nil end").unwrap();
        }
        if random.one_in(2) {
            self.instance.run_gc().unwrap();
        }
    }
}

fn mallory(module: &Module, store: &Shared) -> Instance {
    // Bytecode is on, so that more can be tried.
    let options = Options { bytecode: true, instructions: Some(3_000_000), ..options("mallory") };
    let mut instance = Instance::new(module, store.clone(), options).unwrap();
    instance.compute(MALLORY).unwrap();
    instance
}

/// One attempt; answers everything that its script sees.
fn attempt(instance: &mut Instance, random: &mut Random) -> String {
    let options = ComputeOptions { atomic: Some(random.one_in(3)), ..ComputeOptions::default() };
    let fails = if random.one_in(6) { "error('undone')" } else { "" };
    let code = format!("local name, problem = attack({}) {fails} return name, problem", random.below(1 << 30));
    match instance.compute_with(code, &options) {
        Ok(response) => {
            let values: String = response.values.iter().map(Value::to_string).collect();
            String::from_utf8_lossy(&response.output).into_owned() + &values
        }
        Err(error @ (Error::Lua(_) | Error::Host { .. })) => format!("{error} {error:?}"),
        Err(error) => panic!("{error}"),
    }
}

fn nothing_is_reached(store: Box<dyn Store>, seconds: f64) {
    let mut random = Random::from_clock();
    let seed = random.seed;
    let module = Module::new(MODULE).unwrap();
    let store = SharedStore::new(store);
    let mut tenants: Vec<_> = (0..3).map(|number| Tenant::new(&module, &store, number, &mut random)).collect();
    for tenant in &mut tenants {
        tenant.before = tenant.still(&mut store.clone());
    }
    let mut mallories: Vec<_> = (0..2).map(|_| mallory(&module, &store)).collect();
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let (mut attempts, mut gone) = (0, 0);
    while Instant::now() < end {
        // The host empties `_io` between requests of different users.
        mallories[0].clear_io().unwrap();
        let at = random.below(mallories.len());
        for _ in 0..1 + random.below(6) {
            let seen = attempt(&mut mallories[at], &mut random);
            attempts += 1;
            gone += u32::from(seen.contains("is gone"));
            for tenant in &tenants {
                let context = format!("CU_SEED={seed}, attempt {attempts}, the secret of {}: {seen}", tenant.home);
                assert!(!seen.contains(&tenant.secret), "{context}");
            }
            if random.one_in(4) {
                mallories[at].run_gc().unwrap();
            }
        }
        if random.one_in(30) {
            mallories[at] = mallory(&module, &store);
        }
        mallories[0].clear_io().unwrap();
        let at = random.below(tenants.len());
        tenants[at].work(&mut random);
        if random.one_in(10) {
            for tenant in &tenants {
                let still = tenant.still(&mut store.clone());
                assert!(still == tenant.before, "CU_SEED={seed}: {} is changed", tenant.home);
            }
            are_apart(&store, &tenants, seed);
        }
    }
    println!("{attempts} attempts, {gone} of them told that something is gone");
    mallories[0].clear_io().unwrap();
    for tenant in &tenants {
        assert!(tenant.still(&mut store.clone()) == tenant.before, "CU_SEED={seed}: {} is changed", tenant.home);
        assert!(tenant.before.values().any(|value| is_in(value, &tenant.secret)), "it has its secret");
    }
    let stolen = content(&mut store.clone(), "mallory");
    for ((table, key), value) in &stolen {
        for tenant in &tenants {
            let is_stolen = is_in(value, &tenant.secret) || is_in(key, &tenant.secret);
            assert!(!is_stolen, "CU_SEED={seed}: {} in {table}", tenant.home);
        }
    }
    drop((mallories, tenants));
    let mut found = vec![];
    let mut hear = |event: cu_host::verify::Event| {
        if let cu_host::verify::Event::Found(finding) = event {
            found.push(finding.to_string());
        }
    };
    cu_host::verify::verify(&mut store.clone(), false, &mut hear).unwrap();
    assert!(found.is_empty(), "CU_SEED={seed}: {found:#?}");
}

/// No table, function or captured variable is in two homes; equal functions have the same code.
fn are_apart(store: &Shared, tenants: &[Tenant], seed: u64) {
    let homes = tenants.iter().map(|tenant| &*tenant.home).chain(["mallory"]);
    let mut owners = BTreeMap::new();
    for home in homes {
        for (place, _) in content(&mut store.clone(), home).into_iter().filter(|((table, _), _)| *table != CODES) {
            let other = owners.insert(place.clone(), home);
            assert_eq!(other, None, "CU_SEED={seed}: {home} has {place:?} as well");
        }
    }
}

fn is_in(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
}

fn seconds() -> f64 {
    std::env::var("CU_SECONDS").map_or(5.0, |text| text.parse().expect("a number"))
}

#[test]
fn a_script_that_tries_everything_reaches_no_other_home() {
    nothing_is_reached(Box::new(MemoryStore::default()), seconds() * 0.6);
}

#[test]
fn a_script_that_tries_everything_reaches_no_other_home_in_a_file() {
    let folder = Folder::new("tenants");
    nothing_is_reached(Box::new(RedbStore::open(folder.file("home.redb")).unwrap()), seconds() * 0.4);
}
