//! The 11 exported functions in the order of the contract: check, delegate, return status.
//!
//! Invariant: what runs Lua runs inside `unwind::protect`, and pointers of the host are checked against linear memory.

use cu_abi::limits::{IO_BUFFER_BYTES, MEMORY_STATS_BYTES, WASM_PAGE_BYTES};
use cu_abi::status;

use crate::entry::host_blocks;
use crate::error::Error;
use crate::heap;
use crate::lua::unwind;
use crate::proxy::globals;
use crate::run::config::Config;
use crate::run::{answer, atomic, collect, compute, create, home, io_buffer};
use crate::store::counter;
use crate::vm::instance::INSTANCE;

fn memory_bytes() -> usize {
    core::arch::wasm32::memory_size(0) * WASM_PAGE_BYTES
}

#[unsafe(no_mangle)]
extern "C" fn init() -> i32 {
    match unwind::protect(&mut (), |()| create::create()) {
        Some(true) => status::OK,
        _ => status::INIT_FAILED,
    }
}

#[unsafe(no_mangle)]
extern "C" fn compute(code_ptr: usize, code_len: usize) -> i32 {
    let answer = unwind::protect(&mut (code_ptr, code_len), |(pointer, length)| {
        // SAFETY: wasm32 has one thread, and everything below the size of memory is readable.
        unsafe { compute::compute(*pointer, *length, memory_bytes()) }
    });
    answer.unwrap_or_else(answer_internal)
}

/// The module itself failed outside every protected call.
#[cold]
fn answer_internal() -> i32 {
    INSTANCE.is_running.set(false);
    answer::error(&Error::Internal, &Config::DEFAULT)
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
    let stats = [IO_BUFFER_BYTES as u32, heap::used_bytes() as u32, core::arch::wasm32::memory_size(0) as u32];
    // SAFETY: the range lies in linear memory, and the host owns what it names.
    let place = unsafe { core::slice::from_raw_parts_mut(stats_ptr as *mut u8, MEMORY_STATS_BYTES) };
    place.copy_from_slice(bytemuck::bytes_of(&stats));
}

#[unsafe(no_mangle)]
extern "C" fn run_gc() {
    if unwind::protect(&mut (), |()| collect::collect_everything()).is_none() {
        INSTANCE.is_running.set(false);
    }
}

#[unsafe(no_mangle)]
extern "C" fn attach_memory_table(table_id: u32) {
    if !INSTANCE.is_running.get() {
        atomic::abandon();
        home::attach(table_id);
    }
}

#[unsafe(no_mangle)]
extern "C" fn get_memory_table_id() -> u32 {
    home::id()
}

#[unsafe(no_mangle)]
extern "C" fn sync_external_table_counter(next_id: u32) {
    counter::raise_to(next_id);
}

#[unsafe(no_mangle)]
extern "C" fn set_memory_alias_enabled(enabled: u32) {
    globals::set_alias(enabled != 0);
}

#[unsafe(no_mangle)]
extern "C" fn lua_alloc(_ud: usize, ptr: usize, _osize: usize, nsize: usize) -> usize {
    host_blocks::reallocate(ptr, nsize)
}
