//! Which table is `_home`, as the host says.
#![forbid(unsafe_code)]

use crate::proxy::globals;
use crate::store::{counter, journal};
use crate::vm::instance::INSTANCE;

/// Makes that table `_home`.
pub fn attach(table: u32) {
    globals::attach(table);
    // The host may have brought another store.
    counter::forget();
    journal::forget();
}

/// The id of `_home`, 0 before `init`.
pub fn id() -> u32 {
    if INSTANCE.lua().is_some() { globals::home() } else { 0 }
}
