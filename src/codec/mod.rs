//! Lua values to bytes and back.
//!
//! - [`encode`]: value to bytes
//! - [`decode`]: bytes to value
//! - [`big`]: the userdata that hold big integers
//! - [`handle`]: the tables that stand for external ones
//! - [`function`]: a living function to its record
//! - [`restore`]: a stored function becomes a live one again
//! - [`named`]: library functions by name
//! - [`compress`]: when a long string is stored compressed, and back
//! - [`inflate`]: raw deflate back to bytes
//! - [`part`]: what the build leaves out
//! - [`options`]: what the host's configuration says about encoding
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
pub mod function;
pub mod handle;
#[cfg(feature = "deflate")]
mod inflate;
pub mod named;
pub mod options;
pub mod part;
pub mod path;
pub mod restore;
