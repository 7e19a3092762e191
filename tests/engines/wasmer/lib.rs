//! wasmer as a library with the functions of `wasm.h` that host-c/engines/wasm_h.c calls: its own, and those for modules that stores
//! share, which it leaves out.

pub use wasmer::*;

use wasmer::wasm_c_api::module::wasm_module_t;
use wasmer::wasm_c_api::store::wasm_store_t;

/// wasmer's modules belong to an engine and to no store, so another handle of one is what shares it.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_module_share(module: &wasm_module_t) -> Box<wasm_module_t> {
    Box::new(module.clone())
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_module_obtain(_: Option<&wasm_store_t>, shared: &wasm_module_t) -> Box<wasm_module_t> {
    Box::new(shared.clone())
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_shared_module_delete(_: Option<Box<wasm_module_t>>) {}
