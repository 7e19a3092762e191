//! The needs of an engine, and the effects of its own limits (abi/README.md, "What an engine needs"; docs/limits.md,
//! "Limits on the wall clock").
//!
//! Measured, not tested, with the command
//! `cargo test -p cu-host --release --features wasmi --test engine_settings -- --ignored --nocapture --test-threads 1`:
//! the smallest stacks with which no script of abi/vectors/deep.json traps, and the cost of an engine's limit.
#![cfg(all(feature = "wasmi", feature = "wasmtime"))]

use std::time::{Duration, Instant};

use cu_host::MODULE;

/// The sizes that the page demands.
const OPERAND_STACK_BYTES: usize = 1 << 20;
const NATIVE_STACK_BYTES: usize = 512 << 10;

/// Far too little: if it were enough, the scripts would test nothing.
const LITTLE_BYTES: usize = 64 << 10;

/// The search for the smallest stack has this precision.
const STEP_BYTES: usize = 4 << 10;

fn scripts() -> Vec<(String, String)> {
    let vectors: Vec<serde_json::Value> = serde_json::from_str(include_str!("../../../abi/vectors/deep.json")).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    vectors.iter().map(|vector| (text(&vector["name"]), text(&vector["lua"]))).collect()
}

/// The names of the scripts that trap because the stack is too small.
fn trapped(compute: impl Fn(&str) -> bool) -> Vec<String> {
    scripts().into_iter().filter(|(_, lua)| !compute(lua)).map(|(name, _)| name).collect()
}

/// The smallest stack with which no script traps.
fn least(works: impl Fn(usize) -> bool) -> usize {
    let (mut little, mut enough) = (0, 2 * OPERAND_STACK_BYTES / STEP_BYTES);
    while enough - little > 1 {
        let middle = little.midpoint(enough);
        *if works(middle * STEP_BYTES) { &mut enough } else { &mut little } = middle;
    }
    enough * STEP_BYTES
}

/// Defines a function that computes a script on a fresh instance after `prepare` changed the store, and answers whether
/// it ended without a trap.
macro_rules! define_compute {
    ($name:ident, $engine:ident, $instantiate:ident) => {
        fn $name(engine: $engine::Engine, prepare: impl Fn(&mut $engine::Store<()>)) -> impl Fn(&str) -> bool {
            use $engine::{Linker, Module, Store};
            let module = Module::new(&engine, MODULE).unwrap();
            move |lua| {
                let mut linker = Linker::new(module.engine());
                let (set, get) = (|_, _, _, _, _| 0, |_, _, _, _, _| -1);
                linker.func_wrap::<(i32, i32, i32, i32, i32), i32>("env", "js_ext_table_set", set).unwrap();
                linker.func_wrap::<(i32, i32, i32, i32, i32), i32>("env", "js_ext_table_get", get).unwrap();
                linker.func_wrap::<(i32, i32, i32), i32>("env", "js_ext_table_delete", |_, _, _| 0).unwrap();
                linker.func_wrap("env", "js_ext_table_size", |_: i32| 0_i32).unwrap();
                linker.func_wrap::<(i32, i32, i32), i32>("env", "js_ext_table_keys", |_, _, _| 0).unwrap();
                let mut store = Store::new(module.engine(), ());
                prepare(&mut store);
                let instance = linker.$instantiate(&mut store, &module).unwrap();
                let init = instance.get_typed_func::<(), i32>(&mut store, "init").unwrap();
                assert_eq!(init.call(&mut store, ()).unwrap(), 0);
                let buffer = instance.get_typed_func::<(), i32>(&mut store, "get_buffer_ptr").unwrap();
                let buffer = buffer.call(&mut store, ()).unwrap();
                let memory = instance.get_memory(&mut store, "memory").unwrap();
                memory.write(&mut store, buffer as usize, lua.as_bytes()).unwrap();
                let compute = instance.get_typed_func::<(i32, i32), i32>(&mut store, "compute").unwrap();
                compute.call(&mut store, (buffer, lua.len() as i32)).is_ok()
            }
        }
    };
}

define_compute!(on_wasmi, wasmi, instantiate_and_start);
define_compute!(on_wasmtime, wasmtime, instantiate);

fn wasmi_engine(configure: impl Fn(&mut wasmi::Config)) -> wasmi::Engine {
    let mut config = wasmi::Config::default();
    config.set_max_recursion_depth(1 << 20).set_max_stack_height(OPERAND_STACK_BYTES);
    configure(&mut config);
    wasmi::Engine::new(&config)
}

