//! Transactions with all that is attached to tables, over a host that fails at any call, or dies at any: afterwards, and after
//! a restart, everything is as it was before the transaction, or as after it.
//!
//! `CU_SEED` chooses the first seed, `CU_ROUNDS` the number of seeds; a failure names its seed. A seed is a call of a
//! transaction, and as many in a row as there are calls are all of them: `CU_SEED=0 CU_ROUNDS=100000`.
#![cfg(feature = "redb")]

#[path = "../faulty/mod.rs"]
mod faulty;
#[path = "../../../testkit/src/folder.rs"]
mod folder;
#[path = "../../../testkit/src/seeds.rs"]
mod seeds;
mod transactions;
#[path = "../../../testkit/src/worker.rs"]
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cu_host::{Instance, MODULE, MemoryStore, Module, RedbStore, SharedStore, Store, StoreError};
use cu_random::Random;
use faulty::Faulty;
use folder::Folder;
use seeds::{given, seeds_or};
use transactions::{State, TRANSACTIONS, Transaction, counts, furnish, open, state};
use worker::Worker;

/// What can be seen, and what is in the store.
struct Seen {
    state: State,
    /// Tables, rows, functions and captured variables.
    counts: [u64; 4],
}

/// The home before the first transaction, between two, and after the last one.
struct History {
    stores: Vec<MemoryStore>,
    seen: Vec<Seen>,
    /// The calls of each transaction.
    calls: Vec<u64>,
}

/// Counts the calls of a store from `begin` to `end`.
#[derive(Clone)]
struct Calls(Arc<AtomicU64>);

/// More than any number of a call that counts.
const PAUSED: u64 = 1 << 60;

impl Calls {
    fn new() -> Calls {
        Calls(Arc::new(PAUSED.into()))
    }

    /// `fails` is asked at each call, with its number from 1.
    fn store<S>(&self, inner: S, fails: impl Fn(u64) -> bool + Send + 'static) -> Faulty<S> {
        let Calls(count) = self.clone();
        let next = move || count.fetch_add(1, Ordering::Relaxed) + 1;
        Faulty::new(inner, move |_, _| fails(next()).then(|| StoreError::new(-77, "failed")))
    }

    fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn end(&self) -> u64 {
        self.0.swap(PAUSED, Ordering::Relaxed)
    }
}

/// For ever, as far as calls count.
const ALL: u64 = PAUSED / 2;

/// Whether the store is asked to undo, too, as by its host.
fn with_units<S>(store: Faulty<S>, has_units: bool) -> Faulty<S> {
    Faulty { has_units, ..store }
}

/// With an instance that is new.
fn seen<S: Store + 'static>(module: &Module, store: impl Fn() -> S) -> Result<Seen, String> {
    let state =
        open(module, store()).and_then(|mut instance| state(&mut instance)).map_err(|error| error.to_string())?;
    Ok(Seen { state, counts: counts(&mut store()) })
}

impl Seen {
    fn compare(&self, wanted: &Seen) -> Result<(), String> {
        let tells_again = self.state.compare(&wanted.state)?;
        if tells_again || self.counts == wanted.counts {
            return Ok(());
        }
        Err(format!("tables, rows, functions, variables: {:?}, not {:?}", self.counts, wanted.counts))
    }
}

impl History {
    fn new(module: &Module) -> History {
        let mut history = History { stores: Vec::new(), seen: Vec::new(), calls: Vec::new() };
        let store = SharedStore::new(MemoryStore::default());
        furnish(&mut open(module, store.clone()).unwrap());
        history.note(module, &store);
        for transaction in TRANSACTIONS {
            let calls = Calls::new();
            let mut instance = open(module, calls.store(store.clone(), |_| false)).unwrap();
            calls.begin();
            transaction(&mut instance).unwrap();
            history.calls.push(calls.end());
            drop(instance);
            history.note(module, &store);
        }
        println!("calls: {:?}", history.calls);
        history
    }

    fn note(&mut self, module: &Module, store: &SharedStore<MemoryStore>) {
        self.seen.push(seen(module, || store.clone()).unwrap());
        self.stores.push(store.turn().unwrap().clone());
    }

    /// Which transaction it is of that seed, and at which of its calls something happens, from 1.
    fn moment(&self, seed: u64) -> (usize, u64) {
        // A prime, so that neighbours are far apart.
        let mut call = seed.wrapping_mul(7919) % self.calls.iter().sum::<u64>();
        for (number, calls) in self.calls.iter().enumerate() {
            if call < *calls {
                return (number, call + 1);
            }
            call -= calls;
        }
        unreachable!("it is less than all calls")
    }

    /// Does the transactions that are left: the instance and the ids in the store are sound.
    fn go_on(&self, instance: &mut Instance, reached: usize, context: &str) {
        for transaction in &TRANSACTIONS[reached..] {
            transaction(instance).unwrap_or_else(|error| panic!("{context}, later: {error}"));
        }
    }

    fn last(&self) -> &Seen {
        &self.seen[TRANSACTIONS.len()]
    }
}

