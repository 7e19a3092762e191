//! One operation of a batch: read from a list of Lua tables, or from a string of encoded values, and done.
//!
//! ```text
//! in a list     { "set", table, key, value } or { op = "set", table = table, key = key, value = value }
//! in a string   "set", table, key, value; one operation after another, with nil for the table of the one before
//! ```
//!
//! Other names are `get` and `delete`, which have no value. A table is an external one, or the way to it.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::call;
use cu_abi::key::Key;
use cu_abi::tables;
use cu_abi::value::{Item, Reader};

use crate::bytes::copy;
use crate::codec::decode;
use crate::error::Excerpt;
use crate::lua::call::Raise;
use crate::lua::kind::Kind as Type;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::{access, fault, guarded, keys, way};
use crate::table::write;

// The stack on which operations are done: an address, and these. What an operation has lies above.
const OPERATIONS: c_int = 2;
/// The list of results.
pub const RESULTS: c_int = 3;
/// What an operation answers that succeeds and has no value.
pub const SUCCESS: c_int = 4;
/// The top while no operation is under way.
pub const FIXED: c_int = SUCCESS;
const OPERATION: c_int = 5;
const NAME: c_int = 6;
const TABLE: c_int = 7;
const KEY: c_int = 8;
const VALUE: c_int = 9;

/// Longer ways are read anew each time.
const WAY_BYTES: usize = 64;

/// Longer values are stored as an assignment stores them: they may be compressed.
const DIRECT_BYTES: usize = 512;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Reads.
    Get,
    /// Assigns.
    Set,
    /// Assigns nil.
    Delete,
}

impl Kind {
    fn of(name: &[u8]) -> Option<Kind> {
        match name {
            b"set" => Some(Kind::Set),
            b"get" => Some(Kind::Get),
            b"delete" => Some(Kind::Delete),
            _ => None,
        }
    }
}

/// How far a batch is.
#[derive(Clone, Copy)]
pub struct Progress {
    /// Operations that are done, or have failed.
    pub done: u32,
    /// Of a string: where the operation under way begins, and where the next one does.
    start: usize,
    offset: usize,
    /// Of a string: the table of the last operation.
    table: u32,
    /// The way that was read last, its length, 0 for none, and the table to which it leads.
    way: [u8; WAY_BYTES],
    way_length: usize,
    way_table: u32,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress { done: 0, start: 0, offset: 0, table: 0, way: [0; WAY_BYTES], way_length: 0, way_table: 0 }
    }
}

impl Progress {
    fn known_way(&self) -> &[u8] {
        self.way.get(..self.way_length).unwrap_or_default()
    }

    /// A change under this key may have changed where the way leads.
    fn note_change(&mut self, key: Key<'_>) {
        let is_step = |key| call::steps(self.known_way()).any(|(step, _)| step == key);
        let is_on_way = match key {
            Key::String(name) => self.way_length > 0 && is_step(call::Step::Name(name)),
            Key::Integer(number) => self.way_length > 0 && is_step(call::Step::Number(number)),
            _ => false,
        };
        if is_on_way {
            self.way_length = 0;
        }
    }
}

/// Does the next operation; the value that a `get` found is on top.
pub fn perform(lua: Stack<'_>, progress: &mut Progress) -> Result<Kind, Raise> {
    if lua.kind(OPERATIONS) == Type::String {
        return perform_packed(lua, progress);
    }
    let kind = read_listed(lua, progress)?;
    let table = table(lua, progress)?;
    perform_read(lua, progress, kind, table)
}

/// With key and value at their places.
fn perform_read(lua: Stack<'_>, progress: &mut Progress, kind: Kind, table: u32) -> Result<Kind, Raise> {
    match kind {
        Kind::Get => {
            access::push_value(lua, table, KEY)?;
            return Ok(kind);
        }
        Kind::Set if lua.kind(VALUE) == Type::Nil => {
            return Err(lua.fail(format_args!("'set' without a value: 'delete' removes one")));
        }
        Kind::Set => {}
        Kind::Delete => {
            lua.set_top(KEY);
            lua.push_nil();
        }
    }
    access::assign_permitted(lua, table, KEY, VALUE)?;
    if progress.way_length > 0
        && let Ok(key) = keys::key_at(lua, KEY)
    {
        progress.note_change(key);
    }
    Ok(kind)
}

