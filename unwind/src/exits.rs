//! Which functions never return normally: every path through them raises, traps or runs forever.
//!
//! Invariant: only the code and `throw` prove this. An `unreachable` after a call proves nothing
//! about the callee: it may be a panic compiled to a trap, and then it must still trap when the
//! callee returns.

use crate::nesting::children;
use std::collections::HashSet;
use walrus::ir::{Br, BrIf, BrTable, Call, Instr, InstrSeqId};
use walrus::{FunctionId, LocalFunction, Module};

/// Finds the functions of `module` that never return normally, `throw` included.
pub fn find_never_returning(module: &Module, throw: FunctionId) -> HashSet<FunctionId> {
    let mut never_returning = HashSet::from([throw]);
    loop {
        let found: Vec<FunctionId> = module
            .funcs
            .iter_local()
            .filter(|(id, _)| !never_returning.contains(id))
            .filter(|(_, function)| !can_return(function, &never_returning))
            .map(|(id, _)| id)
            .collect();
        if found.is_empty() {
            return never_returning;
        }
        never_returning.extend(found);
    }
}

fn can_return(function: &LocalFunction, never_returning: &HashSet<FunctionId>) -> bool {
    let mut flow = Flow { function, never_returning, targets: HashSet::new() };
    let entry = function.entry_block();
    flow.end_is_reached(entry)
}

/// A walk over the reachable code of one function.
struct Flow<'a> {
    function: &'a LocalFunction,
    never_returning: &'a HashSet<FunctionId>,
    /// Sequences that a reachable branch names; a `return` is a branch to the entry.
    targets: HashSet<InstrSeqId>,
}

impl Flow<'_> {
    /// Whether control can arrive just after `sequence`, which is not the body of a loop.
    fn end_is_reached(&mut self, sequence: InstrSeqId) -> bool {
        let falls_through = self.falls_through(sequence);
        falls_through || self.targets.contains(&sequence)
    }

    fn falls_through(&mut self, sequence: InstrSeqId) -> bool {
        let function = self.function;
        function.block(sequence).instrs.iter().all(|(instruction, _)| self.passes(instruction))
    }

    /// Whether control can reach the instruction after this one.
    fn passes(&mut self, instruction: &Instr) -> bool {
        match instruction {
            Instr::Unreachable(_) => false,
            Instr::Return(_) => self.branch(self.function.entry_block(), false),
            Instr::Br(Br { block }) => self.branch(*block, false),
            Instr::BrIf(BrIf { block }) => self.branch(*block, true),
            Instr::BrTable(BrTable { blocks, default }) => {
                self.targets.extend(blocks);
                self.branch(*default, false)
            }
            Instr::Call(Call { func }) => !self.never_returning.contains(func),
            Instr::Loop(body) => self.falls_through(body.seq),
            Instr::Block(_) | Instr::IfElse(_) => {
                let mut passes = false;
                for child in children(instruction) {
                    passes |= self.end_is_reached(child);
                }
                passes
            }
            _ => true,
        }
    }

    fn branch(&mut self, target: InstrSeqId, passes: bool) -> bool {
        self.targets.insert(target);
        passes
    }
}
