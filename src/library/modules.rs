//! `require` and `package`: modules come from `package.loaded`, from `package.preload`, and from `_home.modules`, where
//! scripts keep those that shall be there again after a restart; there are no files.

use core::ffi::{CStr, c_int};
use core::fmt::Write;

use crate::codec::handle;
use crate::error::Excerpt;
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::stack;
use crate::proxy::globals;

/// Registers `require` and `package`; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_createtable(state, 0, 2);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setfield(state, -2, c"package".as_ptr());
        ffi::lua_setfield(state, -2, c"loaded".as_ptr());
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_PRELOAD".as_ptr());
        ffi::lua_setfield(state, -2, c"preload".as_ptr());
        ffi::lua_setglobal(state, c"package".as_ptr());
        ffi::lua_pushcclosure(state, require, 0);
        ffi::lua_setglobal(state, c"require".as_ptr());
    }
}

const NAME: c_int = 1;
const LOADED: c_int = 2;

/// `require(name)`: the loaded module, or what its loader makes. The second result is where it came from.
unsafe extern "C" fn require(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        ffi::luaL_checklstring(state, NAME, core::ptr::null_mut());
        ffi::lua_settop(state, NAME);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        if get(state, LOADED) != ffi::TYPE_NIL && ffi::lua_toboolean(state, -1) != 0 {
            return 1;
        }
        ffi::lua_settop(state, LOADED);
        let origin = find(state);
        push_text(state, origin);
        if ffi::lua_type(state, LOADED + 1) == ffi::TYPE_TABLE {
            ffi::lua_rotate(state, LOADED + 1, 1);
        } else {
            call_loader(state);
        }
        keep(state);
    }
    2
}

/// Pushes what a module is made from, and says where it was: in `package.preload`, or stored in `_home.modules`.
unsafe fn find(state: *mut State) -> &'static CStr {
    // SAFETY: the caller's live state with the name and the loaded modules on the stack.
    unsafe {
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_PRELOAD".as_ptr());
        if get(state, LOADED + 1) != ffi::TYPE_NIL {
            ffi::lua_rotate(state, LOADED + 1, 1);
            ffi::lua_settop(state, LOADED + 1);
            return c":preload:";
        }
        ffi::lua_settop(state, LOADED);
        handle::push(state, globals::home());
        ffi::lua_getfield(state, LOADED + 1, c"modules".as_ptr());
        let kind = if handle::id(state, -1) != 0 { get(state, -1) } else { ffi::TYPE_NIL };
        if kind != ffi::TYPE_FUNCTION && kind != ffi::TYPE_TABLE {
            not_found(state, kind);
        }
        ffi::lua_rotate(state, LOADED + 1, 1);
        ffi::lua_settop(state, LOADED + 1);
    }
    c":home:"
}

/// Pushes the field of that table that has the module's name, and tells its type.
unsafe fn get(state: *mut State, table: c_int) -> c_int {
    // SAFETY: the caller's live state with the name at its place.
    unsafe {
        ffi::lua_pushvalue(state, table);
        ffi::lua_pushvalue(state, NAME);
        ffi::lua_gettable(state, -2);
        ffi::lua_rotate(state, -2, 1);
        stack::pop(state, 1);
        ffi::lua_type(state, -1)
    }
}

/// Calls the loader with the name and the origin behind it; leaves origin and result.
unsafe fn call_loader(state: *mut State) {
    // SAFETY: the caller's live state with loader and origin on top.
    unsafe {
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rotate(state, LOADED + 1, 1);
        ffi::lua_pushvalue(state, NAME);
        ffi::lua_rotate(state, -2, 1);
        ffi::lua_callk(state, 2, 1, 0, None);
    }
}

/// Keeps the module, which is on top, among the loaded ones; a loader without a result may have done that itself, or the
/// module is `true`. Leaves the module and its origin.
unsafe fn keep(state: *mut State) {
    // SAFETY: the caller's live state with origin and module on top.
    unsafe {
        if ffi::lua_type(state, -1) == ffi::TYPE_NIL {
            stack::pop(state, 1);
            if get(state, LOADED) == ffi::TYPE_NIL {
                stack::pop(state, 1);
                ffi::lua_pushboolean(state, 1);
            }
        }
        ffi::lua_pushvalue(state, NAME);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_settable(state, LOADED);
        ffi::lua_rotate(state, -2, 1);
    }
}

/// Raises the error of a module that is nowhere, in the words of the stock `require`; `kind` is the type of its field in
/// `_home.modules`.
unsafe fn not_found(state: *mut State, kind: c_int) -> ! {
    // SAFETY: the caller's live state with the name at its place, a string.
    unsafe {
        #[cfg(not(feature = "bigint"))]
        if stack::string_bytes(state, NAME) == b"bigint" {
            let part = crate::codec::part::Part::BigIntegers;
            message::raise(state, &Message::new(format_args!("module 'bigint' not found: {part}")));
        }
        let name = Excerpt::new(stack::string_bytes(state, NAME));
        let mut message =
            Message::new(format_args!("module {name} not found:\n\tno field package.preload[{name}]\n\t"));
        // A message is cut where it ends; writing it does not fail.
        let _ = match stack::type_name(kind) {
            "nil" => write!(message, "no field _home.modules[{name}]"),
            kind => write!(message, "_home.modules[{name}] is a {kind}, not a function or a table"),
        };
        message::raise(state, &message)
    }
}

unsafe fn push_text(state: *mut State, text: &CStr) {
    // SAFETY: the caller's live state; Lua copies the text.
    unsafe { ffi::lua_pushlstring(state, text.as_ptr(), text.to_bytes().len()) };
}
