//! A small random generator for tests: its seed is printed when a test fails.

/// xorshift64*: enough for test data.
pub struct Random(u64);

impl Random {
    /// Round `round` of a test: the seed is `CU_SEED` or a constant, plus the round. Printed, so a failure can be replayed.
    pub fn from_environment(round: u64) -> Self {
        let base = std::env::var("CU_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_u64);
        println!("seed: CU_SEED={base} round {round}");
        Random((base + round).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
