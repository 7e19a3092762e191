//! Keys of the configuration, `get(0, "config")`. What is allowed under each and what holds without it: `README.md`,
//! "Table 0".

/// Work after which a compute is stopped.
pub const INSTRUCTIONS: &str = "instructions";
/// Bytes of the arena that scripts may use.
pub const MEMORY: &str = "memory";
/// Bytes of print kept for the response.
pub const OUTPUT: &str = "output";
/// Seed of `math.random` and of the string hash.
pub const SEED: &str = "seed";
/// From how many encoded bytes on strings are stored compressed.
pub const COMPRESSION: &str = "compression";
/// Whether all changes of a compute to the store stay, or none.
pub const ATOMIC: &str = "atomic";
/// What the compute may not do ([`crate::permissions`]).
pub const PERMISSIONS: &str = "permissions";
/// Whether scripts may load binary chunks.
pub const BYTECODE: &str = "bytecode";
/// Whether functions are stored without their debug information.
pub const STRIP: &str = "strip";
/// A number that changes whenever something else than this instance changed the store.
pub const EPOCH: &str = "epoch";
/// The name of the table that is `_home`.
pub const HOME: &str = "home";
/// The kinds of event wanted ([`crate::events`]).
pub const EVENTS: &str = "events";

/// Every key, in the order of the documentation.
pub const KEYS: [&str; 12] =
    [INSTRUCTIONS, MEMORY, OUTPUT, SEED, COMPRESSION, ATOMIC, PERMISSIONS, BYTECODE, STRIP, EPOCH, HOME, EVENTS];
