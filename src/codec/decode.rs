//! Bytes to a Lua value; trusts no length.
//!
//! Invariant: what is pushed was read within the slice, nesting is bounded, and bytes that lie in a shared buffer are not
//! looked at again once Lua might have collected (a finalizer may use the buffer).

use core::ffi::c_int;

use cu_abi::limits::VALUE_DEPTH;
use cu_abi::{tables, tags};

use crate::budget::{self, cost};
#[cfg(feature = "bigint")]
use crate::codec::big;
use crate::codec::part::Part;
use crate::codec::{handle, named};
use crate::heap::ARENA_BYTES;
use crate::lua::ffi::{self, State};
use crate::lua::stack;
use crate::wire::{Item, Malformed, Reader};

/// Slots of Lua's stack that one value may need.
const SLOTS: c_int = 8;

/// What reading a value counts beside its call of the host.
const READ_COST: usize = SLOTS as usize / cost::SLOTS_FRAME;

/// What a value is made of, as far as its bytes must outlive the first allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Read in one go.
    Scalar,
    /// An inline table: its bytes have to stay where they are while it is built.
    Table,
    /// A compressed value, which `push_compressed` pushes.
    #[cfg(feature = "deflate")]
    Compressed,
    /// A stored function, which `restore.rs` pushes; its id.
    Function(u32),
}

/// Why bytes cannot become a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// They are no value.
    Malformed(Malformed),
    /// They are one that takes what the build leaves out.
    LeftOut(Part),
}

impl From<Malformed> for Unusable {
    fn from(malformed: Malformed) -> Unusable {
        Unusable::Malformed(malformed)
    }
}

fn malformed<T>(offset: usize) -> Result<T, Unusable> {
    Err(Unusable::Malformed(Malformed { offset }))
}

/// Checks `bytes` from end to end, nesting and tags included, and says what they are.
pub fn check(bytes: &[u8]) -> Result<Shape, Unusable> {
    let mut reader = Reader::new(bytes);
    let item = reader.item()?;
    check_item(&item, 0, 0)?;
    if !reader.is_at_end() {
        return malformed(reader.offset());
    }
    Ok(match item {
        Item::Table(..) => Shape::Table,
        Item::Function(id) => Shape::Function(id),
        #[cfg(feature = "deflate")]
        Item::Compressed(..) => Shape::Compressed,
        _ => Shape::Scalar,
    })
}

/// `at` is the offset of the item's tag in the whole.
fn check_item(item: &Item<'_>, at: usize, depth: usize) -> Result<(), Unusable> {
    match item {
        Item::Table(pairs, content) => check_table(*pairs, content, at, depth),
        Item::External(id) if !is_script_table(*id) => malformed(at + 1),
        // Hosts write no functions into their tables.
        Item::Function(id) if depth > 0 || !is_script_table(*id) => malformed(at + 5 * usize::from(depth == 0)),
        #[cfg(not(feature = "bigint"))]
        Item::Library(name) if named::is_left_out(name) => Err(Unusable::LeftOut(Part::BigIntegers)),
        // A function of another version's library.
        Item::Library(name) if !named::is_known(name) => malformed(at + 5),
        // No string is longer than the arena.
        Item::Compressed(original, _) if depth > 0 || *original as usize > ARENA_BYTES => {
            malformed(at + usize::from(depth == 0))
        }
        #[cfg(not(feature = "deflate"))]
        Item::Compressed(..) => Err(Unusable::LeftOut(Part::Compression)),
        #[cfg(not(feature = "bigint"))]
        Item::BigInteger(..) => Err(Unusable::LeftOut(Part::BigIntegers)),
        _ => Ok(()),
    }
}

/// Which byte of a table is wrong when: `abi/README.md`.
fn check_table(pairs: u32, content: &[u8], at: usize, depth: usize) -> Result<(), Unusable> {
    if depth == VALUE_DEPTH {
        return malformed(at);
    }
    if pairs as usize > content.len() / 2 {
        return malformed(at + 5);
    }
    let inside = |offset: usize| at + 9 + offset;
    let mut reader = Reader::new(content);
    for _ in 0..pairs {
        let key_at = inside(reader.offset());
        let key = reader.item().map_err(|error| Malformed { offset: inside(error.offset) })?;
        match key {
            Item::Nil => return malformed(key_at),
            Item::Float(value) if value.is_nan() => return malformed(key_at),
            _ => check_item(&key, key_at, depth + 1)?,
        }
        let value_at = inside(reader.offset());
        let value = reader.item().map_err(|error| Malformed { offset: inside(error.offset) })?;
        check_item(&value, value_at, depth + 1)?;
    }
    if reader.is_at_end() { Ok(()) } else { malformed(at + 1) }
}

