//! A box with a store is a store.
//!
//! Invariant: each method calls the same method of the store behind, so that no default replaces the store's own
//! method.

use std::borrow::Cow;

use super::contract::Store;
use super::error::StoreError;

impl<S: Store + ?Sized> Store for Box<S> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        (**self).get(table, key)
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        (**self).set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        (**self).delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        (**self).size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        (**self).keys(table, after, descending, visit)
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        (**self).next_table(after)
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        (**self).clear(table)
    }

    fn version(&mut self) -> Result<u64, StoreError> {
        (**self).version()
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        (**self).hold()
    }

    fn release(&mut self) {
        (**self).release();
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        (**self).begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        (**self).commit()
    }

    fn can_roll_back(&self) -> bool {
        (**self).can_roll_back()
    }

    fn roll_back(&mut self) -> bool {
        (**self).roll_back()
    }
}
