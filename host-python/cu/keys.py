"""Keys of external tables as bytes, whose order is that of the values (abi/README.md, "Keys"), and pages of keys.

Every key has one encoding, and the decoder refuses any other bytes.
"""

from __future__ import annotations

import struct
from typing import Any, List

from . import abi
from .codec import BigInteger, INTEGER_MAX, INTEGER_MIN, shown
from .errors import EncodeError, Malformed

STRING, ZERO, FLOAT, FALSE, TRUE = 0x01, 0x14, 0x21, 0x26, 0x27
ALL_BITS, SIGN_BIT = (1 << 64) - 1, 1 << 63


def encode_key(key: Any) -> bytes:
    data = _key_bytes(key)
    if len(data) > abi.KEY_BYTES:
        raise EncodeError(f"the key has {len(data)} bytes; {abi.KEY_BYTES} are the most")
    return data


def _key_bytes(key: Any) -> bytes:
    if isinstance(key, bool):
        return bytes((TRUE if key else FALSE,))
    if isinstance(key, str):
        try:
            key = key.encode("utf-8")
        except UnicodeEncodeError as error:
            raise EncodeError(f"the key {key!r}: {error}") from None
    if isinstance(key, bytes):
        return bytes((STRING,)) + key.replace(b"\0", b"\0\xff") + b"\0"
    if isinstance(key, float) and key == key:
        if key.is_integer() and INTEGER_MIN <= key <= INTEGER_MAX:
            return _key_bytes(int(key))
        bits = int.from_bytes(struct.pack(">d", key), "big")
        return struct.pack(">BQ", FLOAT, bits ^ (ALL_BITS if bits & SIGN_BIT else SIGN_BIT))
    if isinstance(key, int) and not isinstance(key, BigInteger) and INTEGER_MIN <= key <= INTEGER_MAX:
        length = (key.bit_length() + 7) // 8
        if key >= 0:
            return bytes((ZERO + length,)) + key.to_bytes(length, "big")
        return bytes((ZERO - length,)) + ((key - 1) % (1 << 8 * length)).to_bytes(length, "big")
    raise EncodeError(f"{shown(key)} is no key of an external table")


def decode_key(data: bytes, text: bool = True) -> Any:
    if not data or len(data) > abi.KEY_BYTES:
        raise Malformed(min(len(data), abi.KEY_BYTES), f"a key has 1 to {abi.KEY_BYTES} bytes")
    key = _decoded(data)
    if _key_bytes(key) != data:
        raise Malformed(min(len(data), 1), f"the key {key!r} has another encoding")
    if text and isinstance(key, bytes):
        try:
            return key.decode("utf-8")
        except UnicodeDecodeError:
            return key
    return key


def _decoded(data: bytes) -> Any:
    """What the bytes mean if they are as its encoder writes them."""
    tag, rest = data[0], data[1:]
    if tag == STRING:
        return rest[:-1].replace(b"\0\xff", b"\0")
    if ZERO - 8 <= tag <= ZERO + 8:
        number = int.from_bytes(rest, "big")
        number += 1 - (1 << 8 * len(rest)) if tag < ZERO else 0
        if INTEGER_MIN <= number <= INTEGER_MAX:
            return number
    if tag == FLOAT and len(rest) == 8:
        bits = int.from_bytes(rest, "big")
        number = struct.unpack(">d", (bits ^ (SIGN_BIT if bits & SIGN_BIT else ALL_BITS)).to_bytes(8, "big"))[0]
        if number == number:
            return number
    if tag in (FALSE, TRUE):
        return tag == TRUE
    raise Malformed(0, f"no key has the tag {tag} and {len(rest)} bytes of this kind behind it")


def decode_page(page: bytes, after: bytes = b"", descending: bool = False) -> List[bytes]:
    """The keys of a page that answers the request for those behind `after`."""
    keys: List[bytes] = []
    at = 0
    while at < len(page):
        length = int.from_bytes(page[at : at + 4], "little")
        if length > len(page) - at - 4:
            raise Malformed(at, f"a key of {length} bytes does not fit the page of {len(page)}")
        key = page[at + 4 : at + 4 + length]
        decode_key(key)
        if after and (key >= after if descending else key <= after):
            raise Malformed(at + 4, "the key is not behind the one before")
        keys.append(key)
        after, at = key, at + 4 + length
    return keys
