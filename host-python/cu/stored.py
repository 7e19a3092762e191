"""Values as they stand alone under a key of an external table: besides those of responses, stored functions and compressed strings."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

from . import abi
from .codec import Reader, encode
from .errors import Malformed


@dataclass(frozen=True)
class StoredFunction:
    """A stored Lua function, by its id. It stands alone under a key of a table."""

    id: int


def encode_stored(value: Any) -> bytes:
    if isinstance(value, StoredFunction):
        return struct.pack("<BII", abi.TAG_FUNCTION, 4, value.id)
    return encode(value)


def decode_stored(data: bytes, text: bool = True) -> Any:
    return whole(StoredReader(data, text=text))


def whole(reader: Reader) -> Any:
    value = reader.value(len(reader.data), 0)
    if reader.at != len(reader.data):
        raise Malformed(reader.at, "more follows the value")
    return value


class StoredReader(Reader):
    def other(self, tag: int, at: int, end: int) -> Any:
        if at == 0 and tag == abi.TAG_FUNCTION:
            number = self.sized(end, "the id of a function")
            if len(number) != 4:
                raise Malformed(at + 1, f"the id of a function has 4 bytes, not {len(number)}")
            return StoredFunction(int.from_bytes(number, "little"))
        if at == 0 and tag == abi.TAG_COMPRESSED:
            return self.compressed(end)
        return super().other(tag, at, end)

    def compressed(self, end: int) -> Any:
        original = self.u32(end, "the original length")
        packed = self.sized(end, "a compressed string")
        at = self.at - len(packed)
        inflate = zlib.decompressobj(wbits=-15)
        try:
            plain = inflate.decompress(packed, original + 1)  # one byte more shows whether there is more; no length reserves memory
        except zlib.error as error:
            raise Malformed(at, f"no deflate: {error}") from None
        if len(plain) != original or not inflate.eof or inflate.unused_data or plain[:1] != bytes((abi.TAG_STRING,)):
            raise Malformed(at, f"not one whole deflate of an encoded string of {original} bytes")
        try:
            return whole(Reader(plain, text=self.text))
        except Malformed as error:
            raise Malformed(at, f"what is compressed is malformed: {error}") from None
