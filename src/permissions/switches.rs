//! Library functions that the host has switched off for a compute.
//!
//! Invariant: a function is off wherever a script has it from: a global, a variable of an earlier compute, or the store.
//! So it is looked at when it is called (by an edit of Lua's `precallC`), not where its name is. What a function hands out,
//! such as the iterator of `string.gmatch`, is off with it.
//!
//! The list of those that are off is as long as that of all library functions (`codec/named.rs`), so there is room for all.

use core::ffi::c_int;
use core::sync::atomic::{AtomicU32, Ordering};

use cu_abi::functions::LIBRARY;

use crate::codec::named;
use crate::control::audit::{self, Action, Detail};
use crate::error::{Error, Excerpt};
use crate::large::LARGE;
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::permissions::wanted;

/// How many are off. A static, because Lua's C looks at it by this name before it asks (`lua/inside.h`).
#[unsafe(export_name = "cu_switched_off")]
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A function that is off, by its address, and its place among all (`named::function_name`).
type Off = (usize, usize);

/// Functions without a library before their name.
const BASE: &str = "_G";

/// Switches off what the configuration says, and everything else on.
pub fn set(lua: Stack<'_>) -> Result<(), Error> {
    COUNT.store(0, Ordering::Relaxed);
    let (mut any, mut unknown) = (false, None);
    wanted::each_switch(|name, _| {
        any = true;
        let is_known = name == LIBRARY.as_bytes() || named::is_known(name) || named::left_out(name).is_some();
        if unknown.is_none() && !is_known {
            unknown = Some(Excerpt::new(name));
        }
    });
    if !any {
        return Ok(());
    }
    if let Some(name) = unknown {
        return Err(Error::Permission { name, problem: "is no library function and no library" });
    }
    let functions: [named::NamedFunction; named::FUNCTION_COUNT] = named::functions(lua);
    let named = functions.into_iter().enumerate();
    let named = named.filter_map(|(index, (name, function))| Some((name, (function? as usize, index))));
    // SAFETY: one thread, and nothing below comes back to the list: no script runs, and `wanted` knows nothing of it.
    let places = unsafe { &mut *LARGE.switches.place::<[Off; named::FUNCTION_COUNT]>() };
    // Of the same length, so there is a place for each.
    let mut count = 0;
    for (place, (_, off)) in places.iter_mut().zip(named.filter(|(name, _)| !is_on(name))) {
        *place = off;
        count += 1;
    }
    COUNT.store(count, Ordering::Relaxed);
    Ok(())
}

/// A function's switch goes before its library's.
fn is_on(name: &str) -> bool {
    let library = name.split_once('.').map_or(BASE, |(library, _)| library);
    let (mut function, mut whole) = (None, true);
    wanted::each_switch(|switched, on| {
        if switched == name.as_bytes() {
            function = Some(on);
        } else if switched == library.as_bytes() {
            whole = on;
        }
    });
    function.unwrap_or(whole)
}

/// Raises when a function of the host is switched off: all of them run the same function of Rust, so their names are looked at.
pub fn check_hosted(lua: Stack<'_>, name: &str) -> Result<(), Raise> {
    // The function itself runs already.
    const CALLER: c_int = 1;
    if wanted::is_empty() || is_on(name) { Ok(()) } else { Err(refuse(lua, name, CALLER)) }
}

/// The name of that function if it is switched off.
fn find(function: usize) -> Option<&'static str> {
    // SAFETY: one thread, and the list changes only in `set`, before a script runs; the reference ends here.
    let list = unsafe { &*LARGE.switches.place::<[Off; named::FUNCTION_COUNT]>() };
    let mut off = list.iter().take(COUNT.load(Ordering::Relaxed) as usize);
    off.find(|(address, _)| *address == function).map(|(_, index)| named::function_name(*index))
}

/// Raises when that function is switched off; Lua's C calls it for each function of C while any is.
///
/// # Safety
/// Lua calls it.
#[unsafe(export_name = "cu_check_switch")]
unsafe extern "C" fn check(state: *mut State, function: usize) {
    // SAFETY: Lua calls with a live state; a number is captured.
    unsafe {
        call::enter(state, |lua| match find(function) {
            Some(name) => Err(refuse(lua, name, 0)),
            None => Ok(()),
        })
    }
}

#[cold]
fn refuse(lua: Stack<'_>, name: &str, caller: c_int) -> Raise {
    let message = Message::new(format_args!("{name} may not be called: it is switched off"));
    audit::report(Action::PermissionRefused, &[(audit::field::MESSAGE, Detail::Text(message.text()))]);
    lua.push_place(caller);
    lua.push_string(message.text());
    lua.concat(2);
    Raise::Value
}
