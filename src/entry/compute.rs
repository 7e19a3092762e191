//! One run: code, protected call, response.
//!
//! 1. The checks that need no VM: initialised, not re-entered, code inside memory.
//! 2. The host's configuration; limits and output begin anew.
//! 3. What an earlier compute owes is settled, permissions are looked up, a transaction begins.
//! 4. The code is compiled and called, protected, with a handler that keeps the traceback.
//! 5. Captured variables that changed are written back, or put back.
//! 6. Results are encoded, or the error's text is written; the stack is empty again.
//! 7. The transaction ends.

use core::ffi::c_int;
use core::fmt::Write;
use core::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use cu_abi::status::ErrorClass;

use crate::budget;
use crate::codec::options;
use crate::control::config::Config;
use crate::control::{audit, event, output};
use crate::entry::atomic;
use crate::entry::failure::{self, ErrorText};
use crate::entry::instance::INSTANCE;
use crate::entry::io_buffer;
use crate::entry::response::{self, Fault};
use crate::error::Error;
use crate::heap::{self, ARENA_BYTES};
use crate::library::switches;
use crate::lua::ffi::{self, State};
use crate::lua::message::Message;
use crate::lua::stack::string_bytes;
use crate::lua::{call, state, stop, traceback};
use crate::proxy::{channels, fault, globals, permit, write_back};
use crate::store::journal;
use crate::table::write;

/// Name of the code in messages: `compute:1: ...`.
const CHUNK_NAME: &core::ffi::CStr = c"=compute";

/// A nested compute put its answer over the code that was about to be read.
static OVERWRITTEN: AtomicBool = AtomicBool::new(false);

/// The permissions of the last compute are in force: finalizers may run.
static IN_FORCE: AtomicBool = AtomicBool::new(true);

/// Instructions that the script of this compute used.
static USED: AtomicI64 = AtomicI64::new(0);

/// A spilled result lies in table `_io`.
static SPILLED: AtomicBool = AtomicBool::new(false);

/// Runs the code at that place; what `compute` returns. `memory_bytes` is the size of linear memory.
///
/// # Safety
/// One thread; `pointer..pointer + length` is readable if it lies below `memory_bytes`.
pub unsafe fn run(pointer: usize, length: usize, memory_bytes: usize) -> i32 {
    // SAFETY: the caller's.
    unsafe {
        if !INSTANCE.begin_run() {
            OVERWRITTEN.store(true, Ordering::Relaxed);
            return answer_error(&Error::Reentered, &Config::DEFAULT);
        }
        let status = if INSTANCE.state().is_null() {
            answer_error(&Error::NotInitialised, &Config::DEFAULT)
        } else if pointer.checked_add(length).is_none_or(|end| end > memory_bytes) {
            answer_error(&Error::CodeOutside { pointer, length, memory: memory_bytes }, &Config::DEFAULT)
        } else {
            run_configured(INSTANCE.state(), pointer as *const u8, length)
        };
        INSTANCE.end_run();
        status
    }
}

/// # Safety
/// As for `run`, with the code inside memory.
unsafe fn run_configured(vm: *mut State, code: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's.
    unsafe {
        OVERWRITTEN.store(false, Ordering::Relaxed);
        IN_FORCE.store(false, Ordering::Relaxed);
        // What comes before the script is not its work.
        budget::suspend();
        if SPILLED.swap(false, Ordering::Relaxed) {
            write::forget_spilled();
        }
        let config = match Config::fetch() {
            Ok(config) => config,
            Err((error, events)) => {
                output::global().begin(0, events.output);
                return answer_error(&error, &Config { events, ..Config::DEFAULT });
            }
        };
        output::global().begin(config.output, config.events.output);
        audit::begin(config.events.audit);
        if let Err(error) = switches::set(vm) {
            return answer_error(&error, &config);
        }
        if let Err(error) = atomic::settle() {
            return answer_error(&error, &config);
        }
        begin_limits(&config);
        let mut status = run_protected(vm, code, length, &config);
        ffi::lua_settop(vm, 0);
        let has_failed = status < 0;
        let used_bytes = heap::global().used_bytes();
        if has_failed {
            heap::global().set_limit(ARENA_BYTES);
            // Finalizers may print, and the answer is written. What they do belongs to the compute, so it is undone with it.
            output::global().begin(0, false);
            make_room(vm);
        }
        if let Err(error) = atomic::end(vm, !has_failed) {
            status = answer_error(&error, &config);
        }
        if config.events.usage {
            event::report_usage(USED.load(Ordering::Relaxed), used_bytes);
        }
        end_limits();
        state::trim(vm);
        status
    }
}

