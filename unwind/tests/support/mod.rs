//! Rewrites a module given as text and runs it.
//!
//! Invariant: only valid WebAssembly 1.0 runs, and the flag is clear after every call from outside,
//! except after a call that is meant to raise.

#![allow(dead_code, reason = "each test file uses a part")]

use unwind::{Error, Flag, Options, Report, rewrite};
use wasmi::{Caller, Engine, Instance, Linker, Module, Store, WasmParams, WasmResults};
use wasmparser::{Validator, WasmFeatures};

/// The beginning of every module here. The first four bytes of memory are for the flag.
pub const PRELUDE: &str = r#"
  (import "unwind" "throw" (func $throw))
  (import "unwind" "try" (func $try (param i32 i32 i32)))
  (import "env" "log" (func $log (param i32)))
  (memory (export "memory") 1)
  (global $__stack_pointer (mut i32) (i32.const 1024))
  (func (export "stack_pointer") (result i32) (global.get $__stack_pointer))
"#;

/// The module of `PRELUDE` and `body`.
pub fn assemble(body: &str) -> Vec<u8> {
    assemble_whole(&format!("(module {PRELUDE} {body})"))
}

/// A module without the prelude.
pub fn assemble_whole(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Rewrites the module of `PRELUDE` and `body` with default options.
pub fn rewritten(body: &str) -> (Vec<u8>, Report) {
    rewrite(&assemble(body), &Options::default()).expect("rewritten")
}

/// The error of rewriting a module without the prelude.
pub fn refusal(text: &str) -> Error {
    rewrite(&assemble_whole(text), &Options::default()).expect_err("refused")
}

/// Whether `wasm` is WebAssembly 1.0 with mutable globals and no more.
pub fn assert_webassembly_1(wasm: &[u8]) {
    Validator::new_with_features(WasmFeatures::WASM1).validate_all(wasm).expect("valid WebAssembly 1.0");
}

/// A running module that logs numbers.
pub struct Run {
    store: Store<Vec<i32>>,
    instance: Instance,
}

impl Run {
    /// Runs `PRELUDE` and `body` with the flag in a global.
    pub fn of(body: &str) -> Run {
        Run::with_flag(body, Flag::Global)
    }

    /// Runs `PRELUDE` and `body`.
    pub fn with_flag(body: &str, flag: Flag) -> Run {
        let options = Options { flag, ..Options::default() };
        let (wasm, _) = rewrite(&assemble(body), &options).expect("rewritten");
        assert_webassembly_1(&wasm);
        Run::start(&wasm)
    }

    /// Runs a module that is ready.
    pub fn start(wasm: &[u8]) -> Run {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm).expect("compiled");
        let mut store = Store::new(&engine, Vec::new());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("env", "log", |mut caller: Caller<'_, Vec<i32>>, value: i32| {
                caller.data_mut().push(value);
            })
            .expect("defined");
        let instance = linker.instantiate_and_start(&mut store, &module).expect("instantiated");
        Run { store, instance }
    }

    /// Calls an export, which may trap.
    pub fn try_call<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> Result<R, wasmi::Error> {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name).expect("exported");
        function.call(&mut self.store, parameters)
    }

    /// Calls an export, which must not trap.
    pub fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> R {
        self.try_call(name, parameters).expect("returned")
    }

    /// What was logged since the last time.
    pub fn take_log(&mut self) -> Vec<i32> {
        std::mem::take(self.store.data_mut())
    }

    /// The flag, when it is kept at address 0.
    pub fn flag_in_memory(&self) -> u8 {
        let memory = self.instance.get_memory(&self.store, "memory").expect("exported");
        memory.data(&self.store)[0]
    }

    /// Every name and kind the module exports.
    pub fn export_names(&self) -> Vec<String> {
        self.instance.exports(&self.store).map(|export| export.name().to_owned()).collect()
    }
}

/// Calls `run` with `argument` in both kinds of module and compares the logs. After each call the
/// shadow stack pointer must have its old value, and the flag must be clear.
pub fn assert_logs(body: &str, argument: i32, expected: &[i32]) {
    for flag in [Flag::Global, Flag::Memory(0)] {
        let mut run = Run::with_flag(body, flag);
        for round in 0..2 {
            run.call::<i32, ()>("run", argument);
            assert_eq!(run.take_log(), expected, "{flag:?}, round {round}");
            assert_eq!(run.call::<(), i32>("stack_pointer", ()), 1024, "{flag:?}");
            assert_eq!(run.flag_in_memory(), 0, "{flag:?}");
        }
    }
}
