//! The only VM of the module: its state, and the functions for its collector.
//!
//! All mutable state outside of the arena and the buffers (`large.rs`) is in one of two structs, so that a reader sees
//! what there is and how long it lives. Both consist of `Cell`s, so there is never a reference into them.
//!
//! - [`instance`]: `INSTANCE`, the state that lives as long as the VM
//! - [`run`]: `RUN`, the state that lives as long as a compute
//! - [`state`]: opening and closing the VM
//! - [`standing`], [`known`], [`cells`], [`codes`]: registers of tables, functions, captured variables and prototypes that the
//!   store has
//! - [`objects`]: external tables with metatables
//! - `register`, [`map`]: what these are made of
//! - [`collector`]: the functions that Lua's collector calls
//! - [`threads`]: computes that may wait for the host
//! - [`room`]: collects garbage before Rust is refused memory
//! - [`stop`]: the end of a run whose budget is used up
//! - [`traceback`]: the message handler
//! - [`panic`]: a panic becomes an error

pub mod cells;
pub mod codes;
pub mod collector;
pub mod instance;
pub mod known;
pub mod map;
pub mod objects;
pub mod panic;
mod register;
pub mod room;
pub mod run;
pub mod standing;
pub mod state;
pub mod stop;
pub mod threads;
pub mod traceback;
