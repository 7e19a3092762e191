//! Ids of the module's own tables, which scripts never see. A number once given is not used for anything else.
#![forbid(unsafe_code)]

use cu_abi::tables::SYSTEM_FIRST;

/// The id counter (`counter.rs`).
pub const COUNTER: u32 = SYSTEM_FIRST;

/// While reclaiming: keys are the ids of what is reached (`reclaim.rs`).
pub const MARKS: u32 = SYSTEM_FIRST + 1;

/// While reclaiming: what is yet to be read, by its place from 1.
pub const WORK: u32 = SYSTEM_FIRST + 2;

/// Stored functions: id to record (`record.rs`).
pub const FUNCTIONS: u32 = SYSTEM_FIRST + 3;

/// Captured variables of stored functions: id to value.
pub const CELLS: u32 = SYSTEM_FIRST + 4;

/// What an atomic compute changed: what was there before (`journal.rs`).
pub const JOURNAL: u32 = SYSTEM_FIRST + 5;
