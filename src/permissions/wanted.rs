//! What the host permits a compute: `permissions` of the configuration, kept as it came.
//!
//! Invariant: what is kept is well formed, so a walk through it meets no error. What is not understood is refused, because a
//! switch that is not known would have no effect. A configuration is kept before the script runs, and no walk is under way
//! then: walks are the work of `switches::set` and `resolve::names`, which come later.
//!
//! ```text
//! permissions = {
//!   write   = false                                             nothing may be changed
//!   tables  = { ["_home.prices"] = "readonly", [17] = "hidden" }
//!   library = { load = false, os = false, ["os.time"] = true }  a function's own switch goes before its library's
//! }
//! ```

use cu_abi::limits::PERMISSIONS_BYTES;
use cu_abi::permissions as words;
use cu_abi::value::{Item, Reader};
use cu_abi::{config, tables};

use crate::bytes::copy;
use crate::error::{Error, Excerpt};
use crate::large::LARGE;
use crate::vm::run::RUN;

pub use cu_abi::permissions::Guard;

/// A table that the configuration names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// The keys that lead to it from `_home`, with dots between; empty for `_home` itself.
    Path(&'a [u8]),
    /// Its id.
    Id(u32),
}

/// Permits everything.
pub fn clear() {
    RUN.permissions.length.set(0);
    RUN.permissions.may_write.set(true);
}

/// Checks and keeps what the configuration says.
pub fn keep(value: Item<'_>) -> Result<(), Error> {
    let content = content(config::PERMISSIONS, value)?;
    if content.len() > PERMISSIONS_BYTES {
        let value = content.len() as i64;
        return Err(Error::ConfigRange { key: "permissions.length", value, least: 0, most: PERMISSIONS_BYTES as i64 });
    }
    let write = check(content)?;
    // SAFETY: one thread, and no walk has a reference now (the comment at the top); this one ends at once.
    let room = unsafe { &mut *LARGE.permissions.place::<[u8; PERMISSIONS_BYTES]>() };
    copy(room, content);
    RUN.permissions.length.set(content.len());
    RUN.permissions.may_write.set(write);
    Ok(())
}

/// Whether the compute may change anything.
pub fn may_write() -> bool {
    RUN.permissions.may_write.get()
}

/// Whether anything is said at all.
pub fn is_empty() -> bool {
    RUN.permissions.length.get() == 0
}

