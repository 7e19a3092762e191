//! What calls cost in Wasmtime, to the module and back from it: for the benchmarks, beside tests/bench/page/calls.mjs.
//!
//! Prints a list of objects as JSON: `what` is measured, and the best of the rounds in `microseconds` of one. All take turns, and each
//! checks what it is answered.

use std::time::Instant;

use cu_host::{Args, Call, Error, Functions, Instance, MODULE, MemoryStore, Module, Options};

const ROUNDS: usize = 100;
/// Calls in a round: some rounds are undisturbed on a busy machine, too.
const CALLS: u32 = 2_000;

const STORED: &str = "function _home.add(a, b) return a + b end";

type Run = fn(&mut Instance) -> Result<(), Error>;

/// Name, and what runs `CALLS` of them.
const MEASURED: &[(&str, Run)] =
    &[("source", source), ("call", call), ("prepared", prepared), ("host", host), ("wait", wait)];

fn main() -> Result<(), Error> {
    let mut functions = Functions::default();
    functions
        .add("add", |args: Args| Ok::<_, Error>(args.at(0).as_i64().unwrap_or(0) + args.at(1).as_i64().unwrap_or(0)));
    let options = Options { functions, ..Options::default() };
    let module = Module::new(MODULE)?;
    let mut instance = Instance::new(&module, MemoryStore::default(), options)?;
    instance.compute(STORED)?;
    // A compute that may wait costs more: those of the other instance cannot.
    let options = Options::default().async_function("later", |args: Args| async move {
        Ok::<_, Error>(args.at(0).as_i64().unwrap_or(0) + args.at(1).as_i64().unwrap_or(0))
    });
    let mut waiting = Instance::new(&module, MemoryStore::default(), options)?;
    let mut best = vec![f64::INFINITY; MEASURED.len()];
    for _ in 0..ROUNDS {
        for (best, (what, run)) in best.iter_mut().zip(MEASURED) {
            let instance = if *what == "wait" { &mut waiting } else { &mut instance };
            let start = Instant::now();
            run(instance)?;
            *best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
        }
    }
    let records =
        best.iter().zip(MEASURED).map(|(best, (what, _))| format!(r#"{{"what":"{what}","microseconds":{best:.4}}}"#));
    println!("[{}]", records.collect::<Vec<_>>().join(","));
    Ok(())
}

fn source(instance: &mut Instance) -> Result<(), Error> {
    for _ in 0..CALLS {
        assert_eq!(instance.compute("return _home.add(1, 2)")?.value().as_i64(), Some(3));
    }
    Ok(())
}

fn call(instance: &mut Instance) -> Result<(), Error> {
    for _ in 0..CALLS {
        assert_eq!(instance.call(&Call::new("_home.add").value(1).value(2))?.value().as_i64(), Some(3));
    }
    Ok(())
}

fn prepared(instance: &mut Instance) -> Result<(), Error> {
    let mut add = Call::new("_home.add").prepare()?;
    for _ in 0..CALLS {
        assert_eq!(add.call(instance, (1, 2))?.value().as_i64(), Some(3));
    }
    Ok(())
}

fn host(instance: &mut Instance) -> Result<(), Error> {
    let answer =
        instance.compute(format!("local add, n = host.add, 0 for _ = 1, {CALLS} do n = add(n, 2) end return n"))?;
    assert_eq!(answer.value().as_i64(), Some(2 * i64::from(CALLS)));
    Ok(())
}

fn wait(instance: &mut Instance) -> Result<(), Error> {
    let answer =
        instance.compute(format!("local add, n = host.later, 0 for _ = 1, {CALLS} do n = add(n, 2) end return n"))?;
    assert_eq!(answer.value().as_i64(), Some(2 * i64::from(CALLS)));
    Ok(())
}
