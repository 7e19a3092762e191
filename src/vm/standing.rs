//! Which Lua table stands for an external table's id.
//!
//! Invariant: an id is here once, and its table is alive or about to be removed by the collector, which tells this file
//! before it frees one (`collector.rs`).

use crate::vm::map::Map;

/// What stands for an id.
#[derive(Clone, Copy, Default)]
struct Stand {
    table: usize,
    /// The read-only table through which a script reached this one, 0 for none, `ROOTS` for several.
    root: u32,
}

/// The tables, by their ids.
pub struct Standing(Map<Stand>);

/// In place of a root: there are several.
pub const ROOTS: u32 = u32::MAX;

impl Standing {
    /// None.
    pub(crate) const fn empty() -> Standing {
        Standing(Map::empty())
    }

    /// Makes room for `more` tables; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.0.reserve(more)
    }

    /// Gives back room.
    pub fn shrink(&self) {
        self.0.shrink();
    }

    /// Every id.
    pub fn all_ids(&self) -> impl Iterator<Item = u32> {
        self.0.entries().map(|(id, _)| id as u32)
    }

    /// The read-only table through which a script reached that one (`permissions/`), 0 for none, `ROOTS` for several.
    pub fn root(&self, id: u32) -> u32 {
        self.0.find(id as usize).map_or(0, |stand| stand.root)
    }

    /// Notes a read-only table through which a script reached that one.
    pub fn add_root(&self, id: u32, root: u32) {
        self.0.change(id as usize, |stand| {
            stand.root = if stand.root == 0 || stand.root == root { root } else { ROOTS };
        });
    }

    /// The address of the table that stands for an id, 0 for none.
    pub(super) fn table(&self, id: u32) -> usize {
        self.0.find(id as usize).map_or(0, |stand| stand.table)
    }

    /// Adds one; there is room.
    pub(super) fn put(&self, id: u32, table: usize) {
        self.0.put(id as usize, Stand { table, root: 0 });
    }

    /// Removes one, unless another stands for its id by now.
    pub(super) fn remove(&self, id: u32, table: usize) {
        self.0.remove(id as usize, |stand| stand.table == table);
    }
}
