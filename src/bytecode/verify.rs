//! Checks each instruction of a function: its operands and its jump target. `rules` checks the instructions next to it.
//!
//! Invariant: everything that the machine assumes without a check (`lvm.c`, `ldebug.c`) is true of every instruction,
//! reached or not. `flow` checks what depends on the path.
#![forbid(unsafe_code)]

use crate::bytecode::at::At;
use crate::bytecode::bad_bytecode::Noted;
use crate::bytecode::flow::{self, Targets};
use crate::bytecode::function::{Constant, Function};
use crate::bytecode::opcode::{Opcode, Operand, Row, fact};
use crate::bytecode::registers::Registers;

/// Verifies the code of `function`.
pub fn check_code(function: &Function<'_>) -> Result<(), Noted> {
    let length = function.code.length();
    let mut targets = Targets::new(function)?;
    let mut closes = false;
    for index in 0..length {
        let at = At::new(function, index);
        let row = at.instruction.row();
        at.operands(row)?;
        if row.is(fact::BRANCHES) {
            at.mark_jump(&mut targets)?;
        }
        closes |= row.is(fact::CLOSES) && at.must_close();
    }
    At::new(function, 0).begins()?;
    for index in 0..length {
        let at = At::new(function, index);
        let row = at.instruction.row();
        if index + 1 == length {
            at.ends()?;
        }
        if row.is(fact::RULES) {
            at.rules(row, &targets, closes)?;
        }
    }
    flow::check(function, targets)
}

impl At<'_> {
    fn operands(&self, row: &Row) -> Result<(), Noted> {
        let frame = self.frame(row);
        if frame > self.function.registers.into() {
            return self.refuse("register # of @", frame - 1, self.function.registers);
        }
        if row.is(fact::NAMES) {
            if row.opcode == Opcode::UNKNOWN {
                return self.refuse("no opcode is #", self.instruction.number(), 0);
            }
            let [a, b, c] = row.operands;
            self.operand(a, self.instruction.a())?;
            self.operand(b, self.instruction.b())?;
            self.operand(c, self.instruction.c())?;
        }
        Ok(())
    }

    /// The number of registers that the instruction assumes.
    fn frame(&self, row: &Row) -> u32 {
        let end = |facts, register: u32| if row.is(facts) { register + 1 } else { 0 };
        let a = end(fact::READS_A | fact::WRITES_A, self.instruction.a());
        let b = end(fact::READS_B, self.instruction.b());
        let c = end(fact::READS_C, self.instruction.c());
        let mut frame = a.max(b).max(c);
        if row.is(fact::RANGES) {
            frame = frame.max(Registers::of(self.instruction).frame);
        }
        if row.is(fact::METAMETHOD) {
            frame = frame.max(self.previous().a() + 1);
        }
        frame
    }

    fn operand(&self, operand: Operand, value: u32) -> Result<(), Noted> {
        use Constant::{Float, Integer, LongString, ShortString};
        let wide = self.instruction.bx();
        match operand {
            Operand::Free | Operand::Read | Operand::Write => Ok(()),
            Operand::Upvalue => self.below("upvalue # of @", value, self.function.upvalues.count()),
            Operand::Constant | Operand::Either => self.constant(value).map(drop),
            Operand::WideConstant => self.constant(wide).map(drop),
            Operand::Prototype => self.below("nested function # of @", wide, self.function.nested.len()),
            Operand::Number => self.constant_of(value, &[Integer, Float], "constant # is no number"),
            Operand::Integer => self.constant_of(value, &[Integer], "constant # is no integer"),
            Operand::Field => self.constant_of(value, &[ShortString], "constant # is no short string"),
            Operand::Method => self.constant_of(value, &[ShortString, LongString], "constant # is no string"),
        }
    }

    /// Marks the target of a jump, which must be inside the code.
    fn mark_jump(&self, targets: &mut Targets) -> Result<(), Noted> {
        let Some(target) = self.instruction.jump(self.index) else { return Ok(()) };
        match usize::try_from(target) {
            Ok(inside) if inside < self.function.code.length() => {
                // The target of a test needs no mark: a jump is before it, and after a jump every target is allowed.
                if !self.instruction.opcode().is_test() {
                    targets.mark(inside);
                }
                Ok(())
            }
            _ => self.refuse("a jump to # of @", target, self.function.code.length() as u32),
        }
    }

    /// Leaves a variable that only a return with k closes.
    fn must_close(&self) -> bool {
        match self.instruction.opcode() {
            Opcode::TBC | Opcode::TFORPREP => true,
            Opcode::CLOSURE => {
                let nested = self.function.nested.get(self.instruction.bx() as usize);
                nested.is_some_and(|upvalues| upvalues.registers().next().is_some())
            }
            _ => false,
        }
    }
}
