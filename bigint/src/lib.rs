//! Integers of any size: pure arithmetic, without Lua and without the host.
//!
//! Invariant: nothing here panics or aborts for any operands. Refused memory and a used-up budget are errors. When an
//! algorithm gets no scratch memory, a slower one that needs less takes over.
//!
//! From the bottom: `work` and `memory` are the budget and the memory of an operation. `limbs` has the single passes
//! over a number; `product`, `fourier` and `roots` multiply; `quotient` and `reciprocal` divide. These files know
//! natural numbers only. `integer` adds the sign, and each family of operations on integers has a file.
//!
//! This is a separate package because it is compiled for speed, and the rest of the module for size.
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
