//! Computes that wait for a function of the host, while others run.
//!
//! A compute that may have to wait runs in a thread of its own (`lua/waiting.c`, `vm/threads.rs`), which keeps what the compute
//! has beside its stack.
//!
//! Invariant: suspending a compute needs no memory, so it cannot fail once the script is out of the way. Each time it waits a
//! compute has another ticket, so what is answered twice is refused.

use core::ffi::c_int;

use cu_abi::pending::Answered;

use crate::budget;
use crate::codec::encode::{self, External};
use crate::error::Error;
use crate::library::host::answer;
use crate::library::host::offer;
use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::lua::thread::{KEPT, Reached};
use crate::proxy::content;
use crate::run::call;
use crate::run::config::Config;
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;
use crate::vm::{threads, traceback};

/// What a thread keeps: what is left of its budget, and of the part after which the host is asked, the budget at its beginning,
/// how external tables in its results are sent, whether it waits, the text of the error that passes through it, and its ticket.
const LEFT: c_int = 0;
const LIMIT: c_int = 1;
const BY_CONTENT: c_int = 2;
const WAITS: c_int = 3;
const LEFT_OF_PART: c_int = 4;
const TRACEBACK: c_int = 5;
const TICKET: c_int = 6;

const _: () = assert!(TICKET + 1 == KEPT);

/// A ticket is the number of the compute, and in these bits how often it has waited.
const TIMES_BITS: u32 = 24;

/// The ticket after that one, of the same compute.
fn next_ticket(ticket: i64) -> i64 {
    let times = (1 << TIMES_BITS) - 1;
    ticket & !times | (ticket + 1) & times
}

/// The number of the compute.
fn number(ticket: i64) -> i64 {
    ticket >> TIMES_BITS
}

/// What a script came to.
pub struct Ended {
    /// How it ended; results, an error value, or what it asks of the host, are on top.
    pub status: Status,
    /// How external tables among the results are sent.
    pub external: External,
    /// It has not ended, but waits: the number of the compute.
    pub waits: Option<i64>,
}

impl Ended {
    /// A script that is over.
    pub fn over(status: Status, external: External) -> Ended {
        Ended { status, external, waits: None }
    }
}

/// A compute that goes on.
#[derive(Clone, Copy)]
pub struct Going {
    number: i64,
    /// Where in the record the answer is; none: the compute is cancelled.
    answer: Option<(usize, usize)>,
    /// The budget at its beginning.
    pub limit: i64,
    /// What is left of that, and of its part.
    pub left: (i64, i64),
}

/// Notes whether a record is for a compute that waits: until that goes on, an error says that it still does.
pub fn note(lua: Stack<'_>, record: &[u8]) {
    RUN.waits.on.set(Answered::ticket(record).is_some_and(|ticket| push_waiting(lua, ticket).is_some()));
    lua.set_top(0);
}

/// Pushes the table of threads and the one that waits with that ticket, if there is one.
fn push_waiting<'s>(lua: Stack<'s>, ticket: i64) -> Option<Stack<'s>> {
    let found = threads::push(lua, number(ticket));
    found.filter(|thread| thread.kept(WAITS) != 0 && thread.kept(TICKET) == ticket)
}

/// Which compute a record wants to go on, none for what is no such record.
pub fn find(lua: Stack<'_>, record: &[u8]) -> Result<Option<Going>, Error> {
    if !Answered::is_one(record) {
        return Ok(None);
    }
    let Answered { ticket, answer } = Answered::read(record).map_err(call::malformed)?;
    if let Some(bytes) = answer {
        budget::spend(bytes.len() / budget::cost::BYTES_DECODED);
        answer::check(bytes).map_err(|unusable| call::unusable(unusable, record.len() - bytes.len()))?;
    }
    let going = push_waiting(lua, ticket).map(|thread| Going {
        number: number(ticket),
        answer: answer.map(|bytes| (bytes.as_ptr() as usize, bytes.len())),
        limit: thread.kept(LIMIT),
        left: (thread.kept(LEFT), thread.kept(LEFT_OF_PART)),
    });
    lua.set_top(0);
    going.map(Some).ok_or(Error::NotPending { ticket })
}

/// Says what computes of this configuration need to wait, and whether this one may have to.
pub fn admit(config: &Config, may: bool) -> bool {
    RUN.waits.may.set(may);
    RUN.waits.most.set(config.pending);
    RUN.waits.memory.set(config.pending_memory);
    RUN.waits.ticket.set(0);
    may && config.pending > 0 && offer::is_waited_for()
}

