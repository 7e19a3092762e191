//! Builds stock Lua 5.4 from the same sources as the module, always at -O2.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    lua_src::Build::new().opt_level("2").debug(false).build(lua_src::Lua54).print_cargo_metadata();
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "unix") {
        println!("cargo:rustc-link-lib=m");
        println!("cargo:rustc-link-lib=dl");
    }
}
