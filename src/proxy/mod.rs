//! External tables as Lua sees them.
//!
//! - [`access`]: index, newindex
//! - [`length`]: the length operator
//! - [`promote`]: a plain table assigned outside becomes external in place, a Lua function a stored one
//! - [`reach`]: what such an assignment reaches
//! - [`kept`]: tables that stay what they are
//! - [`write_back`]: captured variables that changed
//! - [`iterate`]: `pairs` and `next`, page by page, in key order
//! - [`channels`]: `_io.input`, `_io.output`, `_io.meta`
//! - [`globals`]: binds `_home`, `_io` and the legacy alias
//! - [`permit`]: which tables a compute may see and change
//! - [`fault`]: what goes wrong, in words

pub mod access;
pub mod channels;
pub mod fault;
pub mod globals;
pub mod iterate;
pub mod kept;
pub mod length;
pub mod permit;
pub mod promote;
pub mod reach;
pub mod write_back;

use crate::codec::handle::Metamethod;

/// How external tables behave.
pub const METAMETHODS: [Metamethod; 3] =
    [(c"__index", access::index), (c"__newindex", access::newindex), (c"__len", length::length)];
