//! What an embedder's decisions cost in this host: `decisions FILE` prints lines `name microseconds`; FILE is for a store. Run it by
//! tests/bench/decisions.mjs.

use std::time::{Duration, Instant};

use cu_host::{Call, Error, Instance, MODULE, MemoryStore, Module, Options, RedbStore, Store};

const CODE: &str = include_str!("../../../tests/bench/decisions/decisions.lua");
const LOOPS: usize = 100;
const SERIES: usize = 40;
const CALLS: usize = 200;
const COMMITS: usize = 200;
const NEVER: u64 = 1_000_000_000_000_000;

fn main() -> Result<(), Error> {
    let file = std::env::args().nth(1).expect("usage: decisions FILE");
    let module = Module::new(MODULE)?;
    let memory = |options| instance(&module, MemoryStore::default(), options);
    let budget = || Options { instructions: Some(NEVER), ..Options::default() };
    let timed = Options { time_limit: Some(Duration::from_secs(600)), ..budget() };
    let mut limited = [
        ("loop", memory(Options::default())?),
        ("loop_budget", memory(budget())?),
        ("loop_time_limit", memory(timed)?),
    ];
    best(LOOPS, 1, "_home.loop", &mut limited)?;
    let mut atomic = [
        ("change", memory(Options::default())?),
        ("change_atomic", memory(Options { atomic: true, ..Options::default() })?),
        ("change_atomic_host", memory(Options { atomic_by_store: true, ..Options::default() })?),
    ];
    best(SERIES, CALLS, "_home.change", &mut atomic)?;
    let mut kept = instance(&module, RedbStore::open(&file)?, Options::default())?;
    best(SERIES, CALLS, "_home.look", &mut [("kept_look", &mut kept)])?;
    best(COMMITS, 1, "_home.change", &mut [("kept_change", &mut kept)])
}

fn instance(module: &Module, store: impl Store + 'static, options: Options) -> Result<Instance, Error> {
    let mut instance = Instance::new(module, store, options)?;
    instance.compute(CODE)?;
    Ok(instance)
}

/// Prints the least microseconds of each, which take turns.
fn best<I: std::borrow::BorrowMut<Instance>>(
    rounds: usize,
    calls: usize,
    way: &str,
    instances: &mut [(&str, I)],
) -> Result<(), Error> {
    let mut least = vec![f64::INFINITY; instances.len()];
    for _ in 0..rounds {
        for (least, (_, instance)) in least.iter_mut().zip(instances.iter_mut()) {
            let begun = Instant::now();
            for call in 0..calls {
                instance.borrow_mut().call(&Call::new(way).value(call as i64))?;
            }
            *least = least.min(begun.elapsed().as_secs_f64() * 1e6 / calls as f64);
        }
    }
    for (least, (name, _)) in least.iter().zip(instances.iter()) {
        println!("{name} {least:.2}");
    }
    Ok(())
}
