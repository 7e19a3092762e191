//! The store over a server in memory that loses the connection, or lets another one come in between, at a chosen call.

use std::collections::BTreeMap;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::{Arc, Mutex};

use cu_host::store::LOST;

use super::*;
use crate::server::{Row, Turn, Writes};

type Map = BTreeMap<(u32, Vec<u8>), Vec<u8>>;

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    /// The connection is lost before the server does it.
    LostBefore,
    /// The server does it, and the answer is lost.
    LostBehind,
    /// Another transaction came in between.
    Conflict,
}

#[derive(Default)]
struct Inner {
    map: Map,
    state: State,
    calls: u32,
    /// The call that gets into trouble, counted from now.
    trouble: Option<(u32, Trouble)>,
    /// Another instance that has a turn as soon as the connection is lost.
    other: bool,
}

#[derive(Clone, Default)]
struct Fake {
    inner: Arc<Mutex<Inner>>,
    is_open: bool,
}

fn change(inner: &mut Inner, writes: &Writes<'_>, next: &State) {
    inner.map.retain(|(table, _), _| !writes.cleared.contains(table));
    writes.deleted.iter().for_each(|(table, key)| drop(inner.map.remove(&(*table, key.to_vec()))));
    writes.set.iter().for_each(|(table, key, value)| drop(inner.map.insert((*table, key.to_vec()), value.to_vec())));
    inner.state = next.clone();
}

impl Fake {
    fn call<T>(&mut self, act: impl FnOnce(&mut Inner) -> T) -> Result<T, Failure> {
        let mut inner = self.inner.lock().unwrap();
        inner.calls += 1;
        let trouble = match &mut inner.trouble {
            Some((0, trouble)) => Some(*trouble),
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        };
        let Some(trouble) = trouble else { return Ok(act(&mut inner)) };
        inner.trouble = None;
        self.is_open = false;
        let error = StoreError::new(LOST, "the cable was cut");
        let failure = match trouble {
            Trouble::LostBefore => Failure::Lost(error),
            Trouble::LostBehind => {
                act(&mut inner);
                Failure::Lost(error)
            }
            Trouble::Conflict => Failure::Conflict(error),
        };
        if inner.other {
            let next = inner.state.after(99);
            change(&mut inner, &Writes { set: vec![(9, b"other", b"v")], ..Writes::default() }, &next);
        }
        Err(failure)
    }

    fn read<T>(&mut self, act: impl FnOnce(&Map) -> T) -> Result<T, Failure> {
        assert!(self.is_open, "a read outside of a turn");
        self.call(|inner| act(&inner.map))
    }
}

impl Server for Fake {
    fn begin(&mut self, _: Turn) -> Result<State, Failure> {
        let state = self.call(|inner| inner.state.clone())?;
        self.is_open = true;
        Ok(state)
    }

    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.read(|map| map.get(&(table, key.to_vec())).cloned())
    }

    fn rows(&mut self, table: u32, after: Option<&[u8]>, descending: bool, most: usize) -> Result<Vec<Row>, Failure> {
        self.read(|map| {
            let rows = map
                .range((table, Vec::new())..(table + 1, Vec::new()))
                .map(|((_, key), value)| (key.clone(), Some(value.clone())));
            if descending {
                rows.rev().filter(|(key, _)| after.is_none_or(|after| &key[..] < after)).take(most).collect()
            } else {
                rows.filter(|(key, _)| after.is_none_or(|after| &key[..] > after)).take(most).collect()
            }
        })
    }

    fn rows_of(&mut self, tables: Range<u32>, most: usize) -> Result<Vec<(u32, Row)>, Failure> {
        self.read(|map| {
            let rows = map.range((tables.start, Vec::new())..(tables.end, Vec::new()));
            rows.take(most).map(|((table, key), value)| (*table, (key.clone(), Some(value.clone())))).collect()
        })
    }

    fn size(&mut self, table: u32) -> Result<u64, Failure> {
        self.read(|map| map.keys().filter(|(of, _)| *of == table).count() as u64)
    }

    fn tables(&mut self, after: Option<u32>, most: usize) -> Result<Vec<u32>, Failure> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.read(|map| {
            let mut tables: Vec<_> =
                map.keys().map(|(table, _)| *table).filter(|table| (from, Bound::Unbounded).contains(table)).collect();
            tables.dedup();
            tables.truncate(most);
            tables
        })
    }

    fn commit(&mut self, writes: &Writes<'_>, next: &State) -> Result<(), Failure> {
        assert!(self.is_open, "a commit outside of a turn");
        let committed = self.call(|inner| change(inner, writes, next));
        self.is_open = false;
        committed
    }

    fn end(&mut self) {
        self.is_open = false;
    }

    fn hold(&mut self, _: Wait) -> Result<(), Failure> {
        self.call(|_| ())
    }

    fn release(&mut self) {}
}

