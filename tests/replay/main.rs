//! Random sessions, recorded in Rust and in Node, are the same when they are replayed by Wasmtime, wasmi and Node.

#[path = "../../host-rust/host/tests/faulty/mod.rs"]
mod faulty;
mod sessions;

use std::cell::RefCell;
use std::path::Path;
use std::process::Command;

use cu_host::replay::{ReplayOptions, replay};
use cu_host::{Engine, MemoryStore, Module};
use cu_random::Random;
use cu_tests as common;
use sessions::{Seen, session};

const STEPS: usize = 20;
/// Sessions of each host; a minute has room for some hundreds.
const SESSIONS: u64 = 20;

/// What a replay shows.
fn replayed(module: &Module, recording: &[u8]) -> Seen {
    let seen = RefCell::new(Seen::default());
    let mut store = MemoryStore::default();
    let options = ReplayOptions {
        store: Some(&mut store),
        on_event: Some(Box::new(|event| seen.borrow_mut().event(event))),
        on_compute: Some(Box::new(|compute| seen.borrow_mut().compute(compute.frame))),
        unfinished: false,
    };
    let figures = replay(module, recording, options).unwrap_or_else(|error| panic!("{error}"));
    let mut seen = seen.into_inner();
    seen.store(&mut store);
    assert_eq!((figures.computes, figures.whole), (seen.computes.len() as u64, true));
    assert_eq!(figures.bytes, recording.len() as u64);
    seen
}

/// The recorded host did not see computes of its own, for homes and transactions.
#[track_caller]
fn same(found: &Seen, wanted: &Seen, what: &str) {
    let mut left = found.computes.iter();
    for compute in &wanted.computes {
        assert!(left.any(|found| found == compute), "{what}: {compute}");
    }
    assert_eq!(found.events, wanted.events, "{what}");
    assert_eq!(found.rows, wanted.rows, "{what}");
}

fn from_lines(file: &Path) -> Seen {
    let text = std::fs::read_to_string(file).unwrap();
    let of = |kind: &str| text.lines().filter(|line| line.starts_with(kind)).map(str::to_owned).collect();
    Seen { computes: of("compute "), events: of("event "), rows: of("row ") }
}

fn node(action: &str, folder: &common::Folder, first: u64) {
    let script = common::root().join("tests/node/replay_sessions.mjs");
    let numbers = [first.to_string(), SESSIONS.to_string()];
    let output = Command::new("node")
        .args([common::NO_HANG.as_ref(), script.as_os_str(), action.as_ref(), folder.file("").as_os_str()])
        .args(numbers)
        .output()
        .expect("node runs");
    assert!(output.status.success(), "CU_SEED={first}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_rust_records_every_host_replays() {
    let first = Random::from_clock().seed % 1_000_000_000;
    println!("CU_SEED={first}");
    let folder = common::Folder::new("replay-rust");
    let modules = [Engine::Wasmtime, Engine::Wasmi].map(common::module);
    let mut all = Vec::new();
    for seed in first..first + SESSIONS {
        let (recording, seen) = session(&modules[usize::from(seed % 8 == 0)], seed, STEPS);
        for (module, engine) in modules.iter().zip(["wasmtime", "wasmi"]) {
            same(&replayed(module, &recording), &seen, &format!("CU_SEED={seed} on {engine}"));
        }
        std::fs::write(folder.file(&format!("{seed}.recording")), &recording).unwrap();
        all.push((seed, seen));
    }
    let count = |part: fn(&Seen) -> usize| all.iter().map(|(_, seen)| part(seen) as u64).sum::<u64>();
    let counts = [count(|seen| seen.computes.len()), count(|seen| seen.events.len()), count(|seen| seen.rows.len())];
    assert!(counts.iter().all(|count| *count > 5 * SESSIONS), "{counts:?}");
    node("replay", &folder, first);
    for (seed, seen) in all {
        same(&from_lines(&folder.file(&format!("{seed}.replayed"))), &seen, &format!("CU_SEED={seed} in Node"));
    }
}

#[test]
fn what_node_records_rust_replays() {
    let first = Random::from_clock().seed % 1_000_000_000;
    println!("CU_SEED={first}");
    let folder = common::Folder::new("replay-node");
    node("record", &folder, first);
    for engine in [Engine::Wasmtime, Engine::Wasmi] {
        let module = common::module(engine);
        for seed in first..first + SESSIONS {
            let recording = std::fs::read(folder.file(&format!("{seed}.recording"))).unwrap();
            let seen = from_lines(&folder.file(&format!("{seed}.seen")));
            same(&replayed(&module, &recording), &seen, &format!("CU_SEED={seed} on {}", engine.name()));
        }
    }
}