/// What a failed script left behind must not starve the next one. One collection may not do: finalizers that meet a full
/// arena end it early, and most of them are still to run.
///
/// # Safety
/// `vm` is live, and nothing runs in it.
unsafe fn make_room(vm: *mut State) {
    /// Collections that free less than this found what the script keeps.
    const LEAST_FREED: usize = ARENA_BYTES / 256;
    // SAFETY: the caller's; one thread.
    let used = || unsafe { heap::global() }.used_bytes();
    let mut before = used();
    if before <= ARENA_BYTES / 8 {
        return;
    }
    // Finalizers have a budget of their own.
    budget::begin_again();
    while before > ARENA_BYTES / 8 {
        // SAFETY: the caller's.
        unsafe { collect_all(vm) };
        if used() + LEAST_FREED > before {
            break;
        }
        before = used();
    }
    budget::suspend();
    // SAFETY: the caller's.
    unsafe { end_finalizers(vm) };
}

/// A full collection, and a second one that runs no finalizer, for what those of the first left: they can fill the arena.
///
/// # Safety
/// `vm` is live, and nothing runs in it.
pub unsafe fn collect_all(vm: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        collect(vm);
        ffi::cu_collect_quietly(vm);
    }
}

/// A full collection; no finalizer runs while it is not known what it may do, or the store is neither as before nor as after
/// an atomic compute.
///
/// # Safety
/// `vm` is live, and nothing runs in it.
pub unsafe fn collect(vm: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        if IN_FORCE.load(Ordering::Relaxed) && !journal::is_owed() {
            state::collect(vm);
        } else {
            ffi::cu_collect_quietly(vm);
        }
    }
}

/// What finalizers changed after the end of a compute whose permissions do not let them: put back now, or a later compute,
/// with other permissions, would store it.
///
/// # Safety
/// `vm` is live, and nothing runs in it.
pub unsafe fn end_finalizers(vm: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        if permit::is_active() && IN_FORCE.load(Ordering::Relaxed) && !journal::is_begun() && !journal::is_owed() {
            write_back::end(vm);
            ffi::lua_settop(vm, 0);
        }
    }
}

/// # Safety
/// One thread.
unsafe fn begin_limits(config: &Config) {
    // SAFETY: the caller's.
    let heap = unsafe { heap::global() };
    heap.set_limit(config.memory);
    budget::begin(config.instructions);
    stop::begin_run();
    options::set(config.strip, config.bytecode, config.compression);
    #[cfg(feature = "faults")]
    if config.fail_allocation > 0 {
        heap.faults().plan(config.fail_allocation as u64, config.fail_count as u64);
    }
}

/// # Safety
/// One thread.
unsafe fn end_limits() {
    // SAFETY: the caller's.
    let heap = unsafe { heap::global() };
    heap.set_limit(ARENA_BYTES);
    #[cfg(feature = "faults")]
    heap.faults().end();
}

/// # Safety
/// As for `run_configured`; the stack is empty.
unsafe fn run_protected(state: *mut State, code: *const u8, length: usize, config: &Config) -> i32 {
    // SAFETY: the caller's; loading and calling are protected, and a light function needs no memory.
    unsafe {
        ffi::lua_pushcclosure(state, traceback::on_error, 0);
        traceback::forget(state);
        channels::forget(state);
        USED.store(0, Ordering::Relaxed);
        let prepared = prepare(state, config);
        if budget::is_exhausted() {
            return answer_exhausted(state, stop::message_of_end(), config);
        }
        if prepared != ffi::STATUS_OK {
            return answer_lua_error(state, prepared, config);
        }
        budget::begin_again();
        // Everything that asked the host before the code is read.
        if OVERWRITTEN.load(Ordering::Relaxed) {
            return answer_error(&Error::CodeOverwritten, config);
        }
        let status = run_script(state, code, length);
        USED.store(budget::used(), Ordering::Relaxed);
        let is_exhausted = budget::is_exhausted();
        // What follows is Rust's work on what the script left. It has a budget of its own, as large as the script's, and
        // the collector rests, so that no finalizer prolongs it.
        budget::begin_again();
        let held = ffi::cu_hold_collector(state);
        let answer = finish_run(state, status, is_exhausted, config);
        ffi::cu_release_collector(state, held);
        budget::suspend();
        answer
    }
}

/// Stack index of the message handler; results and errors are above it.
const HANDLER: c_int = 1;

