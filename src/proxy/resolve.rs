//! The tables that the configuration names are looked up at the beginning of a compute (`permissions/guards.rs`).
#![forbid(unsafe_code)]

use cu_abi::key::{Key, KeyBuffer};
use cu_abi::limits::GUARDS;

use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::permissions::guards::{self, Why};
use crate::permissions::wanted::{self, Guard, Name};
use crate::proxy::{access, globals};

/// Whether there is anything for `names` to do.
pub fn is_wanted() -> bool {
    guards::is_active() || !wanted::is_empty()
}

/// Looks up what the configuration guards; a Lua function, to be called protected.
pub fn names(lua: Stack<'_>) -> Result<u8, Raise> {
    guards::clear();
    let (mut any, mut outcome) = (false, Ok(true));
    wanted::each_table(|name, guard| {
        any = true;
        let Ok(fits) = outcome else { return };
        let resolved = match name {
            Name::Id(id) => Ok(guards::add_table(id, guard)),
            Name::Path(b"") => Ok(guards::add_table(globals::home(), guard)),
            Name::Path(path) => resolve_path(lua, path, guard),
        };
        outcome = resolved.map(|resolved| fits && resolved);
    });
    if !outcome? {
        return Err(lua.fail(format_args!("config.permissions guards more than {GUARDS} tables and steps to them")));
    }
    guards::activate(any, !wanted::may_write());
    Ok(0)
}

/// Follows a path from `_home`, as far as there are tables; false when there is no room.
fn resolve_path(lua: Stack<'_>, path: &[u8], guard: Guard) -> Result<bool, Raise> {
    let last = match guard {
        Guard::ReadOnly => Why::ReadOnly,
        Guard::Hidden => Why::Hidden,
    };
    let mut steps = path.split(|byte| *byte == b'.').peekable();
    let mut table = globals::home();
    while let Some(step) = steps.next() {
        let mut key = KeyBuffer::new();
        if key.encode(Key::String(step)).is_err() {
            return Ok(true);
        }
        let why = if steps.peek().is_some() { Why::Way } else { last };
        if !guards::add_entry(table, key.bytes(), why) {
            return Ok(false);
        }
        // Read as a script would: what the host stored as a whole becomes a table with an id.
        lua.set_top(0);
        lua.push_string(step);
        access::push_value(lua, table, 1)?;
        table = lua.external_id(-1);
        if table == 0 {
            return Ok(true);
        }
    }
    Ok(guards::add_table(table, guard))
}
