//! A map from a number to a small entry, for objects that the collector reports: it finds and removes without
//! allocating.
//!
//! Invariant: 0 is not the number of any entry. Adding never allocates, because the caller has made room before.
//! Entries are copied in and out: no reference to one leaves this file, so the map may change between any two calls.
//!
//! Linear probing, at most three quarters full:
//!
//! ```text
//! slot   number usize, 0 = empty | entry
//! ```

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use crate::budget;

/// Slots of the first map.
const FIRST_SLOTS: usize = 16;

/// The map.
pub struct Map<T>(UnsafeCell<Slots<T>>);

struct Slots<T> {
    slots: Vec<(usize, T)>,
    used: usize,
}

impl<T: Copy + Default> Map<T> {
    /// An empty map, which takes no memory.
    pub(crate) const fn empty() -> Map<T> {
        Map(UnsafeCell::new(Slots { slots: Vec::new(), used: 0 }))
    }

    #[inline]
    fn inside<R>(&self, work: impl FnOnce(&mut Slots<T>) -> R) -> R {
        // SAFETY: one thread, and this is the one reference: what a method calls on its way (a test of an entry, the
        // allocator) does not come back to the same map, and no reference leaves a method. Memory for a map is never
        // made by collecting (`room.rs`).
        work(unsafe { &mut *self.0.get() })
    }

    /// Makes room for `more` entries; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.inside(|slots| slots.reserve(more))
    }

    /// Frees the room of many removed entries. If there is no memory for a copy, the map stays unchanged.
    pub fn shrink(&self) {
        self.inside(Slots::shrink);
    }

    /// The entry of `number`.
    pub fn find(&self, number: usize) -> Option<T> {
        self.inside(|slots| slots.find(number))
    }

    /// Changes the entry of `number` and returns the result of `change`; `None` when there is no such entry.
    pub fn change<R>(&self, number: usize, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.inside(|slots| slots.find_mut(number).map(change))
    }

    /// How many entries there are.
    pub fn count(&self) -> usize {
        self.inside(|slots| slots.used)
    }

    /// Every entry with its number. An entry that is added during the walk may be missed.
    pub fn entries(&self) -> impl Iterator<Item = (usize, T)> {
        let mut at = 0;
        core::iter::from_fn(move || {
            let (number, entry, next) = self.search(at, |_| true)?;
            at = next;
            Some((number, entry))
        })
    }

    /// The first entry from slot `from` on that passes `test`, with its number and the slot after it.
    #[inline]
    pub fn search(&self, from: usize, test: impl Fn(T) -> bool) -> Option<(usize, T, usize)> {
        // Each compute looks for captured variables that changed, and most homes have none.
        self.inside(|slots| if slots.used == 0 { None } else { slots.search(from, test) })
    }

    /// Adds an entry, or replaces the one of that number. The caller has made room.
    pub fn put(&self, number: usize, entry: T) {
        self.inside(|slots| slots.put(number, entry));
    }

    /// Removes every entry whose number passes `test`, after `visit` has seen it.
    pub fn remove_where(&self, test: impl Fn(usize) -> bool, visit: impl FnMut(T)) {
        self.inside(|slots| slots.remove_where(test, visit));
    }

    /// Removes the entry of `number` if there is one and it passes `test`.
    pub fn remove(&self, number: usize, test: impl Fn(T) -> bool) {
        self.inside(|slots| slots.remove(number, test));
    }
}

impl<T: Copy + Default> Slots<T> {
    fn reserve(&mut self, more: usize) -> bool {
        let wanted = (self.used + more) * 4 / 3 + 1;
        if wanted <= self.slots.len() {
            return true;
        }
        self.rebuild(wanted.next_power_of_two().max(FIRST_SLOTS))
    }

    fn shrink(&mut self) {
        let wanted = ((self.used + 1) * 4 / 3 + 1).next_power_of_two().max(FIRST_SLOTS);
        if wanted < self.slots.len() {
            self.rebuild(wanted);
        }
    }

    /// Moves to a map of that many slots, which must be enough; false when there is no memory.
    fn rebuild(&mut self, length: usize) -> bool {
        let mut slots = Vec::new();
        // This is free, because the size of the map depends on what ran before.
        budget::refund(budget::block(length * size_of::<(usize, T)>()));
        if slots.try_reserve_exact(length).is_err() {
            return false;
        }
        slots.resize(length, (0, T::default()));
        let old = core::mem::replace(&mut self.slots, slots);
        self.used = 0;
        for (number, entry) in old.into_iter().filter(|slot| slot.0 != 0) {
            self.put(number, entry);
        }
        true
    }

    #[inline]
    fn home(&self, number: usize) -> usize {
        // Near numbers get distant slots: ids are given in a row, and many of them in one place would make long probes.
        // The upper bits of the product depend on all bits of the number.
        const SCATTER: u32 = 0x9E37_79B1;
        ((number as u32).wrapping_mul(SCATTER) >> 8) as usize & self.mask()
    }

