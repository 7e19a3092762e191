"""Values and responses as bytes. Like keys.py (keys and their pages), it was written only from abi/README.md.

It shows that this document is enough to write a host. Lua's values have these types in Python:

    nil None    boolean bool    integer int    float float    string bytes

The classes below are for values without a type in Python.
"""

import math
import struct
import zlib
from dataclasses import dataclass, field

MAX_DEPTH = 128

INT_MIN, INT_MAX = -(1 << 63), (1 << 63) - 1
NAN_BYTES = bytes.fromhex("000000000000f87f")

NIL, BOOLEAN, INTEGER, FLOAT, STRING, FUNCTION, LIBRARY, EXTERNAL, COMPRESSED, TABLE, SPILLED, BIG = range(12)


class Malformed(ValueError):
    """Bytes that the contract forbids; `offset` is the first byte that cannot be right."""

    def __init__(self, offset, what):
        super().__init__(f"byte {offset}: {what}")
        self.offset = offset


@dataclass(frozen=True)
class Function:
    """A stored Lua function, by its id."""

    id: int


@dataclass(frozen=True)
class Library:
    """A library, or a function of one, by its name."""

    name: bytes


@dataclass(frozen=True)
class External:
    """An external table, by its id."""

    id: int


@dataclass(frozen=True)
class Big:
    """A big integer. It stays one even if its value fits an integer."""

    value: int


@dataclass(eq=False)
class Table:
    """An inline table. As in Lua it equals only itself, so that it can be a key."""

    pairs: list = field(default_factory=list)


class Spilled:
    """The values of a response that are stored in `_io`."""


# Values