/// Calls `visit` with every table that is guarded.
pub fn each_table(mut visit: impl FnMut(Name<'_>, Guard)) {
    each(words::TABLES, &mut |key, value| {
        if let (Ok(name), Ok(guard)) = (name(key), guard(value)) {
            visit(name, guard);
        }
    });
}

/// Calls `visit` with every switch of a library function or a whole library, in the order of the configuration.
pub fn each_switch(mut visit: impl FnMut(&[u8], bool)) {
    each(words::LIBRARY, &mut |key, value| {
        if let (Item::String(name), Item::Boolean(on)) = (key, value) {
            visit(name, on);
        }
    });
}

/// Calls `visit` with each pair of one part of what is kept.
#[inline]
fn each(part: &str, visit: &mut dyn FnMut(Item<'_>, Item<'_>)) {
    if !is_empty() {
        each_kept(part, visit);
    }
}

#[inline(never)]
fn each_kept(part: &str, visit: &mut dyn FnMut(Item<'_>, Item<'_>)) {
    // SAFETY: one thread, and `keep` is not called while a walk is under way (the comment at the top); no part of the bytes
    // leaves `visit`, whose arguments have no name for their lifetime.
    let room = unsafe { &*LARGE.permissions.place::<[u8; PERMISSIONS_BYTES]>() };
    let kept = room.get(..RUN.permissions.length.get()).unwrap_or_default();
    // What is kept was checked.
    let _ = for_each_pair(kept, &mut |key, value| match value {
        Item::Table(_, content) if key == Item::String(part.as_bytes()) => for_each_pair(content, &mut |key, value| {
            visit(key, value);
            Ok(())
        }),
        _ => Ok(()),
    });
}

/// Calls `visit` with the pairs of an inline table's content.
fn for_each_pair<'a>(
    content: &'a [u8],
    visit: &mut dyn FnMut(Item<'a>, Item<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    let malformed = |_| Error::ConfigKind { key: config::PERMISSIONS, wanted: "a table", found: "malformed" };
    let mut reader = Reader::new(content);
    while !reader.is_at_end() {
        let (key, value) = (reader.item().map_err(malformed)?, reader.item().map_err(malformed)?);
        visit(key, value)?;
    }
    Ok(())
}

fn content<'a>(key: &'static str, value: Item<'a>) -> Result<&'a [u8], Error> {
    match value {
        Item::Table(_, content) => Ok(content),
        other => Err(Error::ConfigKind { key, wanted: "a table", found: other.kind() }),
    }
}

/// Checks everything but whether functions of these names exist; answers whether the compute may write.
fn check(whole: &[u8]) -> Result<bool, Error> {
    let mut write = true;
    for_each_pair(whole, &mut |key, value| match (key, value) {
        (Item::String(field), value) if field == words::WRITE.as_bytes() => match value {
            Item::Boolean(value) => {
                write = value;
                Ok(())
            }
            other => wrong_kind("permissions.write", "a boolean", other),
        },
        (Item::String(field), value) if field == words::TABLES.as_bytes() => {
            for_each_pair(content("permissions.tables", value)?, &mut |key, value| {
                name(key)?;
                guard(value).map(drop)
            })
        }
        (Item::String(field), value) if field == words::LIBRARY.as_bytes() => {
            for_each_pair(content("permissions.library", value)?, &mut |key, value| match (key, value) {
                (Item::String(_), Item::Boolean(_)) => Ok(()),
                (Item::String(_), other) => wrong_kind("permissions.library.*", "a boolean", other),
                (other, _) => wrong_kind("permissions.library", "name = boolean", other),
            })
        }
        (Item::String(name), _) => {
            Err(Error::Permission { name: Excerpt::new(name), problem: "is no field of config.permissions" })
        }
        (other, _) => wrong_kind(config::PERMISSIONS, "field = value", other),
    })?;
    Ok(write)
}

fn wrong_kind<T>(key: &'static str, wanted: &'static str, found: Item<'_>) -> Result<T, Error> {
    Err(Error::ConfigKind { key, wanted, found: found.kind() })
}

fn guard(value: Item<'_>) -> Result<Guard, Error> {
    match value {
        Item::String(text) => {
            let guard = Guard::ALL.into_iter().find(|guard| guard.name().as_bytes() == text);
            let problem = "is not \"readonly\" or \"hidden\"";
            guard.ok_or(Error::Permission { name: Excerpt::new(text), problem })
        }
        other => wrong_kind("permissions.tables.*", "\"readonly\" or \"hidden\"", other),
    }
}

/// `_home`, `_home.users`, or an id, also as text: not every host has tables whose keys are numbers.
fn name(key: Item<'_>) -> Result<Name<'_>, Error> {
    match key {
        Item::String(text) => {
            let name = if let Some(path) = text.strip_prefix(words::HOME.as_bytes()) {
                path_name(path)
            } else {
                id_name(text)
            };
            let problem = "names no table: wanted is _home.name or an id";
            name.ok_or(Error::Permission { name: Excerpt::new(text), problem })
        }
        Item::Integer(id) => number_name(id).ok_or(Error::ConfigRange {
            key: "permissions.tables.*",
            value: id,
            least: tables::HOME.into(),
            most: i64::from(tables::SYSTEM_FIRST) - 1,
        }),
        other => wrong_kind("permissions.tables", "a name or an id as key", other),
    }
}

fn path_name(path: &[u8]) -> Option<Name<'_>> {
    match path {
        [] => Some(Name::Path(b"")),
        [b'.', path @ ..] if path.split(|byte| *byte == b'.').all(|part| !part.is_empty()) => Some(Name::Path(path)),
        _ => None,
    }
}

fn id_name(text: &[u8]) -> Option<Name<'static>> {
    const MOST_DIGITS: usize = 10;
    if text.is_empty() || text.len() > MOST_DIGITS || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    number_name(text.iter().fold(0, |id, digit| id * 10 + i64::from(digit - b'0')))
}

fn number_name(id: i64) -> Option<Name<'static>> {
    (i64::from(tables::HOME)..i64::from(tables::SYSTEM_FIRST)).contains(&id).then_some(Name::Id(id as u32))
}
