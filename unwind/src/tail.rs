//! Decides whether a call needs no check after it.
//!
//! It needs none if the code from the call to the function's return is straight and short, has no
//! effect but to free shadow stack (which `try` restores anyway), and returns zeros if the callee
//! did. Running that code while unwinding then has the same result as leaving at once.
//!
//! Invariant: a function that may raise returns zeros while unwinding. By induction this also holds
//! for its callers without a check.

use crate::nesting::Nesting;
use std::collections::HashMap;
use walrus::ir::{
    BinaryOp, Binop, Br, Const, GlobalSet, Instr, InstrSeqId, InstrSeqType, LocalGet, LocalId, LocalSet, LocalTee,
    Value,
};
use walrus::{GlobalId, LocalFunction, ModuleTypes};

/// The longest tail: a longer one costs more time than the check that it saves. LLVM's usual tail
/// keeps the result in a local while it frees shadow stack, which takes seven instructions.
const LONGEST_TAIL: usize = 12;

/// What is known about a value while unwinding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Zero,
    Nothing,
}

/// Where control goes after an instruction of the tail.
enum Step {
    Next,
    BranchTo(InstrSeqId),
    Harm,
}

/// An instruction, by its sequence and index; one past the last is the sequence's end.
type Position = (InstrSeqId, usize);

/// The function whose calls are examined.
#[derive(Clone, Copy)]
pub struct Body<'a> {
    /// The function.
    pub function: &'a LocalFunction,
    /// The places of its sequences.
    pub nesting: &'a Nesting,
    /// The types of the module.
    pub types: &'a ModuleTypes,
    /// The shadow stack pointer.
    pub stack_pointer: GlobalId,
}

impl Body<'_> {
    /// Whether the call at `index` of `sequence`, with `call_results` results, needs no check.
    pub fn needs_no_check(self, sequence: InstrSeqId, index: usize, call_results: usize) -> bool {
        let mut tail =
            Tail { stack: vec![Known::Zero; call_results], locals: HashMap::new(), stack_pointer: self.stack_pointer };
        let mut position = (sequence, index + 1);
        for _ in 0..LONGEST_TAIL {
            let left = match self.step(&mut tail, position) {
                Step::Harm => return false,
                Step::Next => {
                    position.1 += 1;
                    continue;
                }
                Step::BranchTo(target) => target,
            };
            let results = self.result_count(left);
            tail.keep_last(results);
            match self.nesting.place(left) {
                Some(place) => position = (place.parent, place.index + 1),
                None => return tail.returns_zeros(results),
            }
        }
        false
    }

    /// Reaching the end of a sequence is like a branch to its end. This is also true for a loop,
    /// although an explicit branch to a loop repeats it.
    fn step(self, tail: &mut Tail, (sequence, index): Position) -> Step {
        let Some((instruction, _)) = self.function.block(sequence).instrs.get(index) else {
            return Step::BranchTo(sequence);
        };
        match tail.step(instruction, self.function.entry_block()) {
            Step::BranchTo(target) if self.is_loop(target) => Step::Harm,
            step => step,
        }
    }

    fn is_loop(self, sequence: InstrSeqId) -> bool {
        self.nesting.place(sequence).is_some_and(|place| place.is_loop)
    }

    fn result_count(self, sequence: InstrSeqId) -> usize {
        match self.function.block(sequence).ty {
            InstrSeqType::Simple(result) => usize::from(result.is_some()),
            InstrSeqType::MultiValue(ty) => self.types.results(ty).len(),
        }
    }
}

/// The state of a walk along the tail: the top of the operand stack, and the locals set.
struct Tail {
    stack: Vec<Known>,
    locals: HashMap<LocalId, Known>,
    stack_pointer: GlobalId,
}

impl Tail {
    fn step(&mut self, instruction: &Instr, entry: InstrSeqId) -> Step {
        match instruction {
            Instr::Const(Const { value }) => self.push(known(value)),
            Instr::LocalGet(LocalGet { local }) => {
                let value = self.locals.get(local).copied();
                self.push(value.unwrap_or(Known::Nothing))
            }
            Instr::LocalSet(LocalSet { local }) => {
                let value = self.pop();
                self.locals.insert(*local, value);
                Step::Next
            }
            Instr::LocalTee(LocalTee { local }) => {
                let value = self.pop();
                self.locals.insert(*local, value);
                self.push(value)
            }
            Instr::Drop(_) => {
                self.pop();
                Step::Next
            }
            Instr::GlobalGet(_) => self.push(Known::Nothing),
            Instr::GlobalSet(GlobalSet { global }) => self.set_global(*global),
            Instr::Binop(Binop { op: BinaryOp::I32Add | BinaryOp::I32Sub }) => {
                self.pop();
                self.pop();
                self.push(Known::Nothing)
            }
            Instr::Return(_) => Step::BranchTo(entry),
            Instr::Br(Br { block }) => Step::BranchTo(*block),
            _ => Step::Harm,
        }
    }

    /// Freeing shadow stack is harmless, except with a zero, which is not the caller's pointer.
    fn set_global(&mut self, global: GlobalId) -> Step {
        if global == self.stack_pointer && self.pop() == Known::Nothing { Step::Next } else { Step::Harm }
    }

    fn push(&mut self, value: Known) -> Step {
        self.stack.push(value);
        Step::Next
    }

    /// Values from before the call are on the stack below those known here.
    fn pop(&mut self) -> Known {
        self.stack.pop().unwrap_or(Known::Nothing)
    }

    fn keep_last(&mut self, count: usize) {
        let dropped = self.stack.len().saturating_sub(count);
        self.stack.drain(..dropped);
    }

    fn returns_zeros(&self, results: usize) -> bool {
        self.stack.len() == results && self.stack.iter().all(|value| *value == Known::Zero)
    }
}

fn known(value: &Value) -> Known {
    let is_zero = match value {
        Value::I32(value) => *value == 0,
        Value::I64(value) => *value == 0,
        Value::F32(value) => value.to_bits() == 0,
        Value::F64(value) => value.to_bits() == 0,
        Value::V128(value) => *value == 0,
    };
    if is_zero { Known::Zero } else { Known::Nothing }
}
