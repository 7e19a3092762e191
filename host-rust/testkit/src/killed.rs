//! Processes that move amounts and are killed at any moment: what they said is kept, is there; nothing is there by halves.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use cu_host::store::{CONFLICT, LOST};
use cu_host::{Store, StoreError};
use cu_random::Random;

use crate::bank;
use crate::place::Place;
use crate::scripts;
use crate::worker::Worker;

/// How processes are killed.
#[derive(Clone, Copy, Debug)]
pub struct Kills<'a> {
    /// The full name of the test that calls this: it is started again as a process.
    pub test: &'a str,
    /// Variables that its processes get, to find the store.
    pub variables: &'a [(&'a str, &'a str)],
    /// Number of processes at a time.
    pub workers: usize,
    /// How many are killed.
    pub kills: usize,
}

const WORKER: &str = "CU_TESTKIT_WORKER";

/// Starts processes over the store, kills them one after the other, and checks after each kill that every unit that was said
/// to be kept is there, once and whole. `between` does more damage, to a server for example, and gets the number of kills.
///
/// In a process of its own the test gets here again, and works until it is killed: before this call a test may do nothing but
/// find its store.
pub fn killed(place: &Place, kills: Kills<'_>, between: impl FnMut(usize)) {
    run(place, kills, between, work, |place| bank::audit(&mut *place.open()));
}

/// The same with instances, whose scripts move the amounts; in the end the store has to be sound.
pub fn killed_instances(place: &Place, kills: Kills<'_>, between: impl FnMut(usize)) {
    run(place, kills, between, scripts::work, scripts::audit);
}

/// Work that is killed, and the units that are there, in a store that is whole.
type Work = fn(&Place, u32) -> !;
type Audit = fn(&Place) -> Vec<(u32, u32)>;

fn run(place: &Place, kills: Kills<'_>, mut between: impl FnMut(usize), work: Work, audit: Audit) {
    if let Ok(worker) = std::env::var(WORKER) {
        work(place, worker.parse().expect("a number"));
    }
    let mut random = Random::from_clock();
    let mut next = 0;
    let mut start = |random: &mut Random| {
        next += 1;
        let (worker, seed) = (next.to_string(), (random.next() >> 1).to_string());
        let variables = [kills.variables, &[(WORKER, &*worker), ("CU_SEED", &*seed)]].concat();
        Worker::start(kills.test, &variables, parse)
    };
    let mut workers: Vec<_> = (0..kills.workers).map(|_| start(&mut random)).collect();
    let mut said = BTreeSet::new();
    let mut longest = Duration::ZERO;
    for kill in 1..=kills.kills {
        thread::sleep(Duration::from_millis(20 + random.below(250) as u64));
        let at = random.below(workers.len());
        said.extend(std::mem::replace(&mut workers[at], start(&mut random)).kill());
        between(kill);
        let began = Instant::now();
        check(audit(place), &said, kill);
        longest = longest.max(began.elapsed());
    }
    workers.into_iter().for_each(|worker| said.extend(worker.kill()));
    let count = check(audit(place), &said, kills.kills + kills.workers);
    println!("{count} units, {} said, {} kills, checked in at most {longest:?}", said.len(), kills.kills);
    assert!(said.len() > kills.kills, "the processes did nothing: {} units", said.len());
}

/// A process may be killed between its commit and its line, so a few more may be there than were said.
fn check(there: Vec<(u32, u32)>, said: &BTreeSet<(u32, u32)>, kills: usize) -> usize {
    let there: BTreeSet<_> = there.into_iter().collect();
    let missing: Vec<_> = said.difference(&there).collect();
    assert!(missing.is_empty(), "after {kills} kills these units are lost: {missing:?}");
    there.len()
}

fn parse(line: &str) -> Option<(u32, u32)> {
    let (worker, unit) = line.strip_prefix("kept ")?.split_once(' ')?;
    Some((worker.parse().ok()?, unit.parse().ok()?))
}

fn work(place: &Place, worker: u32) -> ! {
    let mut random = Random::from_clock();
    let mut store = place.open();
    println!();
    for unit in 0.. {
        match one(&mut *store, &mut random, worker, unit) {
            Ok(true) => println!("kept {worker} {unit}"),
            Ok(false) => {}
            // The server was killed, too. What nobody knows is not said to be kept.
            Err(error) if [LOST, CONFLICT].contains(&error.code) => store = place.open(),
            Err(error) => panic!("{error}"),
        }
    }
    unreachable!("it is killed before that")
}

/// A unit; answers whether it was kept.
fn one(store: &mut dyn Store, random: &mut Random, worker: u32, unit: u32) -> Result<bool, StoreError> {
    store.begin()?;
    if let Err(error) = bank::transfer(store, random, worker, unit) {
        store.roll_back();
        return Err(error);
    }
    if store.can_roll_back() && random.one_in(8) {
        store.roll_back();
        return Ok(false);
    }
    store.commit()?;
    Ok(true)
}
