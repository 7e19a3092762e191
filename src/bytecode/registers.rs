//! Which registers an instruction reads, keeps and writes.
//!
//! Invariant: a register that an instruction touches in its own frame is below `frame`.
#![forbid(unsafe_code)]

use crate::bytecode::opcode::{Instruction, Opcode, Operand};

/// A set of registers, a bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Set([u64; 4]);

impl Set {
    pub const EMPTY: Set = Set([0; 4]);
    pub const ALL: Set = Set([u64::MAX; 4]);

    /// All below `end`.
    #[inline(never)]
    pub fn below(end: u32) -> Set {
        Set([0, 64, 128, 192].map(|first| match end.saturating_sub(first) {
            count @ 0..64 => (1 << count) - 1,
            _ => u64::MAX,
        }))
    }

    /// From `first` on, below `end`.
    pub fn range(first: u32, end: u32) -> Set {
        Set::below(end).without(&Set::below(first))
    }

    pub fn add(&mut self, register: u32) {
        *self = self.or(&Set::range(register, register + 1));
    }

    pub fn and(&self, other: &Set) -> Set {
        Set(core::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    pub fn or(&self, other: &Set) -> Set {
        Set(core::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    pub fn without(&self, other: &Set) -> Set {
        Set(core::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    pub fn contains(&self, register: u32) -> bool {
        *self != self.without(&Set::range(register, register + 1))
    }

    /// The highest register in the set.
    pub fn highest(&self) -> Option<u32> {
        let word = self.0.iter().rposition(|word| *word != 0)?;
        Some(word as u32 * 64 + self.0[word].ilog2())
    }
}

/// The registers of one instruction.
pub struct Registers {
    /// The frame must have so many.
    pub frame: u32,
    /// These must hold values.
    pub reads: Set,
    /// Those below stay what they were; from here on another frame may have been.
    pub keeps: u32,
    /// These hold values then.
    pub writes: Set,
}

/// More than there are registers.
const NO_OTHER_FRAME: u32 = 256;

impl Registers {
    /// The registers of `instruction`, which follows `previous`.
    pub fn of(instruction: Instruction, previous: Instruction) -> Registers {
        let none = Set::EMPTY;
        let mut registers = Registers { frame: 0, reads: none, keeps: NO_OTHER_FRAME, writes: none };
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
            registers.reads = registers.reads.or(&Set::range(instruction.a(), previous.a()));
        }
        if instruction.opcode().is_metamethod() {
            // The result goes where the arithmetic before would have put its own.
            registers.write(previous.a(), previous.a() + 1);
        }
        registers
    }

    #[inline(never)]
    fn read(&mut self, first: u32, end: u32) {
        self.frame = self.frame.max(end);
        self.reads = self.reads.or(&Set::range(first, end));
    }

    #[inline(never)]
    fn write(&mut self, first: u32, end: u32) {
        self.frame = self.frame.max(end);
        self.writes = self.writes.or(&Set::range(first, end));
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
