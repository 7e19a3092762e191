//! `ext.index`, `ext.drop_index`, `ext.indexes` and `ext.check`.
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::ffi::c_int;

use cu_abi::limits::{INDEX_NAME_BYTES, INDEX_PATHS, INDEXES};

use crate::bytes::{copy, copy_at};
use crate::data::catalogue::{self, Attached};
use crate::data::filter;
use crate::data::index::check;
use crate::data::index::definition::{Definition, Field, Kind};
use crate::data::index::manage;
use crate::data::path::{self, PathBuffer};
use crate::data::program::{Program, Section};
use crate::data::scratch;
use crate::data::spec::{self, Form};
use crate::error::Excerpt;
use crate::library::data::argument::{bad, check_table};
use crate::lua::call::Raise;
use crate::lua::kind::Kind as LuaKind;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::{access, fault};
use crate::store::Failure;

/// The function's name in messages.
const FUNCTION: &str = "index";

/// What a script asks for, as it lies on the stack.
struct Wanted<'s> {
    paths: [&'s [u8]; INDEX_PATHS],
    count: usize,
    name: Name,
    kind: Kind,
    is_unique: bool,
    is_multi: bool,
    /// Nodes of its filter.
    filter: &'s [u8],
}

/// A name: that which was given, or the paths.
#[derive(Clone, Copy)]
pub struct Name {
    bytes: [u8; INDEX_NAME_BYTES],
    length: usize,
}

impl Name {
    /// The name.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Raises a failure.
pub fn raise(lua: Stack<'_>, failure: Failure, table: u32) -> Raise {
    fault::raise_of_table(lua, failure.into(), table)
}

/// The table at 1, which may be changed.
pub fn check_changeable(lua: Stack<'_>) -> Result<u32, Raise> {
    let table = access::check_table(lua, 1)?;
    guards::check_attach(table).map_err(|denied| fault::raise_of_table(lua, denied.into(), table))?;
    if table == cu_abi::tables::IO {
        return Err(lua.fail(format_args!("_io is not kept: nothing is attached to it")));
    }
    Ok(table)
}

/// `ext.index(table, path or paths, options)`: its name.
pub fn index(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = check_changeable(lua)?;
    if guards::has_hidden() {
        // It would have what is hidden, and a unique one would tell it.
        return Err(lua.fail(format_args!("no index can be made while something is hidden from the compute")));
    }
    lua.set_top(3);
    let wanted = read_wanted(lua, table)?;
    let outcome = define(table, &wanted).and_then(|definition| manage::add(table, definition));
    match outcome {
        Ok(manage::Added::Whole) => {}
        // The budget ran out: what follows raises that.
        Ok(manage::Added::Unfinished) => {}
        Ok(manage::Added::Other) => {
            let name = Excerpt::new(wanted.name.bytes());
            return Err(lua.fail(format_args!("there is another index {name}: drop it first")));
        }
        Ok(manage::Added::Full) => {
            return Err(
                lua.fail(format_args!("a table has at most {INDEXES} indexes, and this one has them: drop one first"))
            );
        }
        Err(failure) => return Err(raise(lua, failure, table)),
    }
    lua.charge(0)?;
    lua.push_string(wanted.name.bytes());
    Ok(1)
}

fn define(table: u32, wanted: &Wanted<'_>) -> Result<Definition, Failure> {
    let mut paths = Vec::new();
    for text in wanted.paths.iter().take(wanted.count) {
        if let Some(field) = Field::parse(table, text)? {
            scratch::push(&mut paths, table, field)?;
        }
    }
    Ok(Definition {
        name: scratch::copy_of(table, wanted.name.bytes())?,
        kind: wanted.kind,
        is_unique: wanted.is_unique,
        is_multi: wanted.is_multi,
        filter: scratch::copy_of(table, wanted.filter)?,
        paths,
        ..Definition::default()
    })
}

fn read_wanted<'s>(lua: Stack<'s>, table: u32) -> Result<Wanted<'s>, Raise> {
    let mut wanted = Wanted {
        paths: [&[]; INDEX_PATHS],
        count: 0,
        name: Name { bytes: [0; INDEX_NAME_BYTES], length: 0 },
        kind: Kind::Ordered,
        is_unique: false,
        is_multi: false,
        filter: &[],
    };
    match lua.kind(2) {
        LuaKind::String => add_path(lua, &mut wanted, 2)?,
        _ => {
            check_table(lua, 2, FUNCTION, "path or list of paths")?;
            for number in 1.. {
                // It stays on the stack, and with it its bytes.
                if lua.raw_get_at(2, number) == LuaKind::Nil {
                    lua.pop(1);
                    break;
                }
                add_path(lua, &mut wanted, lua.top())?;
            }
        }
    }
    if wanted.count == 0 {
        return Err(bad(lua, 2, FUNCTION, format_args!("no path")));
    }
    read_options(lua, &mut wanted)?;
    read_filter(lua, &mut wanted, table)?;
    if wanted.is_multi && wanted.count > 1 {
        return Err(bad(lua, 3, FUNCTION, format_args!("an index of elements has one path, not {}", wanted.count)));
    }
    if wanted.name.length == 0 {
        for (number, path) in wanted.paths.iter().take(wanted.count).enumerate() {
            let name = &mut wanted.name;
            let comma: &[u8] = if number > 0 { b"," } else { b"" };
            for part in [comma, path] {
                name.length += copy_at(&mut name.bytes, name.length, part);
            }
        }
        // The value itself has an empty path.
        if wanted.name.length == 0 {
            wanted.name.length = copy(&mut wanted.name.bytes, b"value");
        }
    }
    Ok(wanted)
}

