//! Scripts that the host ends while they run, on every engine: after a time, and by a flag that another thread sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use cu_abi::status::ErrorClass;
use cu_host::{ComputeOptions, Engine, Error, Instance, MODULE, MemoryStore, Module, Options};

const ENDLESS: &str = "_home.n = 1 while true do pcall(error) end";

/// The message of a script that the host ended.
fn message(answer: Result<cu_host::Response, Error>) -> String {
    match answer {
        Err(Error::Lua(error)) if error.class == Some(ErrorClass::Interrupted) => error.message,
        other => panic!("it was not interrupted: {other:?}"),
    }
}

fn within(milliseconds: u64) -> ComputeOptions {
    ComputeOptions { time_limit: Some(Duration::from_millis(milliseconds)), ..ComputeOptions::default() }
}

#[test]
fn a_time_limit_ends_each_compute_and_the_instance_lives_on() {
    for engine in Engine::ALL {
        let module = Module::with_engine(*engine, MODULE).unwrap();
        let options = Options { time_limit: Some(Duration::from_millis(30)), ..Options::default() };
        let mut instance = Instance::new(&module, MemoryStore::default(), options).unwrap();
        let ended = "compute:1: interrupted by the host: 'the time limit of 30 ms is over'";
        for _ in 0..3 {
            assert_eq!(message(instance.compute(ENDLESS)), ended, "{}", engine.name());
            assert_eq!(instance.compute("return _home.n + 1").unwrap().value().as_i64(), Some(2));
        }
        let atomic = ComputeOptions { atomic: Some(true), ..ComputeOptions::default() };
        message(instance.compute_with("_home.n = 2 while true do end", &atomic));
        assert_eq!(instance.compute("return _home.n").unwrap().value().as_i64(), Some(1));
    }
}

#[test]
fn a_compute_has_a_limit_of_its_own() {
    for options in [
        Options::default(),
        Options { time_limit: Some(Duration::from_secs(3600)), ..Options::default() },
        Options { tick: Some(10), ..Options::default() },
    ] {
        let module = Module::new(MODULE).unwrap();
        let mut instance = Instance::new(&module, MemoryStore::default(), options).unwrap();
        assert!(message(instance.compute_with(ENDLESS, &within(15))).contains("limit of 15 ms"));
        instance.compute("for i = 1, 1000000 do end").unwrap();
        assert!(message(instance.compute_with(ENDLESS, &within(0))).contains("limit of 0 ms"));
        // So long that no clock goes so far: no limit.
        instance.compute_with("for i = 1, 1000000 do end", &within(u64::MAX)).unwrap();
    }
}

#[test]
fn another_thread_ends_a_script_and_a_collection() {
    for engine in Engine::ALL {
        let stop = Arc::new(AtomicBool::new(false));
        let options = Options { stop: Some(stop.clone()), ..Options::default() };
        let module = Module::with_engine(*engine, MODULE).unwrap();
        let mut instance = Instance::new(&module, MemoryStore::default(), options).unwrap();
        for _ in 0..3 {
            let button = thread::spawn({
                let stop = stop.clone();
                move || {
                    thread::sleep(Duration::from_millis(20));
                    stop.store(true, Ordering::Relaxed);
                }
            });
            assert_eq!(message(instance.compute(ENDLESS)), "compute:1: interrupted by the host: 'stopped'");
            button.join().unwrap();
            stop.store(false, Ordering::Relaxed);
            instance.compute("for i = 1, 100000 do end").unwrap();
        }
        instance.compute("setmetatable({}, { __gc = function() while true do end end })").unwrap();
        stop.store(true, Ordering::Relaxed);
        instance.run_gc().unwrap();
        stop.store(false, Ordering::Relaxed);
        assert_eq!(instance.compute("return 1").unwrap().value().as_i64(), Some(1));
    }
}
