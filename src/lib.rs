//! cu: Lua 5.4 in one WebAssembly module with a hand-written host ABI.
//!
//! The modules in the order of one `compute` call; `docs/architecture.md` follows such a call through them.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod codec;
pub mod control;
pub mod entry;
pub mod error;
pub mod heap;
pub mod host;
pub mod library;
pub mod lua;
pub mod wire;

#[cfg(feature = "faults")]
pub mod faults;
#[cfg(any(target_arch = "wasm32", test))]
mod libc;
#[cfg(test)]
mod random;
#[cfg(target_arch = "wasm32")]
mod runtime;
