//! External tables without Lua: how their rows change, how they are walked, and which of them are still needed.
//!
//! Invariant: only this folder changes rows. A row is what a script can reach: an entry of a table, the record of a stored
//! function, the value of a captured variable. The module's own notes (marks, journal, counter) are not rows.
//!
//! - [`write`]: the one way in which a row changes, and who is told
//! - [`walk`]: pages of keys that loops are in
//! - [`reclaim`]: frees what nothing reaches

pub mod reclaim;
#[cfg(test)]
mod tests;
pub mod walk;
pub mod write;
