//! In the place of `big.rs` where the build leaves out big integers: no value is one.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::value::Writer;

use crate::lua::stack::Stack;

/// Whether the value at `index` is a big integer.
pub fn is(_: Stack<'_>, _: c_int) -> bool {
    false
}

/// Appends the big integer at `index`; false for any other value.
pub fn write(_: Stack<'_>, _: c_int, _: &mut Writer<'_>) -> bool {
    false
}