fn add_path<'s>(lua: Stack<'s>, wanted: &mut Wanted<'s>, index: c_int) -> Result<(), Raise> {
    if lua.kind(index) != LuaKind::String {
        let kind = lua.kind(index).name();
        return Err(bad(lua, 2, FUNCTION, format_args!("a path is a string, not a {kind}")));
    }
    let text = lua.bytes(index);
    if let Err(problem) = PathBuffer::parse(text) {
        let text = Excerpt::new(text);
        return Err(bad(lua, 2, FUNCTION, format_args!("{text}: {problem}")));
    }
    let Some(place) = wanted.paths.get_mut(wanted.count) else {
        return Err(bad(lua, 2, FUNCTION, format_args!("more than {INDEX_PATHS} paths")));
    };
    *place = text;
    wanted.count += 1;
    Ok(())
}

/// The filter in the options takes their place on the stack, so that what is wrong with it is wrong with that argument.
fn read_filter<'s>(lua: Stack<'s>, wanted: &mut Wanted<'s>, table: u32) -> Result<(), Raise> {
    if lua.kind(3) != LuaKind::Table {
        return Ok(());
    }
    lua.push_string(b"where");
    if lua.raw_get(3) == LuaKind::Nil {
        lua.pop(1);
        return Ok(());
    }
    lua.copy(-1, 3);
    lua.pop(1);
    wanted.filter = Program::new(spec::push_program(lua, 3, table, Form::Exists)?).section(Section::Where);
    let mut looks_into = false;
    let list = wanted.paths.first().and_then(|text| PathBuffer::parse(text).ok()).filter(|_| wanted.is_multi);
    if let Some(list) = &list {
        filter::each_path(wanted.filter, &mut |path| {
            let mut keys: [&[u8]; path::SEGMENTS] = [&[]; path::SEGMENTS];
            let (mut count, mut rest) = (0, list.path());
            while let Some((key, behind)) = rest.split() {
                keys[count] = key;
                (count, rest) = (count + 1, behind);
            }
            looks_into |= path.meets(&keys[..count]);
        });
    }
    if looks_into {
        return Err(bad(
            lua,
            3,
            FUNCTION,
            format_args!("the filter of an index of elements looks at other fields only"),
        ));
    }
    Ok(())
}

fn read_options(lua: Stack<'_>, wanted: &mut Wanted<'_>) -> Result<(), Raise> {
    if lua.kind(3) == LuaKind::Nil {
        return Ok(());
    }
    check_table(lua, 3, FUNCTION, "table of options")?;
    lua.want_room(4, c"no room for options");
    lua.push_nil();
    while lua.next(3) {
        read_option(lua, wanted)?;
        lua.pop(1);
    }
    Ok(())
}

/// The option's name is under its value, which is on top.
fn read_option(lua: Stack<'_>, wanted: &mut Wanted<'_>) -> Result<(), Raise> {
    let (value, kind) = (lua.top(), lua.kind(lua.top()));
    let word = lua.string(value - 1);
    let flag = match word {
        b"unique" => &mut wanted.is_unique,
        b"multi" => &mut wanted.is_multi,
        // After the others (`read_filter`).
        b"where" => return Ok(()),
        b"kind" => {
            let Some(found) = Kind::of(lua.string(value)) else {
                return Err(bad(
                    lua,
                    3,
                    FUNCTION,
                    format_args!("kind is \"btree\" or \"hash\", not {}", Shown::of(lua, value)),
                ));
            };
            wanted.kind = found;
            return Ok(());
        }
        b"name" => {
            let name = lua.string(value);
            if name.is_empty() || name.len() > INDEX_NAME_BYTES {
                return Err(bad(lua, 3, FUNCTION, format_args!("a name is a string of 1 to {INDEX_NAME_BYTES} bytes")));
            }
            wanted.name.length = copy(&mut wanted.name.bytes, name);
            return Ok(());
        }
        _ => {
            let shown = Shown::of(lua, value - 1);
            return Err(bad(lua, 3, FUNCTION, format_args!("unknown option {shown}")));
        }
    };
    if kind != LuaKind::Boolean {
        let (word, kind) = (Excerpt::new(word), kind.name());
        return Err(bad(lua, 3, FUNCTION, format_args!("option {word} is a boolean, not a {kind}")));
    }
    *flag = lua.boolean(value);
    Ok(())
}

