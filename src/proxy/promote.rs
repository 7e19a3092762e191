//! A plain Lua table assigned to an external one becomes external itself, in place, with all that it contains.
//!
//! Invariant: either every table of the assignment is external and stored, or none is and the store is as it was. The
//! steps, which must not be reordered:
//!
//! 1. `collect` gives an id to every plain table within reach and checks every key and value. It allocates, so it may
//!    raise; nothing has happened then but that some ids are lost.
//! 2. `write` stores the content of those tables, and then the assignment itself. When the host refuses, what was
//!    written is deleted. Nothing here raises.
//! 3. Each table loses its content and stands for its id from now on. Nothing here can fail.
//!
//! The ids are in a Lua table of the promotion, `pending`: `pending[id]` is a table, `pending[table]` its id. Ids are
//! given in a row, so counting through them visits every table, those included that are found on the way.

use core::ffi::{c_int, c_void};

use crate::codec::path::Path;
use crate::codec::{encode, handle, named};
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::stack;
use crate::proxy::fault::{self, Fault, Named};
use crate::proxy::{access, iterate};
use crate::store::{self, counter};

/// Its address is the registry key of the set of tables that stay what they are: globals and libraries.
static KEPT: u8 = 0;

fn kept_key() -> *const c_void {
    (&raw const KEPT).cast()
}

/// One assignment under way.
struct Promotion {
    /// Stack index of the ids.
    pending: c_int,
    /// Ids given: those from `first` to before `end`, perhaps with gaps.
    first: u32,
    end: u32,
    /// What step 1 found, and where, if it cannot be stored.
    refusal: Option<(Reason, Path)>,
    /// The fault that ended a step.
    fault: Option<Fault>,
}

/// Why a table cannot be stored.
#[derive(Clone, Copy)]
enum Reason {
    Kind(&'static str),
    Metatable,
    Kept,
    Key(Fault),
}

/// `table[key] = value` for a plain table at the absolute index `value`.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn assign(state: *mut State, table: u32, key: c_int, value: c_int) {
    // SAFETY: the caller's; a promotion has no destructor.
    unsafe {
        if let Err(fault) = access::encode_key(state, key) {
            fault::raise(state, fault, table, key);
        }
        ffi::luaL_checkstack(state, 16, c"no room for a table to be stored".as_ptr());
        ffi::lua_createtable(state, 0, 0);
        let pending = ffi::lua_gettop(state);
        let mut promotion = Promotion { pending, first: 0, end: 0, refusal: None, fault: None };
        collect(state, value, &mut promotion);
        if promotion.refusal.is_none() && promotion.fault.is_none() {
            // The last allocation: from here on nothing of Lua's runs.
            handle::reserve(state, (promotion.end - promotion.first) as usize);
            promotion.fault = write(state, &promotion, table, key, value).err();
        }
        if promotion.refusal.is_some() || promotion.fault.is_some() {
            explain(state, &promotion, table, key);
        }
        for id in promotion.first..promotion.end {
            if push_pending(state, &promotion, id) {
                ffi::cu_become_external(state, -1, id);
                stack::pop(state, 1);
            }
        }
        stack::pop(state, 1);
    }
}

/// Pushes the table that has been given `id`; false, and nothing pushed, when there is none.
///
/// # Safety
/// `state` is live with a free slot.
unsafe fn push_pending(state: *mut State, promotion: &Promotion, id: u32) -> bool {
    // SAFETY: the caller's.
    unsafe {
        let found = ffi::lua_rawgeti(state, promotion.pending, i64::from(id)) == ffi::TYPE_TABLE;
        if !found {
            stack::pop(state, 1);
        }
        found
    }
}

/// Raises what stopped the promotion.
///
/// # Safety
/// As for `assign`.
unsafe fn explain(state: *mut State, promotion: &Promotion, table: u32, key: c_int) -> ! {
    // SAFETY: the caller's.
    unsafe {
        if let Some((reason, mut path)) = promotion.refusal {
            encode::prepend_access(state, key, &mut path);
            raise_reason(state, reason, table, &path)
        }
        fault::raise(state, promotion.fault.unwrap_or(Fault::Ids), table, key)
    }
}

/// Raises: a value of this type cannot be assigned to `table[key]`.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn refuse(state: *mut State, table: u32, key: c_int, kind: &'static str) -> ! {
    // SAFETY: the caller's.
    unsafe {
        let mut path = Path::EMPTY;
        encode::prepend_access(state, key, &mut path);
        raise_reason(state, Reason::Kind(kind), table, &path)
    }
}

