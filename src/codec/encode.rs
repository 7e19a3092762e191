//! A Lua value to bytes; depth and size bounded.
//!
//! Invariant: the encoder reads tables raw, runs no script, and needs no memory of the arena but for slots of Lua's stack.
//! It ends: it refuses a table that lies within itself, and an encoding longer than the arena.
#![forbid(unsafe_code)]

use core::ffi::{c_int, c_void};

use cu_abi::limits;
use cu_abi::value::Writer;

use crate::budget::{self, cost};
use crate::codec::feature::Feature;
use crate::codec::path::Path;
use crate::codec::{big, named};
use crate::heap::ARENA_BYTES;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::store::Failure;
use crate::vm::instance::INSTANCE;
use crate::vm::standing::is_gone;

/// What storing a value without parts counts in addition to its call of the host: as much as room for a path through tables.
const STORED_COST: usize = size_of::<u32>() * limits::VALUE_DEPTH / cost::BYTES_COPIED;

/// Why a value has no encoding, and where it lies.
#[derive(Clone, Copy)]
pub struct Unencodable {
    /// What is wrong.
    pub reason: NoEncoding,
    /// From the value that was to be encoded to the one that cannot be.
    pub path: Path,
}

impl From<NoEncoding> for Unencodable {
    fn from(reason: NoEncoding) -> Unencodable {
        Unencodable { reason, path: Path::EMPTY }
    }
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEncoding {
    /// A value of this type cannot leave.
    Type(&'static str),
    /// The table contains itself.
    Cycle,
    /// Nested deeper than `VALUE_DEPTH`.
    Depth,
    /// No room on Lua's stack.
    Stack,
    /// Longer than the arena could hold.
    Size,
    /// The budget is used up.
    Budget,
    /// It took another number of bytes when it was encoded again.
    Changed,
    /// An external table that was to be read could not be: the store failed.
    Store(Failure),
    /// The same: the offset of the first byte of a row that cannot be right.
    Damaged(usize),
    /// The same: the build lacks what a row needs.
    LeftOut(Feature),
    /// The same: there is no room for a row of so many bytes.
    Memory(usize),
}

impl NoEncoding {
    /// The reason in words, after the path; `what` the value was to be, such as "a result".
    pub fn describe(self, what: &str, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
        match self {
            NoEncoding::Type(name) => write!(out, "is a {name}, which cannot be {what}"),
            NoEncoding::Cycle => write!(out, "contains itself: {what} cannot be circular"),
            NoEncoding::Depth => write!(out, "is nested deeper than {} tables", limits::VALUE_DEPTH),
            NoEncoding::Stack => out.write_str("needs more memory than there is"),
            NoEncoding::Size => write!(out, "takes more than {ARENA_BYTES} bytes encoded"),
            NoEncoding::Budget => out.write_str("takes more work than the budget covers"),
            NoEncoding::Changed => out.write_str("changed while it was read"),
            NoEncoding::Damaged(offset) => write!(out, "is damaged: byte {offset} cannot be right"),
            NoEncoding::LeftOut(feature) => write!(out, "cannot be read: {feature}"),
            NoEncoding::Memory(length) => write!(out, "takes {length} bytes to be read, more than there is memory"),
            // At the end is what the host answered.
            NoEncoding::Store(failure) => write!(
                out,
                "cannot be read: {} failed to {} external table {}: {}",
                failure.subject(),
                failure.action(),
                failure.table(),
                failure.cause()
            ),
        }
    }
}

/// A table around the value that is being encoded.
pub struct Around<'a> {
    which: Which,
    /// How many tables that makes.
    depth: usize,
    outer: Option<&'a Around<'a>>,
}

/// A table, to be told from others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Lua's, by where it lies.
    Plain(*const c_void),
    /// An external one, by its id.
    External(u32),
    /// One inside a row, which nothing else is.
    Inline,
}

impl<'a> Around<'a> {
    /// One table more around what follows; why that cannot be.
    pub fn inside(which: Which, outer: Option<&'a Around<'a>>) -> Result<Around<'a>, NoEncoding> {
        let mut all = core::iter::successors(outer, |around| around.outer);
        if which != Which::Inline && all.any(|around| around.which == which) {
            return Err(NoEncoding::Cycle);
        }
        let depth = outer.map_or(0, |around| around.depth) + 1;
        if depth > limits::VALUE_DEPTH { Err(NoEncoding::Depth) } else { Ok(Around { which, depth, outer }) }
    }
}

/// Appends an external table, by its id or as its content.
pub type External = fn(u32, &mut Writer<'_>, Option<&Around<'_>>) -> Result<(), Unencodable>;

/// By its id.
pub fn by_id(id: u32, writer: &mut Writer<'_>, _: Option<&Around<'_>>) -> Result<(), Unencodable> {
    writer.external(id);
    Ok(())
}

/// Appends the value at `index` to the writer.
pub fn value(lua: Stack<'_>, index: c_int, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
    value_with(lua, index, writer, by_id)
}

/// The same, with external tables as `external` writes them.
pub fn value_with(
    lua: Stack<'_>,
    index: c_int,
    writer: &mut Writer<'_>,
    external: External,
) -> Result<(), Unencodable> {
    let index = lua.absolute(index);
    // Most results are numbers, texts or nil.
    if scalar(lua, lua.kind(index), index, writer) {
        return check_size(writer);
    }
    Encoder { lua, external }.any(index, writer, None)
}

