//! The interpreter behind functions that are safe as long as their callers keep the rule of `call`: no Rust value with a
//! destructor is alive where Lua may raise.
//!
//! - [`ffi`]: the C functions used
//! - [`state`]: open, allocator
//! - [`standing`]: which table stands for an external one
//! - [`known`]: which functions are stored
//! - [`cells`]: which captured variables are stored, and which have changed since
//! - [`map`]: what these three are made of
//! - [`stack`]: typed reads, and a guard of the height
//! - [`room`]: garbage is collected before Rust is refused memory
//! - [`call`]: protected calls, raising
//! - [`message`]: error messages with their place
//! - [`traceback`]: the message handler
//! - [`stop`]: the end of a run whose budget is used up
//! - [`unwind`]: leaving without exceptions

pub mod call;
pub mod cells;
pub mod ffi;
pub mod known;
pub mod map;
pub mod message;
pub mod room;
pub mod stack;
pub mod standing;
pub mod state;
pub mod stop;
pub mod traceback;
pub mod unwind;
