//! A compute, phase by phase. None may be moved before another:
//!
//! 1. `admit`: there is a VM, no compute is under way, the code lies inside memory.
//! 2. `configure`: the host says what it wants; output and events begin anew.
//! 3. `settle`: library functions are switched, what other instances did is looked at, what a transaction left behind is
//!    undone, `_home` is found, and a compute that is to go on.
//! 4. `prepare` (in its own file): names, permissions, the transaction.
//! 5. `execute`: the code is compiled and called, or a function that is there already, protected, with a handler that keeps the
//!    traceback; or a compute that waited goes on. It comes to its end, or waits.
//! 6. `finish`: captured variables that changed are written, or put back, and results are encoded.
//! 7. `end`: garbage of a failed script is collected, and the transaction ends.

use core::ffi::c_int;

use cu_abi::call::is_call;

use crate::budget;
use crate::closure::write_back;
use crate::codec::encode;
use crate::control::event::Kinds;
use crate::control::{audit, event, output};
use crate::data;
use crate::error::Error;
use crate::heap::{self, ARENA_BYTES};
use crate::lua::stack::{ALL_RESULTS, Stack};
use crate::lua::status::Status;
use crate::lua::thread;
use crate::permissions::switches;
use crate::proxy::access::ExternalRows;
use crate::proxy::channels;
use crate::run::config::Config;
use crate::run::pending::{self, Ended, Going};
use crate::run::prepare::{prepare, protected};
use crate::run::response::{self, Values};
use crate::run::{answer, atomic, call as record, collect, home, shared};
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

impl Source {
    fn bytes(self) -> &'static [u8] {
        // SAFETY: `admit` saw that it lies in memory. A host that writes there when a finalizer calls it changes what is compiled:
        // Lua reads each byte once, and takes any. What changes of a call record is found (`run/call.rs`, `library/host/wait.rs`).
        unsafe { core::slice::from_raw_parts(self.pointer, self.length) }
    }
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
    pending::note(lua, code.bytes());
    let config = match configure() {
        Ok(config) => config,
        Err((error, events)) => return answer::error(&error, &Config { events, ..Config::DEFAULT }),
    };
    if let Err(error) = settle(lua, config) {
        atomic::end_unit(lua, true, config);
        return answer::error(&error, config);
    }
    let going = match pending::find(lua, code.bytes()) {
        Ok(going) => going,
        Err(error) => {
            atomic::end_unit(lua, true, config);
            let error = if RUN.code_is_overwritten.get() { Error::CodeOverwritten } else { error };
            return answer::error(&error, config);
        }
    };
    begin_limits(config, going.as_ref());
    let status = run_limited(lua, code, going, config);
    end(lua, status, config)
}

/// Phase 2. With an error come the events that could be read.
fn configure() -> Result<&'static Config, (Error, Kinds)> {
    RUN.code_is_overwritten.set(false);
    RUN.is_permitted.set(false);
    // What comes before the script is not its work.
    budget::suspend();
    if INSTANCE.has_spilled.replace(false) {
        write::forget_spilled();
    }
    match Config::fetch() {
        Ok(config) => {
            shared::note_epoch(config.epoch);
            output::begin(config.output, config.events.output);
            audit::begin(config.events.audit);
            RUN.reports_progress.set(config.events.progress);
            Ok(config)
        }
        Err((error, events)) => {
            output::begin(0, events.output);
            Err((error, events))
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

fn begin_limits(config: &Config, going: Option<&Going>) {
    heap::set_limit(config.memory);
    budget::begin(going.map_or(config.instructions, |going| going.limit), config.tick);
    thread::begin();
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
fn run_limited(lua: Stack<'_>, code: Source, going: Option<Going>, config: &Config) -> i32 {
    traceback::push(lua);
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
    match &going {
        None => budget::begin_script(),
        Some(going) => budget::go_on(going.left),
    }
    // The host has been asked everything that comes before the code is read.
    if RUN.code_is_overwritten.get() {
        return answer::error(&Error::CodeOverwritten, config);
    }
    let ended = match going {
        None => execute(lua, code, pending::admit(config, !atomic::is_wanted(config))),
        Some(going) => {
            pending::admit(config, !atomic::is_wanted(config));
            Ok(pending::go_on(lua, &going))
        }
    };
    let ended = match ended {
        Ok(ended) => ended,
        Err(error) => return answer::error(&error, config),
    };
    RUN.used.set(budget::used());
    let is_exhausted = budget::left() < 0;
    // What follows is Rust's work on what the script left. It has a budget of its own, as large as the script's, and the
    // collector rests, so that no finalizer prolongs it.
    budget::begin_again();
    let held = lua.hold_collector();
    let answer = finish(lua, &ended, is_exhausted, config);
    lua.release_collector(held);
    if let Some(number) = ended.waits.filter(|_| answer < 0) {
        pending::abandon(lua, number);
    }
    budget::suspend();
    answer
}

/// Phase 5, unless a compute goes on. What the script came to is above the handler.
fn execute(lua: Stack<'_>, code: Source, may_wait: bool) -> Result<Ended, Error> {
    let source = code.bytes();
    if is_call(source) {
        return call_function(lua, source, may_wait);
    }
    Ok(match lua.load_source(source, CHUNK_NAME) {
        Status::Ok => call(lua, 0, false, may_wait),
        refused => Ended::over(refused, encode::by_id),
    })
}

/// Calls the function under its arguments on top of the stack.
fn call(lua: Stack<'_>, arguments: c_int, by_content: bool, may_wait: bool) -> Ended {
    if may_wait {
        return pending::begin(lua, arguments, by_content);
    }
    Ended::over(lua.call_protected(arguments, ALL_RESULTS, HANDLER), pending::external(by_content))
}

/// Phase 5 with a call record in the place of source.
fn call_function(lua: Stack<'_>, mut record: &[u8], may_wait: bool) -> Result<Ended, Error> {
    // What this needs is there: the stack of a function, of which the handler takes one slot.
    if let Some((values, by_content)) = record::push_simple(lua, record) {
        return Ok(call(lua, c_int::from(values) - 1, by_content, may_wait));
    }
    let by_content = record::check(record)?;
    if !lua.has_room(2) {
        return Ok(Ended::over(Status::Memory, encode::by_id));
    }
    let pushed = lua.protected(|lua, record: &mut &[u8]| record::push(lua, record), &mut record, ALL_RESULTS);
    if RUN.code_is_overwritten.get() {
        return Err(Error::CodeOverwritten);
    }
    Ok(match pushed {
        // Above the handler are the function and its arguments.
        Status::Ok => call(lua, lua.top() - HANDLER - 1, by_content, may_wait),
        failed => Ended::over(failed, encode::by_id),
    })
}

/// Phase 6; what `compute` returns.
fn finish(lua: Stack<'_>, ended: &Ended, is_exhausted: bool, config: &Config) -> i32 {
    stop::unwatch();
    let mut status = ended.status;
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
    match ended.waits {
        None => response::write(lua, &Values::Results { first: HANDLER + 1, external: ended.external }, config),
        Some(_) => response::write(lua, &Values::Call(lua.block(-1)), config),
    }
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
