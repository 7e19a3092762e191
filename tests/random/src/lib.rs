//! The random numbers of all tests in Rust: properties that hold for all inputs, where what fails is to become as small as it
//! can, and plain numbers, for long runs in which one thing follows from the other.
//!
//! Invariant: equal seeds give equal numbers, and a test prints its seed, so that it can be repeated.

pub use proptest;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Panics unless `test` holds, without a panic of its own, for so many inputs of the strategy. What fails is shrunk and
/// printed with its seed.
pub fn for_all<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value)) {
    let seed = Random::from_clock().seed;
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        // Each step runs the test again.
        max_shrink_iters: 2000,
        ..Config::default()
    };
    let holds = TestRunner::new(config).run(&strategy, |input| {
        test(input);
        Ok(())
    });
    if let Err(error) = holds {
        panic!("CU_SEED={seed}: {error}");
    }
}

/// A generator (xorshift64*): enough for test data.
pub struct Random {
    state: u64,
    /// The seed it began with.
    pub seed: u64,
}

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Random {
        Random { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, seed }
    }

    /// For round `round` of a test that is the same each time. The seed is `CU_SEED` or 1, and the round. It is
    /// printed.
    pub fn from_environment(round: u64) -> Random {
        let base = given().unwrap_or(1);
        println!("seed: CU_SEED={base} round {round}");
        Random::new(base.wrapping_add(round))
    }

    /// For a test that differs each time. The seed is `CU_SEED` or comes from the clock. It is printed.
    pub fn from_clock() -> Random {
        let clock = || {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(1, |now| now.as_nanos() as u64)
        };
        let seed = given().unwrap_or_else(clock);
        println!("seed: CU_SEED={seed}");
        Random::new(seed)
    }

    /// The next 64 bits.
    #[allow(clippy::should_implement_trait, reason = "an iterator that has no end is one that every caller unwraps")]
    pub fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`. It uses the high bits, because the low bits are weaker.
    pub fn below(&mut self, bound: usize) -> usize {
        ((self.next() >> 11) % bound as u64) as usize
    }

    /// True once in `odds` times.
    pub fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    /// One of several.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// The seed of `CU_SEED`, for a test that is repeated.
fn given() -> Option<u64> {
    std::env::var("CU_SEED").ok().map(|text| text.parse().expect("CU_SEED is a number"))
}
