//! Compiles the module to machine code for the machines that the crate is built for.
//!
//! Invariant: what is written was compiled with the settings of the library, for any CPU of the architecture that is not
//! very old, and not for that of the machine that builds.

use std::path::{Path, PathBuf};

use wasmtime::{Config, Engine};

#[path = "../src/engine/wasmtime/settings.rs"]
mod settings;

/// What x86-64 has had since about 2010 (level v2). The first of them matters: without it, rounding is a call. A CPU
/// that lacks one compiles the module when the program starts.
const X86_64: [&str; 5] = ["has_sse41", "has_sse42", "has_sse3", "has_ssse3", "has_popcnt"];

/// Writes the machine code into `cu.cwasm`; where that is not possible, nothing.
pub fn compile(module: &Path) {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/machine_code.rs");
    println!("cargo::rerun-if-changed=src/engine/wasmtime/settings.rs");
    let target = std::env::var("TARGET").expect("cargo sets TARGET");
    let bytes = std::fs::read(module).expect("the module was found");
    let code = code(&target, &bytes).unwrap_or_else(|error| {
        println!("cargo::warning=cu.wasm is compiled at each start, not now, for {target}: {error:#}");
        Vec::new()
    });
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    std::fs::write(folder.join("cu.cwasm"), code).expect("OUT_DIR is writable");
}

fn code(target: &str, module: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let mut config: Config = settings::settings();
    // A named target, this machine's too, means no feature of a CPU that is not asked for.
    config.target(target)?;
    if target.starts_with("x86_64") {
        for feature in X86_64 {
            // SAFETY: a wrong flag could compile wrong code. These only allow instructions, and Wasmtime refuses to
            // run the code on a CPU that does not have them.
            unsafe { config.cranelift_flag_enable(feature) };
        }
    }
    Engine::new(&config)?.precompile_module(module)
}