/// A new thread for the function under its arguments, `values` together, on top of the stack.
struct New {
    thread: Option<Stack<'static>>,
    number: i64,
    values: c_int,
    by_content: bool,
}

/// Runs the function under its arguments on top of the stack in a thread, which may wait.
pub fn begin(lua: Stack<'_>, arguments: c_int, by_content: bool) -> Ended {
    let external = external(by_content);
    let number = INSTANCE.computes.get() + 1;
    INSTANCE.computes.set(number);
    let mut new = New { thread: None, number, values: arguments + 1, by_content };
    if !lua.has_room(4) {
        return Ended::over(Status::Memory, external);
    }
    // A thread is not the script's work, and no finalizer is to run before it.
    let left = budget::suspend();
    let held = lua.hold_collector();
    let made = lua.protected_with(make, &mut new, arguments + 1, 0);
    lua.release_collector(held);
    budget::resume(left);
    match new.thread {
        Some(thread) if made.is_ok() => run(lua, thread, number, 1 + KEPT + 1 + arguments, external),
        _ => Ended::over(made, external),
    }
}

/// How external tables among results are sent.
pub fn external(by_content: bool) -> External {
    if by_content { content::write } else { encode::by_id }
}

fn make(lua: Stack<'_>, new: &mut New) -> Result<u8, Raise> {
    let thread = threads::make(lua, new.number);
    if !thread.has_room(new.values + KEPT + 2) {
        threads::forget(lua, new.number);
        return Err(Raise::Memory);
    }
    thread.push_outermost();
    traceback::push(thread);
    for kept in [0, budget::limit(), i64::from(new.by_content), 0, 0, 0, new.number << TIMES_BITS] {
        thread.push_integer(kept);
    }
    lua.move_to(thread, new.values);
    // SAFETY: the table has it until its compute is over.
    new.thread = Some(unsafe { Stack::of(thread.state()) });
    Ok(0)
}

/// Goes on with a compute, or ends it.
pub fn go_on(lua: Stack<'_>, going: &Going) -> Ended {
    let Some(thread) = threads::push(lua, going.number) else {
        return Ended::over(Status::Memory, encode::by_id);
    };
    // The table has it.
    lua.pop(2);
    RUN.waits.on.set(false);
    let external = external(thread.kept(BY_CONTENT) != 0);
    let Some(answer) = going.answer else {
        no_longer(thread);
        let status = thread.cancel(lua);
        threads::forget(lua, going.number);
        return Ended::over(status, external);
    };
    RUN.waits.answer.set(answer);
    traceback::take(lua, thread, TRACEBACK);
    no_longer(thread);
    run(lua, thread, going.number, 0, external)
}

/// It waits no longer.
fn no_longer(thread: Stack<'_>) {
    thread.keep(WAITS, 0);
    INSTANCE.pending.set(INSTANCE.pending.get() - 1);
}

fn run(lua: Stack<'_>, thread: Stack<'_>, number: i64, arguments: c_int, external: External) -> Ended {
    let ticket = next_ticket(thread.kept(TICKET));
    RUN.waits.ticket.set(ticket);
    let reached = thread.resume(lua, arguments);
    RUN.waits.ticket.set(0);
    let count = match reached {
        Reached::Wait => {
            thread.keep(LEFT, budget::left());
            thread.keep(LEFT_OF_PART, budget::left_of_part());
            thread.keep(WAITS, 1);
            thread.keep(TICKET, ticket);
            traceback::leave(lua, thread, TRACEBACK);
            INSTANCE.pending.set(INSTANCE.pending.get() + 1);
            1
        }
        Reached::End(_, count) => count,
    };
    let has_room = lua.has_room(count);
    if has_room {
        thread.move_to(lua, count);
    }
    match reached {
        Reached::Wait => Ended { status: Status::Ok, external, waits: Some(number) },
        Reached::End(status, _) => {
            threads::forget(lua, number);
            Ended::over(if has_room { status } else { Status::Memory }, external)
        }
    }
}

/// The compute could not be suspended after all: it ends, and what is to be closed is closed. Nothing is left on the stack.
pub fn abandon(lua: Stack<'_>, number: i64) {
    lua.set_top(0);
    if let Some(thread) = threads::push(lua, number) {
        budget::begin_script();
        no_longer(thread);
        let _ = thread.cancel(lua);
        budget::suspend();
        threads::forget(lua, number);
    }
    lua.set_top(0);
}
