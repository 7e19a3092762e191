//! What external tables cost in Wasmtime, over the store in memory and over the one in a file: for the benchmarks, beside
//! tests/bench/tables.mjs, and by the same loops.
//!
//! Prints one line per loop: its name, and the best of the rounds in millions of accesses a second for each store. Each round
//! starts with an empty store; a compute over the file ends when its changes are on the disk.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Options, RedbStore, Store};

const ROUNDS: usize = 3;
const KEYS: u32 = 300_000;

/// Name, accesses, code.
fn loops() -> Vec<(&'static str, u32, String)> {
    vec![
        ("set, new keys", KEYS, format!("local t = ext.table() _home.t = t for i = 1, {KEYS} do t[i] = i end")),
        ("set, known keys", KEYS, format!("local t = _home.t for i = 1, {KEYS} do t[i] = i + 1 end")),
        ("get", KEYS, format!("local t, s = _home.t, 0 for i = 1, {KEYS} do s = s + t[i] end return s")),
        ("pairs", KEYS, "local s = 0 for _, v in pairs(_home.t) do s = s + v end return s".to_owned()),
        ("set, one field", KEYS, format!("local t = _home for i = 1, {KEYS} do t.counter = i end")),
        ("get, one field", KEYS, format!("local t, s = _home, 0 for i = 1, {KEYS} do s = s + t.counter end return s")),
    ]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let module = Module::new(MODULE)?;
    let in_memory = measure(&module, || Ok(MemoryStore::default()))?;
    let file = File(std::env::temp_dir().join(format!("cu-tables-{}.redb", std::process::id())));
    let in_file = measure(&module, || {
        file.remove();
        RedbStore::open(&file.0)
    })?;
    println!("{:<18} {:>10} {:>10}", "M/s", "memory", "redb");
    for (index, (name, accesses, _)) in loops().into_iter().enumerate() {
        let rate = |best: &[Duration]| f64::from(accesses) / best[index].as_secs_f64() / 1e6;
        println!("{name:<18} {:>10.2} {:>10.2}", rate(&in_memory), rate(&in_file));
    }
    Ok(())
}

/// The best time of each loop.
fn measure<S: Store + 'static>(
    module: &Module,
    mut open: impl FnMut() -> Result<S, Error>,
) -> Result<Vec<Duration>, Error> {
    let mut best = vec![Duration::MAX; loops().len()];
    for _ in 0..ROUNDS {
        let mut instance = Instance::new(module, open()?, Options::default())?;
        for (best, (_, _, code)) in best.iter_mut().zip(loops()) {
            let start = Instant::now();
            instance.compute(code.as_bytes())?;
            *best = start.elapsed().min(*best);
        }
    }
    Ok(best)
}

/// A file that goes when the program ends.
struct File(PathBuf);

impl File {
    fn remove(&self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.remove();
    }
}