/// # Safety
/// As for `message::raise`.
unsafe fn raise_reason(state: *mut State, reason: Reason, table: u32, path: &Path) -> ! {
    let mut message = Message::new(format_args!("{}", Named(table)));
    message.push(path.text());
    message.push(b" ");
    let text = match reason {
        Reason::Kind(kind) => Message::new(format_args!("is a {kind}, which cannot be stored")),
        Reason::Metatable => Message::new(format_args!("is a table with a metatable, which cannot be stored")),
        Reason::Kept => Message::new(format_args!("is the table of globals or of a library, which cannot be stored")),
        Reason::Key(Fault::KeyLength(length)) => Message::new(format_args!(
            "has an index that takes {length} bytes encoded; the limit is {}",
            cu_abi::limits::KEY_BYTES
        )),
        Reason::Key(Fault::KeyType(kind)) => Message::new(format_args!(
            "has a {kind} as an index: an external table takes strings, numbers and booleans"
        )),
        Reason::Key(_) => Message::new(format_args!("has an index that cannot be stored")),
    };
    message.push(text.text());
    // SAFETY: the caller's.
    unsafe { message::raise(state, &message) }
}

// ---- step 1 ----

/// Gives ids to the table at `value` and to all that it reaches. Raises when memory runs out.
///
/// # Safety
/// As for `assign`.
unsafe fn collect(state: *mut State, value: c_int, promotion: &mut Promotion) {
    // SAFETY: the caller's.
    unsafe {
        if let Err(reason) = admit(state, value, promotion) {
            promotion.refusal = reason.map(|reason| (reason, Path::EMPTY));
            return;
        }
        let top = ffi::lua_gettop(state);
        let mut id = promotion.first;
        while id < promotion.end {
            if push_pending(state, promotion, id) && !visit(state, id, promotion) {
                return ffi::lua_settop(state, top);
            }
            ffi::lua_settop(state, top);
            id += 1;
        }
    }
}

/// Gives the table at `index` an id unless it has one. `Err(None)` when the promotion has a fault.
///
/// # Safety
/// As for `collect`; `index` is absolute.
unsafe fn admit(state: *mut State, index: c_int, promotion: &mut Promotion) -> Result<(), Option<Reason>> {
    // SAFETY: the caller's.
    unsafe {
        if handle::id(state, index) != 0 || encode::pending_id(state, index, promotion.pending) != 0 {
            return Ok(());
        }
        if ffi::cu_has_metatable(state, index) != 0 {
            return Err(Some(Reason::Metatable));
        }
        if is_kept(state, index) {
            return Err(Some(Reason::Kept));
        }
        let id = match counter::take() {
            Ok(id) => id,
            Err(unavailable) => {
                promotion.fault = Some(unavailable.into());
                return Err(None);
            }
        };
        if promotion.first == promotion.end {
            promotion.first = id;
        }
        promotion.end = id + 1;
        ffi::lua_pushvalue(state, index);
        ffi::lua_pushinteger(state, i64::from(id));
        ffi::lua_rawset(state, promotion.pending);
        ffi::lua_pushvalue(state, index);
        ffi::lua_rawseti(state, promotion.pending, i64::from(id));
        Ok(())
    }
}

/// Checks what the table at the top contains; false when the promotion ends.
///
/// # Safety
/// As for `collect`.
unsafe fn visit(state: *mut State, id: u32, promotion: &mut Promotion) -> bool {
    // SAFETY: the caller's; the table is not changed meanwhile.
    unsafe {
        let table = ffi::lua_gettop(state);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, table) != 0 {
            let (key, value) = (table + 1, table + 2);
            let checked = match check_key(state, key) {
                Err(fault) => Err(Some(Reason::Key(fault))),
                Ok(()) => check_value(state, value, promotion),
            };
            if let Err(reason) = checked {
                if let Some(reason) = reason {
                    let mut path = Path::EMPTY;
                    if !matches!(reason, Reason::Key(_)) {
                        encode::prepend_access(state, key, &mut path);
                    }
                    prepend_way(state, id, promotion, &mut path);
                    promotion.refusal = Some((reason, path));
                }
                return false;
            }
            stack::pop(state, 1);
        }
    }
    true
}

/// # Safety
/// As for `collect`.
unsafe fn check_key(state: *mut State, index: c_int) -> Result<(), Fault> {
    // SAFETY: the caller's.
    unsafe { access::encode_key(state, index).map(drop) }
}

/// # Safety
/// As for `collect`.
unsafe fn check_value(state: *mut State, index: c_int, promotion: &mut Promotion) -> Result<(), Option<Reason>> {
    // SAFETY: the caller's.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::TYPE_BOOLEAN | ffi::TYPE_NUMBER | ffi::TYPE_STRING => Ok(()),
            ffi::TYPE_TABLE => admit(state, index, promotion),
            ffi::TYPE_FUNCTION if named::name(state, index).is_some() => Ok(()),
            kind => Err(Some(Reason::Kind(stack::type_name(kind)))),
        }
    }
}

