//! What instances cost in this host: for the benchmarks, by tests/bench/instances.mjs.
//!
//! Prints an object as JSON: medians in microseconds of a new instance with its Lua state, on demand and from a pool, and of a
//! compute of `return 1`; and the bytes of the machine's memory that an instance from the pool takes which has computed something and waits
//! for more (null where the system does not say).

mod timing;

use cu_host::{EngineOptions, Error, Instance, MODULE, MemoryStore, Module, Options};
use timing::median;

/// Runs that are not counted, and runs.
const STARTS: (usize, usize) = (50, 500);
const CALLS: (usize, usize) = (5_000, 20_000);
const CODE: &str = "return 1";

/// Instances that are there at once and do nothing.
const IDLE: u32 = 400;

fn main() -> Result<(), Error> {
    let (on_demand, pooled) = (module(0)?, module(IDLE)?);
    let start = median(STARTS, || instance(&on_demand).map(drop))?;
    let start_pooled = median(STARTS, || instance(&pooled).map(drop))?;
    let mut state = instance(&pooled)?;
    let compute = median(CALLS, || state.compute(CODE).map(drop))?;
    drop(state);
    let idle = idle_bytes(&pooled)?.map_or("null".to_owned(), |bytes| bytes.to_string());
    println!(
        r#"{{"start":{start:.3},"startPooled":{start_pooled:.3},"compute":{compute:.3},"idleBytes":{idle},"idle":{IDLE}}}"#
    );
    Ok(())
}

fn module(pool: u32) -> Result<Module, Error> {
    Module::with_options(EngineOptions { pool, ..EngineOptions::default() }, MODULE)
}

fn instance(module: &Module) -> Result<Instance, Error> {
    Instance::new(module, MemoryStore::default(), Options::default())
}

/// The memory that one of many takes.
fn idle_bytes(module: &Module) -> Result<Option<usize>, Error> {
    // One place was in use before, whose memory the pool keeps; the others are taken here for the first time.
    let before = resident_bytes();
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        let mut one = instance(module)?;
        one.compute(CODE)?;
        idle.push(one);
    }
    Ok(before.zip(resident_bytes()).map(|(before, after)| after.saturating_sub(before) / idle.len()))
}

/// The memory of this process that is in the machine's.
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<usize>().ok().map(|kibibytes| kibibytes * 1024)
}
