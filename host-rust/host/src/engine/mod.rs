//! The module on a WebAssembly engine, compiled once and instantiated many times.
//!
//! Invariant: an engine supplies the five imports and checks the exports before an instance exists; no code above this
//! folder names an engine.
//!
//! - `module`: a compiled module, and the choice of the engine
//! - `code`: what an engine supplies
//! - `wasmtime`, `wasmi`: the engines

mod code;
mod module;
#[cfg(feature = "wasmi")]
mod wasmi;
#[cfg(feature = "wasmtime")]
mod wasmtime;

pub(crate) use code::Guest;
pub use module::{Engine, EngineOptions, Module};

#[cfg(not(any(feature = "wasmtime", feature = "wasmi")))]
compile_error!("cu-host needs an engine: enable the feature wasmtime or wasmi");
