//! What an instance asks of a store.
//!
//! Invariant: keys come in byte order, whatever the storage, so that iteration is the same on every host.

use std::borrow::Cow;

use super::error::{STORE_FAILED, StoreError};

/// The tables of one instance. An unknown table is an empty one.
///
/// An instance calls [`begin`](Store::begin) before it calls the module, and after it [`commit`](Store::commit) or
/// [`roll_back`](Store::roll_back), so that the changes of one compute are kept together or not at all where the store can
/// do that. One that cannot leaves these methods, and [`can_roll_back`](Store::can_roll_back), as they are.
pub trait Store: Send {
    /// The value under a key.
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError>;

    /// Stores a value, over an earlier one if there is one.
    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes a key; nothing happens when it is absent.
    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError>;

    /// Number of keys.
    fn size(&mut self, table: u32) -> Result<u32, StoreError>;

    /// Shows `visit` the keys after `after` in ascending (or descending) byte order, all of them without `after`, until
    /// it answers false.
    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError>;

    /// The least id above `after`, or of all, whose table has keys. A store need not know; what goes through all tables
    /// then cannot be done.
    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        let _ = after;
        let message = "this store cannot say which tables it has (next_table)".to_owned();
        Err(StoreError::new(STORE_FAILED, message))
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

    /// Begins a unit: changes that belong together. The store shows them at once. Outside of a unit each change is one
    /// by itself. Units do not nest: while there is one, another one is refused.
    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Ends the unit and keeps its changes. After an error the unit is over all the same, and the store may be unusable;
    /// the instance answers no more.
    fn commit(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether the store can undo a unit. Where it cannot, a change stays as soon as it is made.
    fn can_roll_back(&self) -> bool {
        false
    }

    /// Ends the unit and undoes its changes, where the store can: the module trapped, or the host failed or panicked.
    /// Answers whether there was anything to undo. If so, the VM knows tables that do not exist, and the instance answers
    /// no more.
    fn roll_back(&mut self) -> bool {
        false
    }
}
