//! Sizes and limits of the boundary, each with its unit in the name and its reason in the comment.

/// Size of the I/O buffer: one WebAssembly page, so a host can map it with one view.
pub const IO_BUFFER_BYTES: usize = 65_536;

/// Alignment of the I/O buffer, so that a host can read any scalar or vector in place.
pub const IO_BUFFER_ALIGNMENT: usize = 16;

/// Size of the arena of the shipped file. A larger arena is a build option; the arena does not grow at run time.
pub const ARENA_BYTES: usize = 2 * 1024 * 1024;

/// Bytes of `print` kept for the response by default: the buffer minus 1 KiB for values.
pub const OUTPUT_KEPT_BYTES: usize = 63 * 1024;

/// Longest piece of text in one `output` event, so that a piece fits the module's stack.
pub const OUTPUT_EVENT_BYTES: usize = 4000;

/// Nesting of tables in one encoded value: deeper than any real document, so a cycle in a damaged value ends here.
pub const VALUE_DEPTH: usize = 128;

/// Longest encoded key: much longer than real keys, much shorter than the buffer for pages of keys.
pub const KEY_BYTES: usize = 4096;

/// Most bytecode of one stored function.
pub const FUNCTION_BYTES: usize = 100 * 1024;

/// By default, strings of at least this encoded length are stored compressed. For shorter strings the gain is small.
pub const COMPRESSION_BYTES: usize = 1024;

/// The largest budget of a compute: doubles are exact up to it, and no run reaches it.
pub const INSTRUCTIONS: i64 = 1 << 53;

/// Longest configuration of a host, which is read before every compute.
pub const CONFIG_BYTES: usize = 16 * 1024;

/// Longest encoded `permissions` of a configuration, which are kept for the compute.
pub const PERMISSIONS_BYTES: usize = 4 * 1024;

/// Longest name of a home, in bytes.
pub const HOME_NAME_BYTES: usize = 255;

/// Most tables that a configuration may guard, and most steps to one: each access is compared with all of them.
pub const GUARDS: usize = 64;

/// Most arguments of a call record: as many as a call in Lua can have.
pub const CALL_ARGUMENTS: usize = 250;

/// By default, most computes that wait for the host at once.
pub const PENDING: usize = 1_000;

/// The most that a host can allow: nobody has an arena for more.
pub const PENDING_MOST: usize = 1_000_000;

/// Most operations of one batch.
pub const BATCH_OPERATIONS: usize = 10_000;

/// Size of the structure that `get_memory_stats` writes: three `u32`.
pub const MEMORY_STATS_BYTES: usize = 12;

/// Bytes of a WebAssembly page.
pub const WASM_PAGE_BYTES: usize = 65_536;

/// Most indexes of one table.
pub const INDEXES: usize = 16;

/// Most paths of one index.
pub const INDEX_PATHS: usize = 4;

/// Longest name of an index, in bytes.
pub const INDEX_NAME_BYTES: usize = 255;

/// The most that one value may take in an ordered index: the keys of entries have values and the row's key.
pub const COMPONENT_BYTES: usize = 1024;
