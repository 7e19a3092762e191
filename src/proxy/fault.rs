//! What goes wrong with external tables, in words that name table, key, and the offending value.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::fmt;

use cu_abi::limits::KEY_BYTES;
use cu_abi::{status, tables};

use crate::closure::unrestored::Unrestored;
use crate::closure::write_back;
use crate::codec::decode::Unusable;
use crate::codec::encode;
use crate::codec::feature::Feature;
use crate::codec::path::Path;
use crate::control::audit::{self, Action, Detail};
use crate::details::{Details, Number};
use crate::error::Excerpt;
use crate::lua::call::Raise;
use crate::lua::ffi;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::permissions::guards::{Attempt, Denied};
use crate::proxy::globals;
use crate::store::{Cause, Failure, system};
use crate::vm::standing::is_gone;

/// A fault around one key of one table: the number of what it is.
#[derive(Clone, Copy, Debug)]
pub struct Fault(Number<Problem>);

/// What a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A value of this type cannot be a key.
    KeyType(&'static str),
    /// NaN cannot be a key.
    KeyNaN,
    /// The key is too long; its encoded length.
    KeyLength(usize),
    /// The store did not do what it should.
    Store(Failure),
    /// The function that lies there cannot be restored.
    Function(Unrestored),
    /// What the host stores is no encoded value: the offset of the first byte that cannot be right.
    Damaged(usize),
    /// The build lacks what the value needs.
    LeftOut(Feature),
    /// The host does not permit it.
    Permission(Denied),
    /// A finalizer put something there that was not seen when the table was checked.
    Changed,
    /// Not enough memory for the encoded value of that length.
    Memory(usize),
    /// The stored value, of that length, is larger than all the memory that scripts may use, which is the other number.
    TooLarge(usize, usize),
    /// Something else is raised, and goes on as it is.
    Raise(Raise),
}

static LAST: Details<Problem> = Details::none();

impl Fault {
    /// The value is no encoded one from that byte on.
    #[cold]
    #[inline(never)]
    pub fn damaged(offset: usize) -> Fault {
        Problem::Damaged(offset).into()
    }

    /// There is not enough memory for so many bytes.
    #[cold]
    #[inline(never)]
    pub fn memory(length: usize) -> Fault {
        Problem::Memory(length).into()
    }

    /// What it is.
    pub fn problem(self) -> Problem {
        LAST.of(self.0)
    }

    /// Whether it is of a function that is there and cannot be restored.
    pub fn is_of_function(self) -> bool {
        matches!(self.problem(), Problem::Function(unrestored) if !matches!(unrestored, Unrestored::Host(_)))
    }
}

impl PartialEq for Fault {
    fn eq(&self, other: &Fault) -> bool {
        self.problem() == other.problem()
    }
}

impl Eq for Fault {}

impl From<Problem> for Fault {
    #[cold]
    #[inline(never)]
    fn from(problem: Problem) -> Fault {
        Fault(LAST.number(problem))
    }
}

impl From<Raise> for Fault {
    #[cold]
    #[inline(never)]
    fn from(raise: Raise) -> Fault {
        Problem::Raise(raise).into()
    }
}

impl From<Denied> for Fault {
    #[cold]
    #[inline(never)]
    fn from(denied: Denied) -> Fault {
        Problem::Permission(denied).into()
    }
}

impl From<Unrestored> for Fault {
    #[cold]
    #[inline(never)]
    fn from(unrestored: Unrestored) -> Fault {
        match unrestored {
            Unrestored::Raise(raise) => raise.into(),
            unrestored => Problem::Function(unrestored).into(),
        }
    }
}

impl From<Failure> for Fault {
    #[cold]
    #[inline(never)]
    fn from(failure: Failure) -> Fault {
        Problem::Store(failure).into()
    }
}

impl From<Unusable> for Fault {
    #[cold]
    #[inline(never)]
    fn from(unusable: Unusable) -> Fault {
        match unusable {
            Unusable::Malformed(malformed) => Fault::damaged(malformed.offset),
            Unusable::LeftOut(feature) => Problem::LeftOut(feature).into(),
        }
    }
}

/// A table in words.
pub struct Named(pub u32);

