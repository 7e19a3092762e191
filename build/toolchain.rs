//! Which clang compiles C for wasm32.

use std::process::Command;

/// Candidates in order: the user's choice, Debian's versioned names, Homebrew's and the system's plain name.
const CANDIDATES: [&str; 7] = [
    "clang-19",
    "clang-20",
    "clang-21",
    "clang-22",
    "/opt/homebrew/opt/llvm/bin/clang",
    "/usr/local/opt/llvm/bin/clang",
    "clang",
];

/// The oldest clang that this project is built with.
const OLDEST_MAJOR: u32 = 17;

/// A compiler for wasm32.
pub struct Clang {
    /// The command that runs it.
    pub command: String,
    /// Its major version.
    pub major: u32,
}

/// Finds the first clang that can compile for wasm32.
pub fn find_clang() -> Clang {
    println!("cargo:rerun-if-env-changed=CU_CLANG");
    let named = std::env::var("CU_CLANG").ok();
    let mut candidates = named.iter().map(String::as_str).chain(CANDIDATES);
    let usable = |command: &str| {
        let major = wasm_clang_major(command).filter(|major| *major >= OLDEST_MAJOR)?;
        Some(Clang { command: command.to_owned(), major })
    };
    candidates.find_map(usable).unwrap_or_else(|| {
        panic!("no clang {OLDEST_MAJOR} or newer with the wasm32 target: run `make setup`, or name one in CU_CLANG")
    })
}

fn wasm_clang_major(path: &str) -> Option<u32> {
    let targets = Command::new(path).arg("--print-targets").output().ok()?;
    if !String::from_utf8_lossy(&targets.stdout).contains("wasm32") {
        return None;
    }
    let version = Command::new(path).arg("-dumpversion").output().ok()?;
    String::from_utf8_lossy(&version.stdout).trim().split('.').next()?.parse().ok()
}
