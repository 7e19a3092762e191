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

use crate::codec::big::{self, Metamethod};
use crate::lua::call::function;
use crate::lua::ffi;
use crate::lua::stack::Stack;
use crate::lua::table::REGISTRY;

/// By the names that `codec/named.rs` lists.
const LIBRARY: [(&CStr, ffi::CFunction); 31] = [
    (c"abs", function(arithmetic::abs)),
    (c"add", function(arithmetic::add)),
    (c"band", function(arithmetic::band)),
    (c"bits", function(convert::bits)),
    (c"bnot", function(arithmetic::bnot)),
    (c"bor", function(arithmetic::bor)),
    (c"bxor", function(arithmetic::bxor)),
    (c"cmp", function(compare::cmp)),
    (c"div", function(arithmetic::div)),
    (c"divmod", function(arithmetic::divmod)),
    (c"eq", function(compare::eq)),
    (c"frombase", function(convert::frombase)),
    (c"frombytes", function(convert::frombytes)),
    (c"gcd", function(arithmetic::gcd)),
    (c"isbigint", function(convert::isbigint)),
    (c"mod", function(arithmetic::modulus)),
    (c"mul", function(arithmetic::mul)),
    (c"neg", function(arithmetic::neg)),
    (c"new", function(convert::new)),
    (c"pow", function(arithmetic::pow)),
    (c"powmod", function(arithmetic::powmod)),
    (c"shl", function(arithmetic::shl)),
    (c"shr", function(arithmetic::shr)),
    (c"sign", function(compare::sign)),
    (c"sqrt", function(arithmetic::sqrt)),
    (c"sub", function(arithmetic::sub)),
    (c"tobase", function(convert::tobase)),
    (c"tobytes", function(convert::tobytes)),
    (c"tointeger", function(convert::tointeger)),
    (c"tonumber", function(convert::tonumber)),
    (c"tostring", function(convert::tostring)),
];

const METAMETHODS: [Metamethod; 19] = [
    (c"__add", function(arithmetic::add)),
    (c"__sub", function(arithmetic::sub)),
    (c"__mul", function(arithmetic::mul)),
    (c"__div", function(arithmetic::div)),
    (c"__idiv", function(arithmetic::div)),
    (c"__mod", function(arithmetic::modulus)),
    (c"__pow", function(arithmetic::pow)),
    (c"__unm", function(arithmetic::neg)),
    (c"__band", function(arithmetic::band)),
    (c"__bor", function(arithmetic::bor)),
    (c"__bxor", function(arithmetic::bxor)),
    (c"__bnot", function(arithmetic::bnot)),
    (c"__shl", function(arithmetic::shl)),
    (c"__shr", function(arithmetic::shr)),
    (c"__eq", function(compare::eq)),
    (c"__lt", function(compare::less)),
    (c"__le", function(compare::less_or_equal)),
    (c"__concat", function(convert::concat)),
    (c"__tostring", function(convert::meta_tostring)),
];

/// Registers the library among the loaded ones; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    lua.push_table(0, LIBRARY.len() as c_int);
    for (name, function) in LIBRARY {
        lua.push_c_function(function);
        lua.set_field(-2, name);
    }
    big::open(lua, &METAMETHODS);
    lua.push_subtable(REGISTRY, c"_LOADED");
    lua.insert(-2);
    lua.set_field(-2, c"bigint");
    lua.pop(1);
}