impl fmt::Display for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            id if id == globals::home() => out.write_str("_home"),
            tables::IO => out.write_str("_io"),
            system::CELLS => out.write_str("captured variable"),
            system::METATABLES => out.write_str("metatables"),
            id if id >= tables::SYSTEM_FIRST => write!(out, "system table {}", id - tables::SYSTEM_FIRST),
            id => write!(out, "external table {id}"),
        }
    }
}

/// The key at a stack index, for messages. A float is there as text: Rust's own way to print one is 20 KB of code.
struct KeyAt<'s>(Stack<'s>, c_int);

impl fmt::Display for KeyAt<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeyAt(lua, index) = *self;
        match lua.kind(index) {
            Kind::String => write!(out, "{}", Excerpt::new(lua.string(index))),
            Kind::Number if lua.is_integer(index) => write!(out, "{}", lua.integer(index)),
            Kind::Boolean => write!(out, "{}", lua.boolean(index)),
            kind => out.write_str(kind.name()),
        }
    }
}

/// Raises `fault`, which concerns the whole of `table`.
#[cold]
pub fn raise_of_table(lua: Stack<'_>, fault: Fault, table: u32) -> Raise {
    if let Problem::Raise(raise) = fault.problem() {
        return raise;
    }
    lua.push_nil();
    raise(lua, fault, table, lua.top())
}

/// Raises `fault`, met at `key` of `table`.
#[cold]
pub fn raise(lua: Stack<'_>, fault: Fault, table: u32, key: c_int) -> Raise {
    if let Problem::Raise(raise) = fault.problem() {
        return raise;
    }
    let message = message(lua, fault, table, key);
    account(fault, &message);
    lua.error(&message)
}

/// Pushes a function that raises `fault`, met at `key` of `table`, when it is called; raises when memory runs out.
#[cold]
pub fn push_stand_in(lua: Stack<'_>, fault: Fault, table: u32, key: c_int) {
    push_raising(lua, &message(lua, fault, table, key));
}

/// Pushes a function that raises a text.
pub fn push_raising(lua: Stack<'_>, message: &Message) {
    lua.push_string(message.text());
    lua.push_c_closure(ffi::cu_stand_in, 1);
}

fn message(lua: Stack<'_>, fault: Fault, table: u32, key: c_int) -> Message {
    let key = printable(lua, key);
    let (name, key) = (Named(table), KeyAt(lua, key));
    match fault.problem() {
        Problem::KeyType("nil") => Message::new(format_args!("index of {name} is nil")),
        Problem::KeyType(kind) => Message::new(format_args!(
            "index of {name} is a {kind}: an external table takes strings, numbers and booleans"
        )),
        Problem::KeyNaN => Message::new(format_args!("index of {name} is NaN")),
        Problem::KeyLength(length) => {
            Message::new(format_args!("index {key} of {name} takes {length} bytes encoded; the limit is {KEY_BYTES}"))
        }
        Problem::Store(failure) => match failure.cause() {
            cause @ (Cause::Gone | Cause::Undone) if is_gone(table) => {
                Message::new(format_args!("this table is gone: {cause}"))
            }
            cause @ (Cause::Gone | Cause::Undone) => Message::new(format_args!(
                "what is to be stored under {key} of {name} is a table that is gone: {cause}"
            )),
            cause @ Cause::Damaged => {
                Message::new(format_args!("the host's list of the keys of {name} is {cause} after {key}"))
            }
            #[cfg(feature = "data")]
            Cause::Refused | Cause::Violated => crate::data::refusal::message(),
            cause @ Cause::NoIds => Message::new(format_args!("no more external tables: {cause}")),
            cause @ Cause::LeftOut(_) => Message::new(format_args!("key {key} of {name} cannot be changed: {cause}")),
            cause => Message::new(format_args!(
                "{} failed to {} key {key} of {}: {cause}",
                failure.subject(),
                failure.action(),
                Named(failure.table()),
            )),
        },
        Problem::Function(unrestored) => {
            Message::new(format_args!("the function under key {key} of {name} cannot be restored: {unrestored}"))
        }
        Problem::Damaged(offset) => {
            Message::new(format_args!("the value under key {key} of {name} is damaged: byte {offset} cannot be right"))
        }
        Problem::LeftOut(feature) => {
            Message::new(format_args!("the value under key {key} of {name} cannot be read: {feature}"))
        }
        Problem::Permission(denied) => message_of(lua, denied, &key),
        Problem::Changed => Message::new(format_args!(
            "the value under key {key} of {name} changed to what cannot be stored while it was being stored"
        )),
        Problem::Memory(length) => {
            Message::new(format_args!("not enough memory to encode {length} bytes for key {key} of {name}"))
        }
        Problem::TooLarge(length, limit) => Message::new(format_args!(
            "the value under key {key} of {name} takes {length} bytes; not enough memory: the limit is {limit}"
        )),
        // It is raised as it is.
        Problem::Raise(_) => Message::new(format_args!("")),
    }
}

