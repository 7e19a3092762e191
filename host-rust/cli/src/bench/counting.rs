//! A store that counts what is asked of it.

use std::borrow::Cow;

use cu_host::{Store, StoreError};

/// Calls: of values, of changes, and of pages of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub reads: u64,
    pub writes: u64,
    pub pages: u64,
}

impl Counts {
    pub fn since(self, before: Counts) -> Counts {
        Counts {
            reads: self.reads - before.reads,
            writes: self.writes - before.writes,
            pages: self.pages - before.pages,
        }
    }
}

pub struct Counting {
    inner: Box<dyn Store>,
    pub counts: Counts,
}

impl Counting {
    pub fn over(inner: Box<dyn Store>) -> Counting {
        Counting { inner, counts: Counts::default() }
    }
}

impl Store for Counting {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.counts.reads += 1;
        self.inner.get(table, key)
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.counts.writes += 1;
        self.inner.set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.counts.writes += 1;
        self.inner.delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.counts.reads += 1;
        self.inner.size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.counts.pages += 1;
        self.inner.keys(table, after, descending, visit)
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        self.inner.next_table(after)
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        self.counts.writes += 1;
        self.inner.clear(table)
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
