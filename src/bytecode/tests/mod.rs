//! What the compiler emits is accepted; what it cannot emit is refused, and nothing makes the verifier panic.

mod accepted;
mod author;
mod changed;
mod forged;
mod refused;

use std::ffi::c_void;

use crate::lua::ffi;
use crate::lua::stack::Stack;
use crate::vm::state;

unsafe extern "C" {
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
}

unsafe extern "C" fn allocate(_: *mut c_void, block: *mut c_void, _: usize, size: usize) -> *mut c_void {
    // SAFETY: Lua passes null, or a block that came from here and that it no longer uses.
    unsafe {
        if size == 0 {
            free(block);
            return std::ptr::null_mut();
        }
        realloc(block, size)
    }
}

/// The bytecode of a chunk of source, or the compiler's message. Not in the arena: some of these are too long for it.
fn dump(source: &[u8], strip: bool) -> Result<Vec<u8>, String> {
    let _turn = state::exclusive();
    // SAFETY: `allocate` keeps Lua's contract.
    let made = unsafe { ffi::lua_newstate(allocate, std::ptr::null_mut()) };
    assert!(!made.is_null());
    // SAFETY: the state is closed below, and this test has its turn.
    let lua = unsafe { Stack::of(made) };
    let result = if lua.load_source(source, c"=test").is_ok() {
        let mut bytes: Vec<u8> = Vec::new();
        lua.dump(strip, |part| {
            bytes.extend_from_slice(part);
            true
        });
        Ok(bytes)
    } else {
        Err(String::from_utf8_lossy(lua.string(-1)).into_owned())
    };
    // SAFETY: the state is not used after this line.
    unsafe { state::close(made) };
    result
}

/// Code for which the compiler emits every opcode, including rare instructions.
const CORNERS: &[&str] = &[
    "local a, b, c = 1, 2.0, 1e300 a = b b = true c = false a, b, c = nil return a, b, c",
    "local t = {} t.x = t.y t[1] = t[2] t[t] = t[t] x = y _ENV.z = 1 return t:m(1), ('x'):rep(2)",
    "local a, b = ... return a+b, a-b, a*b, a/b, a//b, a%b, a^b, a&b, a|b, a~b, a<<b, a>>b, -a, ~a, not a, #a, a..b..a",
    "local a = ... return a+1, a+1e5, a-1e5, a*3, a/3, a//3, a%3, a^3, a&3, a|3, a~3, a<<3, a>>3, 3<<a, 1+a, 3&a, a-1",
    "local a, b = ... if a == b then elseif a < b then elseif a <= b then elseif a == 1 then elseif a == 'x' then end",
    "local a = ... if a < 1 then elseif a <= 1 then elseif a > 1 then elseif a >= 1.0 then elseif a then end",
    "local a, b = ... local c = a and b or 1 local d = a == b local e = not (a and b) return c, d, e, a < b or b < a",
    "local f = ... f(f()) f(f(), f()) return f(f(...))",
    "local f = ... local function g(...) return f(...) end return g",
    "for i = 1, 10 do local x = i end for i = 1.5, 2, 0.5 do end for k, v in pairs({}) do local x = k end",
    "local u = 1 local function f() u = u + 1 return u end local function r() return r() end return f, r",
    "return {1, 2, 3, ...}, {(...)}, {x = 1, 2, y = 3, (...)}",
    "local x <close> = nil local y <const> = 3 do local z <close> = nil end return y",
    "while true do local x = 1 local f = function() return x end if f() then break end goto continue ::continue:: end",
    "repeat local x = 1 local f = function() return x end until f() == 1",
    "::top:: do local x = 1 local f = function() return x end if f() then goto top end end",
    "for i = 1, 3 do local x <close> = nil if i == 2 then break end if i == 3 then return i end end",
    "for k in pairs {} do for i = 1, 2 do local f = function() return k + i end if f() then goto out end end end ::out::",
    "local co = coroutine.wrap(function(...) return coroutine.yield(...) end) return co(1, 2)",
    "return function(...) local a, b = ... return select('#', ...), a, b end, function(a, ...) return ..., a end",
    "local t = {} function t.a.b:c(x) return self, x end function t:d() return self:c(self:d()) end return t",
    "local s = ... s:an_identifier_that_is_longer_than_forty_characters_long_indeed() return s.another_identifier_that_is_longer_than_forty",
    "local function heap(t) return function(c, n) if c < n and t[c] < t[c + 1] then c = c + 1 end return t[c] end end",
    "goto e do local x end ::e:: local a a = a and a or a return a",
    "local a, b, c, d = f() a, b.x, c[d], d = d, c, b, a return (f()), (f())",
    "if x then return end do return end",
    "return",
    "",
];

/// The offsets of all instructions in a dump, as the tests read it.
fn instructions(bytes: &[u8]) -> Vec<usize> {
    fn number(bytes: &[u8], at: &mut usize) -> usize {
        let mut number = 0;
        loop {
            let byte = bytes[*at];
            *at += 1;
            number = number << 7 | usize::from(byte & 0x7F);
            if byte & 0x80 != 0 {
                return number;
            }
        }
    }
    fn string(bytes: &[u8], at: &mut usize) {
        *at += number(bytes, at).saturating_sub(1);
    }
    fn function(bytes: &[u8], at: &mut usize, found: &mut Vec<usize>) {
        string(bytes, at);
        number(bytes, at);
        number(bytes, at);
        *at += 3;
        for _ in 0..number(bytes, at) {
            found.push(*at);
            *at += 4;
        }
        for _ in 0..number(bytes, at) {
            *at += 1;
            match bytes[*at - 1] {
                3 | 19 => *at += 8,
                4 | 20 => string(bytes, at),
                _ => {}
            }
        }
        *at += 3 * number(bytes, at);
        for _ in 0..number(bytes, at) {
            function(bytes, at, found);
        }
        *at += number(bytes, at);
        for _ in 0..2 * number(bytes, at) {
            number(bytes, at);
        }
        for _ in 0..number(bytes, at) {
            string(bytes, at);
            number(bytes, at);
            number(bytes, at);
        }
        for _ in 0..number(bytes, at) {
            string(bytes, at);
        }
    }
    let (mut at, mut found) = (32, Vec::new());
    function(bytes, &mut at, &mut found);
    assert_eq!(at, bytes.len());
    found
}
