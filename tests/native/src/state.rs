//! A Lua state: opened, loaded, called, closed.
//!
//! Invariant: Lua raises only inside a protected call, so no error ever reaches Lua's panic
//! function, and the Rust frames an error crosses hold nothing that needs dropping.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use crate::describe;
use crate::ffi;

/// Where output goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// To the standard output, through the stock functions.
    Standard,
    /// Into the state's buffer.
    Captured,
}

/// The outcome of a call: the described results, or the described error.
pub enum Outcome {
    Ok(Vec<u8>),
    Error(Vec<u8>),
}

/// One Lua state with the standard libraries.
pub struct State {
    lua: *mut ffi::lua_State,
    /// Owned; reached by the capturing functions through a light userdata.
    output: *mut Vec<u8>,
    /// Owned; the allocator's argument once `measure_memory` was called, else null.
    meter: *mut Meter,
}

/// Bytes in use through the stock allocator that it wraps.
struct Meter {
    inner: ffi::Alloc,
    inner_ud: *mut c_void,
    in_use: usize,
    peak: usize,
}

impl State {
    /// Opens a state; `None` when there is no memory for one.
    pub fn new(output: Output) -> Option<State> {
        // SAFETY: no requirements; the result is checked.
        let lua = unsafe { ffi::luaL_newstate() };
        if lua.is_null() {
            return None;
        }
        let buffer = Box::into_raw(Box::default());
        let state = State { lua, output: buffer, meter: ptr::null_mut() };
        // SAFETY: `lua` is a fresh state; nothing here raises, unless memory runs out.
        unsafe {
            ffi::luaL_openlibs(lua);
            if output == Output::Captured {
                push_with_pointer(lua, captured_print, buffer.cast());
                ffi::lua_setglobal(lua, c"print".as_ptr());
                ffi::lua_getglobal(lua, c"io".as_ptr());
                push_with_pointer(lua, captured_write, buffer.cast());
                ffi::lua_setfield(lua, -2, c"write".as_ptr());
                ffi::lua_settop(lua, 0);
            }
        }
        Some(state)
    }

    /// Puts the collector in generational mode, as the stock interpreter does.
    pub fn set_generational(&mut self) {
        // SAFETY: the state is open; two zeros keep the mode's default parameters.
        unsafe { ffi::lua_gc(self.lua, ffi::LUA_GCGEN, 0, 0) };
    }

    /// Starts to count the bytes in use; `peak_bytes` returns the maximum.
    pub fn measure_memory(&mut self) {
        // SAFETY: the state is open, the meter lives as long as it (see `drop`), and the meter's
        // allocator hands every request on to the allocator found here.
        unsafe {
            let mut inner_ud = ptr::null_mut();
            let inner = ffi::lua_getallocf(self.lua, &raw mut inner_ud);
            let kilobytes = ffi::lua_gc(self.lua, ffi::LUA_GCCOUNT);
            let bytes = ffi::lua_gc(self.lua, ffi::LUA_GCCOUNTB);
            let in_use = kilobytes as usize * 1024 + bytes as usize;
            self.meter = Box::into_raw(Box::new(Meter { inner, inner_ud, in_use, peak: in_use }));
            ffi::lua_setallocf(self.lua, metered_alloc, self.meter.cast());
        }
    }

    /// The most bytes in use at once, 0 without `measure_memory`.
    pub fn peak_bytes(&self) -> usize {
        // SAFETY: null or the live meter; Lua is not running, so no other code uses it.
        unsafe { self.meter.as_ref() }.map_or(0, |meter| meter.peak)
    }

    /// Takes the output captured so far.
    pub fn take_output(&mut self) -> Vec<u8> {
        // SAFETY: the buffer lives as long as `self`; Lua is not running, so no other code uses it.
        std::mem::take(unsafe { &mut *self.output })
    }

    /// Leaves the compiled `chunk` on the stack, or describes the syntax error.
    pub fn load_text(&mut self, chunk: &[u8], name: &CStr) -> Result<(), Vec<u8>> {
        // SAFETY: pointer and length are those of `chunk`; both names end in zero.
        let status = unsafe {
            let start = chunk.as_ptr().cast();
            let mode = c"t".as_ptr();
            ffi::luaL_loadbufferx(self.lua, start, chunk.len(), name.as_ptr(), mode)
        };
        self.loaded(status)
    }

