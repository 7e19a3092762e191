//! The first byte of every encoded value. Lengths are unsigned 32-bit, numbers little-endian.

/// nil: nothing follows.
pub const NIL: u8 = 0x00;
/// boolean: one byte, 0 or 1.
pub const BOOLEAN: u8 = 0x01;
/// integer: i64.
pub const INTEGER: u8 = 0x02;
/// float: f64; one NaN only, [`CANONICAL_NAN`].
pub const FLOAT: u8 = 0x03;
/// string: u32 length, bytes.
pub const STRING: u8 = 0x04;
/// Lua function: u32 length, function record.
pub const FUNCTION: u8 = 0x05;
/// library function: u32 length, its name.
pub const LIBRARY: u8 = 0x06;
/// external table: u32 table id.
pub const EXTERNAL: u8 = 0x07;
/// compressed: u32 original length, u32 length, raw deflate of an encoded value.
pub const COMPRESSED: u8 = 0x08;
/// inline table: u32 length of what follows it, u32 pairs, then key and value, key and value.
pub const TABLE: u8 = 0x09;
/// spilled: the values did not fit the I/O buffer; they are in table `_io` under the key `result`.
pub const SPILLED: u8 = 0x0A;
/// big integer: u32 length of what follows it, sign byte (0 or 1 for negative), magnitude bytes little-endian.
pub const BIG_INTEGER: u8 = 0x0B;
/// pending: the compute waits for the host ([`crate::pending`]); only as the one value of a response.
pub const PENDING: u8 = 0x0C;

/// Bits of the only NaN on the wire: positive, quiet, no payload.
pub const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;

/// Every tag with its name, for the mirrors.
pub const ALL: [(&str, u8); 13] = [
    ("NIL", NIL),
    ("BOOLEAN", BOOLEAN),
    ("INTEGER", INTEGER),
    ("FLOAT", FLOAT),
    ("STRING", STRING),
    ("FUNCTION", FUNCTION),
    ("LIBRARY", LIBRARY),
    ("EXTERNAL", EXTERNAL),
    ("COMPRESSED", COMPRESSED),
    ("TABLE", TABLE),
    ("SPILLED", SPILLED),
    ("BIG_INTEGER", BIG_INTEGER),
    ("PENDING", PENDING),
];
