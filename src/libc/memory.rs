//! Copying, filling, comparing and searching bytes, eight at a time.
//!
//! The compiler calls these by their C names for ordinary Rust code too. Its own versions work on
//! aligned 32-bit words or single bytes; WebAssembly engines run unaligned 64-bit accesses at full
//! speed, and most of what Lua copies and compares is short.

use core::cmp::Ordering;

/// `memcpy`, and `memmove` when `to` does not lie inside the bytes to copy.
///
/// # Safety
/// `from` is readable and `to` writable for `count` bytes; `to` does not lie in `from + 1 .. from + count`.
#[inline(always)]
pub unsafe fn copy_forward(to: *mut u8, from: *const u8, count: usize) {
    let mut done = 0;
    while count - done >= 8 {
        // SAFETY: eight more bytes are within `count`.
        unsafe { copy_word::<u64>(to.add(done), from.add(done)) };
        done += 8;
    }
    // SAFETY: the rest, by the bits of its length, never goes past `count`.
    unsafe {
        if count & 4 != 0 {
            copy_word::<u32>(to.add(done), from.add(done));
            done += 4;
        }
        if count & 2 != 0 {
            copy_word::<u16>(to.add(done), from.add(done));
            done += 2;
        }
        if count & 1 != 0 {
            copy_word::<u8>(to.add(done), from.add(done));
        }
    }
}

/// `memmove` when `to` lies inside or after the bytes to copy.
///
/// # Safety
/// `from` is readable and `to` writable for `count` bytes; `from` does not lie in `to + 1 .. to + count`.
#[inline(always)]
pub unsafe fn copy_backward(to: *mut u8, from: *const u8, count: usize) {
    let mut left = count;
    while left >= 8 {
        left -= 8;
        // SAFETY: eight bytes from `left` on are within `count`.
        unsafe { copy_word::<u64>(to.add(left), from.add(left)) };
    }
    while left > 0 {
        left -= 1;
        // SAFETY: `left` is below `count`.
        unsafe { copy_word::<u8>(to.add(left), from.add(left)) };
    }
}

/// # Safety
/// `from` is readable and `to` writable for one `T`, at any alignment.
#[inline(always)]
unsafe fn copy_word<T>(to: *mut u8, from: *const u8) {
    // SAFETY: the caller's promise.
    unsafe { to.cast::<T>().write_unaligned(from.cast::<T>().read_unaligned()) };
}

/// `memset`.
///
/// # Safety
/// `to` is writable for `count` bytes.
#[inline(always)]
pub unsafe fn fill(to: *mut u8, byte: u8, count: usize) {
    let word = u64::from(byte) * 0x0101_0101_0101_0101;
    let mut done = 0;
    while count - done >= 8 {
        // SAFETY: eight more bytes are within `count`.
        unsafe { to.add(done).cast::<u64>().write_unaligned(word) };
        done += 8;
    }
    while done < count {
        // SAFETY: `done` is below `count`.
        unsafe { to.add(done).write(byte) };
        done += 1;
    }
}

/// `memcmp`: about how many bytes are equal at the start, and the order of the first different bytes.
///
/// # Safety
/// Both are readable for `count` bytes.
#[inline(always)]
pub unsafe fn compare(left: *const u8, right: *const u8, count: usize) -> (usize, Ordering) {
    let mut done = 0;
    while count - done >= 8 {
        // SAFETY: eight more bytes are within `count`.
        let (a, b) =
            unsafe { (left.add(done).cast::<u64>().read_unaligned(), right.add(done).cast::<u64>().read_unaligned()) };
        if a != b {
            return (done, u64::from_be(a).cmp(&u64::from_be(b)));
        }
        done += 8;
    }
    // Most of what is compared is shorter. Where it differs is found byte by byte.
    // SAFETY: that many more bytes are within `count`.
    unsafe {
        if count - done >= 4 && is_equal::<u32>(left.add(done), right.add(done)) {
            done += 4;
        }
        if count - done >= 2 && is_equal::<u16>(left.add(done), right.add(done)) {
            done += 2;
        }
    }
    while done < count {
        // SAFETY: `done` is below `count`.
        let (a, b) = unsafe { (left.add(done).read(), right.add(done).read()) };
        if a != b {
            return (done, a.cmp(&b));
        }
        done += 1;
    }
    (count, Ordering::Equal)
}

/// # Safety
/// Both are readable for one `T`, at any alignment.
#[inline(always)]
unsafe fn is_equal<T: PartialEq>(left: *const u8, right: *const u8) -> bool {
    // SAFETY: the caller's promise.
    unsafe { left.cast::<T>().read_unaligned() == right.cast::<T>().read_unaligned() }
}

/// `memchr`: the index of the first `byte`.
///
/// # Safety
/// `bytes` is readable for `count` bytes.
#[inline(always)]
pub unsafe fn find(bytes: *const u8, byte: u8, count: usize) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let pattern = u64::from(byte) * LOW;
    let mut done = 0;
    while count - done >= 8 {
        // SAFETY: eight more bytes are within `count`.
        let word = unsafe { bytes.add(done).cast::<u64>().read_unaligned() } ^ pattern;
        // Borrows start only at a zero byte, so the lowest marked byte is the first match.
        let zeros = word.wrapping_sub(LOW) & !word & (LOW << 7);
        if zeros != 0 {
            return Some(done + (u64::from_le(zeros).trailing_zeros() / 8) as usize);
        }
        done += 8;
    }
    while done < count {
        // SAFETY: `done` is below `count`.
        if unsafe { bytes.add(done).read() } == byte {
            return Some(done);
        }
        done += 1;
    }
    None
}
