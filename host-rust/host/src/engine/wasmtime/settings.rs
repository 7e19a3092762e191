//! How Wasmtime compiles the module.
//!
//! Invariant: the build script and the library compile with the same settings, because both include this file; with
//! other settings the library refuses the build script's code.

use wasmtime::{Config, OptLevel};

/// Stack that the module's machine code may use. Lua stops at 200 nested C calls, which take less than 256 KiB; a Rust
/// thread of the default size, 2 MiB, has room for four times that.
const STACK_BYTES: usize = 1024 * 1024;

pub fn settings() -> Config {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::Speed).max_wasm_stack(STACK_BYTES).generate_address_map(false);
    config
}
