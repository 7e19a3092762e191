//! Rules of single opcodes, and rules for the instructions before and after an instruction.
//!
//! Invariant: an instruction whose row does not have the fact `RULES` may be anywhere except at the end.
#![forbid(unsafe_code)]

use crate::bytecode::at::At;
use crate::bytecode::bad_bytecode::Noted;
use crate::bytecode::flow::Targets;
use crate::bytecode::function::Constant;
use crate::bytecode::instruction::Instruction;
use crate::bytecode::opcode::{Opcode, Row};

/// The most elements that a constructor may ask for at once: 64 MiB of values, more than any arena.
const LIST: u64 = 1 << 22;

/// The most of a table's hash part, as a logarithm plus 1.
const HASH: u32 = 31;

/// The first and the last event with a metamethod of two operands: `TM_ADD` and `TM_SHR`.
const EVENTS: core::ops::RangeInclusive<u32> = 6..=17;

impl At<'_> {
    /// A variadic function begins with VARARGPREP, and only there is one. B is 0, or a hook would move the top first.
    pub fn begins(&self) -> Result<(), Noted> {
        let prepares = self.instruction.opcode() == Opcode::VARARGPREP;
        if prepares != (self.index == 0 && self.function.variadic) {
            return self.refuse(if prepares { "not at the beginning" } else { "no VARARGPREP" }, 0, 0);
        }
        let (parameters, wanted) = (self.instruction.a(), u32::from(self.function.parameters));
        if prepares && parameters != wanted {
            return self.refuse("# parameters, not @", parameters, wanted);
        }
        self.must(!prepares || self.instruction.b() == 0, "B is not 0")
    }

    pub fn ends(&self) -> Result<(), Noted> {
        let returns = matches!(self.instruction.opcode(), Opcode::RETURN | Opcode::RETURN0 | Opcode::RETURN1);
        self.must(returns, "the last instruction does not return")
    }

    pub fn rules(&self, row: &Row, targets: &Targets, closes: bool) -> Result<(), Noted> {
        if let Some(follower) = row.follower {
            self.must(
                self.next().opcode() == follower,
                match follower {
                    Opcode::JMP => "no jump follows",
                    Opcode::EXTRAARG => "no EXTRAARG follows",
                    _ => "its metamethod call does not follow",
                },
            )?;
        }
        match row.opcode {
            Opcode::LOADKX => self.constant(self.next().ax()).map(drop),
            Opcode::NEWTABLE => self.new_table(),
            Opcode::SELF if !self.instruction.k() => {
                self.method_in_register(self.previous())?;
                self.no_target(targets)
            }
            Opcode::MMBIN | Opcode::MMBINI | Opcode::MMBINK => self.metamethod(row),
            Opcode::CONCAT if self.instruction.b() < 2 => {
                self.refuse("a concatenation of # values", self.instruction.b(), 0)
            }
            Opcode::CALL => self.open_results(targets),
            Opcode::TAILCALL | Opcode::RETURN => {
                self.open_results(targets)?;
                self.leaves(closes)
            }
            Opcode::RETURN0 | Opcode::RETURN1 => {
                self.must(!self.function.variadic, "the function is variadic")?;
                self.must(!closes, "variables are left open")
            }
            Opcode::TFORPREP | Opcode::TFORCALL => self.generic_loop(row),
            Opcode::SETLIST => {
                self.open_results(targets)?;
                self.list_size()
            }
            Opcode::VARARG => {
                self.open_results(targets)?;
                self.must(self.function.variadic, "the function is not variadic")
            }
            Opcode::VARARGPREP => {
                self.begins()?;
                self.no_target(targets)
            }
            Opcode::EXTRAARG => {
                self.must(self.previous().row().follower == Some(Opcode::EXTRAARG), "nothing to extend before")?;
                self.no_target(targets)
            }
            _ => Ok(()),
        }
    }

    fn no_target(&self, targets: &Targets) -> Result<(), Noted> {
        self.must(!targets.contains(self.index), "a jump leads here")
    }

    fn new_table(&self) -> Result<(), Noted> {
        self.below("a hash part of 2^(# - 1) elements", self.instruction.b(), HASH as usize + 1)?;
        self.must(self.instruction.k() == (self.next().ax() != 0), "k does not tell whether EXTRAARG is 0")?;
        self.list_size()
    }

    fn metamethod(&self, row: &Row) -> Result<(), Noted> {
        self.must(self.previous().row().follower == Some(row.opcode), "its operation is not before")?;
        let event = self.instruction.c();
        if EVENTS.contains(&event) { Ok(()) } else { self.refuse("no binary metamethod is #", event, 0) }
    }

    /// An instruction that leaves values up to the top, and the one that takes them, must be next to each other.
    fn open_results(&self, targets: &Targets) -> Result<(), Noted> {
        if self.instruction.opens() {
            self.must(self.next().takes_open(), "nothing takes the open results")?;
        }
        if self.instruction.takes_open() {
            self.takes_open(self.previous())?;
            self.no_target(targets)?;
        }
        Ok(())
    }

    /// The values up to the top begin at the opener's A, and must not begin before this instruction's.
    fn takes_open(&self, opener: Instruction) -> Result<(), Noted> {
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
    fn method_in_register(&self, loaded: Instruction) -> Result<(), Noted> {
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

    fn generic_loop(&self, row: &Row) -> Result<(), Noted> {
        let (next, a) = (self.next(), self.instruction.a());
        if row.opcode == Opcode::TFORPREP {
            let call = self.function.code.at(self.index + 1 + self.instruction.bx() as usize);
            return self.must(call.opcode() == Opcode::TFORCALL && call.a() == a, "not a jump to the loop's TFORCALL");
        }
        self.must(next.opcode() == Opcode::TFORLOOP && next.a() == a, "no TFORLOOP follows")?;
        self.must(self.instruction.c() >= 1, "a loop without variables")
    }

    /// C of an instruction that leaves says how many parameters lie below the frame, k that variables are closed.
    fn leaves(&self, closes: bool) -> Result<(), Noted> {
        let wanted = if self.function.variadic { u32::from(self.function.parameters) + 1 } else { 0 };
        if self.instruction.c() != wanted {
            return self.refuse("C is #, not @", self.instruction.c(), wanted);
        }
        self.must(!closes || self.instruction.k(), "variables are left open")
    }

    fn list_size(&self) -> Result<(), Noted> {
        let more = if self.instruction.k() { u64::from(self.next().ax()) << 8 } else { 0 };
        let size = more + u64::from(self.instruction.c());
        if size > LIST { self.refuse("a list of # elements, at most @", size as i64, LIST as i64) } else { Ok(()) }
    }
}