/// A value for a message: a string, or else its type.
struct Shown;

impl Shown {
    fn of(lua: Stack<'_>, index: c_int) -> Excerpt {
        match lua.kind(index) {
            LuaKind::String => Excerpt::new(lua.string(index)),
            kind => Excerpt::new(kind.name().as_bytes()),
        }
    }
}

/// `ext.drop_index(table, name)`: whether there was one.
pub fn drop_index(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = check_changeable(lua)?;
    let name = lua.want_string(2);
    let was_there = manage::remove(table, name).map_err(|failure| raise(lua, failure, table))?;
    lua.charge(0)?;
    lua.push_boolean(was_there);
    Ok(1)
}

/// What `ext.indexes` tells of one index.
#[derive(Clone, Copy)]
struct Summary {
    name: Name,
    kind: Kind,
    is_unique: bool,
    is_multi: bool,
    is_partial: bool,
    store: u32,
    paths: [([u8; path::TEXT_BYTES], usize); INDEX_PATHS],
    count: usize,
}

/// The index of that number, or `None` after the last one.
fn summary(attached: &Attached, number: usize) -> Option<Summary> {
    let definition = attached.indexes.get(number)?;
    let mut name = Name { bytes: [0; INDEX_NAME_BYTES], length: 0 };
    name.length = copy(&mut name.bytes, &definition.name);
    let mut paths = [([0; path::TEXT_BYTES], 0); INDEX_PATHS];
    for ((bytes, length), field) in paths.iter_mut().zip(&definition.paths) {
        *length = copy(bytes, &field.text);
    }
    Some(Summary {
        name,
        kind: definition.kind,
        is_unique: definition.is_unique,
        is_multi: definition.is_multi,
        is_partial: !definition.filter.is_empty(),
        store: definition.store,
        paths,
        count: definition.paths.len(),
    })
}

/// The name of the index of that number; none after the last one.
pub fn name_of(lua: Stack<'_>, table: u32, number: usize) -> Result<Option<Name>, Raise> {
    let name = catalogue::with(table, |attached| {
        Ok(attached.indexes.get(number).map(|index| {
            let mut name = Name { bytes: [0; INDEX_NAME_BYTES], length: 0 };
            name.length = copy(&mut name.bytes, &index.name);
            name
        }))
    });
    name.map_err(|failure| raise(lua, failure, table))
}

/// `ext.indexes(table)`: a list of what there is.
pub fn indexes(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = access::check_table(lua, 1)?;
    lua.set_top(1);
    lua.push_table(0, 0);
    for number in 0.. {
        let found = catalogue::with(table, |attached| Ok(summary(attached, number)));
        let Some(found) = found.map_err(|failure| raise(lua, failure, table))? else { break };
        lua.charge(100)?;
        lua.push_table(0, 6);
        lua.push_string(found.name.bytes());
        lua.set_field(3, c"name");
        lua.push_string(found.kind.word().as_bytes());
        lua.set_field(3, c"kind");
        lua.push_boolean(found.is_unique);
        lua.set_field(3, c"unique");
        lua.push_boolean(found.is_multi);
        lua.set_field(3, c"multi");
        lua.push_boolean(found.is_partial);
        lua.set_field(3, c"partial");
        if !guards::has_hidden() {
            let entries = crate::store::size(found.store).map_err(|failure| raise(lua, failure, table))?;
            lua.push_integer(entries.into());
            lua.set_field(3, c"entries");
        }
        lua.push_table(found.count as c_int, 0);
        for (number, (bytes, length)) in (1..).zip(found.paths.iter().take(found.count)) {
            lua.push_string(bytes.get(..*length).unwrap_or_default());
            lua.raw_set_at(4, number);
        }
        lua.set_field(3, c"paths");
        lua.raw_set_at(2, number as i64 + 1);
    }
    Ok(1)
}

/// `ext.check(table)`: whether its indexes have the right entries, and a list of those that have not.
pub fn check(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = access::check_table(lua, 1)?;
    lua.set_top(1);
    lua.push_boolean(true);
    lua.push_table(0, 0);
    let mut wrong = 0;
    for number in 0.. {
        let report = check::run(table, number).map_err(|failure| raise(lua, failure, table))?;
        lua.charge(0)?;
        let Some(report) = report else { break };
        if report == check::Report::default() {
            continue;
        }
        let found = catalogue::with(table, |attached| Ok(summary(attached, number)));
        let found = found.map_err(|failure| raise(lua, failure, table))?;
        lua.push_boolean(false);
        lua.copy(-1, 2);
        lua.pop(1);
        lua.push_table(0, 4);
        if let Some(found) = found {
            lua.push_string(found.name.bytes());
            lua.set_field(4, c"index");
        }
        for (name, count) in [(c"missing", report.missing), (c"stale", report.stale), (c"unlinked", report.unlinked)] {
            lua.push_integer(count.into());
            lua.set_field(4, name);
        }
        wrong += 1;
        lua.raw_set_at(3, wrong);
    }
    Ok(2)
}
