//! What an instance needs from a store.
//!
//! Invariant: keys are listed in byte order in every storage, so that iteration is the same on every host.

use std::borrow::Cow;

use super::error::{NO_LIST, StoreError};

/// The tables of one instance. An unknown table is an empty one.
///
/// An instance calls [`begin`](Store::begin) before it calls the module, and [`commit`](Store::commit) or
/// [`roll_back`](Store::roll_back) after it. A store that can do so keeps all changes of one compute or none of them. A
/// store that cannot uses the default of these methods and of [`can_roll_back`](Store::can_roll_back).
pub trait Store: Send {
    /// The value under a key.
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError>;

    /// Stores a value and replaces an earlier one.
    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes a key; an absent key is not an error.
    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError>;

    /// Number of keys.
    fn size(&mut self, table: u32) -> Result<u32, StoreError>;

    /// Calls `visit` with the keys after `after` in ascending (or descending) byte order until it answers false;
    /// without `after`, with all keys.
    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError>;

    /// The least id above `after` whose table has keys; without `after`, the least of all. A store need not implement
    /// this, but then operations on all tables are impossible.
    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        let _ = after;
        let message = "this store cannot say which tables it has (next_table)".to_owned();
        Err(StoreError::new(NO_LIST, message))
    }

    /// Removes every key of a table.
    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        let mut keys = Vec::new();
        self.keys(table, None, false, &mut |key| {
            keys.push(key.to_vec());
            true
        })?;
        keys.iter().try_for_each(|key| self.delete(table, key))
    }

    /// A number that grows by one with each unit that changed something, and with each change outside of a unit. Within
    /// a unit it is the new number from the first change on. A store that nothing changes without this instance's
    /// knowledge need not count, and answers 0.
    fn version(&mut self) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// Takes the turn for several units, and for calls between them, until [`release`](Store::release): meanwhile nobody
    /// else reaches the store. A store that one instance has need not do anything.
    fn hold(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Ends what [`hold`](Store::hold) began.
    fn release(&mut self) {}

    /// Begins a unit: changes that belong together. The store shows them at once. Outside of a unit, each change is a
    /// unit. Units do not nest: a second one is refused until the first has ended.
    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Ends the unit and keeps its changes. An error also ends the unit, and the store may be unusable after it; the
    /// instance is dead then.
    fn commit(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether the store can undo a unit. If it cannot, each change stays as soon as it is made.
    fn can_roll_back(&self) -> bool {
        false
    }

    /// Ends the unit and undoes its changes, if the store can: the module trapped, or the host failed or panicked.
    /// Answers whether changes were undone. If so, the VM knows tables that do not exist, and the instance is dead.
    fn roll_back(&mut self) -> bool {
        false
    }
}
