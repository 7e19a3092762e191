//! Which registers an instruction reads, keeps and writes.
//!
//! Invariant: a register that an instruction touches in its own frame is below `frame`.
#![forbid(unsafe_code)]

use crate::bytecode::opcode::{Instruction, Opcode, Operand};

/// A set of registers, a bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Set([u64; WORDS]);

const WORDS: usize = 4;

impl Set {
    pub const EMPTY: Set = Set([0; WORDS]);
    pub const ALL: Set = Set([u64::MAX; WORDS]);

    /// All below `end`.
    pub fn below(end: u32) -> Set {
        let mut set = Set::EMPTY;
        set.add_all(Range { first: 0, end });
        set
    }

    pub fn add(&mut self, register: u32) {
        if let Some(word) = self.0.get_mut(register as usize / 64) {
            *word |= 1 << (register % 64);
        }
    }

    /// Adds every register of a range.
    pub fn add_all(&mut self, range: Range) {
        for (number, word) in self.0.iter_mut().enumerate() {
            *word |= range.mask(number);
        }
    }

    /// Keeps what is below `end`.
    pub fn keep_below(&mut self, end: u32) {
        let range = Range { first: 0, end };
        for (number, word) in self.0.iter_mut().enumerate() {
            *word &= range.mask(number);
        }
    }

    pub fn and(&self, other: &Set) -> Set {
        Set(core::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    pub fn or(&self, other: &Set) -> Set {
        Set(core::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    pub fn contains(&self, register: u32) -> bool {
        self.0.get(register as usize / 64).is_some_and(|word| word >> (register % 64) & 1 != 0)
    }

    /// The highest register of a range that is not in the set.
    pub fn highest_missing(&self, range: Range) -> Option<u32> {
        (range.first..range.end).rev().find(|register| !self.contains(*register))
    }

    /// The highest register in the set.
    pub fn highest(&self) -> Option<u32> {
        let word = self.0.iter().rposition(|word| *word != 0)?;
        Some(word as u32 * 64 + self.0[word].ilog2())
    }
}

/// The registers from `first` on, below `end`.
#[derive(Clone, Copy)]
pub struct Range {
    pub first: u32,
    pub end: u32,
}

impl Range {
    const EMPTY: Range = Range { first: 0, end: 0 };

    /// Its bits in a word of a set.
    fn mask(self, word: usize) -> u64 {
        let base = word as u32 * 64;
        let below = |end: u32| match end.saturating_sub(base) {
            count @ 0..64 => (1 << count) - 1,
            _ => u64::MAX,
        };
        below(self.end) & !below(self.first)
    }
}

/// A few ranges.
#[derive(Clone, Copy)]
pub struct Ranges {
    items: [Range; MOST],
    count: usize,
}

/// Three operands, and what the opcode adds.
const MOST: usize = 5;

impl Ranges {
    const NONE: Ranges = Ranges { items: [Range::EMPTY; MOST], count: 0 };

    fn push(&mut self, first: u32, end: u32) {
        if let Some(item) = self.items.get_mut(self.count) {
            *item = Range { first, end };
            self.count += 1;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Range> {
        self.items.into_iter().take(self.count)
    }
}

/// The registers of one instruction.
pub struct Registers {
    /// The frame must have so many.
    pub frame: u32,
    /// These must hold values.
    pub reads: Ranges,
    /// Those below stay what they were; from here on another frame may have been.
    pub keeps: u32,
    /// These hold values then.
    pub writes: Ranges,
}

/// More than there are registers.
pub const NO_OTHER_FRAME: u32 = 256;

impl Registers {
    /// The registers of `instruction`, which follows `previous`.
    pub fn of(instruction: Instruction, previous: Instruction) -> Registers {
        let mut registers = Registers { frame: 0, reads: Ranges::NONE, keeps: NO_OTHER_FRAME, writes: Ranges::NONE };
        let values = [instruction.a(), instruction.b(), instruction.c()];
        for (operand, value) in instruction.row().operands.into_iter().zip(values) {
            match operand {
                Operand::Write => registers.write(value, value + 1),
                Operand::Read => registers.read(value, value + 1),
                Operand::Either | Operand::Method if !instruction.k() => registers.read(value, value + 1),
                _ => {}
            }
        }
        registers.special(instruction);
        if instruction.takes_open() {
            registers.reads.push(instruction.a(), previous.a());
        }
        if instruction.opcode().is_metamethod() {
            // The result goes where the arithmetic before would have put its own.
            registers.write(previous.a(), previous.a() + 1);
        }
        registers
    }

    fn read(&mut self, first: u32, end: u32) {
        self.frame = self.frame.max(end);
        self.reads.push(first, end);
    }

    fn write(&mut self, first: u32, end: u32) {
        self.frame = self.frame.max(end);
        self.writes.push(first, end);
    }

    /// Opcodes whose operands are ranges, or that leave room for other frames.
    fn special(&mut self, instruction: Instruction) {
        let (a, b, c) = (instruction.a(), instruction.b(), instruction.c());
        match instruction.opcode() {
            Opcode::LOADNIL => self.write(a, a + b + 1),
            Opcode::SELF => self.write(a, a + 2),
            // The collector may run finalizers right above A.
            Opcode::NEWTABLE | Opcode::CLOSURE => self.keeps = a + 1,
            Opcode::CONCAT => {
                self.read(a, a + b);
                self.keeps = a + 1;
            }
            Opcode::CLOSE => (self.frame, self.keeps) = (a, a),
            Opcode::CALL => {
                self.read(a, a + b.max(1));
                self.write(a, a + c.saturating_sub(1));
                self.keeps = a;
            }
            Opcode::TAILCALL => {
                self.read(a, a + b.max(1));
                self.keeps = a;
            }
            Opcode::RETURN => self.read(a, a + b.saturating_sub(1)),
            Opcode::RETURN0 => self.frame = a,
            Opcode::FORPREP | Opcode::FORLOOP => {
                self.read(a, a + 3);
                self.write(a + 3, a + 4);
            }
            Opcode::TFORPREP => self.read(a + 3, a + 4),
            Opcode::TFORCALL => {
                self.read(a, a + 3);
                self.write(a + 4, a + 4 + c);
                (self.frame, self.keeps) = (self.frame.max(a + 7), a + 4);
            }
            Opcode::TFORLOOP => {
                self.read(a + 4, a + 5);
                self.write(a + 2, a + 3);
            }
            Opcode::SETLIST => self.read(a, a + b + 1),
            Opcode::VARARG => {
                self.write(a, a + c.saturating_sub(1));
                self.keeps = if c == 0 { a } else { NO_OTHER_FRAME };
            }
            _ => {}
        }
    }
}
