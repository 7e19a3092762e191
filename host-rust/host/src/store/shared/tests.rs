//! Turns of several threads, and of several handles of one thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use cu_random::Random;

use super::*;
use crate::store::{BUSY, MemoryStore, Store, StoreError, Wait};

/// A store without units that does not count its changes.
#[derive(Default)]
struct Plain(MemoryStore);

impl Store for Plain {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<std::borrow::Cow<'_, [u8]>>, StoreError> {
        self.0.get(table, key)
    }
    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.0.set(table, key, value)
    }
    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.0.delete(table, key)
    }
    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.0.size(table)
    }
    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.0.keys(table, after, descending, visit)
    }
}

fn shared() -> SharedStore<MemoryStore> {
    SharedStore::new(MemoryStore::default()).with_wait(Wait::Never)
}

fn number(store: &mut dyn Store, key: &[u8]) -> u64 {
    store.get(1, key).unwrap().map_or(0, |bytes| u64::from_le_bytes(bytes[..].try_into().unwrap()))
}

/// Moves amounts between accounts in units, some of which are undone. `count` has the number of units that stayed.
fn move_amounts(mut store: SharedStore<MemoryStore>, mut random: Random) -> u64 {
    let mut kept = 0;
    for _ in 0..200 {
        let [from, to] = [0; 2].map(|_| [random.below(8) as u8]);
        let amount = random.below(100) as u64;
        store.begin().unwrap();
        let count = number(&mut store, b"count");
        for (account, change) in [(from, amount.wrapping_neg()), (to, amount)] {
            let now = number(&mut store, &account).wrapping_add(change);
            store.set(1, &account, &now.to_le_bytes()).unwrap();
            thread::yield_now();
        }
        store.set(1, b"count", &(count + 1).to_le_bytes()).unwrap();
        match random.below(4) {
            0 => assert!(store.roll_back()),
            1 => {
                // A handle that is lost within its unit.
                let next = store.clone();
                drop(std::mem::replace(&mut store, next));
            }
            _ => {
                store.commit().unwrap();
                kept += 1;
            }
        }
        // A change outside of units, which fits between them only.
        store.set(2, &from, &amount.to_le_bytes()).unwrap();
    }
    kept
}

