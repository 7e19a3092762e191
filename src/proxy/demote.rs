//! A transaction fails: tables that were made in it, or that became external in it, become plain ones with their content.
//!
//! Invariant: afterwards no Lua table stands for an id of the transaction. Each such table is the same object, and refers to the
//! same objects, so shared and circular structures keep their shape. The steps, which must not be reordered:
//!
//! 1. `gather` reads the content from the store, as it is when the rollback begins, into other tables. It allocates, so it may
//!    end early; no finalizer runs.
//! 2. The store is rolled back.
//! 3. `exchange` gives each table its content. This cannot fail. A table whose content was not read to its end is gone.
//!
//! All of it is in a Lua table in the registry: `gathered[-id]` is a table of the transaction, which so lives on,
//! `gathered[id]` its content, once that is complete.

use core::ffi::c_int;

use crate::closure::restore;
use crate::codec::decode::{self, Shape};
use crate::codec::handle;
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;
use crate::proxy::fault::{self, Fault};
use crate::proxy::{iterate, objects};
use crate::store::page::Page;
use crate::store::{self, Failure, Fetched, journal};
use crate::vm::instance::INSTANCE;

static GATHERED: RegistryKey = RegistryKey::new();

/// Slots that the functions here take.
const SLOTS: c_int = 16;

/// Makes room in the registry; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    lua.push_boolean(false);
    lua.register(&GATHERED);
}

/// Whether the id is of a table that was made in the innermost level.
fn is_of_level(id: u32) -> bool {
    journal::is_new_id(id)
}

/// Step 1, of the innermost level. The collector rests, and there is no budget.
pub fn gather(lua: Stack<'_>) {
    if !cfg!(feature = "data") || INSTANCE.standing.next_where(0, is_of_level).is_none() || !lua.has_room(SLOTS) {
        return;
    }
    let top = lua.top();
    // What is gathered before an error is kept.
    let _ = lua.protected(gather_all, &mut (), 0);
    lua.set_top(top);
}

/// Step 3. The same level is innermost.
pub fn exchange(lua: Stack<'_>) {
    if INSTANCE.standing.next_where(0, is_of_level).is_none() {
        return;
    }
    if cfg!(feature = "data") && lua.has_room(SLOTS) {
        let top = lua.top();
        if lua.get_registered(&GATHERED) == Kind::Table {
            let gathered = lua.top();
            let mut place = 0;
            while let Some((id, next)) = INSTANCE.standing.next_where(place, is_of_level) {
                place = next;
                lua.raw_get_at(gathered, -i64::from(id));
                if lua.raw_get_at(gathered, i64::from(id)) == Kind::Table {
                    lua.become_plain(gathered + 1);
                    // Another entry may have moved to its place.
                    place -= 1;
                }
                lua.set_top(gathered);
            }
        }
        lua.push_boolean(false);
        lua.register(&GATHERED);
        lua.set_top(top);
    }
    INSTANCE.standing.undo_where(is_of_level);
}

// ---- reading ----

/// What is read; the indices are absolute.
struct Gathering {
    gathered: c_int,
    /// Ids of tables that are still to be read.
    waiting: c_int,
    count: i64,
}

/// Reads every table; runs protected.
fn gather_all(lua: Stack<'_>, (): &mut ()) -> Result<u8, Raise> {
    lua.push_table(0, 0);
    lua.push_copy(-1);
    lua.register(&GATHERED);
    let gathered = lua.top();
    lua.push_table(0, 0);
    let mut gathering = Gathering { gathered, waiting: gathered + 1, count: 0 };
    // Reading makes tables stand for ids, and moves entries to places that were passed, and so does looking for classes: again, until
    // nothing is found.
    while gathering.pass(lua)? {
        objects::settle_all(lua)?;
    }
    Ok(0)
}

impl Gathering {
    /// Reads each table that stands for an id and was not read; whether there was any.
    fn pass(&mut self, lua: Stack<'_>) -> Result<bool, Raise> {
        let (mut place, mut has_found) = (0, false);
        while let Some((id, next)) = INSTANCE.standing.next_where(place, is_of_level) {
            place = next;
            if handle::push_standing(lua, id) {
                has_found |= self.admit(lua, id);
                self.read_waiting(lua)?;
            }
        }
        Ok(has_found)
    }

