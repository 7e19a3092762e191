//! Keys of the configuration, `get(0, "config")`. What is allowed under each and what holds without it: `README.md`,
//! "Table 0".

/// Work after which a compute is stopped.
pub const INSTRUCTIONS: &str = "instructions";
/// Work after which the host is asked whether the script may go on, and so on ([`crate::tables::KEY_TICK`]).
pub const TICK: &str = "tick";
/// Bytes of the arena that scripts may use.
pub const MEMORY: &str = "memory";
/// Bytes of print kept for the response.
pub const OUTPUT: &str = "output";
/// Seed of `math.random` and of the string hash.
pub const SEED: &str = "seed";
/// From how many encoded bytes on strings are stored compressed.
pub const COMPRESSION: &str = "compression";
/// Whether all changes of a compute to the store stay, or none; or [`HOST`].
pub const ATOMIC: &str = "atomic";
/// Whether the compute belongs to a transaction of several, and what becomes of that: one of [`TRANSACTION_WORDS`].
pub const TRANSACTION: &str = "transaction";
/// What the compute may not do ([`crate::permissions`]).
pub const PERMISSIONS: &str = "permissions";
/// Whether scripts may load binary chunks.
pub const BYTECODE: &str = "bytecode";
/// Whether functions are stored without their debug information.
pub const STRIP: &str = "strip";
/// The functions that scripts may call ([`crate::functions`]): by name, one of [`crate::functions::MODES`].
pub const FUNCTIONS: &str = "functions";
/// Most computes that may wait for the host at once.
pub const PENDING: &str = "pending";
/// Bytes of the arena that may be in use when a compute begins to wait.
pub const PENDING_MEMORY: &str = "pending_memory";
/// A number that changes whenever something else than this instance changed the store.
pub const EPOCH: &str = "epoch";
/// The name of the table that is `_home`.
pub const HOME: &str = "home";
/// The kinds of event wanted ([`crate::events`]).
pub const EVENTS: &str = "events";

/// Every key, in the order of the documentation.
pub const KEYS: [&str; 17] = [
    INSTRUCTIONS,
    TICK,
    MEMORY,
    OUTPUT,
    SEED,
    COMPRESSION,
    ATOMIC,
    TRANSACTION,
    PERMISSIONS,
    BYTECODE,
    STRIP,
    FUNCTIONS,
    PENDING,
    PENDING_MEMORY,
    EPOCH,
    HOME,
    EVENTS,
];

/// Value of `atomic`: the host undoes what a failed compute changed.
pub const HOST: &str = "host";

/// Value of `transaction`: the compute belongs to one, which begins now unless it has begun.
pub const OPEN: &str = "open";
/// The same, and after the compute all of it stays.
pub const COMMIT: &str = "commit";
/// All of it is undone before the compute, which is none of it.
pub const ROLLBACK: &str = "rollback";

/// The values of `transaction`.
pub const TRANSACTION_WORDS: [&str; 3] = [OPEN, COMMIT, ROLLBACK];
