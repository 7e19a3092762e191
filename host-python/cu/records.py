"""Records that are computed in the place of source: calls of functions by their way, and answers for which a compute waits.

A call compiles nothing, so nothing in an argument can become code (abi/README.md, "Call records").
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, List, Tuple

from . import abi
from .codec import Reader, encode_values
from .errors import EncodeError, Malformed

HEAD = abi.CALL_SIGNATURE.encode() + bytes((abi.CALL_VERSION,))


@dataclass(frozen=True)
class Way:
    """An argument that is the value to which a way leads, such as `_home.orders`."""

    way: str


class Call:
    """A call of what a script stored, or of any global function. With `content`, tables among the results come as what is in them."""

    def __init__(self, way: str, *arguments: Any, content: bool = False) -> None:
        self.way, self.arguments, self.content = way, arguments, content

    def encode(self) -> bytes:
        if len(self.arguments) > abi.CALL_ARGUMENTS:
            raise EncodeError(f"{len(self.arguments)} arguments; {abi.CALL_ARGUMENTS} are the most")
        out = bytearray(HEAD + bytes((abi.CALL_CONTENT if self.content else 0,)) + _way(self.way))
        for number, argument in enumerate(self.arguments, 1):
            try:
                is_way = isinstance(argument, Way)
                out.append(abi.CALL_WAY if is_way else abi.CALL_VALUE)
                out += _way(argument.way) if is_way else encode_values([argument])
            except EncodeError as error:
                raise EncodeError(f"argument {number}: {error}") from None
        return bytes(out)

    @staticmethod
    def decode(record: bytes, text: bool = True) -> "Call":
        reader, end = Reader(record, text=text), len(record)
        for byte in HEAD:
            if reader.take(1, end, "the head of a record")[0] != byte:
                raise Malformed(reader.at - 1, "no record of a call begins so")
        flags = reader.take(1, end, "the flags")[0]
        if flags not in (0, abi.CALL_CONTENT):
            raise Malformed(reader.at - 1, f"unknown flags {flags}")
        way = _read_way(reader, end)
        arguments: List[Any] = []
        while reader.at < end:
            form = reader.take(1, end, "an argument")[0]
            if form not in (abi.CALL_VALUE, abi.CALL_WAY) or len(arguments) == abi.CALL_ARGUMENTS:
                raise Malformed(reader.at - 1, f"argument {len(arguments) + 1} of at most {abi.CALL_ARGUMENTS} begins with {form}")
            arguments.append(Way(_read_way(reader, end)) if form == abi.CALL_WAY else reader.value(end, 0))
        return Call(way, *arguments, content=flags == abi.CALL_CONTENT)


def _way(way: str) -> bytes:
    if not isinstance(way, str):
        raise EncodeError(f"a way is text such as '_home.total', not a {type(way).__name__}")
    if "" in way.split("."):
        raise EncodeError(f"{way!r} is no way: a name in it is empty")
    try:
        name = way.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise EncodeError(f"the way {way!r}: {error}") from None
    return struct.pack("<I", len(name)) + name


def _read_way(reader: Reader, end: int) -> str:
    way = reader.sized(end, "a way")
    at = reader.at - len(way)
    for name in way.split(b"."):
        if not name:
            raise Malformed(at, "a name of the way is empty")
        at += len(name) + 1
    return way.decode("utf-8", "surrogateescape")


def decode_pending(values: bytes, text: bool = True) -> Tuple[int, Call]:
    """Ticket and call of a compute that waits."""
    if len(values) < abi.PENDING_CALL_AT or values[0] != abi.TAG_PENDING:
        raise Malformed(0, "no compute that waits answers so")
    ticket = int.from_bytes(values[1 : abi.PENDING_CALL_AT], "little", signed=True)
    return ticket, Call.decode(values[abi.PENDING_CALL_AT :], text)


def answer_record(ticket: int, answer: bytes) -> bytes:
    """Goes on with a compute that waits; the answer is one of those below."""
    return HEAD + struct.pack("<Bq", abi.CALL_ANSWER, ticket) + answer


def results(values: Any) -> bytes:
    return bytes((abi.ANSWER_RESULTS,)) + encode_values(values)


def raised(value: Any) -> bytes:
    return bytes((abi.ANSWER_ERROR,)) + encode_values([value])


CANCEL = bytes((abi.ANSWER_CANCEL,))


def decode_answer(record: bytes) -> Tuple[int, int, List[Any]]:
    """Ticket, kind and values of a record that goes on with a compute."""
    reader, end = Reader(record), len(record)
    for byte in HEAD + bytes((abi.CALL_ANSWER,)):
        if reader.take(1, end, "the head of a record")[0] != byte:
            raise Malformed(reader.at - 1, "no record of an answer begins so")
    ticket = int.from_bytes(reader.take(8, end, "the ticket"), "little", signed=True)
    kind = reader.take(1, end, "the answer")[0]
    most = {abi.ANSWER_RESULTS: abi.FUNCTION_RESULTS, abi.ANSWER_ERROR: 1, abi.ANSWER_CANCEL: 0}.get(kind)
    if most is None:
        raise Malformed(reader.at - 1, f"no answer begins with {kind}")
    values: List[Any] = []
    while reader.at < end or (kind == abi.ANSWER_ERROR and not values):
        if len(values) == most:
            raise Malformed(reader.at, f"more than {most} values")
        values.append(reader.value(end, 0))
    return ticket, kind, values
