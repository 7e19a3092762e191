//! The place of each instruction sequence of a function within its parent.
//!
//! Invariant: following parents from any sequence in the map ends at the function's entry.

use std::collections::HashMap;
use walrus::LocalFunction;
use walrus::ir::{Block, IfElse, Instr, InstrSeqId, Loop};

/// The place of one sequence.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The sequence around it.
    pub parent: InstrSeqId,
    /// Which instruction of the parent it belongs to.
    pub index: usize,
    /// Whether a branch to it goes back to its start.
    pub is_loop: bool,
}

/// The places of all sequences of one function but its entry.
#[derive(Debug)]
pub struct Nesting {
    places: HashMap<InstrSeqId, Place>,
}

impl Nesting {
    /// Walks `function` once.
    pub fn of(function: &LocalFunction) -> Nesting {
        let mut places = HashMap::new();
        let mut waiting = vec![function.entry_block()];
        while let Some(parent) = waiting.pop() {
            for (index, (instruction, _)) in function.block(parent).instrs.iter().enumerate() {
                let is_loop = matches!(instruction, Instr::Loop(_));
                for child in children(instruction) {
                    places.insert(child, Place { parent, index, is_loop });
                    waiting.push(child);
                }
            }
        }
        Nesting { places }
    }

    /// The place of `sequence`; none for the function's entry.
    pub fn place(&self, sequence: InstrSeqId) -> Option<Place> {
        self.places.get(&sequence).copied()
    }
}

/// The sequences directly within `instruction`, in the order of their code.
pub fn children(instruction: &Instr) -> impl Iterator<Item = InstrSeqId> + use<> {
    let (first, second) = match instruction {
        Instr::Block(Block { seq }) | Instr::Loop(Loop { seq }) => (Some(*seq), None),
        Instr::IfElse(IfElse { consequent, alternative }) => (Some(*consequent), Some(*alternative)),
        _ => (None, None),
    };
    first.into_iter().chain(second)
}
