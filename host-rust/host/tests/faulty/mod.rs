//! The one failing store of these tests: it passes calls to another store unless its plan says otherwise.

use std::borrow::Cow;

use cu_host::{Store, StoreError};

/// The operations of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Get,
    Set,
    Delete,
    Size,
    Keys,
}

impl Call {
    /// The name in the contract's vectors.
    #[allow(dead_code, reason = "not every test reads them")]
    pub fn name(self) -> &'static str {
        match self {
            Call::Get => "get",
            Call::Set => "set",
            Call::Delete => "delete",
            Call::Size => "size",
            Call::Keys => "keys",
        }
    }
}

/// The error of a call for that table, if it fails.
pub type Plan = Box<dyn FnMut(Call, u32) -> Option<StoreError> + Send>;

/// A store over another one.
pub struct Faulty<S> {
    pub inner: S,
    pub plan: Plan,
    /// Whether it has the other store's units. Otherwise it cannot roll back.
    pub has_units: bool,
}

impl<S> Faulty<S> {
    pub fn new(inner: S, plan: impl FnMut(Call, u32) -> Option<StoreError> + Send + 'static) -> Faulty<S> {
        Faulty { inner, plan: Box::new(plan), has_units: false }
    }

    /// Fails from the `first`-th call on, counted from 1.
    #[allow(dead_code, reason = "not every test does")]
    pub fn from_call(first: u32, inner: S, failure: StoreError) -> Faulty<S> {
        let mut calls = 0;
        Faulty::new(inner, move |_, _| {
            calls += 1;
            (calls >= first).then(|| failure.clone())
        })
    }

    fn asked(&mut self, call: Call, table: u32) -> Result<&mut S, StoreError> {
        match (self.plan)(call, table) {
            Some(failure) => Err(failure),
            None => Ok(&mut self.inner),
        }
    }
}

impl<S: Store> Store for Faulty<S> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.asked(Call::Get, table)?.get(table, key)
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.asked(Call::Set, table)?.set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.asked(Call::Delete, table)?.delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.asked(Call::Size, table)?.size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.asked(Call::Keys, table)?.keys(table, after, descending, visit)
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
        if self.has_units { self.inner.begin() } else { Ok(()) }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.has_units { self.inner.commit() } else { Ok(()) }
    }

    fn can_roll_back(&self) -> bool {
        self.has_units && self.inner.can_roll_back()
    }

    fn roll_back(&mut self) -> bool {
        self.has_units && self.inner.roll_back()
    }
}
