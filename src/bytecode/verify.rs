//! Checks each instruction of a function: its operands, where it jumps, and what must stand beside it.
//!
//! Invariant: what the machine relies on without looking (`lvm.c`, `ldebug.c`) is true of every instruction here,
//! reached or not; what depends on the path is left to `flow`.
#![forbid(unsafe_code)]

use crate::bytecode::chunk::{Constant, Function};
use crate::bytecode::flow::{self, Targets};
use crate::bytecode::opcode::{Instruction, Opcode, Operand};
use crate::bytecode::refusal::{Place, Refused};
use crate::bytecode::registers::Registers;

/// The most elements that a constructor may ask for at once: 64 MiB of values, more than any arena.
const LIST: u64 = 1 << 22;

/// The most of a table's hash part, as a logarithm plus 1.
const HASH: u32 = 31;

/// The first and the last event with a metamethod of two operands: `TM_ADD` and `TM_SHR`.
const EVENTS: core::ops::RangeInclusive<u32> = 6..=17;

/// Verifies the code of `function`.
pub fn check_code(function: &Function<'_>) -> Result<(), Refused> {
    let length = function.code.length();
    let mut targets = Targets::new(function)?;
    let mut closes = false;
    for index in 0..length {
        let at = At::new(function, index);
        at.operands()?;
        if let Some(target) = at.jump_target()? {
            targets.mark(target);
        }
        closes |= at.must_close();
    }
    for index in 0..length {
        let at = At::new(function, index);
        at.neighbours(&targets)?;
        at.special(closes)?;
    }
    flow::check(function, targets)
}

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

    pub fn refuse<T>(&self, reason: &'static str, value: impl Into<i64>, limit: impl Into<i64>) -> Result<T, Refused> {
        Err(self.refusal(reason, value.into(), limit.into()))
    }

    // Not inline: it is in fifty places.
    #[cold]
    #[inline(never)]
    fn refusal(&self, reason: &'static str, value: i64, limit: i64) -> Refused {
        let (function, index, opcode) = (self.function.number, self.index as u32, self.instruction.number());
        self.function.note.refuse(Place::Instruction { function, index, opcode }, reason, value, limit)
    }

    /// Refuses a number that is not below `limit`.
    fn below(&self, reason: &'static str, value: u32, limit: usize) -> Result<(), Refused> {
        if (value as usize) < limit { Ok(()) } else { self.refuse(reason, value, limit as u32) }
    }

    /// Refuses unless `condition`.
    fn must(&self, condition: bool, reason: &'static str) -> Result<(), Refused> {
        if condition { Ok(()) } else { self.refuse(reason, 0, 0) }
    }

    pub fn previous(&self) -> Instruction {
        self.function.code.before(self.index)
    }

    pub fn next(&self) -> Instruction {
        self.function.code.at(self.index + 1)
    }

    pub fn registers(&self) -> Registers {
        Registers::of(self.instruction, self.previous())
    }

    // Operands.

    fn operands(&self) -> Result<(), Refused> {
        let row = self.instruction.row();
        if row.opcode == Opcode::UNKNOWN {
            return self.refuse("no opcode is #", self.instruction.number(), 0);
        }
        let frame = self.registers().frame;
        if frame > self.function.registers.into() {
            return self.refuse("register # of @", frame - 1, self.function.registers);
        }
        let [a, b, c] = row.operands;
        self.operand(a, self.instruction.a())?;
        self.operand(b, self.instruction.b())?;
        self.operand(c, self.instruction.c())
    }

    fn operand(&self, operand: Operand, value: u32) -> Result<(), Refused> {
        use Constant::{Float, Integer, LongString, ShortString};
        let wide = self.instruction.bx();
        match operand {
            Operand::Free | Operand::Read | Operand::Write => Ok(()),
            Operand::Either | Operand::Method if !self.instruction.k() => Ok(()),
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

    fn constant(&self, index: u32) -> Result<Constant, Refused> {
        match self.function.constants.get(index as usize) {
            Some(constant) => Ok(*constant),
            None => self.refuse("constant # of @", index, self.function.constants.len() as u32),
        }
    }

    fn constant_of(&self, index: u32, wanted: &[Constant], reason: &'static str) -> Result<(), Refused> {
        let constant = self.constant(index)?;
        if wanted.contains(&constant) { Ok(()) } else { self.refuse(reason, index, 0) }
    }

    /// Where this may jump, inside the code.
    fn jump_target(&self) -> Result<Option<usize>, Refused> {
        let Some(target) = self.instruction.jump(self.index) else { return Ok(None) };
        match usize::try_from(target) {
            Ok(inside) if inside < self.function.code.length() => Ok(Some(inside)),
            _ => self.refuse("a jump to # of @", target, self.function.code.length() as u32),
        }
    }

    /// Leaves something that only a return with k closes.
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

    // What stands before and after.

    fn neighbours(&self, targets: &Targets) -> Result<(), Refused> {
        let (previous, next) = (self.previous(), self.next());
        let opcode = self.instruction.opcode();
        let target = targets.contains(self.index);
        self.begins(opcode)?;
        if self.index + 1 == self.function.code.length() {
            let returns = matches!(opcode, Opcode::RETURN | Opcode::RETURN0 | Opcode::RETURN1);
            self.must(returns, "the last instruction does not return")?;
        }
        if opcode.is_test() {
            self.must(next.opcode() == Opcode::JMP, "no jump follows")?;
        }
        if self.instruction.is_extended() {
            self.must(next.opcode() == Opcode::EXTRAARG, "no EXTRAARG follows")?;
        }
        if let Some(metamethod) = opcode.metamethod() {
            self.must(next.opcode() == metamethod, "its metamethod call does not follow")?;
        }
        if opcode.is_metamethod() {
            self.must(previous.opcode().metamethod() == Some(opcode), "its operation is not before")?;
        }
        if opcode == Opcode::EXTRAARG {
            self.must(previous.is_extended(), "nothing to extend before")?;
            self.must(!target, "a jump leads here")?;
        }
        if self.instruction.opens() {
            self.must(next.takes_open(), "nothing takes the open results")?;
        }
        if self.instruction.takes_open() {
            self.takes_open(previous)?;
            self.must(!target, "a jump leads here")?;
        }
        if opcode == Opcode::SELF && !self.instruction.k() {
            self.method_in_register(previous)?;
            self.must(!target, "a jump leads here")?;
        }
        if opcode == Opcode::VARARGPREP {
            self.must(!target, "a jump leads here")?;
        }
        Ok(())
    }

    /// The values up to the top begin at the opener's A, and must not begin before this instruction's.
    fn takes_open(&self, opener: Instruction) -> Result<(), Refused> {
        self.must(opener.opens(), "no open results before")?;
        let returns = self.instruction.opcode() == Opcode::RETURN;
        if opener.opcode() == Opcode::TAILCALL {
            return self.must(returns && self.instruction.a() == opener.a(), "not the return of the tail call");
        }
        let first = self.instruction.a() + u32::from(!returns);
        if first > opener.a() {
            self.refuse("open results begin at #, taken from @", opener.a(), first)
        } else {
            Ok(())
        }
    }

    /// A method's name that is constant 256 or later is loaded right before, into C.
    fn method_in_register(&self, loaded: Instruction) -> Result<(), Refused> {
        let (load, index) = match loaded.opcode() {
            Opcode::EXTRAARG => (self.function.code.before(self.index - 1), loaded.ax()),
            _ => (loaded, loaded.bx()),
        };
        let loads = matches!(
            (load.opcode(), loaded.opcode()),
            (Opcode::LOADK, Opcode::LOADK) | (Opcode::LOADKX, Opcode::EXTRAARG)
        );
        if !loads || load.a() != self.instruction.c() {
            return self.refuse("no constant is loaded into register # before", self.instruction.c(), 0);
        }
        self.constant_of(index, &[Constant::ShortString, Constant::LongString], "constant # is no string")
    }

    // Rules of single opcodes.

    fn special(&self, closes: bool) -> Result<(), Refused> {
        let (next, a, b, c) = (self.next(), self.instruction.a(), self.instruction.b(), self.instruction.c());
        match self.instruction.opcode() {
            Opcode::LOADKX => self.constant(next.ax()).map(drop),
            Opcode::NEWTABLE => {
                self.below("a hash part of 2^(# - 1) elements", b, HASH as usize + 1)?;
                self.must(self.instruction.k() == (next.ax() != 0), "k does not tell whether EXTRAARG is 0")?;
                self.list_size()
            }
            Opcode::SETLIST => self.list_size(),
            Opcode::CONCAT if b < 2 => self.refuse("a concatenation of # values", b, 0),
            Opcode::MMBIN | Opcode::MMBINI | Opcode::MMBINK if !EVENTS.contains(&c) => {
                self.refuse("no binary metamethod is #", c, 0)
            }
            Opcode::TFORPREP => {
                let call = self.function.code.at(self.index + 1 + self.instruction.bx() as usize);
                self.must(call.opcode() == Opcode::TFORCALL && call.a() == a, "not a jump to the loop's TFORCALL")
            }
            Opcode::TFORCALL => {
                self.must(next.opcode() == Opcode::TFORLOOP && next.a() == a, "no TFORLOOP follows")?;
                self.must(c >= 1, "a loop without variables")
            }
            Opcode::RETURN | Opcode::TAILCALL => self.leaves(closes),
            Opcode::RETURN0 | Opcode::RETURN1 => {
                self.must(!self.function.variadic, "the function is variadic")?;
                self.must(!closes, "variables are left open")
            }
            Opcode::VARARG => self.must(self.function.variadic, "the function is not variadic"),
            _ => Ok(()),
        }
    }

    /// C of an instruction that leaves says how many parameters lie below the frame, k that variables are closed.
    fn leaves(&self, closes: bool) -> Result<(), Refused> {
        let wanted = if self.function.variadic { u32::from(self.function.parameters) + 1 } else { 0 };
        if self.instruction.c() != wanted {
            return self.refuse("C is #, not @", self.instruction.c(), wanted);
        }
        self.must(!closes || self.instruction.k(), "variables are left open")
    }

    /// A variadic function begins with VARARGPREP, and only there is one. B is 0, or a hook would move the top first.
    fn begins(&self, opcode: Opcode) -> Result<(), Refused> {
        let prepares = opcode == Opcode::VARARGPREP;
        if prepares != (self.index == 0 && self.function.variadic) {
            return self.refuse(if prepares { "not at the beginning" } else { "no VARARGPREP" }, 0, 0);
        }
        let (parameters, wanted) = (self.instruction.a(), u32::from(self.function.parameters));
        if prepares && parameters != wanted {
            return self.refuse("# parameters, not @", parameters, wanted);
        }
        self.must(!prepares || self.instruction.b() == 0, "B is not 0")
    }

    fn list_size(&self) -> Result<(), Refused> {
        let more = if self.instruction.k() { u64::from(self.next().ax()) << 8 } else { 0 };
        let size = more + u64::from(self.instruction.c());
        if size > LIST { self.refuse("a list of # elements, at most @", size as i64, LIST as i64) } else { Ok(()) }
    }
}
