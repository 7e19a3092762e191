//! A handle of a shared store.

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::turn::{Place, Turn};
use crate::store::{STORE_FAILED, Store, StoreError, Wait};

/// A store that several instances use, one after the other. Each clone is a handle, and a store itself: give one to each
/// instance.
///
/// A unit is a turn: from [`begin`](Store::begin) to its end no other handle reaches the store. Outside of a unit each
/// call is a turn. Who comes second waits, for ever if nothing else is said; [`with_wait`](SharedStore::with_wait) says
/// how long. A thread that has the turn and asks for it through another handle, in an event handler that computes in a
/// second instance for example, would wait for itself: it gets an error at once.
///
/// A handle that is dropped within its unit undoes it, if the store can, and frees the turn.
///
/// ```
/// use cu_host::{Instance, MODULE, MemoryStore, Module, Options, SharedStore};
///
/// let module = Module::new(MODULE)?;
/// let store = SharedStore::new(MemoryStore::default());
/// let count = || {
///     let mut instance = Instance::new(&module, store.clone(), Options::default())?;
///     for _ in 0..10 {
///         instance.compute("_home.count = (_home.count or 0) + 1")?;
///     }
///     Ok(())
/// };
/// std::thread::scope(|threads| [threads.spawn(count), threads.spawn(count)].map(|thread| thread.join().unwrap()))
///     .into_iter()
///     .collect::<Result<(), cu_host::Error>>()?;
/// let mut third = Instance::new(&module, store.clone(), Options::default())?;
/// assert_eq!(third.compute("return _home.count")?.value().as_i64(), Some(20));
///
/// // The host has the store itself while it has the turn.
/// assert!(store.turn()?.entries().count() > 0);
/// # Ok::<(), cu_host::Error>(())
/// ```
pub struct SharedStore<S: Store> {
    place: Arc<Place<S>>,
    wait: Wait,
    /// The turn, in a unit or while it is held.
    held: Option<Turn<S>>,
}

impl<S: Store> SharedStore<S> {
    /// The first handle of a store.
    pub fn new(store: S) -> SharedStore<S> {
        SharedStore { place: Arc::new(Place::new(store)), wait: Wait::Forever, held: None }
    }

    /// This handle, which waits so long for its turns; so will its clones.
    #[must_use]
    pub fn with_wait(mut self, wait: Wait) -> SharedStore<S> {
        self.wait = wait;
        self
    }

    /// The store itself, for as long as the answer lives.
    pub fn turn(&self) -> Result<Turn<S>, StoreError> {
        if self.held.is_some() {
            return Err(nested());
        }
        self.place.take(self.wait)
    }

    /// The turn that this handle has, if it is in a unit.
    fn unit(&mut self) -> Option<&mut Turn<S>> {
        self.held.as_mut().filter(|turn| turn.in_unit)
    }

    /// Ends the unit in a turn, and gives the turn back unless it is held.
    fn end_unit(&mut self, mut turn: Turn<S>) {
        turn.in_unit = false;
        if turn.is_held {
            self.held = Some(turn);
        }
    }

    /// Does something with the store: in this handle's unit or turn, or as a turn.
    fn act<T>(&mut self, act: impl FnOnce(&mut Turn<S>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let Some(turn) = &mut self.held else { return act(&mut self.place.take(self.wait)?) };
        let answer = act(turn);
        if !turn.in_unit {
            turn.count();
        }
        answer
    }
}

fn nested() -> StoreError {
    StoreError::new(STORE_FAILED, "another call has begun a unit of this store and not ended it")
}

/// A handle of the same store, outside of units.
impl<S: Store> Clone for SharedStore<S> {
    fn clone(&self) -> SharedStore<S> {
        SharedStore { place: Arc::clone(&self.place), wait: self.wait, held: None }
    }
}

impl<S: Store + Default> Default for SharedStore<S> {
    fn default() -> SharedStore<S> {
        SharedStore::new(S::default())
    }
}

impl<S: Store> Debug for SharedStore<S> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let in_unit = self.held.as_ref().is_some_and(|turn| turn.in_unit);
        out.debug_struct("SharedStore").field("wait", &self.wait).field("in_unit", &in_unit).finish_non_exhaustive()
    }
}

impl<S: Store> Store for SharedStore<S> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        match &mut self.held {
            Some(turn) => turn.reading().get(table, key),
            None => {
                let mut turn = self.place.take(self.wait)?;
                Ok(turn.reading().get(table, key)?.map(|value| Cow::Owned(value.into_owned())))
            }
        }
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.act(|turn| turn.set(table, key, value))
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.act(|turn| turn.delete(table, key))
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.act(|turn| turn.reading().size(table))
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.act(|turn| turn.reading().keys(table, after, descending, visit))
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        self.act(|turn| turn.reading().next_table(after))
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        self.act(|turn| turn.clear(table))
    }

    fn version(&mut self) -> Result<u64, StoreError> {
        self.act(Turn::version)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.unit().is_some() {
            return Err(nested());
        }
        let turn = match &mut self.held {
            Some(turn) => turn,
            none => none.insert(self.place.take(self.wait)?),
        };
        let begun = turn.reading().begin();
        turn.in_unit = begun.is_ok();
        if begun.is_err() && !turn.is_held {
            self.held = None;
        }
        begun
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        let mut turn = self.turn()?;
        turn.reading().hold()?;
        turn.is_held = true;
        self.held = Some(turn);
        Ok(())
    }

    fn release(&mut self) {
        if let Some(turn) = self.held.as_mut().filter(|turn| turn.is_held) {
            turn.is_held = false;
            turn.reading().release();
        }
        if self.unit().is_none() {
            self.held = None;
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        // After a panic of the store the turn ends too: it is dropped, and the unit with it.
        if self.unit().is_none() {
            return Ok(());
        }
        let Some(mut turn) = self.held.take() else { return Ok(()) };
        turn.count();
        let committed = turn.reading().commit();
        self.end_unit(turn);
        committed
    }

    fn can_roll_back(&self) -> bool {
        self.held.as_ref().map_or_else(|| self.place.can_roll_back(), |turn| turn.can_roll_back())
    }

    fn roll_back(&mut self) -> bool {
        if self.unit().is_none() {
            return false;
        }
        let Some(mut turn) = self.held.take() else { return false };
        if turn.can_roll_back() {
            turn.forget_changes();
        } else {
            turn.count();
        }
        let is_undone = turn.reading().roll_back();
        self.end_unit(turn);
        is_undone
    }
}
