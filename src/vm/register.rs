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

/// Nothing more than where it lies.
impl Live for usize {
    fn address(self) -> usize {
        self
    }
}

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

    /// Every id with what is known of its object.
    pub fn entries(&self) -> impl Iterator<Item = (u32, T)> {
        self.entries.entries().map(|(id, entry)| (id as u32, entry))
    }

    /// The first object from that place on that passes `test`, by its id, and the place after it.
    pub fn search(&self, from: usize, test: impl Fn(T) -> bool) -> Option<(u32, usize)> {
        self.entries.search(from, test).map(|(id, _, next)| (id as u32, next))
    }

    /// Adds an object. It replaces one that the collector found dead. The caller has made room.
    pub fn put(&self, id: u32, entry: T) {
        self.entries.put(id as usize, entry);
        self.ids.put(entry.address(), id as usize);
    }

    /// Forgets the objects with ids of `first` or more, because they are no longer stored.
    pub fn forget_from(&self, first: u32) {
        self.entries.keep_below(first as usize, |entry| self.ids.remove(entry.address(), |_| true));
    }

    /// The collector is about to free the object at this address.
    pub fn remove(&self, address: usize) {
        self.entries.remove(self.id(address) as usize, |entry| entry.address() == address);
        self.ids.remove(address, |_| true);
    }
}
