//! Failures on demand: test builds only (feature `faults`).
//!
//! The configuration keys `fail_allocation` (number of the first allocation of a compute that fails, from 1) and
//! `fail_count` (how many fail in a row, 0 = all the rest) set the plan before each compute.

/// Which allocations of the current compute fail.
pub struct Faults {
    made: u64,
    first: u64,
    last: u64,
}

impl Faults {
    /// No failures.
    pub const NONE: Faults = Faults { made: 0, first: u64::MAX, last: u64::MAX };

    /// Starts counting at zero; `count` allocations from number `first` on fail.
    pub fn plan(&mut self, first: u64, count: u64) {
        let last = if count == 0 { u64::MAX } else { first.saturating_add(count - 1) };
        *self = Faults { made: 0, first, last };
    }

    /// Ends the plan; returns how many allocations were asked for since it began.
    pub fn end(&mut self) -> u64 {
        core::mem::replace(self, Faults::NONE).made
    }

    /// Counts an allocation and says whether it is to fail.
    pub fn fails_now(&mut self) -> bool {
        self.made += 1;
        (self.first..=self.last).contains(&self.made)
    }
}
