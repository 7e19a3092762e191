//! Random sessions of an instance that is recorded: scripts over a store that may fail, with functions, time, ticks and limits
//! of the host.
//!
//! Invariant: what a session returns was seen without the recorder.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cu_abi::tables;
use cu_host::replay::Recorder;
use cu_host::{
    Args, Call, ComputeOptions, Error, EventKind, Instance, MemoryStore, Module, Options, Permissions, Raised, Rate,
    SharedStore, Store, StoreError, Value, Values,
};
use cu_random::Random;
use cu_tests as common;

use crate::faulty::Faulty;

/// What there is of a session, or of its replay: a line for each compute, event and entry of the store.
#[derive(Default)]
pub struct Seen {
    pub computes: Vec<String>,
    pub events: Vec<String>,
    pub rows: Vec<String>,
}

impl Seen {
    pub fn compute(&mut self, frame: Result<&[u8], &[u8]>) {
        let status = frame.map_or_else(|text| -1 - text.len() as i64, |frame| frame.len() as i64);
        self.computes.push(format!("compute {status} {}", hex(frame.unwrap_or_else(|text| text))));
    }

    pub fn event(&mut self, event: &Value) {
        self.events.push(format!("event {}", event.get("kind").and_then(Value::as_str).unwrap_or_default()));
    }