    /// Takes the table at the top, which stands for that id, and pops it; false when it was taken before.
    fn admit(&mut self, lua: Stack<'_>, id: u32) -> bool {
        let is_new = lua.raw_get_at(self.gathered, -i64::from(id)) == Kind::Nil;
        lua.pop(1);
        if is_new {
            lua.raw_set_at(self.gathered, -i64::from(id));
            self.count += 1;
            lua.push_integer(i64::from(id));
            lua.raw_set_at(self.waiting, self.count);
        } else {
            lua.pop(1);
        }
        is_new
    }

    fn read_waiting(&mut self, lua: Stack<'_>) -> Result<(), Raise> {
        while self.count > 0 {
            lua.raw_get_at(self.waiting, self.count);
            let id = lua.id(-1);
            self.count -= 1;
            lua.pop(1);
            lua.push_table(0, 0);
            self.read_table(lua, id)?;
            lua.raw_set_at(self.gathered, i64::from(id));
        }
        Ok(())
    }

    /// Reads the table with that id into the one at the top.
    fn read_table(&mut self, lua: Stack<'_>, id: u32) -> Result<(), Raise> {
        let content = lua.top();
        // SAFETY: a rollback is about to begin, and no script runs: nothing else uses the page until it is read.
        let page = unsafe { store::spare_page() };
        // This limit stops a host that lists keys forever.
        let mut left = store::size(id).map_err(|failure| raise(lua, failure, id))?;
        let mut found = page.seek(id, &[]).map_err(|failure| raise(lua, failure, id))?;
        while found {
            left = left.checked_sub(1).ok_or_else(|| raise(lua, Failure::damaged(id), id))?;
            self.read_entry(lua, id, content, page)?;
            found = page.step().map_err(|failure| raise(lua, failure, id))?;
        }
        Ok(())
    }

    /// Reads the entry of the current key of the page.
    fn read_entry(&mut self, lua: Stack<'_>, id: u32, content: c_int, page: &Page) -> Result<(), Raise> {
        let encoded = page.current().ok_or_else(|| raise(lua, Failure::damaged(id), id))?;
        iterate::push_key(lua, id, content, encoded)?;
        let key = lua.top();
        push_value(lua, id, encoded).or_else(|fault| {
            if fault.is_of_function() {
                lua.set_top(key);
                fault::push_stand_in(lua, fault, id, key);
                return Ok(());
            }
            Err(fault::raise(lua, fault, id, key))
        })?;
        let refers_to = lua.external_id(-1);
        if refers_to != 0 && is_of_level(refers_to) {
            lua.push_copy(-1);
            self.admit(lua, refers_to);
        }
        lua.raw_set(content);
        Ok(())
    }
}

fn raise(lua: Stack<'_>, failure: Failure, id: u32) -> Raise {
    fault::raise_of_table(lua, failure.into(), id)
}

/// Pushes the value under a key; nil when there is none.
fn push_value(lua: Stack<'_>, id: u32, key: &[u8]) -> Result<(), Fault> {
    let bytes = match store::get(id, key)? {
        Fetched::Absent => {
            lua.push_nil();
            return Ok(());
        }
        Fetched::Short(length) => {
            let block = lua.push_block(length);
            // SAFETY: no finalizer runs, so what was read is still there when the block is made.
            block.copy_from_slice(unsafe { store::value_buffer() }.get(..length).unwrap_or_default());
            &*block
        }
        Fetched::Long(length) => {
            let block = lua.push_block(length);
            let length = store::get_long(id, key, block)?;
            &block[..length]
        }
    };
    match decode::check(bytes)? {
        Shape::Function(function) => restore::push(lua, function)?,
        #[cfg(feature = "deflate")]
        Shape::Compressed => {
            decode::push_compressed(lua, bytes).map_err(|malformed| Fault::damaged(malformed.offset))?;
        }
        Shape::Scalar | Shape::Table => decode::push(lua, bytes)?,
    }
    lua.remove_below();
    Ok(())
}
