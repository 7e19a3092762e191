//! The ledger against a model, over a store of which any call fails.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use cu_host::{MemoryStore, SharedStore, StoreError};
use cu_random::Random;
use tokio::runtime::{Builder, Runtime};

use super::*;

#[path = "../../../../host-rust/host/tests/faulty/mod.rs"]
mod faulty;

use faulty::Faulty;

const SKEW: u64 = 60;

/// A store that a new instance finds again; its calls fail where `failing` says: 0 for never, else from that call on, once.
#[derive(Clone, Default)]
struct Place {
    store: SharedStore<MemoryStore>,
    failing: Arc<AtomicU32>,
    failed: Arc<AtomicU32>,
}

impl Place {
    fn start(&self) -> (Ledger, JoinHandle<()>) {
        let place = self.clone();
        let (ledger, thread, _) = Ledger::start(move || {
            let (failing, failed) = (Arc::clone(&place.failing), Arc::clone(&place.failed));
            let mut store = Faulty::new(place.store.clone(), move |_, _| {
                let left = failing.load(Ordering::Relaxed);
                failing.store(left.saturating_sub(1), Ordering::Relaxed);
                (left == 1).then(|| {
                    failed.fetch_add(1, Ordering::Relaxed);
                    StoreError::new(-77, "the disk is full".to_owned())
                })
            });
            store.has_units = true;
            Ok(Box::new(store))
        })
        .unwrap();
        (ledger, thread)
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn asked(id: &str, nonce: &str, time: u64, now: u64, limits: Limits) -> Asked {
    let (key, nonce, id) = ("ada".to_owned(), nonce.to_owned(), id.to_owned());
    Asked { id, key, nonce, time, now, skew: SKEW, limits, instructions: 1000, bytes: 100, body: 5 }
}

fn end(ledger: &Ledger, thread: JoinHandle<()>) {
    ledger.end(&Counts::default());
    thread.join().unwrap();
}

fn account(runtime: &Runtime, ledger: &Ledger, name: &str) -> i64 {
    let ask = || runtime.block_on(ledger.account("ada"));
    // The failure that is due may come here.
    let answer = ask().or_else(|_| ask()).unwrap();
    answer.get("account").and_then(|account| account.get(name)).and_then(Value::as_i64).unwrap_or(0)
}

#[test]
fn wherever_the_store_fails_all_is_counted_once() {
    let (runtime, limits) = (runtime(), Limits::default());
    let mut reached = 0;
    for call in 1.. {
        let place = Place::default();
        let (ledger, thread) = place.start();
        place.failing.store(call, Ordering::Relaxed);
        let first = runtime.block_on(ledger.admit(asked("1", "first", 1000, 1000, limits)));
        // Who was told that it cannot be written may come again with the same nonce.
        let open = first.or_else(|_| runtime.block_on(ledger.admit(asked("2", "first", 1000, 1000, limits)))).unwrap();
        let called = runtime.block_on(open.call(None)).or_else(|_| runtime.block_on(open.call(None)));
        assert_eq!(called, Ok(()), "call {call}");
        open.used.instructions.store(70, Ordering::Relaxed);
        open.used.bytes.store(9, Ordering::Relaxed);
        runtime.block_on(open.settle());
        drop(open);
        let numbers =
            ["requests", "calls", "instructions", "bytes", "at_once"].map(|name| account(&runtime, &ledger, name));
        assert_eq!(numbers, [1, 1, 70, 9, 0], "call {call}");
        let again = runtime.block_on(ledger.admit(asked("3", "first", 1000, 1000, limits))).err().unwrap();
        assert!(matches!(again.reason, Reason::Nonce | Reason::Unavailable), "{again:?}");
        end(&ledger, thread);
        if place.failed.load(Ordering::Relaxed) == 0 {
            reached = call;
            break;
        }
    }
    assert!(reached > 50, "{reached} calls");
}

#[test]
fn an_operation_that_is_wrong_fails_alone() {
    let (runtime, place) = (runtime(), Place::default());
    let (ledger, thread) = place.start();
    // All at once, while the thread has something else to do.
    for number in 0..50 {
        let name = if number % 7 == 0 { "nonsense" } else { "refused" };
        let fields = [("reason", "time".into()), ("count", 1.into())];
        ledger.send(operation(name, fields), true, Box::new(|_| ()));
    }
    let open = runtime.block_on(ledger.admit(asked("1", "first", 1000, 1000, Limits::default()))).unwrap();
    runtime.block_on(open.settle());
    let counts = runtime.block_on(ledger.accounts(None)).unwrap();
    assert_eq!(counts.get("refused").and_then(|refused| refused.get("time")), Some(&42.into()));
    end(&ledger, thread);
}

#[test]
fn nonces_are_taken_once_while_their_time_is_near_and_then_forgotten() {
    let (runtime, limits) = (runtime(), Limits::default());
    let mut random = Random::from_clock();
    let place = Place::default();
    let (ledger, thread) = place.start();
    // The clock is set back now and then.
    let (mut now, mut latest, mut taken) = (10_000, 0, HashMap::new());
    let mut accepted = 0;
    for number in 0..1500 {
        now = if random.one_in(100) { now - 30 } else { now + random.below(4) as u64 };
        latest = latest.max(now);
        let (nonce, time) = (format!("n{}", random.below(60)), now + random.below(80) as u64 - 40);
        let answer = runtime.block_on(ledger.admit(asked(&number.to_string(), &nonce, time, now, limits)));
        match (answer, taken.get(&nonce)) {
            // A nonce comes again when the request that had it is too old to be taken for a new one.
            (Ok(_), before) => {
                assert!(
                    before.is_none_or(|before| *before + SKEW < latest && *before < time),
                    "{nonce} of {before:?} at {latest}"
                );
                taken.insert(nonce, time);
                accepted += 1;
            }
            (Err(refusal), Some(_)) if refusal.reason == Reason::Nonce => {}
            // The clock was set back.
            (Err(refusal), _) => assert_eq!(refusal.reason, Reason::Time),
        }
    }
    assert!(accepted > 200, "{accepted}");
    end(&ledger, thread);
    // What is forgotten takes no room.
    let mut store = place.store.clone();
    let mut tables = Vec::new();
    let mut last = None;
    while let Some(table) = store.next_table(last).unwrap() {
        tables.push(store.size(table).unwrap());
        last = Some(table);
    }
    assert!(tables.iter().all(|size| *size <= 70), "{tables:?}");
}

#[test]
fn what_is_held_is_given_back_and_never_more_than_the_limit_is_used() {
    let runtime = runtime();
    let mut random = Random::from_clock();
    let place = Place::default();
    let (mut ledger, mut thread) = place.start();
    let limits = Limits { instructions: Some(20_000), bytes: Some(3_000), ..Limits::default() };
    let (mut open, mut used) = (Vec::new(), [0_u64; 2]);
    let mut quota = 0;
    for number in 0..400 {
        if random.one_in(3) && !open.is_empty() {
            let one: Open = open.swap_remove(random.below(open.len()));
            let (instructions, bytes) = (one.instructions, one.bytes);
            let most = if number < 300 { 20 } else { 1 };
            let (instructions, bytes) = (instructions / most, 5.max(bytes / most));
            one.used.instructions.store(instructions, Ordering::Relaxed);
            one.used.bytes.store(bytes, Ordering::Relaxed);
            used = [used[0] + instructions, used[1] + bytes];
            if random.one_in(2) { runtime.block_on(one.settle()) } else { drop(one) }
        } else {
            let nonce = format!("nonce-{number}");
            match runtime.block_on(ledger.admit(asked(&number.to_string(), &nonce, 1000, 1000, limits))) {
                Ok(one) => open.push(one),
                Err(refusal) => {
                    assert_eq!(refusal.reason, Reason::Quota);
                    quota += 1;
                }
            }
        }
        let numbers = ["instructions", "bytes", "at_once"].map(|name| account(&runtime, &ledger, name) as u64);
        assert_eq!(numbers, [used[0], used[1], open.len() as u64]);
        assert!(used[0] <= 20_000 && used[1] <= 3_000, "{used:?}");
        if random.one_in(60) {
            // As after a kill: nobody settles what is open. Noted is the body, at the least.
            let _ = ledger.sender.send(Message::End);
            thread.join().unwrap();
            used[1] += 5 * open.len() as u64;
            open.clear();
            (ledger, thread) = place.start();
        }
    }
    assert!(quota > 10, "{quota}");
    drop(open);
    end(&ledger, thread);
}