    /// The store at the end, but for `_io`.
    pub fn store(&mut self, store: &mut dyn Store) {
        let mut table = store.next_table(None).unwrap();
        while let Some(id) = table {
            let mut keys = Vec::new();
            let mut visit = |key: &[u8]| {
                keys.push(key.to_vec());
                true
            };
            if id != tables::IO {
                store.keys(id, None, false, &mut visit).unwrap();
            }
            for key in keys {
                let value = store.get(id, &key).unwrap().unwrap();
                self.rows.push(format!("row {id} {} {}", hex(&key), hex(&value)));
            }
            table = store.next_table(Some(id)).unwrap();
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that a recorder writes, and a test reads.
#[derive(Clone, Default)]
pub struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Bytes {
    pub fn all(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Records a session of so many steps.
pub fn session(module: &Module, seed: u64, steps: usize) -> (Vec<u8>, Seen) {
    let mut random = Random::new(seed);
    let recording = Bytes::default();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let store = SharedStore::new(MemoryStore::default());
    let is_failing = Arc::new(AtomicBool::new(false));
    let options = Options { record: Some(Recorder::new(recording.clone())), ..options(&mut random, &seen) };
    let mut faulty = Faulty::new(store.clone(), failing(random.next(), Arc::clone(&is_failing)));
    faulty.has_units = !random.one_in(4);
    let mut instance = Instance::new(module, faulty, options).unwrap();
    is_failing.store(random.one_in(2), Ordering::Relaxed);
    let scripts = scripts();
    for _ in 0..steps {
        act(&mut instance, &mut random, &scripts, &seen);
    }
    // What the store did not keep is over with the instance.
    match instance.end_recording() {
        Ok(()) => drop(instance),
        Err(error) => panic!("{error}"),
    }
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    seen.store(&mut *store.turn().unwrap());
    (recording.all(), seen)
}

fn failing(seed: u64, is_failing: Arc<AtomicBool>) -> crate::faulty::Plan {
    let mut random = Random::new(seed);
    Box::new(move |_, _| {
        let fails = is_failing.load(Ordering::Relaxed) && random.one_in(60);
        fails.then(|| StoreError::new(-77, "it fails at random"))
    })
}

/// The scripts that both hosts use; the last one has no room in the I/O buffer.
fn scripts() -> Vec<String> {
    let snippets = common::snippets(&common::root().join("tests/lua/replay/sessions.lua"));
    let mut scripts: Vec<String> =
        snippets.into_iter().map(|snippet| String::from_utf8(snippet.chunk).unwrap()).collect();
    scripts.push(format!("--[[{}]] _home.long = N return N", "y".repeat(70_000)));
    scripts
}

fn options(random: &mut Random, seen: &Arc<Mutex<Seen>>) -> Options {
    let time = AtomicU64::new(random.next() % 1000);
    let seen = Arc::clone(seen);
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    let mut calls = 0;
    let rate = if random.one_in(4) { Rate { operations: Some(5000.0), ..Rate::default() } } else { Rate::default() };
    Options {
        instructions: Some(200_000),
        tick: Some(20_000),
        stop: Some(stop),
        seed: Some(random.below(1000) as i64),
        compression: Some(random.below(2) as u64 * 100),
        home: random.one_in(3).then(|| b"named".to_vec()),
        clock: Some(Box::new(move || time.fetch_add(377, Ordering::Relaxed) as f64)),
        events: vec![EventKind::Output, EventKind::Error, EventKind::Usage, EventKind::Audit, EventKind::Progress],
        on_event: Some(Box::new(move |event| seen.lock().unwrap().event(event))),
        rate,
        ..Options::default()
    }
    .function("add", move |args: Args| {
        calls += 1;
        // The script that calls it is ended now and then.
        stopping.store(calls % 7 == 0, Ordering::Relaxed);
        args.at(0).as_i64().zip(args.at(1).as_i64()).map(|(one, other)| one + other).ok_or("it adds numbers")
    })
    .function("fail", |args: Args| match args.at(0).as_i64() {
        Some(number) if number % 2 == 0 => Err::<(), Raised>(format!("fails with {number}").into()),
        number => Err(Value::from([("code", number.unwrap_or(0))]).into()),
    })
    .function("large", |args: Args| Ok::<_, Raised>("x".repeat(args.at(0).as_i64().unwrap_or(0) as usize * 9000)))
    .function("several", |args: Args| {
        let count = args.at(0).as_i64().unwrap_or(0);
        Ok::<Values, Raised>((0..count).map(Value::from).collect::<Vec<_>>().into())
    })
    .function("http.get", |args: Args| Ok::<Values, Raised>(args.into_values().into()))
}

fn configs() -> [ComputeOptions; 10] {
    let usual = ComputeOptions::default;
    [
        usual(),
        usual(),
        usual(),
        ComputeOptions { instructions: Some(30_000), ..usual() },
        ComputeOptions { atomic: Some(true), ..usual() },
        ComputeOptions { atomic_by_store: Some(true), ..usual() },
        ComputeOptions { output: Some(100), ..usual() },
        ComputeOptions { memory: Some(400_000), ..usual() },
        ComputeOptions { instructions: Some(1), ..usual() },
        ComputeOptions { permissions: Some(Permissions::new().read_only()), ..usual() },
    ]
}

fn act(instance: &mut Instance, random: &mut Random, scripts: &[String], seen: &Mutex<Seen>) {
    let number = (1 + random.below(9)).to_string();
    let mut script = || scripts[random.below(scripts.len())].replace('N', &number);
    let (one, other) = (script(), script());
    let configs = configs();
    let own = &configs[random.below(configs.len())];
    let raw = |instance: &mut Instance, code: &[u8], own: &ComputeOptions| {
        if let Ok(frame) = instance.compute_raw_with(code, own) {
            seen.lock().unwrap().compute(frame.as_deref().map_err(|text| &text[..]));
        }
    };
    let done = match random.below(14) {
        0 => instance.run_gc(),
        1 => instance.memory_stats().map(drop),
        2 => instance.home_table().map(drop),
        3 => instance.compute_with(one, own).map(drop),
        4 => instance.transaction(|instance| {
            raw(instance, one.as_bytes(), &ComputeOptions::default());
            raw(instance, other.as_bytes(), &ComputeOptions::default());
            if random.one_in(3) { Err(Error::Argument("undo".into())) } else { Ok(()) }
        }),
        5 => instance.call_with(&Call::new("_home.count").value(1), own).map(drop),
        6 => instance.clear_io().and_then(|()| {
            let input = Value::from([("list", random.below(9) as i64)]).encode()?;
            Ok(instance.store().set(tables::IO, &Value::from("input").encode_key()?, &input)?)
        }),
        7 => instance.reserve_table_ids(random.below(100) as u32),
        _ => {
            raw(instance, one.as_bytes(), own);
            Ok(())
        }
    };
    assert!(!matches!(done, Err(Error::Recording(_))), "{done:?}");
}
