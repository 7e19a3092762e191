//! The interpreter behind functions that are safe as long as their callers keep the rule of `call`: no Rust value with a
//! destructor is alive where Lua may raise.
//!
//! - [`ffi`]: the C functions used
//! - [`state`]: open, allocator
//! - [`stack`]: typed reads, and a guard of the height
//! - [`call`]: protected calls, raising
//! - [`traceback`]: the message handler
//! - [`unwind`]: leaving without exceptions

pub mod call;
pub mod ffi;
pub mod stack;
pub mod state;
pub mod traceback;
pub mod unwind;
