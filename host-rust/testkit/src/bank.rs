//! Amounts that are moved between accounts, each in a unit: whatever happens, no amount appears or is lost, and each unit that
//! was kept is there once.
//!
//! ```text
//! table     key                 value
//! BANK      account, a byte     balance, i64 little-endian
//! LOG       unit, u64           amount moved, i64
//! COUNT     "count"             number of units, u64
//! ```

use std::thread;

use cu_host::store::BUSY;
use cu_host::{Store, StoreError};
use cu_random::Random;

use crate::place::Place;
use crate::{keys, value};

const BANK: u32 = 1;
const LOG: u32 = 3;
const COUNT: u32 = 4;
const ACCOUNTS: usize = 8;

fn number(store: &mut dyn Store, table: u32, key: &[u8]) -> Result<i64, StoreError> {
    let value = store.get(table, key)?;
    Ok(value.map_or(0, |bytes| i64::from_le_bytes(bytes[..].try_into().expect("a number has eight bytes"))))
}

/// The log's key: a number of a worker and of its unit.
fn entry(worker: u32, unit: u32) -> Vec<u8> {
    [worker.to_be_bytes(), unit.to_be_bytes()].concat()
}

/// Moves an amount, and counts it.
pub fn transfer(store: &mut dyn Store, random: &mut Random, worker: u32, unit: u32) -> Result<(), StoreError> {
    let amount = random.below(1000) as i64;
    let from = random.below(ACCOUNTS);
    let to = (from + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
    for (account, change) in [(from, -amount), (to, amount)] {
        let balance = number(store, BANK, &[account as u8])? + change;
        store.set(BANK, &[account as u8], &balance.to_le_bytes())?;
    }
    store.set(LOG, &entry(worker, unit), &amount.to_le_bytes())?;
    let count = number(store, COUNT, b"count")? + 1;
    store.set(COUNT, b"count", &count.to_le_bytes())
}

/// Checks the whole; answers the units of each worker that are there.
pub fn audit(store: &mut dyn Store) -> Vec<(u32, u32)> {
    store.begin().unwrap();
    let balances: Vec<i64> = (0..ACCOUNTS).map(|account| number(store, BANK, &[account as u8]).unwrap()).collect();
    assert_eq!(balances.iter().sum::<i64>(), 0, "an amount appeared or was lost: {balances:?}");
    let logged = keys(store, LOG, None, false, usize::MAX);
    assert_eq!(number(store, COUNT, b"count"), Ok(logged.len() as i64), "units that are there, and units in the log");
    assert_eq!(store.size(LOG), Ok(logged.len() as u32));
    store.commit().unwrap();
    let part = |key: &[u8], at: usize| u32::from_be_bytes(key[at..at + 4].try_into().unwrap());
    logged.iter().map(|key| (part(key, 0), part(key, 4))).collect()
}

/// One unit: kept, undone, or lost with its handle. Answers whether it was kept.
fn unit(place: &Place, store: &mut Box<dyn Store>, random: &mut Random, worker: u32, number: u32) -> bool {
    // Who is refused comes again.
    while let Err(error) = store.begin() {
        assert_eq!(error.code, BUSY, "{error}");
        thread::yield_now();
    }
    transfer(&mut **store, random, worker, number).unwrap();
    match random.below(6) {
        0 if store.can_roll_back() => assert!(store.roll_back()),
        1 if store.can_roll_back() => place.reopen(store),
        _ => {
            store.commit().unwrap();
            return true;
        }
    }
    false
}

/// Threads, each with a handle of its own.
pub fn threads(place: &Place, seed: u64) {
    const THREADS: u32 = 3;
    const UNITS: u32 = 60;
    let mut random = Random::new(seed);
    let seeds: Vec<u64> = (0..THREADS).map(|_| random.next()).collect();
    let kept: Vec<(u32, u32)> = thread::scope(|threads| {
        let working: Vec<_> = (0..THREADS)
            .zip(&seeds)
            .map(|(worker, seed)| {
                threads.spawn(move || {
                    let (mut random, mut store) = (Random::new(*seed), place.open());
                    let keeps = |number: &u32| unit(place, &mut store, &mut random, worker, *number);
                    (0..UNITS).filter(keeps).map(|number| (worker, number)).collect::<Vec<_>>()
                })
            })
            .collect();
        working.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(audit(&mut *place.open()), kept, "the units that were kept, seed {seed}");
    assert!(value(&mut *place.open(), COUNT, b"count").is_some());
}
