//! Bytes to a Lua value; trusts no length.
//!
//! Invariant: what is pushed was read within the slice, and nesting is bounded. A scalar's bytes may lie in a shared buffer:
//! they are not read again after Lua might have collected, as a finalizer may use the buffer.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::malformed::{Malformed, Problem};
use cu_abi::value::{Item, Reader, canonical};
use cu_abi::{tables, tags};

use crate::budget::{self, cost};
#[cfg(feature = "bigint")]
use crate::codec::big;
#[cfg(feature = "deflate")]
use crate::codec::compress;
use crate::codec::feature::Feature;
use crate::codec::{handle, named};
use crate::heap::ARENA_BYTES;
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;

/// Slots of Lua's stack that one value may need.
const SLOTS: c_int = 8;

/// What reading a value counts in addition to its call of the host.
const READ_COST: usize = SLOTS as usize / cost::SLOTS_FRAME;

/// What a value is made of: that says how long its bytes have to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Read in one go.
    Scalar,
    /// An inline table: its bytes have to stay where they are while it is built.
    Table,
    /// A compressed value, which `push_compressed` pushes.
    #[cfg(feature = "deflate")]
    Compressed,
    /// A stored function, which `closure/restore.rs` pushes; its id.
    Function(u32),
}

/// Why bytes cannot become a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// They are no value.
    Malformed(Malformed),
    /// They are a value of a kind that the build leaves out.
    LeftOut(Feature),
}

impl From<Malformed> for Unusable {
    fn from(malformed: Malformed) -> Unusable {
        Unusable::Malformed(malformed)
    }
}

/// What a script may not hold, at its byte.
fn unfit(offset: usize) -> Result<(), Unusable> {
    Err(Unusable::Malformed(Malformed::new(offset, Problem::Unfit)))
}

/// Checks all of `bytes`, nesting and tags included, and says what they are.
pub fn check(bytes: &[u8]) -> Result<Shape, Unusable> {
    let mut reader = Reader::new(bytes);
    let item = reader.item()?;
    check_item(&item, 0, &mut reader)?;
    reader.finish()?;
    Ok(match item {
        Item::Table(..) => Shape::Table,
        Item::Function(id) => Shape::Function(id),
        #[cfg(feature = "deflate")]
        Item::Compressed(..) => Shape::Compressed,
        _ => Shape::Scalar,
    })
}

/// Checks an item with all that it contains; `at` is the offset of its tag, and it is what `reader` has read.
pub fn check_item<'a>(item: &Item<'a>, at: usize, reader: &mut Reader<'a>) -> Result<(), Unusable> {
    let inside = reader.depth() > 0;
    match item {
        Item::Table(pairs, content) => check_table(*pairs, content, reader),
        Item::External(id) if !is_script_table(*id) => unfit(at + 1),
        // Hosts write no functions into their tables.
        Item::Function(_) if inside => unfit(at),
        Item::Function(id) if !is_script_table(*id) => unfit(at + 5),
        Item::Library(name) if !named::is_known(name) => match named::left_out(name) {
            Some(feature) => Err(Unusable::LeftOut(feature)),
            // A function of another version's library.
            None => unfit(at + 5),
        },
        // No string is longer than the arena.
        Item::Compressed(original, _) if *original as usize > ARENA_BYTES => unfit(at + 1),
        #[cfg(not(feature = "deflate"))]
        Item::Compressed(..) => Err(Unusable::LeftOut(Feature::Compression)),
        #[cfg(not(feature = "bigint"))]
        Item::BigInteger(..) => Err(Unusable::LeftOut(Feature::BigIntegers)),
        _ => Ok(()),
    }
}

fn check_table<'a>(pairs: u32, content: &'a [u8], reader: &mut Reader<'a>) -> Result<(), Unusable> {
    let outside = reader.enter(pairs, content)?;
    for _ in 0..pairs {
        let at = reader.offset();
        let key = reader.key()?;
        check_item(&key, at, reader)?;
        let at = reader.offset();
        let value = reader.item()?;
        check_item(&value, at, reader)?;
    }
    Ok(reader.leave(outside)?)
}

/// Pushes the value of `bytes` if they are one of the ordinary ones, checked on the way; false, and nothing pushed, for all
/// others and for what is malformed. Raises when memory runs out.
#[inline]
pub fn push_ordinary(lua: Stack<'_>, bytes: &[u8]) -> Result<bool, Raise> {
    let Some((tag, rest)) = bytes.split_first() else { return Ok(false) };
    match (*tag, rest.len()) {
        (tags::INTEGER, 8) => lua.push_integer(i64::from_le_bytes(first(rest))),
        (tags::FLOAT, 8) => lua.push_number(canonical(f64::from_le_bytes(first(rest)))),
        (tags::BOOLEAN, 1) if rest[0] <= 1 => lua.push_boolean(rest[0] != 0),
        (tags::STRING, length @ 4..) if u32::from_le_bytes(first(rest)) as usize == length - 4 => {
            lua.push_string(&rest[4..]);
        }
        (tags::EXTERNAL, 4) => {
            let id = u32::from_le_bytes(first(rest));
            if !is_script_table(id) {
                return Ok(false);
            }
            handle::push(lua, id)?;
        }
        _ => return Ok(false),
    }
    budget::spend(READ_COST);
    Ok(true)
}

/// The first bytes; there are so many.
#[inline]
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut first = [0; N];
    first.copy_from_slice(&bytes[..N]);
    first
}

/// The table to which these bytes refer, if they are a reference to one that a script may hold.
pub fn reference(bytes: &[u8]) -> Option<u32> {
    match *bytes {
        [tags::EXTERNAL, a, b, c, d] => Some(u32::from_le_bytes([a, b, c, d])).filter(|id| is_script_table(*id)),
        _ => None,
    }
}

