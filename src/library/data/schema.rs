//! `ext.schema`.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::value::Writer;

use crate::codec::{decode, encode};
use crate::data::schema::{attach, spec};
use crate::data::{catalogue, refusal, scratch};
use crate::library::data::argument::bad_in_bytes;
use crate::library::data::index::{check_changeable, raise};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::proxy::access;

/// The most rows that a report names.
const REPORTED: i64 = 100;

/// `ext.schema(table, schema)`: attaches it, if every row holds; else false and what does not. `false` takes the schema away;
/// without a second argument the answer is the schema.
pub fn schema(lua: Stack<'_>) -> Result<u8, Raise> {
    if lua.top() < 2 || lua.kind(2) == Kind::Nil {
        return tell(lua);
    }
    let table = check_changeable(lua)?;
    lua.set_top(2);
    if lua.kind(2) == Kind::Boolean && !lua.boolean(2) {
        attach::attach(table, Vec::new()).map_err(|failure| raise(lua, failure, table))?;
        lua.charge(0)?;
        lua.push_boolean(true);
        return Ok(1);
    }
    encode_schema(lua)?;
    lua.push_boolean(true);
    lua.push_table(0, 0);
    if report(lua, table)? > 0 {
        lua.push_boolean(false);
        lua.copy(-1, 4);
        lua.pop(1);
        return Ok(2);
    }
    let attached = scratch::copy_of(table, lua.bytes(3)).and_then(|schema| attach::attach(table, schema));
    attached.map_err(|failure| raise(lua, failure, table))?;
    lua.charge(0)?;
    lua.set_top(4);
    Ok(1)
}

/// Pushes the schema at 2 as bytes, to 3.
fn encode_schema(lua: Stack<'_>) -> Result<(), Raise> {
    let mut length = Writer::new(&mut []);
    let mut wrong = match encode::value(lua, 2, &mut length) {
        Ok(()) => None,
        Err(unencodable) => {
            let mut message = Message::new(format_args!(""));
            message.push(unencodable.path.text());
            message.push(b" ");
            let _ = unencodable.reason.describe("a result", &mut message);
            Some(message)
        }
    };
    if wrong.is_none() {
        let block = lua.push_block(length.length());
        // Nothing of Lua ran since its length was counted.
        let _ = encode::value(lua, 2, &mut Writer::new(block));
        wrong = spec::verify(block).err();
        if wrong.is_none() {
            lua.push_string(block);
            lua.remove_below();
        }
    }
    let Some(wrong) = wrong else { return Ok(()) };
    Err(bad_in_bytes(lua, 2, "schema", wrong.text()))
}

/// Adds the rows that the schema, the bytes at 3, refuses to the list on top; how many there are.
fn report(lua: Stack<'_>, table: u32) -> Result<i64, Raise> {
    let list = lua.top();
    let mut count = 0;
    // The key after which the next one is looked for, a string at the top.
    lua.push_string(b"");
    while count < REPORTED {
        let mut key = cu_abi::key::KeyBuffer::new();
        let found = attach::next_refused(table, lua.bytes(3), lua.bytes(list + 1), |refused| {
            let length = crate::bytes::copy(key.room(), refused);
            key.set_length(length);
        });
        let found = found.map_err(|failure| raise(lua, failure, table))?;
        lua.charge(0)?;
        if !found {
            break;
        }
        count += 1;
        lua.push_string(key.bytes());
        lua.copy(-1, list + 1);
        lua.pop(1);
        lua.push_string(refusal::message().text());
        lua.raw_set_at(list, count);
    }
    lua.set_top(list);
    Ok(count)
}

fn tell(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = access::check_table(lua, 1)?;
    lua.set_top(1);
    let length = catalogue::with(table, |attached| Ok(attached.schema.len()));
    let length = length.map_err(|failure| raise(lua, failure, table))?;
    if length == 0 {
        lua.push_nil();
        return Ok(1);
    }
    let block = lua.push_block(length);
    let copied = catalogue::with(table, |attached| Ok(crate::bytes::copy(block, &attached.schema) == length));
    if copied.map_err(|failure| raise(lua, failure, table))? && decode::check(block).is_ok() {
        decode::push(lua, block)?;
    } else {
        lua.push_nil();
    }
    Ok(1)
}
