//! Size classes of small blocks.
//!
//! Invariant: every size up to `SMALL_BYTES` has a class, the smallest whose blocks have room for it.

use super::table::Table;

/// Largest block that comes from a span.
pub(super) const SMALL_BYTES: usize = 2048;
pub(super) const CLASSES: usize = 48;

/// What spans and large runs are made of.
pub(super) const GRANULE_BYTES: usize = 1024;

/// Block size of each class: steps of 8 up to 128, 16 up to 256, 32 up to 512, 64 up to 1024, 128 up to 2048.
pub(super) static CLASS_BYTES: Table<u16, CLASSES> = Table(class_bytes());

const fn class_bytes() -> [u16; CLASSES] {
    let mut sizes = [0; CLASSES];
    let (mut class, mut size) = (0, 0);
    while class < CLASSES {
        size += match class {
            0..16 => 8,
            16..24 => 16,
            24..32 => 32,
            32..40 => 64,
            _ => 128,
        };
        sizes[class] = size;
        class += 1;
    }
    sizes
}

/// Class of a size, by size in units of 8 bytes, rounded up.
static CLASS_OF: Table<u8, { SMALL_BYTES / 8 + 1 }> = Table(class_of());

const fn class_of() -> [u8; SMALL_BYTES / 8 + 1] {
    let bytes = class_bytes();
    let mut classes = [0; SMALL_BYTES / 8 + 1];
    let (mut class, mut units) = (0, 1);
    while units < classes.len() {
        if units * 8 > bytes[class] as usize {
            class += 1;
        }
        classes[units] = class as u8;
        units += 1;
    }
    classes
}

/// Class of a small block of that size.
#[inline]
pub(super) fn class_of_size(size: usize) -> usize {
    CLASS_OF[(size + 7) >> 3] as usize
}

/// Granules of a class's span: the smallest of 1, 2, 4, 8 with which at most an eighth is wasted.
pub(super) static SPAN_GRANULES: Table<u8, CLASSES> = Table(span_granules());

const fn span_granules() -> [u8; CLASSES] {
    let bytes = class_bytes();
    let mut lengths = [8; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        let size = bytes[class] as usize;
        let mut granules = 1;
        while granules < 8 && (granules * GRANULE_BYTES) % size > granules * GRANULE_BYTES / 8 {
            granules *= 2;
        }
        lengths[class] = granules as u8;
        class += 1;
    }
    lengths
}
