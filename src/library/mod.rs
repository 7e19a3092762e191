//! The standard functions a script sees, and cu's own beside them.
//!
//! - [`standard`]: which of Lua's libraries are opened
//! - [`print`]: print, io.write and warnings
//! - [`modules`]: require and package
//! - [`chunk`]: binary chunks that a script loads
//! - [`data`]: what makes a database of external tables
//! - [`host`]: functions of the host
//! - [`external`]: ext, and the basic functions that know external tables
//! - [`transaction`]: transactions of scripts
//! - [`bigint`]: integers of any size

#[cfg(feature = "bigint")]
pub mod bigint;
pub mod chunk;
#[cfg(feature = "data")]
pub mod data;
pub mod external;
pub mod host;
pub mod modules;
pub mod print;
pub mod standard;
#[cfg(feature = "data")]
pub mod transaction;