fn wasmtime_engine(configure: impl Fn(&mut wasmtime::Config)) -> wasmtime::Engine {
    let mut config = wasmtime::Config::new();
    configure(&mut config);
    wasmtime::Engine::new(&config).unwrap()
}

fn trapped_on_wasmi(stack_bytes: usize) -> Vec<String> {
    let engine = wasmi_engine(|config| {
        config.set_max_stack_height(stack_bytes);
    });
    trapped(on_wasmi(engine, |_| {}))
}

fn trapped_on_wasmtime(stack_bytes: usize) -> Vec<String> {
    let engine = wasmtime_engine(|config| {
        config.max_wasm_stack(stack_bytes);
    });
    trapped(on_wasmtime(engine, |_| {}))
}

#[test]
fn the_operand_stack_of_the_contract_suffices() {
    assert_eq!(trapped_on_wasmi(OPERAND_STACK_BYTES), [""; 0]);
    assert!(!trapped_on_wasmi(LITTLE_BYTES).is_empty());
}

#[test]
fn the_native_stack_of_the_contract_suffices() {
    assert_eq!(trapped_on_wasmtime(NATIVE_STACK_BYTES), [""; 0]);
    assert!(!trapped_on_wasmtime(LITTLE_BYTES).is_empty());
}

/// Runs for ever, and catches every error that can be caught.
const ENDLESS: &str = "while true do pcall(function() while true do end end) end";

#[test]
fn fuel_and_epochs_end_what_no_budget_ends() {
    let engine = wasmtime_engine(|config| {
        config.consume_fuel(true);
    });
    assert!(!on_wasmtime(engine, |store| store.set_fuel(1 << 28).unwrap())(ENDLESS));
    let engine = wasmi_engine(|config| {
        config.consume_fuel(true);
    });
    assert!(!on_wasmi(engine, |store| store.set_fuel(1 << 28).unwrap())(ENDLESS));
    let engine = wasmtime_engine(|config| {
        config.epoch_interruption(true);
    });
    let compute = on_wasmtime(engine.clone(), |store| store.set_epoch_deadline(1));
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        engine.increment_epoch();
    });
    assert!(!compute(ENDLESS));
}

#[test]
#[ignore = "measures"]
fn least_stacks() {
    println!("least operand stack on wasmi: {} KiB", least(|bytes| trapped_on_wasmi(bytes).is_empty()) >> 10);
    println!("least native stack on wasmtime: {} KiB", least(|bytes| trapped_on_wasmtime(bytes).is_empty()) >> 10);
}

#[test]
#[ignore = "measures"]
fn what_limits_cost() {
    let plain = on_wasmtime(wasmtime_engine(|_| {}), |_| {});
    let epoch = wasmtime_engine(|config| {
        config.epoch_interruption(true);
    });
    let epoch = on_wasmtime(epoch, |store| store.set_epoch_deadline(1));
    let fuel = wasmtime_engine(|config| {
        config.consume_fuel(true);
    });
    let fuel = on_wasmtime(fuel, |store| store.set_fuel(u64::MAX).unwrap());
    let interpreted = on_wasmi(wasmi_engine(|_| {}), |_| {});
    let metered = wasmi_engine(|config| {
        config.consume_fuel(true);
    });
    let metered = on_wasmi(metered, |store| store.set_fuel(u64::MAX).unwrap());
    for (name, turns, slow_turns) in [
        ("a plain loop", "for i = 1, 100000000 do end", "for i = 1, 10000000 do end"),
        (
            "fib",
            "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end fib(31)",
            "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end fib(25)",
        ),
    ] {
        let [none, epochs, fuel] = best([&plain, &epoch, &fuel], turns);
        println!("{name}: wasmtime {none:.0} ms; epochs {:.2}x, fuel {:.2}x", epochs / none, fuel / none);
        let [none, fuel] = best([&interpreted, &metered], slow_turns);
        println!("{name}: wasmi {none:.0} ms; fuel {:.2}x", fuel / none);
    }
}

/// The best time of fifteen rounds in milliseconds; the rounds alternate.
fn best<const N: usize>(computes: [&dyn Fn(&str) -> bool; N], lua: &str) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    for _ in 0..15 {
        for (compute, best) in computes.iter().zip(&mut best) {
            let begun = Instant::now();
            assert!(compute(lua));
            *best = best.min(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    best
}