    /// The slot of `number`, or the empty slot where it belongs; `None` in a map without slots.
    #[inline]
    fn position(&self, number: usize) -> Option<usize> {
        let mut at = self.home(number);
        loop {
            match self.slots.get(at)?.0 {
                found if found == 0 || found == number => return Some(at),
                _ => at = self.after(at),
            }
        }
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        (at + 1) & self.mask()
    }

    #[inline]
    fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }

    fn find(&self, number: usize) -> Option<T> {
        let (found, entry) = *self.slots.get(self.position(number)?)?;
        (found == number && number != 0).then_some(entry)
    }

    fn find_mut(&mut self, number: usize) -> Option<&mut T> {
        let at = self.position(number)?;
        let (found, entry) = self.slots.get_mut(at)?;
        (*found == number && number != 0).then_some(entry)
    }

    fn search(&self, from: usize, test: impl Fn(T) -> bool) -> Option<(usize, T, usize)> {
        let mut slots = self.slots.iter().enumerate().skip(from);
        let (at, (number, entry)) = slots.find(|(_, slot)| slot.0 != 0 && test(slot.1))?;
        Some((*number, *entry, at + 1))
    }

    fn put(&mut self, number: usize, entry: T) {
        if let Some(at) = self.position(number)
            && let Some(slot) = self.slots.get_mut(at)
        {
            self.used += usize::from(slot.0 == 0);
            *slot = (number, entry);
        }
    }

    fn remove_where(&mut self, test: impl Fn(usize) -> bool, mut visit: impl FnMut(T)) {
        let mut at = 0;
        while let Some((number, entry)) = self.slots.get(at).copied() {
            if number != 0 && test(number) {
                visit(entry);
                // Another entry may move to its slot.
                self.delete(number);
            } else {
                at += 1;
            }
        }
    }

    fn set(&mut self, at: usize, slot: (usize, T)) {
        if let Some(place) = self.slots.get_mut(at) {
            *place = slot;
        }
    }

    fn remove(&mut self, number: usize, test: impl Fn(T) -> bool) {
        if self.find(number).is_some_and(test) {
            self.delete(number);
        }
    }

    /// Removes the entry of `number`, which there is.
    #[inline(never)]
    fn delete(&mut self, number: usize) {
        let Some(mut hole) = self.position(number) else { return };
        let mut at = self.after(hole);
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| slot.0 != 0) {
            // Moves up an entry that could not be found any more behind the empty slot.
            let home = self.home(slot.0);
            if (at.wrapping_sub(home) & self.mask()) >= (at.wrapping_sub(hole) & self.mask()) {
                self.set(hole, slot);
                hole = at;
            }
            at = self.after(at);
        }
        self.set(hole, (0, T::default()));
        self.used -= 1;
        if self.used == 0 && self.slots.len() > FIRST_SLOTS {
            self.slots = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use cu_random::Random;

    #[test]
    fn the_map_is_a_map() {
        let mut random = Random::from_environment(0);
        let map = Map::empty();
        let mut model: HashMap<usize, usize> = HashMap::new();
        for round in 1..200_000_usize {
            let number = 1 + random.below(300) * if random.below(2) == 0 { 1 } else { 1024 };
            match random.below(3) {
                0 => {
                    assert!(map.reserve(1));
                    map.put(number, round);
                    model.insert(number, round);
                }
                1 => {
                    let entry = model.get(&number).copied();
                    map.remove(number, |found| Some(found) != entry);
                    map.remove(number, |found| Some(found) == entry);
                    model.remove(&number);
                }
                _ if random.below(50) == 0 => map.shrink(),
                _ if random.below(500) == 0 => {
                    let limit = 1 + random.below(300 * 1024);
                    let mut gone = Vec::new();
                    map.remove_where(|number| number >= limit, |entry| gone.push(entry));
                    let mut wanted: Vec<_> =
                        model.iter().filter(|(number, _)| **number >= limit).map(|(_, entry)| *entry).collect();
                    model.retain(|number, _| *number < limit);
                    gone.sort_unstable();
                    wanted.sort_unstable();
                    assert_eq!(gone, wanted, "limit {limit}, round {round}");
                }
                _ => {}
            }
            assert_eq!(map.find(number), model.get(&number).copied(), "number {number}, round {round}");
            assert_eq!(map.find(0), None);
            assert_eq!(map.inside(|slots| slots.used), model.len());
            if round % 1000 == 0 {
                let mut seen: Vec<_> = map.entries().collect();
                seen.sort_unstable();
                let mut wanted: Vec<_> = model.iter().map(|(number, entry)| (*number, *entry)).collect();
                wanted.sort_unstable();
                assert_eq!(seen, wanted);
            }
        }
    }
}
