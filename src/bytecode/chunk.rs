//! Reads the header and the functions of a chunk as Lua's loader does, and has each function verified.
//!
//! Invariant: every function of an accepted chunk was verified, and nothing follows the main one.
//! From `lundump.c` and `ldump.c`:
//!
//! ```text
//! header     1B 'Lua', 54, 00, 19 93 0D 0A 1A 0A, sizes 04 08 08, integer 0x5678, float 370.5
//! upvalues   1 byte: how many the main function has
//! function   source          string, may be absent
//!            lines           first and last, numbers
//!            3 bytes         parameters; 1 if variadic; registers
//!            code            number of instructions, 4 bytes each
//!            constants       number; each a tag, then 8 bytes or a string or nothing
//!            upvalues        number; each 3 bytes: 1 if a register of the enclosing function, which, kind
//!            functions       number; the nested ones
//!            debug           lines.rs
//! number     7 bits a byte, most significant first, bit 7 set in the last
//! string     its length plus 1 as a number, bytes; 0 if absent
//! ```
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::bytecode::bad_bytecode::{BadBytecode, Note, Noted};
use crate::bytecode::function::{Constant, Function, Upvalues};
use crate::bytecode::instruction::Instructions;
use crate::bytecode::lines;
use crate::bytecode::reader::ChunkReader;
use crate::bytecode::verify::check_code;

/// Facts of a chunk that may be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Number of upvalues of the main function.
    pub upvalues: u8,
}

const HEADER: &[u8; 31] = b"\x1BLua\x54\x00\x19\x93\r\n\x1A\n\x04\x08\x08\
    \x78\x56\0\0\0\0\0\0\0\0\0\0\0\x28\x77\x40";

/// The deepest nesting that the compiler allows. When Lua loads a chunk, each level is a frame on the C stack.
const NESTING: u32 = 200;

/// The most registers that the compiler gives a function (`luaK_checkstack`); 255 is none.
const REGISTERS: u8 = 254;

/// The fewest bytes of a function: an absent source, two lines, three bytes, code of one instruction, and eight
/// counts of 0.
const FUNCTION_BYTES: usize = 1 + 2 + 3 + (1 + 4) + 3 + 4;

/// The longest string that Lua interns, `LUAI_MAXSHORTLEN`.
const SHORT_STRING: usize = 40;

/// Whether Lua may load and run `bytes`.
pub fn verify(bytes: &[u8]) -> Result<Chunk, BadBytecode> {
    let note = Note::new();
    note.settle(ChunkReader::new(bytes, &note).chunk())
}

impl<'a> ChunkReader<'a> {
    fn chunk(&mut self) -> Result<Chunk, Noted> {
        self.header()?;
        let upvalues = self.byte()?;
        let counted = self.offset;
        let main = self.function(None, 0)?.count();
        if main != usize::from(upvalues) {
            return Err(self.refuse_at(counted - 1, "# upvalues for a main function with @", upvalues.into(), main));
        }
        match self.left() {
            0 => Ok(Chunk { upvalues }),
            left => Err(self.refuse("# bytes after the main function", left, 0)),
        }
    }

    fn header(&mut self) -> Result<(), Noted> {
        for expected in HEADER {
            let byte = self.byte()?;
            if byte != *expected {
                let at = self.offset - 1;
                return Err(self.refuse_at(at, "a header's byte is #, not @", byte.into(), (*expected).into()));
            }
        }
        Ok(())
    }

    /// Reads and verifies a function inside `parent`, and the functions nested in it. Returns what it captures.
    fn function(&mut self, parent: Option<&Function<'_>>, depth: u32) -> Result<Upvalues<'a>, Noted> {
        if depth > NESTING {
            return Err(self.refuse("functions nested # deep, at most @", depth as usize, NESTING as usize));
        }
        let number = self.functions;
        self.functions += 1;
        self.string()?;
        let first_line = self.int()?;
        self.int()?;
        let parameters = self.byte()?;
        let variadic = self.byte()?;
        let variadic = self.at_most("a variadic flag of #, at most @", variadic, 1)? != 0;
        let registers = self.registers(parameters)?;
        let code = self.code()?;
        let constants = self.constants()?;
        let upvalues = self.upvalues(parent)?;
        let (nested, note) = (Vec::new(), self.note);
        let mut function =
            Function { number, parameters, variadic, registers, code, constants, upvalues, nested, note };
        self.nested(&mut function, depth)?;
        lines::read(self, &function, first_line)?;
        check_code(&function)?;
        Ok(upvalues)
    }

    fn registers(&mut self, parameters: u8) -> Result<u8, Noted> {
        let registers = self.byte()?;
        self.at_most("# registers, at most @", registers, REGISTERS)?;
        if registers < 2 {
            return Err(self.refuse_at(self.offset - 1, "# registers, at least @", registers.into(), 2));
        }
        if parameters > registers {
            let at = self.offset - 1;
            return Err(self.refuse_at(at, "# parameters in @ registers", parameters.into(), registers.into()));
        }
        Ok(registers)
    }

    fn code(&mut self) -> Result<Instructions<'a>, Noted> {
        let count = self.count(4)?;
        if count == 0 {
            return Err(self.refuse("no instruction", 0, 0));
        }
        self.take(count * 4).map(|bytes| Instructions(bytes.as_chunks().0))
    }

    fn constants(&mut self) -> Result<Vec<Constant>, Noted> {
        let count = self.count(1)?;
        let mut constants = self.room(count)?;
        for _ in 0..count {
            constants.push(self.constant()?);
        }
        Ok(constants)
    }

    fn constant(&mut self) -> Result<Constant, Noted> {
        let start = self.offset;
        match self.byte()? {
            0 | 1 | 17 => Ok(Constant::Other),
            3 => self.take(8).map(|_| Constant::Integer),
            19 => self.take(8).map(|_| Constant::Float),
            // The loader uses the length, not the tag.
            4 | 20 => match self.string()? {
                Some(0..=SHORT_STRING) => Ok(Constant::ShortString),
                Some(_) => Ok(Constant::LongString),
                None => Err(self.refuse_at(start, "a constant string that is absent", 0, 0)),
            },
            tag => Err(self.refuse_at(start, "a constant with the tag #", tag.into(), 0)),
        }
    }

    fn upvalues(&mut self, parent: Option<&Function<'_>>) -> Result<Upvalues<'a>, Noted> {
        let start = self.offset;
        let count = self.count(3)?;
        if count > usize::from(u8::MAX) {
            return Err(self.refuse_at(start, "# upvalues, at most @", count, u8::MAX.into()));
        }
        for _ in 0..count {
            let in_register = self.byte()?;
            self.at_most("an upvalue's register flag of #, at most @", in_register, 1)?;
            let index = usize::from(self.byte()?);
            // Lua never reads where a main function's upvalues come from.
            let available = parent.map_or(usize::MAX, |parent| match in_register {
                0 => parent.upvalues.count(),
                _ => parent.registers.into(),
            });
            if index >= available {
                return Err(self.refuse_at(self.offset - 1, "an upvalue from # of @", index, available));
            }
            let kind = self.byte()?;
            self.at_most("an upvalue of kind #, at most @", kind, 3)?;
        }
        Ok(Upvalues(&self.bytes[self.offset - 3 * count..self.offset]))
    }

    fn nested(&mut self, function: &mut Function<'a>, depth: u32) -> Result<(), Noted> {
        let count = self.count(FUNCTION_BYTES)?;
        function.nested = self.room(count)?;
        for _ in 0..count {
            let upvalues = self.function(Some(function), depth + 1)?;
            function.nested.push(upvalues);
        }
        Ok(())
    }
}