def encode(value, depth=0):
    """The canonical bytes of a value that is inside `depth` tables."""
    if value is None:
        return bytes([NIL])
    if isinstance(value, bool):
        return bytes([BOOLEAN, value])
    if isinstance(value, int):
        if not INT_MIN <= value <= INT_MAX:
            raise ValueError(f"{value} is no integer of 64 bits")
        return struct.pack("<Bq", INTEGER, value)
    if isinstance(value, float):
        return bytes([FLOAT]) + (NAN_BYTES if math.isnan(value) else struct.pack("<d", value))
    if isinstance(value, bytes):
        return struct.pack("<BI", STRING, len(value)) + value
    if isinstance(value, Function) and depth == 0:
        return struct.pack("<BII", FUNCTION, 4, value.id)
    if isinstance(value, Library):
        if wrong_byte(value.name) is not None:
            raise ValueError(f"{value.name!r} is no name of the library")
        return struct.pack("<BI", LIBRARY, len(value.name)) + value.name
    if isinstance(value, External):
        return struct.pack("<BI", EXTERNAL, value.id)
    if isinstance(value, Big):
        magnitude = abs(value.value).to_bytes((value.value.bit_length() + 7) // 8, "little")
        return struct.pack("<BIB", BIG, 1 + len(magnitude), value.value < 0) + magnitude
    if isinstance(value, Table):
        return encode_table(value, depth + 1)
    raise TypeError(f"{type(value).__name__} has no encoding here")


def encode_table(table, depth):
    if depth > MAX_DEPTH:
        raise ValueError(f"tables nest more than {MAX_DEPTH} deep")
    content = bytearray(struct.pack("<I", len(table.pairs)))
    for key, value in table.pairs:
        if is_no_inline_key(key):
            raise ValueError(f"{key} is no key")
        content += encode(key, depth) + encode(value, depth)
    return struct.pack("<BI", TABLE, len(content)) + content


def encode_compressed(string):
    """A string in the compressed form, in which stores keep long strings."""
    plain = encode(string)
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(plain) + deflate.flush()
    return struct.pack("<BII", COMPRESSED, len(plain), len(packed)) + packed


def decode(data):
    """The value of `data`, which must have no other bytes."""
    reader = Reader(data)
    value = reader.value(len(data), None)
    if reader.at != len(data):
        raise Malformed(reader.at, "more follows the value")
    return value


def wrong_byte(name):
    """The offset of the first wrong byte in a library's name, or None."""
    if not name:
        return 0
    return next((i for i, byte in enumerate(name) if not 0x21 <= byte <= 0x7E), None)


def is_no_inline_key(key):
    return key is None or (isinstance(key, float) and math.isnan(key))


class Reader:
    """Reads `data` from `at` on; `end` is the end of the frame that is being read."""

    def __init__(self, data, at=0):
        self.data = data
        self.at = at

    def take(self, n, end, what):
        if n > end - self.at:
            raise Malformed(end, f"{what} does not fit")
        self.at += n
        return self.data[self.at - n : self.at]

    def u32(self, end, what):
        return int.from_bytes(self.take(4, end, what), "little")

    def sized(self, end, what):
        """A length, then so many bytes."""
        at = self.at
        length = self.u32(end, f"the length of {what}")
        if length > end - self.at:
            raise Malformed(at, f"{what} does not fit")
        return self.take(length, end, what)

    def value(self, end, depth):
        """A value of a response or of a table at `depth`; with depth None, a value that is alone."""
        at = self.at
        tag = self.take(1, end, "a value")[0]
        if tag == NIL:
            return None
        if tag == BOOLEAN:
            byte = self.take(1, end, "a boolean")[0]
            if byte > 1:
                raise Malformed(at + 1, "a boolean is 0 or 1")
            return byte == 1
        if tag == INTEGER:
            return struct.unpack("<q", self.take(8, end, "an integer"))[0]
        if tag == FLOAT:
            number = struct.unpack("<d", self.take(8, end, "a float"))[0]
            return math.nan if math.isnan(number) else number
        if tag == STRING:
            return bytes(self.sized(end, "a string"))
        if tag in (FUNCTION, COMPRESSED) and depth is not None:
            raise Malformed(at, "this stands alone only")
        if tag == FUNCTION:
            content = self.sized(end, "the id of a function")
            if len(content) != 4:
                raise Malformed(at + 1, "the id of a function has 4 bytes")
            return Function(int.from_bytes(content, "little"))
        if tag == LIBRARY:
            name = bytes(self.sized(end, "a name"))
            wrong = wrong_byte(name)
            if wrong is not None:
                raise Malformed(at + 5 + wrong if name else at + 1, "this is in no name of the library")
            return Library(name)
        if tag == EXTERNAL:
            return External(self.u32(end, "the id of a table"))
        if tag == COMPRESSED:
            return self.compressed(at, end)
        if tag == TABLE:
            return self.table(at, end, (depth or 0) + 1)
        if tag == BIG:
            return self.big(at, end)
        raise Malformed(at, f"no value has the tag {tag}")

    def big(self, at, end):
        content = self.sized(end, "a big integer")
        if not content:
            raise Malformed(at + 1, "a big integer has a sign")
        if content[0] > 1:
            raise Malformed(at + 5, "a sign is 0 or 1")
        magnitude = int.from_bytes(content[1:], "little")
        return Big(-magnitude if content[0] else magnitude)

    def compressed(self, at, end):
        original = self.u32(end, "the original length")
        packed = self.sized(end, "a compressed string")
        inflate = zlib.decompressobj(wbits=-15)
        try:
            # Asking for one byte more shows whether there is more. No number in the data can make this reserve memory.
            plain = inflate.decompress(packed, original + 1)
        except zlib.error as error:
            raise Malformed(at + 9, f"this is no deflate: {error}") from None
        if len(plain) != original or not inflate.eof or inflate.unused_data:
            raise Malformed(at + 9, "this is not one whole deflate of the original length")
        if plain[:1] != bytes([STRING]):
            raise Malformed(at + 9, "what is compressed is no string")
        try:
            return decode(plain)
        except Malformed as error:
            raise Malformed(at + 9, f"what is compressed is malformed: {error}") from None

    def table(self, at, end, depth):
        if depth > MAX_DEPTH:
            raise Malformed(at, f"tables nest more than {MAX_DEPTH} deep")
        length = self.u32(end, "the length of a table")
        if not 4 <= length <= end - self.at:
            raise Malformed(at + 1, "a table does not fit, or has no room for its number of pairs")
        end = self.at + length
        count = self.u32(end, "the number of pairs")
        if 2 * count > end - self.at:
            raise Malformed(at + 5, "so many pairs do not fit")
        pairs = {}
        for _ in range(count):
            key_at = self.at
            key = self.value(end, depth)
            if is_no_inline_key(key):
                raise Malformed(key_at, f"{key} is no key")
            # For Python, 1, 1.0 and True are one key.
            pairs[type(key), key] = (key, self.value(end, depth))
        if self.at != end:
            raise Malformed(at + 1, "more follows the last pair")
        return Table([pair for pair in pairs.values() if pair[1] is not None])


# Responses


def encode_response(output, values):
    body = bytes([SPILLED]) if values is Spilled else encode_values(values)
    return struct.pack("<I", len(output)) + output + body


def decode_response(data):
    """The printed text, and the values: a list, or `Spilled`."""
    reader = Reader(data)
    output = bytes(reader.sized(len(data), "the output"))
    if data[reader.at : reader.at + 1] == bytes([SPILLED]):
        if reader.at + 1 != len(data):
            raise Malformed(reader.at + 1, "more follows the tag that stands for all values")
        return output, Spilled
    return output, read_values(reader, len(data))


def encode_values(values):
    """An empty list of values becomes one nil."""
    if any(isinstance(value, Function) for value in values):
        raise TypeError("a stored function is no result")
    return b"".join(map(encode, values or [None]))


def decode_values(data):
    """The values of a spilled response, one after another."""
    return read_values(Reader(data), len(data))


def read_values(reader, end):
    values = [reader.value(end, 0)]
    while reader.at < end:
        values.append(reader.value(end, 0))
    return values
