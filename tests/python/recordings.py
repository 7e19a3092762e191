"""Recordings of what crosses the border of the module, written from abi/recording.md alone."""

import struct
import zlib

SIGNATURE = b"\x1bCuRec"
VERSION = 1
EXPORTS = {
    "init": 0, "compute": 2, "get_buffer_ptr": 0, "get_buffer_size": 0, "get_memory_stats": 1, "run_gc": 0,
    "attach_memory_table": 1, "get_memory_table_id": 0, "sync_external_table_counter": 1,
    "set_memory_alias_enabled": 1, "lua_alloc": 4,
}
IMPORTS = ["set", "get", "delete", "size", "keys"]
KINDS = ["module", "call", "return", "trap", "import", "undone", "end"]


class Refused(Exception):
    """`reason` is signature, version, cut, damaged or malformed; `at` is the first byte that cannot be right."""

    def __init__(self, reason, entry, at):
        super().__init__(f"{reason} in entry {entry}, at byte {at}")
        self.reason, self.entry, self.at = reason, entry, at


def block(data):
    return struct.pack("<I", len(data)) + data


def body(kind, *fields):
    head = bytes([KINDS.index(kind)])
    if kind == "module":
        return head + fields[0] + fields[1].encode("utf-8")
    if kind == "call":
        name, arguments, code = fields
        words = b"".join(struct.pack("<I", argument) for argument in arguments)
        return head + bytes([list(EXPORTS).index(name), len(arguments)]) + words + code
    if kind == "return":
        return head + struct.pack("<i", fields[0]) + fields[1]
    if kind == "trap":
        return head + fields[0].encode("utf-8")
    if kind == "import":
        name, table, room, answer, key, value, wrote = fields
        return head + struct.pack("<BIIi", IMPORTS.index(name), table, room, answer) + block(key) + block(value) + wrote
    return head


def sealed(bodies):
    """A file with these bodies."""
    data, chain = SIGNATURE + bytes([VERSION]), 0
    for content in bodies:
        rest = struct.pack("<II", len(content), zlib.crc32(content))
        chain = zlib.crc32(rest, chain)
        data += struct.pack("<I", chain) + rest + content
    return data


def encode_recording(entries):
    return sealed(body(*entry) for entry in entries)


def decode_recording(data):
    if data[:6] != SIGNATURE[: len(data)]:
        raise Refused("signature", 0, next(at for at in range(6) if data[at] != SIGNATURE[at]))
    if len(data) < 7:
        raise Refused("cut", 0, len(data))
    if data[6] != VERSION:
        raise Refused("version", 0, 6)
    entries, at, chain = [], 7, 0
    while at < len(data):
        if at + 12 > len(data):
            raise Refused("cut", len(entries), len(data))
        found, length, checksum = struct.unpack_from("<III", data, at)
        chain = zlib.crc32(data[at + 4 : at + 12], chain)
        if found != chain:
            raise Refused("damaged", len(entries), at)
        start, end = at + 12, at + 12 + length
        if end > len(data):
            raise Refused("cut", len(entries), len(data))
        if zlib.crc32(data[start:end]) != checksum:
            raise Refused("damaged", len(entries), start)
        entries.append(decode_body(data[start:end], len(entries), start))
        at = end
    return entries


def decode_body(data, entry, start):
    at = 0

    def wrong(offset):
        return Refused("malformed", entry, start + offset)

    def take(length):
        nonlocal at
        if at + length > len(data):
            raise wrong(len(data))
        at += length
        return data[at - length : at]

    def sized():
        place = at
        (length,) = struct.unpack("<I", take(4))
        if length > len(data) - at:
            raise wrong(place)
        return take(length)

    kind = take(1)[0]
    if kind >= len(KINDS):
        raise wrong(0)
    name = KINDS[kind]
    if name == "module":
        return name, take(32), data[at:].decode("utf-8")
    if name == "call":
        export = take(1)[0]
        if export >= len(EXPORTS):
            raise wrong(1)
        called, count = list(EXPORTS.items())[export]
        if take(1)[0] != count:
            raise wrong(2)
        return name, called, [*struct.unpack(f"<{count}I", take(4 * count))], data[at:]
    if name == "return":
        (answer,) = struct.unpack("<i", take(4))
        return name, answer, data[at:]
    if name == "trap":
        return name, data[at:].decode("utf-8")
    if name == "import":
        place = take(1)[0]
        if place >= len(IMPORTS):
            raise wrong(1)
        table, room, answer = struct.unpack("<IIi", take(12))
        key, value = sized(), sized()
        return name, IMPORTS[place], table, room, answer, key, value, data[at:]
    if at < len(data):
        raise wrong(at)
    return (name,)