/// The table that is named at its place, or stands there.
fn table(lua: Stack<'_>, progress: &mut Progress) -> Result<u32, Raise> {
    if lua.kind(TABLE) == Type::String {
        table_of_way(lua, lua.bytes(TABLE), progress)
    } else {
        access::check_table(lua, TABLE)
    }
}

fn table_of_way(lua: Stack<'_>, way: &[u8], progress: &mut Progress) -> Result<u32, Raise> {
    if progress.way_length > 0 && progress.known_way() == way {
        guarded::check_seen(lua, progress.way_table)?;
        return Ok(progress.way_table);
    }
    if call::empty_name(way).is_some() {
        return Err(lua.fail(format_args!("{} is no way: a name is empty", Excerpt::new(way))));
    }
    way::push(lua, way)?;
    let table = lua.external_id(-1);
    if table == 0 {
        let kind = lua.kind(-1).name();
        return Err(lua.fail(format_args!(
            "the way {} leads to a {kind} value, where an external table is wanted",
            Excerpt::new(way)
        )));
    }
    lua.pop(1);
    progress.way_length = if way.len() <= WAY_BYTES { copy(&mut progress.way, way) } else { 0 };
    progress.way_table = table;
    Ok(table)
}

// ---- in a list ----

/// Puts what the next operation has at its places.
fn read_listed(lua: Stack<'_>, progress: &Progress) -> Result<Kind, Raise> {
    lua.raw_get_at(OPERATIONS, i64::from(progress.done) + 1);
    let type_of = lua.kind(OPERATION);
    if type_of != Type::Table || lua.external_id(OPERATION) != 0 {
        return Err(lua.fail(format_args!("an operation is a table, not a {}", type_of.name())));
    }
    if lua.raw_get_at(OPERATION, 1) == Type::Nil {
        read_fields(lua)?;
    } else {
        for place in 2..=4 {
            lua.raw_get_at(OPERATION, place);
        }
    }
    match Kind::of(lua.string(NAME)) {
        Some(kind) => Ok(kind),
        None if lua.kind(NAME) == Type::String => {
            Err(lua.fail(format_args!("unknown operation {}", Excerpt::new(lua.string(NAME)))))
        }
        None => Err(lua.fail(format_args!("the operation has no name"))),
    }
}

/// The same for one whose fields have names.
fn read_fields(lua: Stack<'_>) -> Result<(), Raise> {
    lua.set_top(OPERATION);
    lua.set_top(VALUE);
    lua.push_nil();
    while lua.next(OPERATION) {
        let place = match lua.string(-2) {
            b"op" => NAME,
            b"table" => TABLE,
            b"key" => KEY,
            b"value" => VALUE,
            name if lua.kind(-2) == Type::String => {
                return Err(lua.fail(format_args!("unknown field {}", Excerpt::new(name))));
            }
            _ => return Err(lua.fail(format_args!("unknown field, a {}", lua.kind(-2).name()))),
        };
        lua.copy(-1, place);
        lua.pop(1);
    }
    Ok(())
}

// ---- in a string ----

/// How many operations there are in a string; or the offset of the first byte that cannot be right.
pub fn count(bytes: &[u8]) -> Result<usize, usize> {
    let mut reader = Reader::new(bytes);
    let mut count = 0;
    while !reader.is_at_end() {
        let at = reader.offset();
        let Item::String(name) = item(&mut reader)? else { return Err(at) };
        let kind = Kind::of(name).ok_or(at)?;
        let at = reader.offset();
        match item(&mut reader)? {
            Item::Nil if count > 0 => {}
            Item::External(_) => {}
            Item::String(way) if call::empty_name(way).is_none() => {}
            _ => return Err(at),
        }
        let at = reader.offset();
        key(item(&mut reader)?).ok_or(at)?;
        if kind == Kind::Set {
            let at = reader.offset();
            if item(&mut reader)? == Item::Nil {
                return Err(at);
            }
        }
        count += 1;
    }
    Ok(count)
}

/// The next value, checked.
fn item<'a>(reader: &mut Reader<'a>) -> Result<Item<'a>, usize> {
    let at = reader.offset();
    let item = reader.item().map_err(|malformed| malformed.offset)?;
    if matches!(item, Item::Function(_) | Item::Compressed(..)) {
        return Err(at);
    }
    match decode::check_item(&item, at, reader) {
        Ok(()) => Ok(item),
        Err(decode::Unusable::Malformed(malformed)) => Err(malformed.offset),
        Err(decode::Unusable::LeftOut(_)) => Err(at),
    }
}

