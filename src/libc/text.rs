//! Zero-terminated text as C passes it: finding its end, searching, comparing.
//!
//! Every function here reads through pointers and stops at the terminating zero or earlier. It charges for the bytes
//! read.

use crate::budget::{self, cost};

/// Charges for bytes that were read one by one.
#[inline]
fn charge(bytes: usize) {
    budget::spend_bytes(bytes, cost::BYTES_TEXT);
}

/// `strlen`.
///
/// # Safety
/// `text` is readable up to its terminating zero.
#[inline]
pub unsafe fn length(text: *const u8) -> usize {
    let mut length = 0;
    // SAFETY: no zero came before `length`, so the text reaches at least that far.
    while unsafe { text.add(length).read() } != 0 {
        length += 1;
    }
    charge(length);
    length
}

/// `strnlen`: looks at no more than `limit` bytes.
///
/// # Safety
/// `text` is readable up to its terminating zero or for `limit` bytes.
pub unsafe fn length_up_to(text: *const u8, limit: usize) -> usize {
    let mut length = 0;
    // SAFETY: fewer than `limit` bytes were read and no zero was among them.
    while length < limit && unsafe { text.add(length).read() } != 0 {
        length += 1;
    }
    charge(length);
    length
}

/// The bytes of a text, without its terminating zero.
///
/// # Safety
/// As for [`length`], and the text stays unchanged while the result is in use.
#[inline]
pub unsafe fn bytes<'a>(text: *const u8) -> &'a [u8] {
    // SAFETY: `length` has just read that many bytes; the caller keeps them as they are.
    unsafe { core::slice::from_raw_parts(text, length(text)) }
}

/// `strchr`: the first `byte`; the terminating zero can be searched for.
///
/// # Safety
/// `text` is readable up to its terminating zero.
pub unsafe fn find(text: *const u8, byte: u8) -> *const u8 {
    let mut place = text;
    loop {
        // SAFETY: no zero came before `place`.
        match unsafe { place.read() } {
            found if found == byte => {
                charge(place.addr() - text.addr());
                return place;
            }
            0 => {
                charge(place.addr() - text.addr());
                return core::ptr::null();
            }
            // SAFETY: as this byte is not the terminating zero, another one follows.
            _ => place = unsafe { place.add(1) },
        }
    }
}

/// `strcmp`, and `strcoll` in the C locale: negative, zero or positive.
///
/// # Safety
/// Both texts are readable up to their terminating zeros.
pub unsafe fn compare(left: *const u8, right: *const u8) -> i32 {
    let mut index = 0;
    loop {
        // SAFETY: all bytes before `index` were equal and not zero in both.
        let (a, b) = unsafe { (left.add(index).read(), right.add(index).read()) };
        if a != b || a == 0 {
            charge(index);
            return i32::from(a) - i32::from(b);
        }
        index += 1;
    }
}

/// `strncmp`: compares no more than `limit` bytes.
///
/// # Safety
/// Both texts are readable up to their terminating zeros or for `limit` bytes.
pub unsafe fn compare_up_to(left: *const u8, right: *const u8, limit: usize) -> i32 {
    for index in 0..limit {
        // SAFETY: `index` is below `limit`, and all bytes before it were equal and not zero.
        let (a, b) = unsafe { (left.add(index).read(), right.add(index).read()) };
        if a != b || a == 0 {
            charge(index);
            return i32::from(a) - i32::from(b);
        }
    }
    charge(limit);
    0
}

/// A set of bytes: one bit each.
struct ByteSet([u32; 8]);

impl ByteSet {
    /// The bytes of a text.
    ///
    /// # Safety
    /// `text` is readable up to its terminating zero.
    #[inline]
    unsafe fn of(text: *const u8) -> ByteSet {
        budget::spend(cost::SPAN);
        let mut set = ByteSet([0; 8]);
        // SAFETY: the caller's promise; the bytes are used only here.
        for byte in unsafe { bytes(text) } {
            set.0[usize::from(byte >> 5)] |= 1 << (byte & 31);
        }
        set
    }

    #[inline]
    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 5)] >> (byte & 31) & 1 != 0
    }
}

/// `strspn`: how many bytes at the start are all among `accepted`.
///
/// # Safety
/// Both texts are readable up to their terminating zeros.
pub unsafe fn span(text: *const u8, accepted: *const u8) -> usize {
    // Most formats have nothing between '%' and the letter: then making a set costs more than it saves.
    // SAFETY: the caller's promise.
    if unsafe { find(accepted, text.read()) }.is_null() {
        budget::spend(cost::SPAN);
        return 0;
    }
    // SAFETY: the caller's promise.
    let accepted = unsafe { ByteSet::of(accepted) };
    let mut length = 0;
    // SAFETY: zero is not in the set, so the loop ends at the latest there.
    while accepted.has(unsafe { text.add(length).read() }) {
        length += 1;
    }
    charge(length);
    length
}

/// `strpbrk`: the first byte that is among `wanted`.
///
/// # Safety
/// Both texts are readable up to their terminating zeros.
pub unsafe fn find_any(text: *const u8, wanted: *const u8) -> *const u8 {
    // SAFETY: the caller's promise.
    let wanted = unsafe { ByteSet::of(wanted) };
    let mut place = text;
    loop {
        // SAFETY: no zero came before `place`.
        match unsafe { place.read() } {
            byte if byte == 0 || wanted.has(byte) => {
                charge(place.addr() - text.addr());
                return if byte == 0 { core::ptr::null() } else { place };
            }
            // SAFETY: as this byte is not the terminating zero, another one follows.
            _ => place = unsafe { place.add(1) },
        }
    }
}

/// `strstr`: the first place where `wanted` begins. Takes time proportional to the product of both
/// lengths in the worst case; Lua only searches its own short texts with it.
///
/// # Safety
/// Both texts are readable up to their terminating zeros.
pub unsafe fn find_text(text: *const u8, wanted: *const u8) -> *const u8 {
    // SAFETY: the caller's promise.
    let wanted_length = unsafe { length(wanted) };
    let mut place = text;
    loop {
        // SAFETY: `place` is within the text or at its zero.
        if unsafe { compare_up_to(place, wanted, wanted_length) } == 0 {
            return place;
        }
        // SAFETY: as above.
        if unsafe { place.read() } == 0 {
            return core::ptr::null();
        }
        // SAFETY: this byte is not the terminating zero, so another one follows.
        place = unsafe { place.add(1) };
    }
}

/// `strcpy`.
///
/// # Safety
/// `from` is readable up to its terminating zero, `to` is writable as far, and they do not overlap.
pub unsafe fn copy(to: *mut u8, from: *const u8) {
    let mut index = 0;
    loop {
        // SAFETY: no zero came before `index`.
        let byte = unsafe { from.add(index).read() };
        // SAFETY: `to` has room for everything up to the zero.
        unsafe { to.add(index).write(byte) };
        if byte == 0 {
            charge(index);
            return;
        }
        index += 1;
    }
}
