//! What the host asks for, from its call to the answer.
//!
//! - [`config`]: what the host wants of a compute
//! - [`create`]: `init`: the VM, and what the build does of it
//! - [`compute`]: a compute, in numbered phases
//! - [`call`]: a call record in the place of source
//! - [`pending`]: computes that wait for the host
//! - [`prepare`]: what comes before the script
//! - [`atomic`]: a compute as a transaction
//! - [`answer`]: what `compute` returns when it fails
//! - [`error_text`]: the text of such an answer, and its event
//! - [`response`]: the framed result
//! - [`collect`]: garbage, in Lua and in the store
//! - [`home`]: which table is `_home`
//! - [`shared`]: what other instances over the store did
//! - [`io_buffer`]: the region shared with the host

pub mod answer;
pub mod atomic;
pub mod call;
pub mod collect;
pub mod compute;
pub mod config;
pub mod create;
pub mod error_text;
pub mod home;
pub mod io_buffer;
pub mod pending;
pub mod prepare;
pub mod response;
pub mod shared;

#[cfg(test)]
pub mod tests;
