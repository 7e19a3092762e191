//! The one machine of the module: what it remembers, and what its collector asks for.
//!
//! Everything that can change outside of the arena and the buffers (`large.rs`) is in one of two structs, so that a stranger
//! sees what there is and how long it lives. Both are of cells: nobody holds a reference into them.
//!
//! - [`instance`]: `INSTANCE`, what lives as long as the VM
//! - [`run`]: `RUN`, what lives as long as a compute
//! - [`state`]: opening and closing the VM
//! - [`standing`], [`known`], [`cells`]: registers of tables, functions and captured variables that the store has
//! - [`map`]: what these three are made of
//! - [`collector`]: what Lua's collector asks and tells
//! - [`room`]: garbage is collected before Rust is refused memory
//! - [`stop`]: the end of a run whose budget is used up
//! - [`traceback`]: the message handler
//! - [`panic`]: a panic becomes an error

pub mod cells;
pub mod collector;
pub mod instance;
pub mod known;
pub mod map;
pub mod panic;
pub mod room;
pub mod run;
pub mod standing;
pub mod state;
pub mod stop;
pub mod traceback;
