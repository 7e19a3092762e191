//! The least of many byte strings, in their order: memory for those that are kept, however many there are.
//!
//! Invariant: a heap whose first entry is the greatest one that is kept.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::budget::{self, cost};
use crate::memory::{self, NoMemory};

/// A byte string, and a number that belongs to it.
pub struct Entry {
    /// What is compared.
    pub bytes: Vec<u8>,
    /// Whatever the owner wants to know.
    pub note: u32,
}

/// The least entries.
pub struct Best {
    entries: Vec<Entry>,
    most: usize,
}

impl Best {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Best {
        Best { entries: Vec::new(), most }
    }

    /// Takes an entry, if it is one of the least; whether it, or another one in its place, was left out.
    pub fn offer(&mut self, bytes: &[u8], note: u32) -> Result<bool, NoMemory> {
        let is_full = self.entries.len() == self.most;
        if is_full && !self.entries.first().is_some_and(|greatest| is_less(bytes, &greatest.bytes)) {
            return Ok(true);
        }
        let entry = Entry { bytes: memory::copied(bytes)?, note };
        if is_full {
            self.entries[0] = entry;
            self.sink(0, self.most);
        } else {
            memory::push(&mut self.entries, entry)?;
            self.rise(self.entries.len() - 1);
        }
        Ok(is_full)
    }

    /// Whether as many as wanted are kept, and all of them are before whatever begins so.
    pub fn is_behind_all(&self, beginning: &[u8]) -> bool {
        let greatest = self.entries.first().filter(|_| self.entries.len() == self.most);
        greatest.is_some_and(|greatest| !greatest.bytes.starts_with(beginning) && is_less(&greatest.bytes, beginning))
    }

    fn is_less(&self, one: usize, other: usize) -> bool {
        is_less(&self.entries[one].bytes, &self.entries[other].bytes)
    }

    fn rise(&mut self, mut at: usize) {
        while at > 0 && self.is_less((at - 1) / 2, at) {
            self.entries.swap((at - 1) / 2, at);
            at = (at - 1) / 2;
        }
    }

    fn sink(&mut self, mut at: usize, length: usize) {
        loop {
            let mut greatest = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < length && self.is_less(greatest, child) {
                    greatest = child;
                }
            }
            if greatest == at {
                return;
            }
            self.entries.swap(at, greatest);
            at = greatest;
        }
    }

    /// What is kept, the least first.
    pub fn sort(&mut self) -> &[Entry] {
        for length in (1..self.entries.len()).rev() {
            self.entries.swap(0, length);
            self.sink(0, length);
        }
        &self.entries
    }
}

fn is_less(one: &[u8], other: &[u8]) -> bool {
    budget::spend(1 + one.len().min(other.len()) / cost::BYTES_COMPARED);
    one < other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::state::exclusive;
    use cu_random::Random;

    #[test]
    fn the_least_are_kept_in_their_order() {
        let _turn = exclusive();
        let mut random = Random::from_environment(0);
        for _ in 0..300 {
            let (count, most) = (random.below(60), 1 + random.below(30));
            let mut best = Best::new(most);
            let mut all: Vec<(Vec<u8>, u32)> = Vec::new();
            for note in 0..count as u32 {
                let bytes: Vec<u8> =
                    (0..1 + random.below(3)).map(|_| random.below(4) as u8).chain([note as u8]).collect();
                let left_out = best.offer(&bytes, note).expect("there is memory");
                all.push((bytes, note));
                assert_eq!(left_out, all.len() > most);
            }
            all.sort();
            all.truncate(most);
            let found: Vec<_> = best.sort().iter().map(|entry| (entry.bytes.clone(), entry.note)).collect();
            assert_eq!(found, all);
        }
    }
}
