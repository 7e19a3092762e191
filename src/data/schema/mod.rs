//! Schemas: what rows of a table may be.
//!
//! Invariant: a change that a schema refuses has changed nothing. What was there when the schema was attached held, so what is
//! there holds.
//!
//! - [`attach`]: attaching one
//! - [`rule`]: the parts of a schema, as they lie in its bytes
//! - [`spec`]: whether a table is a schema
//! - [`check`]: values against rules

pub mod attach;
pub mod check;
pub mod rule;
pub mod spec;