#[test]
fn what_failed_is_undone_and_what_is_done_stays() {
    let module = Module::new(MODULE).unwrap();
    let history = History::new(&module);
    for seed in seeds_or(200) {
        let (number, call) = history.moment(seed);
        for (how, length, has_units) in
            [("one call fails", 1, false), ("three fail", 3, false), ("all fail", ALL, false), ("in units", 1, true)]
        {
            let context = format!("CU_SEED={seed} CU_ROUNDS=1: {how} from call {call} of transaction {number} on");
            let store = SharedStore::new(history.stores[number].clone());
            let calls = Calls::new();
            let failing = calls.store(store.clone(), move |now| now >= call && now - call < length);
            let mut instance = open(&module, with_units(failing, has_units)).unwrap();
            calls.begin();
            let answer = TRANSACTIONS[number](&mut instance).map_err(|error| error.to_string());
            calls.end();
            let mut reached = number + usize::from(answer.is_ok());
            if length == ALL {
                // It is as dead. The end of a transaction that is done may not have been heard of.
                instance = open(&module, store.clone()).unwrap();
                let is_done = |found: Seen| found.compare(&history.seen[number + 1]);
                reached += usize::from(answer.is_err() && seen(&module, || store.clone()).and_then(is_done).is_ok());
            }
            let found = state(&mut instance).unwrap_or_else(|error| panic!("{context}: {answer:?}: {error}"));
            found
                .compare(&history.seen[reached].state)
                .unwrap_or_else(|wrong| panic!("{context}: {answer:?}\n{wrong}"));
            let found = seen(&module, || store.clone()).and_then(|found| found.compare(&history.seen[reached]));
            found.unwrap_or_else(|wrong| panic!("{context}, restarted: {answer:?}\n{wrong}"));
            history.go_on(&mut instance, reached, &context);
            drop(instance);
            let found = seen(&module, || store.clone()).and_then(|found| found.compare(history.last()));
            found.unwrap_or_else(|wrong| panic!("{context}, at the end: {answer:?}\n{wrong}"));
        }
    }
}

/// The name of the test below, which is its own worker process.
const PROCESSES: &str = "a_process_that_dies_at_any_call_leaves_all_of_a_transaction_or_nothing";

/// Does a transaction and aborts at a call of it.
fn be_a_process(file: &str) {
    let variable = |name: &str| given(name).expect("it is given");
    let (call, calls) = (variable("CU_TEST_CALL"), Calls::new());
    let store = calls.store(RedbStore::open(file).unwrap(), move |now| now == call && std::process::abort());
    let mut instance = open(&Module::new(MODULE).unwrap(), with_units(store, variable("CU_TEST_UNITS") == 1)).unwrap();
    calls.begin();
    println!("begun");
    let answer = TRANSACTIONS[variable("CU_TEST_TRANSACTION") as usize](&mut instance);
    println!("done: {answer:?}");
}

/// Files with the home before each transaction.
fn files(module: &Module, folder: &Folder) -> Vec<String> {
    let home = folder.file("home.redb");
    let instance = || open(module, RedbStore::open(&home).unwrap()).unwrap();
    furnish(&mut instance());
    let before = |(number, transaction): (usize, &Transaction)| {
        let file = folder.file(&format!("{number}.redb"));
        std::fs::copy(&home, &file).unwrap();
        transaction(&mut instance()).unwrap();
        file
    };
    TRANSACTIONS.iter().enumerate().map(before).collect()
}

#[test]
fn a_process_that_dies_at_any_call_leaves_all_of_a_transaction_or_nothing() {
    if let Ok(file) = std::env::var("CU_TEST_FILE") {
        return be_a_process(&file);
    }
    let module = Module::new(MODULE).unwrap();
    let history = History::new(&module);
    let folder = Folder::new("transactions-crash");
    let (originals, file) = (files(&module, &folder), folder.file("killed.redb"));
    let mut kept = 0;
    for seed in seeds_or(15) {
        let (number, call) = history.moment(seed);
        for units in ["0", "1"] {
            let context = format!("CU_SEED={seed} CU_ROUNDS=1: call {call} of transaction {number}, units {units}");
            std::fs::copy(&originals[number], &file).unwrap();
            let variables = [
                ("CU_TEST_FILE", &file[..]),
                ("CU_TEST_TRANSACTION", &number.to_string()),
                ("CU_TEST_CALL", &call.to_string()),
                ("CU_TEST_UNITS", units),
            ];
            let (status, said) = Worker::start(PROCESSES, &variables, |line| line.find("begun")).wait();
            assert!(!status.success() && said.len() == 1, "{context}: {status}");
            die_again(&module, &file, &mut Random::new(seed));
            let found = seen(&module, || RedbStore::open(&file).unwrap());
            let found = found.unwrap_or_else(|wrong| panic!("{context}\n{wrong}"));
            let mut reached = number;
            if let Err(wrong) = found.compare(&history.seen[number]) {
                reached += 1;
                let after = found.compare(&history.seen[reached]);
                after.unwrap_or_else(|other| panic!("{context}\n{wrong}\n{other}"));
                assert!(units == "0", "{context}: the unit was not committed");
                kept += 1;
            }
            history.go_on(&mut open(&module, RedbStore::open(&file).unwrap()).unwrap(), reached, &context);
            let found = seen(&module, || RedbStore::open(&file).unwrap());
            let found = found.and_then(|found| found.compare(history.last()));
            found.unwrap_or_else(|wrong| panic!("{context}, at the end\n{wrong}"));
        }
    }
    println!("kept: {kept}");
}

/// The host may die again while what was left is undone.
fn die_again(module: &Module, file: &str, random: &mut Random) {
    for _ in 0..random.below(3) {
        let first = 1 + random.below(80) as u32;
        let dying = Faulty::from_call(first, RedbStore::open(file).unwrap(), StoreError::new(-77, "dead"));
        let _ = open(module, dying).and_then(|mut instance| instance.compute("return 1").map(drop));
    }
}
