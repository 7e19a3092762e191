"""Rules of abi/README.md for which abi/vectors has no bytes: compressed strings, responses, where a page is wrong."""

import math
import struct
import unittest
import zlib

from keys import decode_key, decode_page, decode_page_request, encode_key, encode_page, encode_page_request
from values import (
    Big, External, Function, Library, Malformed, Spilled, Table, decode, decode_response, decode_values, encode,
    encode_compressed, encode_response,
)


class Contract(unittest.TestCase):
    def assert_refused(self, at, decoder, data, *options):
        with self.assertRaises(Malformed) as caught:
            decoder(data, *options)
        self.assertEqual(caught.exception.offset, at, str(caught.exception))

    def test_keys_of_any_length(self):
        self.assertEqual(len(encode_key(b"k" * 4094)), 4096)
        self.assert_refused(4096, decode_key, b"\1" + b"a" * 4095 + b"\0")
        for key in (1 << 63, bytes(4095)):
            with self.subTest(str(key)[:40]), self.assertRaises(ValueError):
                encode_key(key)

    def test_pages_that_end_or_are_damaged(self):
        one, two = encode_page([b"\x15\x01"], 512), encode_page([b"\x15\x02"], 512)
        self.assertEqual(one.hex(), "020000001501")
        self.assertEqual(encode_page([b"\x15\x01", b"\x15\x02"], 11), one)
        self.assertEqual(decode_page(two, b"\x15\x01"), [2])
        self.assert_refused(10, decode_page, two + one)
        self.assert_refused(10, decode_page, one + one)
        self.assert_refused(4, decode_page, one, b"\x15\x01")
        self.assert_refused(10, decode_page, one + two, b"", True)
        self.assert_refused(6, decode_page, one + two[:5])
        self.assert_refused(8, decode_page, one + two[:2])
        self.assert_refused(4, decode_page, bytes(4))
        self.assert_refused(5, decode_page, encode_page([b"\x15\x00"], 512))

    def test_requests_of_pages(self):
        for last in (b"", b"\x15\x01"):
            for descending in (False, True):
                request = encode_page_request(last, descending)
                self.assertEqual(decode_page_request(request + b"what was there"), (last, descending))
        self.assertEqual(encode_page_request(b"\x14", True).hex(), "0100008014")
        self.assert_refused(0, decode_page_request, bytes.fromhex("0200008014"))

    def test_responses(self):
        self.assertEqual(encode_response(b"", []).hex(), "0000000000")
        for output, values in ((b"", [None]), (b"hi\n", [1, b"x"]), (b"x", Spilled)):
            self.assertEqual(decode_response(encode_response(output, values)), (output, values))
        self.assertEqual(decode_values(bytes.fromhex("010100")), [True, None])
        for at, digits in ((3, "000000"), (0, "0300000001 02"), (4, "00000000"), (4, "00000000 0c"), (6, "01000000 09 01"),
                           (5, "00000000 0a 00"), (5, "00000000 00 0a"), (4, "00000000 05 04000000 03000000")):
            with self.subTest(digits):
                self.assert_refused(at, decode_response, bytes.fromhex(digits))
        self.assert_refused(4, decode_response, bytes(4) + encode_compressed(b"x"))
        with self.assertRaises(TypeError):
            encode_response(b"", [Function(3)])

    def test_values_that_are_only_allowed_alone(self):
        for alone in (encode(Function(7)), encode_compressed(b"x" * 2000)):
            decode(alone)
            content = b"\1\0\0\0\1\1" + alone
            self.assert_refused(11, decode, b"\x09" + struct.pack("<I", len(content)) + content)
        with self.assertRaises(TypeError):
            encode(Table([(1, Function(7))]))

    def test_compressed_strings(self):
        for string in (b"", b"x", b"long " * 800):
            self.assertEqual(decode(encode_compressed(string)), string)
        whole = encode_compressed(b"long " * 800)
        self.assertEqual(whole[:5].hex(), "08a50f0000")
        for end in range(1, len(whole)):
            self.assert_refused(end if end < 9 else 5, decode, whole[:end])
        for original in (0, 4004, 4006, 0xFFFFFFFF):
            self.assert_refused(9, decode, b"\x08" + struct.pack("<I", original) + whole[5:])
        for plain in (b"", encode(1), encode(b"x") + b"\0", whole):
            deflate = zlib.compressobj(wbits=-15)
            packed = deflate.compress(plain) + deflate.flush()
            self.assert_refused(9, decode, struct.pack("<BII", 8, len(plain), len(packed)) + packed)
            self.assert_refused(9, decode, struct.pack("<BII", 8, len(plain), len(packed) + 1) + packed + b"\0")
            self.assert_refused(9, decode, struct.pack("<BII", 8, len(plain), len(packed) - 1) + packed[:-1])

    def test_pairs_without_a_value_and_repeated_keys(self):
        pairs = [(1, b"a"), (True, b"b"), (1, b"c"), (b"d", None), (2, 3), (2, None)]
        content = struct.pack("<I", len(pairs)) + b"".join(encode(key) + encode(value) for key, value in pairs)
        table = decode(b"\x09" + struct.pack("<I", len(content)) + content)
        self.assertEqual(table.pairs, [(1, b"c"), (True, b"b")])

    def test_tables_that_are_keys_count_for_the_depth(self):
        table = Table()
        for _ in range(127):
            table = Table([(table, 1)])
        data = encode(table)
        self.assertEqual(encode(decode(data)), data)
        with self.assertRaises(ValueError):
            encode(Table([(table, 1)]))
        content = b"\1\0\0\0" + data + b"\1\1"
        self.assert_refused(9 * 128, decode, b"\x09" + struct.pack("<I", len(content)) + content)

    def test_values_without_an_encoding(self):
        for value in (1 << 63, -(1 << 63) - 1, Library(b""), Library(b"a b"), Table([(None, 1)]), Table([(math.nan, 1)])):
            with self.subTest(str(value)), self.assertRaises(ValueError):
                encode(value)
        for value in ("text", [1], Spilled):
            with self.subTest(str(value)), self.assertRaises(TypeError):
                encode(value)


if __name__ == "__main__":
    unittest.main()
