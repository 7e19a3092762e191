//! Lua values to bytes and back.
//!
//! - [`encode`]: value to bytes
//! - [`decode`]: bytes to value
//! - [`big`]: the userdata that hold big integers
//! - [`feature`]: what the build leaves out
//! - [`handle`]: the tables that stand for external ones
//! - [`named`]: library functions by name
//! - [`hosted`]: functions that the host offers
//! - [`compress`]: when a long string is stored compressed, and back
//! - [`inflate`]: raw deflate back to bytes
//! - [`path`]: where in a value an error lies

#[cfg(feature = "bigint")]
pub mod big;
#[cfg(not(feature = "bigint"))]
#[path = "no_big.rs"]
pub mod big;
#[cfg(feature = "deflate")]
pub mod compress;
pub mod decode;
pub mod encode;
pub mod feature;
pub mod handle;
pub mod hosted;
#[cfg(feature = "deflate")]
mod inflate;
pub mod named;
pub mod path;
