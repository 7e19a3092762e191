//! `ext.batch(operations, options)`: many changes and reads in one call; all or none of them, or each for itself.
//!
//! Invariant: an operation does what the assignment or the access in a script does, and operations are done in their order. A
//! batch that is to do all or nothing is a transaction. In any other one an error ends one operation, and the loop begins again
//! behind it: so what a protected call costs is paid once, and again after each error.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::limits::BATCH_OPERATIONS;

use crate::budget::{self, cost};
use crate::control::{clock, event};
use crate::error::Excerpt;
use crate::library::data::argument::{bad, bad_kind, check_table};
use crate::library::data::operation::{self, Kind, Progress};
use crate::lua::call::Raise;
use crate::lua::ffi;
use crate::lua::kind::Kind as Type;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::lua::status::Status;

/// Its name in messages.
const FUNCTION: &str = "batch";

/// What an operation counts beside its calls of the host.
const OPERATION_COST: usize = cost::CALL + 4 * cost::ELEMENT;

/// How many operations are done between two looks at the clock.
const UNTIMED: u32 = 16;

// What `run` finds on its stack.
const OPERATIONS: c_int = 1;
const PLACE: c_int = 2;
const TIMEOUT: c_int = 3;
const REPORT: c_int = 4;
const COUNT: c_int = 5;
const RESULTS: c_int = 6;
const DONE: c_int = 7;

/// The options.
struct Options {
    is_atomic: bool,
    /// Milliseconds, 0 for no limit.
    timeout: f64,
    /// Operations between two events, 0 for none.
    report: i64,
}

/// `ext.batch(operations, options)`.
pub fn batch(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.set_top(2);
    let Options { is_atomic, timeout, report } = read_options(lua)?;
    let count = count(lua)?;
    if is_atomic {
        lua.push_c_function(ffi::cu_transaction);
        lua.push_rust(|lua| run(lua, true));
    } else {
        lua.push_rust(|lua| run(lua, false));
    }
    lua.push_copy(1);
    lua.push_place(1);
    lua.push_number(timeout);
    lua.push_integer(report);
    lua.push_integer(count as i64);
    lua.call(COUNT + c_int::from(is_atomic), 1);
    Ok(1)
}

fn read_options(lua: Stack<'_>) -> Result<Options, Raise> {
    let mut options = Options { is_atomic: true, timeout: 0.0, report: 0 };
    if lua.kind(2) == Type::Nil {
        return Ok(options);
    }
    check_table(lua, 2, FUNCTION, "table of options")?;
    lua.push_nil();
    while lua.next(2) {
        let kind = lua.kind(-1);
        match lua.string(-2) {
            b"atomic" if kind == Type::Boolean => options.is_atomic = lua.boolean(-1),
            b"atomic" => {
                return Err(bad(lua, 2, FUNCTION, format_args!("option 'atomic' is a boolean, not a {}", kind.name())));
            }
            b"timeout" if kind == Type::Number && lua.number(-1) > 0.0 => options.timeout = lua.number(-1),
            b"timeout" => {
                return Err(bad(
                    lua,
                    2,
                    FUNCTION,
                    format_args!("option 'timeout' is a number of milliseconds above 0"),
                ));
            }
            b"progress" if lua.is_integer(-1) && lua.integer(-1) > 0 => options.report = lua.integer(-1),
            b"progress" => {
                return Err(bad(lua, 2, FUNCTION, format_args!("option 'progress' is a number of operations above 0")));
            }
            name if lua.kind(-2) == Type::String => {
                return Err(bad(lua, 2, FUNCTION, format_args!("unknown option {}", Excerpt::new(name))));
            }
            _ => return Err(bad(lua, 2, FUNCTION, format_args!("unknown option, a {}", lua.kind(-2).name()))),
        }
        lua.pop(1);
    }
    Ok(options)
}

/// How many operations there are: in a list, or one after another in a string of encoded values.
fn count(lua: Stack<'_>) -> Result<usize, Raise> {
    let count = match lua.kind(1) {
        Type::Table if lua.external_id(1) == 0 => {
            lua.push_nil();
            let has_any = lua.next(1);
            lua.set_top(2);
            match lua.raw_length(1) as usize {
                0 if has_any => return Err(bad(lua, 1, FUNCTION, format_args!("list of operations expected"))),
                count => count,
            }
        }
        Type::String => {
            let bytes = lua.bytes(1);
            lua.charge(bytes.len() / cost::BYTES_DECODED)?;
            match operation::count(bytes) {
                Ok(count) => count,
                Err(offset) => {
                    return Err(bad(lua, 1, FUNCTION, format_args!("byte {offset} of the operations cannot be right")));
                }
            }
        }
        _ => return Err(bad_kind(lua, 1, FUNCTION, "list of operations")),
    };
    if count > BATCH_OPERATIONS {
        return Err(bad(lua, 1, FUNCTION, format_args!("{count} operations, where {BATCH_OPERATIONS} are the most")));
    }
    Ok(count)
}

/// A batch under way.
#[derive(Clone, Copy)]
struct Batch {
    progress: Progress,
    count: u32,
    is_atomic: bool,
    timeout: f64,
    end: f64,
    report: u32,
    is_over: bool,
}

