//! A function of a chunk, as it was read.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::bytecode::bad_bytecode::Note;
use crate::bytecode::instruction::Instructions;

/// What a constant may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    Other,
    Integer,
    Float,
    ShortString,
    LongString,
}

/// The upvalues of a nested function: three bytes each.
#[derive(Clone, Copy)]
pub struct Upvalues<'a>(pub &'a [u8]);

impl Upvalues<'_> {
    pub fn count(self) -> usize {
        self.0.len() / 3
    }

    /// The registers of the enclosing function that it captures.
    pub fn registers(self) -> impl Iterator<Item = u32> {
        self.0.chunks_exact(3).filter(|upvalue| upvalue[0] != 0).map(|upvalue| u32::from(upvalue[1]))
    }
}

/// A function whose code is yet to be verified.
pub struct Function<'a> {
    /// Its number in the order of the bytes.
    pub number: u32,
    pub parameters: u8,
    pub variadic: bool,
    pub registers: u8,
    pub code: Instructions<'a>,
    pub constants: Vec<Constant>,
    pub upvalues: Upvalues<'a>,
    /// What each nested function captures.
    pub nested: Vec<Upvalues<'a>>,
    pub note: &'a Note,
}
