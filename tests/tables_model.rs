//! Random operations on external tables, functions and captured variables against plain Lua tables, with collections
//! and restarts between. After each batch the graphs must be equal, and the store must hold only what can be reached.
//! This runs over the memory store on Wasmtime and over a file on wasmi, with the operations of
//! `tests/node/tables_model.test.mjs`.
//!
//! `CU_SEED` is the first seed, `CU_ROUNDS` the number of seeds; a failure names its seed.

use std::sync::Mutex;

use cu_host::{Engine, Instance, MemoryStore, Module, Options, RedbStore, SharedStore, Value};
use cu_tests as common;

const BATCHES: u64 = 5;
const OPERATIONS: u64 = 40;

/// More table ids than any batch uses.
const LAST_TABLE: u32 = 20_000;
/// System table of stored functions.
const FUNCTIONS: u32 = cu_abi::tables::SYSTEM_FIRST + 3;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The one value of a compute.
fn compute(instance: &mut Instance, code: &str, place: &str) -> Value {
    match instance.compute(code) {
        Ok(response) => response.value().clone(),
        Err(error) => panic!("{place}: {error}"),
    }
}

/// The number of script tables with at least one key, and of functions, in the store.
fn kept(instance: &mut Instance) -> [u32; 2] {
    let mut size = |table| instance.store().size(table).expect("a size");
    [(3..LAST_TABLE).filter(|table| size(*table) > 0).count() as u32, size(FUNCTIONS)]
}

/// Runs one seed. `open` makes an instance over the same store.
fn run(module: &Module, model: &str, seed: u64, open: &dyn Fn() -> Instance) {
    let mut plain = common::instance(module);
    compute(&mut plain, &format!("{model} root = {{}}"), "the model");
    let begin = || {
        let mut instance = open();
        compute(&mut instance, model, "the model");
        instance
    };
    let mut external = begin();
    for batch in 0..BATCHES {
        let place = format!("CU_SEED={seed} CU_ROUNDS=1, batch {batch}");
        let numbers = format!("{}, {OPERATIONS}", (seed * BATCHES + batch) % 2_147_483_648);
        let code = format!("model.run(root, {numbers}, false) return model.dump(root)");
        let wanted = compute(&mut plain, &code, &place);
        let code = format!("model.run(_home, {numbers}, true) return model.dump(_home)");
        assert_eq!(compute(&mut external, &code, &place), wanted, "{place}");
        external.run_gc().expect("a collection");
        let dump = "return model.dump(_home)";
        assert_eq!(compute(&mut external, dump, &place), wanted, "{place}, after the collection");
        let reached = external.compute("return model.count(_home)").expect("counts").values;
        let reached: Vec<_> = reached.iter().filter_map(Value::as_i64).collect();
        assert_eq!(kept(&mut external).map(i64::from).to_vec(), reached, "{place}: tables and functions");
        if batch % 2 == 1 {
            drop(external);
            external = begin();
            assert_eq!(compute(&mut external, dump, &place), wanted, "{place}, after the restart");
        }
    }
}

fn run_all(engine: Engine, rounds: u64, open: impl Fn(&Module, u64) -> Instance) {
    let first = number("CU_SEED").unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_secs()));
    let rounds = number("CU_ROUNDS").unwrap_or(rounds);
    println!("CU_SEED={first} CU_ROUNDS={rounds}");
    let module = common::module(engine);
    let model = std::fs::read_to_string(common::root().join("tests/lua/model.lua")).expect("the model");
    for seed in first..first + rounds {
        run(&module, &model, seed, &|| open(&module, seed));
    }
}

#[test]
fn graphs_are_those_of_plain_tables_on_wasmtime() {
    let stores = Mutex::new((u64::MAX, SharedStore::new(MemoryStore::default())));
    run_all(Engine::Wasmtime, 60, |module, seed| {
        let mut stores = stores.lock().expect("no thread died");
        if stores.0 != seed {
            *stores = (seed, SharedStore::default());
        }
        Instance::new(module, stores.1.clone(), Options::default()).expect("an instance")
    });
}

#[test]
fn graphs_are_those_of_plain_tables_in_a_file_on_wasmi() {
    let folder = common::Folder::new("model");
    run_all(Engine::Wasmi, 6, |module, seed| {
        let store = RedbStore::open(folder.file(&format!("{seed}.redb"))).expect("a store");
        Instance::new(module, store, Options::default()).expect("an instance")
    });
}
