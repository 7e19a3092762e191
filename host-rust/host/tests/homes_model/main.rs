//! Several homes and several living instances over one store, against plain Lua tables, as tests/node/homes_model.test.mjs:
//! instances take turns, hold values, die, collect and restart; so do threads and processes.
//!
//! `CU_SEED` chooses the first seed, `CU_ROUNDS` the number of seeds, `CU_SECONDS` how long processes run; a failure names
//! its seed.
#![cfg(all(feature = "redb", feature = "encryption"))]

#[path = "../../../testkit/src/folder.rs"]
mod folder;
mod place;
mod processes;
#[path = "../../../testkit/src/seeds.rs"]
mod seeds;
mod threads;
#[path = "../../../testkit/src/worker.rs"]
mod worker;
mod world;

use cu_host::{MODULE, Module};
use cu_random::Random;
use folder::Folder;
use place::Place;
use seeds::seeds;
use world::World;

const STEPS: usize = 40;

fn homes_are_as_plain_tables(share: u64, open: impl Fn(u64) -> Place) {
    let module = Module::new(MODULE).unwrap();
    for seed in seeds(share) {
        let mut place = open(seed);
        let mut world = World::new(&module, &place, Random::new(seed), "", seed);
        for step in 0..STEPS {
            world.take(&place, step);
            if world.random.one_in(15) {
                world.restart(&mut place);
            }
        }
        world.check_all(&place);
        world::nothing_else_is_left(&module, &place, std::slice::from_mut(&mut world), [0, 0]);
        world.drop_homes(&place);
        world::nothing_is_left(&module, &place);
    }
}

#[test]
fn in_memory() {
    homes_are_as_plain_tables(100, |_| Place::memory());
}

#[test]
fn encrypted_in_memory() {
    homes_are_as_plain_tables(
        15,
        |seed| if seed % 2 == 0 { Place::encrypted_memory() } else { Place::encrypted_handles() },
    );
}

#[test]
fn in_a_file_that_is_kept_open() {
    let folder = Folder::new("homes-kept");
    homes_are_as_plain_tables(10, |seed| Place::kept(folder.file(&format!("{seed}.redb"))));
    let folder = Folder::new("homes-kept-encrypted");
    homes_are_as_plain_tables(4, |seed| Place::encrypted_kept(folder.file(&format!("{seed}.redb"))));
}

#[test]
fn in_a_file_that_each_instance_opens() {
    let folder = Folder::new("homes-each-turn");
    homes_are_as_plain_tables(8, |seed| Place::EachTurn(folder.file(&format!("{seed}.redb"))));
    let folder = Folder::new("homes-each-turn-encrypted");
    homes_are_as_plain_tables(2, |seed| Place::EncryptedEachTurn(folder.file(&format!("{seed}.redb"))));
}