/// Compiles and calls, under the budget; Lua's status.
///
/// # Safety
/// As for `run_protected`, with the handler on the stack.
unsafe fn run_script(state: *mut State, code: *const u8, length: usize) -> c_int {
    // SAFETY: the caller's; everything is protected.
    unsafe {
        let mut status = ffi::luaL_loadbufferx(state, code.cast(), length, CHUNK_NAME.as_ptr(), c"t".as_ptr());
        if status == ffi::STATUS_OK {
            status = ffi::lua_pcallk(state, 0, ffi::MULTIPLE_RESULTS, HANDLER, 0, None);
        }
        status
    }
}

/// What comes before the script: names are bound, permissions looked up. No finalizer runs meanwhile, for the permissions
/// are not in force yet, and it counts in no budget. Lua's status.
///
/// # Safety
/// As for `run_script`.
unsafe fn prepare(state: *mut State, config: &Config) -> c_int {
    // SAFETY: the caller's; everything is protected.
    unsafe {
        let is_bound = globals::are_bound();
        let is_guarded = permit::is_wanted();
        if is_bound && !is_guarded && !write_back::is_owed() && !config.atomic {
            IN_FORCE.store(true, Ordering::Relaxed);
            return ffi::STATUS_OK;
        }
        budget::suspend();
        let held = ffi::cu_hold_collector(state);
        let mut status = if is_bound { ffi::STATUS_OK } else { protected_call(state, globals::bind) };
        if status == ffi::STATUS_OK && is_guarded {
            status = protected_call(state, permit::resolve);
        }
        if status == ffi::STATUS_OK && write_back::is_owed() {
            status = write_back::put_back(state, false);
        }
        // What an earlier compute could not write is not this one's doing, but it is bounded, too.
        let mut left = None;
        if status == ffi::STATUS_OK && (permit::is_read_only() || config.atomic) {
            budget::begin_again();
            status = write_back::run(state);
            left = Some(budget::suspend());
        }
        // What cannot be stored was told, and would pass for a change of this compute.
        if status == ffi::STATUS_OK && permit::is_read_only() {
            status = write_back::put_back(state, false);
        }
        if status == ffi::STATUS_OK && config.atomic {
            status = protected_call(state, begin_transaction);
        }
        ffi::cu_release_collector(state, held);
        IN_FORCE.store(status == ffi::STATUS_OK, Ordering::Relaxed);
        if let Some(left) = left {
            budget::resume(left);
        }
        status
    }
}

/// A Lua function, to be called protected.
///
/// # Safety
/// Lua calls it.
unsafe extern "C" fn begin_transaction(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        if let Err(failure) = journal::begin() {
            ffi::lua_pushnil(state);
            fault::raise(state, failure.into(), failure.table, ffi::lua_gettop(state));
        }
    }
    0
}

/// Writes back, and answers; what `compute` returns.
///
/// # Safety
/// As for `run_protected`, with results or an error above the handler.
unsafe fn finish_run(state: *mut State, mut status: c_int, is_exhausted: bool, config: &Config) -> i32 {
    // SAFETY: the caller's; everything is protected.
    unsafe {
        stop::end_run();
        let has_failed = status != ffi::STATUS_OK;
        if status == ffi::STATUS_OK && !is_exhausted && channels::is_changed() {
            status = protected_call(state, channels::write_back_protected);
        }
        let will_be_undone = journal::is_begun() && (status != ffi::STATUS_OK || is_exhausted);
        let written = if will_be_undone { ffi::STATUS_OK } else { write_back::end(state) };
        // The script's own error says more than what the end lacks.
        if is_exhausted {
            return answer_exhausted(state, stop::message(), config);
        }
        if !has_failed && budget::is_exhausted() {
            return answer_exhausted(state, stop::message_of_end(), config);
        }
        if status == ffi::STATUS_OK {
            status = written;
        } else if written != ffi::STATUS_OK {
            // The script's own error says more.
            ffi::lua_settop(state, -2);
        }
        if status != ffi::STATUS_OK {
            return answer_lua_error(state, status, config);
        }
        match response::write(state, HANDLER + 1, output::global(), io_buffer::bytes()) {
            Ok((length, spilled)) => {
                SPILLED.store(spilled, Ordering::Relaxed);
                length as i32
            }
            Err(_) if budget::is_exhausted() => answer_exhausted(state, stop::message_of_end(), config),
            Err(Fault::Error(error)) => answer_error(&error, config),
            Err(Fault::Refused(number, refusal)) => answer_refusal(number, &refusal, config),
        }
    }
}

