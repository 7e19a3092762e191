//! The machine code of the embedded module, compiled when this crate was built.
//!
//! Invariant: this is the only file of the crate with unsafe code, and only the bytes that the build script wrote reach
//! it.
#![allow(unsafe_code)]

use wasmtime::{Engine, Error, Module};

/// What the build script compiled; empty where Wasmtime could not compile for the target.
const CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cu.cwasm"));

/// The module, or why this machine, or an engine with such settings, cannot run the code.
pub fn module(engine: &Engine) -> Result<Module, Error> {
    if CODE.is_empty() {
        return Err(Error::msg("the build had no compiler for this target"));
    }
    // SAFETY: `deserialize` wants what `Engine::precompile_module` answered, unchanged: the build script wrote just that
    // into this constant, and nothing else is passed. Wasmtime itself refuses code of another version of it, of other
    // settings, and for another CPU.
    unsafe { Module::deserialize(engine, CODE) }
}