fn key(item: Item<'_>) -> Option<Key<'_>> {
    match item {
        Item::Boolean(value) => Some(Key::Boolean(value)),
        Item::Integer(value) => Some(Key::Integer(value)),
        Item::Float(value) if !value.is_nan() => Some(Key::Float(value)),
        Item::String(value) => Some(Key::String(value)),
        _ => None,
    }
}

/// An operation as it lies in a string.
struct Packed<'a> {
    kind: Kind,
    table: Item<'a>,
    key: &'a [u8],
    value: &'a [u8],
    end: usize,
}

/// The operation that begins at an offset of a string that was counted.
fn packed(bytes: &[u8], start: usize) -> Option<Packed<'_>> {
    let mut reader = Reader::starting_at(bytes, start);
    let Ok(Item::String(name)) = reader.item() else { return None };
    let kind = Kind::of(name)?;
    let table = reader.item().ok()?;
    let from = reader.offset();
    reader.item().ok()?;
    let key = bytes.get(from..reader.offset())?;
    let from = reader.offset();
    if kind == Kind::Set {
        reader.item().ok()?;
    }
    Some(Packed { kind, table, key, value: bytes.get(from..reader.offset())?, end: reader.offset() })
}

fn perform_packed(lua: Stack<'_>, progress: &mut Progress) -> Result<Kind, Raise> {
    let start = progress.offset;
    let Some(Packed { kind, table, key: key_bytes, value, end }) = packed(lua.bytes(OPERATIONS), start) else {
        // It was counted, and a string does not change.
        return Err(lua.fail(format_args!("the operation is malformed")));
    };
    (progress.start, progress.offset) = (start, end);
    match table {
        Item::External(id) => progress.table = id,
        Item::String(way) => progress.table = table_of_way(lua, way, progress)?,
        _ => {}
    }
    let id = progress.table;
    guarded::check_seen(lua, id)?;
    if kind != Kind::Get
        && id != tables::IO
        && !guards::is_active()
        && let Ok(key_item) = Reader::new(key_bytes).item()
        && let Some(key) = key(key_item)
        && is_direct(value)
    {
        return perform_directly(lua, progress, kind, key, key_bytes, value);
    }
    lua.set_top(TABLE);
    decode::push(lua, key_bytes)?;
    if kind == Kind::Set {
        decode::push(lua, value)?;
    }
    perform_read(lua, progress, kind, id)
}

/// Whether a value is stored as it lies there.
fn is_direct(value: &[u8]) -> bool {
    value.len() <= DIRECT_BYTES
        && !matches!(Reader::new(value).item(), Ok(Item::Table(..) | Item::External(_) | Item::Library(_)))
}

/// Without values of Lua's.
fn perform_directly(
    lua: Stack<'_>,
    progress: &mut Progress,
    kind: Kind,
    key: Key<'_>,
    key_bytes: &[u8],
    value: &[u8],
) -> Result<Kind, Raise> {
    let id = progress.table;
    let outcome = keys::encode_into_buffer(key).and_then(|encoded| {
        let value = if kind == Kind::Set { Some(value) } else { None };
        Ok(write::write(id, encoded, value)?)
    });
    if let Err(fault) = outcome {
        lua.set_top(TABLE);
        decode::push(lua, key_bytes)?;
        return Err(fault::raise(lua, fault, id, KEY));
    }
    progress.note_change(key);
    Ok(kind)
}

// ---- of an operation that failed ----

/// Pushes its key, as far as it has one. The operations are at `operations`.
pub fn push_key(lua: Stack<'_>, operations: c_int, progress: &Progress) -> Result<(), Raise> {
    if lua.kind(operations) == Type::String {
        return match packed(lua.bytes(operations), progress.start) {
            Some(packed) => decode::push(lua, packed.key),
            None => {
                lua.push_nil();
                Ok(())
            }
        };
    }
    lua.raw_get_at(operations, i64::from(progress.done) + 1);
    if lua.kind(-1) != Type::Table || lua.external_id(-1) != 0 {
        lua.push_nil();
        return Ok(());
    }
    if lua.raw_get_at(-1, 1) == Type::Nil {
        lua.push_string(b"key");
        lua.raw_get(-3);
    } else {
        lua.raw_get_at(-2, 3);
    }
    Ok(())
}