fn store(fake: &Fake) -> RemoteStore<Fake> {
    RemoteStore::new(fake.clone(), RemoteOptions { reconnect: Duration::from_secs(1), ..RemoteOptions::default() })
}

/// A unit that reads and changes in every way.
fn unit(store: &mut RemoteStore<Fake>) -> Result<(), StoreError> {
    store.begin()?;
    let done = (|| {
        let count = store.get(7, b"count")?.map_or(0, |value| value[0]);
        store.set(7, b"count", &[count + 1])?;
        store.keys(8, None, count % 2 == 0, &mut |_| true)?;
        store.set(8, &[count], b"v")?;
        store.delete(8, &[count.wrapping_sub(3)])?;
        store.size(8)?;
        store.next_table(None)?;
        if count % 5 == 4 { store.clear(8) } else { Ok(()) }
    })();
    if let Err(error) = done {
        store.roll_back();
        return Err(error);
    }
    store.commit()
}

/// The content after so many units without trouble.
fn expected(units: u8) -> Map {
    let fake = Fake::default();
    (0..units).for_each(|_| unit(&mut store(&fake)).unwrap());
    fake.inner.lock().unwrap().map.clone()
}

#[test]
fn a_unit_outlives_every_loss_and_is_done_once() {
    for trouble in [Trouble::LostBefore, Trouble::LostBehind, Trouble::Conflict] {
        for units in 1..7 {
            for call in 0.. {
                let fake = Fake::default();
                // The same store, whose cache is warm, and a new one.
                for is_warm in [true, false] {
                    *fake.inner.lock().unwrap() = Inner::default();
                    let mut warm = store(&fake);
                    (0..units - 1).for_each(|_| unit(&mut warm).unwrap());
                    let mut store = if is_warm { warm } else { store(&fake) };
                    fake.inner.lock().unwrap().trouble = Some((call, trouble));
                    unit(&mut store).unwrap_or_else(|error| panic!("{trouble:?} at call {call}: {error}"));
                    let inner = fake.inner.lock().unwrap();
                    assert_eq!(inner.map, expected(units), "{trouble:?} at call {call}, warm: {is_warm}");
                    assert_eq!(inner.state.version, u64::from(units));
                }
                if fake.inner.lock().unwrap().trouble.is_some() {
                    assert!(call > 3, "a unit asks more than {call} times");
                    break;
                }
            }
        }
    }
}

#[test]
fn a_unit_whose_turn_another_one_had_is_kept_whole_or_not_at_all_and_says_which() {
    for trouble in [Trouble::LostBefore, Trouble::LostBehind, Trouble::Conflict] {
        let (mut kept, mut lost) = (0, 0);
        for call in 0.. {
            let fake = Fake::default();
            let mut store = store(&fake);
            (0..3).for_each(|_| unit(&mut store).unwrap());
            {
                let mut inner = fake.inner.lock().unwrap();
                (inner.trouble, inner.other) = (Some((call, trouble)), true);
            }
            let done = unit(&mut store);
            let mut map = fake.inner.lock().unwrap().map.clone();
            if fake.inner.lock().unwrap().trouble.is_some() {
                break;
            }
            assert_eq!(map.remove(&(9, b"other".to_vec())).as_deref(), Some(&b"v"[..]));
            match &done {
                Ok(()) => kept += 1,
                Err(error) => {
                    assert_eq!(error.code, CONFLICT, "{error}");
                    lost += 1;
                }
            }
            assert_eq!(map, expected(3 + u8::from(done.is_ok())), "{trouble:?} at call {call}: {done:?}");
            // The store goes on, and knows what the other one did.
            assert_eq!(store.size(9), Ok(1));
            unit(&mut store).unwrap();
        }
        // Before anything was read nothing is lost, and a commit that was done is found.
        assert!(kept >= if trouble == Trouble::LostBehind { 2 } else { 1 } && lost > 0, "{trouble:?}: {kept} {lost}");
    }
}

#[test]
fn a_turn_that_was_held_and_lost_is_noticed() {
    let fake = Fake::default();
    let mut first = store(&fake);
    first.hold().unwrap();
    first.set(7, b"k", b"1").unwrap();
    store(&fake).set(7, b"k", b"2").unwrap();
    let error = first.begin().unwrap_err();
    assert_eq!((error.code, error.message.contains("the turn that was held was lost")), (CONFLICT, true), "{error}");
    first.release();
    assert_eq!(first.get(7, b"k").unwrap().as_deref(), Some(&b"2"[..]));
}
