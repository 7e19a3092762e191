//! Why an engine stopped the module.
//!
//! Invariant: the kinds are those of WebAssembly, not of an engine: a program's trap has the same kind on every engine.

use std::fmt::{self, Display, Formatter};

use super::cause::Cause;

/// An engine stopped the module.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trap {
    /// What the module did.
    pub kind: TrapKind,
    /// The engine's words for it.
    pub cause: Cause,
}

/// The reason for a trap.
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
    /// A call through an empty element of a table.
    NullElement,
    /// A call through a table to a function of another type.
    SignatureMismatch,
    /// The result of a division or conversion does not fit an integer.
    IntegerOverflow,
    /// An integer was divided by zero.
    DivisionByZero,
    /// A float that is not a number was converted to an integer.
    BadConversion,
    /// The engine's own budget is used up. The engines of this host have none.
    OutOfFuel,
    /// The engine was asked to stop. This host never asks.
    Interrupted,
    /// Any other reason; the cause gives it.
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
