//! What the host permits a compute. Nothing here raises a Lua error, but for a call of a library function that is off.
//!
//! - [`wanted`]: what the configuration says
//! - [`guards`]: tables and entries that a script may not see or change, by id
//! - [`switches`]: library functions that are switched off

pub mod guards;
pub mod switches;
pub mod wanted;
