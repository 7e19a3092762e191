//! Sets of registers, and the registers that an instruction reads, keeps and writes.
//!
//! Invariant: a register that an instruction touches in its own frame is below `frame`.
#![forbid(unsafe_code)]

use crate::bytecode::instruction::Instruction;
use crate::bytecode::opcode::Opcode;

/// A set of registers, a bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Set([u64; WORDS]);

const WORDS: usize = 4;

impl Set {
    pub const EMPTY: Set = Set([0; WORDS]);
    pub const ALL: Set = Set([u64::MAX; WORDS]);

    /// All below `end`.
    pub fn below(end: u32) -> Set {
        Set(core::array::from_fn(|word| self::below(end, word)))
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
        for (number, word) in self.0.iter_mut().enumerate() {
            *word &= below(end, number);
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

    pub fn contains_all(&self, range: Range) -> bool {
        self.0.iter().enumerate().all(|(number, word)| range.mask(number) & !word == 0)
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
    const NONE: Range = Range { first: 0, end: 0 };

    /// Its bits in a word of a set.
    fn mask(self, word: usize) -> u64 {
        below(self.end, word) & !below(self.first, word)
    }
}

/// The bits of the registers below `end` in a word of a set.
fn below(end: u32, word: usize) -> u64 {
    let count = end.saturating_sub(word as u32 * 64).min(64);
    u64::MAX.checked_shr(64 - count).unwrap_or(0)
}

/// The registers of one instruction that are not single operands.
pub struct Registers {
    /// The frame must have so many registers.
    pub frame: u32,
    /// These must hold values.
    pub reads: Range,
    /// Registers below this keep their values. From this one on, another frame may have used them.
    pub keeps: u32,
    /// These hold values after it.
    pub writes: Range,
}

/// More than there are registers.
pub const NO_OTHER_FRAME: u32 = 256;

impl Registers {
    /// The registers of `instruction`, without the open results that it takes.
    pub fn of(instruction: Instruction) -> Registers {
        let (a, b, c) = (instruction.a(), instruction.b(), instruction.c());
        let from_a = |count: u32| Range { first: a, end: a + count };
        let of = |reads: Range, writes: Range, keeps: u32| Registers {
            frame: reads.end.max(writes.end),
            reads,
            keeps,
            writes,
        };
        let results = from_a(c.saturating_sub(1));
        match instruction.opcode() {
            Opcode::LOADNIL => of(Range::NONE, from_a(b + 1), NO_OTHER_FRAME),
            Opcode::SELF => of(Range::NONE, from_a(2), NO_OTHER_FRAME),
            // The collector may run finalizers in the registers directly above A.
            Opcode::NEWTABLE | Opcode::CLOSURE => of(Range::NONE, Range::NONE, a + 1),
            Opcode::CONCAT => of(from_a(b), Range::NONE, a + 1),
            Opcode::CLOSE => of(from_a(0), Range::NONE, a),
            Opcode::CALL => of(from_a(b.max(1)), results, a),
            Opcode::TAILCALL => of(from_a(b.max(1)), Range::NONE, a),
            Opcode::RETURN => of(from_a(b.saturating_sub(1)), Range::NONE, NO_OTHER_FRAME),
            Opcode::RETURN0 => of(from_a(0), Range::NONE, NO_OTHER_FRAME),
            Opcode::FORPREP | Opcode::FORLOOP => {
                Registers { frame: a + 4, ..of(from_a(3), Range::NONE, NO_OTHER_FRAME) }
            }
            Opcode::TFORPREP => of(Range { first: a + 3, end: a + 4 }, Range::NONE, NO_OTHER_FRAME),
            Opcode::TFORCALL => {
                let registers = of(from_a(3), Range { first: a + 4, end: a + 4 + c }, a + 4);
                Registers { frame: registers.frame.max(a + 7), ..registers }
            }
            Opcode::TFORLOOP => {
                of(Range { first: a + 4, end: a + 5 }, Range { first: a + 2, end: a + 3 }, NO_OTHER_FRAME)
            }
            Opcode::SETLIST => of(from_a(b + 1), Range::NONE, NO_OTHER_FRAME),
            Opcode::VARARG => of(Range::NONE, results, if c == 0 { a } else { NO_OTHER_FRAME }),
            _ => of(Range::NONE, Range::NONE, NO_OTHER_FRAME),
        }
    }

    /// Adds the open results, which begin where `opener` left them.
    pub fn with_open(mut self, opener: Instruction) -> Registers {
        self.reads.end = self.reads.end.max(opener.a());
        self
    }
}
