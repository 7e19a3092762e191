//! Which seeds a test takes: `CU_SEED` chooses the first one, `CU_ROUNDS` the number of seeds. They are printed.

use std::ops::Range;
use std::time::UNIX_EPOCH;

/// A number from the environment.
pub fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// The seeds of a test: `share` in a hundred of the rounds, of which there are 50 if nobody says.
#[allow(dead_code, reason = "not every test has shares")]
pub fn seeds(share: u64) -> Range<u64> {
    from_first((given("CU_ROUNDS").unwrap_or(50) * share).div_ceil(100))
}

/// So many seeds if nobody says.
#[allow(dead_code, reason = "not every test knows the number")]
pub fn seeds_or(rounds: u64) -> Range<u64> {
    from_first(given("CU_ROUNDS").unwrap_or(rounds))
}

fn from_first(rounds: u64) -> Range<u64> {
    let first =
        given("CU_SEED").unwrap_or_else(|| UNIX_EPOCH.elapsed().map_or(1, |now| now.as_micros() as u64 % 1_000_000));
    println!("CU_SEED={first} CU_ROUNDS={rounds}");
    first..first + rounds
}