/// Does the operations, and answers the list of their results.
fn run(lua: Stack<'_>, is_atomic: bool) -> Result<u8, Raise> {
    lua.set_top(COUNT);
    lua.want_room(16, c"no room for a batch");
    let count = lua.integer(COUNT);
    let timeout = lua.number(TIMEOUT);
    let mut batch = Batch {
        progress: Progress::default(),
        count: count as u32,
        is_atomic,
        timeout,
        end: if timeout > 0.0 { clock::now_milliseconds() + timeout } else { 0.0 },
        report: lua.integer(REPORT).min(u32::MAX.into()) as u32,
        is_over: false,
    };
    lua.push_table(count as c_int, 0);
    push_success(lua, is_atomic);
    while batch.progress.done < batch.count && !batch.is_over {
        lua.set_top(DONE);
        lua.push_copy(OPERATIONS);
        lua.push_copy(RESULTS);
        lua.push_copy(DONE);
        let status = lua.protected_with(go_on, &mut batch, 3, 0);
        if budget::is_exhausted() {
            return Err(Raise::Budget);
        }
        if status.is_ok() {
            continue;
        }
        if is_atomic {
            return Err(explain(lua, status, &batch));
        }
        push_failure(lua, &batch)?;
        batch.progress.done += 1;
    }
    if batch.is_over {
        push_lateness(lua, &batch);
        for number in batch.progress.done + 1..=batch.count {
            lua.push_copy(-1);
            lua.raw_set_at(RESULTS, number.into());
        }
    }
    lua.set_top(RESULTS);
    Ok(1)
}

/// What operations without a value answer: all the same.
fn push_success(lua: Stack<'_>, is_atomic: bool) {
    lua.push_boolean(true);
    if !is_atomic {
        lua.push_table(0, 1);
        lua.insert(-2);
        lua.set_field(-2, c"ok");
    }
}

/// Does operations until one fails, the time is over, or there is none left. The stack: the address of the batch, operations,
/// results, what a success answers.
fn go_on(lua: Stack<'_>, batch: &mut Batch) -> Result<u8, Raise> {
    lua.want_room(16, c"no room for a batch");
    while batch.progress.done < batch.count {
        lua.charge(OPERATION_COST)?;
        let done = batch.progress.done;
        if batch.timeout > 0.0 && done.is_multiple_of(UNTIMED) && clock::now_milliseconds() > batch.end {
            batch.is_over = true;
            return if batch.is_atomic { Err(lua.error(&lateness(batch))) } else { Ok(0) };
        }
        lua.set_top(operation::FIXED);
        match operation::perform(lua, &mut batch.progress)? {
            Kind::Get if !batch.is_atomic => {
                lua.push_table(0, 2);
                lua.insert(-2);
                lua.set_field(-2, c"value");
                lua.push_boolean(true);
                lua.set_field(-2, c"ok");
            }
            Kind::Get => {}
            _ => lua.push_copy(operation::SUCCESS),
        }
        batch.progress.done = done + 1;
        lua.raw_set_at(operation::RESULTS, (done + 1).into());
        if batch.report > 0 && (done + 1).is_multiple_of(batch.report) {
            event::report_progress(event::work::BATCH, done + 1, batch.count);
        }
    }
    Ok(0)
}

fn lateness(batch: &Batch) -> Message {
    let (done, count, timeout) = (batch.progress.done, batch.count, batch.timeout as i64);
    Message::new(format_args!("the time limit of {timeout} ms was over after {done} of {count} operations"))
}

/// Raises the error on top, with the place of the batch in front, and the number of the operation if the error is of one.
fn explain(lua: Stack<'_>, status: Status, batch: &Batch) -> Raise {
    if status == Status::Memory {
        return Raise::Memory;
    }
    if lua.kind(-1) == Type::String {
        lua.push_copy(PLACE);
        let number = batch.progress.done + 1;
        let text = Message::new(format_args!("operation {number}: "));
        lua.push_string(if batch.is_over { b"" } else { text.text() });
        lua.push_copy(-3);
        lua.concat(3);
    }
    Raise::Value
}

/// Puts the error on top into the result of the operation that failed.
fn push_failure(lua: Stack<'_>, batch: &Batch) -> Result<(), Raise> {
    let (error, number) = (lua.top(), i64::from(batch.progress.done) + 1);
    lua.push_table(0, 4);
    lua.push_boolean(false);
    lua.set_field(error + 1, c"ok");
    lua.push_copy(error);
    lua.set_field(error + 1, c"error");
    lua.push_integer(number);
    lua.set_field(error + 1, c"index");
    operation::push_key(lua, OPERATIONS, &batch.progress)?;
    lua.set_field(error + 1, c"key");
    lua.set_top(error + 1);
    lua.raw_set_at(RESULTS, number);
    Ok(())
}

/// Pushes the result of all operations that were not done.
fn push_lateness(lua: Stack<'_>, batch: &Batch) {
    lua.push_table(0, 3);
    lua.push_boolean(false);
    lua.set_field(-2, c"ok");
    lua.push_string(lateness(batch).text());
    lua.set_field(-2, c"error");
    lua.push_integer(i64::from(batch.progress.done) + 1);
    lua.set_field(-2, c"index");
}
