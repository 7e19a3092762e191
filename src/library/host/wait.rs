//! A call of a function of the host for which the whole compute waits (`run/pending.rs`, [`cu_abi::pending`]).
//!
//! Invariant: whether the compute can wait is known before anything of it is suspended, and what is asked of the host is made
//! by then. So nothing can fail between this call and the answer of the compute that other computes would see.

use core::ffi::c_int;

use cu_abi::pending::Pending;

use crate::heap;
use crate::library::host::{answer, record};
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::stack::Stack;
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

/// Calls the function by suspending the compute, if that can be.
pub fn begin(lua: Stack<'_>, name: &str) -> Result<u8, Raise> {
    check(lua, name)?;
    let mut small = [0; record::SMALL_BYTES];
    let record = record::write(lua, name, &mut small)?;
    record::count(name, record.len());
    suspend_now(lua, record)
}

/// Suspends the compute, if that can be, until the host has the answer to the call of that record, which it knows.
pub fn suspend(lua: Stack<'_>, name: &str, record: &[u8]) -> Result<u8, Raise> {
    check(lua, name)?;
    suspend_now(lua, record)
}

fn suspend_now(lua: Stack<'_>, record: &[u8]) -> Result<u8, Raise> {
    lua.want_room(2, c"no room to wait for the host");
    let head = Pending::head(RUN.waits.ticket.get());
    let asked = lua.push_block(head.len() + record.len());
    let (front, rest) = asked.split_at_mut(head.len());
    front.copy_from_slice(&head);
    rest.copy_from_slice(record);
    // The arguments are let go while it waits.
    lua.insert(1);
    lua.set_top(1);
    Err(Raise::Wait)
}

/// Why the compute cannot wait.
fn check(lua: Stack<'_>, name: &str) -> Result<(), Raise> {
    if !RUN.waits.may.get() {
        return Err(lua.fail(format_args!("{name} cannot be waited for: the compute is atomic, or in a transaction")));
    }
    if RUN.waits.most.get() == 0 {
        return Err(lua.fail(format_args!("{name} cannot be waited for: config.pending is 0, so no compute waits")));
    }
    let (pending, most) = (INSTANCE.pending.get(), RUN.waits.most.get());
    if pending >= most {
        return Err(lua.fail(format_args!(
            "{name} cannot be waited for: {pending} computes wait already; config.pending is {most}"
        )));
    }
    if !lua.can_wait() {
        return Err(lua.fail(format_args!("{name} cannot be waited for: attempt to yield across a C-call boundary")));
    }
    let most = RUN.waits.memory.get();
    if heap::used_bytes() > most {
        lua.collect_quietly();
        let used = heap::used_bytes();
        if used > most {
            return Err(lua.fail(format_args!(
                "{name} cannot be waited for: {used} bytes of memory are in use; config.pending_memory is {most}"
            )));
        }
    }
    Ok(())
}

/// The function goes on, with the answer of the host.
///
/// # Safety
/// `lua/waiting.c` calls it.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_answered(state: *mut State, _: c_int, _: isize) -> c_int {
    // SAFETY: Lua calls with a live state; nothing is captured.
    unsafe { call::enter(state, end) }.into()
}

fn end(lua: Stack<'_>) -> Result<u8, Raise> {
    let name = record::name(lua);
    let (address, length) = RUN.waits.answer.get();
    // SAFETY: `run/pending.rs` noted what lies in the record with which this compute goes on. A host that is called meanwhile
    // may write there: any bytes will do.
    let taken = answer::take(lua, name, unsafe { core::slice::from_raw_parts(address as *const u8, length) });
    if RUN.code_is_overwritten.get() {
        return Err(lua.fail(format_args!("the host's answer to a call of {name} was overwritten before it was read")));
    }
    taken
}