/// What is denied, in words.
fn message_of(lua: Stack<'_>, denied: Denied, key: &KeyAt<'_>) -> Message {
    let (name, why) = (Named(denied.table), denied.why);
    match denied.attempt {
        Attempt::Make => Message::new(format_args!("no external table may be made: {why}")),
        Attempt::Use => Message::new(format_args!("{name} may not be used: {why}")),
        Attempt::Attach => Message::new(format_args!("what is attached to {name} may not be changed: {why}")),
        Attempt::Empty => Message::new(format_args!("{name} may not be emptied: {why}")),
        Attempt::Metatable => Message::new(format_args!("the metatable of {name} may not be changed: {why}")),
        Attempt::Change if denied.table == system::CELLS => {
            let mut path = Path::EMPTY;
            write_back::prepend_name(lua, key.1, &mut path);
            let mut message = Message::new(format_args!("{name}"));
            message.push(path.text());
            message.push(Message::new(format_args!(" may not be changed: {why}")).text());
            message
        }
        Attempt::Change if denied.table == system::METATABLES => {
            Message::new(format_args!("the metatable of {} may not be changed: {why}", with_metatable(lua, key.1)))
        }
        Attempt::Change => Message::new(format_args!("key {key} of {name} may not be changed: {why}")),
    }
}

/// Reports what someone may have to account for.
fn account(fault: Fault, message: &Message) {
    let text = Detail::Text(message.text());
    match fault.problem() {
        Problem::Permission(_) => audit::report(Action::PermissionRefused, &[(audit::field::MESSAGE, text)]),
        Problem::Store(failure) if failure.cause() == Cause::Violated => {
            audit::report(Action::SchemaViolated, &[(audit::field::MESSAGE, text)]);
        }
        Problem::Memory(_) | Problem::TooLarge(..) => {
            audit::report(
                Action::LimitHit,
                &[(audit::field::LIMIT, Detail::Text(audit::limit::MEMORY.as_bytes())), (audit::field::MESSAGE, text)],
            );
        }
        Problem::Store(failure) | Problem::Function(Unrestored::Host(failure))
            if failure.reply() == Some(status::RATE_EXCEEDED) =>
        {
            audit::report(
                Action::LimitHit,
                &[
                    (audit::field::LIMIT, Detail::Text(audit::limit::OPERATIONS.as_bytes())),
                    (audit::field::MESSAGE, text),
                ],
            );
        }
        Problem::Function(unrestored) => {
            if let Some(function) = unrestored.refused_record() {
                audit::report(
                    Action::BytecodeRefused,
                    &[(audit::field::FUNCTION, Detail::Number(function.into())), (audit::field::MESSAGE, text)],
                );
            }
        }
        _ => {}
    }
}

/// Puts the access to `key` of `table` in front of `path`; what the path begins at.
pub fn prepend_key(lua: Stack<'_>, table: u32, key: c_int, path: &mut Path) -> Named {
    match table {
        system::CELLS => write_back::prepend_name(lua, key, path),
        system::METATABLES => {
            path.prepend(b"[metatable]");
            return with_metatable(lua, key);
        }
        _ => encode::prepend_access(lua, key, path),
    }
    Named(table)
}

/// The table whose metatable is noted under the key.
fn with_metatable(lua: Stack<'_>, key: c_int) -> Named {
    Named(lua.integer(key) as u32)
}

/// The index of the key, or of the text of a float.
fn printable(lua: Stack<'_>, key: c_int) -> c_int {
    if lua.kind(key) != Kind::Number || lua.is_integer(key) {
        return key;
    }
    lua.push_text_of(key);
    lua.top()
}
