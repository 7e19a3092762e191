//! The interpreter behind functions that are safe to call. Nothing here remembers anything: that is in `vm/`.
//!
//! - [`ffi`]: the C functions used
//! - [`stack`]: a thread's stack, and the values on it
//! - [`kind`], [`status`]: types of values, ends of calls
//! - [`table`]: fields, elements, globals, the registry
//! - [`object`]: what cu adds to Lua's values
//! - [`thread`]: threads beside the main one
//! - [`call`]: calls both ways, and raising
//! - [`settle`]: what is done before Lua goes on
//! - [`message`]: error messages with their place
//! - [`unwind`]: leaving without exceptions
//!
//! What makes them safe to call, and what they take on trust:
//!
//! 1. A `Stack` is made where Lua calls in, or from the VM of the instance, and nowhere else: the VM is live and this is the
//!    one thread. It is a copy of an address, so it costs nothing.
//! 2. Whoever fails returns a `Raise`, and `call.rs` raises it once the function has ended, so that nothing is left undropped.
//!    Where Lua itself may raise (its functions say so), nothing is alive that must be dropped. It would leak, no more.
//! 3. Bytes of a string, a block or a big integer are there as long as the value is on the stack. No type says so; functions
//!    that keep such bytes keep the value at an index of their own.
//! 4. Indices, the types of tables and room for what is pushed are checked by debug builds, on which the unit tests run: Lua's
//!    own assertions are on there (`build.rs`).

pub mod call;
pub mod ffi;
pub mod kind;
pub mod message;
pub mod object;
pub mod settle;
pub mod stack;
pub mod status;
pub mod table;
pub mod thread;
pub mod unwind;
