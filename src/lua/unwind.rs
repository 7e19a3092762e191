//! How an error leaves: on wasm32 through two pseudo-imports that the link step turns into code (`unwind/README.md`).
//!
//! Invariant: every export runs inside `protect`, so nothing that leaves ever reaches the host as a trap.

#[cfg(target_arch = "wasm32")]
use core::ffi::c_void;

#[cfg(target_arch = "wasm32")]
#[link(wasm_import_module = "unwind")]
unsafe extern "C" {
    #[link_name = "throw"]
    fn cu_throw() -> !;
    #[link_name = "try"]
    fn cu_try(function: extern "C" fn(*mut c_void, *mut c_void), first: *mut c_void, second: *mut c_void);
}

/// Leaves to the nearest `protect` or Lua's own protected call.
#[cfg(target_arch = "wasm32")]
pub fn leave() -> ! {
    // SAFETY: the link step turns the call into a return from every frame up to the nearest try.
    unsafe { cu_throw() }
}

/// Runs `body`; `None` when something left it that nothing inside caught.
#[cfg(target_arch = "wasm32")]
pub fn protect<T, R: Copy>(argument: &mut T, body: fn(&mut T) -> R) -> Option<R> {
    struct Frame<'a, T, R> {
        body: fn(&mut T) -> R,
        argument: &'a mut T,
        result: Option<R>,
    }
    extern "C" fn run<T, R: Copy>(frame: *mut c_void, _: *mut c_void) {
        // SAFETY: `frame` is the `Frame` below, alive until the try returns.
        let frame = unsafe { &mut *frame.cast::<Frame<'_, T, R>>() };
        frame.result = Some((frame.body)(frame.argument));
    }
    let mut frame = Frame { body, argument, result: None };
    // SAFETY: `run` takes two pointers and returns nothing, as the link step demands.
    unsafe { cu_try(run::<T, R>, (&raw mut frame).cast(), core::ptr::null_mut()) };
    frame.result
}
