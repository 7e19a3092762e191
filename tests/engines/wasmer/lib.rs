//! wasmer as a library that exports the functions of `wasm.h`.

pub use wasmer::*;
