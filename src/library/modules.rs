//! `require` and `package`: modules come from `package.loaded`, from `package.preload`, and from `_home.modules`, where
//! scripts keep those that shall be there again after a restart; there are no files.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int};
use core::fmt::Write;

use crate::codec::handle;
use crate::error::Excerpt;
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::lua::table::REGISTRY;
use crate::proxy::globals;

/// Registers `require` and `package`; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    lua.push_table(0, 2);
    lua.push_subtable(REGISTRY, c"_LOADED");
    lua.push_copy(-2);
    lua.set_field(-2, c"package");
    lua.set_field(-2, c"loaded");
    lua.push_subtable(REGISTRY, c"_PRELOAD");
    lua.set_field(-2, c"preload");
    lua.set_global(c"package");
    lua.push_rust(require);
    lua.set_global(c"require");
}

/// Makes the library on top, which is popped, a loaded module and a global; raises when memory runs out.
pub fn publish(lua: Stack<'_>, name: &'static CStr) {
    lua.push_subtable(REGISTRY, c"_LOADED");
    lua.push_copy(-2);
    lua.set_field(-2, name);
    lua.pop(1);
    lua.set_global(name);
}

const NAME: c_int = 1;
const LOADED: c_int = 2;

/// `require(name)`: the loaded module, or what its loader makes. The second result is where it came from.
fn require(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.want_string(NAME);
    lua.set_top(NAME);
    lua.push_subtable(REGISTRY, c"_LOADED");
    if get(lua, LOADED) != Kind::Nil && lua.boolean(-1) {
        return Ok(1);
    }
    lua.set_top(LOADED);
    let origin = find(lua)?;
    lua.push_string(origin);
    if lua.kind(LOADED + 1) == Kind::Table {
        lua.insert(LOADED + 1);
    } else {
        call_loader(lua);
    }
    keep(lua);
    Ok(2)
}

/// Pushes what a module is made from, and says where it was: in `package.preload`, or stored in `_home.modules`.
fn find(lua: Stack<'_>) -> Result<&'static [u8], Raise> {
    lua.push_subtable(REGISTRY, c"_PRELOAD");
    if get(lua, LOADED + 1) != Kind::Nil {
        lua.insert(LOADED + 1);
        lua.set_top(LOADED + 1);
        return Ok(b":preload:");
    }
    lua.set_top(LOADED);
    handle::push(lua, globals::home())?;
    lua.get_field(LOADED + 1, c"modules");
    let kind = if lua.external_id(-1) != 0 { get(lua, -1) } else { Kind::Nil };
    if kind != Kind::Function && kind != Kind::Table {
        return Err(not_found(lua, kind));
    }
    lua.insert(LOADED + 1);
    lua.set_top(LOADED + 1);
    Ok(b":home:")
}

/// Pushes the field of that table that has the module's name, and tells its type.
fn get(lua: Stack<'_>, table: c_int) -> Kind {
    lua.push_copy(table);
    lua.push_copy(NAME);
    let kind = lua.get(-2);
    lua.remove_below();
    kind
}

/// Calls the loader with the name and the origin behind it; leaves origin and result.
fn call_loader(lua: Stack<'_>) {
    lua.push_copy(-1);
    lua.insert(LOADED + 1);
    lua.push_copy(NAME);
    lua.insert(-2);
    lua.call(2, 1);
}

/// Keeps the module, which is on top, among the loaded ones. If the loader had no result, the module is what the loader put
/// there, or `true`. Leaves the module and its origin.
fn keep(lua: Stack<'_>) {
    if lua.kind(-1) == Kind::Nil {
        lua.pop(1);
        if get(lua, LOADED) == Kind::Nil {
            lua.pop(1);
            lua.push_boolean(true);
        }
    }
    lua.push_copy(NAME);
    lua.push_copy(-2);
    lua.set(LOADED);
    lua.insert(-2);
}

/// The error of a module that is nowhere, in the words of the stock `require`; `kind` is the type of its field in
/// `_home.modules`.
fn not_found(lua: Stack<'_>, kind: Kind) -> Raise {
    #[cfg(not(feature = "bigint"))]
    if lua.string(NAME) == b"bigint" {
        let feature = crate::codec::feature::Feature::BigIntegers;
        return lua.fail(format_args!("module 'bigint' not found: {feature}"));
    }
    let name = Excerpt::new(lua.string(NAME));
    let mut message = Message::new(format_args!("module {name} not found:\n\tno field package.preload[{name}]\n\t"));
    // A message that is too long is cut; writing it does not fail.
    let _ = match kind {
        Kind::Nil => write!(message, "no field _home.modules[{name}]"),
        kind => write!(message, "_home.modules[{name}] is a {}, not a function or a table", kind.name()),
    };
    lua.error(&message)
}
