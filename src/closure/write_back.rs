//! The end of a compute stores the captured variables that changed, also when the compute failed. After a read-only compute,
//! and after an atomic one that failed, they get the stored values back instead, without an error.
//!
//! Invariant: after the last pass the store has the value of every captured variable that it can have. Each variable is tried
//! once after a compute, and once more if it is forbidden meanwhile, so the passes end with any values. What cannot
//! be written stays changed, lives on, and is tried again after the next compute. If the host fails, each such compute fails;
//! a value that cannot be stored fails only the first compute that ends with it.
//!
//! A variable that the budget does not cover fails that compute and is late from then on. Each later compute writes one late
//! variable, however much work that is, and then as many as a second budget of the same size covers: so all of them are
//! written in the end.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::budget::{self, cost};
use crate::closure::restore;
use crate::closure::unrestored::Unrestored;
use crate::codec::path::Path;
use crate::control::audit::{self, Action, Detail};
use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::permissions::guards;
use crate::store::{self, system};
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

/// What is done with entries of external tables: `proxy/` does it. Keys and values are indices of the stack.
pub trait Rows {
    /// `table[key] = value`
    fn assign(&self, lua: Stack<'_>, table: u32, key: c_int, value: c_int) -> Result<(), Raise>;

    /// The error that a value cannot be restored.
    fn fail(&self, lua: Stack<'_>, unrestored: Unrestored, table: u32, key: c_int) -> Raise;

    /// Pushes a function in the place of a value that cannot be restored, which raises why when it is called.
    fn push_stand_in(&self, lua: Stack<'_>, unrestored: Unrestored, table: u32, key: c_int);

    /// The error that a table inside a read-only one cannot be assigned.
    fn refuse_inside(&self, lua: Stack<'_>, table: u32, key: c_int) -> Raise;
}

/// What is to be done with one captured variable.
struct Job<'a, R> {
    id: u32,
    rows: &'a R,
}

/// Slots that a function here takes, for calls and the error value.
const SLOTS: c_int = 8;

/// Stores what changed. The first error is left on the stack.
pub fn run(lua: Stack<'_>, rows: &impl Rows) -> Status {
    if INSTANCE.cells.next_changed(0).is_none() {
        return Status::Ok;
    }
    if !lua.has_room(SLOTS) {
        return Status::Memory;
    }
    // A finalizer could change variables without end.
    let held = lua.hold_collector();
    let base = lua.top();
    let mut status = Status::Ok;
    // An emergency collection may move entries to places that were passed, and what was forbidden on the way is to be put
    // back: once more, until nothing is found.
    INSTANCE.cells.begin_round();
    while pass(lua, rows, base, &mut status, false) {}
    if budget::is_exhausted() {
        INSTANCE.cells.note_late();
    } else {
        let left = budget::lend(0);
        write_late(lua, rows);
        while !budget::is_exhausted() && pass(lua, rows, base, &mut status, true) {}
        budget::resume(left);
    }
    lua.release_collector(held);
    status
}

/// Stores what changed, where a transaction begins or ends: the script pays for it. The first variable that cannot be stored ends
/// it, with the error on the stack; one that failed an earlier compute, and lives on with a value that cannot be stored, does not.
pub fn run_now(lua: Stack<'_>, rows: &impl Rows) -> Status {
    budget::spend(INSTANCE.cells.count() * cost::CELL);
    if INSTANCE.cells.next_changed(0).is_none() {
        return Status::Ok;
    }
    if !lua.has_room(SLOTS) {
        return Status::Memory;
    }
    let held = lua.hold_collector();
    INSTANCE.cells.begin_round();
    let mut status = Status::Ok;
    while status.is_ok() && pass_now(lua, rows, &mut status) {}
    lua.release_collector(held);
    status
}

/// Writes each changed variable that was not tried, up to the first error; whether there was any.
fn pass_now<R: Rows>(lua: Stack<'_>, rows: &R, status: &mut Status) -> bool {
    let (mut place, top) = (0, lua.top());
    while let Some((id, next)) = INSTANCE.cells.try_changed(place) {
        place = next;
        RUN.is_refused.set(false);
        RUN.is_refused_inside.set(false);
        let outcome = lua.protected(write_one::<R>, &mut Job { id, rows }, 0);
        let is_old = RUN.is_refused.get() && INSTANCE.cells.is_refused(id);
        if !outcome.is_ok() && !is_old {
            *status = outcome;
            return false;
        }
        lua.set_top(top);
    }
    place > 0
}

/// Writes one late variable, however much work that is; its value is not compressed. One that cannot be written for another
/// reason is not late any more, but changed like others.
fn write_late<R: Rows>(lua: Stack<'_>, rows: &R) {
    let left = budget::suspend();
    let threshold = RUN.compression.replace(0);
    let top = lua.top();
    while let Some((id, _)) = INSTANCE.cells.try_next(0, true) {
        let outcome = lua.protected(write_one::<R>, &mut Job { id, rows }, 0);
        lua.set_top(top);
        if outcome.is_ok() {
            break;
        }
        INSTANCE.cells.forget_late(id);
    }
    RUN.compression.set(threshold);
    budget::resume(left);
}

/// Tries every changed variable that is still to be tried: those that are late, or the others. Whether there was any.
fn pass<R: Rows>(lua: Stack<'_>, rows: &R, base: c_int, status: &mut Status, late: bool) -> bool {
    let mut place = 0;
    while !budget::is_exhausted()
        && let Some((id, next)) = INSTANCE.cells.try_next(place, late)
    {
        place = next;
        RUN.is_refused.set(false);
        RUN.is_refused_inside.set(false);
        let outcome = lua.protected(write_one::<R>, &mut Job { id, rows }, 0);
        let is_old = RUN.is_refused.get() && !INSTANCE.cells.note_refused(id);
        if RUN.is_refused_inside.get() {
            // Or the next compute, with other permissions, would store it.
            INSTANCE.cells.forbid(id);
        }
        // A late variable has failed the compute in which it became late.
        let is_reported = is_old || (late && budget::is_exhausted());
        if status.is_ok() && !is_reported {
            *status = outcome;
        }
        // The first error stays.
        lua.set_top(base + c_int::from(!status.is_ok()));
    }
    place > 0 && !budget::is_exhausted()
}

/// Writes one variable, or puts it back when it is forbidden; runs protected.
fn write_one<R: Rows>(lua: Stack<'_>, job: &mut Job<'_, R>) -> Result<u8, Raise> {
    let &mut Job { id, rows } = job;
    let Some(variable) = INSTANCE.cells.variable(id) else { return Ok(0) };
    lua.push_integer(i64::from(id));
    lua.push_value_of(variable);
    if INSTANCE.cells.is_forbidden(id) {
        restore_value(lua, rows, id)?;
        return Ok(0);
    }
    if guards::is_inside(lua.external_id(3)) {
        INSTANCE.cells.forbid(id);
        return Err(rows.refuse_inside(lua, system::CELLS, 2));
    }
    rows.assign(lua, system::CELLS, 2, 3)?;
    INSTANCE.cells.note_written(id);
    Ok(0)
}

/// What the end of a compute does with the variables that it changed. The first error is left on the stack.
pub fn end(lua: Stack<'_>, rows: &impl Rows) -> Status {
    if RUN.permissions.is_read_only.get() { put_back(lua, rows, true) } else { run(lua, rows) }
}

/// Gives every changed variable the value that the store has: so what a read-only compute did is undone. With `report` the
/// host hears of it once. The first error is left on the stack.
pub fn put_back<R: Rows>(lua: Stack<'_>, rows: &R, report: bool) -> Status {
    INSTANCE.has_to_put_back.set(false);
    if INSTANCE.cells.next_changed(0).is_none() {
        return Status::Ok;
    }
    if !lua.has_room(SLOTS) {
        INSTANCE.has_to_put_back.set(true);
        return Status::Memory;
    }
    let held = lua.hold_collector();
    let base = lua.top();
    let (mut status, mut place) = (Status::Ok, 0);
    let (mut variables, mut first) = (0, Path::EMPTY);
    while let Some((id, next)) = INSTANCE.cells.next_changed(place) {
        place = next;
        if variables == 0 {
            name_variable(id, &mut first);
        }
        let outcome = lua.protected(put_one_back::<R>, &mut Job { id, rows }, 0);
        variables += i64::from(outcome.is_ok());
        if status.is_ok() {
            status = outcome;
        }
        lua.set_top(base + c_int::from(!status.is_ok()));
    }
    // Restoring a function may move entries to places that were passed.
    INSTANCE.has_to_put_back.set(INSTANCE.cells.next_changed(0).is_some());
    lua.release_collector(held);
    if report && variables > 0 {
        let details =
            [(audit::field::VARIABLES, Detail::Number(variables)), (audit::field::FIRST, Detail::Text(first.text()))];
        audit::report(Action::VariablesPutBack, &details);
    }
    status
}

/// Gives every living captured variable the value that the store has: another instance may have changed any of them. What
/// was changed here and not written loses. A variable or a function whose row is absent is forgotten, and so is the code of
/// one; it lives on as an ordinary one of Lua's. The first error is left on the stack: that variable keeps its value.
///
/// No compute has begun, so nothing that was stored is being looked at.
pub fn read_anew<R: Rows>(lua: Stack<'_>, rows: &R) -> Status {
    if !lua.has_room(SLOTS) {
        return Status::Memory;
    }
    let left = budget::suspend();
    let held = lua.hold_collector();
    let base = lua.top();
    let mut status = lua.protected(forget_absent::<R>, &mut Job { id: 0, rows }, 0);
    INSTANCE.cells.begin_round();
    // Restoring a function may move entries to places that were passed: once more, until nothing is found.
    while pass_anew(lua, rows, base, &mut status) {}
    INSTANCE.has_to_put_back.set(INSTANCE.cells.next_changed(0).is_some());
    lua.release_collector(held);
    budget::resume(left);
    status
}

/// Reads every variable anew that is still to be read; whether there was any.
fn pass_anew<R: Rows>(lua: Stack<'_>, rows: &R, base: c_int, status: &mut Status) -> bool {
    let mut place = 0;
    while let Some((id, next)) = INSTANCE.cells.try_any(place) {
        place = next;
        let outcome = lua.protected(read_one_anew::<R>, &mut Job { id, rows }, 0);
        if status.is_ok() {
            *status = outcome;
        }
        lua.set_top(base + c_int::from(!status.is_ok()));
    }
    place > 0
}

/// Forgets the functions and the code whose rows are absent; runs protected.
fn forget_absent<R: Rows>(lua: Stack<'_>, job: &mut Job<'_, R>) -> Result<u8, Raise> {
    let mut kept = INSTANCE.known.keep(|id| store::is_stored(system::FUNCTIONS, id));
    if kept.is_ok() {
        kept = INSTANCE.codes.keep(|id| store::is_stored(system::CODES, id));
    }
    kept.map_err(|failure| {
        lua.push_nil();
        job.rows.fail(lua, failure.into(), failure.table(), 2)
    })?;
    Ok(0)
}

/// Reads one variable anew; runs protected.
fn read_one_anew<R: Rows>(lua: Stack<'_>, job: &mut Job<'_, R>) -> Result<u8, Raise> {
    lua.push_integer(i64::from(job.id));
    if let Ok(false) = store::is_stored(system::CELLS, job.id) {
        INSTANCE.cells.forget(job.id);
        return Ok(0);
    }
    restore_value(lua, job.rows, job.id)?;
    Ok(0)
}

/// Puts one variable back; runs protected.
fn put_one_back<R: Rows>(lua: Stack<'_>, job: &mut Job<'_, R>) -> Result<u8, Raise> {
    lua.push_integer(i64::from(job.id));
    restore_value(lua, job.rows, job.id)?;
    Ok(0)
}

/// Gives a variable the value that the store has; its id is at 2. One that is damaged is bad alone: whoever uses it hears of it.
fn restore_value(lua: Stack<'_>, rows: &impl Rows, id: u32) -> Result<(), Raise> {
    match restore::push_cell(lua, id) {
        Ok(()) => {}
        Err(Unrestored::Raise(raise)) => return Err(raise),
        Err(unrestored) if unrestored.is_damage() => {
            lua.set_top(2);
            rows.push_stand_in(lua, unrestored, system::CELLS, 2);
        }
        Err(unrestored) => return Err(rows.fail(lua, unrestored, system::CELLS, 2)),
    }
    if let Some(variable) = INSTANCE.cells.variable(id) {
        lua.set_value_of(variable);
    }
    INSTANCE.cells.note_written(id);
    Ok(())
}

/// Puts the name of the captured variable whose id is at `key` in front of `path`, if a live function knows it.
pub fn prepend_name(lua: Stack<'_>, key: c_int, path: &mut Path) {
    path.prepend(b"'");
    name_variable(lua.id(key), path);
    path.prepend(b" '");
}

/// Puts the name of a captured variable in front of `path`, if a live function knows it, or a question mark.
fn name_variable(id: u32, path: &mut Path) {
    let name = INSTANCE
        .cells
        .variable(id)
        .and_then(|variable| INSTANCE.known.entries().find_map(|(_, function)| function.name_of(variable)));
    path.prepend(name.unwrap_or(b"?"));
}
