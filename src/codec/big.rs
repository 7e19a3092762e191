//! The userdata that hold big integers.
//!
//! Invariant: a big integer never changes, and its metatable, locked and in no script's reach, is on nothing else; so what
//! bears it holds a word with the sign in its lowest bit, and limbs with none zero at the top, zero without a sign.

use core::ffi::{c_int, c_void};
use core::mem::ManuallyDrop;
use core::ops::Deref;

use alloc::vec::Vec;
use cu_bigint::Integer;

use crate::budget;
use crate::codec::handle::Metamethod;
use crate::lua::ffi::{self, State};
use crate::wire::Writer;

/// Its address is the registry key of the metatable.
static METATABLE: u8 = 0;

/// Creates the metatable with `metamethods`, its methods those of the table at the top; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State, metamethods: &[Metamethod]) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_createtable(state, 0, metamethods.len() as c_int + 3);
        for (name, function) in metamethods {
            ffi::lua_pushcclosure(state, *function, 0);
            ffi::lua_setfield(state, -2, name.as_ptr());
        }
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setfield(state, -2, c"__index".as_ptr());
        ffi::lua_pushlstring(state, c"bigint".as_ptr(), 6);
        ffi::lua_setfield(state, -2, c"__name".as_ptr());
        ffi::lua_pushboolean(state, 0);
        ffi::lua_setfield(state, -2, c"__metatable".as_ptr());
        ffi::cu_set_big_metatable(state, -1);
        ffi::lua_rawsetp(state, ffi::REGISTRY, (&raw const METATABLE).cast::<c_void>());
    }
}

/// A big integer where it lies.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Whether it is less than zero.
    pub negative: bool,
    /// The least first, none zero at the top.
    pub limbs: &'a [u32],
}

/// The big integer at `index`, none for any other value. Valid while it is on the stack.
///
/// # Safety
/// `state` is live, and the result is not used after the value left the stack.
#[inline]
pub unsafe fn view<'a>(state: *mut State, index: c_int) -> Option<View<'a>> {
    let mut count = 0;
    // SAFETY: the caller's; what has the metatable is `count` words, one at least, and never changes.
    unsafe {
        let words = ffi::cu_big_words(state, index, &raw mut count);
        if words.is_null() {
            return None;
        }
        let (sign, limbs) = core::slice::from_raw_parts(words, count).split_first()?;
        Some(View { negative: *sign & 1 != 0, limbs })
    }
}

/// Whether the value at `index` is a big integer.
///
/// # Safety
/// `state` is live.
pub unsafe fn is(state: *mut State, index: c_int) -> bool {
    // SAFETY: the caller's.
    unsafe { view(state, index) }.is_some()
}

/// Appends the big integer at `index`; false for any other value.
///
/// # Safety
/// `state` is live.
pub unsafe fn write(state: *mut State, index: c_int, writer: &mut Writer<'_>) -> bool {
    // SAFETY: the caller's.
    let Some(big) = (unsafe { view(state, index) }) else { return false };
    budget::spend(big.limbs.len());
    writer.big_integer(big.negative, big.limbs);
    true
}

/// An integer whose limbs are another's.
pub struct Borrowed<'a> {
    integer: ManuallyDrop<Integer>,
    _limbs: &'a [u32],
}

impl<'a> Borrowed<'a> {
    /// The same as an operand of arithmetic.
    #[inline]
    pub fn new(View { negative, limbs }: View<'a>) -> Borrowed<'a> {
        // SAFETY: the vector is only ever read, through `Borrowed`: it neither grows nor shrinks nor is dropped, and
        // lives no longer than the limbs, of which none is zero at the top.
        let vector = unsafe { Vec::from_raw_parts(limbs.as_ptr().cast_mut(), limbs.len(), limbs.len()) };
        Borrowed { integer: ManuallyDrop::new(Integer::from_trimmed(negative, vector)), _limbs: limbs }
    }
}

impl Deref for Borrowed<'_> {
    type Target = Integer;

    fn deref(&self) -> &Integer {
        &self.integer
    }
}

/// Pushes a big integer; false, and nothing pushed, when there is no memory. Raises nothing; the collector waits until
/// `cu_check_collector`.
///
/// # Safety
/// `state` is live with a free slot.
pub unsafe fn push(state: *mut State, integer: &Integer) -> bool {
    let limbs = integer.limbs();
    // SAFETY: the caller's; the userdata has a word for the sign and one for each limb.
    unsafe {
        let words = ffi::cu_push_big(state, 1 + limbs.len());
        if words.is_null() {
            return false;
        }
        words.write(u32::from(integer.is_negative()));
        words.add(1).copy_from_nonoverlapping(limbs.as_ptr(), limbs.len());
    }
    true
}

/// Pushes the big integer of a sign and a magnitude, the least byte first; raises when memory runs out.
///
/// # Safety
/// `state` is live with a free slot; no Rust value with a destructor is alive.
pub unsafe fn push_bytes(state: *mut State, negative: bool, magnitude: &[u8]) {
    let length = magnitude.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let magnitude = &magnitude[..length];
    let count = length.div_ceil(4);
    // SAFETY: the caller's; the userdata has a word for the sign and `count` for the limbs.
    unsafe {
        let words = ffi::cu_push_big(state, 1 + count);
        if words.is_null() {
            ffi::cu_no_memory(state)
        }
        words.write(u32::from(negative && length > 0));
        for (index, chunk) in magnitude.chunks(4).enumerate() {
            let mut whole = [0; 4];
            whole[..chunk.len()].copy_from_slice(chunk);
            words.add(1 + index).write(u32::from_le_bytes(whole));
        }
        ffi::cu_check_collector(state);
    }
}