/// Pushes the value of `bytes` if they are one of the ordinary ones, checked on the way; false, and nothing pushed, for all
/// others and for what is malformed. Raises when memory runs out.
///
/// # Safety
/// `state` is live with two free slots; no Rust value with a destructor is alive.
#[inline]
pub unsafe fn push_ordinary(state: *mut State, bytes: &[u8]) -> bool {
    let Some((tag, rest)) = bytes.split_first() else { return false };
    // SAFETY: the caller's.
    unsafe {
        match (*tag, rest.len()) {
            (tags::INTEGER, 8) => ffi::lua_pushinteger(state, i64::from_le_bytes(first(rest))),
            (tags::FLOAT, 8) => ffi::lua_pushnumber(state, f64::from_le_bytes(first(rest))),
            (tags::BOOLEAN, 1) if rest[0] <= 1 => ffi::lua_pushboolean(state, c_int::from(rest[0])),
            (tags::STRING, length @ 4..) if u32::from_le_bytes(first(rest)) as usize == length - 4 => {
                ffi::lua_pushlstring(state, rest[4..].as_ptr().cast(), length - 4);
            }
            (tags::EXTERNAL, 4) => {
                let id = u32::from_le_bytes(first(rest));
                if !is_script_table(id) {
                    return false;
                }
                handle::push(state, id);
            }
            _ => return false,
        }
    }
    budget::spend(READ_COST);
    true
}

/// The first bytes of what has so many.
#[inline]
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut first = [0; N];
    first.copy_from_slice(&bytes[..N]);
    first
}

/// Whether a script may hold the table.
fn is_script_table(id: u32) -> bool {
    (tables::CONTROL + 1..tables::SYSTEM_FIRST).contains(&id)
}

/// Pushes the value of checked `bytes`; raises when memory or stack run out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive; `bytes` were checked, are no function, and stay unchanged
/// unless they are a scalar.
#[inline]
pub unsafe fn push(state: *mut State, bytes: &[u8]) {
    // SAFETY: the caller's.
    unsafe {
        if let Ok(item) = Reader::new(bytes).item() {
            push_item(state, item);
        } else {
            ffi::lua_pushnil(state);
        }
    }
}

/// Pushes the string of checked `bytes` that are a compressed value; raises when memory or stack run out.
///
/// # Safety
/// As for `push`.
#[cfg(feature = "deflate")]
pub unsafe fn push_compressed(state: *mut State, bytes: &[u8]) -> Result<(), Malformed> {
    const DEFLATED_AT: usize = 9;
    let malformed = Malformed { offset: DEFLATED_AT };
    let Ok(Item::Compressed(length, deflated)) = Reader::new(bytes).item() else { return Err(malformed) };
    // SAFETY: the caller's; the block has `length` bytes and lives while it is on the stack.
    unsafe {
        ffi::luaL_checkstack(state, 4, c"no room for a compressed value".as_ptr());
        let block: *mut u8 = ffi::lua_newuserdatauv(state, length as usize, 0).cast();
        let block = core::slice::from_raw_parts_mut(block, length as usize);
        let is_string = crate::codec::compress::restore(deflated, block)
            && block.first() == Some(&tags::STRING)
            && matches!(check(block), Ok(Shape::Scalar));
        if !is_string {
            stack::pop(state, 1);
            return Err(malformed);
        }
        push(state, block);
        ffi::lua_rotate(state, -2, 1);
        stack::pop(state, 1);
    }
    Ok(())
}

/// # Safety
/// As for `push`.
unsafe fn push_item(state: *mut State, item: Item<'_>) {
    // SAFETY: the caller's.
    unsafe {
        ffi::luaL_checkstack(state, SLOTS, c"value nested too deeply".as_ptr());
        match item {
            Item::Nil | Item::Function(_) | Item::Compressed(..) => ffi::lua_pushnil(state),
            Item::Boolean(value) => ffi::lua_pushboolean(state, c_int::from(value)),
            Item::Integer(value) => ffi::lua_pushinteger(state, value),
            Item::Float(value) => ffi::lua_pushnumber(state, value),
            Item::String(value) => {
                ffi::lua_pushlstring(state, value.as_ptr().cast(), value.len());
            }
            #[cfg(not(feature = "bigint"))]
            Item::BigInteger(..) => ffi::lua_pushnil(state),
            #[cfg(feature = "bigint")]
            Item::BigInteger(negative, magnitude) => big::push_bytes(state, negative, magnitude),
            Item::External(id) => handle::push(state, id),
            Item::Library(name) => named::push(state, name),
            Item::Table(pairs, content) => push_table(state, pairs, content),
        }
    }
}

/// # Safety
/// As for `push`.
unsafe fn push_table(state: *mut State, pairs: u32, content: &[u8]) {
    // SAFETY: the caller's.
    unsafe {
        // A pair takes two bytes at least, so a lying number reserves no more than the content could fill.
        let most = (content.len() / 2).min(pairs as usize).min(1 << 16) as c_int;
        let mut reader = Reader::new(content);
        let is_sequence = matches!(reader.item(), Ok(Item::Integer(1)));
        ffi::lua_createtable(state, if is_sequence { most } else { 0 }, if is_sequence { 0 } else { most });
        let mut reader = Reader::new(content);
        for _ in 0..pairs {
            let (Ok(key), Ok(value)) = (reader.item(), reader.item()) else { return };
            push_item(state, key);
            push_item(state, value);
            if ffi::lua_type(state, -1) == ffi::TYPE_NIL {
                stack::pop(state, 2);
            } else {
                ffi::lua_rawset(state, -3);
            }
        }
    }
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
            if found != Unusable::Malformed(Malformed { offset: wanted }) {
                failures.push(format!("{}: {found:?}, wanted {wanted}", vector["name"]));
            }
        }
        assert!(failures.is_empty(), "{failures:#?}");
    }
}
