//! Library functions that the host has switched off for a compute.
//!
//! Invariant: a function is off wherever a script has it from: a global, a variable of an earlier compute, or the store.
//! So it is looked at when it is called (by an edit of Lua's `precallC`), not where its name is. What a function hands out,
//! such as the iterator of `string.gmatch`, is off with it.
//!
//! The list of those that are off is as long as that of all library functions (`codec/named.rs`): none is left out for
//! want of room.

use core::ffi::c_int;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::codec::named;
use crate::control::audit::{self, Action, Detail};
use crate::control::permissions;
use crate::error::{Error, Excerpt};
use crate::large::LARGE;
use crate::lua::call;
use crate::lua::ffi::{self, State};
use crate::lua::message::Message;

/// How many are off; Lua's C looks before it asks (`lua/inside.h`).
#[unsafe(export_name = "cu_switched_off")]
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A function that is off, by its address, and its place among all (`named::function_name`).
type Off = (usize, usize);

fn off() -> *mut [Off; named::FUNCTION_COUNT] {
    LARGE.switches.place()
}

/// Functions without a library before their name.
const BASE: &str = "_G";

/// Switches off what the configuration says, and everything else on.
///
/// # Safety
/// `state` is live with two free slots; one thread.
pub unsafe fn set(state: *mut State) -> Result<(), Error> {
    COUNT.store(0, Ordering::Relaxed);
    // SAFETY: the caller's; each reference ends at once.
    unsafe {
        let (mut any, mut unknown) = (false, None);
        permissions::each_switch(|name, _| {
            any = true;
            if unknown.is_none() && !named::is_known(name) && !named::is_left_out(name) {
                unknown = Some(name);
            }
        });
        if !any {
            return Ok(());
        }
        if let Some(name) = unknown {
            return Err(Error::Permission {
                name: Excerpt::new(name),
                problem: "is no library function and no library",
            });
        }
        let places = &mut *off();
        let functions: [named::Function; named::FUNCTION_COUNT] = named::functions(state);
        let named = functions.into_iter().enumerate();
        let named = named.filter_map(|(index, (name, function))| Some((name, (function? as usize, index))));
        // Of the same length, so there is a place for each.
        let mut count = 0;
        for (place, (_, off)) in places.iter_mut().zip(named.filter(|(name, _)| !is_on(name))) {
            *place = off;
            count += 1;
        }
        COUNT.store(count, Ordering::Relaxed);
    }
    Ok(())
}

/// A function's own switch goes before its library's.
unsafe fn is_on(name: &str) -> bool {
    let library = name.split_once('.').map_or(BASE, |(library, _)| library);
    let (mut own, mut whole) = (None, true);
    // SAFETY: the caller's.
    unsafe {
        permissions::each_switch(|switched, on| {
            if switched == name.as_bytes() {
                own = Some(on);
            } else if switched == library.as_bytes() {
                whole = on;
            }
        });
    }
    own.unwrap_or(whole)
}

/// Raises when that function is switched off; Lua's C calls it for each function of C while any is.
///
/// # Safety
/// `state` is live, and no Rust value with a destructor is alive up to the protected call.
#[unsafe(export_name = "cu_check_switch")]
unsafe extern "C" fn check(state: *mut State, function: usize) {
    // SAFETY: the caller's; the reference ends before anything is raised.
    unsafe {
        let mut off = (*off()).iter().take(COUNT.load(Ordering::Relaxed) as usize);
        if let Some((_, index)) = off.find(|(address, _)| *address == function) {
            refuse(state, named::function_name(*index))
        }
    }
}

unsafe fn refuse(state: *mut State, name: &str) -> ! {
    const CALLER: c_int = 0;
    let message = Message::new(format_args!("{name} may not be called: it is switched off"));
    audit::report(Action::PermissionRefused, &[("message", Detail::Text(message.text()))]);
    // SAFETY: the caller's; Lua copies the text.
    unsafe {
        ffi::luaL_where(state, CALLER);
        ffi::lua_pushlstring(state, message.text().as_ptr().cast(), message.text().len());
        ffi::lua_concat(state, 2);
        call::raise(state)
    }
}
