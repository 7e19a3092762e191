//! An instruction in its place, which says why it is refused.
#![forbid(unsafe_code)]

use crate::bytecode::bad_bytecode::{Location, Noted};
use crate::bytecode::function::{Constant, Function};
use crate::bytecode::instruction::Instruction;

/// An instruction in its place.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub function: &'a Function<'a>,
    pub index: usize,
    pub instruction: Instruction,
}

impl<'a> At<'a> {
    pub fn new(function: &'a Function<'a>, index: usize) -> At<'a> {
        At { function, index, instruction: function.code.at(index) }
    }

    pub fn refuse<T>(&self, reason: &'static str, value: impl Into<i64>, limit: impl Into<i64>) -> Result<T, Noted> {
        Err(self.refusal(reason, value.into(), limit.into()))
    }

    // Not inline: it is in fifty places.
    #[cold]
    #[inline(never)]
    fn refusal(&self, reason: &'static str, value: i64, limit: i64) -> Noted {
        let (function, index, opcode) = (self.function.number, self.index as u32, self.instruction.number());
        self.function.note.refuse(Location::Instruction { function, index, opcode }, reason, value, limit)
    }

    /// Refuses a number that is not below `limit`.
    pub fn below(&self, reason: &'static str, value: u32, limit: usize) -> Result<(), Noted> {
        if (value as usize) < limit { Ok(()) } else { self.refuse(reason, value, limit as u32) }
    }

    /// Refuses unless `condition`.
    pub fn must(&self, condition: bool, reason: &'static str) -> Result<(), Noted> {
        if condition { Ok(()) } else { self.refuse(reason, 0, 0) }
    }

    pub fn previous(&self) -> Instruction {
        self.function.code.before(self.index)
    }

    pub fn next(&self) -> Instruction {
        self.function.code.at(self.index + 1)
    }

    pub fn constant(&self, index: u32) -> Result<Constant, Noted> {
        match self.function.constants.get(index as usize) {
            Some(constant) => Ok(*constant),
            None => self.refuse("constant # of @", index, self.function.constants.len() as u32),
        }
    }

    pub fn constant_of(&self, index: u32, wanted: &[Constant], reason: &'static str) -> Result<(), Noted> {
        let constant = self.constant(index)?;
        if wanted.contains(&constant) { Ok(()) } else { self.refuse(reason, index, 0) }
    }
}
