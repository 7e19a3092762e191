//! Stored functions, and the variables that they capture.
//!
//! - [`code`]: the bytes of its code, which functions share
//! - [`record`]: the bytes of a stored function
//! - [`write`]: the code of a live function to its bytes
//! - [`restore`]: a stored function becomes a live one again
//! - [`unrestored`]: why it does not
//! - [`write_back`]: captured variables that changed are stored, or put back

pub mod code;
pub mod record;
pub mod restore;
#[cfg(test)]
mod tests;
pub mod unrestored;
pub mod write;
pub mod write_back;
