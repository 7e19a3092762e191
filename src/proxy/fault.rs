//! What goes wrong with external tables, in words that name table, key, and the offending value.

use core::ffi::c_int;
use core::fmt;

use cu_abi::limits::KEY_BYTES;
use cu_abi::{status, tables};

use crate::codec::decode::Unusable;
use crate::codec::part::Part;
use crate::codec::path::Path;
use crate::codec::restore::Unrestored;
use crate::codec::{big, encode};
use crate::control::audit::{self, Action, Detail};
use crate::error::Excerpt;
use crate::key::Key;
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::stack::{self, string_bytes};
use crate::proxy::permit::{Deed, Refusal};
use crate::proxy::write_back;
use crate::store::counter::Unavailable;
use crate::store::page::Unreadable;
use crate::store::{Cause, Failure, system};

/// A fault around one key of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A value of this type cannot be a key.
    KeyType(&'static str),
    /// NaN cannot be a key.
    KeyNaN,
    /// The key is too long; its encoded length.
    KeyLength(usize),
    /// The host failed.
    Host(Failure),
    /// The function that lies there cannot be restored.
    Function(Unrestored),
    /// What the host stores is no encoded value: the offset of the first byte that cannot be right.
    Damaged(usize),
    /// The build lacks what the value needs.
    LeftOut(Part),
    /// The host's page of keys is malformed, or out of order.
    DamagedPage,
    /// The host does not permit it.
    Permission(Deed, Refusal),
    /// A finalizer put something there that was not seen when the table was checked.
    Changed,
    /// There is no new id.
    Ids,
    /// Not enough memory for the encoded value of that length.
    Memory(usize),
    /// The stored value, of that length, is larger than all the memory that scripts may use, which is the other number.
    TooLarge(usize, usize),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        Fault::Host(failure)
    }
}

impl From<Unreadable> for Fault {
    fn from(unreadable: Unreadable) -> Fault {
        match unreadable {
            Unreadable::Host(failure) => Fault::Host(failure),
            Unreadable::Damaged => Fault::DamagedPage,
        }
    }
}

impl From<Unusable> for Fault {
    fn from(unusable: Unusable) -> Fault {
        match unusable {
            Unusable::Malformed(malformed) => Fault::Damaged(malformed.offset),
            Unusable::LeftOut(part) => Fault::LeftOut(part),
        }
    }
}

impl From<Unavailable> for Fault {
    fn from(unavailable: Unavailable) -> Fault {
        match unavailable {
            Unavailable::Host(failure) => Fault::Host(failure),
            Unavailable::Exhausted => Fault::Ids,
        }
    }
}

/// A table in words.
pub struct Named(pub u32);

impl fmt::Display for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            id if id == super::globals::home() => out.write_str("_home"),
            tables::IO => out.write_str("_io"),
            system::CELLS => out.write_str("captured variable"),
            id if id >= tables::SYSTEM_FIRST => write!(out, "system table {}", id - tables::SYSTEM_FIRST),
            id => write!(out, "external table {id}"),
        }
    }
}

/// The key at a stack index, for messages. A float is there as text: Rust's own way to print one is 20 KB of code.
struct KeyAt(*mut State, c_int);

impl fmt::Display for KeyAt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeyAt(state, index) = *self;
        // SAFETY: whoever made the value has a live state; only reads that do not raise.
        unsafe {
            match ffi::lua_type(state, index) {
                ffi::TYPE_STRING => write!(out, "{}", Excerpt::new(string_bytes(state, index))),
                ffi::TYPE_NUMBER if ffi::lua_isinteger(state, index) != 0 => {
                    write!(out, "{}", ffi::lua_tointegerx(state, index, core::ptr::null_mut()))
                }
                ffi::TYPE_BOOLEAN => write!(out, "{}", ffi::lua_toboolean(state, index) != 0),
                kind => out.write_str(stack::type_name(kind)),
            }
        }
    }
}

