//! Why an engine stopped the module.
//!
//! Invariant: the kinds are those of WebAssembly, not of an engine: one program traps alike on every engine.

use std::fmt::{self, Display, Formatter};

use super::cause::Cause;

/// An engine stopped the module.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trap {
    /// What the module did.
    pub kind: TrapKind,
    /// What the engine says of it.
    pub cause: Cause,
}

/// What a module does that an engine does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrapKind {
    /// Calls were nested deeper than the engine's stack allows.
    StackExhausted,
    /// The instruction `unreachable`.
    Unreachable,
    /// An address outside linear memory.
    MemoryOutOfBounds,
    /// An index outside a table.
    TableOutOfBounds,
    /// A call through an element of a table that has no function.
    NullElement,
    /// A call through a table of a function of another type.
    SignatureMismatch,
    /// The result of a division or conversion does not fit an integer.
    IntegerOverflow,
    /// An integer was divided by zero.
    DivisionByZero,
    /// What is not a number was converted to an integer.
    BadConversion,
    /// The engine's own budget is used up. An engine of this host has none.
    OutOfFuel,
    /// The engine was told to stop. An engine of this host is not.
    Interrupted,
    /// Anything else; the cause says what.
    Other,
}

impl Trap {
    pub(crate) fn new(kind: TrapKind, cause: Cause) -> Trap {
        Trap { kind, cause }
    }
}

impl Display for Trap {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "the module trapped: {}", self.cause)
    }
}
