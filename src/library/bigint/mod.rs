//! The library `bigint`: integers of any size as Lua values.
//!
//! Invariant: a result is computed first, then copied to where Lua keeps it, and dropped before anything can raise.
//!
//! - [`operand`]: the arguments
//! - [`answer`]: results and errors, and the budget
//! - [`arithmetic`]: operators, and functions from integers to integers
//! - [`compare`]: orders of two numbers
//! - [`convert`]: to and from other values

mod answer;
mod arithmetic;
mod compare;
mod convert;
mod operand;

use core::ffi::{CStr, c_int};

use crate::codec::big;
use crate::codec::handle::Metamethod;
use crate::lua::ffi::{self, State};
use crate::lua::stack;

/// By the names that `codec/named.rs` lists.
const LIBRARY: [(&CStr, ffi::CFunction); 31] = [
    (c"abs", arithmetic::abs),
    (c"add", arithmetic::add),
    (c"band", arithmetic::band),
    (c"bits", convert::bits),
    (c"bnot", arithmetic::bnot),
    (c"bor", arithmetic::bor),
    (c"bxor", arithmetic::bxor),
    (c"cmp", compare::cmp),
    (c"div", arithmetic::div),
    (c"divmod", arithmetic::divmod),
    (c"eq", compare::eq),
    (c"frombase", convert::frombase),
    (c"frombytes", convert::frombytes),
    (c"gcd", arithmetic::gcd),
    (c"isbigint", convert::isbigint),
    (c"mod", arithmetic::modulus),
    (c"mul", arithmetic::mul),
    (c"neg", arithmetic::neg),
    (c"new", convert::new),
    (c"pow", arithmetic::pow),
    (c"powmod", arithmetic::powmod),
    (c"shl", arithmetic::shl),
    (c"shr", arithmetic::shr),
    (c"sign", compare::sign),
    (c"sqrt", arithmetic::sqrt),
    (c"sub", arithmetic::sub),
    (c"tobase", convert::tobase),
    (c"tobytes", convert::tobytes),
    (c"tointeger", convert::tointeger),
    (c"tonumber", convert::tonumber),
    (c"tostring", convert::tostring),
];

const METAMETHODS: [Metamethod; 19] = [
    (c"__add", arithmetic::add),
    (c"__sub", arithmetic::sub),
    (c"__mul", arithmetic::mul),
    (c"__div", arithmetic::div),
    (c"__idiv", arithmetic::div),
    (c"__mod", arithmetic::modulus),
    (c"__pow", arithmetic::pow),
    (c"__unm", arithmetic::neg),
    (c"__band", arithmetic::band),
    (c"__bor", arithmetic::bor),
    (c"__bxor", arithmetic::bxor),
    (c"__bnot", arithmetic::bnot),
    (c"__shl", arithmetic::shl),
    (c"__shr", arithmetic::shr),
    (c"__eq", compare::eq),
    (c"__lt", compare::less),
    (c"__le", compare::less_or_equal),
    (c"__concat", convert::concat),
    (c"__tostring", convert::meta_tostring),
];

/// Registers the library among the loaded ones; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_createtable(state, 0, LIBRARY.len() as c_int);
        for (name, function) in LIBRARY {
            ffi::lua_pushcclosure(state, function, 0);
            ffi::lua_setfield(state, -2, name.as_ptr());
        }
        big::open(state, &METAMETHODS);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        ffi::lua_rotate(state, -2, 1);
        ffi::lua_setfield(state, -2, c"bigint".as_ptr());
        stack::pop(state, 1);
    }
}
