//! Whether a chunk of bytecode may be loaded: what a host store hands back may have been made to break the machine.
//!
//! Invariant: with a chunk accepted here, Lua's loader and virtual machine, and its error messages and tracebacks, stay
//! inside the chunk's own frames, constants and upvalues, whatever values the program works on. What the compiler
//! emits is accepted. Nothing here panics, raises, or recurses deeper than functions may nest.
//!
//! The files in the order in which a chunk passes them: `chunk` reads, `lines` looks at what error messages read,
//! `verify` at each instruction, `rules` at its neighbours, `flow` at the registers along every path. `instruction`,
//! `opcode` and `registers` are the instruction set, `refusal` says why not.

mod chunk;
mod flow;
mod instruction;
mod lines;
mod opcode;
mod refusal;
mod registers;
mod rules;
#[cfg(test)]
mod tests;
mod verify;

pub use chunk::{Chunk, verify};
pub use refusal::Refusal;
