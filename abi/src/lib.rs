//! The contract between the module `cu.wasm` and its hosts: every name and number of the boundary, once.
//!
//! There are only constants here. The module, the Rust host and the printed mirrors (C, JavaScript, Go) all
//! take them from these files; `abi/README.md` describes the contract.
//!
//! - [`exports`]: the 11 functions a host calls
//! - [`imports`]: the 5 functions a host supplies
//! - [`limits`]: sizes and limits, with unit and reason
//! - [`status`]: return codes and error classes
//! - [`tables`]: table ids and keys with a meaning
//! - [`tags`]: the first byte of every encoded value
#![no_std]
#![forbid(unsafe_code)]

pub mod exports;
pub mod imports;
pub mod limits;
pub mod status;
pub mod tables;
pub mod tags;

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
