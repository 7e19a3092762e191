//! `cu bench`: runs a script, code or a call again and again, and shows what that takes; `cu bench-worker` is its part for the
//! benchmarks of this project.
//!
//! Invariant: only the compute is timed, neither the start of an instance nor its end; and what the runs change is gone afterwards.
//!
//! - `figures`: what is measured, summed up, written and read
//! - `shown`: the same for a person, beside an earlier one
//! - `counting`: a store that counts
//! - `scratch`: a copy of the file of `--home`
//! - `worker`: `cu bench-worker`

mod counting;
mod figures;
#[cfg(feature = "redb")]
mod scratch;
mod shown;
mod worker;

use std::ffi::OsStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cu_host::{Call, EventKind, Instance, MemoryStore, Module, Options, SharedStore, Store};

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::output::show;
use crate::script::{self, Work};
use counting::Counting;
use figures::{Figures, Run};
pub use worker::bench_worker;

/// So long the runs go on, if nothing else is said; and at least so many there are, at most so many.
const TIME: Duration = Duration::from_secs(2);
const LEAST_RUNS: usize = 5;
const MOST_RUNS: usize = 100_000;

/// The stores of the runs.
type Stores<'a> = dyn FnMut() -> Result<Box<dyn Store>, Failure> + 'a;

pub fn bench(arguments: &Arguments) -> Result<(), Failure> {
    let module = script::module(arguments)?;
    let before = arguments.against.as_deref().map(Figures::read).transpose()?;
    if let Some(file) = &arguments.save {
        Figures::may_replace(file)?;
    }
    let figures = match (&arguments.code, &arguments.operands[..]) {
        (Some(_), [surplus, ..]) => return Err(Usage(format!("unexpected argument '{}'", surplus.display())).into()),
        (Some(_), []) if arguments.is_call => {
            return Err(Usage("--call and --eval are not for one command".to_owned()).into());
        }
        (Some(code), []) => measure(&module, Work::Code(code.as_encoded_bytes()), code, arguments)?,
        (None, []) => return Err(Usage("FILE is missing".to_owned()).into()),
        (None, [way, values @ ..]) if arguments.is_call => {
            let mut call = Call::new(way.as_encoded_bytes());
            for (number, operand) in (1..).zip(values) {
                call = call.value(crate::call::value(number, operand)?);
            }
            let record = call.encode().map_err(|error| Usage(error.to_string()))?;
            measure(&module, Work::Call(&record), way, arguments)?
        }
        (None, [file, args @ ..]) => {
            let code = crate::run::code(file, &module)?;
            measure(&module, Work::File { file, code: &code, args }, file, arguments)?
        }
    };
    if let Some(file) = &arguments.save {
        figures.write(file)?;
    }
    let text = match (arguments.json, &before) {
        (true, _) => figures.json(before.as_ref()) + "\n",
        (false, before) => shown::text(&figures, before.as_ref()),
    };
    show(text.as_bytes())
}

/// Runs, as often as there is time; the first run is not counted: it finds everything cold.
fn measure(module: &Module, work: Work, name: &OsStr, arguments: &Arguments) -> Result<Figures, Failure> {
    let time = arguments.seconds.unwrap_or(TIME);
    let enough = arguments.runs.map(|runs| runs as usize);
    let mut stores = stores(arguments)?;
    let mut bench = Bench { module, work, arguments, warm: None };
    bench.run(&mut *stores)?;
    let mut runs = Vec::new();
    let start = Instant::now();
    let is_over = |runs: usize| match enough {
        Some(enough) => runs >= enough,
        None => runs >= MOST_RUNS || (runs >= LEAST_RUNS && start.elapsed() >= time),
    };
    while !is_over(runs.len()) {
        runs.push(bench.run(&mut *stores)?);
    }
    Ok(Figures::of(&name.to_string_lossy(), arguments.engine.name(), &runs))
}

/// A store for each instance: an empty one, or the copy of the file of `--home`.
fn stores<'a>(arguments: &'a Arguments) -> Result<Box<Stores<'a>>, Failure> {
    #[cfg(feature = "redb")]
    if arguments.home.is_some() {
        let scratch = scratch::Scratch::of(arguments)?;
        return Ok(Box::new(move || scratch.open()));
    }
    // Says what is wrong with options that need a home.
    crate::home::Home::of(arguments)?;
    Ok(Box::new(|| Ok(Box::new(MemoryStore::default()))))
}

struct Bench<'a> {
    module: &'a Module,
    work: Work<'a>,
    arguments: &'a Arguments,
    /// The instance of all runs, with `--warm`.
    warm: Option<Measured>,
}

/// An instance whose computes are measured.
struct Measured {
    instance: Instance,
    store: SharedStore<Counting>,
    /// Instructions used, and bytes in use at the end.
    usage: Arc<Mutex<(i64, i64)>>,
}

impl Bench<'_> {
    fn run(&mut self, stores: &mut Stores<'_>) -> Result<Run, Failure> {
        let mut measured = match self.warm.take() {
            Some(warm) => warm,
            None => Measured::new(self.module, stores()?, self.arguments)?,
        };
        let run = measured.run(&self.work, self.arguments);
        if self.arguments.is_warm {
            self.warm = Some(measured);
        }
        run
    }
}

impl Measured {
    fn new(module: &Module, store: Box<dyn Store>, arguments: &Arguments) -> Result<Measured, Failure> {
        let usage = Arc::new(Mutex::new((0, 0)));
        let sink = Arc::clone(&usage);
        let options = Options {
            events: vec![EventKind::Usage],
            on_event: Some(Box::new(move |event| {
                if let Some((instructions, memory)) = script::usage(event) {
                    let mut usage = sink.lock().unwrap_or_else(PoisonError::into_inner);
                    *usage = (usage.0 + instructions, memory);
                }
            })),
            ..script::run_options(arguments)
        };
        let store = SharedStore::new(Counting::over(store));
        let mut instance = Instance::new(module, store.clone(), options)?;
        instance.clear_io()?;
        Ok(Measured { instance, store, usage })
    }

    fn run(&mut self, work: &Work, arguments: &Arguments) -> Result<Run, Failure> {
        let counts = self.store.turn().map_err(cu_host::Error::from)?.counts;
        *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = (0, 0);
        let start = Instant::now();
        let answer = work.compute(&mut self.instance);
        let time = start.elapsed();
        if let Err(error) = answer {
            let error = script::with_content(error, &mut self.instance);
            return Err(script::with_source(error, work.source(arguments.home.is_some())).into());
        }
        let (instructions, memory) = *self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let operations = self.store.turn().map_err(cu_host::Error::from)?.counts.since(counts);
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Run {
            time: u64::try_from(time.as_nanos()).unwrap_or(u64::MAX),
            instructions: number(instructions),
            memory: number(memory),
            reads: operations.reads,
            writes: operations.writes,
            pages: operations.pages,
        })
    }
}