/// Whether a script may hold the table.
pub fn is_script_table(id: u32) -> bool {
    (tables::CONTROL + 1..tables::SYSTEM_FIRST).contains(&id)
}

/// Pushes the value of `bytes`, which `check` accepted and which are no function; raises when memory or stack run out. Bytes
/// of a table stay as they are meanwhile.
pub fn push(lua: Stack<'_>, bytes: &[u8]) -> Result<(), Raise> {
    match Reader::new(bytes).item() {
        Ok(item) => push_item(lua, item),
        Err(_) => {
            lua.push_nil();
            Ok(())
        }
    }
}

/// Pushes the string of `bytes`, which `check` accepted as a compressed value, and which stay as they are meanwhile; raises
/// when memory or stack run out.
#[cfg(feature = "deflate")]
pub fn push_compressed(lua: Stack<'_>, bytes: &[u8]) -> Result<(), Malformed> {
    const DEFLATED_AT: usize = 9;
    let malformed = Malformed::new(DEFLATED_AT, Problem::Unfit);
    let Ok(Item::Compressed(length, deflated)) = Reader::new(bytes).item() else { return Err(malformed) };
    lua.want_room(4, c"no room for a compressed value");
    let block = lua.push_block(length as usize);
    // The block stays on the stack while the string is made of it.
    if compress::restore(deflated, block)
        && let Ok(Item::String(text)) = Reader::new(block).item()
        && matches!(check(block), Ok(Shape::Scalar))
    {
        want_slots(lua);
        lua.push_string(text);
        lua.remove_below();
        return Ok(());
    }
    lua.pop(1);
    Err(malformed)
}

fn want_slots(lua: Stack<'_>) {
    lua.want_room(SLOTS, c"value nested too deeply");
}

/// Pushes a number, a boolean or nil, which raises nothing and needs a slot, and counts it as `push` does; false for any other value.
#[inline]
pub fn push_simple(lua: Stack<'_>, item: &Item<'_>) -> bool {
    match *item {
        Item::Nil => lua.push_nil(),
        Item::Boolean(value) => lua.push_boolean(value),
        Item::Integer(value) => lua.push_integer(value),
        Item::Float(value) => lua.push_number(value),
        _ => return false,
    }
    budget::spend(READ_COST);
    true
}

/// Pushes one item of a checked value, with all that it contains.
fn push_item(lua: Stack<'_>, item: Item<'_>) -> Result<(), Raise> {
    want_slots(lua);
    match item {
        Item::Nil | Item::Function(_) | Item::Compressed(..) => lua.push_nil(),
        Item::Boolean(value) => lua.push_boolean(value),
        Item::Integer(value) => lua.push_integer(value),
        Item::Float(value) => lua.push_number(value),
        Item::String(value) => lua.push_string(value),
        #[cfg(not(feature = "bigint"))]
        Item::BigInteger(..) => lua.push_nil(),
        #[cfg(feature = "bigint")]
        Item::BigInteger(negative, magnitude) => big::push_bytes(lua, negative, magnitude)?,
        Item::External(id) => handle::push(lua, id)?,
        Item::Library(name) => named::push(lua, name),
        Item::Table(pairs, content) => push_table(lua, pairs, content)?,
    }
    Ok(())
}

/// Pushes a table of so many pairs.
fn push_table(lua: Stack<'_>, pairs: u32, content: &[u8]) -> Result<(), Raise> {
    // A pair takes two bytes at least, so a wrong number reserves no more than the content could fill.
    let most = (content.len() / 2).min(pairs as usize).min(1 << 16) as c_int;
    let mut reader = Reader::new(content);
    let is_sequence = matches!(reader.item(), Ok(Item::Integer(1)));
    lua.push_table(if is_sequence { most } else { 0 }, if is_sequence { 0 } else { most });
    let mut reader = Reader::new(content);
    for _ in 0..pairs {
        let (Ok(key), Ok(value)) = (reader.item(), reader.item()) else { break };
        push_item(lua, key)?;
        push_item(lua, value)?;
        if lua.kind(-1) == Kind::Nil {
            lua.pop(2);
        } else {
            lua.raw_set(-3);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    fn vectors(name: &str) -> Vec<Json> {
        let path = format!("{}/abi/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("JSON")
    }

    fn hex(text: &Json) -> Vec<u8> {
        let digits = text.as_str().expect("a string");
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex")).collect()
    }

    #[test]
    fn every_golden_value_that_a_script_can_hold_is_accepted() {
        let mut accepted = 0;
        for vector in vectors("values.json") {
            let kind = vector["value"].to_string();
            // No script ever holds a table of the module's own.
            let other = ["function", "4294967295"];
            if other.iter().any(|other| kind.contains(other)) {
                continue;
            }
            for bytes in core::iter::once(&vector["bytes"]).chain(vector["accepts"].as_array().into_iter().flatten()) {
                assert!(check(&hex(bytes)).is_ok(), "{}", vector["name"]);
                accepted += 1;
            }
        }
        assert!(accepted > 40, "{accepted} vectors");
    }

    #[test]
    fn every_malformed_value_is_refused_at_its_byte() {
        let mut failures = Vec::new();
        for vector in vectors("malformed.json") {
            let wanted = vector["at"].as_u64().expect("an offset") as usize;
            let bytes = hex(&vector["bytes"]);
            let found = check(&bytes).expect_err("malformed");
            if !matches!(found, Unusable::Malformed(Malformed { offset, .. }) if offset == wanted) {
                failures.push(format!("{}: {found:?}, wanted {wanted}", vector["name"]));
            }
        }
        assert!(failures.is_empty(), "{failures:#?}");
    }
}
