//! What an engine takes for cu-host: `engines ENGINE [PROGRAM...]` prints lines `name value unit`, of the same things as
//! tests/engines/js/bench.mjs.
//!
//! Invariant: a figure is the best of many, because other work of the machine can only make a run slower.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use cu_host::{Call, Engine, Instance, MODULE, MemoryStore, Module, Options};

const CODE: &str = "return 1";
const STARTS: usize = 100;
const BATCHES: usize = 20;
const CALLS: u32 = 1000;
const INSTANCES: usize = 100;

/// A program runs so often, unless it takes long.
const RUNS: usize = 5;
const LONG: Duration = Duration::from_secs(2);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let name = words.next().ok_or("an engine is wanted")?;
    let engine = Engine::from_name(&name).ok_or_else(|| format!("there is no engine {name}"))?;

    // Wasmtime compiles nothing here: cu-host brings the machine code along.
    let start = Instant::now();
    drop(ready(&Module::with_engine(engine, MODULE)?)?);
    figure("from_bytes", start.elapsed(), "");

    let module = Module::with_engine(engine, MODULE)?;
    figure("from_module", best(STARTS, || ready(&module).map(drop))?, "");

    let mut instance = ready(&module)?;
    instance.compute("function _home.add(a, b) return a + b end")?;
    let source = best(BATCHES, || {
        for _ in 0..CALLS {
            assert_eq!(instance.compute(CODE)?.value().as_i64(), Some(1));
        }
        Ok(())
    })?;
    figure("return_1", source / CALLS, "");
    let call = best(BATCHES, || {
        for _ in 0..CALLS {
            assert_eq!(instance.call(&Call::new("_home.add").value(1).value(2))?.value().as_i64(), Some(3));
        }
        Ok(())
    })?;
    figure("call", call / CALLS, "");
    drop(instance);

    let before = resident()?;
    let instances = (0..INSTANCES).map(|_| ready(&module)).collect::<Result<Vec<_>>>()?;
    println!("memory {} bytes", resident()?.saturating_sub(before) / INSTANCES);
    drop(instances);

    for path in words {
        run(&module, Path::new(&path))?;
    }
    Ok(())
}

/// An instance that has computed once.
fn ready(module: &Module) -> Result<Instance> {
    let mut instance = Instance::new(module, MemoryStore::default(), Options::default())?;
    assert_eq!(instance.compute(CODE)?.value().as_i64(), Some(1));
    Ok(instance)
}

fn run(module: &Module, path: &Path) -> Result<()> {
    let source = std::fs::read(path)?;
    let options = || Options { instructions: Some((1 << 53) - 1), ..Options::default() };
    let (mut least, mut sum, mut answer) = (Duration::MAX, Duration::ZERO, String::new());
    for _ in 0..RUNS {
        let mut instance = Instance::new(module, MemoryStore::default(), options())?;
        let start = Instant::now();
        let response = instance.compute(&source)?;
        let took = start.elapsed();
        answer = response.value().to_string();
        least = least.min(took);
        sum += took;
        if sum > LONG {
            break;
        }
    }
    figure(&path.file_stem().unwrap_or_default().to_string_lossy(), least, &answer);
    Ok(())
}

fn best(times: usize, mut action: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut least = Duration::MAX;
    for _ in 0..times {
        let start = Instant::now();
        action()?;
        least = least.min(start.elapsed());
    }
    Ok(least)
}

fn figure(name: &str, time: Duration, answer: &str) {
    println!("{}", format!("{name} {:.2} us {answer}", time.as_secs_f64() * 1e6).trim_end());
}

/// Bytes of this process that are in memory.
fn resident() -> Result<usize> {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("no line Pss")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? * 1024)
}
