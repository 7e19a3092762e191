//! The machine code of the embedded module, compiled when this crate was built.
//!
//! Invariant: this is the only file of the crate with unsafe code, and only bytes that the build script wrote reach
//! that code.
#![allow(unsafe_code)]

use wasmtime::{Engine, Error, Module};

/// The machine code from the build script; empty if Wasmtime could not compile for the target.
const CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cu.cwasm"));

/// The module, or why this machine, or an engine with these settings, cannot run the code.
pub fn module(engine: &Engine) -> Result<Module, Error> {
    if CODE.is_empty() {
        return Err(Error::msg("the build had no compiler for this target"));
    }
    // SAFETY: `deserialize` needs the unchanged answer of `Engine::precompile_module`: the build script wrote exactly
    // that into this constant, and no other bytes are passed. Wasmtime itself refuses code of another Wasmtime version,
    // of other settings, or for another CPU.
    unsafe { Module::deserialize(engine, CODE) }
}
