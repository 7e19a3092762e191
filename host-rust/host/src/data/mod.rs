//! Tables as data: queries, indexes, batches and what else the module's library `ext` does, from Rust. All it does is to call
//! functions of `ext` (docs/data.md).
//!
//! Invariant: each method is one call of the module, but for those that say how many they are. Tables in what it answers are values:
//! what is in them. What is nil where a value must be is [`Error::Argument`](crate::Error::Argument), with its place.
//!
//! ```
//! use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Operation, Options, Value};
//!
//! let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), Options::default())?;
//! instance.compute("_home.users = {}")?;
//! let mut data = instance.data();
//! data.create_index("_home.users", "name", Value::from([("unique", true)]))?;
//! let results = data.batch(&[
//!     Operation::set("_home.users", 1, Value::from([("name", "Ada")])),
//!     Operation::get("_home.users", 1),
//! ])?;
//! assert_eq!(results[1].get("name").and_then(Value::as_str), Some("Ada"));
//!
//! let twice = [Operation::set("_home.users", 2, Value::from([("name", "Ada")]))];
//! assert!(matches!(data.batch(&twice), Err(Error::Lua(_))));
//! # Ok::<(), Error>(())
//! ```
//!
//! - `calls`: the methods
//! - `batch`: the operations of a batch, and their results
//! - `rows`: what queries and feeds answer
//! - `table`, `way`: which table
//! - `check`, `schema`: what is sent

mod batch;
mod calls;
mod check;
mod rows;
mod schema;
mod table;
mod way;

pub use batch::{BatchOptions, Operation, Outcome};
pub use calls::Data;
#[cfg(feature = "serde")]
pub(crate) use check::no_key;
pub use rows::{Changes, Each, Rows};
pub use table::Table;
