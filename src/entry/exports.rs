//! The 11 exported functions in the order of the contract: check, delegate, return status.
//!
//! Invariant: what runs Lua runs inside `unwind::protect`, and pointers of the host are checked against linear memory.

use core::sync::atomic::{AtomicUsize, Ordering};

use cu_abi::limits::{IO_BUFFER_BYTES, MEMORY_STATS_BYTES, WASM_PAGE_BYTES};
use cu_abi::status;

use crate::entry::instance::INSTANCE;
use crate::entry::{compute, failure, host_blocks, io_buffer};
use crate::error::Error;
use crate::heap;
use crate::lua::unwind;

fn memory_bytes() -> usize {
    core::arch::wasm32::memory_size(0) * WASM_PAGE_BYTES
}

/// Arguments of the compute under way: `protect` runs a plain function.
static CODE: (AtomicUsize, AtomicUsize) = (AtomicUsize::new(0), AtomicUsize::new(0));

#[unsafe(no_mangle)]
extern "C" fn init() -> i32 {
    match unwind::protect(|| INSTANCE.create()) {
        Some(true) => status::OK,
        _ => status::INIT_FAILED,
    }
}

#[unsafe(no_mangle)]
extern "C" fn compute(code_ptr: usize, code_len: usize) -> i32 {
    CODE.0.store(code_ptr, Ordering::Relaxed);
    CODE.1.store(code_len, Ordering::Relaxed);
    let answer = unwind::protect(|| {
        let (pointer, length) = (CODE.0.load(Ordering::Relaxed), CODE.1.load(Ordering::Relaxed));
        // SAFETY: wasm32 has one thread, and everything below the size of memory is readable.
        unsafe { compute::run(pointer, length, memory_bytes()) }
    });
    answer.unwrap_or_else(answer_internal)
}

/// The module itself failed outside every protected call.
#[cold]
fn answer_internal() -> i32 {
    INSTANCE.end_run();
    // SAFETY: one thread.
    let mut text = failure::ErrorText::new(unsafe { io_buffer::bytes() });
    failure::write_error(&Error::Internal, &mut text);
    text.status()
}

#[unsafe(no_mangle)]
extern "C" fn get_buffer_ptr() -> usize {
    io_buffer::address()
}

#[unsafe(no_mangle)]
extern "C" fn get_buffer_size() -> usize {
    IO_BUFFER_BYTES
}

#[unsafe(no_mangle)]
extern "C" fn get_memory_stats(stats_ptr: usize) {
    if stats_ptr.checked_add(MEMORY_STATS_BYTES).is_none_or(|end| end > memory_bytes()) {
        return;
    }
    // SAFETY: wasm32 has one thread.
    let used = unsafe { heap::global() }.used_bytes();
    let stats = [IO_BUFFER_BYTES as u32, used as u32, core::arch::wasm32::memory_size(0) as u32];
    // SAFETY: the range lies in linear memory, and the host owns what it names.
    unsafe { (stats_ptr as *mut [u32; 3]).write_unaligned(stats) };
}

#[unsafe(no_mangle)]
extern "C" fn run_gc() {
    if unwind::protect(|| INSTANCE.collect()).is_none() {
        INSTANCE.end_run();
    }
}

#[unsafe(no_mangle)]
extern "C" fn attach_memory_table(table_id: u32) {
    INSTANCE.attach_home(table_id);
}

#[unsafe(no_mangle)]
extern "C" fn get_memory_table_id() -> u32 {
    INSTANCE.home()
}

#[unsafe(no_mangle)]
extern "C" fn sync_external_table_counter(next_id: u32) {
    INSTANCE.raise_table_counter(next_id);
}

#[unsafe(no_mangle)]
extern "C" fn set_memory_alias_enabled(enabled: u32) {
    INSTANCE.set_alias(enabled != 0);
}

#[unsafe(no_mangle)]
extern "C" fn lua_alloc(_ud: usize, ptr: usize, _osize: usize, nsize: usize) -> usize {
    // SAFETY: wasm32 has one thread.
    unsafe { host_blocks::reallocate(ptr, nsize) }
}
