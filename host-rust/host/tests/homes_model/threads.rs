//! Threads with instances and homes of their own, and one home that all have.

use std::thread;

use cu_host::{ComputeOptions, Instance, MODULE, Module};
use cu_random::Random;

use crate::folder::Folder;
use crate::place::Place;
use crate::seeds;
use crate::world::{World, add_to_sum, integers, nothing_else_is_left, nothing_is_left};

const THREADS: u64 = 3;
const STEPS: usize = 25;

/// What all threads do in the common home.
fn add(instance: &mut Instance, amount: usize) {
    let code = add_to_sum(amount, &format!("{{ {amount} }}"));
    instance.compute_with(code, &common()).unwrap();
}

fn common() -> ComputeOptions {
    ComputeOptions { home: Some("common".into()), ..ComputeOptions::default() }
}

/// A thread's sum, and how often it added.
fn work(world: &mut World, place: &Place) -> (i64, i64) {
    let (mut sum, mut count) = (0, 0);
    for step in 0..STEPS {
        world.take(place, step);
        let (at, amount) = (world.random.below(world.instances.len()), world.random.below(1000));
        add(&mut world.instances[at], amount);
        sum += amount as i64;
        count += 1;
    }
    world.check_all(place);
    (sum, count)
}

fn threads_agree(share: u64, open: impl Fn(u64) -> Place) {
    let module = Module::new(MODULE).unwrap();
    for seed in seeds(share) {
        let place = &open(seed);
        let mut random = Random::new(seed);
        let prefixes: Vec<_> = (0..THREADS).map(|thread| format!("thread {thread}: ")).collect();
        let make = |prefix: &String| World::new(&module, place, Random::new(random.next()), prefix, seed);
        let mut worlds: Vec<_> = prefixes.iter().map(make).collect();
        let (mut sum, mut count) = (0, 0);
        thread::scope(|threads| {
            let working: Vec<_> = worlds.iter_mut().map(|world| threads.spawn(move || work(world, place))).collect();
            for worker in working {
                let added = worker.join().unwrap_or_else(|_| panic!("CU_SEED={seed} CU_ROUNDS=1"));
                sum += added.0;
                count += added.1;
            }
        });
        let mut instance = Instance::new(&module, place.open(), Default::default()).unwrap();
        let code = "local sum = 0 for _, entry in ipairs(_home.log) do sum = sum + entry[1] end
            return _home.sum, sum, #_home.log, _home.count() - 1";
        let values = instance.compute_with(code, &common()).unwrap().values;
        assert_eq!(integers(&values), [sum, sum, count, count], "CU_SEED={seed} CU_ROUNDS=1");
        // The common home, its log, and an entry for each addition; the function that counts.
        nothing_else_is_left(&module, place, &mut worlds, [2 + count, 1]);
        drop(instance);
        worlds.iter_mut().for_each(|world| world.drop_homes(place));
        let mut instance = Instance::new(&module, place.open(), Default::default()).unwrap();
        instance.drop_home("common").unwrap();
        drop(instance);
        nothing_is_left(&module, place);
    }
}

#[test]
fn threads_take_turns_over_homes_in_memory() {
    threads_agree(10, |_| Place::memory());
}

#[test]
fn threads_take_turns_over_homes_in_a_file() {
    let folder = Folder::new("homes-threads");
    threads_agree(4, |seed| Place::EachTurn(folder.file(&format!("{seed}.redb"))));
    let folder = Folder::new("homes-threads-kept");
    threads_agree(2, |seed| Place::kept(folder.file(&format!("{seed}.redb"))));
}
