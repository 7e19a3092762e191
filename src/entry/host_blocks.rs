//! Memory that the host asked for through `lua_alloc`, to place code or data above 64 KiB.
//!
//! Invariant: only a pointer that this file handed out, and that was not freed since, is resized or freed; a host that
//! errs cannot damage the arena. The blocks form a list, each behind its header:
//!
//! ```text
//! offset 0   next block, 0 at the end
//! offset 4   bytes that the host asked for
//! offset 8   the host's bytes
//! ```

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::lua::state;

#[repr(C)]
struct Header {
    next: usize,
    size: usize,
}

const HEADER_BYTES: usize = core::mem::size_of::<Header>();

static FIRST: AtomicUsize = AtomicUsize::new(0);

/// Lua's allocator contract, with sizes as the host says them; 0 when it cannot.
///
/// # Safety
/// One thread.
pub unsafe fn reallocate(pointer: usize, size: usize) -> usize {
    // SAFETY: the caller's; `unlink` returns live blocks of the list only.
    unsafe {
        if pointer == 0 {
            return if size == 0 { 0 } else { allocate(size) };
        }
        let Some(block) = unlink(pointer) else { return 0 };
        let old = (*block).size + HEADER_BYTES;
        if size == 0 {
            resize(block, old, 0);
            return 0;
        }
        let Some(new) = size.checked_add(HEADER_BYTES) else {
            link(block, (*block).size);
            return 0;
        };
        let moved = resize(block, old, new);
        if moved.is_null() {
            link(block, (*block).size);
            return 0;
        }
        link(moved, size)
    }
}

unsafe fn allocate(size: usize) -> usize {
    let Some(bytes) = size.checked_add(HEADER_BYTES) else { return 0 };
    // SAFETY: one thread; the block holds the header and the host's bytes.
    unsafe {
        let block = resize(core::ptr::null_mut(), 0, bytes);
        if block.is_null() { 0 } else { link(block, size) }
    }
}

/// # Safety
/// As for `state::allocate`.
unsafe fn resize(block: *mut Header, old: usize, new: usize) -> *mut Header {
    // SAFETY: the caller's.
    unsafe { state::allocate(core::ptr::null_mut(), block.cast(), old, new).cast() }
}

/// Puts a block at the front of the list; the address of the host's bytes.
unsafe fn link(block: *mut Header, size: usize) -> usize {
    // SAFETY: a live block with room for its header.
    unsafe { block.write(Header { next: FIRST.load(Ordering::Relaxed), size }) };
    FIRST.store(block as usize, Ordering::Relaxed);
    block as usize + HEADER_BYTES
}

/// Takes the block of that address off the list.
unsafe fn unlink(pointer: usize) -> Option<*mut Header> {
    let wanted = pointer.checked_sub(HEADER_BYTES)?;
    let mut previous: *mut Header = core::ptr::null_mut();
    let mut current = FIRST.load(Ordering::Relaxed);
    while current != 0 {
        let block = current as *mut Header;
        // SAFETY: every address on the list is a live block.
        let next = unsafe { (*block).next };
        if current == wanted {
            if previous.is_null() {
                FIRST.store(next, Ordering::Relaxed);
            } else {
                // SAFETY: `previous` is a live block of the list.
                unsafe { (*previous).next = next };
            }
            return Some(block);
        }
        previous = block;
        current = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap;
    use crate::lua::state::exclusive;

    #[test]
    fn blocks_live_until_they_are_freed_and_wild_pointers_are_left_alone() {
        let _turn = exclusive();
        // SAFETY: the test holds its turn.
        unsafe {
            let used = heap::global().used_bytes();
            let first = reallocate(0, 100_000);
            let second = reallocate(0, 10);
            assert!(first != 0 && second != 0);
            assert_eq!(reallocate(first + 8, 0), 0);
            assert_eq!(reallocate(12345, 20), 0);
            let grown = reallocate(first, 200_000);
            assert!(grown != 0);
            assert_eq!(reallocate(grown, usize::MAX), 0);
            reallocate(second, 0);
            assert_eq!(reallocate(second, 5), 0, "freed twice");
            reallocate(grown, 0);
            assert_eq!(heap::global().used_bytes(), used);
        }
    }
}
