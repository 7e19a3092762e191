//! Ids of the module's internal tables, which scripts never see. A number is never used again for another table.
#![forbid(unsafe_code)]

use cu_abi::tables::SYSTEM_FIRST;

/// The id counter (`counter.rs`), and what is known of collections (`ledger.rs`).
pub const COUNTER: u32 = SYSTEM_FIRST;

/// While reclaiming: the keys are the ids of the reached objects (`reclaim.rs`).
pub const MARKS: u32 = SYSTEM_FIRST + 1;

/// While reclaiming: the objects that must still be read, by their place from 1.
pub const WORK: u32 = SYSTEM_FIRST + 2;

/// Stored functions: id to record (`record.rs`).
pub const FUNCTIONS: u32 = SYSTEM_FIRST + 3;

/// Captured variables of stored functions: id to value.
pub const CELLS: u32 = SYSTEM_FIRST + 4;

/// The code of stored functions: id to bytecode (`closure/code.rs`).
pub const CODES: u32 = SYSTEM_FIRST + 8;

/// Where code is to be looked for: hash to id (`proxy/code.rs`).
pub const CODE_BY_CONTENT: u32 = SYSTEM_FIRST + 9;

/// The old values of what an atomic compute changed (`journal.rs`).
pub const JOURNAL: u32 = SYSTEM_FIRST + 5;

/// The homes of the store (`homes.rs`).
pub use cu_abi::tables::HOMES;

/// Ids that nothing has any more (`free.rs`).
pub const FREE: u32 = SYSTEM_FIRST + 7;

/// What is attached to tables, by their ids (`data/catalogue.rs`).
pub const CATALOGUE: u32 = SYSTEM_FIRST + 11;

/// Which entries refer to tables that are part of rows (`data/links.rs`).
pub const LINKS: u32 = SYSTEM_FIRST + 12;

/// Tables whose indexes are being changed (`data/changing.rs`).
pub const CHANGING: u32 = SYSTEM_FIRST + 13;

/// Feeds that were switched off (`data/feed/manage.rs`).
pub const FEEDS: u32 = SYSTEM_FIRST + 14;

/// Versions of what lies in tables (`library/data/migrate.rs`).
pub const VERSIONS: u32 = SYSTEM_FIRST + 15;

/// Metatables (`proxy/classes.rs`).
pub use cu_abi::tables::METATABLES;

/// Ids that were free and have been given again (`reused.rs`).
pub const REUSED: u32 = SYSTEM_FIRST + 10;