/// Raises `fault`, met at `key` of `table`.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive up to the protected call.
pub unsafe fn raise(state: *mut State, fault: Fault, table: u32, key: c_int) -> ! {
    // SAFETY: the caller's.
    let key = unsafe { printable(state, key) };
    let (name, key) = (Named(table), KeyAt(state, key));
    let message = match fault {
        Fault::KeyType("nil") => Message::new(format_args!("index of {name} is nil")),
        Fault::KeyType(kind) => Message::new(format_args!(
            "index of {name} is a {kind}: an external table takes strings, numbers and booleans"
        )),
        Fault::KeyNaN => Message::new(format_args!("index of {name} is NaN")),
        Fault::KeyLength(length) => {
            Message::new(format_args!("index {key} of {name} takes {length} bytes encoded; the limit is {KEY_BYTES}"))
        }
        Fault::Host(failure) => Message::new(format_args!(
            "{} failed to {} key {key} of {}: {}",
            failure.subject(),
            failure.deed,
            Named(failure.table),
            failure.cause
        )),
        Fault::Function(unrestored) => {
            Message::new(format_args!("the function under key {key} of {name} cannot be restored: {unrestored}"))
        }
        Fault::Damaged(offset) => {
            Message::new(format_args!("the value under key {key} of {name} is damaged: byte {offset} cannot be right"))
        }
        Fault::LeftOut(part) => {
            Message::new(format_args!("the value under key {key} of {name} cannot be read: {part}"))
        }
        Fault::DamagedPage => {
            Message::new(format_args!("the host's list of the keys of {name} is malformed or out of order after {key}"))
        }
        Fault::Permission(Deed::Make, why) => Message::new(format_args!("no external table may be made: {why}")),
        Fault::Permission(Deed::Use, why) => Message::new(format_args!("{name} may not be used: {why}")),
        Fault::Permission(Deed::Empty, why) => Message::new(format_args!("{name} may not be emptied: {why}")),
        Fault::Permission(Deed::Change, why) if table == system::CELLS => {
            let mut path = Path::EMPTY;
            // SAFETY: the caller's.
            unsafe { write_back::prepend_name(state, key.1, &mut path) };
            let mut message = Message::new(format_args!("{name}"));
            message.push(path.text());
            message.push(Message::new(format_args!(" may not be changed: {why}")).text());
            message
        }
        Fault::Permission(Deed::Change, why) => {
            Message::new(format_args!("key {key} of {name} may not be changed: {why}"))
        }
        Fault::Changed => Message::new(format_args!(
            "the value under key {key} of {name} changed to what cannot be stored while it was being stored"
        )),
        Fault::Ids => {
            Message::new(format_args!("no more external tables: every id below {} is used", tables::SYSTEM_FIRST))
        }
        Fault::Memory(length) => {
            Message::new(format_args!("not enough memory to encode {length} bytes for key {key} of {name}"))
        }
        Fault::TooLarge(length, limit) => Message::new(format_args!(
            "the value under key {key} of {name} takes {length} bytes; not enough memory: the limit is {limit}"
        )),
    };
    account(fault, &message);
    // SAFETY: the caller's.
    unsafe { message::raise(state, &message) }
}

/// Reports what someone may have to account for.
fn account(fault: Fault, message: &Message) {
    let text = Detail::Text(message.text());
    match fault {
        Fault::Permission(..) => audit::report(Action::PermissionRefused, &[("message", text)]),
        Fault::Function(Unrestored::Function(id, broken)) if !broken.wants_memory() => {
            audit::report(Action::BytecodeRefused, &[("function", Detail::Number(id.into())), ("message", text)]);
        }
        Fault::Memory(_) | Fault::TooLarge(..) => {
            audit::report(Action::LimitHit, &[("limit", Detail::Text(b"memory")), ("message", text)]);
        }
        Fault::Host(Failure { cause: Cause::Host(status::RATE_EXCEEDED), .. })
        | Fault::Function(Unrestored::Host(Failure { cause: Cause::Host(status::RATE_EXCEEDED), .. })) => {
            audit::report(Action::LimitHit, &[("limit", Detail::Text(b"operations")), ("message", text)]);
        }
        _ => {}
    }
}

/// Puts the access to `key` of `table` in front of `path`.
///
/// # Safety
/// `state` is live.
pub unsafe fn prepend_key(state: *mut State, table: u32, key: c_int, path: &mut Path) {
    // SAFETY: the caller's.
    unsafe {
        if table == system::CELLS {
            write_back::prepend_name(state, key, path);
        } else {
            encode::prepend_access(state, key, path);
        }
    }
}

/// The index of the key, or of the text of a float.
///
/// # Safety
/// As for `raise`.
unsafe fn printable(state: *mut State, key: c_int) -> c_int {
    // SAFETY: the caller's.
    unsafe {
        if ffi::lua_type(state, key) != ffi::TYPE_NUMBER || ffi::lua_isinteger(state, key) != 0 {
            return key;
        }
        ffi::luaL_tolstring(state, key, core::ptr::null_mut());
        ffi::lua_gettop(state)
    }
}

/// The value at `index` as a key.
///
/// # Safety
/// `state` is live; the key is used while a string is on the stack.
#[inline]
pub unsafe fn key_at<'a>(state: *mut State, index: c_int) -> Result<Key<'a>, Fault> {
    // SAFETY: the caller's; only reads that do not raise.
    unsafe {
        Ok(match ffi::lua_type(state, index) {
            ffi::TYPE_STRING => Key::String(string_bytes(state, index)),
            ffi::TYPE_NUMBER if ffi::lua_isinteger(state, index) != 0 => {
                Key::Integer(ffi::lua_tointegerx(state, index, core::ptr::null_mut()))
            }
            ffi::TYPE_NUMBER => Key::Float(ffi::lua_tonumberx(state, index, core::ptr::null_mut())),
            ffi::TYPE_BOOLEAN => Key::Boolean(ffi::lua_toboolean(state, index) != 0),
            _ if big::is(state, index) => return Err(Fault::KeyType("big integer")),
            kind => return Err(Fault::KeyType(stack::type_name(kind))),
        })
    }
}
