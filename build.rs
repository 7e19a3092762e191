//! Compiles Lua from the crate lua-src, with the patches of `lua/patches` applied to a copy.
//!
//! Invariant: the sources inside lua-src are never changed. A patch that does not match letter for letter stops the
//! build.
//!
//! Clang compiles Lua for wasm32. For other targets (unit tests) the system's compiler does.

#[path = "build/costs.rs"]
mod costs;
#[path = "build/sources.rs"]
mod sources;
#[path = "build/toolchain.rs"]
mod toolchain;

use std::path::{Path, PathBuf};

/// Bytes of the shadow stack: twice as many as 200 nested C calls take of the library function that uses most
/// (`tests/node/endurance.test.mjs` measures it).
const SHADOW_STACK_BYTES: usize = 512 * 1024;

fn main() {
    for watched in ["build.rs", "build", "lua", "src/libc/include"] {
        println!("cargo:rerun-if-changed={watched}");
    }
    let out_dir = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let copy = out_dir.join("lua");
    sources::copy_lua(&sources::find_lua(), &copy);
    patch(&copy);
    costs::write(&out_dir);
    write_arena_size(&out_dir);
    write_section(&out_dir);
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        compile_for_wasm(&copy);
    } else {
        compile_for_tests(&copy);
    }
}

/// Applies every patch, and reports all failures together.
fn patch(copy: &Path) {
    let patches = lua_patcher::read_all(Path::new("lua/patches")).unwrap_or_else(|error| panic!("{error}"));
    let mut failed = Vec::new();
    for patch in &patches {
        for outcome in lua_patcher::apply(copy, patch) {
            if let lua_patcher::Outcome::Failed(error) = outcome {
                failed.push(format!("{}: {error}", patch.name));
            }
        }
    }
    assert!(failed.is_empty(), "patches of Lua that do not apply:\n{}", failed.join("\n"));
}

/// `ARENA_MIB` makes the arena larger than the shipped 2 MiB.
fn write_arena_size(out_dir: &Path) {
    println!("cargo:rerun-if-env-changed=ARENA_MIB");
    let mib = arena_mib();
    let text = format!(
        "/// Bytes of the arena.\npub const ARENA_BYTES: usize = {mib} * 1024 * 1024;\n\
         /// Bytes behind what the linker places.\npub const LARGE_BYTES: usize = {};\n",
        large_bytes(mib)
    );
    std::fs::write(out_dir.join("arena.rs"), text).expect("OUT_DIR is writable");
    println!("cargo:rustc-env=LUA_STACK_SLOTS={}", lua_stack_slots(mib));
}

/// Cargo features of other builds of the module, for tests and benchmarks. They are not features for users.
const FLAGS: [&str; 2] = ["faults", "unlimited"];

