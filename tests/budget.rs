//! The scripts of `tests/lua/attacks.lua` under a budget, on both engines: each is stopped, and its count is the same
//! as in Node (`tests/node/attacks.mjs`).

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};

use cu_abi::status::ErrorClass;
use cu_host::{Engine, Error, EventKind, Instance, MemoryStore, Module, Options, Value};
use cu_tests as common;

/// As in `tests/node/attacks.mjs`.
const BUDGET: u64 = 2_000_000;

/// The budget that each script used in Node.
fn counts_in_node() -> BTreeMap<String, i64> {
    let script = common::root().join("tests/node/attacks.mjs");
    let output = Command::new("node").arg(common::NO_HANG).arg(script).output().expect("node starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let counts = text.lines().filter_map(|line| line.split_once(' '));
    counts.map(|(count, name)| (name.to_owned(), count.parse().expect("a count"))).collect()
}

/// The budget that a script used. The instance must still work afterwards.
fn used(module: &Module, name: &str, code: &[u8]) -> i64 {
    let count = Arc::new(Mutex::new(0));
    let sink = Arc::clone(&count);
    let options = Options {
        instructions: Some(BUDGET),
        events: vec![EventKind::Usage],
        on_event: Some(Box::new(move |event: &Value| {
            *sink.lock().expect("no thread died") = event.get("instructions").and_then(Value::as_i64).unwrap_or(0);
        })),
        ..Options::default()
    };
    let mut instance = Instance::new(module, MemoryStore::default(), options).expect("an instance");
    match instance.compute(code) {
        Err(Error::Lua(error)) => assert_eq!(error.class, Some(ErrorClass::Budget), "{name}: {error:?}"),
        other => panic!("{name}: {other:?}"),
    }
    let used = *count.lock().expect("no thread died");
    assert_eq!(instance.compute("return 6 * 7").expect(name).value().as_i64(), Some(42), "{name}");
    used
}

#[test]
fn every_engine_counts_the_same() {
    let expected = counts_in_node();
    let file = common::root().join("tests/lua/attacks.lua");
    let attacks = common::snippets(&file);
    assert_eq!(attacks.len(), expected.len());
    for engine in [Engine::Wasmtime, Engine::Wasmi] {
        let module = common::module(engine);
        for attack in &attacks {
            let used = used(&module, &attack.name, &attack.chunk);
            assert_eq!(Some(&used), expected.get(&attack.name), "{}: {}", engine.name(), attack.name);
        }
    }
}