    /// Leaves the compiled file on the stack, or describes why it cannot be loaded.
    pub fn load_file(&mut self, path: &CStr) -> Result<(), Vec<u8>> {
        // SAFETY: `path` ends in zero; a null mode allows text and binary.
        let status = unsafe { ffi::luaL_loadfilex(self.lua, path.as_ptr(), ptr::null()) };
        self.loaded(status)
    }

    fn loaded(&mut self, status: c_int) -> Result<(), Vec<u8>> {
        if status == ffi::LUA_OK { Ok(()) } else { Err(self.describe(describe::error)) }
    }

    /// Calls the loaded function without arguments; its results, or the error, stay on the stack.
    /// Returns whether it succeeded.
    pub fn call(&mut self) -> bool {
        // SAFETY: `load_*` left exactly the function on the stack.
        unsafe { protected_call(self.lua, 0, 0) }
    }

    /// Turns the values that `call` left on the stack into an outcome.
    pub fn outcome(&mut self, succeeded: bool, results: ffi::CFunction) -> Outcome {
        if succeeded { Outcome::Ok(self.describe(results)) } else { Outcome::Error(self.describe(describe::error)) }
    }

    /// Calls the loaded function as the stock interpreter calls a script: with `arguments`
    /// (values and the table `arg`) and a handler that adds a traceback.
    pub fn call_script(&mut self, program: &[u8], script: &[u8], arguments: &[Vec<u8>]) -> bool {
        let room = c_int::try_from(arguments.len()).expect("argument count fits an int");
        // SAFETY: the stack is grown first; strings are passed with their length; at the end it
        // holds the handler at 1, the function at 2 and its `room` arguments.
        unsafe {
            assert!(ffi::lua_checkstack(self.lua, room + 8) != 0, "too many arguments");
            ffi::lua_createtable(self.lua, room, 2);
            let named = [(-1, program), (0, script)].into_iter();
            let numbered = (1..).zip(arguments.iter().map(Vec::as_slice));
            for (index, text) in named.chain(numbered) {
                push_bytes(self.lua, text);
                ffi::lua_rawseti(self.lua, -2, index);
            }
            ffi::lua_setglobal(self.lua, c"arg".as_ptr());
            ffi::lua_pushcclosure(self.lua, traceback_handler, 0);
            ffi::lua_rotate(self.lua, 1, 1);
            for text in arguments {
                push_bytes(self.lua, text);
            }
            protected_call(self.lua, room, 1)
        }
    }

    /// Drops all but the last value of the stack: the error, above the handler.
    pub fn keep_last(&mut self) {
        // SAFETY: `call_script` leaves at least the handler and the error.
        unsafe {
            ffi::lua_rotate(self.lua, 1, 1);
            ffi::lua_settop(self.lua, 1);
        }
    }

