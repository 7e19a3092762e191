//! What the host offers to scripts: the table `host` of its functions.
//!
//! - [`offer`]: the table, as the configuration wants it
//! - [`call`]: a call of a function: [`record`] of it, [`answer`] to it
//! - [`wait`]: one for which the compute waits

pub mod answer;
pub mod call;
pub mod offer;
pub mod record;
pub mod wait;
