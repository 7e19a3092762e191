//! Integers of any size: pure arithmetic, without Lua and without the host.
//!
//! Invariant: nothing here panics or aborts, whatever the operands. Memory that is refused and a budget that is used up
//! are errors; an algorithm that finds no scratch memory gives way to a slower one that needs less.
//!
//! From the bottom: `work` and `memory` are what an operation may use, `limbs` one pass over a number, `product`,
//! `fourier` and `roots` the multiplication, `quotient` and `reciprocal` the division. Over these natural numbers stands
//! `integer`, with a sign, and the operations on it, a file for each family.
//!
//! A package of its own, since it is compiled for speed and the rest of the module for size.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod bits;
mod bytes;
mod divisor;
mod float;
mod fourier;
mod integer;
mod limbs;
mod memory;
mod montgomery;
mod parse;
mod power;
mod product;
mod quotient;
mod radix;
mod reciprocal;
mod root;
mod roots;
#[cfg(test)]
mod tests;
mod text;
mod work;

pub use integer::Integer;
pub use work::{Error, Exhausted, MAXIMUM_BITS, Unlimited, Work};
