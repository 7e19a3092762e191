//! num-bigint behind a few exported functions, for `tests/bench/num_bigint.mjs`, which builds it for the target of the module.
//! For any other target there is nothing here.
//!
//! Invariant: a number and a text are each a box of their own; the caller has their addresses and never gives one back.
#![cfg(target_arch = "wasm32")]
#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;

use num_bigint::BigUint;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

fn number(number: BigUint) -> *mut BigUint {
    Box::into_raw(Box::new(number))
}

/// Room for the bytes of a number.
#[unsafe(no_mangle)]
extern "C" fn room(bytes: usize) -> *mut u8 {
    Box::leak(vec![0; bytes].into_boxed_slice()).as_mut_ptr()
}

/// The number of these bytes, the least first.
///
/// # Safety
/// `bytes` is readable for `length`.
#[unsafe(no_mangle)]
unsafe extern "C" fn read(bytes: *const u8, length: usize) -> *mut BigUint {
    // SAFETY: the caller's.
    number(BigUint::from_bytes_le(unsafe { core::slice::from_raw_parts(bytes, length) }))
}

/// # Safety
/// Both are numbers made here.
#[unsafe(no_mangle)]
unsafe extern "C" fn multiply(left: *const BigUint, right: *const BigUint) -> *mut BigUint {
    // SAFETY: the caller's.
    number(unsafe { &*left * &*right })
}

/// # Safety
/// As for `multiply`; `right` is not zero.
#[unsafe(no_mangle)]
unsafe extern "C" fn divide(left: *const BigUint, right: *const BigUint) -> *mut BigUint {
    // SAFETY: the caller's.
    number(unsafe { &*left / &*right })
}

/// # Safety
/// `base` is a number made here.
#[unsafe(no_mangle)]
unsafe extern "C" fn power(base: *const BigUint, exponent: u32) -> *mut BigUint {
    // SAFETY: the caller's.
    number(unsafe { &*base }.pow(exponent))
}

/// The digits in base 10, or 16 where they are to be compared soon.
///
/// # Safety
/// `value` is a number made here.
#[unsafe(no_mangle)]
unsafe extern "C" fn text(value: *const BigUint, base: u32) -> *mut String {
    // SAFETY: the caller's.
    Box::into_raw(Box::new(unsafe { &*value }.to_str_radix(base)))
}

/// # Safety
/// `text` was made by `text`.
#[unsafe(no_mangle)]
unsafe extern "C" fn text_start(text: *const String) -> *const u8 {
    // SAFETY: the caller's.
    unsafe { &*text }.as_ptr()
}

/// # Safety
/// As for `text_start`.
#[unsafe(no_mangle)]
unsafe extern "C" fn text_length(text: *const String) -> usize {
    // SAFETY: the caller's.
    unsafe { &*text }.len()
}
