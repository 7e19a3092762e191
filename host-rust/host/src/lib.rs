//! Runs `cu.wasm`, Lua 5.4 in one WebAssembly module, from Rust.
//!
//! ```
//! # #[cfg(feature = "redb")] {
//! # let file = std::env::temp_dir().join(format!("cu-lib-{}.redb", std::process::id()));
//! let mut home = cu_host::open(&file)?; // such as "home.redb"
//! home.compute("_home.visits = (_home.visits or 0) + 1")?;
//! println!("{}", home.compute("return _home.visits")?.value());
//! # drop(home);
//! # std::fs::remove_file(&file).ok();
//! # }
//! # Ok::<(), cu_host::Error>(())
//! ```
//!
//! What a compute changed is in the file when it returns, and nothing of it if the process dies before.
//!
//! [`open`] and [`in_memory`] put together what can be chosen: a [`Module`] is compiled once; an [`Instance`] of it is one Lua VM
//! with a [`Store`] that keeps its external tables, and [`Options`].
//!
//! ```
//! use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Options};
//!
//! let module = Module::new(MODULE)?;
//! let mut instance = Instance::new(&module, MemoryStore::default(), Options::default())?;
//!
//! let response = instance.compute("print('hello') return 6 * 7, { name = 'cu' }")?;
//! assert_eq!(response.output, b"hello\n");
//! assert_eq!(response.values[0].as_i64(), Some(42));
//! assert_eq!(response.values[1].get("name").and_then(|name| name.as_str()), Some("cu"));
//!
//! match instance.compute("error('no')") {
//!     Err(Error::Lua(error)) => assert!(error.message.ends_with("no")),
//!     other => panic!("an error was expected: {other:?}"),
//! }
//! # Ok::<(), cu_host::Error>(())
//! ```
//!
//! [`Permissions`] say what scripts may not do, and [`Rate`] how often they may do the rest; one compute can have its
//! own [`ComputeOptions`].
//!
//! ```
//! use cu_host::{ComputeOptions, Instance, MODULE, MemoryStore, Module, Options, Permissions};
//!
//! let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), Options::default())?;
//! instance.compute("_home.n = 1")?;
//! let reader = ComputeOptions { permissions: Some(Permissions::new().read_only()), ..ComputeOptions::default() };
//! assert_eq!(instance.compute_with("return _home.n", &reader)?.value().as_i64(), Some(1));
//! assert!(instance.compute_with("_home.n = 2", &reader).is_err());
//! # Ok::<(), cu_host::Error>(())
//! ```
//!
//! The files, in the order in which a call uses them:
//!
//! - `start`: the short way to an instance
//! - [`instance`]: creation, compute, collection, figures
//! - [`engine`]: the module on Wasmtime or wasmi
//! - `embedded`: the module inside this crate
//! - [`module_info`]: a module's description of itself
//! - `memory`: the only file that slices linear memory
//! - `imports`: the five functions that the module calls
//! - [`options`]: the options of an instance; `control`: table 0, through which the module reads them
//! - [`event`]: the events that the module reports there, and the time that it reads
//! - [`functions`]: functions that scripts may call; [`pending`]: computes that wait for one
//! - [`pool`]: instances of many homes on threads of their own, for callers that wait for a future; [`threads`]: the threads
//! - `traced`: spans and events of `tracing`, with the feature of that name
//! - [`homes`]: the tables that scripts see as `_home`, by name
//! - [`permissions`], [`rate`]: what scripts may not do, and how often they may do the rest
//! - [`audit`]: a file of events for which somebody may have to account
//! - [`store`]: where external tables live
//! - `call`: calls of functions without source; `prepared`: those that are made often
//! - [`data`]: queries, indexes and batches over such calls
//! - [`response`], [`codec`], [`value`], `notation`: answers and values, as bytes, in Rust, as text
//! - [`json`]: values in JSON, both ways; [`typed`]: as types of the program, with the feature `serde` that is on by default
//! - `big_integer`: big integers as `num_bigint::BigInt`, with the feature `num-bigint` that is on by default
//! - [`read`], `key`, `compressed`: external tables as values, and the parts that only they have; [`class`]: what their classes are called
//! - [`replay`]: recordings of what crosses the border of the module
//! - [`verify`]: finds what is wrong in a store, and mends it
//! - [`error`]: everything that can go wrong
// Forbidden in every file except `engine/wasmtime/embedded.rs`.
#![deny(unsafe_code)]

pub mod audit;
#[cfg(feature = "num-bigint")]
mod big_integer;
mod call;
pub mod class;
pub mod codec;
mod compressed;
mod control;
pub mod data;
mod embedded;
pub mod engine;
pub mod error;
pub mod event;
pub mod functions;
pub mod homes;
mod imports;
pub mod instance;
pub mod json;
mod key;
mod memory;
pub mod module_info;
mod notation;
pub mod options;
pub mod pending;
pub mod permissions;
pub mod pool;
mod prepared;
pub mod rate;
pub mod read;
pub mod renew;
pub mod replay;
pub mod response;
mod start;
pub mod store;
pub mod threads;
#[cfg(feature = "tracing")]
pub mod traced;
#[cfg(not(feature = "tracing"))]
#[path = "traced/off.rs"]
mod traced;
#[cfg(feature = "serde")]
pub mod typed;
pub mod value;
pub mod verify;

pub use audit::AuditLog;
pub use call::{Argument, Call};
pub use data::{BatchOptions, Changes, Data, Operation, Outcome, Rows, Table};
pub use embedded::MODULE;
pub use engine::{Engine, EngineOptions, Module};
pub use error::{Cause, Error, LuaError, Trap, TrapKind};
pub use event::EventKind;
pub use functions::{Args, Functions, Raised, Values};
pub use homes::Home;
pub use instance::shared::{Locked, SharedInstance};
pub use instance::{Instance, MemoryStats};
pub use module_info::ModuleInfo;
pub use options::{ComputeOptions, Options};
pub use pending::{Pending, Step};
pub use permissions::{Guard, Permissions, TableName};
pub use pool::{Pool, Run};
pub use prepared::{Arguments, Prepared};
pub use rate::Rate;
pub use read::{ReadOptions, Tables};
pub use response::Response;
pub use start::in_memory;
#[cfg(feature = "redb")]
pub use start::{open, open_with};
#[cfg(feature = "encryption")]
pub use store::encrypted::{EncryptedStore, EncryptionKey, Keys};
#[cfg(feature = "redb")]
pub use store::{FileMode, RedbOptions, RedbStore};
pub use store::{MemoryStore, SharedStore, Store, StoreError, Wait};
pub use value::Value;

pub use cu_abi::status::ErrorClass;

/// Tests the page that shows the whole use.
#[cfg(all(doctest, feature = "redb", feature = "encryption", feature = "serde", feature = "num-bigint"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// Tests the page that shows one program in each language.
#[cfg(all(doctest, feature = "redb"))]
#[doc = include_str!("../../../docs/hosting.md")]
struct Hosting;
