//! Decides whether a chunk of bytecode may be loaded: an attacker may have changed the bytes in the host's store.
//!
//! Invariant: with a chunk accepted here, Lua's loader and virtual machine, and its error messages and tracebacks, stay
//! inside the chunk's frames, constants and upvalues, for any values. Everything that the compiler emits is accepted.
//! Nothing here panics, raises, or recurses deeper than functions may nest.
//!
//! The files in the order in which a chunk passes them: `chunk` reads, by `reader`; `lines` looks at what error messages
//! read, `verify` at each instruction, `rules` at its neighbours, `flow` at the registers along every path. `function` and
//! `at` are what they look at; `instruction`, `opcode` and `registers` are the instruction set, `bad_bytecode` says why not.

mod at;
mod bad_bytecode;
mod chunk;
mod flow;
mod function;
mod instruction;
mod lines;
mod opcode;
mod reader;
mod registers;
mod rules;
#[cfg(test)]
mod tests;
mod verify;

pub use bad_bytecode::BadBytecode;
pub use chunk::{Chunk, verify};
