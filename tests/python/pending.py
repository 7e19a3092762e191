"""Computes that wait: what is asked for, and the record that goes on. Like values.py, it was written only from abi/README.md."""

import struct

from calls import SIGNATURE, VERSION
from values import Malformed, Reader

PENDING = 0x0C
ANSWER_FLAG = 2
RESULTS, ERROR, CANCEL = 0, 1, 2
KINDS = {RESULTS: "results", ERROR: "error", CANCEL: "cancel"}
MOST_RESULTS = 200


def decode_asked(values):
    """Ticket and call record of a response that is no result."""
    if values[0] != PENDING:
        raise ValueError("these are results")
    return struct.unpack_from("<q", values, 1)[0], values[9:]


def decode_answered(record):
    """Ticket and kind of a record that goes on with a compute."""
    for at, byte in enumerate(SIGNATURE + bytes([VERSION, ANSWER_FLAG])):
        if at == len(record):
            raise Malformed(at, "the record ends")
        if record[at] != byte:
            raise Malformed(at, "another record")
    if len(record) < 14:
        raise Malformed(len(record), "the record ends")
    ticket, kind = struct.unpack_from("<qB", record, 5)
    if kind not in KINDS:
        raise Malformed(13, "no answer begins so")
    most = {RESULTS: MOST_RESULTS, ERROR: 1, CANCEL: 0}[kind]
    reader = Reader(record, 14)
    count = 0
    while reader.at < len(record):
        if count == most:
            raise Malformed(reader.at, "more values than an answer has")
        reader.value(len(record), 0)
        count += 1
    if kind == ERROR and count == 0:
        raise Malformed(len(record), "an error has a value")
    return ticket, KINDS[kind]
