//! The C names of this library, for the linker.
//!
//! Invariant: reading, comparing, copying or filling bytes through this file is charged (`lua/costs.h`), by the bytes
//! that were really used and not by the possible maximum. Moving a block of the heap does not use this file: the heap
//! charges for the block's size (`heap.rs`).
//!
//! Safety of the whole file: the callers are Lua's C sources, compiled against `include/`, which
//! pass valid pointers as the C standard asks for each function, and code the compiler generates.

use super::format::{self, Arguments};
use super::{ctype, math, memory, number, text, time};
use crate::budget::{self, cost};
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_void};

/// Arguments as clang passes them to variadic functions on wasm32: one block, in order, each value
/// aligned to its size.
///
/// ```text
/// snprintf(b, n, "%d %g %s", 1, 0.5, t)    offset  0: 1    4: (unused)    8: 0.5    16: t
/// ```
struct VariadicArguments(*const u8);

impl VariadicArguments {
    fn next<T: Copy>(&mut self) -> T {
        let place = self.0.wrapping_add(self.0.align_offset(align_of::<T>()));
        self.0 = place.wrapping_add(size_of::<T>());
        // SAFETY: the caller of the variadic function passed what its format names, in this layout.
        unsafe { place.cast::<T>().read() }
    }
}

impl Arguments for VariadicArguments {
    fn word(&mut self) -> u32 {
        self.next()
    }

    fn wide(&mut self) -> u64 {
        self.next()
    }

    fn double(&mut self) -> f64 {
        self.next()
    }

    fn text(&mut self, limit: usize) -> &[u8] {
        let start: *const u8 = self.next();
        if start.is_null() {
            return b"(null)";
        }
        // SAFETY: the argument of `%s` is a text, or at least as long as its precision.
        unsafe { core::slice::from_raw_parts(start, text::length_up_to(start, limit)) }
    }
}

/// The part of a C buffer before its terminating zero.
///
/// # Safety
/// `buffer` is writable for `size` bytes, and no other code uses it during the call.
unsafe fn room<'a>(buffer: *mut c_char, size: usize) -> &'a mut [u8] {
    match size.checked_sub(1) {
        // SAFETY: the caller's promise.
        Some(room) => unsafe { core::slice::from_raw_parts_mut(buffer.cast(), room) },
        None => &mut [],
    }
}

/// Ends a text of `length` bytes, or what fits of it, with a zero.
///
/// # Safety
/// `buffer` is writable for `size` bytes.
unsafe fn terminate(buffer: *mut c_char, size: usize, length: usize) -> c_int {
    if size > 0 {
        // SAFETY: the index is below `size`.
        unsafe { buffer.add(length.min(size - 1)).write(0) };
    }
    length as c_int
}

#[unsafe(no_mangle)]
unsafe extern "C" fn snprintf(buffer: *mut c_char, size: usize, format: *const u8, arguments: *const u8) -> c_int {
    // SAFETY: C's contract of snprintf.
    unsafe {
        budget::spend(cost::NUMBER);
        let mut arguments = VariadicArguments(arguments);
        let format = text::bytes(format);
        let length = if format == b"%lld" {
            // The usual format of an integer.
            format::integer_to_text(arguments.next(), room(buffer, size))
        } else {
            format::format(room(buffer, size), format, &mut arguments)
        };
        terminate(buffer, size, length)
    }
}

/// `snprintf(buffer, size, "%.14g", value)`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_number_to_text(buffer: *mut c_char, size: usize, value: f64) -> c_int {
    budget::spend(cost::NUMBER);
    // SAFETY: as for snprintf.
    unsafe { terminate(buffer, size, format::number_to_text_14g(value, room(buffer, size))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strtod(start: *const u8, end: *mut *const u8) -> f64 {
    // SAFETY: C's contract of strtod: `start` is a text, `end` is null or writable.
    unsafe {
        let text = text::bytes(start);
        budget::spend(text.len() / cost::BYTES_TEXT);
        let (value, length) = number::read(text);
        if !end.is_null() {
            end.write(start.add(length));
        }
        value
    }
}

/// Charges for a mathematical function and returns its result.
fn charged(result: f64, cost: usize) -> f64 {
    budget::spend(cost);
    result
}

/// Charges for `isalnum` and returns its result: Lua reads a number in a base with it, digit by digit.
fn counted(answer: c_int) -> c_int {
    budget::spend(cost::DIGIT);
    answer
}

/// Defines C functions whose whole body is one safe call.
macro_rules! pure {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty = $body:expr;)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name($($argument: $type),*) -> $result {
            $body
        }
    )*};
}

