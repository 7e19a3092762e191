//! The userdata that hold big integers.
//!
//! Invariant: a big integer never changes. Its metatable is locked, no script can reach it, and nothing else has it. So a
//! userdata with this metatable holds a word with the sign in its lowest bit, and limbs, the last of which is not zero; zero
//! has no limbs and no sign.

use core::ffi::{CStr, c_int};
use core::mem::ManuallyDrop;
use core::ops::Deref;

use alloc::vec::Vec;
use cu_abi::value::Writer;
use cu_bigint::Integer;

use crate::budget;
use crate::lua::call::Raise;
use crate::lua::ffi::CFunction;
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;

/// The metatable.
static METATABLE: RegistryKey = RegistryKey::new();

/// A metamethod of big integers.
pub type Metamethod = (&'static CStr, CFunction);

/// Makes the metatable of these metamethods, its methods those of the table on top; raises when memory runs out.
pub fn open(lua: Stack<'_>, metamethods: &[Metamethod]) {
    lua.push_table(0, metamethods.len() as c_int + 3);
    for &(name, function) in metamethods {
        lua.push_c_function(function);
        lua.set_field(-2, name);
    }
    lua.push_copy(-2);
    lua.set_field(-2, c"__index");
    lua.push_string(b"bigint");
    lua.set_field(-2, c"__name");
    lua.push_boolean(false);
    lua.set_field(-2, c"__metatable");
    lua.set_big_metatable(-1);
    lua.register(&METATABLE);
}

/// A big integer where it lies.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Whether it is less than zero.
    pub negative: bool,
    /// The least first; the last is not zero.
    pub limbs: &'a [u32],
}

/// The big integer at `index`, none for any other value. It is there as long as the value is on the stack.
#[inline]
pub fn view(lua: Stack<'_>, index: c_int) -> Option<View<'_>> {
    let (sign, limbs) = lua.big_words(index)?.split_first()?;
    Some(View { negative: *sign & 1 != 0, limbs })
}

/// Whether the value at `index` is a big integer.
pub fn is(lua: Stack<'_>, index: c_int) -> bool {
    view(lua, index).is_some()
}

/// Appends the big integer at `index`; false for any other value.
pub fn write(lua: Stack<'_>, index: c_int, writer: &mut Writer<'_>) -> bool {
    let Some(big) = view(lua, index) else { return false };
    budget::spend(big.limbs.len());
    writer.big_integer_of_limbs(big.negative, big.limbs);
    true
}

/// An integer whose limbs lie in a userdata.
pub struct Borrowed<'a> {
    integer: ManuallyDrop<Integer>,
    _limbs: &'a [u32],
}

impl<'a> Borrowed<'a> {
    /// The same as an operand of arithmetic.
    #[inline]
    pub fn new(View { negative, limbs }: View<'a>) -> Borrowed<'a> {
        // SAFETY: this file alone has the vector, in a `ManuallyDrop` of which `deref` hands out only a shared reference: so
        // nothing writes to it, and it neither grows nor shrinks nor is dropped. `_limbs` keeps it from outliving the limbs.
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

/// Pushes a big integer; false, and nothing pushed, when there is no memory. Raises nothing; `check_collector` is due later.
pub fn push(lua: Stack<'_>, integer: &Integer) -> bool {
    let limbs = integer.limbs();
    let Some((sign, words)) = lua.push_big(1 + limbs.len()).and_then(<[u32]>::split_first_mut) else { return false };
    *sign = u32::from(integer.is_negative());
    words.copy_from_slice(limbs);
    true
}

/// Pushes the big integer of a sign and a magnitude, the least byte first and the last not zero; raises when memory runs out.
pub fn push_bytes(lua: Stack<'_>, negative: bool, magnitude: &[u8]) -> Result<(), Raise> {
    let words = lua.push_big(1 + magnitude.len().div_ceil(4)).and_then(<[u32]>::split_first_mut);
    let (sign, words) = words.ok_or(Raise::Memory)?;
    *sign = u32::from(negative);
    for (word, chunk) in words.iter_mut().zip(magnitude.chunks(4)) {
        let mut whole = [0; 4];
        whole[..chunk.len()].copy_from_slice(chunk);
        *word = u32::from_le_bytes(whole);
    }
    lua.check_collector();
    Ok(())
}
