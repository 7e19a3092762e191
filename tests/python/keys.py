"""Keys of external tables, and pages of keys, as bytes. Written only from abi/README.md."""

import math
import struct

from values import INT_MAX, INT_MIN, Malformed, Reader

MAX_KEY = 4096

STRING, ZERO, FLOAT, FALSE, TRUE = 0x01, 0x14, 0x21, 0x26, 0x27


def encode_key(key):
    data = key_bytes(key)
    if len(data) > MAX_KEY:
        raise ValueError(f"a key has at most {MAX_KEY} bytes")
    return data


def equals_integer(number):
    return number.is_integer() and INT_MIN <= number <= INT_MAX


def key_bytes(key):
    if isinstance(key, bool):
        return bytes([TRUE if key else FALSE])
    if isinstance(key, bytes):
        return bytes([STRING]) + key.replace(b"\0", b"\0\xff") + b"\0"
    if isinstance(key, float) and not math.isnan(key):
        if equals_integer(key):
            return key_bytes(int(key))
        bits = int.from_bytes(struct.pack(">d", key), "big")
        bits ^= (1 << 64) - 1 if bits >> 63 else 1 << 63
        return struct.pack(">BQ", FLOAT, bits)
    if isinstance(key, int) and INT_MIN <= key <= INT_MAX:
        length = (key.bit_length() + 7) // 8
        if key >= 0:
            return bytes([ZERO + length]) + key.to_bytes(length, "big")
        return bytes([ZERO - length]) + ((key - 1) % (1 << 8 * length)).to_bytes(length, "big")
    raise ValueError(f"{key!r} is no key of an external table")


def decode_key(data):
    if len(data) > MAX_KEY:
        raise Malformed(MAX_KEY, f"a key has at most {MAX_KEY} bytes")
    if not data:
        raise Malformed(0, "a key has a tag")
    tag = data[0]
    if tag == STRING:
        return decode_key_string(data)
    if ZERO - 8 <= tag <= ZERO + 8:
        return decode_key_integer(data, tag - ZERO)
    if tag == FLOAT:
        return decode_key_float(data)
    if tag in (FALSE, TRUE):
        exactly(data, 1)
        return tag == TRUE
    raise Malformed(0, f"no key has the tag {tag}")


def exactly(data, length):
    if len(data) < length:
        raise Malformed(len(data), "the key ends here")
    if len(data) > length:
        raise Malformed(length, "more follows the key")


def decode_key_string(data):
    string = bytearray()
    at = 1
    while True:
        zero = data.find(0, at)
        if zero < 0:
            raise Malformed(len(data), "a string ends with 0x00")
        string += data[at:zero]
        if data[zero + 1 : zero + 2] != b"\xff":
            exactly(data, zero + 1)
            return bytes(string)
        string.append(0)
        at = zero + 2


def decode_key_integer(data, sign_and_length):
    length = abs(sign_and_length)
    exactly(data, 1 + length)
    number = int.from_bytes(data[1:], "big")
    if sign_and_length < 0:
        number += 1 - (1 << 8 * length)
    if not INT_MIN <= number <= INT_MAX:
        raise Malformed(1, "this is no integer of 64 bits")
    if key_bytes(number) != data:
        raise Malformed(1, "an integer has as few bytes as possible")
    return number


def decode_key_float(data):
    exactly(data, 9)
    bits = int.from_bytes(data[1:], "big")
    bits ^= 1 << 63 if bits >> 63 else (1 << 64) - 1
    number = struct.unpack(">d", bits.to_bytes(8, "big"))[0]
    if math.isnan(number) or equals_integer(number):
        raise Malformed(1, f"{number} is no float of a key")
    return number


# Pages of keys


def encode_page_request(last=b"", descending=False):
    return struct.pack("<I", len(last) | descending << 31) + last


def decode_page_request(data):
    """The bytes of the last key seen (none at the start), and whether the keys descend."""
    word = Reader(data).u32(len(data), "the length of the last key")
    length = word & 0x7FFFFFFF
    if length > len(data) - 4:
        raise Malformed(0, "the last key does not fit")
    return bytes(data[4 : 4 + length]), bool(word >> 31)


def encode_page(keys, room):
    """A page with as many of the keys as fit. The keys are bytes in the requested order."""
    page = bytearray()
    for key in keys:
        if len(page) + 4 + len(key) > room:
            break
        page += struct.pack("<I", len(key)) + key
    return bytes(page)


def decode_page(data, last=b"", descending=False):
    """The keys of a page that answers the request of `last` and `descending`."""
    reader = Reader(data)
    keys = []
    while reader.at < len(data):
        at = reader.at
        key = bytes(reader.sized(len(data), "a key"))
        try:
            keys.append(decode_key(key))
        except Malformed as error:
            raise Malformed(at + 4 + error.offset, str(error)) from None
        if last and not (key < last if descending else key > last):
            raise Malformed(at + 4, "the key is out of order")
        last = key
    return keys
