//! The functions of `ext` that make a database of external tables: arguments, results and errors.
//!
//! - `query`: query, first, exists, count, explain
//! - `each`: `ext.each`
//! - `answer`: what a query answers, and why it does not

mod answer;
mod each;
mod query;

use core::ffi::CStr;

use crate::lua::call::function;
use crate::lua::ffi;

/// By the names that `codec/named.rs` lists.
pub const LIBRARY: [(&CStr, ffi::CFunction); 6] = [
    (c"query", function(query::query)),
    (c"each", function(each::each)),
    (c"first", function(query::first)),
    (c"exists", function(query::exists)),
    (c"count", function(query::count)),
    (c"explain", function(query::explain)),
];
