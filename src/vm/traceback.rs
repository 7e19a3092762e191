//! The message handler of a compute: keeps message and traceback, and does not change the error value.
//!
//! Invariant: a handler that itself fails (no memory, a bad `__tostring`) loses the traceback, never the error.

use core::ffi::c_int;

use crate::lua::call::{self, Raise};
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;
use crate::vm::run::RUN;

/// The kept text.
static TEXT: RegistryKey = RegistryKey::new();

/// Levels of the stack between the error and `describe`: itself and the handler.
const OWN_LEVELS: c_int = 2;

/// Slots that `keep` needs: a function, its argument, and the 20 that Lua has for every C function.
const KEEP_SLOTS: c_int = 22;

/// Makes room in the registry, so that keeping a text later needs no memory; raises when there is none.
pub fn prepare(lua: Stack<'_>) {
    lua.push_boolean(false);
    lua.register(&TEXT);
}

/// Forgets a text kept earlier.
pub fn forget(lua: Stack<'_>) {
    if RUN.has_traceback.replace(false) {
        // There is an entry, so nothing is allocated.
        prepare(lua);
    }
}

/// Pushes the kept text. Without one it pushes nothing and returns false.
pub fn push_kept(lua: Stack<'_>) -> bool {
    if lua.get_registered(&TEXT) == Kind::String {
        return true;
    }
    lua.pop(1);
    false
}

/// Moves the text, if there is one, to a compute that waits while its error passes through variables to be closed.
pub fn leave(lua: Stack<'_>, thread: Stack<'_>, place: c_int) {
    if RUN.has_traceback.get() && push_kept(lua) {
        thread.keep_value(place, lua);
        forget(lua);
    }
}

/// The compute goes on: moves it back.
pub fn take(lua: Stack<'_>, thread: Stack<'_>, place: c_int) {
    if thread.take_value(place, lua) {
        put(lua);
    }
}

/// Pushes the handler.
pub fn push(lua: Stack<'_>) {
    lua.push_c_function(call::handler(on_error));
}

/// The handler: a Lua function that gets the error value and returns it.
fn on_error(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.set_top(1);
    // Protected, and without a handler.
    lua.push_rust(describe);
    lua.push_copy(1);
    if lua.call_protected(1, 1, 0).is_ok() {
        put(lua);
    }
    lua.set_top(1);
    Ok(1)
}

/// Keeps a message that begins with the place of the script and ends with the traceback. If the traceback fails or the
/// budget does not cover it, keeps the message without it; if this fails, too, keeps nothing. Lua may be in the middle
/// of any work, which it does not continue.
pub fn keep(lua: Stack<'_>, message: &Message) {
    // If the stack has its maximum size, the first request fails, but it adds the slots that Lua has for errors.
    if !lua.has_room(KEEP_SLOTS) && !lua.has_room(KEEP_SLOTS) {
        return;
    }
    let mut argument = message;
    if !keep_from(lua, place, &mut argument) {
        return;
    }
    keep_from(lua, place_and_traceback, &mut argument);
}

/// Keeps the text that `make` produces; false when that fails.
fn keep_from<'m, F>(lua: Stack<'_>, make: F, message: &mut &'m Message) -> bool
where
    F: Fn(Stack<'_>, &mut &'m Message) -> Result<u8, Raise> + Copy,
{
    let is_made = lua.protected(make, message, 1).is_ok();
    if is_made {
        put(lua)
    } else {
        lua.pop(1)
    }
    is_made
}

/// Keeps the text on top. There is an entry, so nothing is allocated.
fn put(lua: Stack<'_>) {
    lua.register(&TEXT);
    RUN.has_traceback.set(true);
}

/// The message, with the nearest place that has a line; may raise.
fn place(lua: Stack<'_>, message: &mut &Message) -> Result<u8, Raise> {
    /// Nested calls of C functions are few.
    const LEVELS: c_int = 20;
    for level in 1..LEVELS {
        lua.push_place(level);
        if !lua.string(-1).is_empty() {
            break;
        }
        lua.pop(1);
    }
    lua.push_string(message.text());
    lua.concat(lua.top() - 1);
    Ok(1)
}

/// The same, and the traceback; may raise.
fn place_and_traceback(lua: Stack<'_>, message: &mut &Message) -> Result<u8, Raise> {
    place(lua, message)?;
    lua.push_string(b"\n");
    lua.push_traceback(1);
    // While the source is compiled, nothing runs that could be in it.
    if lua.string(-1) == b"stack traceback:" {
        lua.pop(2);
    } else {
        lua.concat(3);
    }
    Ok(1)
}

/// Message and traceback as one string; may raise.
fn describe(lua: Stack<'_>) -> Result<u8, Raise> {
    let kind = lua.kind(1);
    let has_text = matches!(kind, Kind::String | Kind::Number) || lua.push_metafield(1, c"__tostring") != Kind::Nil;
    if has_text {
        lua.push_text_of(1);
    } else {
        let message = Message::new(format_args!("(error object is a {} value)", kind.name()));
        lua.push_string(message.text());
    }
    // The message is not given to the traceback, which would cut it at the first zero byte.
    lua.push_string(b"\n");
    lua.push_traceback(OWN_LEVELS);
    lua.concat(3);
    Ok(1)
}
