//! One file for each target, in the order in which bytes come into the module.

pub mod bytecode;
pub mod compute;
pub mod key;
pub mod response;
pub mod store;
pub mod unwind;
pub mod value;
pub mod wait;
