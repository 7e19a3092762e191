//! `cu bench-worker`: times the scripts named on standard input, for the benchmarks.
//!
//! ```text
//! in    PATH
//! out   OK microseconds FIRSTVALUE    or    ERR message
//! ```
//!
//! Invariant: one line out for each line in; each script has an instance of its own, and only compute is timed.

use std::io::{self, BufRead};
use std::time::Instant;

use cu_host::{Instance, MODULE, MemoryStore, Module};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::{output, script};

pub fn bench_worker(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
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