/// Writes the file's description of itself (`src/section.rs`). It lists every cargo feature that is on, so a new
/// feature is in it, too.
fn write_section(out_dir: &Path) {
    let mut on: Vec<String> = std::env::vars()
        .filter_map(|(name, _)| name.strip_prefix("CARGO_FEATURE_").map(str::to_lowercase))
        .filter(|name| name != "default")
        .collect();
    on.sort();
    let (flags, features): (Vec<_>, Vec<_>) = on.into_iter().partition(|name| FLAGS.contains(&name.as_str()));
    let list = |names: &[String]| serde_json::to_string(names).expect("names are text");
    let version = std::env::var("CARGO_PKG_VERSION").expect("cargo sets CARGO_PKG_VERSION");
    let mut json = format!(r#"{{"version":"{version}","abi":{},"features":{}"#, cu_abi::ABI_VERSION, list(&features));
    if !flags.is_empty() {
        json += &format!(r#","flags":{}"#, list(&flags));
    }
    std::fs::write(out_dir.join("section.json"), json + "}").expect("OUT_DIR is writable");
}

fn arena_mib() -> usize {
    match std::env::var("ARENA_MIB") {
        Err(_) => 2,
        Ok(text) => match text.parse() {
            Ok(mib @ 2..=1024) => mib,
            _ => panic!("ARENA_MIB is '{text}'; a whole number from 2 to 1024 is wanted"),
        },
    }
}

/// Room for the arena, the allocator's tables of it, and all buffers (`src/large.rs`): whole pages of WebAssembly.
fn large_bytes(arena_mib: usize) -> usize {
    (arena_mib * (1024 + 9) * 1024 + 256 * 1024).next_multiple_of(64 * 1024)
}

/// A sixth of the arena for the Lua stack (16 bytes a slot). While the stack grows there are two, and its call records
/// take as much again. So endless recursion ends as a stack overflow, before memory runs out.
fn lua_stack_slots(arena_mib: usize) -> usize {
    (arena_mib * 1024 * 1024 / 6 / 16).min(1_000_000)
}

fn common(copy: &Path) -> cc::Build {
    let mib = arena_mib();
    let mut build = cc::Build::new();
    build
        .include(copy)
        .include("lua")
        .file(sources::write_unit(copy))
        .define("LUA_COMPAT_5_3", None)
        .define("CU_LUA_STACK_SLOTS", Some(lua_stack_slots(mib).to_string().as_str()))
        .flag("-include")
        .flag("lua/hooks.h")
        .warnings(false);
    build
}

/// With Lua's own assertions where Rust's are on: they check each use of its C interface.
fn compile_for_tests(copy: &Path) {
    let mut lua = common(copy);
    if std::env::var("PROFILE").as_deref() == Ok("debug") {
        lua.define("LUAI_ASSERT", None);
    }
    lua.opt_level(2).flag_if_supported("-fno-common").compile("cu_lua");
}

fn compile_for_wasm(copy: &Path) {
    let clang = toolchain::find_clang();
    let mut build = common(copy);
    build
        .compiler(&clang.command)
        .target("wasm32-unknown-unknown")
        .opt_level(2)
        .debug(false)
        .pic(false)
        .flag("-mcpu=mvp")
        .flag("-mmutable-globals")
        .flag("-nostdlibinc")
        .flag("-isystem")
        .flag("src/libc/include")
        .flag("-fno-math-errno")
        .flag("-fno-unroll-loops")
        // A loop must not become a call of memset, which is charged: whether a run resizes the table of strings depends
        // on earlier runs.
        .flag("-fno-builtin-memset")
        .flag("-fvisibility=hidden")
        .warnings(true)
        .extra_warnings(false)
        .flag("-Wno-everything")
        // An undeclared function would become an import.
        .flag("-Werror=implicit-function-declaration");
    if std::env::var_os("CARGO_FEATURE_UNLIMITED").is_some() {
        build.define("CU_UNLIMITED", None);
    }
    use_profile(&mut build, &clang);
    for object in build.compile_intermediates() {
        println!("cargo:rustc-cdylib-link-arg={}", object.display());
    }
    for argument in [
        "--stack-first",
        &format!("-zstack-size={SHADOW_STACK_BYTES}"),
        &format!("--initial-heap={}", large_bytes(arena_mib())),
        "--no-growable-memory",
        "--gc-sections",
        "--export-memory",
        "--no-entry",
        // The names that scripts/size.mjs reads.
        "--demangle",
        // A C function declared with another signature in Rust would become a trap.
        "--fatal-warnings",
    ] {
        println!("cargo:rustc-cdylib-link-arg={argument}");
    }
}

/// How often each branch of Lua runs in the training scripts; `make profile` counts again.
const PROFILE: &str = "lua/profile/lua.profdata";

/// The compiler calls functions hot, and inlines them, until they have this many millionths of all counts. With 95 %
/// the file grows by a twentieth and runs 1 % faster.
const HOT_MILLIONTHS: u32 = 900_000;

/// The compiler calls the code beyond this many millionths cold, and makes it small. This saves 19 KB; no benchmark is
/// slower.
const COLD_MILLIONTHS: u32 = 990_000;

/// How much the inlining of a hot call may grow the code, in LLVM's unit: a tenth of its default.
const HOT_CALL_BENEFIT: u32 = 300;

/// How much the inlining of a cold call may grow the code: almost nothing.
const COLD_CALL_BENEFIT: u32 = 5;

/// The oldest clang that reads the profile.
const PROFILE_MAJOR: u32 = 19;

fn use_profile(build: &mut cc::Build, clang: &toolchain::Clang) {
    if clang.major < PROFILE_MAJOR {
        println!("cargo:warning=clang {} cannot read {PROFILE}: the module will be a tenth slower", clang.major);
        return;
    }
    build
        .flag(format!("-fprofile-instr-use={PROFILE}"))
        .flag("-mllvm")
        .flag(format!("-profile-summary-cutoff-hot={HOT_MILLIONTHS}"))
        .flag("-mllvm")
        .flag(format!("-profile-summary-cutoff-cold={COLD_MILLIONTHS}"))
        .flag("-mllvm")
        .flag(format!("-hot-callsite-threshold={HOT_CALL_BENEFIT}"))
        .flag("-mllvm")
        .flag(format!("-inline-cold-callsite-threshold={COLD_CALL_BENEFIT}"))
        .flag("-mllvm")
        .flag(format!("-inlinecold-threshold={COLD_CALL_BENEFIT}"));
    // A function that changed after it was counted stops the build: clang would use wrong counts or none. Not with a
    // newer clang, which may compile the same text to other branches, and not without a budget, which changes the
    // branches.
    if clang.major == PROFILE_MAJOR && std::env::var_os("CARGO_FEATURE_UNLIMITED").is_none() {
        build.flag("-Werror=profile-instr-out-of-date").flag("-Werror=profile-instr-missing");
    }
}
