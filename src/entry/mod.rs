//! The host calls in.
//!
//! - [`exports`]: the 11 exported functions: check, delegate, return status
//! - [`host_blocks`]: memory that the host asked for

#[cfg(target_arch = "wasm32")]
pub mod exports;
pub mod host_blocks;
