//! The few C library functions that Lua links to on WebAssembly, where no library provides them.
//!
//! `include/` holds the headers Lua's sources are compiled with; a function that is only declared
//! there belongs to Lua code that the linker drops. Nothing here allocates, and nothing panics.

pub mod ctype;
pub mod decimal;
pub mod format;
pub mod math;
pub mod memory;
pub mod number;
mod output;
pub mod text;
pub mod time;

#[cfg(target_arch = "wasm32")]
mod symbols;

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests;
