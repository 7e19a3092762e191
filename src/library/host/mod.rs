//! What the host offers to scripts: the table `host` of its functions.
//!
//! - [`offer`]: the table, as the configuration wants it
//! - [`call`]: a call of a function

pub mod call;
pub mod offer;
