//! The layout of an instruction in its word, and what the word alone says.
//!
//! Invariant: any word is an instruction here. If it is not one for Lua, its opcode is `UNKNOWN`. From `lopcodes.h`:
//!
//! ```text
//! bit   31      24 23      16 15 14       7 6      0
//! ABC   C          B          k  A          opcode
//! ABx   Bx                       A          opcode     AsBx: Bx - 65535
//! Ax    Ax                                  opcode
//! sJ    sJ, written as sJ + 16777215        opcode
//! ```
#![forbid(unsafe_code)]

use crate::bytecode::opcode::{Opcode, Row};

const OPCODE_BITS: u32 = 7;
const BX_OFFSET: u32 = OPCODE_BITS + 8;
/// The offset that is added to a signed jump in the code.
const JUMP_EXCESS: i64 = (1 << 24) - 1;

/// An instruction's word.
#[derive(Clone, Copy)]
pub struct Instruction(pub u32);

impl Instruction {
    /// The instruction before the first and after the last one.
    pub const NONE: Instruction = Instruction(u32::MAX);

    pub fn number(self) -> u8 {
        (self.0 & 0x7F) as u8
    }

    pub fn row(self) -> &'static Row {
        Row::of(self.number(), self.k())
    }

    pub fn opcode(self) -> Opcode {
        self.row().opcode
    }

    pub fn a(self) -> u32 {
        self.0 >> OPCODE_BITS & 0xFF
    }

    pub fn k(self) -> bool {
        self.0 >> BX_OFFSET & 1 != 0
    }

    pub fn b(self) -> u32 {
        self.0 >> 16 & 0xFF
    }

    pub fn c(self) -> u32 {
        self.0 >> 24
    }

    pub fn bx(self) -> u32 {
        self.0 >> BX_OFFSET
    }

    pub fn ax(self) -> u32 {
        self.0 >> OPCODE_BITS
    }

    /// The target of this instruction at `index`, if it may jump; it can be outside the code.
    pub fn jump(self, index: usize) -> Option<i64> {
        let next = index as i64 + 1;
        let bx = i64::from(self.bx());
        Some(match self.opcode() {
            Opcode::JMP => next + i64::from(self.ax()) - JUMP_EXCESS,
            Opcode::FORPREP => next + bx + 1,
            Opcode::TFORPREP => next + bx,
            Opcode::FORLOOP | Opcode::TFORLOOP => next - bx,
            Opcode::LFALSESKIP => next + 1,
            opcode if opcode.is_test() => next + 1,
            _ => return None,
        })
    }

    /// Leaves a variable number of values, which the next instruction takes.
    pub fn opens(self) -> bool {
        match self.opcode() {
            Opcode::CALL | Opcode::VARARG => self.c() == 0,
            opcode => opcode == Opcode::TAILCALL,
        }
    }

    /// Takes the values that the previous instruction left.
    pub fn takes_open(self) -> bool {
        matches!(self.opcode(), Opcode::CALL | Opcode::TAILCALL | Opcode::RETURN | Opcode::SETLIST) && self.b() == 0
    }
}

/// The instructions of a function, as bytes of the chunk.
#[derive(Clone, Copy)]
pub struct Instructions<'a>(pub &'a [[u8; 4]]);

impl Instructions<'_> {
    pub fn length(self) -> usize {
        self.0.len()
    }

    /// The instruction at `index`, `NONE` outside.
    pub fn at(self, index: usize) -> Instruction {
        self.0.get(index).map_or(Instruction::NONE, |bytes| Instruction(u32::from_le_bytes(*bytes)))
    }

    /// The instruction before `index`.
    pub fn before(self, index: usize) -> Instruction {
        self.at(index.wrapping_sub(1))
    }
}
