//! The contract between the module `cu.wasm` and its hosts: every name and number of the boundary, once.
//!
//! The module and the Rust host take from these files their constants and their codecs: in Rust, the bytes of values, keys
//! and pages are described here and nowhere else. The mirrors (C, JavaScript, Go, Python) are printed from the constants;
//! `abi/README.md` describes the contract.
//!
//! - [`exports`]: the 11 functions a host calls
//! - [`imports`]: the 5 functions a host supplies
//! - [`limits`]: sizes and limits, with unit and reason
//! - [`status`]: return codes and error classes
//! - [`tables`]: table ids and keys with a meaning
//! - [`config`], [`permissions`]: what a host says in table 0
//! - [`events`], [`audit`]: what the module says there
//! - [`tags`]: the first byte of every encoded value
//! - [`value`]: values as bytes
//! - [`key`]: keys of external tables as bytes
//! - [`page`]: pages of keys as bytes
//! - [`call`]: call records, which `compute` takes in place of source
//! - [`functions`]: functions that a host offers
//! - [`pending`]: computes that wait for one
//! - [`recording`]: what crosses the boundary, in a file
//! - [`malformed`]: what is wrong with bytes that are none of these
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod audit;
mod bytes;
pub mod call;
pub mod config;
pub mod events;
pub mod exports;
pub mod functions;
pub mod imports;
pub mod key;
pub mod limits;
pub mod malformed;
pub mod page;
pub mod pending;
pub mod permissions;
pub mod recording;
pub mod status;
pub mod tables;
pub mod tags;
pub mod value;

/// Version of this contract. It changes when a host for the older version would not work correctly.
pub const ABI_VERSION: u32 = 1;

/// Name of the custom section in which a module describes itself, as JSON.
pub const SECTION: &str = "cu";

/// A function of the boundary: every parameter and every result is a WebAssembly `i32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Name in the module's export or import section.
    pub name: &'static str,
    /// Names of the parameters, in order.
    pub parameters: &'static [&'static str],
    /// Whether it returns an `i32`.
    pub returns: bool,
    /// One line for the mirrors.
    pub meaning: &'static str,
}
