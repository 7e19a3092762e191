//! Which Lua table stands for an external table's id.
//!
//! Invariant: an id is here once, and its table is alive or about to be removed by the collector, which tells this file
//! before it frees one (`inside.c`).

use core::cell::UnsafeCell;
use core::ffi::c_void;

use crate::lua::map::Map;

/// A table, by its id.
type Standing = Map<usize>;

struct Shared(UnsafeCell<Standing>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Shared {}

static STANDING: Shared = Shared(UnsafeCell::new(Standing::EMPTY));

/// The one map.
///
/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
pub unsafe fn global() -> &'static mut Standing {
    // SAFETY: the caller's.
    unsafe { &mut *STANDING.0.get() }
}

/// `inside.c` asks.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_find(id: u32) -> *mut c_void {
    // SAFETY: one thread; the reference ends with the call.
    let found = unsafe { global() }.find(id as usize);
    found.unwrap_or(0) as *mut c_void
}

/// `inside.c` adds; room was reserved.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_put(id: u32, table: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.put(id as usize, table as usize);
}

/// The collector is about to free the table; another may stand for its id by now.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_remove(id: u32, table: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.remove(id as usize, |standing| standing == table as usize);
}
