//! `cu bench-worker`: times the scripts that standard input names, for the benchmarks; with `--startup`, times how
//! instances start.
//!
//! ```text
//! in    PATH
//! out   OK microseconds FIRSTVALUE    or    ERR message
//!
//! --startup
//! out   plain NANOSECONDS             the median without a pool
//!       pool NANOSECONDS              the same with one
//! ```
//!
//! Invariant: each line of input gives one line of output; each script has its own instance, and only compute is timed.

use std::io::{self, BufRead};
use std::time::Instant;

use cu_host::{EngineOptions, Instance, MODULE, MemoryStore, Module};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::{output, script};

pub fn bench_worker(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    if arguments.startup {
        return startup(arguments);
    }
    let module = Module::with_engine(arguments.engine, MODULE)?;
    for line in io::stdin().lock().lines() {
        let path = line.map_err(|error| Failure::Io("standard input".to_owned(), error))?;
        let answer = match time(&module, path.trim_end(), arguments) {
            Ok((microseconds, value)) => format!("OK {microseconds} {value}"),
            Err(failure) => format!("ERR {}", failure.text()),
        };
        output::show((answer.replace(['\n', '\r'], " ") + "\n").as_bytes())?;
    }
    Ok(())
}

fn time(module: &Module, path: &str, arguments: &Arguments) -> Result<(u128, String), Failure> {
    let code = script::read(path.as_ref(), module)?;
    let mut instance = Instance::new(module, MemoryStore::default(), script::options(arguments))?;
    let start = Instant::now();
    let response = instance.compute(code)?;
    let elapsed = start.elapsed();
    Ok((elapsed.as_micros(), response.value().to_string()))
}

/// Prints how long it takes to make an instance that is ready to compute.
fn startup(arguments: &Arguments) -> Result<(), Failure> {
    for (name, pool) in [("plain", 0), ("pool", 1)] {
        let options = EngineOptions { engine: arguments.engine, pool };
        let module = Module::with_options(options, MODULE)?;
        output::show(format!("{name} {}\n", time_start(&module, arguments)?).as_bytes())?;
    }
    Ok(())
}

/// The median in nanoseconds; dropping the instance is not timed.
fn time_start(module: &Module, arguments: &Arguments) -> Result<u128, Failure> {
    const WARM_UP: usize = 100;
    const RUNS: usize = 1000;
    let mut times = Vec::with_capacity(RUNS);
    for run in 0..WARM_UP + RUNS {
        let options = script::options(arguments);
        let start = Instant::now();
        let mut instance = Instance::new(module, MemoryStore::default(), options)?;
        let elapsed = start.elapsed().as_nanos();
        // Uses the memory, so that the next instance gets memory that was used.
        instance.compute("return 1")?;
        if run >= WARM_UP {
            times.push(elapsed);
        }
    }
    times.sort_unstable();
    Ok(times[RUNS / 2])
}
