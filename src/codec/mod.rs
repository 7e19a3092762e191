//! Lua values to bytes.
//!
//! - [`encode`]: value to bytes; depth and size bounded
//! - [`path`]: where in a result a value lies, for messages

pub mod encode;
pub mod path;
