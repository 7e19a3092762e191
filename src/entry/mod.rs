//! The host calls in.
//!
//! - [`exports`]: the 11 exported functions: check, delegate, return status
//! - [`io_buffer`]: the shared region
//! - [`instance`]: life of the one instance
//! - [`prepare`]: what the build does of `init`
//! - [`compute`]: one run: code, protected call, response
//! - [`failure`]: an error on its way to the host: text and event
//! - [`response`]: the framed result
//! - [`host_blocks`]: memory that the host asked for

pub mod atomic;
pub mod compute;
#[cfg(target_arch = "wasm32")]
pub mod exports;
pub mod failure;
pub mod host_blocks;
pub mod instance;
pub mod io_buffer;
pub mod prepare;
pub mod response;

#[cfg(test)]
pub mod tests;
