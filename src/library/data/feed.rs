//! `ext.feed` and `ext.changes`.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int};

use cu_abi::page::{self, LEAST_BYTES};

use crate::codec::decode;
use crate::data::change;
use crate::data::feed::manage;
use crate::data::feed::record;
use crate::data::feed::settings::Feed;
use crate::error::Excerpt;
use crate::library::data::index::{check_changeable, raise};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::access;
use crate::store::{self, Failure, Fetched};

/// So many changes are told where nobody says how many, and at most.
const LIMIT: i64 = 1000;
const MOST: i64 = 10_000;

/// Changes that are longer are read into a block of Lua's.
const SHORT_BYTES: usize = 512;

fn bad(lua: Stack<'_>, argument: c_int, function: &str, problem: core::fmt::Arguments<'_>) -> Raise {
    lua.error(&Message::new(format_args!("bad argument #{argument} to '{function}' ({problem})")))
}

/// `ext.feed(table, options)`: switches its feed on, with `false` off; what its feed is, nil for none.
pub fn feed(lua: Stack<'_>) -> Result<u8, Raise> {
    let is_question = matches!(lua.kind(2), Kind::None | Kind::Nil);
    let table = if is_question { access::check_table(lua, 1)? } else { check_changeable(lua)? };
    lua.set_top(2);
    check_seen(lua, table)?;
    let fail = |failure| raise(lua, failure, table);
    match lua.kind(2) {
        Kind::Nil => {}
        Kind::Boolean if !lua.boolean(2) => {
            manage::remove(table).map_err(fail)?;
        }
        Kind::Boolean => manage::set(table, &known(table).map_err(fail)?).map_err(fail)?,
        Kind::Table if lua.external_id(2) == 0 => {
            let settings = read_options(lua, known(table).map_err(fail)?)?;
            manage::set(table, &settings).map_err(fail)?;
        }
        kind => {
            let kind = kind.name();
            return Err(bad(lua, 2, "feed", format_args!("table of options or boolean expected, got {kind}")));
        }
    }
    lua.charge(0)?;
    let Some(mut feed) = manage::read(table).map_err(fail)? else {
        lua.push_nil();
        return Ok(1);
    };
    let (first, next) = (feed.oldest().map_err(fail)?, feed.next().map_err(fail)?);
    lua.push_table(0, 5);
    for (name, number) in [(c"first", first), (c"last", next - 1), (c"count", feed.count), (c"age", feed.age)] {
        if number > 0 || name == c"last" {
            lua.push_integer(number);
            lua.set_field(3, name);
        }
    }
    lua.push_boolean(feed.has_values);
    lua.set_field(3, c"values");
    Ok(1)
}

/// The settings that there are.
fn known(table: u32) -> Result<Feed, Failure> {
    Ok(manage::read(table)?.unwrap_or(Feed::NEW))
}

fn read_options(lua: Stack<'_>, mut feed: Feed) -> Result<Feed, Raise> {
    lua.want_room(4, c"no room for options");
    lua.push_nil();
    while lua.next(2) {
        let value = lua.top();
        let (kind, whole) = (lua.kind(value), lua.whole(value));
        match (lua.string(value - 1), kind, whole) {
            (b"values", Kind::Boolean, _) => feed.has_values = lua.boolean(value),
            (b"count", _, Some(count)) if count > 0 => feed.count = count,
            (b"age", Kind::Boolean, _) if !lua.boolean(value) => feed.age = 0,
            (b"age", _, Some(age)) if age > 0 => feed.age = age,
            (b"values", ..) => {
                return Err(bad(lua, 2, "feed", format_args!("values is a boolean, not a {}", kind.name())));
            }
            (b"count", ..) => return Err(bad(lua, 2, "feed", format_args!("count is a whole number from 1"))),
            (b"age", ..) => {
                return Err(bad(lua, 2, "feed", format_args!("age is a whole number of seconds from 1, or false")));
            }
            _ => {
                let name = match lua.kind(value - 1) {
                    Kind::String => Excerpt::new(lua.string(value - 1)),
                    kind => Excerpt::new(kind.name().as_bytes()),
                };
                return Err(bad(lua, 2, "feed", format_args!("unknown option {name}")));
            }
        }
        lua.pop(1);
    }
    Ok(feed)
}

/// Refuses to tell of a table in which something is hidden.
fn check_seen(lua: Stack<'_>, table: u32) -> Result<(), Raise> {
    if !guards::has_hidden() {
        return Ok(());
    }
    let may_tell = manage::read(table).and_then(|feed| {
        let may_tell = feed.is_none_or(|feed| !feed.has_values);
        Ok(may_tell && !guards::any_hidden(|hidden| change::is_in(hidden, table))?)
    });
    match may_tell {
        Ok(true) => Ok(()),
        Ok(false) => Err(lua.error(&Message::new(format_args!(
            "the feed of a table may tell of what is hidden, so it is not to be had while something is"
        )))),
        Err(failure) => Err(raise(lua, failure, table)),
    }
}