#[test]
fn units_of_threads_never_come_between_one_another() {
    for round in 0..10 {
        let mut random = Random::from_environment(round);
        let mut store = SharedStore::new(MemoryStore::default());
        let kept: u64 = thread::scope(|threads| {
            let start = |_| threads.spawn(move_amounts_of(&store, Random::new(random.next())));
            let working: Vec<_> = (0..4).map(start).collect();
            working.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(number(&mut store, b"count"), kept);
        let sum = (0..8_u8).fold(0, |sum: u64, account| sum.wrapping_add(number(&mut store, &[account])));
        assert_eq!(sum, 0, "no amount appears or is lost");
        assert_eq!(store.version(), Ok(kept + 4 * 200));
    }
}

fn move_amounts_of(store: &SharedStore<MemoryStore>, random: Random) -> impl FnOnce() -> u64 + Send + use<> {
    let store = store.clone();
    move || move_amounts(store, random)
}

#[test]
fn who_comes_second_waits_as_long_as_it_is_told() {
    let mut first = shared();
    first.begin().unwrap();
    for wait in [Duration::ZERO, Duration::from_millis(50)] {
        let mut second = first.clone().with_wait(Wait::AtMost(wait));
        thread::spawn(move || {
            let began = Instant::now();
            for answer in [second.begin(), second.set(1, b"k", b"v"), second.size(1).map(drop)] {
                let error = answer.unwrap_err();
                assert_eq!(error.code, BUSY);
                assert!(error.message.starts_with("another instance has the turn; waited "), "{error}");
            }
            assert!(began.elapsed() >= wait * 3);
        })
        .join()
        .unwrap();
    }
    let (sender, receiver) = mpsc::channel();
    let mut second = first.clone().with_wait(Wait::Forever);
    let waiting = thread::spawn(move || {
        sender.send("it waits").unwrap();
        second.set(1, b"k", b"second").unwrap();
        sender.send("it had its turn").unwrap();
    });
    assert_eq!(receiver.recv(), Ok("it waits"));
    assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err());
    first.set(1, b"k", b"first").unwrap();
    first.commit().unwrap();
    assert_eq!(receiver.recv(), Ok("it had its turn"));
    waiting.join().unwrap();
    assert_eq!(first.get(1, b"k").unwrap().as_deref(), Some(&b"second"[..]));
}

#[test]
fn a_thread_does_not_wait_for_itself() {
    let mut first = shared().with_wait(Wait::Forever);
    let mut second = first.clone();
    let refused = |answer: Result<(), StoreError>| {
        let error = answer.unwrap_err();
        assert_eq!(
            (error.code, error.message.starts_with("this thread has the turn already")),
            (BUSY, true),
            "{error}"
        );
    };
    first.begin().unwrap();
    refused(second.begin());
    refused(second.set(1, b"k", b"v"));
    assert!(first.begin().unwrap_err().message.contains("another call"));
    assert!(first.turn().is_err());
    first.commit().unwrap();
    first.set(1, b"k", b"v").unwrap();
    // Within a visit, too.
    let mut visited = 0;
    first
        .keys(1, None, false, &mut |_| {
            refused(second.size(1).map(drop));
            visited += 1;
            true
        })
        .unwrap();
    assert_eq!(visited, 1);
    let turn = first.turn().unwrap();
    refused(second.begin());
    drop(turn);
    second.begin().unwrap();
    assert!(!second.roll_back());
}

#[test]
fn a_turn_that_is_held_outlives_units() {
    let mut store = shared();
    let mut other = store.clone();
    let mut is_refused = move || {
        assert_eq!(other.size(1).unwrap_err().code, BUSY);
        assert_eq!(other.begin().unwrap_err().code, BUSY);
    };
    store.hold().unwrap();
    assert!(store.hold().is_err() && store.turn().is_err());
    is_refused();
    store.set(1, b"k", b"1").unwrap();
    assert_eq!(store.version(), Ok(1));
    for kept in [true, false] {
        store.begin().unwrap();
        store.set(1, b"k", b"2").unwrap();
        assert!(store.begin().is_err());
        assert_eq!(store.version(), Ok(2));
        if kept {
            store.roll_back();
        } else {
            store.commit().unwrap();
        }
        is_refused();
        assert!(!store.roll_back(), "there is no unit");
    }
    store.set(1, b"k", b"3").unwrap();
    assert_eq!(store.version(), Ok(3));
    let mut next = store.clone();
    store.release();
    assert_eq!(next.get(1, b"k").unwrap().as_deref(), Some(&b"3"[..]));
    // Given back in the middle of a unit, the turn ends with the unit; and with the handle.
    store.hold().unwrap();
    store.begin().unwrap();
    store.release();
    is_refused();
    store.commit().unwrap();
    store.hold().unwrap();
    drop(store);
    assert_eq!(next.size(1), Ok(1));
}

#[test]
fn a_handle_that_is_lost_frees_the_turn_and_undoes_its_unit() {
    let mut store = shared();
    store.set(1, b"k", b"before").unwrap();
    let mut lost = store.clone();
    lost.begin().unwrap();
    lost.set(1, b"k", b"lost").unwrap();
    drop(lost);
    let mut panicking = store.clone();
    let panic = thread::spawn(move || {
        panicking.begin().unwrap();
        panicking.set(1, b"k", b"lost").unwrap();
        panic!("the thread panics in its unit");
    });
    assert!(panic.join().is_err());
    assert_eq!(store.get(1, b"k").unwrap().as_deref(), Some(&b"before"[..]));
    // A panic of the caller's code within a call.
    let visit = &mut |_: &[u8]| panic!("the visit panics");
    assert!(catch_unwind(AssertUnwindSafe(|| store.keys(1, None, false, visit))).is_err());
    assert_eq!(store.size(1), Ok(1));
    assert_eq!(store.version(), Ok(1));
}

#[test]
fn a_store_that_cannot_undo_keeps_the_changes_and_they_are_counted() {
    let mut store = SharedStore::new(Plain::default()).with_wait(Wait::Never);
    assert!(!store.can_roll_back());
    assert_eq!(store.version(), Ok(0));
    store.begin().unwrap();
    assert_eq!(store.version(), Ok(0));
    store.set(1, b"k", b"v").unwrap();
    store.set(1, b"l", b"v").unwrap();
    assert_eq!(store.version(), Ok(1));
    assert!(!store.roll_back());
    assert_eq!((store.size(1), store.version()), (Ok(2), Ok(1)));
    let mut lost = store.clone();
    lost.begin().unwrap();
    lost.delete(1, b"k").unwrap();
    drop(lost);
    store.begin().unwrap();
    assert_eq!(store.size(1), Ok(1));
    store.commit().unwrap();
    assert_eq!(store.version(), Ok(2));
    store.turn().unwrap().set(1, b"k", b"v").unwrap();
    assert_eq!(store.version(), Ok(3));
}