/// Puts the way from the assigned table to table `id` in front of `path`, by looking for who refers to whom.
///
/// # Safety
/// As for `collect`.
unsafe fn prepend_way(state: *mut State, id: u32, promotion: &Promotion, path: &mut Path) {
    // SAFETY: the caller's; a parent has a smaller id, so this ends.
    unsafe {
        let mut child = id;
        while child > promotion.first {
            let Some(parent) =
                (promotion.first..child).find(|parent| prepend_step(state, promotion, *parent, child, path))
            else {
                return;
            };
            child = parent;
        }
    }
}

/// Puts the key under which table `parent` has table `child` in front of `path`; false when it has it not.
///
/// # Safety
/// As for `collect`.
unsafe fn prepend_step(state: *mut State, promotion: &Promotion, parent: u32, child: u32, path: &mut Path) -> bool {
    // SAFETY: the caller's.
    unsafe {
        let top = ffi::lua_gettop(state);
        let mut found = false;
        if ffi::lua_checkstack(state, 8) != 0 && push_pending(state, promotion, parent) {
            ffi::lua_pushnil(state);
            while !found && ffi::lua_next(state, top + 1) != 0 {
                found = ffi::lua_type(state, -1) == ffi::TYPE_TABLE
                    && encode::pending_id(state, top + 3, promotion.pending) == child;
                if found {
                    encode::prepend_access(state, top + 2, path);
                } else {
                    stack::pop(state, 1);
                }
            }
        }
        ffi::lua_settop(state, top);
        found
    }
}

// ---- step 2 ----

/// Stores everything, and the assignment last; what was written is deleted when the host refuses. Raises nothing.
///
/// # Safety
/// `state` is live with eight free slots.
unsafe fn write(state: *mut State, promotion: &Promotion, table: u32, key: c_int, value: c_int) -> Result<(), Fault> {
    // SAFETY: the caller's.
    unsafe {
        for id in promotion.first..promotion.end {
            if let Err(fault) = write_content(state, promotion, id) {
                undo(state, promotion, id);
                return Err(fault);
            }
        }
        access::store_value(state, table, key, value, promotion.pending)
            .inspect_err(|_| undo(state, promotion, promotion.end - 1))
    }
}

/// # Safety
/// As for `write`.
unsafe fn write_content(state: *mut State, promotion: &Promotion, id: u32) -> Result<(), Fault> {
    // SAFETY: the caller's; nothing of Lua is allocated, so the table stays as it is.
    unsafe {
        let top = ffi::lua_gettop(state);
        let mut result = Ok(());
        if push_pending(state, promotion, id) {
            ffi::lua_pushnil(state);
            while result.is_ok() && ffi::lua_next(state, top + 1) != 0 {
                result = access::store_value(state, id, top + 2, top + 3, promotion.pending);
                ffi::lua_settop(state, top + 2);
            }
        }
        ffi::lua_settop(state, top);
        result
    }
}

/// Deletes the content of the tables up to `last` from the store, as far as the host lets it.
///
/// # Safety
/// As for `write`.
unsafe fn undo(state: *mut State, promotion: &Promotion, last: u32) {
    // SAFETY: the caller's.
    unsafe {
        let top = ffi::lua_gettop(state);
        for id in promotion.first..=last {
            if push_pending(state, promotion, id) {
                ffi::lua_pushnil(state);
                while ffi::lua_next(state, top + 1) != 0 {
                    ffi::lua_settop(state, top + 2);
                    if let Ok(key) = access::encode_key(state, top + 2) {
                        let _ = store::delete(id, key);
                    }
                }
            }
            ffi::lua_settop(state, top);
            iterate::forget(id);
        }
    }
}

// ---- tables that stay ----

/// Remembers the tables of the globals and of every loaded library; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn keep_libraries(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        let top = ffi::lua_gettop(state);
        ffi::lua_createtable(state, 0, 16);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        keep(state, top + 1, top + 2);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_PRELOAD".as_ptr());
        keep(state, top + 1, top + 3);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, top + 2) != 0 {
            if ffi::lua_type(state, -1) == ffi::TYPE_TABLE {
                keep(state, top + 1, ffi::lua_gettop(state));
            }
            stack::pop(state, 1);
        }
        ffi::lua_settop(state, top + 1);
        ffi::lua_rawsetp(state, ffi::REGISTRY, kept_key());
    }
}

unsafe fn keep(state: *mut State, set: c_int, table: c_int) {
    // SAFETY: the caller's live state.
    unsafe {
        ffi::lua_pushvalue(state, table);
        ffi::lua_pushboolean(state, 1);
        ffi::lua_rawset(state, set);
    }
}

unsafe fn is_kept(state: *mut State, index: c_int) -> bool {
    // SAFETY: the caller's live state with two free slots.
    unsafe {
        ffi::lua_rawgetp(state, ffi::REGISTRY, kept_key());
        ffi::lua_pushvalue(state, index);
        let kept = ffi::lua_rawget(state, -2) != ffi::TYPE_NIL;
        stack::pop(state, 2);
        kept
    }
}
