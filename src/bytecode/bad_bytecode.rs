//! Why a chunk is refused: the place, the rule, and the wrong value with its limit.
//!
//! Invariant: a refusal needs no heap memory, so it can be made when memory has run out.
#![forbid(unsafe_code)]

use core::cell::Cell;
use core::fmt::{self, Display, Formatter, Write};

use crate::bytecode::opcode;

/// Why a chunk is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadBytecode {
    place: Location,
    /// ASCII; `#` stands for the value, `@` for the limit.
    reason: &'static str,
    value: i32,
    limit: i32,
}

/// The only reason that is not a fault of the chunk.
pub(super) const NO_MEMORY: &str = "not enough memory to verify # parts";

/// The place in the chunk. Functions are numbered in the order of the bytes; the main function is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// Offset in bytes.
    Byte(u32),
    /// Number of an instruction, from 0.
    Instruction { function: u32, index: u32, opcode: u8 },
}

/// Says that a refusal has been noted. It has no size, because every check returns it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted;

/// Keeps the refusal of a chunk until all checks have returned.
pub(super) struct Note(Cell<Option<BadBytecode>>);

impl Note {
    pub fn new() -> Note {
        Note(Cell::new(None))
    }

    /// Larger numbers than an `i32` are shown as the largest. Not inline: it is called in a hundred places.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, place: Location, reason: &'static str, value: i64, limit: i64) -> Noted {
        let narrow = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        self.0.set(Some(BadBytecode { place, reason, value: narrow(value), limit: narrow(limit) }));
        Noted
    }

    /// The result `checked`, with the noted refusal as its error.
    pub fn settle<T>(&self, checked: Result<T, Noted>) -> Result<T, BadBytecode> {
        let unsaid = BadBytecode { place: Location::Byte(0), reason: "refused", value: 0, limit: 0 };
        checked.map_err(|Noted| self.0.get().unwrap_or(unsaid))
    }
}

impl BadBytecode {
    /// Whether the chunk may be accepted when there is more memory.
    pub fn wants_memory(&self) -> bool {
        self.reason == NO_MEMORY
    }
}

impl Display for BadBytecode {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.place {
            Location::Byte(offset) => write!(out, "byte {offset}: ")?,
            Location::Instruction { function, index, opcode } => {
                write!(out, "instruction {index} ({}) of function {function}: ", opcode::name(opcode))?;
            }
        }
        for byte in self.reason.bytes() {
            match byte {
                b'#' => write!(out, "{}", self.value)?,
                b'@' => write!(out, "{}", self.limit)?,
                _ => out.write_char(char::from(byte))?,
            }
        }
        Ok(())
    }
}
