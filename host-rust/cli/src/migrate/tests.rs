//! A copy whose stores fail at each call, and that goes on.

use std::borrow::Cow;

use cu_host::{MemoryStore, StoreError, Value};

use super::*;

/// A store that fails at a call, and at each one after it.
struct Failing {
    inner: MemoryStore,
    /// Calls before that.
    left: usize,
}

impl Failing {
    fn over(inner: MemoryStore, left: usize) -> Failing {
        Failing { inner, left }
    }

    fn call(&mut self) -> Result<&mut MemoryStore, StoreError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| StoreError::new(-9, "the disk is gone"))?;
        Ok(&mut self.inner)
    }
}

impl Store for Failing {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.call()?.get(table, key)
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.call()?.set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.call()?.delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.call()?.size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.call()?.keys(table, after, descending, visit)
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        self.call()?.next_table(after)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.call()?.begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.call()?.commit()
    }

    fn roll_back(&mut self) -> bool {
        self.inner.roll_back()
    }
}

/// Three tables, `_io` and a table of the module's.
fn source() -> MemoryStore {
    let mut store = MemoryStore::default();
    for (table, count) in [(1, 25), (2, 3), (7, 1), (9, 2050), (0x8000_0003, 4)] {
        for number in 0..count {
            let value = Value::from(format!("{number}").repeat(number % 7)).encode().unwrap();
            store.set(table, &Value::from(number as i64).encode_key().unwrap(), &value).unwrap();
        }
    }
    store
}

fn as_it_is(_: u32, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(bytes.to_vec())
}

/// A place that is never opened.
fn target() -> Target {
    let words = ["--home", "memory:", "--to", "memory:"].map(Into::into);
    let arguments = crate::parse::parse(crate::commands::Command::named("migrate").unwrap(), words).unwrap();
    Target::of(&arguments).ok().unwrap()
}

/// The whole of a copy, without files.
fn copy(from: &mut dyn Store, to: &mut dyn Store) -> Result<[u64; 3], Failure> {
    let begun = begin::begin(from, to, None, &target())?;
    let mut state = begun.state;
    if !state.is_whole {
        copy::run(from, to, &mut state, &as_it_is, &mut |_| {})?;
        complete(from, to, &mut state, &as_it_is, &mut Progress::default())?;
    }
    State::delete(to)?;
    Ok([state.tables, state.entries, state.changed])
}

fn copied() -> MemoryStore {
    let mut store = source();
    store.clear(2).unwrap();
    store
}

const COUNTS: [u64; 3] = [4, 2080, 0];

#[test]
fn everything_but_io_is_copied() {
    let (mut from, mut to) = (source(), MemoryStore::default());
    assert_eq!(copy(&mut from, &mut to).ok(), Some(COUNTS));
    assert!(to == copied() && from == source());
}

#[test]
fn a_copy_of_which_either_store_fails_at_any_call_goes_on() {
    let mut resumed = 0;
    let mut calls = 1;
    // Each of the first calls, later ones now and then.
    loop {
        let mut ended = [false, false];
        for (fails, ended) in [true, false].into_iter().zip(&mut ended) {
            let left = |fails| if fails { calls } else { usize::MAX };
            let mut from = Failing::over(source(), left(fails));
            let mut to = Failing::over(MemoryStore::default(), left(!fails));
            *ended = copy(&mut from, &mut to).is_ok();
            if !*ended {
                // As a process that died: what was not committed is gone.
                to.roll_back();
                let mut to = to.inner;
                resumed += usize::from(to.size(cu_host::store::unfinished::TABLE) == Ok(1));
                let counts =
                    copy(&mut from.inner, &mut to).unwrap_or_else(|failure| panic!("{calls}: {}", failure.text()));
                assert_eq!(counts, COUNTS, "call {calls}");
                assert!(to == copied() && from.inner == source(), "call {calls}");
            }
        }
        if ended == [true, true] {
            break;
        }
        calls += if calls < 40 { 1 } else { 173 };
    }
    assert!(resumed > 10, "{resumed} of {calls}");
}

#[test]
fn whatever_differs_at_the_end_is_found() {
    type Change = fn(&mut MemoryStore);
    let changed: [(&str, Change); 4] = [
        ("in table 9, key 1505: it is missing", |to| to.delete(9, &[0x15, 5]).unwrap()),
        ("in table 9, key 1505: the value is another one", |to| to.set(9, &[0x15, 5], &[0]).unwrap()),
        ("in table 9, key 78: the source has no such key", |to| to.set(9, b"x", &[0]).unwrap()),
        ("in table 8: the source has no such table", |to| to.set(8, b"x", &[0]).unwrap()),
    ];
    for (problem, change) in changed {
        let (mut from, mut to) = (source(), copied());
        change(&mut to);
        let failure = compare::run(&mut from, &mut to, &as_it_is, &mut |_| {}).unwrap_err().text();
        assert!(failure.contains(problem), "{failure}");
    }
}

#[test]
fn a_copy_that_differs_from_its_source_begins_anew() {
    let (mut from, mut to) = (source(), MemoryStore::default());
    let begun = begin::begin(&mut from, &mut to, None, &target()).ok().unwrap();
    let mut state = begun.state;
    copy::run(&mut from, &mut to, &mut state, &as_it_is, &mut |_| {}).ok().unwrap();
    to.set(9, &[0x15, 5], &[0]).unwrap();
    let failure = complete(&mut from, &mut to, &mut state, &as_it_is, &mut Progress::default()).unwrap_err();
    assert!(failure.text().ends_with("the value is another one; run again, this begins anew"), "{}", failure.text());
    assert!(begin::begin(&mut from, &mut to, None, &target()).ok().unwrap().is_anew);
    assert_eq!(copy(&mut from, &mut to).ok(), Some(COUNTS));
    assert!(to == copied());
}

#[test]
fn what_is_no_copy_is_not_touched() {
    let (mut from, mut to) = (source(), source());
    let failure = copy(&mut from, &mut to).unwrap_err().text();
    assert!(
        failure.ends_with("memory: it is in the way, and no copy that did not end: give another name, or --replace"),
        "{failure}"
    );
    assert!(to == source());
}
