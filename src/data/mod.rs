//! What makes a database of external tables (the feature `data`).
//!
//! Invariant: a table to which nothing is attached, and which is in no row of one that has something, costs one look at what
//! is remembered; a store without a catalogue costs one comparison.
//!
//! What is attached to tables:
//!
//! - [`state`]: what is remembered
//! - [`catalogue`]: what is attached to tables
//! - [`links`], [`linking`]: which entries refer to a table in a row, and which are noted
//! - [`change`]: what follows from a change of a row
//! - [`deep`]: links of every table in a row
//! - [`steps`]: the way from a row to an entry in it
//! - [`changing`]: what an instance that died may have left half done
//! - [`refusal`]: why a change is refused
//! - [`index`]: entries that find rows
//! - [`feed`]: what changed, one change after another
//! - [`schema`]: what rows may be
//! - [`content`]: a row with what is in its tables
//! - [`scratch`]: memory for a change
//!
//! Queries:
//!
//! - [`program`]: a query as plain bytes
//! - [`spec`]: makes one of a script's table
//! - [`digest`], [`cursor`]: where a query goes on
//! - [`filter`]: whether a row matches
//! - [`sort`], [`group`], [`aggregate`]: what becomes of rows that do
//! - [`plan`], [`source`]: by which way it comes to its rows
//! - [`engine`]: works off a query
//! - [`cache`]: answers of the last ones
//! - [`stop`]: why it has no answer
//!
//! For both:
//!
//! - [`component`]: the one order and equality of values
//! - [`path`], [`row`]: where in a row a value lies, and what lies there
//! - [`pattern`]: Lua's patterns without Lua

pub mod aggregate;
pub mod cache;
pub mod catalogue;
pub mod change;
pub mod changing;
pub mod component;
pub mod content;
pub mod cursor;
pub mod deep;
pub mod digest;
pub mod engine;
pub mod feed;
pub mod filter;
pub mod group;
pub mod index;
pub mod linking;
pub mod links;
pub mod path;
pub mod pattern;
pub mod plan;
pub mod program;
pub mod refusal;
pub mod row;
pub mod schema;
pub mod scratch;
pub mod sort;
pub mod source;
pub mod spec;
pub mod state;
pub mod steps;
pub mod stop;

use crate::data::state::STATE;
use crate::large::LARGE;
use crate::store::page::Page;
use crate::store::{self, Failure, system};

/// Whether the store has a catalogue.
#[inline]
pub fn is_in_use() -> bool {
    STATE.is_in_use.get()
}

/// Looks whether the store has a catalogue, and whether an instance left something half done. It comes after the journal of a
/// dead instance was undone.
#[inline]
pub fn look() -> Result<(), Failure> {
    if STATE.is_looked_at.get() { Ok(()) } else { look_now() }
}

#[cold]
fn look_now() -> Result<(), Failure> {
    forget();
    changing::keep_broken();
    STATE.is_in_use.set(store::size(system::CATALOGUE)? > 0);
    if is_in_use() {
        changing::look()?;
    }
    STATE.is_looked_at.set(true);
    Ok(())
}

/// The store may have something else than is remembered: another instance wrote, or a collection freed something.
pub fn look_again() {
    STATE.is_looked_at.set(false);
}

/// Changes were undone: what is remembered may be of what there was meanwhile.
pub fn forget() {
    STATE.forget();
    catalogue::forget();
    cache::forget();
}

/// A page for links and entries.
fn page() -> &'static mut Page {
    // SAFETY: one thread. It is asked for at the beginning of a walk, and no walk with it calls what begins another one.
    unsafe { &mut *LARGE.links.place() }
}

/// A page for rows while their entries and links are looked at.
fn row_page() -> &'static mut Page {
    // SAFETY: as for `page`: only building and checking an index walk with it.
    unsafe { &mut *LARGE.rows.place() }
}

/// A page for the tables in a row.
fn deep_page() -> &'static mut Page {
    // SAFETY: as for `page`: whoever walks with it (`deep.rs`) calls nothing that does.
    unsafe { &mut *LARGE.deep.place() }
}
