//! `ext.feed` and `ext.changes`.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use cu_abi::page::{self, LEAST_BYTES};

use crate::codec::decode;
use crate::data::feed::manage;
use crate::data::feed::record;
use crate::data::feed::settings::Feed;
use crate::library::data::argument::{bad, bad_kind, check_table};
use crate::library::data::index::{check_changeable, raise};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::access;
use crate::store::{self, Failure, Fetched};

/// So many changes are told where nobody says how many, and at most.
const LIMIT: i64 = 1000;
const MOST: i64 = 10_000;

/// Changes that are longer are read into a block of Lua's.
const SHORT_BYTES: usize = 512;

/// `ext.feed(table, options)`: switches its feed on, with `false` off; what its feed is, nil for none.
pub fn feed(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.set_top(2);
    let is_question = lua.kind(2) == Kind::Nil;
    let table = if is_question { access::check_table(lua, 1)? } else { check_changeable(lua)? };
    if !is_question {
        let known = manage::read(table).map_err(|failure| raise(lua, failure, table))?;
        let settings = read_options(lua, known.unwrap_or(Feed::NEW))?;
        manage::set(table, settings.as_ref()).map_err(|failure| raise(lua, failure, table))?;
        lua.charge(0)?;
    }
    let Some(feed) = manage::read(table).map_err(|failure| raise(lua, failure, table))? else {
        lua.push_nil();
        return Ok(1);
    };
    lua.push_table(0, 5);
    for (name, number) in
        [(c"first", feed.oldest), (c"last", feed.next - 1), (c"count", feed.count), (c"age", feed.age)]
    {
        // Without an age there is none.
        if number > 0 || name != c"age" {
            lua.push_integer(number);
            lua.set_field(3, name);
        }
    }
    lua.push_boolean(feed.has_values);
    lua.set_field(3, c"values");
    Ok(1)
}

/// What the feed is to be, `None` for off.
fn read_options(lua: Stack<'_>, mut feed: Feed) -> Result<Option<Feed>, Raise> {
    if lua.kind(2) == Kind::Boolean {
        return Ok(lua.boolean(2).then_some(feed));
    }
    check_table(lua, 2, "feed", "table of options or boolean")?;
    lua.push_nil();
    while lua.next(2) {
        let number = lua.whole(-1).filter(|number| *number > 0);
        let flag = (lua.kind(-1) == Kind::Boolean).then(|| lua.boolean(-1));
        match (lua.string(-2), number, flag) {
            (b"values", _, Some(flag)) => feed.has_values = flag,
            (b"count", Some(count), _) => feed.count = count,
            (b"age", Some(age), _) => feed.age = age,
            (b"age", _, Some(false)) => feed.age = 0,
            _ => {
                return Err(bad(
                    lua,
                    2,
                    "feed",
                    format_args!(
                        "options are values, a boolean, count, a whole number from 1, and age, one of seconds or false"
                    ),
                ));
            }
        }
        lua.pop(1);
    }
    Ok(Some(feed))
}

/// `ext.changes(table, since, limit)`: a list of the changes behind that position, and the position of the last one; nil, the position
/// of the last change of all and why, when changes behind that position are not kept any more.
pub fn changes(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = access::check_table(lua, 1)?;
    lua.set_top(3);
    if guards::has_hidden() {
        return Err(lua.fail(format_args!("a feed may tell of what is hidden: there is none to be had")));
    }
    let whole = |argument| match lua.kind(argument) {
        Kind::Nil => Ok(None),
        _ => match lua.whole(argument) {
            Some(number) if number >= 0 => Ok(Some(number)),
            _ => Err(bad_kind(lua, argument, "changes", "whole number from 0")),
        },
    };
    let (since, limit) = (whole(2)?, whole(3)?.unwrap_or(LIMIT));
    if !(1..=MOST).contains(&limit) {
        return Err(bad(lua, 3, "changes", format_args!("limit out of range 1 to {MOST}")));
    }
    let feed = manage::read(table).map_err(|failure| raise(lua, failure, table))?;
    let Some(feed) = feed else {
        return Err(lua.fail(format_args!("the table has no feed: ext.feed(t, true) gives it one")));
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
