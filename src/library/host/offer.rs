//! The global `host`: the functions that the host offers, in locked tables by the parts of their names.
//!
//! Invariant: tables and functions are made anew only when the host offers others than in the compute before. They are as the
//! configuration says before a script or a finalizer runs.

use core::cell::Cell;
use core::ffi::{CStr, c_int};

use cu_abi::config;
use cu_abi::functions::{self, ASYNC, EITHER, LIBRARY, SYNC, is_name};
use cu_abi::value::{Item, Reader};

use crate::bytes::copy_at;
use crate::codec::hosted::{self, Mode};
use crate::error::{Error, Excerpt};
use crate::lua::call::{self, Raise};
use crate::lua::kind::Kind;
use crate::lua::stack::{Stack, upvalue};

/// What tells one offer from another.
pub type Mark = u64;

/// No offer.
pub const NOTHING: Mark = 0;

struct Current {
    mark: Cell<Option<Mark>>,
    /// Computes wait for one of the functions at least.
    waits: Cell<bool>,
}

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Current {}

/// The offer that the tables show; none while they are changed.
static CURRENT: Current = Current { mark: Cell::new(Some(NOTHING)), waits: Cell::new(false) };

/// The mark of an offer, the content of the table `functions`: another one has, as good as certainly, another mark.
pub fn mark(content: &[u8]) -> Mark {
    if content.is_empty() {
        return NOTHING;
    }
    let (words, rest) = content.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mix = |mark: Mark, word: [u8; 8]| {
        (mark ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    };
    let mark = words.iter().copied().fold(content.len() as u64 | 1 << 63, mix);
    mix(mark, last).max(NOTHING + 1)
}

/// Whether the tables show that offer.
pub fn is_current(mark: Mark) -> bool {
    CURRENT.mark.get() == Some(mark)
}

/// Whether computes may have to wait for a function of the current offer.
pub fn is_waited_for() -> bool {
    CURRENT.waits.get()
}

/// Every function of an offer.
fn each(content: &[u8]) -> impl Iterator<Item = Result<(&[u8], Item<'_>), Error>> {
    let mut reader = Reader::new(content);
    core::iter::from_fn(move || {
        if reader.is_at_end() {
            return None;
        }
        let malformed =
            |_| Error::ConfigKind { key: config::FUNCTIONS, wanted: "a table of functions", found: "malformed" };
        let mut pair = || Ok((reader.item().map_err(malformed)?, reader.item().map_err(malformed)?));
        Some(pair().and_then(|(name, mode)| match name {
            Item::String(name) => Ok((name, mode)),
            other => Err(Error::ConfigKind { key: config::FUNCTIONS, wanted: "a table of names", found: other.kind() }),
        }))
    })
}

/// Checks an offer.
pub fn check(content: &[u8]) -> Result<(), Error> {
    for function in each(content) {
        let (name, mode) = function?;
        let refused = |problem| Err(Error::Function { name: Excerpt::new(name), problem });
        if !is_name(name) {
            return refused("is no name: wanted are letters, digits and '_', at most 128, with dots between");
        }
        if mode_of(&mode).is_none() {
            return refused("is neither 'sync', 'async' nor 'either'");
        }
        let is_inside = |other: &[u8]| other.strip_prefix(name).is_some_and(|rest| rest.first() == Some(&b'.'));
        if each(content).flatten().any(|(other, _)| is_inside(other)) {
            return refused("is the name of a function and of a table of functions");
        }
    }
    Ok(())
}

fn mode_of(mode: &Item<'_>) -> Option<Mode> {
    match mode {
        Item::String(word) if *word == SYNC.as_bytes() => Some(Mode::Sync),
        Item::String(word) if *word == ASYNC.as_bytes() => Some(Mode::Async),
        Item::String(word) if *word == EITHER.as_bytes() => Some(Mode::Either),
        _ => None,
    }
}

const GLOBAL: &CStr = c"host";
const _: () = assert!(GLOBAL.count_bytes() == LIBRARY.len());

/// Makes `host` show an offer that was checked; raises when memory runs out.
pub fn show(lua: Stack<'_>, content: &[u8]) -> Result<u8, Raise> {
    // If this does not come to its end, it is done again before the next script.
    CURRENT.mark.set(None);
    CURRENT.waits.set(false);
    hosted::withdraw_all(lua);
    lua.set_top(0);
    if content.is_empty() {
        lua.push_nil();
    } else {
        push_locked(lua);
    }
    for (name, mode) in each(content).flatten() {
        let mode = mode_of(&mode).unwrap_or(Mode::Absent);
        CURRENT.waits.set(CURRENT.waits.get() || matches!(mode, Mode::Async | Mode::Either));
        add(lua, name, mode);
    }
    lua.push_globals();
    lua.push_string(LIBRARY.as_bytes());
    lua.push_copy(1);
    lua.raw_set(-3);
    CURRENT.mark.set(Some(mark(content)));
    Ok(0)
}

/// Adds a function to the locked table at 1, and the tables on the way that are missing.
fn add(lua: Stack<'_>, name: &[u8], mode: Mode) {
    const FIRST: c_int = 1;
    let mut whole = [0; LIBRARY.len() + 1 + functions::NAME_BYTES];
    let mut length = 0;
    for part in [LIBRARY.as_bytes(), b".", name] {
        length += copy_at(&mut whole, length, part);
    }
    lua.push_copy(FIRST);
    let mut parts = name.split(|byte| *byte == b'.').peekable();
    while let Some(part) = parts.next() {
        // Of the locked table on top, what it shows.
        lua.push_metafield(-1, c"__index");
        lua.remove_below();
        lua.push_string(part);
        if parts.peek().is_none() {
            hosted::push(lua, whole.get(..length).unwrap_or_default());
            hosted::set_mode(lua, mode);
            lua.raw_set(-3);
            break;
        }
        lua.push_copy(-1);
        if lua.raw_get(-3) == Kind::Nil {
            lua.pop(1);
            push_locked(lua);
            lua.push_copy(-2);
            lua.push_copy(-2);
            lua.raw_set(-5);
        }
        // The table around, the name, the table inside.
        lua.remove_below();
        lua.remove_below();
    }
    lua.set_top(FIRST);
}

/// Pushes a table that scripts can read, and that shows another one, which is empty. Raises when memory runs out.
fn push_locked(lua: Stack<'_>) {
    lua.push_table(0, 0);
    lua.push_table(0, 4);
    lua.push_table(0, 0);
    lua.push_copy(-1);
    lua.set_field(-3, c"__index");
    lua.push_c_closure(call::function(pairs), 1);
    lua.set_field(-2, c"__pairs");
    lua.push_rust(refuse);
    lua.set_field(-2, c"__newindex");
    lua.push_boolean(false);
    lua.set_field(-2, c"__metatable");
    lua.set_metatable(-2);
}

/// `pairs`: without handing out the table that is shown.
fn pairs(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.push_copy(upvalue(1));
    lua.push_c_closure(call::function(next), 1);
    lua.push_nil();
    lua.push_nil();
    Ok(3)
}

fn next(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.set_top(2);
    if lua.next(upvalue(1)) {
        return Ok(2);
    }
    lua.push_nil();
    Ok(1)
}

fn refuse(lua: Stack<'_>) -> Result<u8, Raise> {
    let name = Excerpt::new(lua.string(2));
    Err(lua.fail(format_args!("key {name} of host may not be changed: what the host offers is read-only")))
}
