//! Table ids with a special meaning, and the keys of the control table.

/// The control channel between module and host: configuration in, events out, time.
pub const CONTROL: u32 = 0;

/// `_home` of a fresh instance.
pub const HOME: u32 = 1;

/// `_io`, the channel for one request's structured input and output.
pub const IO: u32 = 2;

/// First id of the module's own tables, which scripts never see.
pub const SYSTEM_FIRST: u32 = 0x8000_0000;

/// The homes of a store: an encoded string, the name, to an encoded integer, the id; an encoded integer, the id, to the
/// name, or to true for a home without one. Hosts read, rename and remove entries; the module adds them.
pub const HOMES: u32 = SYSTEM_FIRST + 6;

/// Metatables: an encoded integer, the id of a table, to a reference to its metatable, which is a table of scripts. Hosts read it.
pub const METATABLES: u32 = SYSTEM_FIRST + 16;

/// Where a metatable has the name of its class, a string.
pub const CLASS_NAME: &str = "__name";

/// First id of tables for the notes of hosts. The module never uses them.
pub const HOST_FIRST: u32 = 0xff00_0000;

/// `get(0, "config")`, once per compute: an inline table.
pub const KEY_CONFIG: &str = "config";

/// `get(0, "now")`: an encoded float, milliseconds since 1970.
pub const KEY_NOW: &str = "now";

/// `get(0, "tick")`, where the configuration requests it: absent if the script may go on. An encoded string is the reason to stop it.
pub const KEY_TICK: &str = "tick";

/// `get(0, "answer")`: the answer to the last call of a function of the host ([`crate::functions`]), if it did not fit before.
pub const KEY_ANSWER: &str = "answer";

/// `set(0, "event", inline table)`, for the kinds of event that the configuration requests.
pub const KEY_EVENT: &str = "event";

/// Key of a spilled result in table `_io`: the encoded string `result`.
pub const KEY_RESULT: &[u8] = b"\x01result\x00";
