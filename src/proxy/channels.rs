//! `_io.input`, `_io.output` and `_io.meta`: ordinary Lua values during a compute.
//!
//! Invariant: building them costs no host calls. What the script assigned, and an output that it looked at and may have
//! changed, is encoded and stored once, at the end of a compute that succeeds.

use core::ffi::c_int;

use cu_abi::call::{Argument, Call};
use cu_abi::tables;
use cu_abi::value::{Item, Reader, Writer};

use crate::codec::encode::{self, Unencodable};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;
use crate::memory::{self, NoMemory};
use crate::permissions::guards::{self, Denied};
use crate::proxy::fault::{self, Fault};
use crate::proxy::keys;
use crate::store;
use crate::table::write;
use crate::vm::run::RUN;

/// The channels' names.
const NAMES: [&[u8]; 3] = [b"input", b"output", b"meta"];
const OUTPUT: usize = 1;

/// Slots that writing a channel takes.
const SLOTS: c_int = 8;

/// The values, by number of channel.
static VALUES: RegistryKey = RegistryKey::new();

fn bit(channel: usize) -> u8 {
    1 << channel
}

/// The value of the channel is here from now on.
fn note_kept(channel: usize) {
    RUN.channels_kept.set(RUN.channels_kept.get() | bit(channel));
}

/// The channel is to be written back.
fn note_changed(channel: usize) {
    RUN.channels_changed.set(RUN.channels_changed.get() | bit(channel));
}

/// Makes room for the values; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    lua.push_table(NAMES.len() as c_int, 0);
    for channel in 0..NAMES.len() {
        lua.push_boolean(false);
        lua.raw_set_at(-2, channel as i64 + 1);
    }
    lua.register(&VALUES);
    RUN.channels_kept.set(0);
    RUN.channels_changed.set(0);
}

/// Forgets the values of the last compute. Raises nothing.
pub fn forget(lua: Stack<'_>) {
    RUN.channels_changed.set(0);
    if RUN.channels_kept.replace(0) == 0 {
        return;
    }
    for channel in 0..NAMES.len() {
        lua.push_boolean(false);
        put(lua, channel);
    }
}

/// Moves the value at the top into its channel. The table has an element for each, so nothing is allocated.
fn put(lua: Stack<'_>, channel: usize) {
    lua.get_registered(&VALUES);
    lua.insert(-2);
    lua.raw_set_at(-2, channel as i64 + 1);
    lua.pop(1);
}

/// The channel that the key at `index` names.
pub fn named(lua: Stack<'_>, index: c_int) -> Option<usize> {
    let name = lua.string(index);
    NAMES.iter().position(|known| *known == name)
}

/// Pushes the value that this compute has of a channel; false when the key is none or its value still with the host.
pub fn push(lua: Stack<'_>, index: c_int) -> bool {
    if RUN.channels_kept.get() == 0 {
        return false;
    }
    let Some(channel) = named(lua, index) else { return false };
    if RUN.channels_kept.get() & bit(channel) == 0 {
        return false;
    }
    lua.get_registered(&VALUES);
    lua.raw_get_at(-1, channel as i64 + 1);
    lua.remove_below();
    true
}

/// Keeps the table at the top, which the host had stored, as the value of the channel; false when the key names none.
pub fn keep(lua: Stack<'_>, index: c_int) -> bool {
    let Some(channel) = named(lua, index) else { return false };
    lua.push_copy(-1);
    put(lua, channel);
    note_kept(channel);
    let may_change = keys::encode_key(lua, index).is_ok_and(|key| guards::may_change(tables::IO, key));
    if channel == OUTPUT && may_change {
        // What refers to it may change it unseen.
        note_changed(channel);
    }
    true
}

/// `_io[key] = value` when the key names a channel.
pub fn assign(lua: Stack<'_>, index: c_int, value: c_int) -> bool {
    let Some(channel) = named(lua, index) else { return false };
    lua.push_copy(value);
    put(lua, channel);
    note_kept(channel);
    note_changed(channel);
    true
}

