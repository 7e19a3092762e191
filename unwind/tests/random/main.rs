//! Random programs: the rewritten module must log exactly what a model of the program does.
//!
//! Invariant: a failure prints the seed of its program; `UNWIND_SEED` runs that one alone, and
//! `UNWIND_PROGRAMS` sets how many are tried.

#[path = "../support/mod.rs"]
mod support;

mod model;
mod program;
mod text;

use cu_random::Random;
use program::Program;
use std::time::{SystemTime, UNIX_EPOCH};
use support::{Run, assemble};
use unwind::{Flag, Options, rewrite};

const DEFAULT_PROGRAMS: u64 = 300;
const ARGUMENTS: std::ops::Range<i32> = 0..8;

#[test]
fn random_programs_log_what_the_model_says() {
    if let Some(seed) = from_environment("UNWIND_SEED") {
        return compare(seed);
    }
    let first = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
    let programs = from_environment("UNWIND_PROGRAMS").unwrap_or(DEFAULT_PROGRAMS);
    for seed in (0..programs).map(|number| first.wrapping_add(number)) {
        compare(seed);
    }
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Runs the program of `seed` with several arguments, one after the other in one instance.
fn compare(seed: u64) {
    let program = Program::random(&mut Random::new(seed));
    let input = assemble(&text::of(&program));
    for flag in [Flag::Global, Flag::Memory(0)] {
        let options = Options { flag, ..Options::default() };
        let (wasm, _) = rewrite(&input, &options).unwrap_or_else(|error| panic!("UNWIND_SEED={seed}: {error}"));
        support::assert_webassembly_1(&wasm);
        let mut run = Run::start(&wasm);
        for argument in ARGUMENTS {
            let Some(expected) = model::log_of(&program, argument) else { continue };
            run.try_call::<i32, ()>("run", argument).unwrap_or_else(|error| panic!("UNWIND_SEED={seed}: {error}"));
            assert_eq!(run.take_log(), expected, "UNWIND_SEED={seed} argument {argument} {flag:?}");
            assert_eq!(run.flag_in_memory(), 0, "UNWIND_SEED={seed}");
        }
    }
}

#[test]
fn model_and_generator_reach_raises_and_normal_ends() {
    let (mut raised, mut ended) = (0, 0);
    for seed in 0..200 {
        let program = Program::random(&mut Random::new(seed));
        for argument in ARGUMENTS {
            match model::raises(&program, argument) {
                Some(true) => raised += 1,
                Some(false) => ended += 1,
                None => {}
            }
        }
    }
    assert!(raised > 200 && ended > 200, "{raised} raised, {ended} ended");
}