    /// Passes all values on the stack to a describing function and returns its text. If that
    /// function raises (from `__tostring`), the text describes the error instead.
    pub fn describe(&mut self, with: ffi::CFunction) -> Vec<u8> {
        let mut text: Vec<u8> = Vec::new();
        let mut function = with;
        loop {
            // SAFETY: `text` outlives the protected call that fills it; on success the stack is
            // emptied, on failure it holds only the error value.
            unsafe {
                let count = ffi::lua_gettop(self.lua);
                assert!(ffi::lua_checkstack(self.lua, 8) != 0, "no stack to describe the results");
                push_with_pointer(self.lua, function, (&raw mut text).cast());
                ffi::lua_rotate(self.lua, 1, 1);
                if protected_call(self.lua, count, 0) {
                    ffi::lua_settop(self.lua, 0);
                    return text;
                }
            }
            text.clear();
            function = describe::error;
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: closing runs finalizers, which may still print and allocate, so the buffer and the
        // meter are freed after it. Both pointers came from `Box::into_raw`.
        unsafe {
            ffi::lua_close(self.lua);
            drop(Box::from_raw(self.output));
            if !self.meter.is_null() {
                drop(Box::from_raw(self.meter));
            }
        }
    }
}

/// # Safety
/// The stack ends in a function and its `arguments`; `handler` is 0 or the index of a function.
unsafe fn protected_call(lua: *mut ffi::lua_State, arguments: c_int, handler: c_int) -> bool {
    // SAFETY: as above.
    let status = unsafe { ffi::lua_pcallk(lua, arguments, ffi::LUA_MULTRET, handler, 0, None) };
    status == ffi::LUA_OK
}

/// # Safety
/// The stack has room for one value.
unsafe fn push_bytes(lua: *mut ffi::lua_State, text: &[u8]) {
    // SAFETY: pointer and length are those of `text`, which Lua copies.
    unsafe { ffi::lua_pushlstring(lua, text.as_ptr().cast(), text.len()) };
}

/// # Safety
/// The stack has room for one value; `pointer` is what `function` expects in its first upvalue.
unsafe fn push_with_pointer(lua: *mut ffi::lua_State, function: ffi::CFunction, pointer: *mut c_void) {
    // SAFETY: as above.
    unsafe {
        ffi::lua_pushlightuserdata(lua, pointer);
        ffi::lua_pushcclosure(lua, function, 1);
    }
}

/// The buffer behind a function pushed with `push_with_pointer`.
///
/// # Safety
/// The running function was pushed with a pointer to a live `Vec<u8>` that nothing else uses while
/// the result is alive. The caller drops the result before it calls Lua.
pub unsafe fn buffer_of<'a>(lua: *mut ffi::lua_State) -> &'a mut Vec<u8> {
    // SAFETY: as above.
    unsafe { &mut *ffi::lua_touserdata(lua, ffi::upvalue_index(1)).cast() }
}

/// `print`, into the buffer. As in `luaB_print`, the arguments before a failing one are written.
unsafe extern "C-unwind" fn captured_print(lua: *mut ffi::lua_State) -> c_int {
    // SAFETY: Lua passes its state; the string stays on the stack while it is copied, and no
    // borrow of the buffer is alive when `luaL_tolstring` raises or calls back.
    unsafe {
        for argument in 1..=ffi::lua_gettop(lua) {
            let mut length = 0;
            let text = ffi::luaL_tolstring(lua, argument, &raw mut length);
            if argument > 1 {
                buffer_of(lua).push(b'\t');
            }
            buffer_of(lua).extend_from_slice(std::slice::from_raw_parts(text.cast(), length));
            ffi::lua_settop(lua, -2);
        }
        buffer_of(lua).push(b'\n');
    }
    0
}

/// `io.write`, into the buffer. As in `g_write`, a float is written as `%.14g`, so 1.0 as `1`.
/// It returns nothing, because there is no file.
unsafe extern "C-unwind" fn captured_write(lua: *mut ffi::lua_State) -> c_int {
    // SAFETY: as in `captured_print`; a string or integer argument stays on the stack while
    // its text is copied.
    unsafe {
        for argument in 1..=ffi::lua_gettop(lua) {
            let is_number = ffi::lua_type(lua, argument) == ffi::LUA_TNUMBER;
            if is_number && ffi::lua_isinteger(lua, argument) == 0 {
                let value = ffi::lua_tonumberx(lua, argument, ptr::null_mut());
                describe::format_float(buffer_of(lua), c"%.14g", value);
            } else {
                let mut length = 0;
                let text = ffi::luaL_checklstring(lua, argument, &raw mut length);
                buffer_of(lua).extend_from_slice(std::slice::from_raw_parts(text.cast(), length));
            }
        }
    }
    0
}

/// The stock interpreter's message handler: adds a traceback to a message.
unsafe extern "C-unwind" fn traceback_handler(lua: *mut ffi::lua_State) -> c_int {
    // SAFETY: a handler gets one argument, the error value; the message it traces stays on the
    // stack until it is copied.
    unsafe {
        let mut message: *const c_char = ffi::lua_tolstring(lua, 1, ptr::null_mut());
        if message.is_null() {
            let kind = ffi::luaL_getmetafield(lua, 1, c"__tostring".as_ptr());
            ffi::lua_settop(lua, 1);
            if kind != 0 {
                ffi::luaL_tolstring(lua, 1, ptr::null_mut());
                return 1;
            }
            message = describe::push_object_message(lua);
        }
        ffi::luaL_traceback(lua, lua, message, 1);
    }
    1
}

/// Counts, then lets the wrapped allocator do the work.
unsafe extern "C" fn metered_alloc(
    ud: *mut c_void,
    block: *mut c_void,
    old_size: usize,
    new_size: usize,
) -> *mut c_void {
    // SAFETY: `ud` is the live meter of this state; arguments are passed on as they came.
    unsafe {
        let meter = ud.cast::<Meter>();
        let result = ((*meter).inner)((*meter).inner_ud, block, old_size, new_size);
        if new_size == 0 || !result.is_null() {
            // For a new block, `old_size` is the kind of object, not a size.
            let freed = if block.is_null() { 0 } else { old_size };
            (*meter).in_use = (*meter).in_use + new_size - freed;
            (*meter).peak = (*meter).peak.max((*meter).in_use);
        }
        result
    }
}
