//! Which Lua table stands for an external table's id.
//!
//! Invariant: an id is here once, and its table is alive or about to be removed by the collector, which tells this file
//! before it frees one (`inside.c`). Adding never allocates: whoever adds has reserved room before.
//!
//! A hash map with linear probing, id 0 for an empty slot, at most three quarters full:
//!
//! ```text
//! slot   id u32 | table, a pointer
//! ```

use core::cell::UnsafeCell;
use core::ffi::c_void;

use alloc::vec::Vec;

#[derive(Clone, Copy)]
struct Slot {
    id: u32,
    table: *mut c_void,
}

const EMPTY: Slot = Slot { id: 0, table: core::ptr::null_mut() };

/// Slots of the first map.
const FIRST_SLOTS: usize = 16;

/// The map.
pub struct Standing {
    slots: Vec<Slot>,
    used: usize,
}

struct Shared(UnsafeCell<Standing>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Shared {}

static STANDING: Shared = Shared(UnsafeCell::new(Standing::new()));

/// The one map.
///
/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
pub unsafe fn global() -> &'static mut Standing {
    // SAFETY: the caller's.
    unsafe { &mut *STANDING.0.get() }
}

impl Standing {
    const fn new() -> Standing {
        Standing { slots: Vec::new(), used: 0 }
    }

    /// Makes room for `more` tables; false when there is no memory.
    pub fn reserve(&mut self, more: usize) -> bool {
        let wanted = (self.used + more) * 4 / 3 + 1;
        if wanted <= self.slots.len() {
            return true;
        }
        self.rebuild(wanted.next_power_of_two().max(FIRST_SLOTS))
    }

    /// Gives back what a crowd of tables that are gone has left; a map that cannot be copied stays as it is.
    pub fn shrink(&mut self) {
        let wanted = ((self.used + 1) * 4 / 3 + 1).next_power_of_two().max(FIRST_SLOTS);
        if wanted < self.slots.len() {
            self.rebuild(wanted);
        }
    }

    /// Moves to a map of that many slots, which suffice; false when there is no memory.
    fn rebuild(&mut self, length: usize) -> bool {
        let mut slots = Vec::new();
        if slots.try_reserve_exact(length).is_err() {
            return false;
        }
        slots.resize(length, EMPTY);
        let old = core::mem::replace(&mut self.slots, slots);
        self.used = 0;
        for slot in old.into_iter().filter(|slot| slot.id != 0) {
            self.put(slot.id, slot.table);
        }
        true
    }

    fn home(&self, id: u32) -> usize {
        // Ids are given in a row: neighbours stay neighbours, which suits both probing and the cache.
        id as usize & (self.slots.len() - 1)
    }

    /// The slot of `id`, or the empty one where it belongs.
    fn position(&self, id: u32) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut at = self.home(id);
        while self.slots[at].id != 0 && self.slots[at].id != id {
            at = (at + 1) & mask;
        }
        Some(at)
    }

    /// The table that stands for `id`, or null.
    pub fn find(&self, id: u32) -> *mut c_void {
        self.position(id).map_or(core::ptr::null_mut(), |at| self.slots[at].table)
    }

    /// Every id that a table stands for.
    pub fn ids(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().map(|slot| slot.id).filter(|id| *id != 0)
    }

    /// Adds a table, in the place of one that the collector has given up; there is room.
    fn put(&mut self, id: u32, table: *mut c_void) {
        if let Some(at) = self.position(id) {
            self.used += usize::from(self.slots[at].id == 0);
            self.slots[at] = Slot { id, table };
        }
    }

    /// Removes a table, unless another stands for its id by now.
    fn remove(&mut self, id: u32, table: *mut c_void) {
        let Some(mut hole) = self.position(id) else { return };
        if self.slots[hole].id != id || self.slots[hole].table != table {
            return;
        }
        let mask = self.slots.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            if self.slots[at].id == 0 {
                break;
            }
            // Move up what could no longer be reached behind the hole.
            let home = self.home(self.slots[at].id);
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.slots[hole] = self.slots[at];
                hole = at;
            }
        }
        self.slots[hole] = EMPTY;
        self.used -= 1;
        if self.used == 0 && self.slots.len() > FIRST_SLOTS {
            self.slots = Vec::new();
        }
    }
}

/// `inside.c` asks.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_find(id: u32) -> *mut c_void {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.find(id)
}

/// `inside.c` adds; room was reserved.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_put(id: u32, table: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.put(id, table);
}

/// The collector is about to free the table.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_remove(id: u32, table: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.remove(id, table);
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::random::Random;

    #[test]
    fn the_map_is_a_map() {
        let mut random = Random::from_environment(0);
        let mut map = Standing::new();
        let mut model: HashMap<u32, usize> = HashMap::new();
        for round in 1..200_000_usize {
            let id = 1 + (random.below(300) * if random.below(2) == 0 { 1 } else { 1024 }) as u32;
            match random.below(3) {
                0 => {
                    assert!(map.reserve(1));
                    map.put(id, round as *mut c_void);
                    model.insert(id, round);
                }
                1 => {
                    let table = model.get(&id).copied().unwrap_or(0);
                    // A table that no longer stands for the id removes nothing.
                    map.remove(id, (table + 1) as *mut c_void);
                    map.remove(id, table as *mut c_void);
                    if table != 0 {
                        model.remove(&id);
                    }
                }
                _ if random.below(50) == 0 => map.shrink(),
                _ => {}
            }
            assert_eq!(map.find(id) as usize, model.get(&id).copied().unwrap_or(0), "id {id}, round {round}");
            assert_eq!(map.used, model.len());
        }
    }
}
