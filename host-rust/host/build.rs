//! Finds the module that the crate embeds: `dist/cu.wasm` of the workspace, or the file that `CU_WASM` names; and compiles
//! it to machine code, so that no program has to when it starts.
//!
//! Invariant: the crate compiles only with a module in place, and says how to get one otherwise.

#[cfg(feature = "wasmtime")]
#[path = "build/machine_code.rs"]
mod machine_code;

use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-env-changed=CU_WASM");
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let module = match std::env::var_os("CU_WASM") {
        Some(file) => package.join(file),
        None => package.join("../../dist/cu.wasm"),
    };
    println!("cargo::rerun-if-changed={}", module.display());
    match module.canonicalize() {
        Ok(file) => {
            println!("cargo::rustc-env=CU_WASM_FILE={}", file.display());
            #[cfg(feature = "wasmtime")]
            machine_code::compile(&file);
        }
        Err(_) => println!("cargo::error={} is missing: run `make wasm` first", module.display()),
    }
}
