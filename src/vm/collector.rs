//! The functions through which Lua's collector and `lua/inside.c` use the registers.
//!
//! Invariant: nothing here allocates or raises: the collector is at work.

use core::ffi::{c_uint, c_void};

use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

/// The table that stands for an id, or null.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_find(id: u32) -> *mut c_void {
    INSTANCE.standing.table(id) as *mut c_void
}

/// A table now stands for an id. The caller has made room.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_put(id: u32, table: *mut c_void) {
    INSTANCE.standing.put(id, table as usize);
}

/// The table is about to be freed.
#[unsafe(no_mangle)]
extern "C" fn cu_standing_remove(id: u32, table: *mut c_void) {
    INSTANCE.standing.remove(id, table as usize);
}

/// Whether the host guards tables.
#[unsafe(no_mangle)]
extern "C" fn cu_is_guarded() -> core::ffi::c_int {
    RUN.permissions.is_active.get().into()
}

/// The id of a function, 0 when it is not stored.
#[unsafe(no_mangle)]
extern "C" fn cu_function_id(object: *const c_void) -> u32 {
    INSTANCE.known.id_at(object as usize)
}

/// The function is about to be freed.
#[unsafe(no_mangle)]
extern "C" fn cu_function_gone(object: *mut c_void) {
    INSTANCE.known.remove(object as usize);
}

/// The captured variable is about to be freed.
#[unsafe(no_mangle)]
extern "C" fn cu_cell_gone(object: *mut c_void) {
    INSTANCE.cells.remove(object as usize);
}

/// The prototype is about to be freed.
#[unsafe(no_mangle)]
extern "C" fn cu_code_gone(object: *mut c_void) {
    INSTANCE.codes.remove(object as usize);
}

/// A collection marks: a changed variable must live until it has been written, even if no function has it any more.
#[unsafe(no_mangle)]
extern "C" fn cu_mark_changed_cells(collector: *mut c_void) {
    INSTANCE.cells.each_changed(|variable| variable.mark(collector));
}

/// The seed of the string hash, while a state is built (`hooks.h`).
#[unsafe(no_mangle)]
extern "C" fn cu_string_seed() -> c_uint {
    INSTANCE.string_seed.get()
}