/// Appends a value as it is stored: an external table or a stored function by its id, and what is about to become one by
/// the id that the table at `pending` has for it (0: there is none). False when it has no encoding. The indices are absolute.
pub fn stored(lua: Stack<'_>, index: c_int, pending: c_int, writer: &mut Writer<'_>) -> bool {
    let kind = lua.kind(index);
    let id = match kind {
        Kind::Table => lua.external_id(index),
        Kind::Function => INSTANCE.known.id_of(lua, index),
        _ if scalar(lua, kind, index, writer) => {
            budget::spend(STORED_COST);
            return true;
        }
        _ => return value(lua, index, writer).is_ok(),
    };
    let id = match id {
        0 if pending != 0 => pending_id(lua, index, pending),
        // A reference to what is gone is never stored.
        id if is_gone(id) => return false,
        id => id,
    };
    if id != 0 {
        if kind == Kind::Table {
            writer.external(id);
        } else {
            writer.function(id);
        }
        return true;
    }
    let name = named::name(lua, index);
    if let Some(name) = name {
        writer.library(name);
    }
    name.is_some()
}

/// The id that the table at `pending` has for the value at `index`, 0 for none. The indices are absolute.
pub fn pending_id(lua: Stack<'_>, index: c_int, pending: c_int) -> u32 {
    lua.push_copy(index);
    lua.raw_get(pending);
    let id = lua.id(-1);
    lua.pop(1);
    id
}

/// The value has no encoding.
pub fn refuse(reason: NoEncoding) -> Result<(), Unencodable> {
    Err(reason.into())
}

/// Appends a value that consists of nothing else; false for a value of another type. `kind` is its type.
#[inline]
fn scalar(lua: Stack<'_>, kind: Kind, index: c_int, writer: &mut Writer<'_>) -> bool {
    match kind {
        Kind::None | Kind::Nil => writer.nil(),
        Kind::Boolean => writer.boolean(lua.boolean(index)),
        Kind::Number if lua.is_integer(index) => writer.integer(lua.integer(index)),
        Kind::Number => writer.float(lua.number(index)),
        Kind::String => writer.string(lua.string(index)),
        _ => return false,
    }
    true
}

/// Indices are absolute.
struct Encoder<'s> {
    lua: Stack<'s>,
    external: External,
}

impl Encoder<'_> {
    /// Appends a value.
    fn any(&self, index: c_int, writer: &mut Writer<'_>, around: Option<&Around<'_>>) -> Result<(), Unencodable> {
        let lua = self.lua;
        match lua.kind(index) {
            kind if scalar(lua, kind, index, writer) => {}
            Kind::Table => match lua.external_id(index) {
                0 => return self.table(index, writer, around),
                id if is_gone(id) => return refuse(NoEncoding::Type("table that is gone")),
                id => (self.external)(id, writer, around)?,
            },
            Kind::Function if lua.has_room(2) => match named::name(lua, index) {
                Some(name) => writer.library(name),
                None => return refuse(NoEncoding::Type("function")),
            },
            kind => {
                if !big::write(lua, index, writer) {
                    return refuse(NoEncoding::Type(kind.name()));
                }
            }
        }
        check_size(writer)
    }

    /// Appends a table of Lua's.
    fn table(&self, index: c_int, writer: &mut Writer<'_>, outer: Option<&Around<'_>>) -> Result<(), Unencodable> {
        match Around::inside(Which::Plain(self.lua.identity(index)), outer) {
            Err(reason) => refuse(reason),
            Ok(_) if !self.lua.has_room(3) => refuse(NoEncoding::Stack),
            Ok(around) => self.pairs(index, writer, &around),
        }
    }

    /// Appends the pairs of the table at `index`; there is room for three values.
    fn pairs(&self, index: c_int, writer: &mut Writer<'_>, around: &Around<'_>) -> Result<(), Unencodable> {
        let lua = self.lua;
        let open = writer.begin_table();
        let mut count = 0;
        lua.push_nil();
        while lua.next(index) {
            let value_index = lua.top();
            let key_index = value_index - 1;
            if budget::is_exhausted() {
                lua.pop(2);
                return refuse(NoEncoding::Budget);
            }
            if let Err(unencodable) = self.any(key_index, writer, Some(around)) {
                lua.pop(2);
                return Err(with_front(unencodable, |path| path.prepend(b"[key]")));
            }
            if let Err(unencodable) = self.any(value_index, writer, Some(around)) {
                let unencodable = with_front(unencodable, |path| prepend_access(lua, key_index, path));
                lua.pop(2);
                return Err(unencodable);
            }
            lua.pop(1);
            count += 1;
        }
        writer.end_table(open, count);
        Ok(())
    }
}

/// Refuses an encoding that no arena could hold.
pub fn check_size(writer: &Writer<'_>) -> Result<(), Unencodable> {
    if writer.length() > ARENA_BYTES { refuse(NoEncoding::Size) } else { Ok(()) }
}

/// With another part in front of the way to it.
pub fn with_front(mut unencodable: Unencodable, prepend: impl FnOnce(&mut Path)) -> Unencodable {
    prepend(&mut unencodable.path);
    unencodable
}

/// Puts the access by the key at `key` in front of `path`.
pub fn prepend_access(lua: Stack<'_>, key: c_int, path: &mut Path) {
    match lua.kind(key) {
        Kind::String => path.prepend_key(lua.string(key)),
        Kind::Number if lua.is_integer(key) => path.prepend_index(lua.integer(key)),
        kind => {
            path.prepend(b"]");
            path.prepend(kind.name().as_bytes());
            path.prepend(b"[");
        }
    }
}
