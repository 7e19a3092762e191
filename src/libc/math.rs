//! The mathematics that Lua needs and WebAssembly has no instructions for.

mod double_double;
mod exponential;
mod logarithm;
mod remainder;
mod tables;
mod trigonometry;

pub use exponential::{cosh, exp, pow, sinh, tanh};
pub use logarithm::{log, log2, log10};
pub use remainder::{fmod, frexp, ldexp};
pub use trigonometry::{acos, asin, atan2, cos, sin, tan};
