//! The message handler of a compute: keeps message and traceback aside, and leaves the error value as it is.
//!
//! Invariant: a handler that itself fails (no memory, a bad `__tostring`) loses the traceback, never the error.

use core::ffi::c_int;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::lua::ffi::{self, State};
use crate::lua::message::Message;
use crate::lua::{call, stack};

/// Its address is the registry key of the kept text.
static KEPT: u8 = 0;

/// Whether a text may be kept there.
static IS_KEPT: AtomicBool = AtomicBool::new(false);

/// Levels of the stack between the error and `describe`: itself and the handler.
const OWN_LEVELS: c_int = 2;

/// Slots that `keep` takes: a function, its argument, and the 20 that Lua has for every function of C.
const KEEP_SLOTS: c_int = 22;

fn key() -> *const core::ffi::c_void {
    (&raw const KEPT).cast()
}

/// Makes room in the registry, so that keeping a text later needs no memory; raises.
///
/// # Safety
/// `state` is live.
pub unsafe fn prepare(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_pushboolean(state, 0);
        ffi::lua_rawsetp(state, ffi::REGISTRY, key());
    }
}

/// Forgets a text kept earlier.
///
/// # Safety
/// `state` is live and prepared.
pub unsafe fn forget(state: *mut State) {
    if IS_KEPT.swap(false, Ordering::Relaxed) {
        // SAFETY: the caller's; the key exists, so nothing is allocated.
        unsafe { prepare(state) }
    }
}

/// Pushes the kept text; false, and nothing pushed, when there is none.
///
/// # Safety
/// `state` is live with a free slot.
pub unsafe fn push_kept(state: *mut State) -> bool {
    // SAFETY: the caller's.
    unsafe {
        if ffi::lua_rawgetp(state, ffi::REGISTRY, key()) == ffi::TYPE_STRING {
            return true;
        }
        stack::pop(state, 1);
        false
    }
}

/// The handler: a Lua function that gets the error value and returns it.
///
/// # Safety
/// Lua calls it, in a prepared state.
pub unsafe extern "C" fn on_error(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; the nested call is protected and without a handler.
    unsafe {
        ffi::lua_settop(state, 1);
        ffi::lua_pushcclosure(state, describe, 0);
        ffi::lua_pushvalue(state, 1);
        if ffi::lua_pcallk(state, 1, 1, 0, 0, None) == ffi::STATUS_OK {
            put(state);
        }
        ffi::lua_settop(state, 1);
    }
    1
}

/// Keeps a message with the place of the script in front and the traceback behind it; without the traceback when that
/// fails, or takes more work than there is, and nothing when that fails, too.
///
/// # Safety
/// `state` is live, in whatever it does, and does not go on.
pub unsafe fn keep(state: *mut State, message: &Message) {
    // SAFETY: the caller's; the nested call is protected and without a handler.
    unsafe {
        // Where the stack is as large as it may be, the first answer is no, but it adds the slots that Lua has for errors.
        if ffi::lua_checkstack(state, KEEP_SLOTS) == 0 && ffi::lua_checkstack(state, KEEP_SLOTS) == 0 {
            return;
        }
        for describe in [place as ffi::CFunction, place_and_traceback] {
            if call::protected(state, describe, (&raw const *message).cast_mut().cast(), 1) != ffi::STATUS_OK {
                stack::pop(state, 1);
                return;
            }
            put(state);
        }
    }
}

/// Keeps the text on top.
unsafe fn put(state: *mut State) {
    // SAFETY: the caller's live state; the key exists, so nothing is allocated.
    unsafe { ffi::lua_rawsetp(state, ffi::REGISTRY, key()) };
    IS_KEPT.store(true, Ordering::Relaxed);
}

/// The message, with the nearest place that has a line; may raise.
unsafe extern "C" fn place(state: *mut State) -> c_int {
    /// Nested calls of C functions are few.
    const LEVELS: c_int = 20;
    // SAFETY: `keep` passes a message that outlives the call; nothing with a destructor lives here.
    unsafe {
        let message = &*ffi::lua_touserdata(state, 1).cast::<Message>();
        for level in 1..LEVELS {
            ffi::luaL_where(state, level);
            if !stack::string_bytes(state, -1).is_empty() {
                break;
            }
            stack::pop(state, 1);
        }
        ffi::lua_pushlstring(state, message.text().as_ptr().cast(), message.text().len());
        ffi::lua_concat(state, ffi::lua_gettop(state) - 1);
    }
    1
}

/// The same, and the traceback; may raise.
unsafe extern "C" fn place_and_traceback(state: *mut State) -> c_int {
    // SAFETY: as for `place`.
    unsafe {
        place(state);
        ffi::lua_pushlstring(state, c"\n".as_ptr(), 1);
        ffi::luaL_traceback(state, state, core::ptr::null(), 1);
        ffi::lua_concat(state, 3);
    }
    1
}

/// Message and traceback as one string; may raise.
unsafe extern "C" fn describe(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        let kind = ffi::lua_type(state, 1);
        let has_text = matches!(kind, ffi::TYPE_STRING | ffi::TYPE_NUMBER)
            || ffi::luaL_getmetafield(state, 1, c"__tostring".as_ptr()) != ffi::TYPE_NIL;
        if has_text {
            ffi::luaL_tolstring(state, 1, core::ptr::null_mut());
        } else {
            ffi::lua_pushfstring(state, c"(error object is a %s value)".as_ptr(), ffi::lua_typename(state, kind));
        }
        // Not as the traceback's own message: that would end at the first zero byte.
        ffi::lua_pushlstring(state, c"\n".as_ptr(), 1);
        ffi::luaL_traceback(state, state, core::ptr::null(), OWN_LEVELS);
        ffi::lua_concat(state, 3);
    }
    1
}
