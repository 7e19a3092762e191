//! A compute, phase by phase. None may be moved before another:
//!
//! 1. `admit`: there is a VM, no compute is under way, the code lies inside memory.
//! 2. `configure`: the host says what it wants; output and events begin anew.
//! 3. `settle`: library functions are switched, what other instances did is looked at, what a transaction left behind is
//!    undone, and `_home` is found.
//! 4. `prepare` (in its own file): names, permissions, the transaction.
//! 5. `execute`: the code is compiled and called, or a function that is there already, protected, with a handler that keeps the traceback.
//! 6. `finish`: captured variables that changed are written, or put back, and results are encoded.
//! 7. `end`: garbage of a failed script is collected, and the transaction ends.

use core::ffi::c_int;

use cu_abi::call::is_call;

use crate::budget;
use crate::closure::write_back;
use crate::codec::encode::{self, External};
use crate::control::{audit, event, output};
use crate::data;
use crate::error::Error;
use crate::heap::{self, ARENA_BYTES};
use crate::lua::stack::{ALL_RESULTS, Stack};
use crate::lua::status::Status;
use crate::permissions::switches;
use crate::proxy::access::ExternalRows;
use crate::proxy::{channels, content};
use crate::run::config::Config;
use crate::run::prepare::{prepare, protected};
use crate::run::{answer, atomic, call, collect, home, response, shared};
use crate::table::write;
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;
use crate::vm::{stop, traceback};

/// Name of the code in messages: `compute:1: ...`.
const CHUNK_NAME: &core::ffi::CStr = c"=compute";

/// Stack index of the message handler; results and errors are above it.
const HANDLER: c_int = 1;

/// Where the source lies, until it is compiled.
#[derive(Clone, Copy)]
struct Source {
    pointer: *const u8,
    length: usize,
}

/// Runs the code at that place; what the export `compute` returns. `memory_bytes` is the size of linear memory.
///
/// # Safety
/// `pointer..pointer + length` is readable if it lies below `memory_bytes`.
pub unsafe fn compute(pointer: usize, length: usize, memory_bytes: usize) -> i32 {
    if INSTANCE.is_running.replace(true) {
        RUN.code_is_overwritten.set(true);
        return answer::error(&Error::Reentered, &Config::DEFAULT);
    }
    let status = match admit(pointer, length, memory_bytes) {
        Ok(lua) => run(lua, Source { pointer: pointer as *const u8, length }),
        Err(error) => answer::error(&error, &Config::DEFAULT),
    };
    INSTANCE.is_running.set(false);
    status
}

/// Phase 1.
fn admit(pointer: usize, length: usize, memory_bytes: usize) -> Result<Stack<'static>, Error> {
    let lua = INSTANCE.lua().ok_or(Error::NotInitialised)?;
    if pointer.checked_add(length).is_none_or(|end| end > memory_bytes) {
        return Err(Error::CodeOutside { pointer, length, memory: memory_bytes });
    }
    Ok(lua)
}

/// Phases 2 to 7.
fn run(lua: Stack<'_>, code: Source) -> i32 {
    let mut config = Config::DEFAULT;
    if let Err(error) = configure(&mut config) {
        return answer::error(&error, &config);
    }
    if let Err(error) = settle(lua, &config) {
        atomic::end_unit(lua, true, &config);
        return answer::error(&error, &config);
    }
    begin_limits(&config);
    let status = run_limited(lua, code, &config);
    end(lua, status, &config)
}

/// Phase 2. After an error, the configuration has the events that could be read.
fn configure(config: &mut Config) -> Result<(), Error> {
    RUN.code_is_overwritten.set(false);
    RUN.is_permitted.set(false);
    // What comes before the script is not its work.
    budget::suspend();
    if INSTANCE.has_spilled.replace(false) {
        write::forget_spilled();
    }
    match Config::fetch() {
        Ok(found) => {
            *config = found;
            shared::note_epoch(config.epoch);
            output::begin(config.output, config.events.output);
            audit::begin(config.events.audit);
            RUN.reports_progress.set(config.events.progress);
            Ok(())
        }
        Err((error, events)) => {
            config.events = events;
            output::begin(0, events.output);
            Err(error)
        }
    }
}

/// Phase 3.
fn settle(lua: Stack<'_>, config: &Config) -> Result<(), Error> {
    switches::set(lua)?;
    shared::look()?;
    atomic::settle(lua, config)?;
    data::look().map_err(shared::error)?;
    home::settle()
}

fn begin_limits(config: &Config) {
    heap::set_limit(config.memory);
    budget::begin(config.instructions, config.tick);
    stop::watch();
    RUN.strips.set(config.strip);
    RUN.loads_bytecode.set(config.bytecode);
    RUN.compression.set(config.compression);
    #[cfg(feature = "faults")]
    if config.fail_allocation > 0 {
        // SAFETY: one thread; the reference ends at once.
        unsafe { heap::global() }.faults().plan(config.fail_allocation as u64, config.fail_count as u64);
    }
}

fn end_limits() {
    heap::set_limit(ARENA_BYTES);
    #[cfg(feature = "faults")]
    // SAFETY: one thread; the reference ends at once.
    unsafe { heap::global() }.faults().end();
}

