//! Which Lua table stands for an external table's id.
//!
//! Invariant: an id is here once, and its table is alive or about to be removed by the collector, which tells this file
//! before it frees one (`inside.c`).

use core::cell::UnsafeCell;
use core::ffi::c_void;

use crate::lua::map::Map;

/// What stands for an id.
#[derive(Clone, Copy, Default)]
pub struct Stand {
    table: usize,
    /// The read-only table through which a script reached this one, 0 for none, `ROOTS` for several (`proxy/permit.rs`).
    root: u32,
}

/// A table, by its id.
type Standing = Map<Stand>;

struct Shared(UnsafeCell<Standing>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Shared {}

static STANDING: Shared = Shared(UnsafeCell::new(Standing::EMPTY));

/// The one map.
///
/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
#[inline]
pub unsafe fn global() -> &'static mut Standing {
    // SAFETY: the caller's.
    unsafe { &mut *STANDING.0.get() }
}

/// The read-only table through which a script reached that one, 0 for none, `ROOTS` for several.
pub fn root(id: u32) -> u32 {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.find(id as usize).map_or(0, |stand| stand.root)
}

/// In place of a root: there are several.
pub const ROOTS: u32 = u32::MAX;

/// Notes a read-only table through which a script reached that one.
pub fn add_root(id: u32, root: u32) {
    // SAFETY: as above.
    if let Some(stand) = unsafe { global() }.find_mut(id as usize) {
        stand.root = if stand.root == 0 || stand.root == root { root } else { ROOTS };
    }
}

/// `inside.c` asks.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_find(id: u32) -> *mut c_void {
    // SAFETY: one thread; the reference ends with the call.
    let found = unsafe { global() }.find(id as usize);
    found.map_or(0, |stand| stand.table) as *mut c_void
}

/// `inside.c` adds; room was reserved.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_put(id: u32, table: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.put(id as usize, Stand { table: table as usize, root: 0 });
}

/// The collector is about to free the table; another may stand for its id by now.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_remove(id: u32, table: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.remove(id as usize, |stand| stand.table == table as usize);
}
