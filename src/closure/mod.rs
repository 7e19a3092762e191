//! Stored functions, and the variables that they capture.
//!
//! - [`record`]: the bytes of a stored function
//! - [`write`]: a live function to its record
//! - [`restore`]: a stored function becomes a live one again
//! - [`unrestored`]: why it does not
//! - [`write_back`]: captured variables that changed are stored, or put back

pub mod record;
pub mod restore;
pub mod unrestored;
pub mod write;
pub mod write_back;
