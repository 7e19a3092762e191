//! Why a chunk is refused: where, what, and the offending value beside its limit.
//!
//! Invariant: a refusal owns no memory, so that one can be made when there is none.
#![forbid(unsafe_code)]

use core::cell::Cell;
use core::fmt::{self, Display, Formatter, Write};

use crate::bytecode::opcode;

/// Why a chunk is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    place: Place,
    /// ASCII; `#` stands for the value, `@` for the limit.
    reason: &'static str,
    value: i32,
    limit: i32,
}

/// The one reason that lies not in the chunk.
pub(super) const NO_MEMORY: &str = "not enough memory to verify # parts";

/// Where in the chunk. Functions are numbered as they follow each other in the bytes, the main one is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Offset in bytes.
    Byte(u32),
    /// Number of an instruction, from 0.
    Instruction { function: u32, index: u32, opcode: u8 },
}

/// Says that a refusal has been noted. Without a size, for it is handed through every check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused;

/// Where the one refusal of a chunk waits until everything has returned.
pub(super) struct Note(Cell<Option<Refusal>>);

impl Note {
    pub fn new() -> Note {
        Note(Cell::new(None))
    }

    /// Larger numbers than an `i32` are shown as the largest. Not inline: it is called in a hundred places.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, place: Place, reason: &'static str, value: i64, limit: i64) -> Refused {
        let narrow = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        self.0.set(Some(Refusal { place, reason, value: narrow(value), limit: narrow(limit) }));
        Refused
    }

    /// What `checked` says, with the refusal that was noted.
    pub fn settle<T>(&self, checked: Result<T, Refused>) -> Result<T, Refusal> {
        let unsaid = Refusal { place: Place::Byte(0), reason: "refused", value: 0, limit: 0 };
        checked.map_err(|Refused| self.0.get().unwrap_or(unsaid))
    }
}

impl Refusal {
    /// Whether the chunk may be accepted when there is more memory.
    pub fn wants_memory(&self) -> bool {
        self.reason == NO_MEMORY
    }
}

impl Display for Refusal {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Byte(offset) => write!(out, "byte {offset}: ")?,
            Place::Instruction { function, index, opcode } => {
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
