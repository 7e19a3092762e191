//! A call of a function of the host: `get(0, record)` ([`cu_abi::functions`]), unless the compute waits for it ([`super::wait`]).
//!
//! Invariant: the host is asked once. What does not fit the first room is fetched under another key, and no script and no
//! finalizer, which could call another function, runs in between.
#![forbid(unsafe_code)]

use cu_abi::functions::ANSWER_LATER;
use cu_abi::tables;

use crate::budget::cost;
use crate::codec::hosted::{self, Mode};
use crate::host::{self, Found};
use crate::library::host::{answer, record, wait};
use crate::lua::call::Raise;
use crate::lua::stack::{Stack, upvalue};
use crate::permissions::switches;

/// What all functions of the host run.
pub fn call(lua: Stack<'_>) -> Result<u8, Raise> {
    let name = record::name(lua);
    let mode = lua.integer(upvalue(hosted::MODE));
    if mode == Mode::Absent as i64 {
        return Err(absent(lua, name));
    }
    switches::check_hosted(lua, name)?;
    lua.require(cost::HOST)?;
    if mode == Mode::Async as i64 {
        return wait::begin(lua, name);
    }
    let mut small = [0; record::SMALL_BYTES];
    let record = record::write(lua, name, &mut small)?;
    record::count(name, record.len());
    let mut small = [0; record::SMALL_BYTES];
    let answer = match host::get(tables::CONTROL, record, &mut small) {
        Found::Value(length) => small.get(..length).unwrap_or_default(),
        Found::Longer(length) => fetch(lua, name, length)?,
        Found::Absent => return Err(absent(lua, name)),
        Found::Failed(reply) => return Err(failed(lua, name, reply)),
    };
    if answer == [ANSWER_LATER] && mode == Mode::Either as i64 {
        return wait::suspend(lua, name, record);
    }
    answer::take(lua, name, answer)
}

fn absent(lua: Stack<'_>, name: &str) -> Raise {
    lua.fail(format_args!("{name} is not offered by the host"))
}

fn failed(lua: Stack<'_>, name: &str, reply: i32) -> Raise {
    lua.fail(format_args!("the host failed to call {name}: it answered {reply}"))
}

/// The answer that needs so much room, in a block on top of the stack.
fn fetch<'s>(lua: Stack<'s>, name: &str, length: usize) -> Result<&'s [u8], Raise> {
    lua.want_room(3, c"no room for an answer of the host");
    // No finalizer runs: it could call a function, whose answer would come in the place of this one.
    let held = lua.hold_collector();
    let mut wanted = length;
    let status = lua.protected(
        |lua, bytes| {
            lua.push_block(*bytes);
            Ok(1)
        },
        &mut wanted,
        1,
    );
    let found = match status.is_ok() {
        true => Some(host::get(tables::CONTROL, tables::KEY_ANSWER.as_bytes(), lua.block_mut(-1))),
        false => None,
    };
    lua.release_collector(held);
    match found {
        None => Err(Raise::Memory),
        Some(Found::Value(bytes)) if bytes == length => Ok(lua.block(-1)),
        Some(Found::Failed(reply)) => Err(failed(lua, name, reply)),
        Some(Found::Absent) => Err(failed(lua, name, cu_abi::status::ABSENT)),
        Some(Found::Value(bytes) | Found::Longer(bytes)) => {
            Err(lua.fail(format_args!("the host answered {length} bytes to a call of {name}, and then {bytes}")))
        }
    }
}
