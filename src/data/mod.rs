//! What makes a database of external tables (the feature `data`).
//!
//! - [`component`]: the one order and equality of values
//! - [`path`]: where in a row a value lies
//! - [`row`]: reads what lies there

pub mod component;
pub mod path;
pub mod row;

/// Forgets what is remembered of the content of the store: it is another one now, or went back to what it was.
pub fn forget() {}
