//! The module that the crate has with it.

/// The module that this crate was built with: `dist/cu.wasm`, or the file named by `CU_WASM` when it was built.
pub const MODULE: &[u8] = include_bytes!(env!("CU_WASM_FILE"));