pure! {
    isalnum(c: c_int) -> c_int = counted(ctype::is_alphanumeric(c).into());
    isalpha(c: c_int) -> c_int = ctype::is_alphabetic(c).into();
    iscntrl(c: c_int) -> c_int = ctype::is_control(c).into();
    isdigit(c: c_int) -> c_int = ctype::is_digit(c).into();
    isgraph(c: c_int) -> c_int = ctype::is_graphic(c).into();
    islower(c: c_int) -> c_int = ctype::is_lower(c).into();
    isprint(c: c_int) -> c_int = ctype::is_printable(c).into();
    ispunct(c: c_int) -> c_int = ctype::is_punctuation(c).into();
    isspace(c: c_int) -> c_int = ctype::is_space(c).into();
    isupper(c: c_int) -> c_int = ctype::is_upper(c).into();
    isxdigit(c: c_int) -> c_int = ctype::is_hex_digit(c).into();
    tolower(c: c_int) -> c_int = ctype::to_lower(c);
    toupper(c: c_int) -> c_int = ctype::to_upper(c);

    acos(x: f64) -> f64 = charged(math::acos(x), cost::MATH);
    asin(x: f64) -> f64 = charged(math::asin(x), cost::MATH);
    atan2(y: f64, x: f64) -> f64 = charged(math::atan2(y, x), cost::MATH);
    cos(x: f64) -> f64 = charged(math::cos(x), cost::MATH);
    cosh(x: f64) -> f64 = charged(math::cosh(x), cost::MATH);
    exp(x: f64) -> f64 = charged(math::exp(x), cost::MATH);
    fmod(x: f64, y: f64) -> f64 = math::fmod(x, y);
    ldexp(x: f64, exponent: c_int) -> f64 = math::ldexp(x, exponent);
    log(x: f64) -> f64 = charged(math::log(x), cost::MATH);
    log10(x: f64) -> f64 = charged(math::log10(x), cost::MATH);
    log2(x: f64) -> f64 = charged(math::log2(x), cost::MATH);
    pow(x: f64, y: f64) -> f64 = charged(math::pow(x, y), cost::POWER);
    sin(x: f64) -> f64 = charged(math::sin(x), cost::MATH);
    sinh(x: f64) -> f64 = charged(math::sinh(x), cost::MATH);
    tan(x: f64) -> f64 = charged(math::tan(x), cost::MATH);
    tanh(x: f64) -> f64 = charged(math::tanh(x), cost::MATH);

    clock() -> i64 = time::clock();
    difftime(later: i64, earlier: i64) -> f64 = later.wrapping_sub(earlier) as f64;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn frexp(value: f64, exponent: *mut c_int) -> f64 {
    let (fraction, power) = math::frexp(value);
    // SAFETY: C's contract: `exponent` is writable.
    unsafe { exponent.write(power) };
    fraction
}

#[unsafe(no_mangle)]
unsafe extern "C" fn time(result: *mut i64) -> i64 {
    let now = time::now();
    if !result.is_null() {
        // SAFETY: C's contract: `result` is null or writable.
        unsafe { result.write(now) };
    }
    now
}

/// The `struct tm` that `gmtime` and `localtime` return, overwritten by every call.
struct SharedCalendar(UnsafeCell<time::Calendar>);

// SAFETY: the module has one thread.
unsafe impl Sync for SharedCalendar {}

static CALENDAR: SharedCalendar = SharedCalendar(UnsafeCell::new(time::Calendar {
    second: 0,
    minute: 0,
    hour: 0,
    day: 1,
    month: 0,
    year: 70,
    weekday: 4,
    yearday: 0,
    daylight_saving: 0,
}));

#[unsafe(no_mangle)]
unsafe extern "C" fn gmtime(seconds: *const i64) -> *mut time::Calendar {
    // SAFETY: C's contract: `seconds` is readable; no reference to the calendar is ever made.
    unsafe {
        match time::from_seconds(seconds.read()) {
            Some(calendar) => {
                CALENDAR.0.get().write(calendar);
                CALENDAR.0.get()
            }
            None => core::ptr::null_mut(),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn localtime(seconds: *const i64) -> *mut time::Calendar {
    // SAFETY: the same contract.
    unsafe { gmtime(seconds) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mktime(calendar: *mut time::Calendar) -> i64 {
    // SAFETY: C's contract: `calendar` is readable and writable.
    unsafe {
        match time::to_seconds(&calendar.read()) {
            Some((seconds, normalised)) => {
                calendar.write(normalised);
                seconds
            }
            None => -1,
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strftime(
    buffer: *mut c_char,
    size: usize,
    format: *const u8,
    calendar: *const time::Calendar,
) -> usize {
    budget::spend(cost::CONVERSION);
    // SAFETY: C's contract of strftime.
    unsafe {
        if size == 0 {
            return 0;
        }
        let calendar = calendar.read();
        let length = time::format(room(buffer, size), text::bytes(format), &calendar);
        terminate(buffer, size, length.unwrap_or(0)) as usize
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    budget::spend_bytes(count, cost::BYTES_COPIED);
    // SAFETY: C's contract: both are valid for `count` bytes and do not overlap.
    unsafe { memory::copy_forward(to, from, count) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    budget::spend_bytes(count, cost::BYTES_COPIED);
    // SAFETY: C's contract: both are valid for `count` bytes. The wrapped distance is below `count`
    // exactly if `to` lies inside the bytes to copy.
    unsafe {
        if to.addr().wrapping_sub(from.addr()) < count {
            memory::copy_backward(to, from, count);
        } else {
            memory::copy_forward(to, from, count);
        }
    }
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: c_int, count: usize) -> *mut u8 {
    budget::spend_bytes(count, cost::BYTES_COPIED);
    // SAFETY: C's contract: writable for `count` bytes.
    unsafe { memory::fill(to, byte as u8, count) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> c_int {
    // SAFETY: C's contract: both are readable for `count` bytes.
    let (equal, order) = unsafe { memory::compare(left, right, count) };
    budget::spend_bytes(equal, cost::BYTES_COMPARED);
    order as c_int
}

/// The compiler calls this for a `memcmp` that only tests whether bytes are equal.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> c_int {
    // SAFETY: as for memcmp.
    unsafe { memcmp(left, right, count) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memchr(bytes: *const u8, byte: c_int, count: usize) -> *const c_void {
    // SAFETY: C's contract: readable for `count` bytes.
    let found = unsafe { memory::find(bytes, byte as u8, count) };
    budget::spend_bytes(found.unwrap_or(count), cost::BYTES_COMPARED);
    match found {
        Some(index) => bytes.wrapping_add(index).cast(),
        None => core::ptr::null(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strchr(text: *const u8, byte: c_int) -> *const u8 {
    // SAFETY: C's contract, here and below: the arguments are texts.
    unsafe { text::find(text, byte as u8) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strcmp(left: *const u8, right: *const u8) -> c_int {
    // SAFETY: see strchr.
    unsafe { text::compare(left, right) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strcoll(left: *const u8, right: *const u8) -> c_int {
    // SAFETY: see strchr.
    unsafe { text::compare(left, right) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strncmp(left: *const u8, right: *const u8, limit: usize) -> c_int {
    // SAFETY: see strchr.
    unsafe { text::compare_up_to(left, right, limit) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strcpy(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: see strchr; `to` has room for the text.
    unsafe { text::copy(to, from) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    // SAFETY: see strchr.
    unsafe { text::length(text) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strpbrk(text: *const u8, wanted: *const u8) -> *const u8 {
    // SAFETY: see strchr.
    unsafe { text::find_any(text, wanted) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strspn(text: *const u8, accepted: *const u8) -> usize {
    // SAFETY: see strchr.
    unsafe { text::span(text, accepted) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strstr(text: *const u8, wanted: *const u8) -> *const u8 {
    // SAFETY: see strchr.
    unsafe { text::find_text(text, wanted) }
}
