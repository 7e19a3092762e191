"""Call records as bytes. Like values.py, it was written only from abi/README.md."""

import struct
from dataclasses import dataclass

from values import Malformed, Reader, encode

SIGNATURE = b"\x1bCu"
VERSION = 1
CONTENT = 1
VALUE, WAY = 0, 1
MOST_ARGUMENTS = 250


@dataclass(frozen=True)
class Way:
    """An argument that is the value to which a way leads."""

    way: bytes


def encode_call(way, arguments, content=False):
    record = SIGNATURE + bytes([VERSION, CONTENT if content else 0]) + encode_way(way)
    for argument in arguments:
        if isinstance(argument, Way):
            record += bytes([WAY]) + encode_way(argument.way)
        else:
            # No function stands in a record, as none stands in a table.
            record += bytes([VALUE]) + encode(argument, 1)
    return record


def encode_way(way):
    if b"" in way.split(b"."):
        raise ValueError(f"{way!r} is no way")
    return struct.pack("<I", len(way)) + way


def decode_call(record):
    """The way, the arguments, and whether tables are sent as their content."""
    reader = Reader(record)
    end = len(record)
    for byte in SIGNATURE + bytes([VERSION]):
        if reader.take(1, end, "the head of a record")[0] != byte:
            raise Malformed(reader.at - 1, "no record begins so")
    flags = reader.take(1, end, "the flags")[0]
    if flags > CONTENT:
        raise Malformed(reader.at - 1, "an unknown flag")
    way = decode_way(reader, end)
    arguments = []
    while reader.at < end:
        if len(arguments) == MOST_ARGUMENTS:
            raise Malformed(reader.at, "an argument too many")
        form = reader.take(1, end, "an argument")[0]
        if form > WAY:
            raise Malformed(reader.at - 1, "neither a value nor a way")
        arguments.append(Way(decode_way(reader, end)) if form == WAY else reader.value(end, 0))
    return way, arguments, flags == CONTENT


def decode_way(reader, end):
    way = bytes(reader.sized(end, "a way"))
    at = reader.at - len(way)
    for name in way.split(b"."):
        if not name:
            raise Malformed(at, "an empty name")
        at += len(name) + 1
    return way
