//! The functions of `ext` that make a database of external tables: arguments, results and errors.
//!
//! - `query`: query, first, exists, count, explain
//! - `each`: each
//! - `argument`: arguments that are not what they take
//! - `answer`: what a query answers, and why it does not
//! - `batch`: many changes and reads in one call; `operation`: each of them
//! - `feed`: feeds of changes
//! - `index`: indexes
//! - `migrate`: versions of what lies in tables
//! - `schema`: schemas

mod answer;
mod argument;
mod batch;
mod each;
mod feed;
mod index;
mod migrate;
mod operation;
mod query;
mod schema;

use core::ffi::CStr;

use crate::lua::call::function;
use crate::lua::ffi;

/// By the names that `codec/named.rs` lists.
pub const LIBRARY: [(&CStr, ffi::CFunction); 15] = [
    (c"batch", function(batch::batch)),
    (c"changes", function(feed::changes)),
    (c"check", function(index::check)),
    (c"count", function(query::count)),
    (c"drop_index", function(index::drop_index)),
    (c"each", function(each::each)),
    (c"exists", function(query::exists)),
    (c"explain", function(query::explain)),
    (c"feed", function(feed::feed)),
    (c"first", function(query::first)),
    (c"index", function(index::index)),
    (c"indexes", function(index::indexes)),
    (c"migrate", function(migrate::migrate)),
    (c"query", function(query::query)),
    (c"schema", function(schema::schema)),
];
