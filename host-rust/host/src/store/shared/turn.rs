//! The queue for a store, and the possession of it.
//!
//! Invariant: the store is either in its place or in exactly one [`Turn`]. Threads get it in the order in which they
//! asked.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Instant;

use crate::store::wait::waited;
use crate::store::{BUSY, Store, StoreError, Wait};

/// What all handles of a store share.
pub(super) struct Place<S> {
    state: Mutex<State<S>>,
    /// Someone has given the store back, or no longer waits.
    changed: Condvar,
}

struct State<S> {
    /// The store, unless someone has the turn.
    store: Option<S>,
    /// The thread that took the turn.
    taken_by: Option<ThreadId>,
    /// The numbers of those who wait, in their order.
    queue: VecDeque<u64>,
    next_number: u64,
    /// Number of changed units, and of changes outside of units, as long as the store did not count them itself.
    changes: u64,
    /// The store counts its changes.
    counts: bool,
    /// The store's own answer when it was last in its place.
    can_roll_back: bool,
}

impl<S: Store> Place<S> {
    pub fn new(store: S) -> Place<S> {
        let can_roll_back = store.can_roll_back();
        let state = State {
            store: Some(store),
            taken_by: None,
            queue: VecDeque::new(),
            next_number: 0,
            changes: 0,
            counts: false,
            can_roll_back,
        };
        Place { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub fn can_roll_back(&self) -> bool {
        self.lock().can_roll_back
    }

    /// Takes the store, in the order of those who ask.
    pub fn take(self: &Arc<Self>, wait: Wait) -> Result<Turn<S>, StoreError> {
        let (began, end) = (Instant::now(), wait.end());
        let mut state = self.lock();
        let number = state.next_number;
        state.next_number += 1;
        state.queue.push_back(number);
        let taken = loop {
            if state.queue.front() == Some(&number)
                && let Some(store) = state.store.take()
            {
                break Ok(store);
            }
            // This thread cannot give back what it waits for.
            if state.taken_by == Some(thread::current().id()) {
                let message = "this thread has the turn already, through another handle of the store";
                break Err(StoreError::new(BUSY, message));
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => {
                    let message = format!("another instance has the turn; {}", waited(began));
                    break Err(StoreError::new(BUSY, message));
                }
                Some(left) => self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        };
        state.queue.retain(|other| *other != number);
        match taken {
            Ok(store) => {
                state.taken_by = Some(thread::current().id());
                let (changes, counts) = (state.changes, state.counts);
                let place = Arc::clone(self);
                Ok(Turn {
                    place,
                    store: Some(store),
                    in_unit: false,
                    is_held: false,
                    changes,
                    counts,
                    is_changed: false,
                })
            }
            Err(error) => {
                // The next one in the queue may be first now.
                self.changed.notify_all();
                Err(error)
            }
        }
    }

    fn put_back(&self, store: S, changes: u64, counts: bool) {
        let can_roll_back = store.can_roll_back();
        let mut state = self.lock();
        state.store = Some(store);
        state.taken_by = None;
        state.changes = changes;
        state.counts = counts;
        state.can_roll_back = can_roll_back;
        self.changed.notify_all();
    }

    /// Every change under this lock is complete, so a panic on another thread leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of a shared store: this has the store as long as it lives, and is a pointer to it.
pub struct Turn<S: Store> {
    place: Arc<Place<S>>,
    /// Empty only while it is dropped.
    store: Option<S>,
    /// The holder has begun a unit of the store.
    pub(super) in_unit: bool,
    /// The turn outlives units, here and in the store.
    pub(super) is_held: bool,
    /// Changes before this turn, and whether the store counts them itself.
    changes: u64,
    counts: bool,
    /// Whether something may have changed since.
    is_changed: bool,
}

impl<S: Store> Turn<S> {
    /// The version of the store: its own count, and the changes through handles that it did not count. So the sum grows
    /// with each change, also where nobody knows yet whether a store that answers 0 counts.
    pub(super) fn version(&mut self) -> Result<u64, StoreError> {
        let own = self.store_mut().version()?;
        self.counts |= own > 0;
        Ok(own + self.changes + u64::from(self.is_changed && !self.counts))
    }

    /// Counts the changes of this turn, if the store does not. Its unit, if there is one, has not ended yet.
    pub(super) fn count(&mut self) {
        if std::mem::take(&mut self.is_changed) && !self.counts {
            self.counts = self.store_mut().version().is_ok_and(|own| own > 0);
            self.changes += u64::from(!self.counts);
        }
    }

    /// The store, of which nothing changes.
    pub(super) fn reading(&mut self) -> &mut S {
        self.store_mut()
    }

    /// Nothing stays of what changed in this turn.
    pub(super) fn forget_changes(&mut self) {
        self.is_changed = false;
    }

    fn store_mut(&mut self) -> &mut S {
        self.store.as_mut().expect("a turn has the store")
    }
}

impl<S: Store> Deref for Turn<S> {
    type Target = S;

    fn deref(&self) -> &S {
        self.store.as_ref().expect("a turn has the store")
    }
}

/// Whoever asks for this may change the store, so it counts as a change where the store does not count itself.
impl<S: Store> DerefMut for Turn<S> {
    fn deref_mut(&mut self) -> &mut S {
        self.is_changed = true;
        self.store_mut()
    }
}

/// Gives the store back. A unit that was not ended is rolled back; a store that cannot do that keeps its changes.
impl<S: Store> Drop for Turn<S> {
    fn drop(&mut self) {
        // Unwind safety: after a panic of the store, its state is its own matter; the turn must not stay taken.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            if !self.in_unit {
                self.count();
            } else if self.can_roll_back() {
                self.reading().roll_back();
            } else {
                self.count();
                self.reading().commit().ok();
            }
            if self.is_held {
                self.reading().release();
            }
        }));
        if let Some(store) = self.store.take() {
            self.place.put_back(store, self.changes, self.counts);
        }
    }
}
