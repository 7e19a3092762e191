//! The Lua tables that stand for external tables, by id.
//!
//! Invariant: an id is here at most once. Its table is alive, or the collector is about to free it and reports that
//! here first (`collector.rs`).

use core::ffi::c_void;

use crate::lua::ffi::{self, State};
use crate::vm::map::Map;

/// The table that stands for an id.
#[derive(Clone, Copy, Default)]
struct Stand {
    table: usize,
    /// The read-only table through which a script reached this one, 0 for none, `ROOTS` for several.
    root: u32,
}

/// The tables, by their ids.
pub struct Standing(Map<Stand>);

/// The id of no table: what stands for it stood for a table that another instance freed.
pub const GONE: u32 = u32::MAX;

/// The same of a table of a transaction that failed, whose content could not be kept.
pub const UNDONE: u32 = u32::MAX - 1;

/// Whether what stands for that id stands for no table.
#[inline]
pub fn is_gone(id: u32) -> bool {
    id >= UNDONE
}

/// Means that there are several roots.
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

    /// Frees unused room.
    pub fn shrink(&self) {
        self.0.shrink();
    }

    /// A row of a table changes: what was read as a method is not known any more.
    pub(super) fn forget_method(&self, state: *mut State, id: u32, name: &[u8]) {
        let table = self.table(id);
        if table != 0 {
            // SAFETY: the state is live; a table that is here has not been freed.
            unsafe { ffi::cu_forget_method(state, table as *mut c_void, name.as_ptr().cast(), name.len()) }
        }
    }

    /// How many tables there are.
    pub fn count(&self) -> usize {
        self.0.count()
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

    /// Adds a table. The caller has made room.
    pub(super) fn put(&self, id: u32, table: usize) {
        self.0.put(id as usize, Stand { table, root: 0 });
    }

    /// The first id from that place on that passes `test`, and the place after it.
    pub fn next_where(&self, from: usize, test: impl Fn(u32) -> bool) -> Option<(u32, usize)> {
        let mut place = from;
        loop {
            let (id, _, next) = self.0.search(place, |_| true)?;
            if test(id as u32) {
                return Some((id as u32, next));
            }
            place = next;
        }
    }

    /// What stands for an id that passes `test` stands for no table from now on: its content could not be kept.
    pub fn undo_where(&self, test: impl Fn(u32) -> bool) {
        self.0.remove_where(
            |id| test(id as u32),
            // SAFETY: a table that is here has not been freed.
            |stand| unsafe { ffi::cu_let_go(stand.table as *mut c_void, UNDONE) },
        );
    }

    /// What stands for an id that does not pass `test` stands for no table from now on; up to the first error.
    pub fn keep<E>(&self, mut test: impl FnMut(u32) -> Result<bool, E>) -> Result<(), E> {
        let mut place = 0;
        while let Some((id, stand, next)) = self.0.search(place, |_| true) {
            place = next;
            if !test(id as u32)? {
                // SAFETY: a table that is here has not been freed.
                unsafe { ffi::cu_let_go(stand.table as *mut c_void, GONE) };
                self.0.remove(id, |_| true);
                // Another entry may have moved to its place.
                place -= 1;
            }
        }
        Ok(())
    }

    /// Removes a table, unless another table already stands for its id.
    pub(super) fn remove(&self, id: u32, table: usize) {
        self.0.remove(id as usize, |stand| stand.table == table);
    }
}