/// Calls a function without arguments and results; Lua's status, an error value on the stack.
///
/// # Safety
/// `state` is live.
unsafe fn protected_call(state: *mut State, function: ffi::CFunction) -> c_int {
    // SAFETY: the caller's; scripts may have left no room.
    unsafe {
        if ffi::lua_checkstack(state, 2) == 0 {
            return ffi::STATUS_MEMORY;
        }
        call::protected(state, function, core::ptr::null_mut(), 0)
    }
}

/// # Safety
/// One thread, and the code in the I/O buffer is done with.
unsafe fn answer_error(error: &Error, config: &Config) -> i32 {
    // SAFETY: the caller's.
    let mut text = ErrorText::new(unsafe { io_buffer::bytes() });
    failure::write_error(error, &mut text);
    // SAFETY: the caller's; no value.
    unsafe { finish(error.class(), &text, None, config) }
}

/// A result that has no encoding, with the way to it: `result 2: .users[3].conn is a thread, ...`.
///
/// # Safety
/// As for `answer_error`.
unsafe fn answer_refusal(number: c_int, refusal: &crate::codec::encode::Refusal, config: &Config) -> i32 {
    // SAFETY: the caller's.
    let mut text = ErrorText::new(unsafe { io_buffer::bytes() });
    // Writing an ErrorText does not fail.
    let _ = write!(text, "result {number}");
    text.bytes(refusal.path.text());
    let _ = text.write_str(" ");
    let _ = refusal.reason.describe(&mut text);
    // SAFETY: the caller's; no value.
    unsafe { finish(ErrorClass::Result, &text, None, config) }
}

/// The error value on top of the stack, as text.
///
/// # Safety
/// As for `answer_error`, with a live state.
unsafe fn answer_lua_error(state: *mut State, status: c_int, config: &Config) -> i32 {
    // SAFETY: the caller's.
    unsafe {
        let mut text = ErrorText::new(io_buffer::bytes());
        let value = ffi::lua_gettop(state);
        if call::is_internal(state, value) {
            return answer_error(&Error::Internal, config);
        }
        let class = match status {
            ffi::STATUS_SYNTAX => ErrorClass::Syntax,
            ffi::STATUS_MEMORY => ErrorClass::Memory,
            ffi::STATUS_HANDLER => ErrorClass::Handler,
            _ => ErrorClass::Runtime,
        };
        if traceback::push_kept(state) {
            text.bytes(string_bytes(state, -1));
        } else {
            describe_without_handler(state, value, &mut text);
        }
        if class == ErrorClass::Memory {
            audit::limit_hit("memory", config.memory as i64);
            let _ = write!(text, " (the limit is {} bytes)", config.memory);
        }
        finish(class, &text, Some((state, value)), config)
    }
}

/// The run was stopped, also when the script caught that and came to its end.
///
/// # Safety
/// As for `answer_error`, with a live state.
unsafe fn answer_exhausted(state: *mut State, message: Message, config: &Config) -> i32 {
    // SAFETY: the caller's; the stack has a slot to spare.
    unsafe {
        audit::limit_hit("instructions", config.instructions);
        let mut text = ErrorText::new(io_buffer::bytes());
        if traceback::push_kept(state) {
            text.bytes(string_bytes(state, -1));
        } else {
            text.bytes(message.text());
        }
        finish(ErrorClass::Budget, &text, None, config)
    }
}

/// The message of an error that no handler saw: syntax and memory errors, errors in handlers.
///
/// # Safety
/// `state` is live.
unsafe fn describe_without_handler(state: *mut State, value: c_int, text: &mut ErrorText<'_>) {
    // SAFETY: the caller's.
    unsafe {
        match ffi::lua_type(state, value) {
            ffi::TYPE_STRING => text.bytes(string_bytes(state, value)),
            kind => {
                let _ = write!(text, "(error object is a {} value)", crate::lua::stack::type_name(kind));
            }
        }
    }
}

/// Sends the events of a failed compute and returns what `compute` answers.
///
/// # Safety
/// As for `answer_error`.
unsafe fn finish(class: ErrorClass, text: &ErrorText<'_>, value: Option<(*mut State, c_int)>, config: &Config) -> i32 {
    // SAFETY: the caller's; the output has been reported when its buffer serves as staging.
    unsafe {
        if config.events.output {
            output::global().report_kept();
        }
        if config.events.error {
            failure::report(class, text.written(), value, output::global().staging());
        }
    }
    text.status()
}
