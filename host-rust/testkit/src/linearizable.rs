//! Whether what several clients saw could have happened one after another: each operation at one moment between its beginning and its
//! end (Wing and Gong, with a memory of what was tried, after Lowe).
//!
//! Invariant: an operation without an end may have happened at any moment after its beginning, or never; nothing is known of its
//! answer.

use std::collections::HashSet;
use std::hash::Hash;

/// What a client asked, and when.
#[derive(Clone, Debug)]
pub struct Operation<T> {
    pub begins: u64,
    /// When its answer came, if one came.
    pub ends: Option<u64>,
    /// What was asked, and what was answered.
    pub what: T,
}

/// What operations do when they come one after another.
pub trait Model: Clone + Eq + Hash {
    type What;

    /// Does it; false if the answer cannot be that one. Without an answer everything is right.
    fn apply(&mut self, what: &Self::What, is_answered: bool) -> bool;
}

/// Checks a history. An error is the longest part of it that has an order, and what comes next in none.
pub fn linearizable<M: Model>(start: M, history: &[Operation<M::What>]) -> Result<(), String>
where
    M::What: std::fmt::Debug,
{
    let mut order: Vec<&Operation<M::What>> = history.iter().collect();
    order.sort_by_key(|operation| operation.begins);
    let answered = order.iter().filter(|operation| operation.ends.is_some()).count();
    let mut tried = HashSet::new();
    let mut open = vec![Try { done: vec![0; order.len().div_ceil(64)], first: 0, answered: 0, model: start }];
    let mut longest = open[0].clone();
    while let Some(at) = open.pop() {
        if at.answered == answered {
            return Ok(());
        }
        if at.answered > longest.answered {
            longest = at.clone();
        }
        for number in at.candidates(&order).into_iter().rev() {
            let mut next = at.clone();
            let operation = order[number];
            if !next.model.apply(&operation.what, operation.ends.is_some()) {
                continue;
            }
            next.answered += usize::from(operation.ends.is_some());
            next.mark(number);
            if tried.insert((next.done.clone(), next.model.clone())) {
                open.push(next);
            }
        }
    }
    let next: Vec<_> = longest.candidates(&order).into_iter().map(|number| order[number]).collect();
    Err(format!("{} of {answered} operations have an order; none of these can come next: {next:#?}", longest.answered))
}

/// Operations that have been put in order, and what is there after them.
#[derive(Clone)]
struct Try<M> {
    /// A bit for each operation.
    done: Vec<u64>,
    /// All before this one are done.
    first: usize,
    answered: usize,
    model: M,
}

impl<M> Try<M> {
    fn is_done(&self, number: usize) -> bool {
        self.done[number / 64] >> (number % 64) & 1 == 1
    }

    fn mark(&mut self, number: usize) {
        self.done[number / 64] |= 1 << (number % 64);
        while self.first < self.done.len() * 64 && self.is_done(self.first) {
            self.first += 1;
        }
    }

    /// Those that began before any other one had ended.
    fn candidates<T>(&self, order: &[&Operation<T>]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut end = u64::MAX;
        for (number, operation) in order.iter().enumerate().skip(self.first) {
            if operation.begins > end {
                break;
            }
            if !self.is_done(number) {
                found.push(number);
                end = end.min(operation.ends.unwrap_or(u64::MAX));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use cu_random::Random;

    use super::*;

    /// A register.
    #[derive(Clone, Copy, Debug)]
    pub enum Register {
        Write(u8),
        Read(u8),
    }
    use Register::{Read, Write};

    impl Model for u8 {
        type What = Register;

        fn apply(&mut self, what: &Register, is_answered: bool) -> bool {
            match what {
                Write(value) => {
                    *self = *value;
                    true
                }
                Read(value) => !is_answered || self == value,
            }
        }
    }

    fn operation(begins: u64, ends: u64, what: Register) -> Operation<Register> {
        Operation { begins, ends: Some(ends), what }
    }

    fn is_right(history: &[Operation<Register>]) -> bool {
        linearizable(0_u8, history).is_ok()
    }

    #[test]
    fn histories_that_are_known_are_told_apart() {
        assert!(is_right(&[]));
        // One after another.
        assert!(is_right(&[operation(0, 1, Write(1)), operation(2, 3, Read(1))]));
        assert!(!is_right(&[operation(0, 1, Write(1)), operation(2, 3, Read(0))]), "an old value");
        // At the same time, each order is right, but one order for all.
        for seen in [[0, 0], [0, 1], [1, 1]] {
            let reads = [operation(1, 2, Read(seen[0])), operation(3, 4, Read(seen[1]))];
            assert!(is_right(&[&[operation(0, 9, Write(1))][..], &reads].concat()), "{seen:?}");
        }
        assert!(!is_right(&[operation(0, 9, Write(1)), operation(1, 2, Read(1)), operation(3, 4, Read(0))]), "back");
        // Two clients that see two writes in different orders.
        let writes = [operation(0, 1, Write(1)), operation(0, 1, Write(2))];
        let reads = [operation(2, 3, Read(1)), operation(4, 5, Read(2))];
        assert!(!is_right(&[&writes[..], &reads].concat()));
        // One without an answer may be late, or never come, and is there once.
        let lost = Operation { begins: 0, ends: None, what: Write(1) };
        assert!(is_right(&[lost.clone(), operation(5, 6, Read(0)), operation(7, 8, Read(1))]));
        assert!(is_right(&[lost.clone(), operation(5, 6, Read(0))]));
        let late = [operation(5, 6, Read(1)), operation(7, 8, Write(2)), operation(9, 10, Read(1))];
        assert!(!is_right(&[&[lost][..], &late].concat()));
        let error = linearizable(0_u8, &[operation(0, 1, Write(1)), operation(2, 3, Read(7))]).unwrap_err();
        assert!(error.starts_with("1 of 2 operations have an order") && error.contains("Read("), "{error}");
    }

    /// All orders, for histories that are short enough.
    fn slowly(model: u8, left: &[Operation<Register>]) -> bool {
        if left.iter().all(|operation| operation.ends.is_none()) {
            return true;
        }
        let end = left.iter().filter_map(|operation| operation.ends).min().unwrap_or(u64::MAX);
        (0..left.len()).filter(|number| left[*number].begins <= end).any(|number| {
            let (mut model, mut rest) = (model, left.to_vec());
            let operation = rest.remove(number);
            model.apply(&operation.what, operation.ends.is_some()) && slowly(model, &rest)
        })
    }

    #[test]
    fn random_histories_are_judged_as_by_trying_all_orders() {
        let mut random = Random::from_environment(1);
        let mut right = 0;
        for _ in 0..3_000 {
            let history: Vec<_> = (0..1 + random.below(7))
                .map(|_| {
                    let begins = random.below(20) as u64;
                    let value = random.below(3) as u8;
                    let what = if random.one_in(2) { Write(value) } else { Read(value) };
                    let ends = (!random.one_in(6)).then(|| begins + random.below(8) as u64);
                    Operation { begins, ends, what }
                })
                .collect();
            assert_eq!(is_right(&history), slowly(0, &history), "{history:?}");
            right += u32::from(is_right(&history));
        }
        assert!((300..2_700).contains(&right), "{right} of 3000 are right");
    }
}
