//! Lua values to bytes and back.
//!
//! - [`encode`]: value to bytes
//! - [`decode`]: bytes to value
//! - [`handle`]: the tables that stand for external ones
//! - [`named`]: library functions by name
//! - [`path`]: where in a value an error lies

pub mod decode;
pub mod encode;
pub mod handle;
pub mod named;
pub mod path;
