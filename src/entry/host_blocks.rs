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

use crate::vm::instance::INSTANCE;
use crate::vm::state;

#[repr(C)]
struct Header {
    next: usize,
    size: usize,
}

const HEADER_BYTES: usize = core::mem::size_of::<Header>();

/// Lua's allocator contract, with sizes as the host says them; 0 when it cannot.
pub fn reallocate(pointer: usize, size: usize) -> usize {
    // SAFETY: one thread; `unlink` returns live blocks of the list only, with the size that they were made with.
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

fn allocate(size: usize) -> usize {
    let Some(bytes) = size.checked_add(HEADER_BYTES) else { return 0 };
    // SAFETY: one thread; the block holds the header and the host's bytes.
    unsafe {
        let block = resize(core::ptr::null_mut(), 0, bytes);
        if block.is_null() { 0 } else { link(block, size) }
    }
}

/// # Safety
/// The block is null, or on the list with `old` bytes.
unsafe fn resize(block: *mut Header, old: usize, new: usize) -> *mut Header {
    // SAFETY: one thread; the caller has the block and its size from the list.
    unsafe { state::allocate(core::ptr::null_mut(), block.cast(), old, new).cast() }
}

/// Puts a block at the front of the list; the address of the host's bytes.
///
/// # Safety
/// The block is live, has room for its header, and is not on the list.
unsafe fn link(block: *mut Header, size: usize) -> usize {
    // SAFETY: the caller has just been given the block by `resize`, or taken it off the list.
    unsafe { block.write(Header { next: INSTANCE.first_host_block.get(), size }) };
    INSTANCE.first_host_block.set(block as usize);
    block as usize + HEADER_BYTES
}

/// Takes the block of that address off the list.
fn unlink(pointer: usize) -> Option<*mut Header> {
    let wanted = pointer.checked_sub(HEADER_BYTES)?;
    let mut previous: *mut Header = core::ptr::null_mut();
    let mut current = INSTANCE.first_host_block.get();
    while current != 0 {
        let block = current as *mut Header;
        // SAFETY: every address on the list is a live block.
        let next = unsafe { (*block).next };
        if current == wanted {
            if previous.is_null() {
                INSTANCE.first_host_block.set(next);
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
    use crate::vm::state::exclusive;

    #[test]
    fn blocks_live_until_they_are_freed_and_wild_pointers_are_left_alone() {
        let _turn = exclusive();
        let before = heap::used_bytes();
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
        assert_eq!(heap::used_bytes(), before);
    }
}
