//! External tables as Lua sees them.
//!
//! - [`access`]: index, newindex
//! - [`keys`]: Lua values as keys
//! - [`entry`], [`fetch`]: the value of one key, stored and read
//! - [`length`]: the length operator
//! - [`promote`]: a plain table assigned outside becomes external in place, a Lua function a stored one
//! - [`reach`]: what such an assignment reaches
//! - [`demote`]: the way back, when a transaction fails
//! - [`transaction`]: where a transaction begins and ends, in the store and in Lua
//! - [`code`]: the code of functions, the same once
//! - [`kept`]: tables that stay what they are
//! - [`iterate`]: `pairs` and `next`, page by page, in key order
//! - [`channels`]: `_io.input`, `_io.output`, `_io.meta`
//! - [`globals`]: binds `_home`, `_io` and the legacy alias
//! - [`guarded`]: permissions where a script meets them
//! - [`resolve`]: the tables that the configuration names
//! - [`way`]: functions and tables by their way from a global
//! - [`reached`]: functions that were reached by their ways, remembered
//! - [`content`]: an external table as its content, for a result
//! - [`objects`]: external tables with metatables, and as metatables; [`classes`], [`behaviour`], [`metatables`]: its parts
//! - [`fault`]: what goes wrong, in words

pub mod access;
pub mod behaviour;
pub mod channels;
pub mod classes;
pub mod code;
pub mod content;
pub mod demote;
pub mod entry;
pub mod fault;
pub mod fetch;
pub mod globals;
pub mod guarded;
pub mod iterate;
pub mod kept;
pub mod keys;
pub mod length;
pub mod metatables;
pub mod objects;
pub mod promote;
pub mod reach;
pub mod reached;
pub mod resolve;
pub mod transaction;
pub mod way;

use crate::lua::call::function;
use crate::lua::ffi::CFunction;

/// How a row of an external table is read and assigned, and its length told.
pub const OPERATIONS: [CFunction; 3] = [function(access::index), function(access::newindex), function(length::length)];
