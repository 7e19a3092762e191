//! External tables without Lua: changing their rows, walking them, and finding those that are still needed.
//!
//! Invariant: only this folder changes rows. A row is what a script can reach: an entry of a table, the record of a
//! stored function, the value of a captured variable. The module's own notes (marks, journal, counter) are not rows.
//!
//! - [`write`]: the only code that changes a row, and notifies the observer
//! - [`walk`]: pages of keys for loops
//! - [`reclaim`]: frees objects that cannot be reached

pub mod reclaim;
#[cfg(test)]
mod tests;
pub mod walk;
pub mod write;
