//! A store that fails where a step says so: only in what the module asks of it, and not in what its host does.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use cu_host::{MemoryStore, SharedStore, Store, StoreError};

use crate::border::Border;

/// Which uses fail.
#[derive(Default)]
pub struct Plan {
    pub first: u64,
    /// How many from there on.
    pub failures: u64,
    pub count: u64,
}

/// The store of one instance of a case.
pub struct CaseStore {
    pub inner: SharedStore<MemoryStore>,
    pub plan: Arc<Mutex<Plan>>,
    pub border: Arc<Mutex<Border>>,
}

impl CaseStore {
    fn used(&mut self) -> Result<&mut SharedStore<MemoryStore>, StoreError> {
        if self.border.lock().unwrap().is_running {
            let mut plan = self.plan.lock().unwrap();
            plan.count += 1;
            if plan.count >= plan.first && plan.count - plan.first < plan.failures {
                return Err(StoreError::new(-2, "the store fails, as the case wants"));
            }
        }
        Ok(&mut self.inner)
    }
}

impl Store for CaseStore {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.used()?.get(table, key)
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.used()?.set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.used()?.delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.used()?.size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.used()?.keys(table, after, descending, visit)
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        self.inner.next_table(after)
    }

    fn version(&mut self) -> Result<u64, StoreError> {
        self.inner.version()
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        self.inner.hold()
    }

    fn release(&mut self) {
        self.inner.release();
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.inner.begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.inner.commit()
    }

    fn can_roll_back(&self) -> bool {
        self.inner.can_roll_back()
    }

    fn roll_back(&mut self) -> bool {
        self.inner.roll_back()
    }
}