/// Whether there is anything to write back.
pub fn is_changed() -> bool {
    RUN.channels_changed.get() != 0
}

/// Stores every changed channel; raises when a value has no encoding or the host refuses it.
pub fn write_back(lua: Stack<'_>) -> Result<(), Raise> {
    for (channel, name) in NAMES.iter().enumerate() {
        if RUN.channels_changed.get() & bit(channel) == 0 {
            continue;
        }
        if !lua.has_room(SLOTS) {
            return Err(lua.fail(format_args!("stack overflow")));
        }
        lua.push_string(name);
        lua.get_registered(&VALUES);
        lua.raw_get_at(-1, channel as i64 + 1);
        let value = lua.top();
        store_channel(lua, name, value - 2, value).map_err(|fault| fault::raise(lua, fault, tables::IO, value - 2))?;
        lua.pop(3);
        if channel != OUTPUT {
            RUN.channels_changed.set(RUN.channels_changed.get() & !bit(channel));
        }
    }
    Ok(())
}

/// Refuses an encoded value that refers to a table inside a read-only one.
pub fn check_inside(bytes: &[u8]) -> Result<(), Fault> {
    let mut reader = Reader::new(bytes);
    while guards::is_active() && !reader.is_at_end() {
        // What was encoded here is well formed.
        let Ok(item) = reader.flat_item() else { break };
        let Item::External(table) = item else { continue };
        if guards::is_inside(table) {
            return Err(Denied::inside(tables::IO).into());
        }
    }
    Ok(())
}

/// The same for the arguments of a call record.
pub fn check_inside_call(record: &[u8]) -> Result<(), Fault> {
    let Ok(mut call) = Call::read(record) else { return Ok(()) };
    while let Ok(Some(Argument::Value(at, _))) = call.argument() {
        let end = call.reader().offset();
        check_inside(record.get(at..end).unwrap_or_default())?;
    }
    Ok(())
}

/// Encodes and stores one value, whose key is at `key`.
fn store_channel(lua: Stack<'_>, name: &[u8], key: c_int, value: c_int) -> Result<(), Fault> {
    if lua.kind(value) == Kind::Nil {
        return Ok(write::write(tables::IO, keys::encode_key(lua, key)?, None)?);
    }
    // SAFETY: one thread, and nothing else uses the buffer until the value is written: encoding runs no script, asks no host
    // and lets Lua allocate nothing (`codec/encode.rs`), and an old value is read into another buffer (`store/old.rs`).
    let mut writer = Writer::new(unsafe { store::value_buffer() });
    if let Err(unencodable) = encode::value(lua, value, &mut writer) {
        return Err(refuse(lua, name, &unencodable).into());
    }
    let length = writer.length();
    let encoded = keys::encode_key(lua, key)?;
    if let Some(bytes) = writer.written() {
        check_inside(bytes)?;
        return Ok(write::write(tables::IO, encoded, Some(bytes))?);
    }
    let mut bytes = memory::zeros(length).map_err(|NoMemory| Fault::memory(length))?;
    // It raises nothing, so the vector is freed.
    if let Err(unencodable) = encode::value(lua, value, &mut Writer::new(&mut bytes)) {
        // The message takes memory of Lua's.
        drop(bytes);
        return Err(refuse(lua, name, &unencodable).into());
    }
    check_inside(&bytes)?;
    Ok(write::write(tables::IO, encoded, Some(&bytes))?)
}

/// Raises that the value of a channel has no encoding.
#[cold]
fn refuse(lua: Stack<'_>, name: &[u8], unencodable: &Unencodable) -> Raise {
    let mut message = Message::new(format_args!("_io."));
    message.push(name);
    message.push(unencodable.path.text());
    message.push(b" ");
    let _ = unencodable.reason.describe("a result", &mut message);
    lua.error(&message)
}
