//! The calls of one function that may raise, and the code to add after each of them.
//!
//! Invariant: the plan has only reachable calls, in the order of the code, so that equal inputs give
//! equal outputs and the counts match the output.

use crate::exits;
use crate::nesting::{Nesting, children};
use crate::pseudo::Pseudo;
use crate::reach::Reach;
use crate::tail::Body;
use std::collections::HashSet;
use walrus::ir::{Call, CallIndirect, Instr, InstrSeqId};
use walrus::{FunctionId, GlobalId, LocalFunction, Module, ModuleFunctions};

/// How the code after a call changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The call is `throw`: set the flag and leave. The rest of the sequence is dead.
    Raise,
    /// The callee never returns normally, so it has raised: leave. The rest is dead.
    Leave,
    /// Leave if the flag is set.
    Check,
    /// Continue: the code after the call is harmless while unwinding.
    Nothing,
}

/// One call that may raise.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The sequence the call is in.
    pub sequence: InstrSeqId,
    /// Its index there.
    pub index: usize,
    /// The change after it.
    pub after: After,
}

/// The facts about the whole module.
pub struct Analysis {
    /// The functions that may raise.
    pub reach: Reach,
    never_returning: HashSet<FunctionId>,
    throw: FunctionId,
    stack_pointer: GlobalId,
}

impl Analysis {
    /// Analyses `module`.
    pub fn of(module: &Module, pseudo: Pseudo, stack_pointer: GlobalId) -> Analysis {
        Analysis {
            reach: Reach::find(module, pseudo.throw),
            never_returning: exits::find_never_returning(module, pseudo.throw),
            throw: pseudo.throw,
            stack_pointer,
        }
    }

    /// Plans the calls of `function`.
    pub fn sites(&self, module: &Module, function: &LocalFunction) -> Vec<Site> {
        let nesting = Nesting::of(function);
        let (types, stack_pointer) = (&module.types, self.stack_pointer);
        let body = Body { function, nesting: &nesting, types, stack_pointer };
        let mut planner = Planner { analysis: self, functions: &module.funcs, body, sites: vec![] };
        planner.plan(function.entry_block());
        planner.sites
    }
}

struct Planner<'a> {
    analysis: &'a Analysis,
    functions: &'a ModuleFunctions,
    body: Body<'a>,
    sites: Vec<Site>,
}

impl Planner<'_> {
    fn plan(&mut self, sequence: InstrSeqId) {
        let body = self.body;
        for (index, (instruction, _)) in body.function.block(sequence).instrs.iter().enumerate() {
            for child in children(instruction) {
                self.plan(child);
            }
            if !self.analysis.reach.is_raising_call(body.types, instruction) {
                continue;
            }
            let after = self.after(sequence, index, instruction);
            self.sites.push(Site { sequence, index, after });
            if matches!(after, After::Raise | After::Leave) {
                return;
            }
        }
    }

    fn after(&self, sequence: InstrSeqId, index: usize, call: &Instr) -> After {
        let (callee, ty) = match call {
            Instr::Call(Call { func }) => (Some(*func), self.functions.get(*func).ty()),
            Instr::CallIndirect(CallIndirect { ty, .. }) => (None, *ty),
            _ => unreachable!("only calls raise"),
        };
        let results = self.body.types.results(ty).len();
        if callee == Some(self.analysis.throw) {
            After::Raise
        } else if self.body.needs_no_check(sequence, index, results) {
            After::Nothing
        } else if callee.is_some_and(|callee| self.analysis.never_returning.contains(&callee)) {
            After::Leave
        } else {
            After::Check
        }
    }
}