/// Phases 4 to 6, under the limits; the stack is empty at first.
fn run_limited(lua: Stack<'_>, code: Source, config: &Config) -> i32 {
    lua.push_rust(traceback::on_error);
    traceback::forget(lua);
    channels::forget(lua);
    #[cfg(feature = "data")]
    data::cache::forget();
    RUN.used.set(0);
    RUN.calls.set(0);
    let prepared = prepare(lua, config);
    if budget::is_exhausted() {
        return answer::exhausted(lua, &stop::message_of_end(), config);
    }
    if !prepared.is_ok() {
        return answer::lua_error(lua, prepared, config);
    }
    budget::begin_script();
    // The host has been asked everything that comes before the code is read.
    if RUN.code_is_overwritten.get() {
        return answer::error(&Error::CodeOverwritten, config);
    }
    let (status, external) = match execute(lua, code) {
        Ok(executed) => executed,
        Err(error) => return answer::error(&error, config),
    };
    RUN.used.set(budget::used());
    let is_exhausted = budget::left() < 0;
    // What follows is Rust's work on what the script left. It has a budget of its own, as large as the script's, and the
    // collector rests, so that no finalizer prolongs it.
    budget::begin_again();
    let held = lua.hold_collector();
    let answer = finish(lua, status, is_exhausted, external, config);
    lua.release_collector(held);
    budget::suspend();
    answer
}

/// Phase 5; results, or an error value, above the handler, and how external tables among the results are sent.
fn execute(lua: Stack<'_>, code: Source) -> Result<(Status, External), Error> {
    // SAFETY: `admit` saw that it lies in memory. A host that writes there when a finalizer calls it changes what is compiled:
    // Lua reads each byte once, and takes any. What changes of a call record is found (`run/call.rs`).
    let source = unsafe { core::slice::from_raw_parts(code.pointer, code.length) };
    if is_call(source) {
        return call_function(lua, source);
    }
    let status = match lua.load_source(source, CHUNK_NAME) {
        Status::Ok => lua.call_protected(0, ALL_RESULTS, HANDLER),
        refused => refused,
    };
    Ok((status, encode::by_id))
}

/// Phase 5 with a call record in the place of source.
fn call_function(lua: Stack<'_>, mut record: &[u8]) -> Result<(Status, External), Error> {
    let external = if call::check(record)? { content::write } else { encode::by_id };
    if !lua.has_room(2) {
        return Ok((Status::Memory, external));
    }
    let pushed = lua.protected(|lua, record: &mut &[u8]| call::push(lua, record), &mut record, ALL_RESULTS);
    if RUN.code_is_overwritten.get() {
        return Err(Error::CodeOverwritten);
    }
    let status = match pushed {
        // Above the handler are the function and its arguments.
        Status::Ok => lua.call_protected(lua.top() - HANDLER - 1, ALL_RESULTS, HANDLER),
        failed => failed,
    };
    Ok((status, external))
}

/// Phase 6; what `compute` returns.
fn finish(lua: Stack<'_>, mut status: Status, is_exhausted: bool, external: External, config: &Config) -> i32 {
    stop::unwatch();
    let has_failed = !status.is_ok();
    if !has_failed && !is_exhausted && channels::is_changed() {
        status = protected(lua, |lua, _| channels::write_back(lua).map(|()| 0));
    }
    let will_be_undone = RUN.is_ended.get() || (atomic::has_begun() && (!status.is_ok() || is_exhausted));
    let written = if will_be_undone { Status::Ok } else { write_back::end(lua, &ExternalRows) };
    // The script's own error says more than what the end lacks.
    if is_exhausted {
        return answer::exhausted(lua, &stop::message(), config);
    }
    if !has_failed && budget::is_exhausted() {
        return answer::exhausted(lua, &stop::message_of_end(), config);
    }
    if status.is_ok() {
        status = written;
    } else if !written.is_ok() {
        // The script's own error says more.
        lua.pop(1);
    }
    if !status.is_ok() {
        return answer::lua_error(lua, status, config);
    }
    response::write(lua, HANDLER + 1, external, config)
}

/// Phase 7; what `compute` returns.
fn end(lua: Stack<'_>, mut status: i32, config: &Config) -> i32 {
    lua.set_top(0);
    let has_failed = status < 0;
    let used_bytes = heap::used_bytes();
    if has_failed {
        heap::set_limit(ARENA_BYTES);
        // Finalizers may print, and the answer is written. What they do belongs to the compute, so it is undone with it.
        output::begin(0, false);
        collect::make_room(lua);
    } else if INSTANCE.has_spilled.get() {
        // What it was made of is garbage now, and the next large result needs one piece of memory.
        lua.collect_quietly();
    }
    if let Err(error) = atomic::end(lua, !has_failed, config) {
        status = answer::error(&error, config);
    }
    atomic::end_unit(lua, status < 0, config);
    #[cfg(feature = "data")]
    data::changing::end();
    if config.events.usage {
        event::report_usage(RUN.used.get(), used_bytes, RUN.calls.get());
    }
    end_limits();
    lua.trim();
    status
}
