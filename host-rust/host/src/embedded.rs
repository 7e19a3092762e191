//! The module inside this crate.

/// The module inside this crate: `dist/cu.wasm`, or the file that `CU_WASM` named during the build.
pub const MODULE: &[u8] = include_bytes!(env!("CU_WASM_FILE"));
