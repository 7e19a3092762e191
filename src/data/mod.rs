//! What makes a database of external tables (the feature `data`).
//!
//! - [`component`]: the one order and equality of values
//! - [`path`]: where in a row a value lies
//! - [`row`]: reads what lies there
//! - [`program`]: a query as plain bytes
//! - [`spec`]: makes one of a script's table
//! - [`digest`], [`cursor`]: where a query goes on
//! - [`filter`], [`pattern`]: whether a row matches
//! - [`sort`], [`group`], [`aggregate`]: what becomes of rows that do
//! - [`plan`], [`source`]: by which way it comes to its rows
//! - [`engine`]: works off a query
//! - [`cache`]: answers of the last ones
//! - [`stop`], [`memory`]: why it has no answer

pub mod aggregate;
pub mod cache;
pub mod component;
pub mod cursor;
pub mod digest;
pub mod engine;
pub mod filter;
pub mod group;
pub mod memory;
pub mod path;
pub mod pattern;
pub mod plan;
pub mod program;
pub mod row;
pub mod sort;
pub mod source;
pub mod spec;
pub mod stop;

/// Forgets what is remembered of the content of the store: it is another one now, or went back to what it was.
pub fn forget() {
    cache::forget();
}
