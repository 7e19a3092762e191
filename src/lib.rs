//! cu: Lua 5.4 in one WebAssembly module with a hand-written host ABI.
//!
//! The modules in the order of one `compute` call; `docs/architecture.md` follows such a call through them.
// no_builtins: the C library is in here, and a loop in strlen must not become a call of strlen.
#![cfg_attr(target_arch = "wasm32", no_std, no_builtins)]
#![allow(clippy::result_large_err, reason = "an error that says where needs room, and no memory of the arena")]

extern crate alloc;

pub mod budget;
pub mod bytecode;
pub mod bytes;
pub mod closure;
pub mod codec;
pub mod control;
#[cfg_attr(not(feature = "data"), path = "no_data.rs")]
pub mod data;
pub mod details;
pub mod entry;
pub mod error;
pub mod heap;
pub mod host;
pub mod large;
pub mod library;
pub mod lua;
pub mod memory;
pub mod permissions;
pub mod proxy;
pub mod run;
pub mod store;
pub mod table;
pub mod tick;
pub mod vm;

#[cfg(feature = "faults")]
pub mod faults;
#[cfg(any(target_arch = "wasm32", test))]
#[cfg_attr(test, allow(dead_code, unused_imports, reason = "tests drive a part; the linker uses all of it"))]
mod libc;
#[cfg(target_arch = "wasm32")]
mod runtime;
#[cfg(target_arch = "wasm32")]
mod section;
