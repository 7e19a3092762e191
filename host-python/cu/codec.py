"""Values as bytes (abi/README.md, "Values"). The decoder trusts no byte.

    nil None    boolean bool    integer int    float float    big integer BigInteger, an int; any int beyond 64 bits becomes one
    string str where it is UTF-8, otherwise bytes, so `text.encode()` is always what the script had; with `text=False` always bytes
    table list (keys 1 to n) or dict, or `Table` where Python cannot tell two keys apart, such as 1 and True
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, List, Optional, Tuple

from . import abi
from .errors import EncodeError, Malformed

INTEGER_MIN, INTEGER_MAX = -(1 << 63), (1 << 63) - 1
NAN_BYTES = bytes.fromhex("000000000000f87f")


class BigInteger(int):
    """A big integer of Lua, which stays one even where 64 bits hold it."""


@dataclass(frozen=True)
class ExternalTable:
    """A table of the store, by its id."""

    id: int


@dataclass(frozen=True)
class LibraryFunction:
    """A library of Lua, or a function of one, such as `string.format`."""

    name: str


@dataclass(eq=False)
class Table:
    """A table as its pairs, for keys that no dict tells apart, and for tables that are keys. It equals only itself, as in Lua."""

    pairs: List[Tuple[Any, Any]]

    def __iter__(self) -> Iterator[Tuple[Any, Any]]:
        return iter(self.pairs)


def shown(value: Any) -> str:
    """For errors: as its literal, where Python writes one."""
    return f"an integer of {value.bit_length()} bits" if isinstance(value, int) and value.bit_length() > 1000 else repr(value)


def encode(value: Any) -> bytes:
    """One value. Whatever it does while it is read, an error names the way to it."""
    out, way = bytearray(), []  # type: bytearray, List[Any]
    try:
        _write(out, value, way)
    except Exception as error:
        raise EncodeError(f"value{''.join(f'[{shown(key)}]' for key in way)}: {error}") from (None if isinstance(error, EncodeError) else error)
    return bytes(out)


def encode_values(values: Iterable[Any]) -> bytes:
    """Values as in a response: one after another."""
    return b"".join(map(encode, values))


def _sized(out: bytearray, tag: int, content: bytes) -> None:
    out += struct.pack("<BI", tag, len(content))
    out += content


def _write(out: bytearray, value: Any, way: List[Any]) -> None:
    """`way` has the keys of the tables around it."""
    if value is None:
        out.append(abi.TAG_NIL)
    elif isinstance(value, bool):
        out += bytes((abi.TAG_BOOLEAN, value))
    elif isinstance(value, int):
        if INTEGER_MIN <= value <= INTEGER_MAX and not isinstance(value, BigInteger):
            out += struct.pack("<Bq", abi.TAG_INTEGER, value)
        else:
            _sized(out, abi.TAG_BIG_INTEGER, bytes((value < 0,)) + abs(value).to_bytes((value.bit_length() + 7) // 8, "little"))
    elif isinstance(value, float):
        out.append(abi.TAG_FLOAT)
        out += NAN_BYTES if value != value else struct.pack("<d", value)
    elif isinstance(value, (str, bytes, bytearray, memoryview)):
        _sized(out, abi.TAG_STRING, value.encode("utf-8") if isinstance(value, str) else bytes(value))
    elif isinstance(value, (list, tuple)):
        _write_table(out, enumerate(value, 1), way)
    elif isinstance(value, (Mapping, Table)):
        _write_table(out, value.items() if isinstance(value, Mapping) else value, way)
    elif isinstance(value, ExternalTable):
        if not 0 <= value.id < 1 << 32:
            raise EncodeError(f"{shown(value.id)} is no id of a table; 0 to 4294967295 are")
        out += struct.pack("<BI", abi.TAG_EXTERNAL, value.id)
    elif isinstance(value, LibraryFunction):
        if not re.fullmatch("[!-~]+", value.name):
            raise EncodeError(f"{value.name!r} is no name of the library")
        _sized(out, abi.TAG_LIBRARY, value.name.encode("ascii"))
    else:
        raise EncodeError(f"a {type(value).__name__} has no encoding here")


def _write_table(out: bytearray, pairs: Iterable[Tuple[Any, Any]], way: List[Any]) -> None:
    if len(way) >= abi.VALUE_DEPTH:
        raise EncodeError(f"tables nest more than {abi.VALUE_DEPTH} deep, or one contains itself")
    head = len(out)
    out += struct.pack("<BII", abi.TAG_TABLE, 0, 0)
    count = 0
    names = set()  # "a" and b"a" are two keys of a dict, and one in Lua
    for key, value in pairs:
        if value is None:
            continue  # as in Lua, such a pair is absent
        if key is None or key != key:
            raise EncodeError(f"{key} is no key")
        way.append(key)
        start = len(out)
        _write(out, key, way)
        if isinstance(key, (str, bytes)):
            name = bytes(out[start:])
            if name in names:
                raise EncodeError(f"the key {key!r} stands twice")
            names.add(name)
        _write(out, value, way)
        way.pop()
        count += 1
    struct.pack_into("<II", out, head + 1, len(out) - head - 5, count)


def decode_values(data: bytes, text: bool = True) -> List[Any]:
    """The values of a response, at least one."""
    reader = Reader(data, text=text)
    values: List[Any] = []
    while not values or reader.at < len(data):
        values.append(reader.value(len(data), 0))
    return values


class Reader:
    """Reads `data` from `at` on. What is named `end` is where the frame that is being read ends."""

    def __init__(self, data: bytes, at: int = 0, text: bool = True) -> None:
        self.data, self.at, self.text = data, at, text

    def take(self, count: int, end: int, what: str) -> bytes:
        if count > end - self.at:
            raise Malformed(end, f"{what} does not fit")
        self.at += count
        return self.data[self.at - count : self.at]

    def u32(self, end: int, what: str) -> int:
        return int.from_bytes(self.take(4, end, what), "little")

    def sized(self, end: int, what: str, least: int = 0) -> bytes:
        """A length, then so many bytes."""
        at = self.at
        length = self.u32(end, f"the length of {what}")
        if not least <= length <= end - self.at:
            raise Malformed(at, f"{what} of {length} bytes, where {least} to {end - self.at} can be")
        return self.take(length, end, what)

    def value(self, end: int, depth: int, is_key: bool = False) -> Any:
        """A value that is inside `depth` tables."""
        at = self.at
        tag = self.take(1, end, "a value")[0]
        if tag == abi.TAG_NIL:
            return None
        if tag == abi.TAG_BOOLEAN:
            byte = self.take(1, end, "a boolean")[0]
            if byte > 1:
                raise Malformed(at + 1, f"{byte} is no boolean")
            return byte == 1
        if tag == abi.TAG_INTEGER:
            return int.from_bytes(self.take(8, end, "an integer"), "little", signed=True)
        if tag == abi.TAG_FLOAT:
            number = struct.unpack("<d", self.take(8, end, "a float"))[0]
            return float("nan") if number != number else number
        if tag == abi.TAG_STRING:
            return self.string(self.sized(end, "a string"))
        if tag == abi.TAG_TABLE:
            return self.table(at, end, depth + 1, is_key)
        if tag == abi.TAG_EXTERNAL:
            return ExternalTable(self.u32(end, "the id of a table"))
        if tag == abi.TAG_LIBRARY:
            name = self.sized(end, "a name", 1)
            wrong = re.search(rb"[^!-~]", name)
            if wrong:
                raise Malformed(at + 5 + wrong.start(), f"byte {wrong[0][0]} is in no name of the library")
            return LibraryFunction(name.decode("ascii"))
        if tag == abi.TAG_BIG_INTEGER:
            content = self.sized(end, "a big integer", 1)
            if content[0] > 1:
                raise Malformed(at + 5, f"{content[0]} is no sign")
            magnitude = int.from_bytes(content[1:], "little")
            return BigInteger(-magnitude if content[0] else magnitude)
        return self.other(tag, at, end)

    def string(self, content: bytes) -> Any:
        try:
            return content.decode("utf-8") if self.text else bytes(content)
        except UnicodeDecodeError:
            return bytes(content)

    def other(self, tag: int, at: int, end: int) -> Any:
        raise Malformed(at, f"no value here has the tag {tag}")

    def table(self, at: int, end: int, depth: int, is_key: bool) -> Any:
        if depth > abi.VALUE_DEPTH:
            raise Malformed(at, f"tables nest more than {abi.VALUE_DEPTH} deep")
        length = len(self.sized(end, "a table", 4))
        end, self.at = self.at, self.at - length
        count = self.u32(end, "the number of pairs")
        if 2 * count > end - self.at:
            raise Malformed(at + 5, f"{count} pairs do not fit {end - self.at} bytes")
        pairs = {}
        for _ in range(count):
            key_at = self.at
            key = self.value(end, depth, is_key=True)
            if key is None or key != key:
                raise Malformed(key_at, f"{key} is no key")
            pairs[type(key), key] = key, self.value(end, depth)  # for Python 1, 1.0 and True are one
        if self.at != end:
            raise Malformed(at + 1, "more follows the last pair")
        return shaped([pair for pair in pairs.values() if pair[1] is not None], is_key)


def shaped(pairs: List[Tuple[Any, Any]], is_key: bool = False) -> Any:
    """The pairs as what Python has for them."""
    if is_key:
        return Table(pairs)
    if pairs and all(type(key) is int and key == place for place, (key, _) in enumerate(pairs, 1)):
        return [value for _, value in pairs]
    table = dict(pairs)
    return table if len(table) == len(pairs) else Table(pairs)


def split_response(data: bytes) -> Tuple[bytes, Optional[bytes]]:
    """The output of a response, and the encoded values; None where they are spilled."""
    reader = Reader(data)
    output = reader.sized(len(data), "the output")
    values = data[reader.at :]
    return output, None if values == bytes((abi.TAG_SPILLED,)) else values
