//! A register: what lives in Lua and has an id in the store, by id and by where it lies.
//!
//! Invariant: an id is here at most once, and so is an object. The collector reports each object before it frees it
//! (`collector.rs`); by then another object may have its id, and that one stays.
#![forbid(unsafe_code)]

use crate::vm::map::Map;

/// What is known of a live object.
pub(super) trait Live: Copy + Default {
    /// Where the object lies.
    fn address(self) -> usize;
}

/// Nothing more than where it lies, or `FLAG` too: an address is even.
impl Live for usize {
    fn address(self) -> usize {
        self & !FLAG
    }
}

/// Says something of an object whose address it is added to.
pub(super) const FLAG: usize = 1;

/// A register.
pub(super) struct Register<T> {
    entries: Map<T>,
    ids: Map<usize>,
}

impl<T: Live> Register<T> {
    pub const fn empty() -> Register<T> {
        Register { entries: Map::empty(), ids: Map::empty() }
    }

    /// Makes room for `more` objects; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.entries.reserve(more) && self.ids.reserve(more)
    }

    /// Frees unused room.
    pub fn shrink(&self) {
        self.entries.shrink();
        self.ids.shrink();
    }

    /// The id of the object at this address, 0 for none.
    pub fn id(&self, address: usize) -> u32 {
        self.ids.find(address).unwrap_or(0) as u32
    }

    /// What is known of the object with this id.
    pub fn find(&self, id: u32) -> Option<T> {
        self.entries.find(id as usize)
    }

    /// Changes what is known of the object with this id, and returns the result of `change`; none for no object.
    pub fn change<R>(&self, id: u32, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.entries.change(id as usize, change)
    }

    /// How many objects there are.
    pub fn count(&self) -> usize {
        self.entries.count()
    }

    /// Every id with what is known of its object.
    pub fn entries(&self) -> impl Iterator<Item = (u32, T)> {
        self.entries.entries().map(|(id, entry)| (id as u32, entry))
    }

    /// The first object from that place on that passes `test`, by its id, and the place after it.
    pub fn search(&self, from: usize, test: impl Fn(T) -> bool) -> Option<(u32, usize)> {
        self.entries.search(from, test).map(|(id, _, next)| (id as u32, next))
    }

    /// Adds an object. It replaces what had the id before, such as an object that the collector found dead. The caller has
    /// made room.
    pub fn put(&self, id: u32, entry: T) {
        let (before, id_before) = (self.find(id), self.id(entry.address()));
        // The new ones come first: a map that becomes empty gives its room back.
        self.entries.put(id as usize, entry);
        self.ids.put(entry.address(), id as usize);
        if let Some(before) = before.filter(|before| before.address() != entry.address()) {
            self.ids.remove(before.address(), |_| true);
        }
        if id_before != id {
            self.entries.remove(id_before as usize, |_| true);
        }
    }

    /// Forgets the object with this id: from now on it is an ordinary value of Lua's.
    pub fn forget(&self, id: u32) {
        if let Some(entry) = self.find(id) {
            self.entries.remove(id as usize, |_| true);
            self.ids.remove(entry.address(), |_| true);
        }
    }

    /// Forgets each object whose id does not pass `test`, up to the first error.
    pub fn keep<E>(&self, mut test: impl FnMut(u32) -> Result<bool, E>) -> Result<(), E> {
        let mut place = 0;
        while let Some((id, next)) = self.search(place, |_| true) {
            place = next;
            if !test(id)? {
                self.forget(id);
                // Another entry may have moved to its place.
                place -= 1;
            }
        }
        Ok(())
    }

    /// Forgets the objects whose ids pass `test`, because they are no longer stored.
    pub fn forget_where(&self, test: impl Fn(u32) -> bool) {
        self.entries.remove_where(|id| test(id as u32), |entry| self.ids.remove(entry.address(), |_| true));
    }

    /// The collector is about to free the object at this address.
    pub fn remove(&self, address: usize) {
        self.entries.remove(self.id(address) as usize, |entry| entry.address() == address);
        self.ids.remove(address, |_| true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_an_object_are_there_at_most_once() {
        let register = Register::empty();
        assert!(register.reserve(4));
        register.put(1, 100_usize);
        register.put(1, 200);
        assert_eq!((register.id(100), register.id(200), register.find(1)), (0, 1, Some(200)), "another object");
        register.put(2, 200);
        assert_eq!((register.find(1), register.id(200), register.find(2)), (None, 2, Some(200)), "another id");
        // What the collector reports late is not there any more.
        register.remove(100);
        assert_eq!(register.find(2), Some(200));
        register.forget(2);
        assert_eq!((register.find(2), register.id(200)), (None, 0));
    }

    #[test]
    fn what_does_not_pass_is_forgotten_also_where_entries_move() {
        for modulus in 2..9 {
            let register = Register::empty();
            assert!(register.reserve(100));
            (1..=100).for_each(|id| register.put(id, 2 * id as usize));
            assert_eq!(register.keep(|id| Ok::<_, ()>(id % modulus == 0)), Ok(()));
            for id in 1..=100 {
                let kept = id % modulus == 0;
                assert_eq!(register.find(id).is_some(), kept, "{id}");
                assert_eq!(register.id(2 * id as usize), if kept { id } else { 0 });
            }
        }
        let register = Register::empty();
        assert!(register.reserve(1));
        register.put(1, 6_usize);
        assert_eq!((register.keep(|_| Err("stop")), register.find(1)), (Err("stop"), Some(6)));
    }
}
