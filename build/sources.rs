//! Where the sources of Lua are, and which of them cu compiles.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Version directory inside lua-src: the newest 5.4 that the crate ships.
const VERSION_PREFIX: &str = "lua-5.4.";

/// The C files of Lua that become part of cu, in the order in which one translation unit can include them. Left out are
/// `linit.c`, `liolib.c` and `loadlib.c` (files, processes, shared libraries); `src/library/` has what replaces them.
const INCLUDED: [(&str, Heat); 29] = [
    ("lzio.c", Heat::Hot),
    ("lctype.c", Heat::Hot),
    ("lopcodes.c", Heat::Hot),
    ("lmem.c", Heat::Hot),
    ("lundump.c", Heat::Cold),
    ("ldump.c", Heat::Cold),
    ("lstate.c", Heat::Hot),
    ("lgc.c", Heat::Hot),
    ("llex.c", Heat::Hot),
    ("lcode.c", Heat::Hot),
    ("lparser.c", Heat::Hot),
    ("ldebug.c", Heat::Cold),
    ("lfunc.c", Heat::Hot),
    ("lobject.c", Heat::Hot),
    ("ltm.c", Heat::Hot),
    ("lstring.c", Heat::Hot),
    ("ltable.c", Heat::Hot),
    ("ldo.c", Heat::Hot),
    ("lvm.c", Heat::Hot),
    ("lapi.c", Heat::Hot),
    ("lauxlib.c", Heat::Hot),
    ("lbaselib.c", Heat::Hot),
    ("lcorolib.c", Heat::Hot),
    ("ldblib.c", Heat::Cold),
    ("lmathlib.c", Heat::Hot),
    ("loslib.c", Heat::Cold),
    ("lstrlib.c", Heat::Hot),
    ("ltablib.c", Heat::Hot),
    ("lutf8lib.c", Heat::Hot),
];

/// Whether a file is compiled for speed or for size.
#[derive(PartialEq)]
enum Heat {
    Hot,
    Cold,
}

/// Writes the one translation unit that includes all of Lua, and returns its path. The compiler then sees every call,
/// as with link-time optimisation, without a special linker.
pub fn write_unit(copy: &Path) -> PathBuf {
    let mut unit = String::from(
        "#define LUA_CORE\n#define LUA_LIB\n#define ltable_c\n#define lvm_c\n#include \"lprefix.h\"\n\
         #include \"luaconf.h\"\n#undef LUAI_FUNC\n#undef LUAI_DDEC\n#undef LUAI_DDEF\n#define LUAI_FUNC static\n\
         #define LUAI_DDEC(def)\n#define LUAI_DDEF static\n\
         #include \"inside.h\"\n",
    );
    for (file, heat) in INCLUDED {
        let for_size = heat == Heat::Cold;
        if for_size {
            unit += "#if defined(__clang__)\n\
                     #pragma clang attribute push(__attribute__((minsize)), apply_to = function)\n#endif\n";
        }
        if file == "lstrlib.c" {
            unit += "#include \"arguments.h\"\n";
        }
        if file == "lapi.c" {
            unit += "#include \"objects.h\"\n";
        }
        if file == "lcorolib.c" {
            unit += "#include \"coroutines.h\"\n";
        }
        unit += &format!("#include \"{file}\"\n");
        if for_size {
            unit += "#if defined(__clang__)\n#pragma clang attribute pop\n#endif\n";
        }
    }
    for path in
        ["lua/inside.c", "lua/objects.c", "lua/metatables.c", "lua/waiting.c", "lua/reseed.c", "lua/libraries.c"]
    {
        unit += &std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let path = copy.join("unit.c");
    std::fs::write(&path, unit).expect("OUT_DIR is writable");
    path
}

/// Asks cargo for the unpacked crate and returns the directory of its newest Lua 5.4.
pub fn find_lua() -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        // Cargo asks the compiler about this machine: flags for the wasm linker must not be part of that question.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let manifest = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == "lua-src"))
        .and_then(|package| package["manifest_path"].as_str())
        .expect("lua-src is a dependency");
    let crate_dir = Path::new(manifest).parent().expect("a manifest has a directory");
    newest_lua(crate_dir).unwrap_or_else(|| panic!("no {VERSION_PREFIX}* in {}", crate_dir.display()))
}

fn newest_lua(crate_dir: &Path) -> Option<PathBuf> {
    let patch =
        |path: &PathBuf| -> Option<u32> { path.file_name()?.to_str()?.strip_prefix(VERSION_PREFIX)?.parse().ok() };
    let entries = std::fs::read_dir(crate_dir).ok()?;
    entries.flatten().map(|entry| entry.path()).filter(|path| patch(path).is_some()).max_by_key(patch)
}

/// Copies every file of the Lua directory. The copy is patched and compiled.
pub fn copy_lua(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("OUT_DIR is writable");
    for entry in std::fs::read_dir(from).expect("the Lua directory is readable").flatten() {
        let text = std::fs::read(entry.path()).expect("a Lua source is readable");
        std::fs::write(to.join(entry.file_name()), text).expect("OUT_DIR is writable");
    }
}