/// `ext.changes(table, since, limit)`: a list of the changes behind that position, and the position of the last one; nil, the position
/// of the last change of all and why, when changes behind that position are not kept any more.
pub fn changes(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = access::check_table(lua, 1)?;
    lua.set_top(3);
    check_seen(lua, table)?;
    let whole = |argument| match lua.kind(argument) {
        Kind::Nil => Ok(None),
        _ => match lua.whole(argument) {
            Some(number) if number >= 0 => Ok(Some(number)),
            _ => {
                let kind = lua.kind(argument).name();
                Err(bad(lua, argument, "changes", format_args!("whole number from 0 expected, got {kind}")))
            }
        },
    };
    let (since, limit) = (whole(2)?, whole(3)?.unwrap_or(LIMIT));
    if !(1..=MOST).contains(&limit) {
        return Err(bad(lua, 3, "changes", format_args!("limit out of range 1 to {MOST}")));
    }
    let feed = manage::read(table).map_err(|failure| raise(lua, failure, table))?;
    let Some(feed) = feed else {
        return Err(lua.error(&Message::new(format_args!("the table has no feed: ext.feed(t, true) gives it one"))));
    };
    let since = since.unwrap_or(feed.oldest - 1);
    if since < feed.oldest - 1 || since > feed.next - 1 {
        lua.push_nil();
        lua.push_integer(feed.next - 1);
        let why: &CStr =
            if since >= feed.next { c"no change had that position" } else { c"changes are not kept any more" };
        lua.push_string(why.to_bytes());
        return Ok(3);
    }
    lua.push_table(0, 0);
    let last = push_changes(lua, table, &feed, since, limit)?;
    lua.push_integer(last);
    Ok(2)
}

/// Puts changes into the list on top; the position of the last one.
fn push_changes(lua: Stack<'_>, table: u32, feed: &Feed, since: i64, limit: i64) -> Result<i64, Raise> {
    let list = lua.top();
    let (mut last, mut count) = (since, 0);
    let mut keys = [0; LEAST_BYTES];
    while count < limit && last + 1 < feed.next {
        page::ask(&mut keys, store::id_key(last).bytes(), false);
        let length = store::keys(feed.store, &mut keys).map_err(|failure| raise(lua, failure, table))?;
        let listed = keys.get(..length).unwrap_or_default();
        let mut at = 0;
        while let Some(key) = page::key_at(listed, at).filter(|_| count < limit) {
            let number = record::number_of(key).filter(|number| *number > last);
            let Some(number) = number else { return Err(raise(lua, Failure::damaged(feed.store), table)) };
            if push_change(lua, table, feed.store, number)? {
                lua.push_integer(number);
                lua.set_field(-2, c"at");
                // Nobody else has to know.
                lua.push_nil();
                lua.set_field(-2, c"part");
                count += 1;
                lua.raw_set_at(list, count);
            }
            last = number;
            at += page::LENGTH_BYTES + key.len();
        }
        if length == 0 {
            break;
        }
    }
    Ok(last)
}

/// Pushes the change with that number; false for nothing.
fn push_change(lua: Stack<'_>, table: u32, store: u32, number: i64) -> Result<bool, Raise> {
    lua.charge(0)?;
    lua.want_room(8, c"no room for a change");
    let key = store::id_key(number);
    let fail = |failure| raise(lua, failure, table);
    let mut room = [0; SHORT_BYTES];
    let bytes = match store::get(store, key.bytes()).map_err(fail)? {
        Fetched::Absent => return Ok(false),
        Fetched::Short(length) if length <= SHORT_BYTES => {
            let room = room.get_mut(..length).unwrap_or_default();
            room.copy_from_slice(store::short_value(length));
            lua.push_nil();
            &room[..]
        }
        Fetched::Short(length) | Fetched::Long(length) => {
            let block = lua.push_block(length);
            let length = store::get_long(store, key.bytes(), block).map_err(fail)?;
            block.get(..length).unwrap_or_default()
        }
    };
    lua.charge(bytes.len() / crate::budget::cost::BYTES_DECODED)?;
    if !matches!(decode::check(bytes), Ok(decode::Shape::Table)) {
        return Err(raise(lua, Failure::damaged(store), table));
    }
    decode::push(lua, bytes)?;
    lua.remove_below();
    Ok(true)
}
